// What the store's thread can be asked to do: one synchronous function each, named in the messages between the threads. A write runs inside
// a transaction that is not its own (see batch.ts), so none of these begins or ends one.
import type { Asset, AssetChange } from '../../domain/asset.ts';
import type { DaySums, PlaceKind } from '../../domain/baseline/day.ts';
import { type AuditHead, feedbackEntry, type NewAuditEntry } from '../../domain/case/audit.ts';
import type { Campaign } from '../../domain/case/campaign.ts';
import { type Case, type CaseSummary, caseStates, isOpen, type Reopening, type Resolution, stepToResolve } from '../../domain/case/case.ts';
import type { Feedback, NewExplanation, StoredExplanation } from '../../domain/case/explanation.ts';
import type { Claim, DeadJob, NewJob, TierDepth } from '../../domain/case/job.ts';
import type { CaseQuery } from '../../domain/case/query.ts';
import { tierRank } from '../../domain/case/tier.ts';
import type { AssetKept, AssetTotals } from '../../ports/case/asset-store.ts';
import type {
  AuditQuery,
  CampaignQuery,
  Explained,
  Opened,
  Opening,
  Page,
  Related,
  Reopened,
  Resolved,
} from '../../ports/case/case-store.ts';
import type { DayTotals, PlaceTotals, Window } from '../../ports/case/daily-baselines.ts';
import type { NewTelling, Telling } from '../../ports/case/explanation-log.ts';
import type { ClaimRequest, Enqueued, Failed } from '../../ports/case/job-queue.ts';
import { AssetRows } from './rows/asset-rows.ts';
import { AuditRows } from './rows/audit-rows.ts';
import { BaselineRows } from './rows/baseline-rows.ts';
import { CampaignRows } from './rows/campaign-rows.ts';
import { CaseList } from './rows/case-list.ts';
import { type CaseKey, CaseRows } from './rows/case-rows.ts';
import type { Database } from './database.ts';
import { ErasureRows } from './rows/erasure-rows.ts';
import { type FailedAttempt, JobRows } from './rows/job-rows.ts';
import { ReadingRows } from './rows/reading-rows.ts';
import { TellingRows } from './rows/telling-rows.ts';

/** Erased or expired per call, so that no transaction holds others up for long. */
const removedPerCall = 200;

export interface Ids {
  readonly group: string;
  readonly job: string;
}

export interface Erasure {
  readonly by: string;
  readonly atMs: number;
  /** Cases that the steps before have removed. */
  readonly before: number;
}

export type Operations = ReturnType<typeof createOperations>;
export type OperationName = keyof Operations;

/** Those that only read: a batch of nothing else does not wait for a writer. */
export const readingOperations: ReadonlySet<string> = new Set<OperationName>([
  'get',
  'byAssessment',
  'list',
  'related',
  'campaigns',
  'campaign',
  'explanations',
  'tellings',
  'feedbackOf',
  'allFeedback',
  'readAudit',
  'followAudit',
  'deadLetters',
  'depths',
  'damagedRows',
  'asset',
  'assets',
  'assetTotals',
  'baselinesUntil',
  'baselineDays',
  'baselinePlace',
  'baselineDaysKept',
]);

/** Those after which nothing of what was deleted may stay in the log beside the file. */
export const erasingOperations: ReadonlySet<string> = new Set<OperationName>(['eraseAccount', 'expire']);

export function createOperations(db: Database, auditKey: Uint8Array) {
  const campaigns = new CampaignRows(db);
  const parts = {
    db,
    campaigns,
    cases: new CaseRows(db, campaigns),
    readings: new ReadingRows(db),
    tellings: new TellingRows(db),
    audit: new AuditRows(db, auditKey),
    jobs: new JobRows(db),
    erasures: new ErasureRows(db, auditKey),
  };
  return {
    ...caseOperations(parts),
    ...explanationOperations(parts),
    ...auditOperations(parts),
    ...jobOperations(parts),
    ...contextOperations(db),
  };
}

