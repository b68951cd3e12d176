// An analyst's word on a case, and taking it back, with what that teaches the account's profile.
//
// Two stores are changed that share no transaction, so the order matters: the case first, because only its store can decide between two
// analysts who speak at the same time; then the profile; then a note in the audit that the profile has it. Whoever changed a case brings
// the profile in line with the case as it is now, and looks at the case once more afterwards: whoever is last to touch the profile has
// seen the case's last state, in whatever order analysts and processes get their turns.
//
// What a crash leaves is a case without that note. Saying the same again then completes it, and so does `settleRecent`, which the service
// calls when it starts. Where the note is there, saying the same again touches nothing, so that a label that came through /v1/labels since
// then stands. The reverse cannot happen: nothing is taught before the case says it.
import { type Label, labels } from '../../domain/assessment.ts';
import type { AuditAction, AuditEntry } from '../../domain/case/audit.ts';
import type { Case, Resolution } from '../../domain/case/case.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { Taught, Withdrawn } from '../../ports/case/teaching.ts';
import type { CasePorts } from './ports.ts';

export interface ResolveOrder {
  readonly tenant: string;
  readonly caseId: string;
  readonly label: Label;
  readonly comment: string;
  /** Who says so, as the audit names them. */
  readonly by: string;
}

export type ReopenOrder = Pick<ResolveOrder, 'tenant' | 'caseId' | 'by'>;

/** What became of the account's profile: what was done, or that somebody changed the case again before it was. */
export type Learning = Taught | Withdrawn | 'overtaken';

export type CaseChange =
  /** `changed` false: it was so before. `found` as it was left by this change, or as it stands. */
  | { readonly kind: 'done'; readonly changed: boolean; readonly found: Case; readonly learning: Learning }
  | { readonly kind: 'contradiction'; readonly standing: Resolution }
  | { readonly kind: 'unknown_case' };

type ResolvePorts = Pick<CasePorts, 'store' | 'teaching' | 'clock'>;

/** Rejects when a store fails; repeating the order then completes it. */
export async function resolveCase(order: ResolveOrder, ports: ResolvePorts): Promise<CaseChange> {
  const { tenant, caseId, label, comment, by } = order;
  const resolved = await ports.store.resolve(tenant, caseId, { label, comment, by, atMs: ports.clock.nowMs() });
  if (resolved.kind === 'contradiction' || resolved.kind === 'unknown_case') return resolved;
  const changed = resolved.kind === 'resolved';
  return done(
    resolved.found,
    changed,
    changed ? await settle(resolved.found, null, by, ports) : await settleAgain(resolved.found, by, ports),
  );
}

export async function reopenCase(order: ReopenOrder, ports: ResolvePorts): Promise<CaseChange> {
  const { tenant, caseId, by } = order;
  const reopened = await ports.store.reopen(tenant, caseId, by, ports.clock.nowMs());
  if (reopened.kind === 'unknown_case') return reopened;
  const { found, undone } = reopened;
  const changed = reopened.kind === 'reopened';
  return done(found, changed, changed ? await settle(found, undone?.label ?? null, by, ports) : await settleAgain(found, by, ports));
}

function done(found: Case, changed: boolean, learning: Learning): CaseChange {
  return { kind: 'done', changed, found, learning };
}

/** More than the changes that two busy analysts make while one of them is answered. */
const turnsMax = 8;

/** Brings the profile in line with the case, and notes that it is. `undone`: what the case said before, where it says nothing now. */
async function settle(changed: Case, undone: Label | null, by: string, ports: ResolvePorts): Promise<Learning> {
  const { store, clock } = ports;
  let found = changed;
  let said = undone;
  for (let turn = 0; turn < turnsMax; turn++) {
    const learning = await learn(found, said, ports);
    const now = await store.get(found.tenant, found.id);
    // Erased meanwhile, and the assessment with it.
    if (now === null) return 'forgotten';
    if (sameWord(now, found)) {
      const { tenant, id, state, resolution } = found;
      const detail = { state, label: resolution?.label ?? '', learning };
      await store.audit({ atMs: clock.nowMs(), tenant, actor: by, action: 'profile_settled', subject: id, detail });
      return turn === 0 ? learning : 'overtaken';
    }
    said = found.resolution?.label ?? said;
    found = now;
  }
  return 'overtaken';
}

function sameWord(a: Case, b: Case): boolean {
  return a.state === b.state && a.resolution?.label === b.resolution?.label;
}

async function learn(found: Case, undone: Label | null, { teaching }: ResolvePorts): Promise<Learning> {
  const { tenant, assessmentId, resolution } = found;
  if (resolution !== null) return teaching.teach(tenant, assessmentId, resolution.label);
  return undone === null ? 'already' : teaching.withdraw(tenant, assessmentId, undone);
}

/** For a change that was made before: whoever made it may not have come to its end. */
async function settleAgain(found: Case, by: string, ports: ResolvePorts): Promise<Learning> {
  const last = await lastWord(found.tenant, found.id, ports.store);
  return last === null || isSettled(last, found) ? 'already' : settle(found, labelOf(last.detail['undone']), by, ports);
}

const words: ReadonlySet<AuditAction> = new Set(['case_resolved', 'case_reopened', 'profile_settled']);
const entriesPerPage = 200;
/** Far more than are written while a crashed process starts again; also how often a case may be looked at before its last word is not found. */
const entriesMax = 4000;

async function lastWord(tenant: string, caseId: string, store: CaseStore): Promise<AuditEntry | null> {
  for await (const entry of newestFirst(tenant, store, caseId)) if (words.has(entry.action)) return entry;
  return null;
}

async function* newestFirst(tenant: string, store: CaseStore, subject?: string): AsyncGenerator<AuditEntry> {
  let before = Number.MAX_SAFE_INTEGER;
  for (let read = 0; read < entriesMax; read += entriesPerPage) {
    const entries = await store.readAudit(tenant, { limit: entriesPerPage, before, ...(subject === undefined ? {} : { subject }) });
    yield* entries;
    if (entries.length < entriesPerPage) return;
    before = entries.at(-1)?.sequence ?? 0;
  }
}

function isSettled({ action, detail }: AuditEntry, found: Case): boolean {
  return action === 'profile_settled' && detail['state'] === found.state && detail['label'] === (found.resolution?.label ?? '');
}

/**
 * Completes what a crash may have cut off: cases that were resolved or reopened since then and whose profile was not noted to have it.
 * Returns how many there were. Rejects when a store fails.
 */
export async function settleRecent(tenant: string, sinceMs: number, ports: ResolvePorts): Promise<number> {
  const seen = new Set<string>();
  let settled = 0;
  for await (const entry of newestFirst(tenant, ports.store)) {
    if (entry.atMs < sinceMs) break;
    if (!words.has(entry.action) || seen.has(entry.subject)) continue;
    seen.add(entry.subject);
    const found = await ports.store.get(tenant, entry.subject);
    if (found === null || isSettled(entry, found)) continue;
    await settle(found, labelOf(entry.detail['undone']), 'system', ports);
    settled++;
  }
  return settled;
}

function labelOf(value: unknown): Label | null {
  return labels.find((label) => label === value) ?? null;
}
