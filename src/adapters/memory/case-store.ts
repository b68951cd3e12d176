// Cases in memory, with the same answers as the durable store: what tests and demonstrations use. Bounded: the oldest case makes room.
import { createHmac } from 'node:crypto';
import { dayMs } from '../../domain/baseline/day.ts';
import {
  type AuditEntry,
  type AuditHead,
  chainEntry,
  emptyHead,
  feedbackEntry,
  followChain,
  type NewAuditEntry,
} from '../../domain/case/audit.ts';
import { type Case, type CaseSummary, commentLengthMax, erasedDays, isOpen, openedCase, stepToResolve } from '../../domain/case/case.ts';
import { explanationBytesMax, type Feedback, stepToExplain } from '../../domain/case/explanation.ts';
import { type RelationKind, relationKinds, relationsOf } from '../../domain/case/link.ts';
import { compareIn, matches, pageSize, type Position, readCursor, scopeOf, writeCursor } from '../../domain/case/query.ts';
import { queryWords, wordsOf } from '../../domain/case/search.ts';
import { severityOf } from '../../domain/case/tier.ts';
import type { CaseStore, Opened, Opening, Page, Related } from '../../ports/case/case-store.ts';
import type { Telling } from '../../ports/case/explanation-log.ts';
import type { Random } from '../../ports/random.ts';
import { CaseGroups, type Kept } from './case-groups.ts';
import { addTellings } from './explanation-log.ts';
import type { MemoryJobs } from './job-queue.ts';

export interface MemoryCaseOptions {
  readonly random: Random;
  readonly jobs: MemoryJobs;
  /** About 10 KB each. */
  readonly casesMax?: number;
}

/** Removed per call of `expire`, so that none takes long. */
const expiredPerCall = 200;

export class MemoryCaseStore implements CaseStore {
  readonly #options: MemoryCaseOptions;
  readonly #cases = new Map<string, Kept>();
  readonly #byAssessment = new Map<string, Kept>();
  readonly #groups = new CaseGroups();
  /** When each account was erased. */
  readonly #erased = new Map<string, number>();
  readonly #feedback: { readonly tenant: string; readonly arrival: number; given: Feedback }[] = [];
  readonly #audit: AuditEntry[] = [];
  readonly #digest = (text: string): string => createHmac('sha256', 'memory').update(text).digest('base64url');
  #arrivals = 0;

  constructor(options: MemoryCaseOptions) {
    this.#options = options;
  }

