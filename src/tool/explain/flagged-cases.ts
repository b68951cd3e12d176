// The flagged attempts of a simulated tenant, assessed as the service would: replayed history, the shipped model, the shipped policy.
import { hash } from 'node:crypto';
import { schema } from '../../domain/feature/schema.ts';
import type { Assessment, StoredAssessment } from '../../domain/assessment.ts';
import { derive } from '../../assess/derive.ts';
import type { Scorer } from '../../ports/scorer.ts';
import { cloudedIp } from '../matrix/feeds.ts';
import { replay, type Replayed } from '../matrix/replay.ts';
import type { ReplayWorld } from '../matrix/replay-ports.ts';
import { dayMs, type TenantPlan, warmUpDays } from '../simulate/tenants.ts';
import { type Judges, judged } from './judge.ts';
import type { AttemptKind, SimulatedAttempt } from '../simulate/wire.ts';

/** What an explanation is made from, and what the simulation knows of it. */
export interface FlaggedCase {
  readonly kind: AttemptKind;
  readonly assessment: Assessment;
  readonly context: StoredAssessment['context'];
}

interface Simulated extends Judges {
  readonly scorer: Scorer;
}

/** In order of time. Flagged: asked for more, refused, or of high level and above. */
export async function flaggedCases(
  attempts: readonly SimulatedAttempt[],
  plan: TenantPlan,
  world: ReplayWorld,
  judges: Simulated,
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

async function judge({ facts, simulated }: Replayed, { scorer, policy }: Simulated): Promise<FlaggedCase> {
  const derived = derive(facts, schema);
  const contributions = await scorer.score(derived.features);
  if (contributions === null) throw new Error('The model could not score a simulated attempt.');
  const { assessment, context } = judged(facts, derived, contributions, { scorer, policy });
  const id = hash('sha256', JSON.stringify(simulated.wire), 'base64url').slice(0, 22);
  const budget = { limitMs: 50, elapsedMs: 0, stagesMs: { gather: 0, derive: 0, score: 0, decide: 0 } };
  return { kind: simulated.kind, context, assessment: { assessmentId: id, attemptId: id, ...assessment, budget, caseId: null } };
}
