// Port: assessments with what is needed to recompute them, to learn their outcome and to answer a repeated attempt.
//
// Same visibility and durability rules as the profile store. `put` of an attempt id that this process already knows is refused
// by the caller, not here.
import type { StoredAssessment } from '../domain/assessment.ts';

export interface AssessmentSlice {
  readonly records: readonly StoredAssessment[];
  /** Where the next slice begins; null: there is no more. Opaque, and good for as long as the log is open. */
  readonly next: string | null;
}

export interface AssessmentLog {
  /** By the pseudonym of the caller's attempt id. */
  byAttempt(tenant: string, attempt: string): StoredAssessment | null;
  byId(tenant: string, assessmentId: string): StoredAssessment | null;
  /** Newest first, at most `limit`. */
  byAccount(tenant: string, account: string, limit: number): StoredAssessment[];
  /**
   * Of all tenants, those whose id is `fromId` or sorts after it, each once and in the order of their ids within a tenant, which is
   * the order in which they were assessed. Looks at no more than `limit`, however many there are. What was put after the last `flush`
   * may be left out. With `beforeId`, only those whose id sorts before it.
   */
  slice(fromId: string, from: string | null, limit: number, beforeId?: string): AssessmentSlice;
  put(record: StoredAssessment, attempt: string): void;
  /** Replaces the record with the same id (an outcome or label was added). */
  replace(record: StoredAssessment): void;
  eraseAccount(tenant: string, account: string): Promise<number>;
  /** Removes assessments that occurred before `beforeMs`; returns how many. Bounded work per call: call again until 0. */
  expire(beforeMs: number): Promise<number>;
  flush(): Promise<void>;
  close(): Promise<void>;
}