  async open(openings: readonly Opening[]): Promise<Opened[]> {
    return openings.map((opening) => this.#open(structuredClone(opening)));
  }

  #open({ made, explanation, job, tellings = [], assessedAtMs = Number.POSITIVE_INFINITY }: Opening): Opened {
    const { random, jobs, casesMax = 100_000 } = this.#options;
    const { tenant } = made;
    const known = this.#byAssessment.get(keyOf(tenant, made.assessment.assessmentId));
    const groupId = random.id();
    if (known !== undefined) return { kind: 'already', id: known.found.id };
    if ((this.#erased.get(keyOf(tenant, made.visit.account)) ?? Number.NEGATIVE_INFINITY) >= assessedAtMs)
      return { kind: 'erased', id: made.id };
    const found = openedCase(made);
    const position = { severity: severityOf(found.tier, found.score), arrival: ++this.#arrivals };
    const kept: Kept = { found, position, words: wordsOf(found), explanations: [], tellings: [] };
    addTellings(kept.tellings, tellings);
    this.#cases.set(keyOf(tenant, found.id), kept);
    this.#byAssessment.set(keyOf(tenant, found.assessmentId), kept);
    this.#groups.join(kept, groupId);
    if (explanation !== null) kept.explanations.push({ ...explanation, version: 1 });
    if (job !== null) jobs.add(job);
    if (this.#cases.size > casesMax) for (const oldest of [...this.#cases.values()].slice(0, 1)) this.#remove(oldest);
    return { kind: 'opened', id: found.id };
  }

  async get(tenant: string, id: string): Promise<Case | null> {
    const kept = this.#cases.get(keyOf(tenant, id));
    return kept === undefined ? null : this.#whole(kept);
  }

  async byAssessment(tenant: string, assessmentId: string): Promise<Case | null> {
    const kept = this.#byAssessment.get(keyOf(tenant, assessmentId));
    return kept === undefined ? null : this.#whole(kept);
  }

  list: CaseStore['list'] = async (tenant, query) => {
    const scope = scopeOf(tenant, query);
    const cursor = readCursor(scope, query.cursor);
    if (!cursor.ok) return { kind: 'bad_cursor' };
    const { campaignId, ...others } = query.filter;
    const root = campaignId === undefined ? undefined : (this.#groups.rootOf(tenant, campaignId) ?? '');
    const filter = root === undefined ? others : { ...others, campaignId: root };
    const words = queryWords(query.filter.search ?? '');
    const { after } = cursor;
    const fitting = this.#ofTenant(tenant)
      .filter((kept) => matches(filter, this.#summary(kept)))
      .filter((kept) => words.every((word) => kept.words.some((own) => own.startsWith(word))))
      .filter((kept) => after === null || compareIn(query.order, after, kept.position) < 0)
      .sort((a, b) => compareIn(query.order, a.position, b.position));
    return pageOf(
      fitting,
      query.limit,
      scope,
      (kept) => this.#summary(kept),
      (kept) => kept.position,
    );
  };

  resolve: CaseStore['resolve'] = async (tenant, id, said) => {
    const kept = this.#cases.get(keyOf(tenant, id));
    if (kept === undefined) return { kind: 'unknown_case' };
    const resolution = { ...said, comment: said.comment.slice(0, commentLengthMax) };
    const { state, resolution: standing } = kept.found;
    const step = stepToResolve(state, standing?.label ?? null, resolution.label);
    if (step === 'already') return { kind: 'already', found: this.#whole(kept) };
    if (step === 'contradiction' && standing !== null) return { kind: 'contradiction', standing };
    kept.found = { ...kept.found, state: 'resolved', resolution };
    if (resolution.label === 'genuine') this.#groups.unlink(kept);
    const { label, comment, by, atMs } = resolution;
    const detail = { label, comment: comment === '' ? '' : this.#digest(this.#options.random.id() + comment) };
    this.#append({ atMs, tenant, actor: by, action: 'case_resolved', subject: id, detail });
    return { kind: 'resolved', found: this.#whole(kept) };
  };

  reopen: CaseStore['reopen'] = async (tenant, id, by, atMs) => {
    const kept = this.#cases.get(keyOf(tenant, id));
    if (kept === undefined) return { kind: 'unknown_case' };
    if (isOpen(kept.found.state)) return { kind: 'already', found: this.#whole(kept), undone: null };
    const undone = kept.found.resolution;
    kept.found = { ...kept.found, state: 'reopened', resolution: null, reopening: { by, atMs } };
    if (undone?.label === 'genuine') this.#groups.join(kept, this.#options.random.id());
    this.#append({ atMs, tenant, actor: by, action: 'case_reopened', subject: id, detail: { undone: undone?.label ?? '' } });
    return { kind: 'reopened', found: this.#whole(kept), undone };
  };

  related: CaseStore['related'] = async (tenant, id, limit) => {
    const kept = this.#cases.get(keyOf(tenant, id));
    if (kept === undefined) return [];
    const mine = relationsOf(kept.found.visit);
    const apart = (other: Kept): number => Math.abs(other.found.occurredAtMs - kept.found.occurredAtMs);
    const nearest = this.#ofTenant(tenant)
      .filter((other) => other !== kept)
      .sort((a, b) => apart(a) - apart(b) || a.position.arrival - b.position.arrival);
    const found = new Map<Kept, Related>();
    for (const kind of relationKinds)
      for (const other of nearest) {
        if (found.size === pageSize(limit)) break;
        if (!found.has(other) && shares(mine, other, kind)) found.set(other, { kind, found: this.#summary(other) });
      }
    return [...found.values()];
  };

  campaigns: CaseStore['campaigns'] = async (tenant, query) => {
    const scope = JSON.stringify([tenant, 'campaigns', query.activeFromMs ?? null, query.unresolved ?? false]);
    const cursor = readCursor(scope, query.cursor);
    if (!cursor.ok) return { kind: 'bad_cursor' };
    const fitting = this.#groups
      .all(tenant)
      .filter(({ arrival }) => arrival < (cursor.after?.arrival ?? Number.MAX_SAFE_INTEGER))
      .filter(({ campaign }) => campaign.lastAtMs >= (query.activeFromMs ?? Number.MIN_SAFE_INTEGER))
      .filter(({ campaign }) => query.unresolved !== true || campaign.openCases > 0);
    return pageOf(
      fitting,
      query.limit,
      scope,
      ({ campaign }) => campaign,
      ({ arrival }) => ({ severity: 0, arrival }),
    );
  };

  campaign: CaseStore['campaign'] = async (tenant, id) => this.#groups.find(tenant, id);

  explain: CaseStore['explain'] = async (tenant, caseId, made) => {
    const kept = this.#cases.get(keyOf(tenant, caseId));
    if (kept === undefined) return { kind: 'unknown_case' };
    if (Buffer.byteLength(made.body) > explanationBytesMax) return { kind: 'too_large' };
    const step = stepToExplain(kept.explanations, made);
    if (step.kind !== 'store') return step;
    kept.explanations.push({ ...made, version: step.version });
    return { kind: 'stored', version: step.version };
  };

  explanations: CaseStore['explanations'] = async (tenant, caseId) => [...(this.#cases.get(keyOf(tenant, caseId))?.explanations ?? [])];

  giveFeedback: CaseStore['giveFeedback'] = async (tenant, feedback) => {
    const { by, caseId, version, finding } = feedback;
    if (!this.#cases.has(keyOf(tenant, caseId))) return false;
    const given = { ...feedback, comment: feedback.comment.slice(0, commentLengthMax) };
    const same = this.#feedback.find(
      (other) =>
        other.tenant === tenant &&
        other.given.caseId === caseId &&
        other.given.version === version &&
        other.given.finding === finding &&
        other.given.by === by,
    );
    if (same === undefined) this.#feedback.push({ tenant, arrival: ++this.#arrivals, given });
    else same.given = given;
    this.#append(feedbackEntry(tenant, given));
    return true;
  };

  feedbackOf: CaseStore['feedbackOf'] = async (tenant, caseId) =>
    this.#feedback.filter((each) => each.tenant === tenant && each.given.caseId === caseId).map(({ given }) => given);

  allFeedback: CaseStore['allFeedback'] = async (tenant, limit, cursor) => {
    const scope = JSON.stringify([tenant, 'feedback']);
    const from = readCursor(scope, cursor);
    if (!from.ok) return { kind: 'bad_cursor' };
    const rest = this.#feedback.filter((each) => each.tenant === tenant && each.arrival > (from.after?.arrival ?? 0));
    return pageOf(
      rest,
      limit,
      scope,
      ({ given }) => given,
      ({ arrival }) => ({ severity: 0, arrival }),
    );
  };

  /** For the log, which is erased with its case. */
  tellingsOf(tenant: string, caseId: string): Telling[] | null {
    return this.#cases.get(keyOf(tenant, caseId))?.tellings ?? null;
  }

  audit: CaseStore['audit'] = async (entry) => this.#append(entry);

  /** For the queue, whose requeueing is recorded here. */
  note(entry: NewAuditEntry): void {
    this.#append(entry);
  }

  readAudit: CaseStore['readAudit'] = async (tenant, query) =>
    this.#audit
      .filter((entry) => entry.tenant === tenant && entry.sequence < (query.before ?? Number.MAX_SAFE_INTEGER))
      .filter((entry) => query.subject === undefined || (entry.subject === query.subject && entry.subject !== ''))
      .reverse()
      .slice(0, pageSize(query.limit));

  verifyAudit: CaseStore['verifyAudit'] = async (anchor) => {
    const reading = followChain(emptyHead, this.#audit, this.#digest);
    if (!reading.ok) return { intact: false, brokenAt: reading.brokenAt, cause: 'entry' };
    if (anchor === undefined || anchor.sequence === 0) return { intact: true, head: reading.head };
    const met = this.#audit[anchor.sequence - 1];
    if (met === undefined) return { intact: false, brokenAt: reading.head.sequence + 1, cause: 'anchor_missing' };
    if (met.hash !== anchor.hash) return { intact: false, brokenAt: met.sequence, cause: 'entry' };
    return { intact: true, head: reading.head };
  };

  eraseAccount: CaseStore['eraseAccount'] = async (tenant, account, by, atMs) => {
    const theirs = this.#ofTenant(tenant).filter((kept) => kept.found.account === account);
    for (const kept of theirs) this.#remove(kept);
    this.#erased.set(keyOf(tenant, account), atMs);
    this.#append({ atMs, tenant, actor: by, action: 'user_erased', subject: '', detail: { cases: theirs.length } });
    return theirs.length;
  };

  expire: CaseStore['expire'] = async (beforeMs, nowMs) => {
    for (const [key, atMs] of this.#erased) if (atMs < nowMs - erasedDays * dayMs) this.#erased.delete(key);
    const old = [...this.#cases.values()].filter((kept) => kept.found.openedAtMs < beforeMs).slice(0, expiredPerCall);
    const perTenant = new Map<string, number>();
    for (const kept of old) {
      this.#remove(kept);
      perTenant.set(kept.found.tenant, (perTenant.get(kept.found.tenant) ?? 0) + 1);
    }
    for (const [tenant, cases] of perTenant)
      this.#append({ atMs: nowMs, tenant, actor: 'system', action: 'cases_expired', subject: '', detail: { cases } });
    return old.length;
  };

  #ofTenant(tenant: string): Kept[] {
    return [...this.#cases.values()].filter((kept) => kept.found.tenant === tenant);
  }

  #remove(kept: Kept): void {
    const { tenant, id, assessmentId } = kept.found;
    this.#cases.delete(keyOf(tenant, id));
    this.#byAssessment.delete(keyOf(tenant, assessmentId));
    this.#groups.leave(kept);
    this.#options.jobs.forgetSubject(tenant, id);
    for (let i = this.#feedback.length - 1; i >= 0; i--)
      if (this.#feedback[i]?.tenant === tenant && this.#feedback[i]?.given.caseId === id) this.#feedback.splice(i, 1);
  }

  #append(entry: NewAuditEntry): AuditHead {
    const last = this.#audit.at(-1) ?? emptyHead;
    const chained = chainEntry({ sequence: last.sequence, hash: last.hash }, entry, this.#digest);
    this.#audit.push(chained);
    return { sequence: chained.sequence, hash: chained.hash };
  }

  #whole(kept: Kept): Case {
    return { ...kept.found, campaignId: this.#groups.campaignOf(kept) };
  }

  #summary(kept: Kept): CaseSummary {
    const { assessment: _assessment, context: _context, visit: _visit, ...summary } = this.#whole(kept);
    return summary;
  }
}

function shares(mine: readonly { kind: RelationKind; value: string }[], other: Kept, kind: RelationKind): boolean {
  const own = mine.find((thread) => thread.kind === kind);
  return own !== undefined && relationsOf(other.found.visit).some((thread) => thread.kind === kind && thread.value === own.value);
}

function pageOf<T, Item>(
  fitting: readonly T[],
  limit: number,
  scope: string,
  itemOf: (each: T) => Item,
  positionOf: (each: T) => Position,
): Page<Item> {
  const size = pageSize(limit);
  const last = fitting.length > size ? fitting[size - 1] : undefined;
  return {
    kind: 'page',
    items: fitting.slice(0, size).map(itemOf),
    nextCursor: last === undefined ? null : writeCursor(scope, positionOf(last)),
  };
}

/** The length keeps two tenants apart whose names begin alike. */
function keyOf(tenant: string, id: string): string {
  return `${tenant.length} ${tenant} ${id}`;
}
