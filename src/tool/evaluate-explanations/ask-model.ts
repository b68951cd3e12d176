// A model's explanation of one case, as it would be shown: the same prompt, reader and checks as in the service, and an account of it.
//
// Where the service asks another model or leaves a case to the template, here the case stays without an answer, and is counted: what is
// measured is this model. A call that failed for a moment's reason is made again; a model that answers nothing is given up, so that a dead
// provider costs minutes and not the time limits of every case.
import { hash } from 'node:crypto';
import type { ModelPlan } from '../../domain/explainer-plan.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplainerModel } from '../../ports/case/explainer-model.ts';
import { callOf, howEnded, mayGoOn, spentBy } from '../../review/explain/asking/answer.ts';
import { ask, type CallEnd } from '../../review/explain/asking/ask.ts';
import { type Budgets, estimateTokens, moneyOf, spendingOf } from '../../review/explain/asking/budget.ts';
import { resolveHandles } from '../../review/explain/told/handles.ts';
import type { AskEnd } from '../../review/explain/meter.ts';
import { createAnswerReader } from '../../review/explanation/answer-reader.ts';
import { type Prompt, promptOf } from '../../review/explanation/prompt.ts';
import { type CaseReview, createReviewer, findingsMin } from '../../review/explanation/validate.ts';
import type { KeptText, KeptTexts } from './kept-texts.ts';
import type { Explain, Told } from './measure.ts';
import { addCost, type CaseEnd, type ModelAccount, newAccount, type OpenAccount } from './model-account.ts';

export interface AskerParts {
  readonly plan: ModelPlan;
  readonly currency: string;
  readonly model: ExplainerModel;
  readonly budgets: Budgets;
  readonly clock: Clock;
  /** Real names take the place of handles in its words, as a reader sees it. */
  readonly wording: Wording;
  readonly kept: KeptTexts;
}

export interface Asker {
  /** Null where it has no answer, or where too few of its findings hold: then the template stands. Never rejects. */
  readonly explain: Explain;
  /** The same about a case that was changed for a test: it costs, and counts in nothing else. */
  readonly explainChanged: Explain;
  account(): ModelAccount;
}

const triesMax = 3;
const waitMs = 1_000;
const waitMsMax = 20_000;
/** Another try may go better at once. A provider that is too slow is so again, and a wrong key stays wrong. */
const passing: ReadonlySet<AskEnd> = new Set(['unreachable', 'rate_limited', 'overloaded', 'cut', 'suspended']);
/** So many cases in a row without an answer, and the model is given up. */
const silentCasesMax = 5;

interface Answer {
  readonly how: CaseEnd;
  /** Null where no whole answer came. */
  readonly kept: KeptText | null;
}

export function createAsker(parts: AskerParts): Asker {
  const { plan, model, currency, wording } = parts;
  const account = newAccount(model.provider, model.model, currency, plan.price !== null);
  /** Equal prompts are one question, as in the service. */
  const underWay = new Map<string, Promise<Answer>>();
  let silentCases = 0;

  function answerTo(prompt: Prompt): Promise<Answer> {
    const key = keyOf(plan, prompt);
    const known = parts.kept.get(key);
    const found = underWay.get(key);
    if (known !== null || found !== undefined) {
      account.run.reused++;
      return known === null ? (found as Promise<Answer>) : Promise.resolve({ how: known.finish, kept: known });
    }
    const asked = askPatiently(parts, account, prompt).then((answer) => {
      if (answer.kept !== null) parts.kept.put(key, answer.kept);
      underWay.delete(key);
      return answer;
    });
    underWay.set(key, asked);
    return asked;
  }

  async function tell(explained: Explained, changed: boolean): Promise<Told | null> {
    const prompt = promptOf([explained]);
    const isOver = silentCases >= silentCasesMax;
    const answer: Answer = isOver ? { how: 'given_up', kept: null } : await answerTo(prompt);
    const { how, review, malformed } = judge(prompt, answer);
    if (answer.kept !== null) silentCases = 0;
    else if (how !== 'budget' && how !== 'given_up') silentCases++;
    const findingsNeeded = Math.min(findingsMin, prompt.cases[0]?.story.reasons.length ?? 0);
    const usable = how === 'stop' && review.findings.length > 0 && review.findings.length >= findingsNeeded;
    if (!changed) note(account, { ...answer, how, review, malformed, usable }, plan);
    if (!usable) return null;
    const story = prompt.cases[0]?.story ?? { handles: [] };
    const findings = review.findings.map((one) => ({ ...one, sentence: resolveHandles(one.sentence, story, wording) }));
    return {
      findings: findings.filter(({ direction }) => direction === 'raises'),
      reassuring: findings.filter(({ direction }) => direction === 'lowers'),
    };
  }

  return {
    explain: (explained) => tell(explained, false),
    explainChanged: (explained) => tell(explained, true),
    account: () => account,
  };
}

