// What is asked of a model, what its answer amounts to and what it cost: the same for whoever asks, the service or an evaluation.
import type { ModelPlan } from '../../../domain/explainer-plan.ts';
import type { ModelCall } from '../../../ports/case/explainer-model.ts';
import type { AnswerReader } from '../../explanation/answer-reader.ts';
import { answerSchema } from '../../explanation/contract.ts';
import type { Prompt } from '../../explanation/prompt.ts';
import type { CallEnd } from './ask.ts';
import type { Tokens } from '../told/body.ts';
import { guessTokens } from './budget.ts';
import type { AskEnd } from '../meter.ts';

export function callOf({ structuredOutput, outputTokensMax }: ModelPlan, prompt: Prompt): ModelCall {
  return {
    instructions: prompt.instructions,
    text: prompt.text,
    schema: answerSchema(structuredOutput ? prompt.cases : null),
    outputTokensMax,
  };
}

/** Of what an answer was made. */
export interface Elements {
  readonly all: number;
  /** Those without a shape. */
  readonly malformed: number;
}

/** After a whole answer the rest is not read, but awaited: behind it comes what it cost. */
export function mayGoOn({ ended }: Pick<AnswerReader, 'ended'>): boolean {
  return ended === null || ended === 'complete';
}

export function howEnded(end: CallEnd, reader: AnswerReader, { all, malformed }: Elements): AskEnd {
  if (!mayGoOn(reader)) return 'unusable';
  if (end.kind === 'failed' && reader.ended !== 'complete') return end.failure;
  if (end.kind === 'done' && end.finish !== 'stop') return end.finish;
  const read = reader.finish();
  // A whole answer without a finding is an answer: asked again, a model that has nothing to say is paid again for saying so.
  const saysNothing = read === 'complete' && all === 0;
  return saysNothing || (all > malformed && read !== 'absent') ? 'stop' : 'unusable';
}

export interface Spent {
  /** Null: nothing. */
  readonly tokens: Tokens | null;
  /** The provider did not count it, or not to its end: told by the length of the texts. */
  readonly estimated: boolean;
}

/** `sent` and `received` in characters. */
export function spentBy(end: CallEnd, sent: number, received: number): Spent {
  const { usage } = end;
  if (usage !== null && end.kind === 'done') return { tokens: usage, estimated: false };
  // Without a connection, and where nobody was asked, nothing was spent.
  const free = end.kind === 'failed' && ['unreachable', 'suspended', 'rejected', 'rate_limited'].includes(end.failure);
  if (usage === null && free) return { tokens: null, estimated: false };
  const guess = guessTokens(sent, received);
  return { tokens: usage === null ? guess : { ...usage, output: Math.max(usage.output, guess.output) }, estimated: true };
}
