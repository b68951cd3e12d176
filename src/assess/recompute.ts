// Computes a stored assessment again: same features, same model, same policy, hence the same answer, bit for bit.
//
// What cannot be computed (identifiers, times taken, the evidence, which needs the profiles of that moment) is taken from the
// record; every number and every decision is made anew. The caller supplies the model and policy that the record names.
import type { Assessment, Reason, StoredAssessment } from '../domain/assessment.ts';
import type { FeatureSchema } from '../domain/feature/schema.ts';
import { type RankTable, rankOf } from '../domain/rank.ts';
import { attributeBy } from '../domain/reason/attribute.ts';
import { dropUnobserved } from '../domain/reason/observed.ts';
import { rulesContributions } from '../domain/rules.ts';
import type { Explanation, SignalDefinition } from '../domain/signal/definition.ts';
import type { Policy } from '../ports/policy.ts';
import type { Scorer } from '../ports/scorer.ts';

export interface RecomputeParts {
  readonly schema: FeatureSchema;
  readonly rulesRanks: RankTable;
  readonly scorer: Scorer;
  readonly policy: Policy;
}

export type Recomputed =
  | { readonly kind: 'recomputed'; readonly assessment: Assessment }
  | { readonly kind: 'impossible'; readonly why: string };

export async function recompute(record: StoredAssessment, parts: RecomputeParts): Promise<Recomputed> {
  const stored = record.assessment;
  const { schema, scorer, policy } = parts;
  if (scorer.identity.name !== stored.versions.model) return impossible(`it was scored by ${stored.versions.model}`);
  if (scorer.identity.schemaHash !== stored.versions.features) return impossible(`its features are ${stored.versions.features}`);
  if (policy.revision !== stored.versions.policy) return impossible(`it was decided by policy ${stored.versions.policy}`);
  const byModel = stored.decidedBy === 'model';
  const contributions = byModel ? await scorer.score(record.features) : rulesContributions(record.features, schema);
  if (contributions === null) return impossible('the model could not score');
  dropUnobserved(schema, record.features, contributions.groups);
  const attribution = attributeBy(schema, contributions, (group) => storedExplanation(schema, stored.reasons, group));
  const score = byModel ? scorer.rank(attribution.logOdds) : rankOf(parts.rulesRanks, attribution.logOdds);
  const decision = policy.decide({
    score,
    decidedBy: stored.decidedBy,
    degraded: stored.degraded,
    blind: stored.missing.some((missing) => missing.signal === 'profiles'),
    codes: attribution.reasons.map((reason) => reason.code),
    context: record.context,
  });
  return {
    kind: 'recomputed',
    assessment: {
      ...stored,
      verdict: decision.verdict,
      score,
      level: decision.level,
      logOdds: attribution.logOdds,
      baseLogOdds: contributions.base,
      reasons: attribution.reasons,
      otherContributions: attribution.otherContributions,
      policyRule: decision.policyRule,
    },
  };
}

function impossible(why: string): Recomputed {
  return { kind: 'impossible', why };
}

/** A code belongs to one signal only, so the record's reason for a group is the one whose code the group can give. */
function storedExplanation(schema: FeatureSchema, reasons: readonly Reason[], group: number): Explanation {
  const { codes, name } = schema.signals[group] as SignalDefinition;
  const reason = reasons.find((known) => Object.hasOwn(codes, known.code));
  // A group that the record does not name would show as a difference, which is what recomputing is for.
  return reason === undefined ? { code: `UNRECORDED:${name}`, evidence: {} } : { code: reason.code, evidence: reason.evidence };
}
