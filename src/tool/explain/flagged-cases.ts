// The flagged attempts of a simulated tenant, assessed as the service would: replayed history, the shipped model, the shipped policy.
import { hash } from 'node:crypto';
import { schema } from '../../domain/feature/schema.ts';
import type { Assessment, StoredAssessment } from '../../domain/assessment.ts';
import { attribute } from '../../domain/reason/attribute.ts';
import { dropUnobserved } from '../../domain/reason/observed.ts';
import { derive } from '../../assess/derive.ts';
import { policyContext } from '../../assess/policy-context.ts';
import type { Policy } from '../../ports/policy.ts';
import type { Scorer } from '../../ports/scorer.ts';
import { cloudedIp } from '../matrix/feeds.ts';
import { replay, type Replayed } from '../matrix/replay.ts';
import type { ReplayWorld } from '../matrix/replay-ports.ts';
import { dayMs, type TenantPlan, warmUpDays } from '../simulate/tenants.ts';
import type { AttemptKind, SimulatedAttempt } from '../simulate/wire.ts';

/** What an explanation is made from, and what the simulation knows of it. */
export interface FlaggedCase {
  readonly kind: AttemptKind;
  readonly assessment: Assessment;
  readonly context: StoredAssessment['context'];
}

export interface Judges {
  readonly scorer: Scorer;
  readonly policy: Policy;
}

/** In order of time. Flagged: asked for more, refused, or of high level and above. */
export async function flaggedCases(
  attempts: readonly SimulatedAttempt[],
  plan: TenantPlan,
  world: ReplayWorld,
  judges: Judges,
): Promise<FlaggedCase[]> {
  const ports = world.freshPorts();
  const warmMs = plan.fromMs + warmUpDays * dayMs;
  const rows = replay(
    attempts,
    plan.name,
    { ...ports, ip: cloudedIp(ports.ip, plan) },
    schema,
    (attempt) => attempt.atMs >= warmMs,
    () => undefined,
  );
  const flagged: FlaggedCase[] = [];
  for (const row of rows) {
    const found = await judge(row, judges);
    const { verdict, level } = found.assessment;
    if (verdict !== 'allow' || level === 'high' || level === 'critical') flagged.push(found);
  }
  return flagged;
}

async function judge(row: Replayed, { scorer, policy }: Judges): Promise<FlaggedCase> {
  const { facts, simulated } = row;
  const { features, missing, degraded } = derive(facts, schema);
  const contributions = await scorer.score(features);
  if (contributions === null) throw new Error('The model could not score a simulated attempt.');
  dropUnobserved(schema, features, contributions.groups);
  const { reasons, otherContributions, logOdds } = attribute(schema, facts, features, contributions);
  const score = scorer.rank(logOdds);
  const context = policyContext(facts.attempt, facts.ip);
  const codes = reasons.map((reason) => reason.code);
  const decision = policy.decide({ score, decidedBy: 'model', degraded, blind: false, codes, context });
  const id = hash('sha256', JSON.stringify(simulated.wire), 'base64url').slice(0, 22);
  return {
    kind: simulated.kind,
    context,
    assessment: {
      assessmentId: id,
      attemptId: id,
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
      budget: { limitMs: 50, elapsedMs: 0, stagesMs: { gather: 0, derive: 0, score: 0, decide: 0 } },
      caseId: null,
    },
  };
}
