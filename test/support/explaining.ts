// What the tests of the explainer work with: models that follow a script, cases that can be told, and a world whose process can be killed
// at any step.
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { createWording } from '../../src/adapters/icu-messages/wording.ts';
import { openMemoryCases } from '../../src/adapters/memory/cases.ts';
import type { Reason } from '../../src/domain/assessment.ts';
import { explainWithinMs, type Tier } from '../../src/domain/case/tier.ts';
import type { ExplainerPlan, ModelPlan, TierPlan } from '../../src/domain/explainer-plan.ts';
import type { CaseStore } from '../../src/ports/case/case-store.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ExplainerModel, ModelCall, ModelEvent } from '../../src/ports/case/explainer-model.ts';
import type { ExplanationLog, Telling } from '../../src/ports/case/explanation-log.ts';
import type { JobQueue } from '../../src/ports/case/job-queue.ts';
import { type ExplanationBody, readBody, templateBody } from '../../src/review/explain/told/body.ts';
import { createExplainer, type Explainer, type ExplainerOptions } from '../../src/review/explain/explainer.ts';
import { type ExplainMeter, silentMeter } from '../../src/review/explain/meter.ts';
import { templateTelling } from '../../src/review/explain/told/tellings.ts';
import { promptExamples } from '../../src/review/explanation/prompt-examples.ts';
import { type LoginParts, newCase } from './cases.ts';
import { testClock, type TestClock, testRandom } from './ports.ts';

export const english = createWording('en');
export const [farAway, spray] = promptExamples.map(({ reasons }) => reasons) as [readonly Reason[], readonly Reason[]];
export const usage = { input: 6000, cacheRead: 5000, cacheWrite: 0, output: 300 };
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The same story with another number, so that it is a story of its own. */
export function farAwayBut(failures: number): readonly Reason[] {
  return farAway.map((reason) =>
    reason.code === 'NEW_DEVICE' ? { ...reason, evidence: { ...reason.evidence, devices_known: failures } } : reason,
  );
}

/** What a good model answers to a prompt: the findings of the examples whose evidence is in it, word for word true. */
export function truthful(call: ModelCall): string {
  const findings: object[] = [];
  const checks: object[] = [];
  for (const section of call.text.split(/^(?=case_[0-9]+:)/m)) {
    const id = /^(case_[0-9]+):/.exec(section)?.[1];
    if (id === undefined) continue;
    const devices = /NEW_DEVICE\.devices_known = ([0-9]+)/.exec(section)?.[1] ?? '2';
    for (const example of promptExamples) {
      for (const { evidence, sentence } of example.findings)
        if (evidence.every((each) => section.includes(`  ${each} = `)))
          findings.push({ case: id, evidence, sentence: sentence.replace('its 2 known', `its ${devices} known`) });
      if (section.includes(example.reasons[0]?.code ?? '')) checks.push(...example.nextChecks.map((check) => ({ case: id, check })));
    }
  }
  return JSON.stringify({ findings, next_checks: checks });
}

export const piecesOf = (text: string, size = 200): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
export const done: ModelEvent = { kind: 'done', finish: 'stop', usage };
export function failed(failure: (ModelEvent & { kind: 'failed' })['failure'], retryAfterMs: number | null = null): ModelEvent {
  return { kind: 'failed', failure, detail: `It was ${failure}.`, retryAfterMs, usage: null };
}

export type Script = (call: ModelCall, signal: AbortSignal, n: number) => AsyncIterable<ModelEvent>;

export async function* answering(call: ModelCall): AsyncIterable<ModelEvent> {
  for (const text of piecesOf(truthful(call))) yield { kind: 'text', text };
  yield done;
}

/** A part of the true answer, and then what is given. */
export const cutAfter = (share: number, end: ModelEvent): Script =>
  async function* cut(call) {
    const text = truthful(call);
    for (const piece of piecesOf(text.slice(0, Math.ceil(text.length * share)))) yield { kind: 'text', text: piece };
    yield end;
  };

export const ending = (...events: ModelEvent[]): Script =>
  async function* end() {
    yield* events;
  };

/** Until the time has come or the caller hangs up; false then. */
export function waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const cancel = clock.alarm(ms, () => resolve(true));
    signal.addEventListener('abort', () => {
      cancel();
      resolve(false);
    });
  });
}

export interface ScriptedModel extends ExplainerModel {
  readonly calls: ModelCall[];
  script: Script;
  up: boolean;
}

export function scriptedModel(name: string, script: Script = answering): ScriptedModel {
  const model: ScriptedModel = {
    name,
    provider: 'compatible',
    model: `${name}-1`,
    calls: [],
    script,
    up: true,
    write(call, signal) {
      model.calls.push(call);
      return model.script(call, signal, model.calls.length);
    },
    available: () => model.up,
    close: () => Promise.resolve(),
  };
  return model;
}

export function modelPlan(name: string, change: Partial<ModelPlan> = {}): ModelPlan {
  return {
    name,
    provider: 'compatible',
    model: `${name}-1`,
    baseUrl: 'http://127.0.0.1:1/v1',
    apiKey: null,
    region: null,
    accessKey: null,
    structuredOutput: true,
    outputTokensMax: 1000,
    firstTextMs: 10_000,
    stallMs: 10_000,
    totalMs: 60_000,
    concurrency: 4,
    price: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
    ...change,
  };
}

export function tierPlan(models: readonly string[], change: Partial<TierPlan> = {}): TierPlan {
  const usual = { workers: 2, hedgeAfterMs: null, batchMax: 1, sampleOneIn: 1, tokensPerHour: null, moneyPerHour: null };
  return { models, ...usual, ...change };
}

export interface World {
  readonly clock: TestClock;
  readonly store: CaseStore;
  readonly queue: JobQueue;
  readonly log: ExplanationLog;
  readonly problems: string[];
}

