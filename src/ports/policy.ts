// Port: the policy in force. Reloading swaps `current()`; a decision uses one revision throughout.
import type { Decision, PolicyQuestion } from '../domain/policy/decide.ts';

export type { Decision, PolicyQuestion } from '../domain/policy/decide.ts';

export interface Policy {
  /** Version of the document and a short hash of its content. */
  readonly revision: string;
  /** Pure; never throws. */
  decide(question: PolicyQuestion): Decision;
}

export interface PolicySource {
  current(): Policy;
}
