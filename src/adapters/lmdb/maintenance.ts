// What goes on beside the requests: writing what was applied every flush interval, and folding it into records at a pace that the
// load allows. Work is cut into slices of about a millisecond, between which requests are served.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { answered, watched } from './environment.ts';
import type { EventIndex } from './event-index.ts';
import type { Journal } from './journal.ts';
import { KeyBuffer, type KeyKind } from './key-buffer.ts';
import { type FoldJob, kindOf, type RecordStore } from './record-store.ts';
import { Sweep } from './sweep.ts';

export interface Pace {
  /** Longest time for which something applied is not yet durable. */
  readonly flushIntervalMs: number;
  /** Bytes that may still be written to the disk. */
  readonly freeBytes: () => number;
}

/** Other things that are written together with the journal. */
export interface Companion {
  /** Starts writing what is pending; the promises reject when the disk refuses. */
  submit(): Promise<unknown>[];
  /** What was submitted is durable (true) or has to be written again. */
  settle(written: boolean): void;
  pending(): boolean;
}

export type Fold = (kind: KeyKind, key: KeyBuffer) => FoldJob | null;

/** A journal entry is written early when it has grown to this: about half a thousand attempts. */
const earlyFlushBytes = 512 * 1024;
const keysPerSlice = 64;
/** Events looked at per slice when a sweep begins. */
const scannedPerSlice = 2048;
/** Under load nothing is folded before the memory is this full: the more waits, the more of it shares its pages on the disk. */
const sweepAt = 0.3;
/** A sweep under load is to end before the memory has filled by this much more. */
const sweepWithin = 0.3;
/** Keys folded per interval under load at least. */
const keysUnderLoad = 200;
/** Keys folded per interval when little else happens. */
const keysWhenIdle = 2000;
const idleBytes = 64 * 1024;
/** Keys per transaction. LMDB holds every changed page of one in memory and never gives that memory back. */
const keysPerBatch = 1500;
/** Keys handed to the database in one turn of the loop: a millisecond's worth. */
const keysPerHandOver = 400;
/** Above this share of the memory, folding takes as much time as it needs, in slices that grow with the need. */
const fullnessHigh = 0.75;
const eventBytes = 100;
const backoffMaxMs = 5000;
/**
 * With less than this left on the disk, nothing is written: a transaction that meets the end of the disk halfway can end the process
 * inside LMDB, or leave it without an answer. Four times the largest one.
 */
const freeBytesMin = 64 * 1024 * 1024;

export class Maintenance {
  /** The last write's error, in words; null while writing works. */
  trouble: string | null = null;
  private readonly index: EventIndex;
  private readonly journal: Journal;
  private readonly records: RecordStore;
  private readonly companion: Companion;
  private readonly fold: Fold;
  private readonly pace: Pace;
  private readonly onProblem: (sentence: string) => void;
  private readonly key = new KeyBuffer();
  private writing: Promise<void> | null = null;
  private folding: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private kicked = false;
  private closed = false;
  private failures = 0;
  private headBefore = 0;
  /** Bytes of events that came in the last interval. */
  private arrived = 0;
  /** Everything before this position is folded or was handed over. */
  private cursor = 0;
  private sweep: Sweep | null = null;

  constructor(parts: {
    index: EventIndex;
    journal: Journal;
    records: RecordStore;
    companion: Companion;
    fold: Fold;
    pace: Pace;
    onProblem: (sentence: string) => void;
  }) {
    this.index = parts.index;
    this.journal = parts.journal;
    this.records = parts.records;
    this.companion = parts.companion;
    this.fold = parts.fold;
    this.pace = parts.pace;
    this.onProblem = parts.onProblem;
    this.headBefore = parts.index.head;
    this.schedule(this.pace.flushIntervalMs);
  }

  /** Called after something was applied. */
  noticed(): void {
    if (this.kicked || this.failures > 0 || this.index.unsentBytes < earlyFlushBytes) return;
    this.kicked = true;
    setImmediate(() => {
      this.kicked = false;
      if (!this.closed) void this.writeNow().catch(ignore);
    });
  }

  /** Resolves when everything applied so far is durable; rejects when it cannot be made so. */
  async flush(): Promise<void> {
    while (this.writing !== null || this.hasUnwritten()) await this.writeNow();
  }

