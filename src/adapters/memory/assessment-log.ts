// Assessments in memory, with the same answers as the durable log. Bounded: the oldest by arrival makes room.
import type { StoredAssessment } from '../../domain/assessment.ts';
import type { AssessmentLog, AssessmentSlice } from '../../ports/assessment-log.ts';

export interface MemoryLogOptions {
  /** Assessments kept over all tenants. About 4 KB each. */
  readonly assessmentsMax?: number;
}

interface Kept {
  record: StoredAssessment;
  readonly attemptKey: string | null;
  readonly accountKey: string;
}

/** Removed per call of `expire`, so that none takes long. */
const expiredPerCall = 10_000;
const dayMs = 86_400_000;

export function createMemoryAssessmentLog(options: MemoryLogOptions = {}): AssessmentLog {
  const assessmentsMax = options.assessmentsMax ?? 1_000_000;
  const byId = new Map<string, Kept>();
  const byAttempt = new Map<string, Kept>();
  /** Oldest first. */
  const byAccount = new Map<string, Kept[]>();
  const byDay = new Map<number, Set<Kept>>();

  function remove(kept: Kept): void {
    byId.delete(idKey(kept.record.tenant, kept.record.assessment.assessmentId));
    if (kept.attemptKey !== null && byAttempt.get(kept.attemptKey) === kept) byAttempt.delete(kept.attemptKey);
    const ofAccount = byAccount.get(kept.accountKey);
    if (ofAccount !== undefined) {
      ofAccount.splice(ofAccount.indexOf(kept), 1);
      if (ofAccount.length === 0) byAccount.delete(kept.accountKey);
    }
    const day = dayOf(kept.record.occurredAtMs);
    const ofDay = byDay.get(day);
    ofDay?.delete(kept);
    if (ofDay?.size === 0) byDay.delete(day);
  }

  return {
    byAttempt: (tenant, attempt) => byAttempt.get(idKey(tenant, attempt))?.record ?? null,
    byId: (tenant, assessmentId) => byId.get(idKey(tenant, assessmentId))?.record ?? null,
    byAccount(tenant, account, limit) {
      const ofAccount = byAccount.get(idKey(tenant, account)) ?? [];
      return ofAccount
        .slice(Math.max(0, ofAccount.length - limit))
        .reverse()
        .map((kept) => kept.record);
    },
    slice: (fromId, from, limit, beforeId) => sliceOf(byId, { fromId, beforeId }, from, limit),
    put(record, attempt) {
      const id = idKey(record.tenant, record.assessment.assessmentId);
      const replaced = byId.get(id);
      if (replaced !== undefined) remove(replaced);
      const kept = keptOf(record, attempt);
      byId.set(id, kept);
      if (kept.attemptKey !== null) byAttempt.set(kept.attemptKey, kept);
      insertByTime(byAccount, kept);
      const day = dayOf(record.occurredAtMs);
      const ofDay = byDay.get(day);
      if (ofDay === undefined) byDay.set(day, new Set([kept]));
      else ofDay.add(kept);
      if (byId.size > assessmentsMax) for (const oldest of byId.values()) return remove(oldest);
    },
    replace(record) {
      const kept = byId.get(idKey(record.tenant, record.assessment.assessmentId));
      if (kept !== undefined) kept.record = copyOf(record);
    },
    eraseAccount(tenant, account) {
      const ofAccount = [...(byAccount.get(idKey(tenant, account)) ?? [])];
      for (const kept of ofAccount) remove(kept);
      return Promise.resolve(ofAccount.length);
    },
    expire(beforeMs) {
      let expired = 0;
      for (const [day, ofDay] of byDay) {
        if (day * dayMs >= beforeMs) continue;
        for (const kept of ofDay) {
          if (kept.record.occurredAtMs >= beforeMs) continue;
          remove(kept);
          if (++expired === expiredPerCall) return Promise.resolve(expired);
        }
      }
      return Promise.resolve(expired);
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

interface IdRange {
  readonly fromId: string;
  readonly beforeId: string | undefined;
}

function sliceOf(byId: ReadonlyMap<string, Kept>, { fromId, beforeId }: IdRange, from: string | null, limit: number): AssessmentSlice {
  const isAsked = (id: string): boolean => id >= fromId && (beforeId === undefined || id < beforeId);
  const all = [...byId].filter(([key, { record }]) => isAsked(record.assessment.assessmentId) && (from === null || key >= from));
  const ordered = all.sort(([a], [b]) => (a < b ? -1 : 1));
  return { records: ordered.slice(0, limit).map(([, kept]) => kept.record), next: ordered[limit]?.[0] ?? null };
}

function keptOf(record: StoredAssessment, attempt: string): Kept {
  const { tenant } = record;
  return {
    record: copyOf(record),
    attemptKey: attempt === '' ? null : idKey(tenant, attempt),
    accountKey: idKey(tenant, record.visit.account),
  };
}

/** The caller reuses its feature buffer; everything else of a record is never changed once made. */
function copyOf(record: StoredAssessment): StoredAssessment {
  return { ...record, features: record.features.slice(), outcomes: record.outcomes.slice() };
}

function insertByTime(byAccount: Map<string, Kept[]>, kept: Kept): void {
  const ofAccount = byAccount.get(kept.accountKey);
  if (ofAccount === undefined) {
    byAccount.set(kept.accountKey, [kept]);
    return;
  }
  let at = ofAccount.length;
  while (at > 0 && (ofAccount[at - 1] as Kept).record.occurredAtMs > kept.record.occurredAtMs) at--;
  ofAccount.splice(at, 0, kept);
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** The length keeps two tenants apart whose names begin alike. */
function idKey(tenant: string, id: string): string {
  return `${tenant.length} ${tenant} ${id}`;
}