interface Parts {
  readonly db: Database;
  readonly campaigns: CampaignRows;
  readonly cases: CaseRows;
  readonly readings: ReadingRows;
  readonly tellings: TellingRows;
  readonly audit: AuditRows;
  readonly jobs: JobRows;
  readonly erasures: ErasureRows;
}

function caseOperations(parts: Parts) {
  const { db, campaigns, cases, readings, tellings, jobs, erasures } = parts;
  const lists = new CaseList(db, cases, campaigns);
  return {
    open: (openings: readonly Opening[], ids: readonly Ids[], nowMs: number): Opened[] =>
      openings.map(({ made, explanation, job, tellings: first = [], assessedAtMs = Number.POSITIVE_INFINITY }, i) => {
        const { group, job: jobId } = ids[i] as Ids;
        const known = cases.idOfAssessment(made.tenant, made.assessment.assessmentId);
        if (known !== null) return { kind: 'already', id: known };
        if (erasures.since(made.tenant, made.visit.account, assessedAtMs)) return { kind: 'erased', id: made.id };
        const seq = cases.add(made, group);
        if (explanation !== null) readings.explain(seq, explanation);
        if (job !== null) jobs.enqueue(job, jobId, nowMs);
        tellings.append(seq, first);
        return { kind: 'opened', id: made.id };
      }),
    get: (tenant: string, id: string): Case | null => cases.read(tenant, id),
    byAssessment: (tenant: string, assessmentId: string): Case | null => cases.readByAssessment(tenant, assessmentId),
    list: (tenant: string, query: CaseQuery): Page<CaseSummary> => lists.page(tenant, query),
    related: (tenant: string, id: string, limit: number): Related[] => lists.related(tenant, id, limit),
    resolve: (tenant: string, id: string, resolution: Resolution, salt: string): Resolved => resolve(parts, tenant, id, resolution, salt),
    reopen: (tenant: string, id: string, by: string, atMs: number, groupId: string): Reopened =>
      reopen(parts, tenant, id, { by, atMs }, groupId),
    campaigns: (tenant: string, query: CampaignQuery): Page<Campaign> => lists.campaigns(tenant, query),
    campaign: (tenant: string, id: string): Campaign | null => campaigns.find(tenant, id),
    damagedRows: (): number => cases.damagedRows,
  };
}

function explanationOperations({ cases, readings, tellings, audit }: Parts) {
  return {
    explain(tenant: string, caseId: string, made: NewExplanation): Explained {
      const seq = cases.seqOf(tenant, caseId);
      return seq === null ? { kind: 'unknown_case' } : readings.explain(seq, made);
    },
    explanations(tenant: string, caseId: string): StoredExplanation[] {
      const seq = cases.seqOf(tenant, caseId);
      return seq === null ? [] : readings.explanations(seq);
    },
    tell(tenant: string, caseId: string, made: readonly NewTelling[]): number | null {
      const seq = cases.seqOf(tenant, caseId);
      return seq === null ? null : tellings.append(seq, made);
    },
    tellings(tenant: string, caseId: string, sequence: number, limit: number): Telling[] | null {
      const seq = cases.seqOf(tenant, caseId);
      return seq === null ? null : tellings.after(seq, sequence, limit);
    },
    giveFeedback(tenant: string, given: Feedback): boolean {
      const seq = cases.seqOf(tenant, given.caseId);
      if (seq === null) return false;
      readings.giveFeedback(tenant, seq, given);
      audit.append(feedbackEntry(tenant, given));
      return true;
    },
    feedbackOf(tenant: string, caseId: string): Feedback[] {
      const seq = cases.seqOf(tenant, caseId);
      return seq === null ? [] : readings.feedbackOf(tenant, seq);
    },
    allFeedback: (tenant: string, limit: number, cursor: string | null): Page<Feedback> => readings.allFeedback(tenant, limit, cursor),
  };
}

