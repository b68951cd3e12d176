// Puts the explainer together, in the review thread: the operator's models, and the pools of workers that have them tell cases.
import { createHash } from 'node:crypto';
import { openModels } from '../adapters/ai-sdk/open.ts';
import type { Cases } from '../adapters/sqlite/open.ts';
import type { ExplainerPlan } from '../domain/explainer-plan.ts';
import type { Wording } from '../domain/explanation/wording.ts';
import type { Clock } from '../ports/clock.ts';
import { createExplainer, type Explainer } from '../review/explain/explainer.ts';
import type { ExplainMeter } from '../review/explain/meter.ts';

export interface ExplainingParts {
  readonly plan: ExplainerPlan;
  readonly cases: Cases;
  readonly clock: Clock;
  readonly wording: Wording;
  readonly meter: ExplainMeter;
  readonly onTold: (tenant: string, caseId: string) => void;
  readonly onProblem: (sentence: string) => void;
}

export interface Explaining extends Pick<Explainer, 'wake'> {
  close(): Promise<void>;
}

/** Rejects with one sentence when a model of the plan cannot be used. */
export async function startExplaining({ plan, cases, ...parts }: ExplainingParts): Promise<Explaining> {
  const models = await openModels(plan.models, { clock: parts.clock, onProblem: parts.onProblem });
  const { store, queue, log } = cases;
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const explainer = createExplainer({ ...parts, plan, models, store, queue, log, digest });
  explainer.start();
  return {
    wake: (tier) => explainer.wake(tier),
    async close() {
      await explainer.stop();
      await Promise.all(Array.from(models.values(), (model) => model.close()));
    },
  };
}
