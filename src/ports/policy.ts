// Port: the policy in force. Reloading swaps `current()`; a decision uses one revision throughout.
import type { Level, PolicyContext, Verdict } from '../domain/assessment.ts';

export interface PolicyQuestion {
  readonly score: number;
  readonly decidedBy: 'model' | 'rules';
  readonly degraded: boolean;
  /** True when nothing could be learnt about account and origin, so that the score says nothing. */
  readonly blind: boolean;
  /** Codes of the reasons named in the answer, most important first. */
  readonly codes: readonly string[];
  readonly context: PolicyContext;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly level: Level;
  /** The rule or list entry that moved the verdict, or null. */
  readonly policyRule: string | null;
}

export interface Policy {
  /** Version of the document and a short hash of its content. */
  readonly revision: string;
  /** Pure; never throws. */
  decide(question: PolicyQuestion): Decision;
}

export interface PolicySource {
  current(): Policy;
}