  /** Resolves when everything applied so far is in its records and nothing of it is left in the journal. */
  async settle(): Promise<void> {
    await this.flush();
    const target = this.index.head;
    while (this.index.tail < target && this.index.tail < this.index.head) {
      await this.flush();
      await this.foldSome(keysWhenIdle, true);
      await nextTurn();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.flush().catch(ignore);
    if (this.folding !== null) await this.folding.catch(ignore);
  }

  /** What was durable is not any more: the sweep under way is begun anew, over what is durable then. */
  begunAnew(): void {
    this.sweep = null;
  }

  private hasUnwritten(): boolean {
    return this.index.unsentBytes > 0 || this.journal.hasUnconfirmed() || this.companion.pending();
  }

  private schedule(delayMs: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.tick(), delayMs);
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    try {
      await this.writeNow();
      const keys = this.keysThisTime();
      void this.foldSome(keys, false).catch(ignore);
    } catch {
      // Reported where it happened; the events are kept and written later.
    }
    this.schedule(Math.min(backoffMaxMs, this.pace.flushIntervalMs * 2 ** Math.min(this.failures, 8)));
  }

  /** How many keys to fold in this interval. */
  private keysThisTime(): number {
    const { index } = this;
    this.arrived = index.head - this.headBefore;
    this.headBefore = index.head;
    const { arrived } = this;
    if (index.fullness() > fullnessHigh) return Math.max(keysWhenIdle, (2 * arrived) / eventBytes);
    if (arrived < idleBytes) return keysWhenIdle;
    return Math.max(keysUnderLoad, ((this.sweep?.size ?? 0) * arrived) / (sweepWithin * index.capacityBytes));
  }

  /** Whether a sweep is worth its pages: under load only when enough waits for it. Keys asked for early are folded in any case. */
  private mayBegin(): boolean {
    return this.arrived < idleBytes || this.index.fullness() > sweepAt;
  }

  private slice(): number {
    const short = this.index.fullness() - fullnessHigh;
    return short < 0 ? keysPerSlice : short < 0.1 ? 2 * keysPerSlice : short < 0.2 ? 4 * keysPerSlice : 8 * keysPerSlice;
  }

  private writeNow(): Promise<void> {
    this.writing ??= this.write().finally(() => {
      this.writing = null;
    });
    return this.writing;
  }

  /** The only place that reads the entries of others: never while an entry of our own is under way, which would look like one. */
  private async write(): Promise<void> {
    this.journal.tail();
    if (!this.hasUnwritten()) return;
    await this.requireRoom();
    const submitted = this.companion.submit();
    const [journalled, companions] = await Promise.allSettled([this.journal.write(), answered(Promise.all(submitted))]);
    const failed = [journalled, companions].find((outcome) => outcome.status === 'rejected');
    this.companion.settle(companions.status === 'fulfilled');
    if (failed === undefined) this.recovered();
    else await this.failed(failed.reason);
  }

  private async requireRoom(): Promise<void> {
    const free = this.pace.freeBytes();
    if (free < freeBytesMin) await this.failed(new Error(`only ${Math.floor(free / 2 ** 20)} MB are free on its disk`));
  }

  private recovered(): void {
    if (this.failures > 0) this.onProblem('The store can be written again; what was kept in memory is stored now.');
    this.failures = 0;
    this.trouble = null;
  }

  private async failed(reason: unknown): Promise<never> {
    const cause = await causeOf(reason);
    this.failures++;
    this.trouble = cause;
    if (this.failures === 1)
      this.onProblem(`The store cannot be written (${cause}); scoring goes on from memory, and writing is tried again.`);
    throw new Error(`The store cannot be written (${cause}).`);
  }

  /** Folds up to `keys` keys and removes what is no longer needed; `all`: sweeps begin however little waits. One at a time. */
  private foldSome(keys: number, all: boolean): Promise<void> {
    this.folding ??= this.foldKeys(keys, all).finally(() => {
      this.folding = null;
    });
    return this.folding;
  }

  private async foldKeys(keys: number, all: boolean): Promise<void> {
    if (this.failures > 0) return;
    let left = keys;
    while (left > 0 && (await this.findWork(all))) {
      const jobs: FoldJob[] = [];
      let more = true;
      while (more && jobs.length < Math.min(left, keysPerBatch)) {
        more = this.collectJobs(Math.min(this.slice(), left - jobs.length), jobs);
        await nextTurn();
      }
      left -= Math.max(1, jobs.length);
      await this.finish(jobs);
      if (more) continue;
      this.endSweep();
      await this.trim();
    }
  }

