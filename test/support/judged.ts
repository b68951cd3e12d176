// Records as the service stores them: facts derived, scored by the shipped model and decided by a policy.
import { openOnnxScorer } from '../../src/adapters/onnx/scorer.ts';
import { createPolicySource } from '../../src/adapters/policy-file/policy-source.ts';
import { derive } from '../../src/assess/derive.ts';
import { activeModelDirectory, schemaHash } from '../../src/compose.ts';
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import type { Policy } from '../../src/ports/policy.ts';
import { judged } from '../../src/tool/explain/judge.ts';
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
  const derived = derive(facts, schema);
  const { features, context, assessment } = judged(facts, derived, scorer.walk(derived.features), { scorer, policy });
  const stored = storedOf('assessment-1', facts.visit.account, facts.visit.atMs);
  return { ...stored, features, visit: facts.visit, context, assessment: { ...stored.assessment, ...assessment }, ...change };
}
