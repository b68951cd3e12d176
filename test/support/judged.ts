// Records as the service stores them: facts derived, scored by the shipped model and decided by a policy.
import { openOnnxScorer } from '../../src/adapters/onnx/scorer.ts';
import { createPolicySource } from '../../src/adapters/policy-file/policy-source.ts';
import { derive } from '../../src/assess/derive.ts';
import { policyContext } from '../../src/assess/policy-context.ts';
import { activeModelDirectory, schemaHash } from '../../src/compose.ts';
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { attribute } from '../../src/domain/reason/attribute.ts';
import { dropUnobserved } from '../../src/domain/reason/observed.ts';
import type { Policy } from '../../src/ports/policy.ts';
import { storedOf } from './records.ts';

export const scorer = await openOnnxScorer({
  directory: activeModelDirectory(),
  schemaHash,
  featureNames: schema.features.map((feature) => feature.name),
  groupNames: schema.signals.map((signal) => signal.name),
});

export function policyFrom(file: string): Policy {
  const source = createPolicySource({ file, clock: { monotonicMs: () => 0 }, onError: () => undefined, pollMs: 0 });
  const policy = source.current();
  source.close();
  return policy;
}

/** Of a row, as the service would have answered it; `facts` name the reasons. */
export function judgedRecord(facts: Facts, policy: Policy, change: Partial<StoredAssessment> = {}): StoredAssessment {
  const { features, missing, degraded } = derive(facts, schema);
  const contributions = scorer.walk(features);
  dropUnobserved(schema, features, contributions.groups);
  const { reasons, otherContributions, logOdds } = attribute(schema, facts, features, contributions);
  const score = scorer.rank(logOdds);
  const context = policyContext(facts.attempt, facts.ip);
  const blind = missing.some(({ signal }) => signal === 'profiles');
  const codes = reasons.map((reason) => reason.code);
  const decision = policy.decide({ score, decidedBy: 'model', degraded, blind, codes, context });
  const stored = storedOf('assessment-1', facts.visit.account, facts.visit.atMs);
  return {
    ...stored,
    features,
    visit: facts.visit,
    context,
    assessment: {
      ...stored.assessment,
      ...decision,
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
    ...change,
  };
}
