// The few statistics of the evaluation: shares and means with 95 % intervals, and rank agreement.
import type { Random } from '../../ports/random.ts';

/** With `low` and `high` of the 95 % interval; NaN throughout when nothing was measured. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Things counted, or cases averaged. */
  readonly count: number;
}

const none: Estimate = { value: Number.NaN, low: Number.NaN, high: Number.NaN, count: 0 };
const z = 1.959964;

/** Wilson's score interval, which stays sensible at 0 and 1: a perfect score of few cases is not certainty. */
export function shareEstimate(hits: number, count: number): Estimate {
  if (count === 0) return none;
  const share = hits / count;
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { value: share, low: Math.max(0, Math.min(share, centre - half)), high: Math.min(1, Math.max(share, centre + half)), count };
}

/** The value below which that share of them lies, by nearest rank; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const resamples = 1000;

/** Mean with the percentile bootstrap over cases: values of one case are not independent, so a case is drawn as a whole. */
export function meanEstimate(values: readonly number[], random: Random): Estimate {
  if (values.length === 0) return none;
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const means = Array.from({ length: resamples }, () =>
    mean(values.map(() => values[Math.floor(random.uniform() * values.length)] as number)),
  );
  means.sort((a, b) => a - b);
  const at = (share: number): number => means[Math.min(resamples - 1, Math.floor(share * resamples))] as number;
  return { value: mean(values), low: at(0.025), high: at(0.975), count: values.length };
}

/** Kendall's tau-b of two lists of numbers, pair by pair; null where either has no order to agree with. */
export function kendallTau(a: readonly number[], b: readonly number[]): number | null {
  let concordant = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) {
      const inA = Math.sign((a[i] as number) - (a[j] as number));
      const inB = Math.sign((b[i] as number) - (b[j] as number));
      concordant += inA * inB;
      untiedA += Math.abs(inA);
      untiedB += Math.abs(inB);
    }
  }
  return untiedA === 0 || untiedB === 0 ? null : concordant / Math.sqrt(untiedA * untiedB);
}
