// Work on cases that must be done at least once: its states, and what becomes of a job that failed.
//
//   waiting --claim--> leased --complete--> done
//      ^                 |  \--lease ran out--> waiting, or dead after `lostLeasesMax`
//      |                 \--failed--> delayed --time--> waiting, or dead after `attemptsMax`
//      \-------------------- requeue by an operator -------------------/
//
// A claim counts as an attempt when it is made, not when it ends: a job that kills its worker is dead after a few, too.
import type { Tier } from './tier.ts';

export const jobStates = ['waiting', 'leased', 'delayed', 'done', 'dead'] as const;
export type JobState = (typeof jobStates)[number];

export interface NewJob {
  readonly tenant: string;
  readonly tier: Tier;
  /** A second job with the same key is the same job, also when the first is done. */
  readonly dedupeKey: string;
  /** The case that it is about; erasing the case erases its jobs. */
  readonly subject: string;
  /** For the worker; the queue does not look into it. */
  readonly payload: string;
  readonly deadlineMs: number;
}

export interface Job extends NewJob {
  readonly id: string;
  readonly enqueuedAtMs: number;
  /** Including the one that is running. */
  readonly attempts: number;
}

/** The proof of a claim; whoever lost the lease has an old one. */
export interface Claim {
  readonly job: Job;
  readonly lease: string;
  readonly leaseUntilMs: number;
}

export interface DeadJob extends Job {
  readonly error: string;
  readonly diedAtMs: number;
}

export const attemptsMax = 6;
export const lostLeasesMax = 2 * attemptsMax;
export const payloadBytesMax = 64 * 1024;
/** What a failure says of itself; longer texts are a provider's page of HTML. */
export const errorLengthMax = 500;

const backoffBaseMs = 1000;
const backoffMaxMs = 5 * 60_000;

/**
 * Exponential with "full jitter": uniform between 0 and the bound, which keeps retries after a common cause from coming back together
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). A provider's own wish to be left alone is respected, with
 * the jitter added to it. `attempts` is at least 1.
 */
export function retryDelayMs(attempts: number, uniform: number, wishedMs = 0): number {
  const bound = Math.min(backoffMaxMs, backoffBaseMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(Math.min(Math.max(wishedMs, 0), backoffMaxMs) + uniform * bound);
}

/** What becomes of a job whose attempt failed. */
export function isDead(attempts: number, hopeless = false): boolean {
  return hopeless || attempts >= attemptsMax;
}

/**
 * What becomes of one whose lease ran out. That says that the worker went, not that the work cannot be done: whoever has it next knows by
 * the attempts to do the least, and gets so many more chances for that.
 */
export function isLost(attempts: number): boolean {
  return attempts >= lostLeasesMax;
}

/** One tier's queue, for metrics. */
export interface TierDepth {
  readonly tier: Tier;
  readonly waiting: number;
  readonly leased: number;
  readonly delayed: number;
  readonly dead: number;
  /** Since the oldest unfinished job was enqueued; 0 when there is none. */
  readonly oldestAgeMs: number;
  /** Unfinished and past their deadline now. */
  readonly late: number;
  /** Ended since the database was made, and of those after their deadline. A death counts as a missed deadline. */
  readonly ended: number;
  readonly missed: number;
}
