// From a flagged login to what is stored of it in one piece: the case, the template's explanation, how the log of what is told begins,
// and the job for a model where one is to explain cases of that tier.
import { type FlaggedLogin, newCaseOf } from '../../domain/case/flagged.ts';
import { explainWithinMs, type Tier } from '../../domain/case/tier.ts';
import type { Opening } from '../../ports/case/case-store.ts';
import type { ExplanationBody } from '../explain/told/body.ts';
import { lastTelling, templateTelling } from '../explain/told/tellings.ts';
import type { Teller } from './teller.ts';

export interface OpeningParts {
  /** The template's explanation. May throw: then the case opens without it. */
  readonly templateBody: (login: FlaggedLogin, teller: Teller) => ExplanationBody;
  readonly tellerOf: (tier: Tier, caseId: string) => Teller;
  /** When an assessment was made, by its id. */
  readonly assessedAtMs: (assessmentId: string) => number;
  /** Told when the template could not explain, which is a bug of ours and no reason to have no case. */
  readonly onUnexplained: (error: unknown) => void;
}

/** One job per case, whoever makes it and however often. */
export function explanationJobKey(caseId: string): string {
  return `explain ${caseId}`;
}

/** Null where the login is no case, which only a damaged record brings. */
export function openingOf(login: FlaggedLogin, nowMs: number, parts: OpeningParts): Opening | null {
  const made = newCaseOf(login, nowMs);
  if (made === null) return null;
  const { id, tenant, tier } = made;
  const teller = parts.tellerOf(tier, id);
  const asked = teller === 'model';
  const body = bodyOf(login, teller, parts);
  const template = body === null ? null : templateTelling(body, nowMs);
  return {
    made,
    explanation: template === null ? null : { source: 'template', key: template.key, final: !asked, body: template.body, atMs: nowMs },
    job: asked
      ? { tenant, tier, dedupeKey: explanationJobKey(id), subject: id, payload: '', deadlineMs: nowMs + explainWithinMs[tier] }
      : null,
    // Whoever follows the case reads the template first, and that nothing will follow where no model is asked.
    tellings: [...(template === null ? [] : [template]), ...(asked ? [] : [lastTelling(body, body === null ? 0 : 1, nowMs)])],
    assessedAtMs: parts.assessedAtMs(made.assessment.assessmentId),
  };
}

function bodyOf(login: FlaggedLogin, teller: Teller, { templateBody, onUnexplained }: OpeningParts): ExplanationBody | null {
  try {
    return templateBody(login, teller);
  } catch (error) {
    onUnexplained(error);
    return null;
  }
}
