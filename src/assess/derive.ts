// Derive: from facts to the feature vector, and to an honest list of what could not be observed.
import { type AbsenceCause, isFallback } from '../domain/absence.ts';
import type { Missing } from '../domain/assessment.ts';
import type { Facts } from '../domain/facts.ts';
import type { FeatureSchema } from '../domain/feature/schema.ts';

export interface Derived {
  /** One number per feature, NaN where unknown. Owned by the receiver. */
  readonly features: Float32Array;
  readonly missing: readonly Missing[];
  /** True when something is missing through our own failure. */
  readonly degraded: boolean;
}

/** Pure. The same facts give the same bits, live and in replay. */
export function derive(facts: Facts, schema: FeatureSchema): Derived {
  const features = new Float32Array(schema.width).fill(Number.NaN);
  const missing: Missing[] = [];
  let degraded = false;
  for (let i = 0; i < schema.signals.length; i++) {
    const signal = schema.signals[i] as FeatureSchema['signals'][number];
    let cause: AbsenceCause | null = signal.derive(facts, features, schema.offsets[i] as number);
    if (cause === null) continue;
    // With the profiles out of reach, "no history" would be a guess: say what really happened.
    if (cause === 'no_history' && facts.profilesAbsent !== null) cause = facts.profilesAbsent;
    if (isFallback(cause)) degraded = true;
    missing.push({ signal: signal.name, cause });
  }
  return { features, missing, degraded: degraded || facts.profilesAbsent !== null };
}
