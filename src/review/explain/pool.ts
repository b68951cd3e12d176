// The workers of one tier: claims its jobs, keeps their leases, and has them explained, so many at a time. Each tier has its own, so that
// none starves another.
import type { Claim } from '../../domain/case/job.ts';
import { explainWithinMs, type Tier } from '../../domain/case/tier.ts';
import { type BatchParts, explainBatch } from './batch.ts';

export interface PoolTimes {
  /** How long a job is ours without a sign of life. */
  readonly leaseMs: number;
  /** Between two looks at an empty queue. */
  readonly pollMs: number;
}

/** Where cases share a call they are gathered for this part of the time that they have. */
const gatherPart = 1 / 30;
/** Claimed at a time while the template works off a backlog, and at most. */
const shedBatch = 32;
const claimMax = 64;

export class TierPool {
  readonly #parts: BatchParts;
  readonly #tier: Tier;
  readonly #leaseMs: number;
  readonly #idleMs: number;
  readonly #workers: number;
  readonly #batchMax: number;
  readonly #stopping = new AbortController();
  readonly #inWork = new Set<Promise<void>>();
  readonly #usualLimit: number;
  #limit: number;
  /** Null while nobody looks. */
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #cancelAlarm: () => void = () => undefined;

  constructor(parts: BatchParts, tier: Tier, times: PoolTimes) {
    const { workers = 1, batchMax = 1, sampleOneIn = 1 } = parts.plan.tiers[tier] ?? {};
    this.#parts = parts;
    this.#tier = tier;
    this.#leaseMs = times.leaseMs;
    this.#workers = workers;
    this.#batchMax = batchMax;
    // Of a sampled tier so many that about a batch of them is for a model.
    this.#usualLimit = Math.min(claimMax, batchMax * sampleOneIn);
    this.#limit = this.#usualLimit;
    this.#idleMs = batchMax > 1 ? Math.max(times.pollMs, explainWithinMs[tier] * gatherPart) : times.pollMs;
  }

  start(): void {
    this.#look();
  }

  /** There may be work: look now, unless cases are gathered. */
  wake(): void {
    if (this.#batchMax === 1) this.#look();
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
    this.#cancelAlarm();
    // A worker that becomes free looks by itself.
    if (!this.#isFull && !this.#stopping.signal.aborted) this.#cancelAlarm = this.#parts.clock.alarm(this.#idleMs, () => this.#look());
  }

  async #claimOnce(): Promise<number> {
    if (this.#stopping.signal.aborted || this.#isFull) return 0;
    try {
      const claims = await this.#parts.queue.claim({ tiers: [this.#tier], limit: this.#limit, leaseMs: this.#leaseMs });
      if (claims.length > 0) this.#begin(claims);
      return claims.length;
    } catch {
      // The store tells its own trouble; the next look may go better.
      return 0;
    }
  }

  #begin(claims: readonly Claim[]): void {
    const done = this.#work(claims).finally(() => {
      this.#inWork.delete(done);
      this.#look();
    });
    this.#inWork.add(done);
  }

  async #work(claims: readonly Claim[]): Promise<void> {
    const lost = new AbortController();
    const stopBeats = keepLeases(this.#parts, claims, this.#leaseMs, () => lost.abort());
    try {
      const { asked } = await explainBatch(this.#parts, this.#tier, claims, AbortSignal.any([this.#stopping.signal, lost.signal]));
      this.#limit = asked === 0 ? Math.max(shedBatch, this.#usualLimit) : this.#usualLimit;
    } catch (error) {
      this.#parts.onProblem(`Explaining cases failed unexpectedly, they are tried again: ${(error as Error).message}`);
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
