// Counting what the velocity signals count: failures in the four windows, shares of them, and accounts that never signed in well
// from where they are tried.
//
// A source or account that was never seen has failed zero times: that is a fact, not an absence. Only profiles that could not
// be read leave the counts unknown.
import { type RecentSet } from '../../profile/recent-set.ts';
import type { SourceProfile } from '../../profile/source.ts';
import { countWithin, type CounterWindow, type WindowCounter } from '../../profile/window-counter.ts';

/** Events in the window that ends at `atMs`; 0 where nothing was ever counted. A fraction where the window cuts a bucket. */
export function countIn(counter: WindowCounter | null | undefined, window: CounterWindow, atMs: number): number {
  return counter === null || counter === undefined ? 0 : countWithin(counter, window, atMs);
}

/** Writes ln(1 + count) of the windows `from` to `to` (both included) to `out`, one after the other from `at`. */
export function writeLogCounts(counter: WindowCounter | null | undefined, from: CounterWindow, to: CounterWindow, atMs: number, out: Float32Array, at: number): void {
  for (let window = from; window <= to; window++) out[at + window - from] = Math.log1p(countIn(counter, window as CounterWindow, atMs));
}

/** Inverse of ln(1 + count), for the fallback rules, whose thresholds read as counts. NaN stays NaN. */
export function fromLog(logCount: number | undefined): number {
  return Math.expm1(logCount as number);
}

/**
 * Share of tries that fail among ordinary people: 22 % in the RBA data set (31 million logins, Wiefling 2022) once its two artefact
 * accounts are left out. Everything above it is suspicious in proportion, everything at it is a usual day at a large provider.
 */
export const usualFailureShare = 0.22;
/** The usual share weighs as much as this many tries, so that two failures out of two are no alarm. */
const priorTries = 10;

/** Share of `tries` that failed, shrunk to the usual share; in (0, 1). More failures than tries (outcomes told late) count as all. */
export function failureShare(failures: number, tries: number): number {
  return (failures + priorTries * usualFailureShare) / ((tries > failures ? tries : failures) + priorTries);
}

/** Count of the wider source less that of the narrower one inside it, never negative. */
export function elsewhere(wider: number, narrower: number): number {
  return wider > narrower ? wider - narrower : 0;
}

/**
 * Accounts tried from a source in the `windowMs` up to `atMs` that never signed in well from there, not counting `except`. What
 * tells a password spray from an office behind one address: the office's accounts are known good there.
 */
export function countStrangers(source: SourceProfile | null, atMs: number, windowMs: number, except: number): number {
  if (source === null) return 0;
  const tried: RecentSet = source.accounts;
  const good = source.goodAccounts.members;
  const fromMs = atMs - windowMs;
  let count = 0;
  for (let i = 0; i < tried.members.length; i++) {
    const seenMs = tried.lastSeenMs[i] as number;
    if (seenMs <= fromMs || seenMs > atMs) continue;
    const account = tried.members[i] as number;
    if (account !== except && !good.includes(account)) count++;
  }
  return count;
}

/** Counts for evidence: whole numbers are what an analyst expects of "failures". */
export function wholeCount(count: number): number {
  return Math.round(count);
}
