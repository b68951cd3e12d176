// The distinct things seen lately (accounts at an address, addresses of an account), each with the time it was last seen.
//
// Bounded: when full, the one seen longest ago makes room, so a count saturates at the bound instead of growing.
// Members are short keys, 36 bits of a pseudonym: enough to tell a few dozen members apart, too little to identify anyone.

export interface RecentSet {
  readonly members: number[];
  readonly lastSeenMs: number[];
}

export function emptyRecentSet(): RecentSet {
  return { members: [], lastSeenMs: [] };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digits = new Uint8Array(128);
for (let value = 0; value < alphabet.length; value++) digits[alphabet.charCodeAt(value)] = value;

/** Letters of a pseudonym that its short key looks at. */
export const shortKeyLetters = 6;

/** The first 36 bits of a base64url pseudonym, as a number that a double holds exactly. Other letters and missing ones count as 0. */
export function shortKey(pseudonym: string): number {
  let key = 0;
  for (let i = 0; i < shortKeyLetters; i++) key = key * 64 + (digits[pseudonym.charCodeAt(i)] ?? 0);
  return key;
}

export function addToRecentSet(set: RecentSet, member: number, atMs: number, limit: number): void {
  const known = set.members.indexOf(member);
  if (known >= 0) {
    if (atMs > (set.lastSeenMs[known] as number)) set.lastSeenMs[known] = atMs;
    return;
  }
  if (set.members.length < limit) {
    set.members.push(member);
    set.lastSeenMs.push(atMs);
    return;
  }
  let oldest = 0;
  for (let i = 1; i < set.lastSeenMs.length; i++) {
    if ((set.lastSeenMs[i] as number) < (set.lastSeenMs[oldest] as number)) oldest = i;
  }
  if (atMs <= (set.lastSeenMs[oldest] as number)) return;
  set.members[oldest] = member;
  set.lastSeenMs[oldest] = atMs;
}

export function removeFromRecentSet(set: RecentSet, member: number): void {
  const known = set.members.indexOf(member);
  if (known < 0) return;
  set.members.splice(known, 1);
  set.lastSeenMs.splice(known, 1);
}

/** How many members were seen in the `windowMs` up to `atMs`, not counting `except`. */
export function countRecent(set: RecentSet, atMs: number, windowMs: number, except = -1): number {
  let count = 0;
  const from = atMs - windowMs;
  for (let i = 0; i < set.members.length; i++) {
    const seenMs = set.lastSeenMs[i] as number;
    if (seenMs > from && seenMs <= atMs && set.members[i] !== except) count++;
  }
  return count;
}