function auditOperations(parts: Parts) {
  const { db, cases, audit, erasures } = parts;
  return {
    audit: (entry: NewAuditEntry): AuditHead => audit.append(entry),
    readAudit: (tenant: string, query: AuditQuery) => audit.read(tenant, query),
    followAudit: (from: AuditHead, anchor: AuditHead | null) => audit.follow(from, anchor),
    /** One step; the last one records the whole, also when nothing was there: that somebody asked is worth knowing. It names nobody. */
    eraseAccount(tenant: string, account: string, erasure: Erasure): { readonly removed: number; readonly last: boolean } {
      const rows = db.all(
        'select seq, tenant, id from flagged_case where tenant = ? and account = ? limit ?',
        tenant,
        account,
        removedPerCall,
      );
      for (const row of rows) cases.remove(row as unknown as CaseKey);
      const last = rows.length < removedPerCall;
      if (last) erasures.note(tenant, account, erasure.atMs);
      const { by, atMs, before } = erasure;
      const detail = { cases: before + rows.length };
      if (last) audit.append({ atMs, tenant, actor: by, action: 'user_erased', subject: '', detail });
      return { removed: rows.length, last };
    },
    expire: (beforeMs: number, nowMs: number): number => expire(parts, beforeMs, nowMs),
  };
}

function jobOperations({ jobs, audit }: Parts) {
  return {
    enqueue: (list: readonly NewJob[], ids: readonly string[], nowMs: number): Enqueued[] =>
      list.map((job, i) => jobs.enqueue(job, ids[i] as string, nowMs)),
    claim: (request: ClaimRequest, lease: string, nowMs: number): Claim[] => jobs.claim(request, lease, nowMs),
    heartbeat: (id: string, lease: string, untilMs: number): boolean => jobs.heartbeat(id, lease, untilMs),
    complete: (id: string, lease: string, nowMs: number) => jobs.complete(id, lease, nowMs),
    fail: (id: string, lease: string, report: FailedAttempt, nowMs: number): Failed => jobs.fail(id, lease, report, nowMs),
    release: (id: string, lease: string): boolean => jobs.release(id, lease),
    deadLetters: (tenant: string, limit: number, before?: { readonly diedAtMs: number; readonly id: string }): DeadJob[] =>
      jobs.deadLetters(tenant, limit, before),
    requeue(tenant: string, id: string, by: string, atMs: number): boolean {
      const found = jobs.requeue(tenant, id);
      if (found) audit.append({ atMs, tenant, actor: by, action: 'job_requeued', subject: id, detail: {} });
      return found;
    },
    depths: (nowMs: number): TierDepth[] => jobs.depths(nowMs),
    forgetDone: (beforeMs: number): number => jobs.forgetDone(beforeMs),
  };
}

/** What analysts see beside a case and no case holds. */
function contextOperations(db: Database) {
  const assets = new AssetRows(db);
  const baselines = new BaselineRows(db);
  return {
    keepAsset: (tenant: string, change: AssetChange, placesMax: number): AssetKept => assets.keep(tenant, change, placesMax),
    asset: (tenant: string, clientId: string): Asset | null => assets.get(tenant, clientId),
    assets: (tenant: string, after: string | null, limit: number): Asset[] => assets.list(tenant, after, limit),
    assetTotals: (): AssetTotals => assets.totals(),
    baselinesUntil: (): number | null => baselines.summedUntil(),
    addBaselines: (tenant: string, window: Window, sums: readonly DaySums[]): boolean => baselines.add(tenant, window, sums),
    settleBaselines: (untilMs: number): void => baselines.settle(untilMs),
    baselineDays: (tenant: string, firstDay: number, lastDay: number): DayTotals[] => baselines.days(tenant, firstDay, lastDay),
    baselinePlace: (tenant: string, kind: PlaceKind, value: string, firstDay: number, lastDay: number): PlaceTotals[] =>
      baselines.place(tenant, kind, value, firstDay, lastDay),
    baselineDaysKept: (): number => baselines.daysKept(),
    expireBaselines: (beforeDay: number): number => baselines.expire(beforeDay),
  };
}

