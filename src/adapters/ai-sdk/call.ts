// One call from its first byte to its one last event: the time limits, the hang-up, and what each end is called.
//
// The limits are timers of our own. The SDK's do not run before the headers have come, which is where an overloaded provider makes one
// wait, and undici's know nothing of text.
import type { ModelPlan } from '../../domain/explainer-plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelCall, ModelEvent, TokenUsage } from '../../ports/case/explainer-model.ts';
import { type Exchange, newExchange } from './exchange.ts';
import { endedEarly, type Trouble, trouble, troubleOf } from './failure.ts';
import type { Piece } from './speak.ts';

type Limits = Pick<ModelPlan, 'firstTextMs' | 'stallMs' | 'totalMs'>;
type LastEvent = Exclude<ModelEvent, { kind: 'text' }>;

export interface CallParts {
  readonly call: ModelCall;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  readonly clock: Clock;
  /** What must not appear in a detail, beside prompt and answer. */
  readonly secrets: readonly string[];
  readonly speak: (exchange: Exchange, signal: AbortSignal) => AsyncIterator<Piece>;
  /** Before anything is sent; what it answers is the end. */
  readonly begin: () => Trouble | null;
  /** Once, unless `begin` ended it: the last event, or null when the caller left before it. */
  readonly onEnd: (last: LastEvent | null, hasText: boolean) => void;
}

type Step =
  | { readonly kind: 'piece'; readonly piece: Piece | null }
  | { readonly kind: 'thrown'; readonly error: unknown }
  | { readonly kind: 'stopped' };

export class Call implements AsyncIterableIterator<ModelEvent, undefined> {
  readonly #parts: CallParts;
  readonly #exchange = newExchange();
  readonly #abort = new AbortController();
  readonly #stopped = Promise.withResolvers<Step>();
  readonly #events: AsyncGenerator<ModelEvent, undefined>;
  #stop: Trouble | null = null;
  #isBegun = false;
  #isOver = false;
  #answer = '';
  /** Counted before the end. */
  #usage: TokenUsage | null = null;
  #cancelTotal: () => void = () => undefined;
  #cancelWait: () => void = () => undefined;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#events = this.#run();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ModelEvent, undefined>> {
    return this.#events.next();
  }

  /** Hangs up at once, also when a piece is being waited for. */
  return(): Promise<IteratorResult<ModelEvent, undefined>> {
    this.#over(null);
    return this.#events.return(undefined);
  }

  /** Ends the call from outside; the next event is the last one. */
  readonly cancel = (): void => this.#end(givenUp);

  async *#run(): AsyncGenerator<ModelEvent, undefined> {
    const { signal, limits, clock } = this.#parts;
    this.#stop = signal.aborted ? givenUp : this.#parts.begin();
    if (this.#stop !== null) {
      this.#isOver = true;
      yield failed(this.#stop);
      return undefined;
    }
    this.#isBegun = true;
    signal.addEventListener('abort', this.cancel, { once: true });
    this.#cancelTotal = clock.alarm(limits.totalMs, () => this.#end(totalLate(limits)));
    this.#cancelWait = clock.alarm(limits.firstTextMs, () => this.#end(firstTextLate(limits)));
    const pieces = this.#parts.speak(this.#exchange, this.#abort.signal);
    for (;;) {
      const step = await this.#step(pieces);
      if (this.#isOver) return undefined;
      if (step.kind === 'piece' && step.piece?.kind === 'usage') {
        this.#usage = step.piece.usage;
        continue;
      }
      const text = textOf(step);
      if (text === '') continue;
      if (text === null) {
        const last = this.#lastOf(step);
        this.#over(last);
        yield last;
        return undefined;
      }
      // While the caller is busy with a piece nobody is late.
      this.#cancelWait();
      this.#exchange.hasText = true;
      this.#answer += text;
      yield { kind: 'text', text };
      this.#cancelWait = clock.alarm(limits.stallMs, () => this.#end(stalled(limits)));
    }
  }

  /** The SDK may never answer after an abort, so a stop does not wait for it. */
  #step(pieces: AsyncIterator<Piece>): Promise<Step> {
    const next = pieces.next().then(
      ({ done, value }): Step => ({ kind: 'piece', piece: done === true ? null : (value as Piece) }),
      (error: unknown): Step => ({ kind: 'thrown', error }),
    );
    return Promise.race([this.#stopped.promise, next]);
  }

  #lastOf(step: Step): LastEvent {
    if (this.#stop !== null) return failed(this.#stop, this.#usage);
    if (step.kind === 'thrown') return failed(this.#troubleOf(step.error), this.#usage);
    const piece = step.kind === 'piece' ? step.piece : null;
    if (piece?.kind === 'error') return failed(this.#troubleOf(piece.error), this.#usage);
    if (piece?.kind !== 'finish') return failed(endedEarly(this.#exchange), this.#usage);
    const { reason, raw, usage } = piece;
    if (reason === 'length') return { kind: 'done', finish: 'limit', usage };
    if (reason === 'content-filter') return { kind: 'done', finish: 'refused', usage };
    // The SDK's words, by provider, for a stream that ends without its provider having said that it ends.
    if (reason === 'interrupted' || reason === 'error' || (reason === 'other' && raw === undefined))
      return failed(endedEarly(this.#exchange), usage ?? this.#usage);
    return { kind: 'done', finish: 'stop', usage };
  }

  #troubleOf(error: unknown): Trouble {
    const { call, secrets } = this.#parts;
    return troubleOf(error, this.#exchange, { secrets, texts: [call.instructions, call.text, this.#answer] });
  }

  #end(why: Trouble): void {
    if (this.#isOver || this.#stop !== null) return;
    this.#stop = why;
    this.#hangUp();
    this.#stopped.resolve({ kind: 'stopped' });
  }

  #over(last: LastEvent | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hangUp();
    this.#stopped.resolve({ kind: 'stopped' });
    if (this.#isBegun) this.#parts.onEnd(last, this.#exchange.hasText);
  }

  #hangUp(): void {
    this.#parts.signal.removeEventListener('abort', this.cancel);
    this.#cancelTotal();
    this.#cancelWait();
    this.#abort.abort();
  }
}

const givenUp = trouble('cancelled', 'The call was given up by its caller.');

function failed({ failure, detail, retryAfterMs }: Trouble, usage: TokenUsage | null = null): LastEvent {
  return { kind: 'failed', failure, detail, retryAfterMs, usage };
}

/** Null when the step is the last one. */
function textOf(step: Step): string | null {
  return step.kind === 'piece' && step.piece?.kind === 'text' ? step.piece.text : null;
}

function firstTextLate({ firstTextMs }: Limits): Trouble {
  return trouble('first_text_late', `Nothing of the answer came within ${firstTextMs} ms.`);
}

function stalled({ stallMs }: Limits): Trouble {
  return trouble('stalled', `The answer paused for longer than ${stallMs} ms.`);
}

function totalLate({ totalMs }: Limits): Trouble {
  return trouble('total_late', `The answer had not ended after ${totalMs} ms.`);
}
