// A login as the service would have answered it, apart from ids and time: what its model gave, the reasons of that, and what the policy says.
import type { derive } from '../../assess/derive.ts';
import { policyContext } from '../../assess/policy-context.ts';
import type { Assessment, StoredAssessment } from '../../domain/assessment.ts';
import type { Facts } from '../../domain/facts.ts';
import { schema } from '../../domain/feature/schema.ts';
import { attribute } from '../../domain/reason/attribute.ts';
import { dropUnobserved } from '../../domain/reason/observed.ts';
import type { Policy } from '../../ports/policy.ts';
import type { Contributions, Scorer } from '../../ports/scorer.ts';

export interface Judges {
  readonly scorer: Pick<Scorer, 'rank' | 'identity'>;
  readonly policy: Policy;
}

export interface Judged {
  readonly features: Float32Array;
  readonly context: StoredAssessment['context'];
  readonly assessment: Omit<Assessment, 'assessmentId' | 'attemptId' | 'budget' | 'caseId'>;
}

/** `contributions` are what the model gives for the facts' features; what was not observed is dropped from them. */
export function judged(
  facts: Facts,
  { features, missing, degraded }: ReturnType<typeof derive>,
  contributions: Contributions,
  { scorer, policy }: Judges,
): Judged {
  dropUnobserved(schema, features, contributions.groups);
  const { reasons, otherContributions, logOdds } = attribute(schema, facts, features, contributions);
  const score = scorer.rank(logOdds);
  const context = policyContext(facts.attempt, facts.ip);
  const blind = missing.some(({ signal }) => signal === 'profiles');
  const codes = reasons.map((reason) => reason.code);
  return {
    features,
    context,
    assessment: {
      ...policy.decide({ score, decidedBy: 'model', degraded, blind, codes, context }),
      score,
      logOdds,
      baseLogOdds: contributions.base,
      reasons,
      otherContributions,
      degraded,
      missing,
      decidedBy: 'model',
      versions: { model: scorer.identity.name, features: scorer.identity.schemaHash, policy: policy.revision },
    },
  };
}
