// Absence is never evidence: a group of which no feature is known contributes exactly nothing.
//
// A trained tree gives some number for a row of unknowns, learnt from whoever left the field out in the training data. That is a
// fact about the training data, not about this attempt, so the number is dropped, by construction and not by hope.
import type { FeatureSchema } from '../feature/schema.ts';
import type { SignalDefinition } from '../signal/definition.ts';

/** Whether at least one feature of the group is known. */
export function isObserved(schema: FeatureSchema, x: Float32Array, group: number): boolean {
  const from = schema.offsets[group] as number;
  const to = from + (schema.signals[group] as SignalDefinition).features.length;
  for (let i = from; i < to; i++) if (!Number.isNaN(x[i])) return true;
  return false;
}

/** Sets the contribution of each unobserved group to zero. Changes `groups`, which is in schema order. */
export function dropUnobserved(schema: FeatureSchema, x: Float32Array, groups: Float64Array): void {
  for (let group = 0; group < groups.length; group++) if (!isObserved(schema, x, group)) groups[group] = 0;
}
