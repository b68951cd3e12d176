// The whole answer to one attempt, and what is stored of it so that it can be recomputed, learnt from and erased.
import type { AbsenceCause } from './absence.ts';
import type { Visit } from './profile/visit.ts';
import type { Evidence } from './signal/definition.ts';

export const verdicts = ['allow', 'challenge', 'deny'] as const;
export type Verdict = (typeof verdicts)[number];
export const levels = ['low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof levels)[number];
export const outcomes = ['signed_in', 'failed', 'challenge_passed', 'challenge_failed', 'abandoned'] as const;
export type Outcome = (typeof outcomes)[number];
export const labels = ['genuine', 'takeover'] as const;
export type Label = (typeof labels)[number];

export interface Reason {
  readonly code: string;
  /** Log-odds. */
  readonly contribution: number;
  readonly evidence: Evidence;
}

export interface Missing {
  /** Signal name, for instance "behaviour.typing". */
  readonly signal: string;
  readonly cause: AbsenceCause;
}

export interface Versions {
  readonly model: string;
  readonly features: string;
  readonly policy: string;
}

export interface StageTimes {
  gather: number;
  derive: number;
  score: number;
  decide: number;
}

export interface Assessment {
  readonly assessmentId: string;
  readonly attemptId: string;
  readonly verdict: Verdict;
  readonly score: number;
  readonly level: Level;
  readonly logOdds: number;
  readonly baseLogOdds: number;
  readonly reasons: readonly Reason[];
  readonly otherContributions: number;
  readonly degraded: boolean;
  readonly missing: readonly Missing[];
  readonly decidedBy: 'model' | 'rules';
  /** Name of the policy rule or list that changed the verdict, null when the thresholds alone decided. */
  readonly policyRule: string | null;
  readonly versions: Versions;
  readonly budget: { readonly limitMs: number; readonly elapsedMs: number; readonly stagesMs: Readonly<StageTimes> };
  readonly caseId: string | null;
}

/** The attempt as policy expressions and the case store see it; small, typed, and stored so that a decision can be repeated. */
export interface PolicyContext {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly mfaEnrolled: boolean | null;
  readonly ip: string;
  readonly asn: number | null;
  readonly asnClass: string;
  readonly country: string | null;
  readonly deviceId: string | null;
  readonly method: string | null;
  readonly result: 'success' | 'failure';
  readonly breached: boolean | null;
  readonly clientId: string | null;
  readonly sensitivity: string;
  /** Kinds of lists that the address is on. */
  readonly lists: readonly string[];
  readonly occurredAtMs: number;
}

/** Pseudonyms of what the attempt touched, so that its end can be learnt later without any raw identifier. */
export interface StoredAssessment {
  readonly recordVersion: 1;
  readonly tenant: string;
  readonly occurredAtMs: number;
  readonly assessment: Assessment;
  /** SHA-256 of the canonical request, so that a reused attempt_id with another body is noticed. */
  readonly requestDigest: string;
  readonly features: Float32Array;
  readonly context: PolicyContext;
  readonly visit: Visit;
  /** Ends already applied, so that each teaches once. */
  readonly outcomes: readonly Outcome[];
  readonly label: Label | null;
  /** Whether the visit is part of the profiles now. */
  readonly learned: boolean;
}
