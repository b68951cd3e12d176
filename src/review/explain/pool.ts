// The workers of one tier: claims its jobs, keeps their leases, and has them explained, so many at a time. Each tier has its own, so that
// none starves another.
import type { Claim } from '../../domain/case/job.ts';
import { explainWithinMs, type Tier } from '../../domain/case/tier.ts';
import { type Batch, type BatchParts, explainBatch, lastChanceMs, reachOf } from './batch.ts';

export interface PoolTimes {
  /** How long a job is ours without a sign of life. */
  readonly leaseMs: number;
  /** Between two looks at an empty queue. */
  readonly pollMs: number;
}

/** Where cases share a call they are gathered for this part of the time that they have. */
const gatherPart = 1 / 30;
/** Claimed at a time while the template works off a backlog. */
const shedBatch = 32;

export class TierPool {
  readonly #parts: BatchParts;
  readonly #tier: Tier;
  readonly #leaseMs: number;
  readonly #idleMs: number;
  readonly #workers: number;
  readonly #batchMax: number;
  readonly #stopping = new AbortController();
  readonly #inWork = new Set<Promise<void>>();
  #limit: number;
  /** Every worker was busy when the queue was last looked at, and it was not seen empty since. */
  #crowded = false;
  /** Null while nobody looks. */
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #cancelAlarm: () => void = () => undefined;

  constructor(parts: BatchParts, tier: Tier, times: PoolTimes) {
    const { workers = 1, batchMax = 1 } = parts.plan.tiers[tier] ?? {};
    this.#parts = parts;
    this.#tier = tier;
    this.#leaseMs = times.leaseMs;
    this.#workers = workers;
    this.#batchMax = batchMax;
    this.#limit = batchMax;
    this.#idleMs = batchMax > 1 ? Math.max(times.pollMs, explainWithinMs[tier] * gatherPart) : times.pollMs;
  }

  start(): void {
    this.#look();
  }

  /** There may be work: look now, unless cases are gathered or wait for a model. */
  wake(): void {
    if (this.#batchMax === 1 && !this.#isWaiting) this.#look();
  }

  /** Resolves when every case in work is finished or given back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelAlarm();
    while (this.#looking !== null || this.#inWork.size > 0) await Promise.all([this.#looking, ...this.#inWork]);
  }

  get busy(): number {
    return this.#inWork.size;
  }

  /** No model can be asked just now: cases keep their time for one, and only what is due goes to the template. */
  get #isWaiting(): boolean {
    return reachOf(this.#parts, this.#tier) === 'suspended';
  }

  get #isFull(): boolean {
    return this.#inWork.size >= this.#workers;
  }

  /** One look at a time; what is asked for meanwhile comes right after it. */
  #look(): void {
    if (this.#looking !== null) this.#lookAgain = true;
    else
      this.#looking = this.#claimAll().finally(() => {
        this.#looking = null;
        if (this.#lookAgain) this.#look();
      });
  }

  /** Claims until the queue is empty or every worker is busy. */
  async #claimAll(): Promise<void> {
    let claimed = 0;
    do {
      this.#lookAgain = false;
      claimed = await this.#claimOnce();
    } while ((claimed > 0 || this.#lookAgain) && !this.#isFull && !this.#stopping.signal.aborted);
    this.#crowded = this.#isFull;
    // A worker that becomes free looks by itself.
    if (!this.#isFull) this.#lookLater();
  }

  #lookLater(): void {
    this.#cancelAlarm();
    if (!this.#stopping.signal.aborted) this.#cancelAlarm = this.#parts.clock.alarm(this.#idleMs, () => this.#look());
  }

  async #claimOnce(): Promise<number> {
    if (this.#stopping.signal.aborted || this.#isFull) return 0;
    try {
      const request = { tiers: [this.#tier], limit: this.#limit, leaseMs: this.#leaseMs };
      const due = this.#isWaiting;
      // What falls due before the next look must be told at this one.
      const claims = await this.#parts.queue.claim(
        due ? { ...request, dueBeforeMs: lastChanceMs(this.#parts, this.#tier) + this.#idleMs } : request,
      );
      if (claims.length > 0) this.#begin({ tier: this.#tier, claims, crowded: this.#crowded, due });
      return claims.length;
    } catch {
      // The store tells its own trouble; the next look may go better.
      return 0;
    }
  }

  #begin(batch: Batch): void {
    const done = this.#work(batch).then((refused) => {
      this.#inWork.delete(done);
      // What was refused would be at once again.
      if (refused) this.#lookLater();
      else this.#look();
    });
    this.#inWork.add(done);
  }

  /** Whether they were refused; see `BatchEnd`. */
  async #work(batch: Batch): Promise<boolean> {
    const lost = new AbortController();
    const stopBeats = keepLeases(this.#parts, batch.claims, this.#leaseMs, () => lost.abort());
    try {
      const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
      const { asked, refused } = await explainBatch(this.#parts, batch, signal);
      this.#limit = asked === 0 ? Math.max(shedBatch, this.#batchMax) : this.#batchMax;
      return refused;
    } catch (error) {
      this.#parts.onProblem(`Explaining cases failed unexpectedly, they are tried again: ${(error as Error).message}`);
      return false;
    } finally {
      stopBeats();
    }
  }
}

/**
 * Renews the leases three times within each. What is still done for a lease that is lost is without effect; when all are, `onLost` ends the
 * work, so that a model is not paid twice.
 */
function keepLeases({ queue, clock }: BatchParts, claims: readonly Claim[], leaseMs: number, onLost: () => void): () => void {
  const held = new Set(claims);
  let cancel: () => void = () => undefined;
  let stopped = false;

  async function beat(): Promise<void> {
    await Promise.all(
      [...held].map(async (claim) => {
        try {
          if (!(await queue.heartbeat(claim.job.id, claim.lease, leaseMs))) held.delete(claim);
        } catch {
          // The next beat may go better.
        }
      }),
    );
    if (held.size === 0) onLost();
    else if (!stopped) next();
  }

  function next(): void {
    cancel = clock.alarm(leaseMs / 3, () => void beat());
  }

  next();
  return () => {
    stopped = true;
    cancel();
  };
}
