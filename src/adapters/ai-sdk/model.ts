// A language model of the operator's plan: its connections, its circuit breaker, its calls.
import type { ModelPlan } from '../../domain/explainer-plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallFailure, ExplainerModel, ModelCall, ModelEvent } from '../../ports/case/explainer-model.ts';
import { Call } from './call.ts';
import { type CallResult, type Circuit, createCircuit } from './circuit.ts';
import type { Exchange } from './exchange.ts';
import { trouble } from './failure.ts';
import { loadProvider, type Provider } from './provider.ts';
import { type Piece, speak } from './speak.ts';
import { openTransport, type Transport } from './transport.ts';

export interface ModelOptions {
  readonly clock: Clock;
  /** One sentence for an operator: what a person should look at, and when it is well again. */
  readonly onProblem: (sentence: string) => void;
}

/**
 * What says that the provider is not well. A rejected call is none of these: the provider is there, works, and has an opinion of the request,
 * so the calls go on and end as soon as the key or the name is put right; the operator is told at the first one. A total that is late counts
 * only without any text (below): a long answer is no fault of the provider.
 */
const counted: ReadonlySet<CallFailure> = new Set([
  'unreachable',
  'overloaded',
  'rate_limited',
  'first_text_late',
  'stalled',
  'cut',
  'garbled',
]);

/** What a provider's protocol takes for one token of an answer, at most, and beside the answer. */
const bytesPerToken = 4_096;
const bytesBeside = 1_048_576;

/** Loads the provider's package; rejects only when that cannot be loaded. */
export async function openModel(plan: ModelPlan, options: ModelOptions): Promise<ExplainerModel> {
  return new Model(plan, await loadProvider(plan), options);
}

class Model implements ExplainerModel {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly #plan: ModelPlan;
  readonly #spoken: Provider;
  readonly #options: ModelOptions;
  readonly #transport: Transport;
  readonly #circuit: Circuit;
  readonly #secrets: readonly string[];
  readonly #calls = new Set<Call>();
  #lastFailure = '';
  #toldRejection = '';
  #isClosed = false;

  constructor(plan: ModelPlan, spoken: Provider, options: ModelOptions) {
    const { name, provider, model, concurrency, outputTokensMax, apiKey, accessKey } = plan;
    const { clock, onProblem } = options;
    this.name = name;
    this.provider = provider;
    this.model = model;
    this.#plan = plan;
    this.#spoken = spoken;
    this.#options = options;
    this.#transport = openTransport({ connections: concurrency, bytesMax: bytesBeside + bytesPerToken * outputTokensMax, clock });
    this.#circuit = createCircuit({
      clock,
      onSuspended: (waitMs) =>
        onProblem(`The model ${name} fails too often (${this.#lastFailure}) and is left alone; it is tried again in ${seconds(waitMs)} s.`),
      onBack: () => onProblem(`The model ${name} works again.`),
    });
    this.#secrets = [apiKey, accessKey?.id, accessKey?.secret, accessKey?.sessionToken].filter((key) => typeof key === 'string');
  }

  available(): boolean {
    return !this.#isClosed && this.#circuit.available();
  }

  write(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    return { [Symbol.asyncIterator]: () => this.#start(call, signal) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.cancel();
    await this.#transport.close();
  }

  #start(call: ModelCall, signal: AbortSignal): Call {
    const { clock } = this.#options;
    let leave: ((result: CallResult) => void) | null = null;
    const started = new Call({
      call,
      signal,
      limits: this.#plan,
      clock,
      secrets: this.#secrets,
      begin: () => {
        if (this.#isClosed) return trouble('cancelled', 'The service is stopping.');
        leave = this.#circuit.enter();
        if (leave === null) return trouble('suspended', suspendedDetail(this.#circuit.waitMs()));
        this.#calls.add(started);
        return null;
      },
      speak: (exchange, hangUp) => this.#speak(call, exchange, hangUp),
      onEnd: (last, hasText) => {
        this.#calls.delete(started);
        this.#note(last);
        leave?.(resultOf(last, hasText));
      },
    });
    return started;
  }

  #speak(call: ModelCall, exchange: Exchange, signal: AbortSignal): AsyncIterator<Piece> {
    return speak({
      provider: this.#spoken,
      call,
      outputTokensMax: Math.min(call.outputTokensMax, this.#plan.outputTokensMax),
      structuredOutput: this.#plan.structuredOutput,
      fetch: this.#transport.fetchFor(exchange),
      exchange,
      signal,
    });
  }

  #note(last: ModelEvent | null): void {
    if (last?.kind === 'done') this.#toldRejection = '';
    if (last?.kind !== 'failed') return;
    if (counted.has(last.failure)) this.#lastFailure = last.detail.replace(/\.$/, '');
    if (last.failure !== 'rejected' || last.detail === this.#toldRejection) return;
    this.#toldRejection = last.detail;
    this.#options.onProblem(`The model ${this.name} refuses requests: ${last.detail}`);
  }
}

function resultOf(last: ModelEvent | null, hasText: boolean): CallResult {
  if (last?.kind === 'failed' && counted.has(last.failure)) return { kind: 'failed', retryAfterMs: last.retryAfterMs };
  if (last?.kind === 'done' || hasText) return { kind: 'worked' };
  if (last?.kind !== 'failed') return { kind: 'unknown' };
  if (last.failure === 'rejected') return { kind: 'worked' };
  return last.failure === 'total_late' ? { kind: 'failed', retryAfterMs: null } : { kind: 'unknown' };
}

function suspendedDetail(waitMs: number): string {
  const when = waitMs === 0 ? 'another call is trying it now' : `it is tried again in ${seconds(waitMs)} s`;
  return `Not asked, because it failed too often just now; ${when}.`;
}

/** Rounded, because a clock has passed a little already. */
function seconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}
