// The job queue in memory, with the same answers as the durable one. Nothing of it survives the process.
import {
  type Claim,
  errorLengthMax,
  isDead,
  isLost,
  type Job,
  type JobState,
  type NewJob,
  payloadBytesMax,
  retryDelayMs,
} from '../../domain/case/job.ts';
import type { NewAuditEntry } from '../../domain/case/audit.ts';
import { pageSize } from '../../domain/case/query.ts';
import { type Tier, tiers } from '../../domain/case/tier.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Enqueued, JobQueue } from '../../ports/case/job-queue.ts';
import type { Random } from '../../ports/random.ts';

interface Held {
  readonly order: number;
  readonly job: Job & { attempts: number };
  state: JobState;
  lease: string | null;
  untilMs: number;
  error: string;
}

/** What the case store of the same process needs of the queue. */
export interface MemoryJobs {
  add(job: NewJob): void;
  forgetSubject(tenant: string, subject: string): void;
}

export interface MemoryJobOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: (entry: NewAuditEntry) => void;
}

const forgottenPerCall = 2000;

export class MemoryJobQueue implements JobQueue, MemoryJobs {
  readonly #options: MemoryJobOptions;
  readonly #jobs = new Map<string, Held>();
  readonly #byKey = new Map<string, Held>();
  readonly #totals = new Map<Tier, { ended: number; missed: number }>();
  #order = 0;

  constructor(options: MemoryJobOptions) {
    this.#options = options;
  }

