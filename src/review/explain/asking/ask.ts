// One question to a model, or to two where the first is slow to begin: who gives the first text answers, the other is hung up.
import type { Clock } from '../../../ports/clock.ts';
import type { ExplainerModel, ModelCall, ModelEvent } from '../../../ports/case/explainer-model.ts';

export type CallEnd = Exclude<ModelEvent, { readonly kind: 'text' }>;

/** What a call was to the answer: its text, nothing because another was quicker, or nothing because no text came. */
export type CallPart = 'answered' | 'outrun' | 'silent';

/** A model that may be asked, and what is to be done when its call is over. */
export interface Candidate {
  readonly model: ExplainerModel;
  readonly call: ModelCall;
  /** Once per call. The loser of a hedge may end after the question is answered. */
  onEnd(end: CallEnd, characters: number, part: CallPart): void;
}

export interface Question {
  readonly first: Candidate;
  /** Asked beside the first when that has given no text after `hedgeAfterMs`; null from `hedge`: not after all. */
  readonly hedge: (() => Candidate | null) | null;
  readonly hedgeAfterMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Pieces of one answer, in order. False: enough was read, and the call is to be ended. */
  onText(text: string, model: ExplainerModel): boolean;
}

export interface Answered {
  readonly model: ExplainerModel;
  readonly end: CallEnd;
  /** Ended by `onText`: what mattered had come. */
  readonly enough: boolean;
  /** Every model that was asked. */
  readonly asked: readonly string[];
}

/** Never rejects. Without an answer, the end is the last one's. */
export function ask(question: Question): Promise<Answered> {
  const { promise, resolve } = Promise.withResolvers<Answered>();
  const hangUps = new Map<ExplainerModel, AbortController>();
  const asked: string[] = [];
  let running = 0;
  let winner: ExplainerModel | null = null;
  let enough = false;

  const cancelHedge =
    question.hedge === null
      ? () => undefined
      : question.clock.alarm(question.hedgeAfterMs, () => {
          const second = winner === null && running > 0 && !question.signal.aborted ? question.hedge?.() : null;
          if (second !== null && second !== undefined) void run(second);
        });

  function onText(model: ExplainerModel, text: string): void {
    if (winner === null) {
      winner = model;
      for (const [other, hangUp] of hangUps) if (other !== model) hangUp.abort();
    }
    if (winner !== model || enough || question.onText(text, model)) return;
    enough = true;
    hangUps.get(model)?.abort();
  }

  async function run(candidate: Candidate): Promise<void> {
    const { model, call } = candidate;
    running++;
    asked.push(model.name);
    const hangUp = new AbortController();
    hangUps.set(model, hangUp);
    const stop = (): void => hangUp.abort();
    question.signal.addEventListener('abort', stop, { once: true });
    if (question.signal.aborted) stop();
    let characters = 0;
    const end = await listen(model, call, hangUp.signal, (text) => {
      characters += text.length;
      onText(model, text);
    });
    question.signal.removeEventListener('abort', stop);
    running--;
    candidate.onEnd(end, characters, winner === model ? 'answered' : winner === null ? 'silent' : 'outrun');
    if (winner !== model && (winner !== null || running > 0)) return;
    cancelHedge();
    resolve({ model, end, enough, asked });
  }

  void run(question.first);
  return promise;
}

/** Whatever an adapter does, a call has one end. */
async function listen(model: ExplainerModel, call: ModelCall, signal: AbortSignal, onText: (text: string) => void): Promise<CallEnd> {
  try {
    for await (const event of model.write(call, signal)) {
      if (event.kind !== 'text') return event;
      onText(event.text);
    }
    return broken('The call ended without saying how.');
  } catch (error) {
    return broken(`The call failed unexpectedly: ${(error as Error).message}`);
  }
}

function broken(detail: string): CallEnd {
  return { kind: 'failed', failure: 'garbled', detail, retryAfterMs: null, usage: null };
}
