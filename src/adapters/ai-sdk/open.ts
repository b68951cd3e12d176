// The language models of the operator's plan, by name. The SDK and its providers cost up to a second and some thirty megabytes to load, so
// they are loaded here, before anybody waits for a login, and only those that the plan names: without a model nothing is loaded at all.
import type { ModelPlan } from '../../domain/explainer-plan.ts';
import type { ExplainerModel } from '../../ports/case/explainer-model.ts';
import type { ModelOptions } from './model.ts';
import { planProblem } from './plan-problem.ts';

/** Rejects with one sentence for the operator when a plan cannot be used. Nothing is asked of a provider yet. */
export async function openModels(plans: readonly ModelPlan[], options: ModelOptions): Promise<ReadonlyMap<string, ExplainerModel>> {
  for (const plan of plans) {
    const problem = planProblem(plan);
    if (problem !== null) throw new Error(`The model ${plan.name} cannot be used: ${problem}.`);
  }
  const models = new Map<string, ExplainerModel>();
  if (plans.length === 0) return models;
  const { openModel } = await import('./model.ts');
  for (const plan of plans) models.set(plan.name, await openModel(plan, options));
  return models;
}
