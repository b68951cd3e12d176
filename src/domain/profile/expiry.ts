// When a profile was last touched by anybody, and the event that forgets one that was not for long: what nobody comes back to is of no
// use to a decision and is data about people all the same.
import type { AccountProfile } from './account.ts';
import type { RecentSet } from './recent-set.ts';
import type { SourceProfile } from './source.ts';
import { counterWindowsMs, minute, type WindowCounter } from './window-counter.ts';

/**
 * Forgets the profile unless it was touched since `atMs`. A store writes it among the other events, so that a login which comes at the same
 * time, through another process too, is either seen by it or comes after it, and is lost in neither case.
 */
export interface Expiry {
  readonly type: 'expired';
  readonly atMs: number;
}

/** Time of the newest try, end or failure of the account, to the minute. */
export function accountTouchedMs(profile: AccountProfile): number {
  const { firstSeenMs, lastGoodMs, failures, challengesFailed, hosts, asns, triedDevices } = profile;
  return Math.max(firstSeenMs, lastGoodMs, countedMs(failures), countedMs(challengesFailed), ...[hosts, asns, triedDevices].map(seenMs));
}

/** Time of the newest try, end or failure from there, to the minute. */
export function sourceTouchedMs(profile: SourceProfile): number {
  const { firstSeenMs, lastGoodMs, attempts, failures } = profile;
  return Math.max(firstSeenMs, lastGoodMs, countedMs(attempts), countedMs(failures));
}

/** The end of the minute in which something was counted last; its first number is the newest minute's. 0: never. */
function countedMs(counter: WindowCounter): number {
  const newest = counter[0] as number;
  return newest === 0 ? 0 : (newest + 1) * counterWindowsMs[minute] - 1;
}

function seenMs({ lastSeenMs }: RecentSet): number {
  return Math.max(0, ...lastSeenMs);
}
