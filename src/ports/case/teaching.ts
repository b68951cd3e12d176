// Port: what a case's label teaches the account's profile, and taking it back.
//
// Both may be repeated: the second time changes nothing. When one has resolved, its effect survives a kill of the process. Both may reject
// when the profiles cannot be written; repeating them then is safe.
import type { Label } from '../../domain/assessment.ts';

/**
 * taught     the profile now agrees with the label
 * already    it did so before
 * forgotten  the assessment is no longer kept (its retention has ended, or the user was erased), so there is nothing to teach
 */
export type Taught = 'taught' | 'already' | 'forgotten';

/**
 * withdrawn  the assessment has no label any more, and the profile is as its outcomes alone make it
 * already    it had none
 * relabelled somebody has meanwhile said something else through /v1/labels; that stands
 * forgotten  as above
 */
export type Withdrawn = 'withdrawn' | 'already' | 'relabelled' | 'forgotten';

export interface Teaching {
  teach(tenant: string, assessmentId: string, label: Label): Promise<Taught>;
  /** Only where `label` is what the assessment is labelled. */
  withdraw(tenant: string, assessmentId: string, label: Label): Promise<Withdrawn>;
}
