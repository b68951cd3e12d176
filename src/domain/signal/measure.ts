// The few measures that most signals share: how familiar, how surprising, how unusual for this account against everybody.
//
// All are smooth, bounded by the evidence behind them, and defined for the smallest history, so that one login more changes
// little. Unknown is NaN throughout, and NaN in gives NaN out.
import { findTally, type Tally } from '../profile/tally.ts';

/**
 * After this many days without use a familiar thing counts half. Wiefling (TOPS 2022) found that history older than six months
 * can go at little cost; a half-life of the same length forgets without a cliff.
 */
export const familiarityHalfLifeDays = 180;
const decayPerMs = Math.LN2 / (familiarityHalfLifeDays * 86_400_000);

/** ln(1 + good logins, halved for every half-life since the last one). 0 = never seen. `atMs` before `lastMs` counts as no time. */
export function logFamiliarity(count: number, lastMs: number, atMs: number): number {
  if (count <= 0) return 0;
  const ageMs = atMs - lastMs;
  return Math.log1p(ageMs <= 0 ? count : count * Math.exp(-ageMs * decayPerMs));
}

/** `logFamiliarity` of one value among an account's tallies; NaN when the attempt has no such value. */
export function tallyFamiliarity(tallies: readonly Tally[] | undefined, value: string | null, atMs: number): number {
  if (value === null) return Number.NaN;
  const tally = tallies === undefined ? null : findTally(tallies, value);
  return tally === null ? 0 : logFamiliarity(tally.count, tally.lastMs, atMs);
}

/**
 * Probability of a value seen `count` times in `total`, by the Krichevsky-Trofimov rule for "this value or another": half a sighting
 * of each is added, so that nothing is impossible and a small total says little. In (0, 1); 0.5 when nothing was counted.
 */
export function smoothedShare(count: number, total: number): number {
  const seen = count > 0 ? count : 0;
  return (seen + 0.5) / ((total > seen ? total : seen) + 1);
}

/** Surprise in nats, -ln of `smoothedShare`. Falls with `count`, grows with `total`; NaN when nothing was counted. */
export function surprise(count: number, total: number): number {
  return total > 0 ? -Math.log(smoothedShare(count, total)) : Number.NaN;
}

/**
 * Imaginary logins by "everybody" mixed into each account's own before the two are compared. With four, a value that an account of
 * twelve good logins never used is judged four times less likely for it than for everybody: the factor that Wiefling's published
 * parameters give an unseen value.
 */
export const accountPriorLogins = 4;

/**
 * Freeman's log-ratio ln p(value | everybody) - ln p(value | account), the account's share shrunk to everybody's. Positive: unusual
 * for this account; at most ln((accountTotal + 4) / 4), whatever the value, so that a young account proves little. 0 for an account
 * without logins; NaN when nothing was counted over everybody.
 */
export function logRatio(accountCount: number, accountTotal: number, populationCount: number, populationTotal: number): number {
  if (!(populationTotal > 0)) return Number.NaN;
  const everybody = smoothedShare(populationCount, populationTotal);
  const seen = accountCount > 0 ? accountCount : 0;
  const total = accountTotal > seen ? accountTotal : seen;
  const own = (seen + accountPriorLogins * everybody) / (total + accountPriorLogins);
  return Math.log(everybody / own);
}

/** Outside these powers of ten the factor below would not be exact; such evidence is no time-critical one. */
const exactPowerMax = 22;

/** Rounds for evidence: three significant digits are what a reader can use. NaN and infinities become null. Thrice as fast as by text. */
export function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (value === 0) return 0;
  const digits = 2 - Math.floor(Math.log10(Math.abs(value)));
  if (digits > exactPowerMax || digits < -exactPowerMax) return Number(value.toPrecision(3));
  const factor = 10 ** Math.abs(digits);
  return digits >= 0 ? Math.round(value * factor) / factor : Math.round(value / factor) * factor;
}

/** Whole days (one decimal below ten) from `fromMs` to `toMs`, never negative, for evidence. */
export function daysBetween(fromMs: number, toMs: number): number {
  const days = Math.max(0, (toMs - fromMs) / 86_400_000);
  return days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
}
