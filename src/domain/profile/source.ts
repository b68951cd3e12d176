// What is remembered of where attempts come from: an address (or IPv6 /64), the block around it, a network (ASN), a device.
// The same record serves all four, because the same questions are asked of each: how many tries, failures and accounts?
import * as limits from '../limits.ts';
import { addToRecentSet, emptyRecentSet, type RecentSet, removeFromRecentSet } from './recent-set.ts';
import { addToCounter, emptyCounter, type WindowCounter } from './window-counter.ts';

export interface SourceProfile {
  firstSeenMs: number;
  attempts: WindowCounter;
  failures: WindowCounter;
  /** Accounts tried from here (short keys). */
  accounts: RecentSet;
  /** Accounts that signed in well from here: what tells an office's egress from an attacker's. */
  goodAccounts: RecentSet;
  goodCount: number;
  lastGoodMs: number;
  /** Devices only: the machine the id was first seen on ("Windows|Win32|1920x1080"), to notice a copied id. */
  machine: string | null;
}

export type SourceEvent =
  | {
      readonly type: 'attempted';
      readonly atMs: number;
      readonly account: number;
      readonly failed: boolean;
      readonly machine: string | null;
    }
  | { readonly type: 'learned'; readonly atMs: number; readonly account: number; readonly machine: string | null }
  | { readonly type: 'unlearned'; readonly atMs: number; readonly account: number }
  | { readonly type: 'failed'; readonly atMs: number };

export function emptySource(atMs: number): SourceProfile {
  return {
    firstSeenMs: atMs,
    attempts: emptyCounter(),
    failures: emptyCounter(),
    accounts: emptyRecentSet(),
    goodAccounts: emptyRecentSet(),
    goodCount: 0,
    lastGoodMs: 0,
    machine: null,
  };
}

export function applyToSource(profile: SourceProfile, event: SourceEvent): void {
  switch (event.type) {
    case 'attempted':
      if (event.atMs < profile.firstSeenMs) profile.firstSeenMs = event.atMs;
      addToCounter(profile.attempts, event.atMs);
      if (event.failed) addToCounter(profile.failures, event.atMs);
      addToRecentSet(profile.accounts, event.account, event.atMs, limits.accountsPerSourceMax);
      return;
    case 'learned':
      profile.goodCount += 1;
      if (event.atMs > profile.lastGoodMs) profile.lastGoodMs = event.atMs;
      addToRecentSet(profile.goodAccounts, event.account, event.atMs, limits.accountsPerSourceMax);
      if (profile.machine === null) profile.machine = event.machine;
      return;
    case 'unlearned':
      unlearn(profile, event.atMs, event.account);
      return;
    case 'failed':
      addToCounter(profile.failures, event.atMs);
  }
}

/**
 * Takes one good login back. The account stops counting as good here until it signs in well again, unless it already has since:
 * a source that let a takeover through does not vouch for that account.
 */
function unlearn(profile: SourceProfile, atMs: number, account: number): void {
  if (profile.goodCount > 0) profile.goodCount -= 1;
  if (profile.goodCount === 0) {
    profile.machine = null;
    profile.lastGoodMs = 0;
    profile.goodAccounts = emptyRecentSet();
    return;
  }
  const at = profile.goodAccounts.members.indexOf(account);
  if (at >= 0 && (profile.goodAccounts.lastSeenMs[at] as number) <= atMs) removeFromRecentSet(profile.goodAccounts, account);
}
