// How many attacks a scorer finds when it may trouble a given share of genuine logins, with confidence from resampled people.
//
// A scorer with few distinct values (rules, novelty) seldom has a threshold at exactly the wanted share; it is then credited with the
// straight line between its two neighbouring thresholds, which is what flipping a coin between them would give.
import type { Random } from '../../ports/random.ts';
import { chance } from '../simulate/draw.ts';

export interface Ranking {
  /** Row numbers, riskiest first. */
  readonly order: Uint32Array;
  readonly scores: Float64Array;
}

export function rankRows(scores: Float64Array): Ranking {
  const order = Uint32Array.from(scores, (_, row) => row).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  return { order, scores };
}

/**
 * Share of each kind's rows above the threshold at which `falseShares` (ascending) of the genuine rows are; [share][kind].
 * `weights` is how often each row counts; kind 0 is genuine.
 */
export function detection(
  ranking: Ranking,
  kind: Uint8Array,
  kinds: number,
  falseShares: readonly number[],
  weights: (row: number) => number,
): number[][] {
  const { order, scores } = ranking;
  const totals = new Float64Array(kinds);
  for (let row = 0; row < kind.length; row++) totals[kind[row] as number] = (totals[kind[row] as number] as number) + weights(row);
  const above = new Float64Array(kinds);
  const before = new Float64Array(kinds);
  const found: number[][] = [];
  const genuineTotal = totals[0] as number;
  for (let at = 0; at < order.length && found.length < falseShares.length; ) {
    before.set(above);
    const score = scores[order[at] as number];
    // Equal scores pass the threshold together.
    for (; at < order.length && scores[order[at] as number] === score; at++) {
      const row = order[at] as number;
      above[kind[row] as number] = (above[kind[row] as number] as number) + weights(row);
    }
    while (found.length < falseShares.length && (above[0] as number) >= (falseShares[found.length] as number) * genuineTotal) {
      const wanted = (falseShares[found.length] as number) * genuineTotal;
      const span = (above[0] as number) - (before[0] as number);
      const share = span === 0 ? 1 : (wanted - (before[0] as number)) / span;
      found.push(
        Array.from(totals, (total, k) =>
          total === 0 ? Number.NaN : ((before[k] as number) + share * ((above[k] as number) - (before[k] as number))) / total,
        ),
      );
    }
  }
  return found;
}

/** Poisson weights (mean one) per cluster: what a bootstrap over clusters is when there are many. */
export function clusterWeights(cluster: Uint32Array, random: Random): (row: number) => number {
  let largest = 0;
  for (const id of cluster) if (id > largest) largest = id;
  const drawn = new Uint8Array(largest + 1);
  const limit = Math.exp(-1);
  for (let id = 0; id <= largest; id++) {
    let product = random.uniform();
    let count = 0;
    for (; product > limit; count++) product *= random.uniform();
    drawn[id] = count;
  }
  return (row) => drawn[cluster[row] as number] as number;
}

/** Central 95 % of resampled values. */
export function interval(values: readonly number[]): readonly [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** A scorer that knows nothing: its detection must equal its false alarms, or the measurement leaks. */
export function randomScores(rows: number, random: Random): Float64Array {
  return Float64Array.from({ length: rows }, () => (chance(random, 0.5) ? 1 : -1) * random.uniform());
}
