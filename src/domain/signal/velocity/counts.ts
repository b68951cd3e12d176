// Counting what the velocity signals count: failures in the four windows, shares of them, and accounts that never signed in well
// from where they are tried.
//
// A source or account that was never seen has failed zero times: that is a fact, not an absence. Only profiles that could not
// be read leave the counts unknown.
import type { SourceProfile } from '../../profile/source.ts';
import { counterWindowsMs, countWithin, type CounterWindow, day, hour, type WindowCounter } from '../../profile/window-counter.ts';

const hourMs = counterWindowsMs[hour];
const dayMs = counterWindowsMs[day];

/** Events in the window that ends at `atMs`; 0 where nothing was ever counted. A fraction where the window cuts a bucket. */
export function countIn(counter: WindowCounter | null | undefined, window: CounterWindow, atMs: number): number {
  return counter === null || counter === undefined ? 0 : countWithin(counter, window, atMs);
}

/** Writes ln(1 + count) of the windows `from` to `to` (both included) to `out`, one after the other from `at`. */
export function writeLogCounts(
  counter: WindowCounter | null | undefined,
  from: CounterWindow,
  to: CounterWindow,
  atMs: number,
  out: Float32Array,
  at: number,
): void {
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

/** Accounts in the last hour and day. */
export interface AccountCounts {
  inHour: number;
  inDay: number;
}

/**
 * The good accounts as an open hash table by their low bits, -1 where free; reused by every call. An office behind one address has both
 * sets full: searching one for each member of the other would cost 64 times 64 comparisons.
 */
const goodSlots = new Float64Array(256);

function fillGoodSlots(good: readonly number[]): void {
  goodSlots.fill(-1);
  // Never more than half full, whatever a stored record holds, so that every probe ends.
  const count = Math.min(good.length, goodSlots.length / 2);
  for (let i = 0; i < count; i++) {
    const account = good[i] as number;
    let slot = account & 255;
    while (goodSlots[slot] !== -1) slot = (slot + 1) & 255;
    goodSlots[slot] = account;
  }
}

function isGood(account: number): boolean {
  for (let slot = account & 255; goodSlots[slot] !== -1; slot = (slot + 1) & 255) if (goodSlots[slot] === account) return true;
  return false;
}

/**
 * Accounts tried from a source in the hour and day up to `atMs` that never signed in well from there, not counting `except`; written to
 * `into`. What tells a password spray from an office behind one address: the office's accounts are known good there.
 */
export function countStrangers(source: SourceProfile | null, atMs: number, except: number, into: AccountCounts): AccountCounts {
  into.inHour = 0;
  into.inDay = 0;
  if (source === null) return into;
  const { members, lastSeenMs } = source.accounts;
  fillGoodSlots(source.goodAccounts.members);
  for (let i = 0; i < members.length; i++) {
    const agoMs = atMs - (lastSeenMs[i] as number);
    if (agoMs < 0 || agoMs >= dayMs) continue;
    const account = members[i] as number;
    if (account === except || isGood(account)) continue;
    into.inDay++;
    if (agoMs < hourMs) into.inHour++;
  }
  return into;
}

/** Counts for evidence: whole numbers are what an analyst expects of "failures". Unknown becomes null. */
export function wholeCount(count: number): number | null {
  return Number.isNaN(count) ? null : Math.round(count);
}