  add(made: NewJob): Enqueued {
    const { clock, random } = this.#options;
    if (Buffer.byteLength(made.payload) > payloadBytesMax) return { kind: 'too_large' };
    const id = random.id();
    const known = this.#byKey.get(keyOf(made));
    if (known !== undefined) return { kind: 'duplicate', id: known.job.id };
    const job = { ...made, id, enqueuedAtMs: clock.nowMs(), attempts: 0 };
    const held: Held = { order: ++this.#order, job, state: 'waiting', lease: null, untilMs: 0, error: '' };
    this.#jobs.set(id, held);
    this.#byKey.set(keyOf(made), held);
    return { kind: 'added', id };
  }

  forgetSubject(tenant: string, subject: string): void {
    for (const held of this.#jobs.values()) if (held.job.tenant === tenant && held.job.subject === subject) this.#forget(held);
  }

  enqueue: JobQueue['enqueue'] = async (jobs) => jobs.map((job) => this.add(job));

  claim: JobQueue['claim'] = async ({ tiers: wanted, limit, leaseMs, dueBeforeMs = Number.POSITIVE_INFINITY }) => {
    const nowMs = this.#options.clock.nowMs();
    const lease = this.#options.random.id();
    this.#takeBack(nowMs);
    const claims: Claim[] = [];
    for (const tier of wanted) {
      const waiting = [...this.#jobs.values()]
        .filter((held) => held.state === 'waiting' && held.job.tier === tier && held.job.deadlineMs < dueBeforeMs)
        .sort((a, b) => a.job.deadlineMs - b.job.deadlineMs || a.order - b.order);
      for (const held of waiting.slice(0, Math.max(0, limit - claims.length))) {
        held.state = 'leased';
        held.lease = lease;
        held.untilMs = nowMs + leaseMs;
        held.job.attempts++;
        claims.push({ job: { ...held.job }, lease, leaseUntilMs: held.untilMs });
      }
    }
    return claims;
  };

  heartbeat: JobQueue['heartbeat'] = async (jobId, lease, leaseMs) => {
    const held = this.#leased(jobId, lease);
    if (held !== null) held.untilMs = this.#options.clock.nowMs() + leaseMs;
    return held !== null;
  };

  complete: JobQueue['complete'] = async (jobId, lease) => {
    const nowMs = this.#options.clock.nowMs();
    const held = this.#jobs.get(jobId);
    if (held === undefined || held.lease !== lease || held.state === 'dead') return 'lost';
    if (held.state === 'done') return 'already';
    held.state = 'done';
    held.untilMs = nowMs;
    this.#count(held.job.tier, nowMs > held.job.deadlineMs);
    return 'completed';
  };

  fail: JobQueue['fail'] = async (jobId, lease, report) => {
    const nowMs = this.#options.clock.nowMs();
    const uniform = this.#options.random.uniform();
    const held = this.#leased(jobId, lease);
    if (held === null) return { kind: 'lost' };
    const error = report.error.slice(0, errorLengthMax);
    if (isDead(held.job.attempts, report.hopeless)) {
      this.#bury(held, error, nowMs);
      return { kind: 'dead' };
    }
    held.state = 'delayed';
    held.lease = null;
    held.error = error;
    held.untilMs = nowMs + retryDelayMs(held.job.attempts, uniform, report.retryAfterMs);
    return { kind: 'retry', atMs: held.untilMs };
  };

  release: JobQueue['release'] = async (jobId, lease) => {
    const held = this.#leased(jobId, lease);
    if (held === null) return false;
    held.state = 'waiting';
    held.lease = null;
    held.job.attempts--;
    return true;
  };

  deadLetters: JobQueue['deadLetters'] = async (tenant, limit, before) =>
    [...this.#jobs.values()]
      .filter((held) => held.state === 'dead' && held.job.tenant === tenant)
      .map(({ job, error, untilMs }) => ({ ...job, error, diedAtMs: untilMs }))
      .sort((a, b) => b.diedAtMs - a.diedAtMs || (a.id < b.id ? 1 : -1))
      .filter(
        (dead) => before === undefined || dead.diedAtMs < before.diedAtMs || (dead.diedAtMs === before.diedAtMs && dead.id < before.id),
      )
      .slice(0, pageSize(limit));

  requeue: JobQueue['requeue'] = async (tenant, jobId, by) => {
    const held = this.#jobs.get(jobId);
    if (held === undefined || held.state !== 'dead' || held.job.tenant !== tenant) return false;
    held.state = 'waiting';
    held.job.attempts = 0;
    held.error = '';
    const atMs = this.#options.clock.nowMs();
    this.#options.audit({ atMs, tenant, actor: by, action: 'job_requeued', subject: jobId, detail: {} });
    return true;
  };

  depths: JobQueue['depths'] = async () => {
    const nowMs = this.#options.clock.nowMs();
    return tiers.map((tier) => {
      const mine = [...this.#jobs.values()].filter((held) => held.job.tier === tier && held.state !== 'done');
      const count = (state: JobState): number => mine.filter((held) => held.state === state).length;
      const unfinished = mine.filter((held) => held.state !== 'dead');
      return {
        tier,
        waiting: count('waiting'),
        leased: count('leased'),
        delayed: count('delayed'),
        dead: count('dead'),
        oldestAgeMs: nowMs - Math.min(nowMs, ...unfinished.map((held) => held.job.enqueuedAtMs)),
        late: unfinished.filter((held) => held.job.deadlineMs < nowMs).length,
        ...(this.#totals.get(tier) ?? { ended: 0, missed: 0 }),
      };
    });
  };

  forgetDone: JobQueue['forgetDone'] = async (beforeMs) => {
    const old = [...this.#jobs.values()].filter((held) => held.state === 'done' && held.untilMs < beforeMs).slice(0, forgottenPerCall);
    for (const held of old) this.#forget(held);
    return old.length;
  };

  #leased(jobId: string, lease: string): Held | null {
    const held = this.#jobs.get(jobId);
    return held !== undefined && held.state === 'leased' && held.lease === lease ? held : null;
  }

  #takeBack(nowMs: number): void {
    for (const held of this.#jobs.values()) {
      if (held.untilMs > nowMs) continue;
      if (held.state === 'delayed') held.state = 'waiting';
      else if (held.state === 'leased' && isLost(held.job.attempts)) this.#bury(held, 'Its lease ran out on the last attempt.', nowMs);
      else if (held.state === 'leased') held.state = 'waiting';
    }
  }

  #bury(held: Held, error: string, nowMs: number): void {
    held.state = 'dead';
    held.lease = null;
    held.error = error;
    held.untilMs = nowMs;
    this.#count(held.job.tier, true);
  }

  #count(tier: Tier, missed: boolean): void {
    const total = this.#totals.get(tier) ?? { ended: 0, missed: 0 };
    this.#totals.set(tier, { ended: total.ended + 1, missed: total.missed + (missed ? 1 : 0) });
  }

  #forget(held: Held): void {
    this.#jobs.delete(held.job.id);
    this.#byKey.delete(keyOf(held.job));
  }
}

function keyOf(job: NewJob): string {
  return JSON.stringify([job.tenant, job.dedupeKey]);
}
