// One signal: one observed fact about an attempt, the model features it fills, the reason codes it can give, and what the
// fallback rules make of it. A signal is one reason group: its contribution is one number, so no two codes split it.
//
// `derive` runs for every attempt and must cost about a microsecond and allocate next to nothing; `explain` runs only for
// the few groups that an answer names, and may format.
import type { AbsenceCause } from '../absence.ts';
import type { Facts } from '../facts.ts';

export type EvidenceValue = string | number | boolean | null | readonly string[];
export type Evidence = Readonly<Record<string, EvidenceValue>>;

export interface FeatureDefinition {
  /** Snake case, unit last ("travel_distance_km_log"). Part of the schema hash. */
  readonly name: string;
  /** +1: more of it may only raise the log-odds, -1: only lower it, 0: free. */
  readonly monotone: -1 | 0 | 1;
  /** One sentence with unit and range, for the catalogue. */
  readonly sentence: string;
}

export interface ReasonCode {
  /** Sign of the contribution that this code names. */
  readonly direction: 'raises' | 'lowers';
  /** What it tells an analyst, one sentence. */
  readonly sentence: string;
}

/** One line of the fallback table. `points` are log-odds; `holds` reads the same features as the model. */
export interface FallbackRule {
  readonly name: string;
  readonly points: number;
  readonly sentence: string;
  /** `x[at + i]` is the signal's i-th feature; NaN means unknown and must never hold a rule that raises. */
  readonly holds: (x: Float32Array, at: number) => boolean;
}

export interface Explanation {
  readonly code: string;
  readonly evidence: Evidence;
}

export interface SignalDefinition {
  /** Stable dotted name, which is also the reason group, for instance "travel.speed". */
  readonly name: string;
  readonly title: string;
  /** What is observed, why it matters and what it refuses to conclude: two to four sentences for the catalogue. */
  readonly describes: string;
  readonly features: readonly FeatureDefinition[];
  readonly codes: Readonly<Record<string, ReasonCode>>;
  readonly rules: readonly FallbackRule[];
  /**
   * Writes `features.length` numbers to `out` from `at` (already NaN). Unknown stays NaN.
   * Returns why the signal as a whole could not be observed, or null when at least one feature was written.
   */
  readonly derive: (facts: Facts, out: Float32Array, at: number) => AbsenceCause | null;
  /** Names the contribution of this group: a code whose direction fits its sign, and the evidence behind it. */
  readonly explain: (facts: Facts, x: Float32Array, at: number, contribution: number) => Explanation;
}

/** Keeps literal code names and checks the shape at the definition. */
export function defineSignal(definition: SignalDefinition): SignalDefinition {
  return definition;
}
