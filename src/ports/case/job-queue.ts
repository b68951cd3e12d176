// Port: durable work in tiers, each with its deadline. At least once: whoever does the work makes its effect idempotent.
//
// What `enqueue` or `complete` answered survives a kill of the process. Several processes may share one queue; a job is leased to one
// worker at a time, and returned when its lease runs out. Methods reject with a StorageFailure and then changed nothing.
import type { Claim, DeadJob, NewJob, TierDepth } from '../../domain/case/job.ts';
import type { Tier } from '../../domain/case/tier.ts';

export type Enqueued = { readonly kind: 'added' | 'duplicate'; readonly id: string } | { readonly kind: 'too_large' };

export interface ClaimRequest {
  /** In order of preference. A pool of workers names the tiers that it serves, so that no tier starves another's pool. */
  readonly tiers: readonly Tier[];
  readonly limit: number;
  readonly leaseMs: number;
  /** Only jobs whose deadline is before this time; absent: all. */
  readonly dueBeforeMs?: number;
}

export interface FailureReport {
  readonly error: string;
  /** True: no later attempt can succeed, so the job is dead at once. */
  readonly hopeless?: boolean;
  /** A provider's Retry-After; jitter comes on top. */
  readonly retryAfterMs?: number;
}

export type Failed = { readonly kind: 'retry'; readonly atMs: number } | { readonly kind: 'dead' } | { readonly kind: 'lost' };

export interface JobQueue {
  /** All or none. Answers in the order of `jobs`. */
  enqueue(jobs: readonly NewJob[]): Promise<Enqueued[]>;
  /** Those with the nearest deadline first within a tier. Also takes back what other workers' leases ran out on. */
  claim(request: ClaimRequest): Promise<Claim[]>;
  /** Extends the lease; false when it is lost and the work should stop. */
  heartbeat(jobId: string, lease: string, leaseMs: number): Promise<boolean>;
  /** "already": the same lease completed it before. "lost": another worker has it or had it; its answer counts. */
  complete(jobId: string, lease: string): Promise<'completed' | 'already' | 'lost'>;
  /** Back after a jittered wait, or dead after too many attempts. */
  fail(jobId: string, lease: string, report: FailureReport): Promise<Failed>;
  /** Gives the job back at once and uncounted, for a worker that stops; false when the lease was lost. */
  release(jobId: string, lease: string): Promise<boolean>;
  /** Newest death first. `beforeMs` and `beforeId` of the last one go on after it. */
  deadLetters(tenant: string, limit: number, before?: { readonly diedAtMs: number; readonly id: string }): Promise<DeadJob[]>;
  /** With fresh attempts and its old deadline; false when no dead job has that id. Recorded in the audit. */
  requeue(tenant: string, jobId: string, by: string): Promise<boolean>;
  /** One row per tier, in order of urgency. */
  depths(): Promise<TierDepth[]>;
  /** Forgets done jobs that ended before then, and with them their dedupe keys; bounded per call: call again until 0. */
  forgetDone(beforeMs: number): Promise<number>;
}
