// The fallback scorer: a documented table in place of the model, over the same features and with the same kind of reasons.
//
// Each signal carries its own lines (`rules`), each worth fixed log-odds; a group's contribution is the sum of its lines that hold.
// A line that raises never holds on what is unknown, so a gap can leave the risk unseen but never invent it.
import type { FeatureSchema } from './feature/schema.ts';
import type { FallbackRule, SignalDefinition } from './signal/definition.ts';

/**
 * Log-odds of an attempt of which no line holds: one in four hundred. High next to the true share of takeovers, because the rules see
 * less than the model, and so low that no line alone, however strong (four at most), makes a takeover even half likely: it takes two or
 * three independent signs.
 */
export const rulesBaseLogOdds = -6;

export interface RulesContributions {
  readonly base: number;
  /** Log-odds per signal, in schema order. */
  readonly groups: Float64Array;
}

/** Points of one group: the sum of its lines that hold. */
export function rulesPoints(x: Float32Array, schema: FeatureSchema, group: number): number {
  const { rules } = schema.signals[group] as SignalDefinition;
  const at = schema.offsets[group] as number;
  let points = 0;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] as FallbackRule;
    if (rule.holds(x, at)) points += rule.points;
  }
  return points;
}

/** Scores one feature vector by the table. Pure; the same vector gives the same numbers. */
export function rulesContributions(x: Float32Array, schema: FeatureSchema): RulesContributions {
  const groups = new Float64Array(schema.signals.length);
  for (let group = 0; group < groups.length; group++) groups[group] = rulesPoints(x, schema, group);
  return { base: rulesBaseLogOdds, groups };
}