function resolve(parts: Parts, tenant: string, id: string, resolution: Resolution, salt: string): Resolved {
  const { db, cases, campaigns, audit } = parts;
  const found = cases.read(tenant, id);
  const seq = cases.seqOf(tenant, id);
  if (found === null || seq === null) return { kind: 'unknown_case' };
  const standing = found.resolution;
  const step = stepToResolve(found.state, standing?.label ?? null, resolution.label);
  if (step === 'already') return { kind: 'already', found };
  if (step === 'contradiction' && standing !== null) return { kind: 'contradiction', standing };
  const { label, comment, by, atMs } = resolution;
  db.run(
    'update flagged_case set state = ?, label = ?, comment = ?, comment_salt = ?, resolved_by = ?, resolved_ms = ? where seq = ?',
    caseStates.indexOf('resolved'),
    label,
    comment,
    salt,
    by,
    atMs,
    seq,
  );
  setOpen(parts, seq, false);
  if (label === 'genuine') campaigns.unlink({ seq, tenant, occurredAtMs: found.occurredAtMs }, cases.tracesOf(seq));
  const detail = { label, comment: comment === '' ? '' : audit.commentDigest(salt, comment) };
  audit.append({ atMs, tenant, actor: by, action: 'case_resolved', subject: id, detail });
  return { kind: 'resolved', found: { ...found, state: 'resolved', resolution } };
}

function reopen(parts: Parts, tenant: string, id: string, reopening: Reopening, groupId: string): Reopened {
  const { db, cases, campaigns, audit } = parts;
  const { by, atMs } = reopening;
  const found = cases.read(tenant, id);
  const seq = cases.seqOf(tenant, id);
  if (found === null || seq === null) return { kind: 'unknown_case' };
  if (isOpen(found.state)) return { kind: 'already', found, undone: null };
  db.run(
    `update flagged_case set state = ?, label = null, comment = null, comment_salt = null, resolved_by = null, resolved_ms = null,
       reopened_by = ?, reopened_ms = ? where seq = ?`,
    caseStates.indexOf('reopened'),
    by,
    atMs,
    seq,
  );
  const undone = found.resolution;
  setOpen(parts, seq, true);
  const member = { seq, tenant, account: found.account, occurredAtMs: found.occurredAtMs, tier: tierRank(found.tier) };
  if (undone?.label === 'genuine') campaigns.relink(member, cases.tracesOf(seq), groupId);
  audit.append({ atMs, tenant, actor: by, action: 'case_reopened', subject: id, detail: { undone: undone?.label ?? '' } });
  return { kind: 'reopened', found: { ...found, state: 'reopened', resolution: null, reopening }, undone };
}

function setOpen({ db, campaigns }: Parts, seq: number, open: boolean): void {
  const group = db.get('select campaign from flagged_case where seq = ?', seq)?.['campaign'];
  campaigns.setOpen(typeof group === 'string' ? group : null, open);
}

function expire(parts: Parts, beforeMs: number, nowMs: number): number {
  const { db, cases, audit, erasures } = parts;
  erasures.forget(nowMs);
  const rows = db.all('select seq, tenant, id from flagged_case where opened_ms < ? order by opened_ms limit ?', beforeMs, removedPerCall);
  const perTenant = new Map<string, number>();
  for (const row of rows) {
    const key = row as unknown as CaseKey;
    cases.remove(key);
    perTenant.set(key.tenant, (perTenant.get(key.tenant) ?? 0) + 1);
  }
  for (const [tenant, count] of perTenant)
    audit.append({ atMs: nowMs, tenant, actor: 'system', action: 'cases_expired', subject: '', detail: { cases: count } });
  return rows.length;
}