  /** Begins a sweep over what became durable since the last one, if it may. False when there is nothing to fold. */
  private async findWork(all: boolean): Promise<boolean> {
    if (this.sweep !== null || this.failures > 0) return this.failures === 0;
    if (!all && !this.mayBegin()) return this.records.early.length > 0;
    const { index } = this;
    const sweep = new Sweep(index, Math.max(this.cursor, index.tail), index.floorOf(this.journal.seen));
    while (!sweep.scan(scannedPerSlice)) await nextTurn();
    if (sweep.to <= sweep.from) return this.records.early.length > 0;
    this.sweep = sweep;
    return true;
  }

  private endSweep(): void {
    this.cursor = Math.max(this.cursor, this.sweep?.to ?? 0);
    this.sweep = null;
  }

  /** Starts folding the keys asked for early, then those whose turn it is. False when there is nothing more to do. */
  private collectJobs(keys: number, jobs: FoldJob[]): boolean {
    const { index, key } = this;
    let left = keys;
    while (left > 0) {
      const early = this.records.early.pop();
      if (early === undefined) break;
      key.copy(early, 0, early.length);
      this.foldKey(jobs);
      left--;
    }
    const enough = jobs.length + left;
    // Events that were folded with others of their key are passed over; not too many in one slice either.
    for (let steps = keys * 16; steps > 0 && jobs.length < enough; steps--) {
      const position = this.sweep?.next() ?? 0;
      if (position === 0) return false;
      const view = index.at(position);
      if (view.folded) continue;
      key.copy(view.bytes, view.keyFrom, view.keyLength);
      this.foldKey(jobs);
    }
    return true;
  }

  private foldKey(jobs: FoldJob[]): void {
    const kind = kindOf(this.key);
    const job = kind === undefined ? null : this.fold(kind, this.key);
    if (job !== null) jobs.push(job);
  }

  /** Writes what is ready and waits for it; a record that another process wrote meanwhile is folded again from what it is now. */
  private async finish(jobs: FoldJob[]): Promise<void> {
    let waiting = jobs;
    while (waiting.length > 0) {
      let written: boolean[];
      try {
        written = await answered(this.handOver(waiting));
      } catch (error) {
        return this.foldLater(error);
      }
      const again: FoldJob[] = [];
      for (const [i, ok] of written.entries()) {
        if (ok) continue;
        const view = this.index.at((waiting[i] as FoldJob).position);
        this.key.copy(view.bytes, view.keyFrom, view.keyLength);
        this.foldKey(again);
      }
      waiting = again;
    }
  }

  /** All within a few turns, so that the database takes them as one transaction or a few, not as one each. */
  private async handOver(jobs: readonly FoldJob[]): Promise<boolean[]> {
    const written: Promise<boolean>[] = [];
    for (let i = 0; i < jobs.length; i++) {
      if (i > 0 && i % keysPerHandOver === 0) await nextTurn();
      // Watched, because it may fail while the next ones are still being handed over.
      written.push(watched((jobs[i] as FoldJob).start()));
    }
    return Promise.all(written);
  }

  /** The disk refused: nothing handed over counts as folded any more. */
  private foldLater(reason: unknown): Promise<never> {
    const handedOver = Math.max(this.cursor, this.sweep?.to ?? 0);
    for (let position = this.index.tail; position < handedOver; position = this.index.next(position)) this.index.setFolded(position, false);
    this.cursor = this.index.tail;
    this.sweep = null;
    return this.failed(reason);
  }

  /** Entries whose events are all before the cursor are folded and can go, and with them the memory. */
  private async trim(): Promise<void> {
    let seq = this.journal.seen;
    let position = this.cursor;
    for (const range of this.index.ranges) {
      if (range.to <= this.cursor) continue;
      seq = Math.min(seq, range.seq - 1);
    }
    for (const range of this.index.ranges) {
      if (range.seq <= seq) continue;
      position = Math.min(position, range.from);
      break;
    }
    await this.journal.trim(seq);
    this.index.release(position);
  }
}

/** lmdb says "Commit failed" and hangs the true cause on the error, as a promise that is rejected at once or, at times, never. */
async function causeOf(reason: unknown): Promise<string> {
  const { commitError } = reason as { commitError?: Promise<unknown> };
  const cause: unknown =
    commitError === undefined ? reason : await Promise.race([commitError.catch((inner: unknown) => inner), nextTurn(reason)]);
  return cause instanceof Error ? cause.message : String(cause);
}

function ignore(): void {}
