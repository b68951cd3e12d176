// What an analyst thinks of an explanation or of one finding in it. It must speak of something that was shown, or it could not be evaluated.
import type { Feedback, Opinion } from '../../domain/case/explanation.ts';
import { standingFirst } from './explanations.ts';
import type { CasePorts } from './ports.ts';

export interface FeedbackOrder {
  readonly tenant: string;
  readonly caseId: string;
  /** Null: the one that stands. */
  readonly version: number | null;
  /** Null: the explanation as a whole. */
  readonly finding: string | null;
  readonly opinion: Opinion;
  readonly comment: string;
  readonly by: string;
}

export type FeedbackGiven =
  | { readonly kind: 'given'; readonly feedback: Feedback }
  | { readonly kind: 'unknown_case' }
  | { readonly kind: 'unknown_version'; readonly versions: readonly number[] }
  | { readonly kind: 'unknown_finding'; readonly version: number; readonly findings: readonly string[] };

export async function giveFeedback(order: FeedbackOrder, { store, clock }: Pick<CasePorts, 'store' | 'clock'>): Promise<FeedbackGiven> {
  const { tenant, caseId, finding, opinion, comment, by } = order;
  if ((await store.get(tenant, caseId)) === null) return { kind: 'unknown_case' };
  const explanations = standingFirst(await store.explanations(tenant, caseId));
  const read = order.version === null ? explanations[0] : explanations.find((each) => each.version === order.version);
  if (read === undefined) return { kind: 'unknown_version', versions: explanations.map((each) => each.version) };
  const { version } = read;
  const findings = [...(read.body?.findings ?? []), ...(read.body?.reassuring ?? [])].map((each) => each.id);
  if (finding !== null && !findings.includes(finding)) return { kind: 'unknown_finding', version, findings };
  const feedback = { caseId, version, finding, by, opinion, comment, atMs: clock.nowMs() };
  return (await store.giveFeedback(tenant, feedback)) ? { kind: 'given', feedback } : { kind: 'unknown_case' };
}
