// The queue as rows. States and rules are the domain's (job.ts); every change names the lease that allows it, so that a worker that
// lost its lease changes nothing.
import {
  type Claim,
  type DeadJob,
  isDead,
  isLost,
  type Job,
  jobStates,
  type NewJob,
  payloadBytesMax,
  retryDelayMs,
  type TierDepth,
} from '../../../domain/case/job.ts';
import { pageSize } from '../../../domain/case/query.ts';
import { tierRank, tiers } from '../../../domain/case/tier.ts';
import type { ClaimRequest, Enqueued, Failed } from '../../../ports/case/job-queue.ts';
import type { Database, Row } from '../database.ts';

const waiting = jobStates.indexOf('waiting');
const leased = jobStates.indexOf('leased');
const delayed = jobStates.indexOf('delayed');
const done = jobStates.indexOf('done');
const dead = jobStates.indexOf('dead');

/** Taken back per claim, so that none takes long after a long stop. */
const takenBackMax = 500;
const forgottenPerCall = 2000;

export interface FailedAttempt {
  readonly error: string;
  readonly hopeless: boolean;
  /** Drawn by the caller, for the jitter. */
  readonly uniform: number;
  readonly wishedMs: number;
}

export class JobRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  enqueue(job: NewJob, id: string, nowMs: number): Enqueued {
    if (Buffer.byteLength(job.payload) > payloadBytesMax) return { kind: 'too_large' };
    const added = this.#db.run(
      `insert into job (id, tenant, tier, dedupe_key, subject, payload, deadline_ms, enqueued_ms, state, attempts, until_ms)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) on conflict (tenant, dedupe_key) do nothing`,
      id,
      job.tenant,
      tierRank(job.tier),
      job.dedupeKey,
      job.subject,
      job.payload,
      job.deadlineMs,
      nowMs,
      waiting,
    );
    if (added > 0) return { kind: 'added', id };
    const row = this.#db.get('select id from job where tenant = ? and dedupe_key = ?', job.tenant, job.dedupeKey);
    return { kind: 'duplicate', id: String(row?.['id']) };
  }

  claim(request: ClaimRequest, lease: string, nowMs: number): Claim[] {
    this.#takeBack(nowMs);
    const leaseUntilMs = nowMs + request.leaseMs;
    const claims: Claim[] = [];
    for (const tier of request.tiers) {
      const left = request.limit - claims.length;
      if (left <= 0) break;
      const rows = this.#db.all(
        `update job set state = ${leased}, lease = ?, until_ms = ?, attempts = attempts + 1
           where seq in (select seq from job where state = ${waiting} and tier = ? and deadline_ms < ? order by deadline_ms, seq limit ?) returning *`,
        lease,
        leaseUntilMs,
        tierRank(tier),
        request.dueBeforeMs ?? Number.MAX_SAFE_INTEGER,
        left,
      );
      rows.sort((a, b) => Number(a['deadline_ms']) - Number(b['deadline_ms']) || Number(a['seq']) - Number(b['seq']));
      for (const row of rows) claims.push({ job: jobOf(row), lease, leaseUntilMs });
    }
    return claims;
  }

  heartbeat(id: string, lease: string, leaseUntilMs: number): boolean {
    return this.#db.run(`update job set until_ms = ? where id = ? and lease = ? and state = ${leased}`, leaseUntilMs, id, lease) > 0;
  }

  complete(id: string, lease: string, nowMs: number): 'completed' | 'already' | 'lost' {
    // A lease that ran out and that nobody has taken since is still good: the work is done.
    const row = this.#db.get('select tier, deadline_ms, state from job where id = ? and lease = ?', id, lease);
    if (row === undefined || row['state'] === dead) return 'lost';
    if (row['state'] === done) return 'already';
    this.#db.run(`update job set state = ${done}, until_ms = ?, error = null where id = ?`, nowMs, id);
    this.#count(Number(row['tier']), nowMs > Number(row['deadline_ms']));
    return 'completed';
  }

  fail(id: string, lease: string, report: FailedAttempt, nowMs: number): Failed {
    const row = this.#db.get(`select tier, attempts from job where id = ? and lease = ? and state = ${leased}`, id, lease);
    if (row === undefined) return { kind: 'lost' };
    const attempts = Number(row['attempts']);
    if (isDead(attempts, report.hopeless)) {
      this.#bury(id, Number(row['tier']), report.error, nowMs);
      return { kind: 'dead' };
    }
    const atMs = nowMs + retryDelayMs(attempts, report.uniform, report.wishedMs);
    this.#db.run(`update job set state = ${delayed}, until_ms = ?, lease = null, error = ? where id = ?`, atMs, report.error, id);
    return { kind: 'retry', atMs };
  }

  release(id: string, lease: string): boolean {
    return (
      this.#db.run(
        `update job set state = ${waiting}, lease = null, attempts = attempts - 1 where id = ? and lease = ? and state = ${leased}`,
        id,
        lease,
      ) > 0
    );
  }

  deadLetters(tenant: string, limit: number, before: { readonly diedAtMs: number; readonly id: string } | undefined): DeadJob[] {
    return this.#db
      .all(
        `select * from job where tenant = ? and state = ${dead} and (until_ms, id) < (?, ?) order by until_ms desc, id desc limit ?`,
        tenant,
        before?.diedAtMs ?? Number.MAX_SAFE_INTEGER,
        before?.id ?? '',
        pageSize(limit),
      )
      .map((row) => ({ ...jobOf(row), error: String(row['error'] ?? ''), diedAtMs: Number(row['until_ms']) }));
  }

  requeue(tenant: string, id: string): boolean {
    return (
      this.#db.run(
        `update job set state = ${waiting}, attempts = 0, lease = null, error = null where tenant = ? and id = ? and state = ${dead}`,
        tenant,
        id,
      ) > 0
    );
  }

  depths(nowMs: number): TierDepth[] {
    const rows = this.#db.all(
      `select tier, state, count(*) as n, min(enqueued_ms) as oldest, sum(deadline_ms < ?) as late from job where state <> ${done} group by tier, state`,
      nowMs,
    );
    const totals = new Map(this.#db.all('select * from job_total').map((row) => [Number(row['tier']), row]));
    return tiers.map((tier, rank) => {
      const mine = rows.filter((row) => row['tier'] === rank);
      const count = (state: number): number => Number(mine.find((row) => row['state'] === state)?.['n'] ?? 0);
      const unfinished = mine.filter((row) => row['state'] !== dead);
      const oldestMs = Math.min(nowMs, ...unfinished.map((row) => Number(row['oldest'])));
      return {
        tier,
        waiting: count(waiting),
        leased: count(leased),
        delayed: count(delayed),
        dead: count(dead),
        oldestAgeMs: nowMs - oldestMs,
        late: unfinished.reduce((sum, row) => sum + Number(row['late']), 0),
        ended: Number(totals.get(rank)?.['ended'] ?? 0),
        missed: Number(totals.get(rank)?.['missed'] ?? 0),
      };
    });
  }

  forgetDone(beforeMs: number): number {
    return this.#db.run(
      `delete from job where seq in (select seq from job where state = ${done} and until_ms < ? limit ${forgottenPerCall})`,
      beforeMs,
    );
  }

  /** Waits that are over, and leases that ran out. */
  #takeBack(nowMs: number): void {
    this.#db.run(
      `update job set state = ${waiting} where seq in (select seq from job where state = ${delayed} and until_ms <= ? limit ${takenBackMax})`,
      nowMs,
    );
    const lost = this.#db.all(
      `select id, tier, attempts from job where state = ${leased} and until_ms <= ? order by until_ms limit ${takenBackMax}`,
      nowMs,
    );
    for (const row of lost) {
      if (isLost(Number(row['attempts'])))
        this.#bury(String(row['id']), Number(row['tier']), 'Its lease ran out on the last attempt.', nowMs);
      // The lease stays on the row until the next claim, so that a slow worker may still complete it.
      else this.#db.run(`update job set state = ${waiting} where id = ?`, String(row['id']));
    }
  }

  #bury(id: string, tier: number, error: string, nowMs: number): void {
    this.#db.run(`update job set state = ${dead}, until_ms = ?, lease = null, error = ? where id = ?`, nowMs, error, id);
    this.#count(tier, true);
  }

  #count(tier: number, missed: boolean): void {
    this.#db.run(
      'insert into job_total (tier, ended, missed) values (?, 1, ?) on conflict (tier) do update set ended = ended + 1, missed = missed + excluded.missed',
      tier,
      missed ? 1 : 0,
    );
  }
}

function jobOf(row: Row): Job {
  return {
    id: String(row['id']),
    tenant: String(row['tenant']),
    tier: tiers[Number(row['tier'])] ?? 'low',
    dedupeKey: String(row['dedupe_key']),
    subject: String(row['subject']),
    payload: String(row['payload']),
    deadlineMs: Number(row['deadline_ms']),
    enqueuedAtMs: Number(row['enqueued_ms']),
    attempts: Number(row['attempts']),
  };
}
