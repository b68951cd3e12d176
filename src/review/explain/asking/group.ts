// Some cases told in one call, by the models of their tier in order: the next is asked for what is still untold where the one before failed.
import type { Tier } from '../../../domain/case/tier.ts';
import type { ExplainerPlan, ModelPlan, TierPlan } from '../../../domain/explainer-plan.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ExplainerModel } from '../../../ports/case/explainer-model.ts';
import { createAnswerReader } from '../../explanation/answer-reader.ts';
import { type Prompt, promptOf } from '../../explanation/prompt.ts';
import { createReviewer, findingsMin } from '../../explanation/validate.ts';
import { callOf, howEnded, mayGoOn, spentBy } from './answer.ts';
import { ask, type CallEnd, type Candidate } from './ask.ts';
import type { Tokens } from '../told/body.ts';
import { type Budgets, estimateTokens, guessTokens, moneyOf, spendingOf } from './budget.ts';
import type { AskEnd, ExplainMeter } from '../meter.ts';
import { type CallCost, isCall } from '../told/tellings.ts';
import type { Weakness } from './weakness.ts';
import type { Work } from '../work.ts';

export interface AskParts {
  readonly plan: ExplainerPlan;
  readonly models: ReadonlyMap<string, ExplainerModel>;
  readonly budgets: Budgets;
  readonly weakness: Weakness;
  readonly clock: Clock;
  readonly meter: ExplainMeter;
}

/**
 * answered    a whole answer was read, whatever of it held up
 * budget      nobody was asked, because the budget is spent or kept for others
 * suspended   nobody was asked, because every model of the tier failed too often just now
 * failed      no model that was asked gave a usable answer
 * cancelled   the signal
 */
export type GroupEnd =
  | { readonly kind: 'answered' | 'budget' | 'suspended' | 'cancelled' }
  | {
      readonly kind: 'failed';
      /** One sentence for an operator. */
      readonly detail: string;
      /** The shortest wish of those that had one. */
      readonly retryAfterMs: number | null;
      /** No later attempt can succeed either. */
      readonly hopeless: boolean;
    };

interface Usable {
  readonly plan: ModelPlan;
  readonly model: ExplainerModel;
}

/** In the plan's order; those that are too weak or not to be asked just now after the others. */
export function modelsInOrder(
  { plan, models, weakness }: Pick<AskParts, 'plan' | 'models' | 'weakness'>,
  tier: TierPlan,
): readonly Usable[] {
  const usable = tier.models.flatMap((name): Usable[] => {
    const model = models.get(name);
    const own = plan.models.find((each) => each.name === name);
    return model === undefined || own === undefined ? [] : [{ plan: own, model }];
  });
  const last = ({ model }: Usable): number => (model.available() ? 0 : 2) + (weakness.isWeak(model.name) ? 1 : 0);
  return usable.sort((a, b) => last(a) - last(b));
}

export async function askGroup(parts: AskParts, tier: Tier, works: readonly Work[], signal: AbortSignal): Promise<GroupEnd> {
  const tierPlan = parts.plan.tiers[tier] as TierPlan;
  const order = modelsInOrder(parts, tierPlan);
  const asked = new Set<string>();
  let failure: (GroupEnd & { readonly kind: 'failed' }) | null = null;
  for (const [i, usable] of order.entries()) {
    const open = works.filter((work) => work.needsMore);
    if (open.length === 0) return { kind: 'answered' };
    if (signal.aborted) return { kind: 'cancelled' };
    if (asked.has(usable.model.name) || !usable.model.available()) continue;
    const next = order.slice(i + 1).find(({ model }) => !asked.has(model.name) && model.available());
    const end = await askOnce(parts, tier, open, [usable, next ?? null], signal);
    if (end.kind === 'budget') return failure ?? end;
    for (const name of end.asked) asked.add(name);
    if (end.how === 'suspended') continue;
    if (end.how === 'stop') return { kind: 'answered' };
    if (signal.aborted) return { kind: 'cancelled' };
    failure = worse(failure, end.failure);
  }
  return failure ?? { kind: 'suspended' };
}

type Failure = GroupEnd & { readonly kind: 'failed' };

function worse(before: Failure | null, failure: Failure): Failure {
  if (before === null) return failure;
  const wishes = [before.retryAfterMs, failure.retryAfterMs].filter((wish) => wish !== null);
  return {
    kind: 'failed',
    detail: `${before.detail} ${failure.detail}`,
    retryAfterMs: wishes.length === 0 ? null : Math.min(...wishes),
    hopeless: before.hopeless && failure.hopeless,
  };
}

type OnceEnd =
  | { readonly kind: 'budget' }
  | { readonly kind: 'asked'; readonly how: AskEnd; readonly asked: readonly string[]; readonly failure: Failure };

async function askOnce(
  parts: AskParts,
  tier: Tier,
  works: readonly Work[],
  [first, second]: readonly [Usable, Usable | null],
  signal: AbortSignal,
): Promise<OnceEnd> {
  const { hedgeAfterMs } = parts.plan.tiers[tier] as TierPlan;
  const prompt = promptOf(works.map((work) => work.rest()));
  const reading = readAnswer(parts, prompt, works);
  const candidate = (usable: Usable, hedge: boolean): Candidate | null =>
    candidateOf(parts, tier, { prompt, works, reading }, usable, hedge);
  const asking = candidate(first, false);
  if (asking === null) return { kind: 'budget' };
  const { model, end, asked } = await ask({
    first: asking,
    hedge: second === null || hedgeAfterMs === null ? null : () => candidate(second, true),
    hedgeAfterMs: hedgeAfterMs ?? 0,
    clock: parts.clock,
    signal,
    onText: (text, by) => reading.read(text, by),
  });
  const how = reading.howEnded(end);
  if (how === 'stop' || how === 'unusable') reading.noteStrength(model.name);
  const detail = end.kind === 'failed' ? `${model.name}: ${how} (${end.detail}).` : `${model.name}: ${how}.`;
  const retryAfterMs = end.kind === 'failed' ? end.retryAfterMs : null;
  return { kind: 'asked', how, asked, failure: { kind: 'failed', detail, retryAfterMs, hopeless: how === 'rejected' } };
}

