// One evaluation from its arguments to its page: the template, and every model of the operator's explainer file that is wanted, over the
// same cases.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openModels } from '../../adapters/ai-sdk/open.ts';
import { createWording } from '../../adapters/icu-messages/wording.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { readPlan } from '../../compose/explainer-plan.ts';
import { type Environment, loadSettings } from '../../config/load.ts';
import type { ExplainerPlan, ModelPlan } from '../../domain/explainer-plan.ts';
import { type Explained, explainByTemplate } from '../../domain/explanation/template.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplainerModel } from '../../ports/case/explainer-model.ts';
import type { Random } from '../../ports/random.ts';
import { createBudgets } from '../../review/explain/asking/budget.ts';
import { below } from '../simulate/draw.ts';
import { seededRandom } from '../simulate/seeded-random.ts';
import { createAsker } from './ask-model.ts';
import { evaluateExplainer, type EvaluationResult, type ExplainerResult, feedbackBySource } from './evaluate.ts';
import { openKeptTexts } from './kept-texts.ts';
import { casesOf } from './model-account.ts';
import { type Options, readOptions } from './options.ts';
import { renderPage } from './page/page.ts';
import { readRecordedCases, type RecordedCases } from './recorded-cases.ts';

export interface RunParts {
  readonly env: Environment;
  /** The machine's own unless another is given. */
  readonly clock?: Clock;
  /** One line each: what was measured, and beside it how far it is and what went wrong. */
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Rejects with one sentence for whoever gave the arguments. */
export async function runEvaluation(args: readonly string[], { env, clock = systemClock, say, warn }: RunParts): Promise<EvaluationResult> {
  const options = readOptions(args);
  const plan = planOf(options, env);
  const plans = chosen(plan, options.models);
  const random = seededRandom(options.seed);
  const { cases, feedback } = await readCases(options, plans.length > 0, random);
  if (cases.length === 0)
    throw new Error(`there are no cases${options.data === null ? '' : ` of tenant ${options.tenant} in ${options.data}`}.`);
  // The yardstick reads English.
  const words = createWording('en');
  const explainers: ExplainerResult[] = [
    await evaluateExplainer('template', async (explained) => explainByTemplate(explained, words), cases, random),
  ];
  const models = await openModels(plans, { clock, onProblem: warn });
  try {
    for (const one of plans)
      explainers.push(
        await evaluateModel({ plan: planWith(plan, options), one, model: modelOf(models, one), cases, options, random, clock, warn }),
      );
  } finally {
    for (const model of models.values()) await model.close();
  }
  const source =
    options.data === null ? `drawn from the simulated test tenants (seed “${options.seed}”)` : `recorded for tenant ${options.tenant}`;
  const result: EvaluationResult = { cases: cases.length, source, explainers, feedback: feedbackBySource(feedback) };
  await write(result, options, say);
  return result;
}

/** Null: the template alone. */
function planOf(options: Options, env: Environment): ExplainerPlan | null {
  if (options.templateOnly) return null;
  const file = options.explainer ?? loadSettings(env, (path) => readFileSync(path, 'utf8')).explainerFile;
  return readPlan(file, env);
}

function chosen(plan: ExplainerPlan | null, names: readonly string[] | null): readonly ModelPlan[] {
  const all = plan?.models ?? [];
  const unknown = names?.find((name) => !all.some((model) => model.name === name));
  if (unknown === undefined) return names === null ? all : all.filter(({ name }) => names.includes(name));
  const there = all.length === 0 ? 'no explainer file is given' : `there are ${all.map(({ name }) => name).join(', ')}`;
  throw new Error(`--models names "${unknown}", which the explainer file does not have; ${there}.`);
}

/** The arguments' budget goes before the file's. */
function planWith(plan: ExplainerPlan | null, { tokens, money }: Options): ExplainerPlan {
  const { models = [], currency = 'USD', tokensPerHour = null, moneyPerHour = null } = plan ?? {};
  const unpriced = models.find(({ price }) => price === null);
  if (money !== null && unpriced !== undefined)
    throw new Error(`--money counts nothing of the model ${unpriced.name}, which has no price in the file.`);
  return { models, currency, tiers: {}, tokensPerHour: tokens ?? tokensPerHour, moneyPerHour: money ?? moneyPerHour };
}

function modelOf(models: ReadonlyMap<string, ExplainerModel>, { name }: ModelPlan): ExplainerModel {
  const model = models.get(name);
  if (model === undefined) throw new Error(`the model ${name} could not be opened.`);
  return model;
}

interface ModelRun {
  readonly plan: ExplainerPlan;
  readonly one: ModelPlan;
  readonly model: ExplainerModel;
  readonly cases: readonly Explained[];
  readonly options: Options;
  readonly random: Random;
  readonly clock: Clock;
  readonly warn: (line: string) => void;
}

/** Each model has the budget for itself, so that the second is not judged by what the first has left. */
function evaluateModel({ plan, one, model, cases, options, random, clock, warn }: ModelRun): Promise<ExplainerResult> {
  const asker = createAsker({
    plan: one,
    currency: plan.currency,
    model,
    budgets: createBudgets(plan, clock),
    clock,
    wording: createWording('en'),
    kept: openKeptTexts(options.answers),
  });
  const step = Math.max(1, Math.ceil(cases.length / 10));
  return evaluateExplainer(one.name, asker.explain, cases, random, {
    explainChanged: asker.explainChanged,
    changedMax: options.changed,
    concurrency: Math.min(one.concurrency, options.concurrency ?? one.concurrency),
    account: () => asker.account(),
    onCase(done) {
      if (done % step !== 0 && done !== cases.length) return;
      const account = asker.account();
      const { usable, run } = account;
      const cost = run.money === null ? '' : `, ${run.money.toFixed(4)} ${plan.currency}`;
      warn(
        `${one.name}: ${casesOf(account)} of ${cases.length} cases, ${usable} usable; ${run.calls} calls, ${run.tokens.input + run.tokens.output} tokens${cost}`,
      );
    },
  });
}

async function readCases(options: Options, withModels: boolean, random: Random): Promise<RecordedCases> {
  const { data, tenant, seed, scale } = options;
  const casesMax = options.cases ?? (withModels ? 50 : 500);
  if (data !== null) return readRecordedCases(data, tenant, casesMax);
  // The simulation loads the model that scores and the tables of addresses, which recorded cases need not.
  const { simulatedCases } = await import('../explain/simulated-cases.ts');
  const all: Explained[] = await simulatedCases({ seed, scale, attacks: 20 });
  const drawn: Explained[] = [];
  while (drawn.length < casesMax && all.length > 0) drawn.push(...all.splice(below(random, all.length), 1));
  return { cases: drawn, feedback: [] };
}

async function write(result: EvaluationResult, options: Options, say: (line: string) => void): Promise<void> {
  const output = resolve(options.output);
  writeFileSync(`${output}.json`, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(`${output}.html`, await renderPage(result));
  for (const { name, explained, measures, asked } of result.explainers) {
    say(`${name}: ${explained} of ${result.cases} cases explained`);
    const all = { ...measures, ...(asked === null ? {} : { usable: asked.usable, held: asked.held }) };
    for (const [measure, { value, low, high, count }] of Object.entries(all))
      say(
        count === 0
          ? `  ${measure} not measured`
          : `  ${measure} ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}, n = ${count})`,
      );
    if (asked !== null && asked.account.lastFailure !== null) say(`  last failure: ${asked.account.lastFailure}`);
  }
  say(`${output}.html and ${output}.json written`);
}
