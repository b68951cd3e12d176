// Port: cases, campaigns, explanations, feedback and the audit of who did what.
//
// What a method answered survives a kill of the process (a power cut may take the last fraction of a second, see the adapter). Several
// processes may share one store. Nothing of one tenant is visible to another. Methods reject with a StorageFailure and then
// changed nothing. None of this is on the scoring path.
import type { AuditEntry, AuditHead, AuditVerdict, NewAuditEntry } from '../../domain/case/audit.ts';
import type { Campaign } from '../../domain/case/campaign.ts';
import type { Case, CaseSummary, NewCase, Resolution } from '../../domain/case/case.ts';
import type { Feedback, NewExplanation, StoredExplanation } from '../../domain/case/explanation.ts';
import type { NewJob } from '../../domain/case/job.ts';
import type { RelationKind } from '../../domain/case/link.ts';
import type { CaseQuery } from '../../domain/case/query.ts';
import type { NewTelling } from './explanation-log.ts';

/** Stored together or not at all, so that no case is without its explanation or its job after a crash. */
export interface Opening {
  readonly made: NewCase;
  /** The template's text, which stands from the first moment. */
  readonly explanation: NewExplanation | null;
  readonly job: NewJob | null;
  /** How the log of what is told begins, so that a reader of it never finds it empty. */
  readonly tellings?: readonly NewTelling[];
  /** When the login was assessed; absent: after whatever was erased. */
  readonly assessedAtMs?: number;
}

/** Nothing of the opening was stored where a case of that assessment was there ("already", with its id), or the account was erased since the login. */
export type Opened = { readonly kind: 'opened' | 'already' | 'erased'; readonly id: string };

export type Page<T> =
  | { readonly kind: 'page'; readonly items: readonly T[]; readonly nextCursor: string | null }
  | { readonly kind: 'bad_cursor' };

export type Resolved =
  | { readonly kind: 'resolved' | 'already'; readonly found: Case }
  /** Somebody said otherwise; reopen first. */
  | { readonly kind: 'contradiction'; readonly standing: Resolution }
  | { readonly kind: 'unknown_case' };

export type Reopened =
  | { readonly kind: 'reopened' | 'already'; readonly found: Case; readonly undone: Resolution | null }
  | { readonly kind: 'unknown_case' };

export type Explained =
  | { readonly kind: 'stored' | 'already' | 'final_exists'; readonly version: number }
  | { readonly kind: 'unknown_case' | 'too_large' | 'too_many' };

export interface Related {
  readonly kind: RelationKind;
  readonly found: CaseSummary;
}

export interface CampaignQuery {
  /** Only those with a login at or after then. */
  readonly activeFromMs?: number;
  /** Only those with an unresolved case. */
  readonly unresolved?: boolean;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface AuditQuery {
  readonly subject?: string;
  readonly limit: number;
  /** Newest first, those before this number. */
  readonly before?: number;
}

export interface CaseStore {
  /** Idempotent by assessment. Groups each into campaigns as of all before it. Answers in order; all or none. */
  open(openings: readonly Opening[]): Promise<Opened[]>;
  get(tenant: string, id: string): Promise<Case | null>;
  byAssessment(tenant: string, assessmentId: string): Promise<Case | null>;
  list(tenant: string, query: CaseQuery): Promise<Page<CaseSummary>>;
  resolve(tenant: string, id: string, resolution: Resolution): Promise<Resolved>;
  reopen(tenant: string, id: string, by: string, atMs: number): Promise<Reopened>;
  /** Cases that share something with it, the most telling first, then the nearest in time; each once, at most `limit`. */
  related(tenant: string, id: string, limit: number): Promise<Related[]>;

  /** Newest first. */
  campaigns(tenant: string, query: CampaignQuery): Promise<Page<Campaign>>;
  /** Also by the id of one that has since become part of it. */
  campaign(tenant: string, id: string): Promise<Campaign | null>;

  explain(tenant: string, caseId: string, made: NewExplanation): Promise<Explained>;
  /** Oldest first. */
  explanations(tenant: string, caseId: string): Promise<StoredExplanation[]>;
  /** The same person on the same finding of the same version replaces; false when there is no such case. */
  giveFeedback(tenant: string, feedback: Feedback): Promise<boolean>;
  feedbackOf(tenant: string, caseId: string): Promise<Feedback[]>;
  /** Everybody's, in the order of arrival; for evaluation. */
  allFeedback(tenant: string, limit: number, cursor: string | null): Promise<Page<Feedback>>;

  /** Resolutions, reopenings, feedback, erasures and expiries are recorded by the store itself, in the same transaction. */
  audit(entry: NewAuditEntry): Promise<AuditHead>;
  readAudit(tenant: string, query: AuditQuery): Promise<AuditEntry[]>;
  /** Reads the whole chain, in slices between which other requests are served. */
  verifyAudit(anchor?: AuditHead): Promise<AuditVerdict>;

  /**
   * Forgets every case of the account with all that hangs on it; returns how many. Logins assessed up to then become no case any more, whichever
   * process still carries them; that this account was erased is remembered for `erasedDays`.
   */
  eraseAccount(tenant: string, account: string, by: string, atMs: number): Promise<number>;
  /** Forgets cases opened before then, of all tenants; bounded per call: call again until 0. */
  expire(beforeMs: number, nowMs: number): Promise<number>;
}
