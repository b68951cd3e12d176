// What an explanation is made of, whoever wrote it: a template or a model whose words were checked. Direction and strength follow from
// the contribution, always by this code; no writer chooses them.
import type { Reason } from '../assessment.ts';

export const strengths = ['high', 'medium', 'low'] as const;
export type Strength = (typeof strengths)[number];
export type Direction = 'raises' | 'lowers';

export interface Finding {
  /** The reason that it speaks of; where several are told as one story, the one that contributes most. */
  readonly code: string;
  /** Every reason it tells, the first included, largest contribution first. */
  readonly codes: readonly string[];
  /** What it says is said of these (see `evidenceId`), at least one of each reason that has evidence. */
  readonly evidenceIds: readonly string[];
  readonly direction: Direction;
  readonly strength: Strength;
  /** Plain text, one or two sentences. Never markup. */
  readonly sentence: string;
}

/** Something that could not be looked at, and why. */
export interface Unknown {
  /** Names of the signals, "behaviour.typing". */
  readonly signals: readonly string[];
  readonly sentence: string;
}

export const explanationOrigins = ['template', 'model'] as const;

export interface Explanation {
  /** "en", "de". */
  readonly language: string;
  readonly headline: string;
  /** What raises the risk, strongest first. */
  readonly findings: readonly Finding[];
  /** What lowers it, strongest first. */
  readonly reassuring: readonly Finding[];
  readonly unknown: readonly Unknown[];
  /** Ids of next-checks.ts, most useful first. */
  readonly nextChecks: readonly string[];
  readonly origin: (typeof explanationOrigins)[number];
}

/**
 * Strength by size of the contribution, log-odds. From 1.5 the odds of a takeover are four and a half times as high (or low) by this
 * alone, which moves a verdict by itself; from 0.5 they are 1.6 times, which moves one together with others; below, it hardly matters.
 */
export const strengthMin = { high: 1.5, medium: 0.5 } as const;

export function strengthOf(contribution: number): Strength {
  const size = Math.abs(contribution);
  if (size >= strengthMin.high) return 'high';
  return size >= strengthMin.medium ? 'medium' : 'low';
}

export function directionOf(contribution: number): Direction {
  return contribution > 0 ? 'raises' : 'lowers';
}

/**
 * Of several reasons told as one, together: their contributions are log-odds and add up. Reasons that are told as one have one
 * direction.
 */
export function strengthOfAll(reasons: readonly Reason[]): Strength {
  return strengthOf(reasons.reduce((sum, reason) => sum + reason.contribution, 0));
}