export function memoryWorld(): World {
  const clock = testClock();
  return { ...openMemoryCases({ clock, random: testRandom() }), clock, problems: [] };
}

export interface ExplainerParts extends Partial<ExplainerOptions> {
  readonly tiers?: ExplainerPlan['tiers'];
  readonly modelPlans?: readonly ModelPlan[];
  readonly budget?: Partial<Pick<ExplainerPlan, 'tokensPerHour' | 'moneyPerHour'>>;
}

/** By default each tier asks all of the models in order. */
export function explainerIn(world: World, models: readonly ExplainerModel[], parts: ExplainerParts = {}): Explainer {
  const names = models.map(({ name }) => name);
  const all = tierPlan(names);
  return createExplainer({
    plan: {
      models: parts.modelPlans ?? names.map((name) => modelPlan(name)),
      tiers: parts.tiers ?? { critical: all, high: all, medium: all, low: all },
      tokensPerHour: null,
      moneyPerHour: null,
      currency: 'USD',
      ...parts.budget,
    },
    models: new Map(models.map((model) => [model.name, model])),
    queue: world.queue,
    store: world.store,
    log: world.log,
    clock: world.clock,
    wording: english,
    digest,
    meter: silentMeter,
    onTold: () => undefined,
    onProblem: (sentence) => void world.problems.push(sentence),
    ...parts,
  });
}

/** Opens a case as the opener does: template, log and job together. */
export async function openCase(
  { store, clock }: World,
  name: string,
  parts: LoginParts & { readonly templated?: boolean } = {},
): Promise<string> {
  const tier: Tier = parts.tier ?? 'high';
  const made = newCase(name, { openedAtMs: clock.nowMs(), reasons: farAway, ...parts });
  const body = templateBody(made, english);
  const template = templateTelling(body, clock.nowMs());
  await store.open([
    {
      made,
      explanation: { source: 'template', key: 'template', final: false, body: template.body, atMs: clock.nowMs() },
      job: {
        tenant: made.tenant,
        tier,
        dedupeKey: made.id,
        subject: made.id,
        payload: '{}',
        deadlineMs: clock.nowMs() + explainWithinMs[tier],
      },
      tellings: parts.templated === false ? [] : [template],
    },
  ]);
  return made.id;
}

/** Lets everything that is due happen, moving the clock on between, until `isOver`. */
export async function runUntil(world: World, isOver: () => Promise<boolean> | boolean, stepMs = 250, steps = 4000): Promise<void> {
  for (let i = 0; i < steps; i++) {
    await turn();
    if (await isOver()) return;
    world.clock.advance(stepMs);
  }
  throw new Error('It did not come to its end.');
}

export async function isIdle({ queue }: Pick<World, 'queue'>): Promise<boolean> {
  return (await queue.depths()).every(({ waiting, leased, delayed }) => waiting + leased + delayed === 0);
}

export async function finalOf({ store }: Pick<World, 'store'>, id: string): Promise<ExplanationBody> {
  const finals = (await store.explanations('default', id)).filter(({ final }) => final);
  if (finals.length !== 1) throw new Error(`${id} has ${finals.length} final explanations`);
  const body = readBody(finals[0]?.body ?? '');
  if (body === null) throw new Error(`the body of ${id} cannot be read`);
  return body;
}

export async function toldOf({ log }: Pick<World, 'log'>, id: string): Promise<Telling[]> {
  return (await log.after('default', id, 0, 1000)) ?? [];
}

/** What must hold of every case that came to its end; the sentence that says what does not, or null. */
export async function faultOf(world: Pick<World, 'store' | 'log'>, id: string): Promise<string | null> {
  const body = await finalOf(world, id);
  const found = await world.store.get('default', id);
  const told = await toldOf(world, id);
  const findings = told.filter(({ kind }) => kind === 'finding').map((each) => (JSON.parse(each.body) as { id: string }).id);
  const shown = [...body.findings, ...body.reassuring];
  const main = (found?.assessment.reasons ?? [])
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, 3);
  if (told[0]?.kind !== 'template') return `${id}: the log begins with ${told[0]?.kind}`;
  if (told.at(-1)?.kind !== 'done') return `${id}: the log ends with ${told.at(-1)?.kind}`;
  if (told.filter(({ kind }) => kind === 'done' || kind === 'template').length !== 2) return `${id}: told twice`;
  if (new Set(findings).size !== findings.length) return `${id}: a finding is told twice`;
  const untold = shown.find((each) => body.origin !== 'template' && !findings.includes(each.id));
  if (untold !== undefined) return `${id}: never told: ${untold.sentence}`;
  const vanished = findings.find((each) => !shown.some((other) => other.id === each));
  if (vanished !== undefined) return `${id}: told and not in the last word: ${vanished}`;
  const missing = main.find(({ code }) => !body.findings.some(({ codes }) => codes.includes(code)));
  return missing === undefined ? null : `${id}: nobody told ${missing.code}`;
}

/** A meter that writes down what it is told. */
export function notingMeter(): ExplainMeter & { readonly notes: string[] } {
  const notes: string[] = [];
  return {
    notes,
    asked: ({ model, end, hedge }) => void notes.push(`asked ${model} ${end}${hedge ? ' hedge' : ''}`),
    dropped: (model, rule, count) => void notes.push(`dropped ${model} ${rule} ${count}`),
    told: (tier, origin, cause) => void notes.push(`told ${tier} ${origin} ${cause}`),
    shared: (tier, how) => void notes.push(`shared ${tier} ${how}`),
    firstFinding: (tier) => void notes.push(`first ${tier}`),
    deadline: (tier, met) => void notes.push(`deadline ${tier} ${met}`),
  };
}