/** The operator's own name for a model is no part of it: another name is the same model. */
function keyOf({ provider, model, baseUrl, structuredOutput, outputTokensMax }: ModelPlan, { instructions, text }: Prompt): string {
  return hash('sha256', JSON.stringify([provider, model, baseUrl, structuredOutput, outputTokensMax, instructions, text]), 'base64url');
}

interface Judged {
  readonly how: CaseEnd;
  readonly review: CaseReview;
  readonly malformed: number;
}

const nothing: CaseReview = { id: '', findings: [], nextChecks: [], dropped: {}, tooFew: true };

/** An answer is read and checked from its text, so that a kept one is held to the checks of today. */
function judge({ cases }: Prompt, { how, kept }: Answer): Judged {
  if (kept === null) return { how, review: nothing, malformed: 0 };
  const reader = createAnswerReader(cases.length);
  const reviewer = createReviewer(cases);
  let all = 0;
  let malformed = 0;
  for (const proposed of reader.push(kept.text)) {
    all++;
    if (reviewer.take(proposed).kind === 'malformed') malformed++;
  }
  const end: CallEnd = { kind: 'done', finish: kept.finish, usage: kept.usage };
  return { how: howEnded(end, reader, { all, malformed }), review: reviewer.review().cases[0] ?? nothing, malformed };
}

function note(
  account: OpenAccount,
  { how, kept, review, malformed, usable }: Answer & Judged & { usable: boolean },
  plan: ModelPlan,
): void {
  account.ends[how] = (account.ends[how] ?? 0) + 1;
  if (usable) account.usable++;
  if (kept === null) return;
  account.answers++;
  account.elapsedMs.push(kept.elapsedMs);
  if (kept.firstTextMs !== null) account.firstTextMs.push(kept.firstTextMs);
  addCost(account, kept.usage, kept.usage === null ? null : moneyOf(kept.usage, plan.price));
  const lost = Object.entries({ ...review.dropped, ...(malformed > 0 ? { malformed } : {}) });
  for (const [rule, count] of lost) account.dropped[rule] = (account.dropped[rule] ?? 0) + count;
  const hits = review.findings.length;
  account.held.push({ hits, of: lost.reduce((sum, [, count]) => sum + count, hits) });
}

async function askPatiently(parts: AskerParts, account: OpenAccount, prompt: Prompt): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const { how, kept, end } = await askOnce(parts, account, prompt);
    if (kept !== null || end === null || end.kind !== 'failed') return { how, kept };
    account.lastFailure = end.detail;
    if (!passing.has(end.failure) || tries >= triesMax) return { how, kept };
    const wait = Math.min(waitMsMax, end.retryAfterMs ?? waitMs * 2 ** (tries - 1));
    await new Promise<void>((resolve) => void parts.clock.alarm(wait, resolve));
  }
}

interface Once extends Answer {
  /** Null where the budget did not allow the call. */
  readonly end: CallEnd | null;
}

async function askOnce({ plan, model, budgets, clock }: AskerParts, account: OpenAccount, prompt: Prompt): Promise<Once> {
  const characters = prompt.instructions.length + prompt.text.length;
  const admission = budgets.admit('critical', spendingOf(estimateTokens(characters, plan.outputTokensMax), plan.price));
  if (admission === null) return { how: 'budget', kept: null, end: null };
  const startedMs = clock.monotonicMs();
  const reader = createAnswerReader(prompt.cases.length);
  let firstTextMs: number | null = null;
  let text = '';
  account.run.calls++;
  const { end } = await ask({
    first: {
      model,
      call: callOf(plan, prompt),
      onEnd(last, received) {
        const { tokens, estimated } = spentBy(last, characters, received);
        admission.settle(spendingOf(tokens, plan.price));
        addCost(account.run, tokens, tokens === null ? null : moneyOf(tokens, plan.price));
        if (estimated) account.run.callsEstimated++;
      },
    },
    hedge: null,
    hedgeAfterMs: 0,
    clock,
    signal: new AbortController().signal,
    onText(piece) {
      firstTextMs ??= clock.monotonicMs() - startedMs;
      text += piece;
      reader.push(piece);
      return mayGoOn(reader);
    },
  });
  const elapsedMs = clock.monotonicMs() - startedMs;
  // Hung up because nothing of it could be read any more: an answer, and a bad one.
  const isOver = end.kind === 'failed' && !mayGoOn(reader);
  if (end.kind === 'failed' && !isOver) return { how: end.failure, kept: null, end };
  const finish = end.kind === 'done' ? end.finish : 'stop';
  const kept = { text, finish, usage: end.usage, firstTextMs, elapsedMs };
  return { how: finish, kept, end };
}
