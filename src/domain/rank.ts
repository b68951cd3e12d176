// From log-odds to score: the position among genuine logins, so that a threshold is a friction budget.
//
// Between the knots of an empirical distribution the rank is interpolated; above the last knot an exponential tail keeps
// order for ever (rank never reaches 1). An exponential tail is the limit of thin-tailed distributions; a fitted
// generalised Pareto may have a finite end point, above which order among the riskiest attempts would be lost.

export interface RankTable {
  /** Strictly ascending. */
  readonly logOdds: readonly number[];
  /** Share of genuine logins at or below the knot; ascending, below 1. */
  readonly ranks: readonly number[];
  /** Log-odds in which the share above the last knot shrinks by e. Positive. */
  readonly tailScale: number;
}

/** The largest double below one: a score says "riskier than", never "riskier than all". */
const below1 = 1 - Number.EPSILON / 2;

/** Rank in [0, 1) of `logOdds`; monotone. A NaN ranks highest, so that a broken number is never taken for a safe one. */
export function rankOf(table: RankTable, logOdds: number): number {
  if (Number.isNaN(logOdds)) return below1;
  const { logOdds: knots, ranks } = table;
  const last = knots.length - 1;
  if (logOdds <= (knots[0] as number)) return (ranks[0] as number) * Math.exp(Math.max(-700, logOdds - (knots[0] as number)));
  const top = knots[last] as number;
  if (logOdds >= top) return Math.min(below1, 1 - (1 - (ranks[last] as number)) * Math.exp(-(logOdds - top) / table.tailScale));
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((knots[middle] as number) <= logOdds) low = middle;
    else high = middle;
  }
  const from = knots[low] as number;
  const share = (logOdds - from) / ((knots[high] as number) - from);
  return (ranks[low] as number) + share * ((ranks[high] as number) - (ranks[low] as number));
}

/** Says what is wrong with a table read from a file, or null. */
export function rankTableProblem(table: RankTable): string | null {
  const { logOdds, ranks, tailScale } = table;
  if (logOdds.length < 2 || logOdds.length !== ranks.length) return 'a rank table needs at least two knots and as many ranks as knots';
  for (let i = 0; i < logOdds.length; i++) {
    const rank = ranks[i] as number;
    if (!Number.isFinite(logOdds[i]) || !(rank >= 0 && rank < 1))
      return `knot ${i} of the rank table is not finite or its rank is outside [0, 1)`;
    if (i > 0 && !((logOdds[i] as number) > (logOdds[i - 1] as number) && rank >= (ranks[i - 1] as number)))
      return `the rank table does not ascend at knot ${i}`;
  }
  return tailScale > 0 && Number.isFinite(tailScale) ? null : 'the tail scale of the rank table must be positive';
}