interface Reading {
  read(text: string, by: ExplainerModel): boolean;
  howEnded(end: CallEnd): AskEnd;
  /** Findings of a case that were dropped so far, by rule. */
  droppedOf(work: Work): Readonly<Record<string, number>>;
  noteStrength(model: string): void;
}

/** Reads the answer of whichever model gives it; only one does. */
function readAnswer({ weakness, meter }: AskParts, prompt: Prompt, works: readonly Work[]): Reading {
  const reader = createAnswerReader(prompt.cases.length);
  const reviewer = createReviewer(prompt.cases);
  const workOf = new Map(prompt.cases.map((one, i) => [one.id, works[i] as Work]));
  const dropped = new Map<Work, Record<string, number>>(works.map((work) => [work, {}]));
  const checks = new Map<Work, string[]>(works.map((work) => [work, []]));
  let results = 0;
  let malformed = 0;

  function note(work: Work | undefined, rule: string, by: ExplainerModel): void {
    meter.dropped(by.name, rule, 1);
    const counts = work === undefined ? undefined : dropped.get(work);
    if (counts !== undefined) counts[rule] = (counts[rule] ?? 0) + 1;
  }

  return {
    read(text, by) {
      for (const proposed of reader.push(text)) {
        const reviewed = reviewer.take(proposed);
        results++;
        if (reviewed.kind === 'malformed') {
          malformed++;
          note(works.length === 1 ? works[0] : undefined, 'malformed', by);
          continue;
        }
        const at = prompt.cases.findIndex(({ id }) => id === reviewed.caseId);
        const work = workOf.get(reviewed.caseId);
        const story = prompt.cases[at]?.story;
        if (reviewed.kind === 'dropped') note(work, reviewed.rule, by);
        else if (work !== undefined && story !== undefined) {
          if (reviewed.kind === 'finding') work.take(reviewed.finding, story, by.name);
          else work.nextChecks = [...(checks.get(work) ?? []), reviewed.check];
          if (reviewed.kind === 'check') checks.set(work, [...work.nextChecks]);
        }
      }
      return mayGoOn(reader);
    },
    howEnded(end) {
      return howEnded(end, reader, { all: results, malformed });
    },
    droppedOf: (work) => dropped.get(work) ?? {},
    noteStrength(model) {
      for (const [i, { id, findings, tooFew }] of reviewer.review().cases.entries()) {
        const counts = Object.values(dropped.get(workOf.get(id) as Work) ?? {});
        const couldBeMore = (prompt.cases[i]?.story.reasons.length ?? 0) >= findingsMin;
        const lost = counts.reduce((sum, each) => sum + each, 0);
        weakness.note(model, { kept: findings.length, dropped: lost, tooFew: tooFew && couldBeMore });
      }
    },
  };
}

interface Asking {
  readonly prompt: Prompt;
  readonly works: readonly Work[];
  readonly reading: Reading;
}

/** Null when its budget does not allow the call. */
function candidateOf(parts: AskParts, tier: Tier, { prompt, works, reading }: Asking, usable: Usable, hedge: boolean): Candidate | null {
  const { budgets, clock, meter } = parts;
  const { plan, model } = usable;
  const characters = prompt.instructions.length + prompt.text.length;
  const admission = budgets.admit(tier, spendingOf(estimateTokens(characters, plan.outputTokensMax), plan.price));
  if (admission === null) return null;
  const startedMs = clock.monotonicMs();
  const sent = guessTokens(characters, 0);
  const calls = works.map((work, i) => work.asking(costOf(usable, sent, i, works.length)));
  return {
    model,
    call: callOf(plan, prompt),
    onEnd(end, received, part) {
      const { tokens, estimated } = spentBy(end, characters, received);
      admission.settle(spendingOf(tokens, plan.price));
      const money = tokens === null ? null : moneyOf(tokens, plan.price);
      const silent = end.kind === 'failed' ? end.failure : 'unusable';
      const how = part === 'answered' ? reading.howEnded(end) : part === 'outrun' ? 'cancelled' : silent;
      // Refused here, a moment after it was still to be asked: no call was made, which only the log need know, where it was said to begin.
      if (isCall({ end: how })) {
        const elapsedMs = clock.monotonicMs() - startedMs;
        meter.asked({ model: model.name, tier, end: how, elapsedMs, tokens: estimated ? null : tokens, money, hedge });
      }
      for (const [i, work] of works.entries()) {
        const dropped = part === 'answered' ? reading.droppedOf(work) : {};
        work.asked({ ...costOf(usable, tokens, i, works.length), end: how, estimated, dropped }, calls[i] as string);
      }
    },
  };
}

function costOf({ plan, model }: Usable, tokens: Tokens | null, i: number, of: number): CallCost {
  const money = tokens === null ? null : moneyOf(tokens, plan.price);
  return { model: model.name, tokens: shareOf(tokens, i, of), money: money === null ? null : money / of };
}

/** Of what a call for several cases took, in whole tokens that add up. */
function shareOf(tokens: Tokens | null, i: number, of: number): Tokens {
  const part = (whole: number): number => Math.floor((whole * (i + 1)) / of) - Math.floor((whole * i) / of);
  const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0 } = tokens ?? {};
  return { input: part(input), cacheRead: part(cacheRead), cacheWrite: part(cacheWrite), output: part(output) };
}
