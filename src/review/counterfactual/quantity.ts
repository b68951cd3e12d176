// A feature as a person counts it: the logarithms that the model reads undone, rounded to three digits.
import { schema } from '../../domain/feature/schema.ts';
import { rounded } from '../../domain/signal/measure.ts';

export interface Quantity {
  /** Name of the feature without its logarithm: "account_failures_1h", "hour_ratio". */
  readonly name: string;
  /** Null: unknown. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Names whose logarithm is of a ratio, and has no 1 added. */
const ratioEnd = /_(ratio_log|log_ratio)$/;

/** What differs between two rows, in the order of the schema. */
export function quantitiesBetween(before: Float32Array, after: Float32Array): readonly Quantity[] {
  return schema.features.flatMap(({ name }, at): Quantity[] => {
    if (Object.is(before[at], after[at])) return [];
    return [{ name: plainName(name), before: plain(name, before[at] as number), after: plain(name, after[at] as number) }];
  });
}

function plainName(name: string): string {
  return ratioEnd.test(name) ? name.replace(ratioEnd, '_ratio') : name.replace(/_log$/, '');
}

function plain(name: string, value: number): number | null {
  if (ratioEnd.test(name)) return rounded(Math.exp(value));
  return rounded(name.endsWith('_log') ? Math.expm1(value) : value);
}
