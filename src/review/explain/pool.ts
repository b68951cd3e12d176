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

export interface Pool {
  start(): void;
  /** There may be work: look now. */
  wake(): void;
  /** Resolves when every case in work is finished or given back. */
  stop(): Promise<void>;
  readonly busy: number;
}

/** Where cases share a call they are gathered for this part of the time that they have. */
const gatherPart = 1 / 30;
/** Claimed at a time while the template works off a backlog. */
const shedBatch = 32;

export function createPool(parts: BatchParts, tier: Tier, times: PoolTimes): Pool {
  const { queue, clock } = parts;
  const plan = parts.plan.tiers[tier];
  const workers = Math.max(1, plan?.workers ?? 1);
  const batchMax = Math.max(1, plan?.batchMax ?? 1);
  const idleMs = batchMax > 1 ? Math.max(times.pollMs, explainWithinMs[tier] * gatherPart) : times.pollMs;
  const stopping = new AbortController();
  const inWork = new Set<Promise<void>>();
  let limit = batchMax;
  /** Null while nobody looks. */
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let cancelAlarm: () => void = () => undefined;

  function lookIn(ms: number): void {
    cancelAlarm();
    if (!stopping.signal.aborted) cancelAlarm = clock.alarm(ms, () => look());
  }

  /** Claims until the queue is empty or every worker is busy. One look at a time. */
  function look(): void {
    if (looking !== null) lookAgain = true;
    else
      looking = claimAll().finally(() => {
        looking = null;
        if (lookAgain) look();
      });
  }

  async function claimAll(): Promise<void> {
    let claimed = 0;
    do {
      lookAgain = false;
      claimed = await claimOnce();
    } while (!stopping.signal.aborted && (claimed > 0 || lookAgain) && inWork.size < workers);
    // A worker that becomes free looks by itself.
    if (inWork.size < workers || claimed === 0) lookIn(idleMs);
  }

  async function claimOnce(): Promise<number> {
    if (stopping.signal.aborted || inWork.size >= workers) return 0;
    try {
      const claims = await queue.claim({ tiers: [tier], limit, leaseMs: times.leaseMs });
      if (claims.length > 0) begin(claims);
      return claims.length;
    } catch {
      // The store tells its own trouble; the next look may go better.
      return 0;
    }
  }

  function begin(claims: readonly Claim[]): void {
    const done = work(claims).finally(() => {
      inWork.delete(done);
      look();
    });
    inWork.add(done);
  }

  async function work(claims: readonly Claim[]): Promise<void> {
    const lost = new AbortController();
    const stopBeats = keepLeases(parts, claims, times.leaseMs, () => lost.abort());
    try {
      const { asked } = await explainBatch(parts, tier, claims, AbortSignal.any([stopping.signal, lost.signal]));
      limit = asked === 0 ? Math.max(shedBatch, batchMax) : batchMax;
    } catch (error) {
      parts.onProblem(`Explaining cases failed unexpectedly, they are tried again: ${(error as Error).message}`);
    } finally {
      stopBeats();
    }
  }

  return {
    start: () => look(),
    wake() {
      if (batchMax === 1) look();
    },
    async stop() {
      stopping.abort();
      cancelAlarm();
      while (looking !== null || inWork.size > 0) await Promise.all([looking, ...inWork]);
    },
    get busy() {
      return inWork.size;
    },
  };
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
