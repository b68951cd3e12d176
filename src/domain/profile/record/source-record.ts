// What is remembered of a host, block, network or device, as bytes and back. Also the parts that accounts share with them.
//
// A stored record may be years old, half written by a broken disk or made by a newer release: reading gives a profile, or says
// why not, and never throws. Times are differences to the newest one, which keeps most of them short.
import * as limits from '../../limits.ts';
import type { ByteReader } from '../../record/byte-reader.ts';
import type { ByteWriter } from '../../record/byte-writer.ts';
import type { RecentSet } from '../recent-set.ts';
import type { SourceProfile } from '../source.ts';
import { counterWindowsMs, type WindowCounter } from '../window-counter.ts';

/** "damaged": bytes that no release wrote. "foreign": a version this release does not know. */
export type Refusal = 'damaged' | 'foreign';

const version = 1;

export function writeSource(out: ByteWriter, profile: SourceProfile): void {
  const originMs = profile.firstSeenMs;
  out.uint(version);
  out.number(originMs);
  writeCounter(out, profile.attempts);
  writeCounter(out, profile.failures);
  writeRecentSet(out, profile.accounts, originMs);
  writeRecentSet(out, profile.goodAccounts, originMs);
  out.number(profile.goodCount);
  out.number(profile.lastGoodMs);
  out.text(profile.machine);
}

export function readSource(from: ByteReader): SourceProfile | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const originMs = from.number();
  const profile: SourceProfile = {
    firstSeenMs: originMs,
    attempts: readCounter(from),
    failures: readCounter(from),
    accounts: readRecentSet(from, originMs, limits.accountsPerSourceMax),
    goodAccounts: readRecentSet(from, originMs, limits.accountsPerSourceMax),
    goodCount: from.number(),
    lastGoodMs: from.number(),
    machine: from.text(),
  };
  return from.complete() ? profile : 'damaged';
}

/** One byte when nothing was counted. Bucket indices of the longer windows follow from the shortest one where all are current. */
export function writeCounter(out: ByteWriter, counter: WindowCounter): void {
  const bucket = counter[0] as number;
  if (bucket === 0 && counter.every((value) => value === 0)) {
    out.uint(0);
    return;
  }
  out.uint(1);
  for (let window = 0; window < counterWindowsMs.length; window++) {
    const at = window * 3;
    out.number((counter[at] as number) - (window === 0 ? 0 : bucketAt(bucket, window)));
    out.number(counter[at + 1] as number);
    out.number(counter[at + 2] as number);
  }
}

export function readCounter(from: ByteReader): WindowCounter {
  const counter: WindowCounter = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  if (from.count(1) === 0) return counter;
  for (let window = 0; window < counterWindowsMs.length; window++) {
    const at = window * 3;
    counter[at] = from.number() + (window === 0 ? 0 : bucketAt(counter[0] as number, window));
    counter[at + 1] = from.number();
    counter[at + 2] = from.number();
  }
  return counter;
}

/** The bucket of a longer window that contains a bucket of the shortest one. */
function bucketAt(bucket: number, window: number): number {
  return Math.floor((bucket * counterWindowsMs[0]) / (counterWindowsMs[window] as number));
}

export function writeRecentSet(out: ByteWriter, set: RecentSet, originMs: number): void {
  out.uint(set.members.length);
  for (let i = 0; i < set.members.length; i++) {
    out.number(set.members[i] as number);
    out.number((set.lastSeenMs[i] as number) - originMs);
  }
}

export function readRecentSet(from: ByteReader, originMs: number, max: number): RecentSet {
  const count = from.count(max);
  if (count === 0) return { members: [], lastSeenMs: [] };
  // Most sets have one member: lists that begin with it take a tenth of the room of lists that are pushed to.
  const members = [from.number()];
  const lastSeenMs = [from.number() + originMs];
  for (let i = 1; i < count; i++) {
    members.push(from.number());
    lastSeenMs.push(from.number() + originMs);
  }
  return { members, lastSeenMs };
}
