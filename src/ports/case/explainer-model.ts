// Port: a language model that is given a prompt and writes text. It knows nothing of cases, evidence or findings.
//
// Nothing thrown: whatever goes wrong is the last event. One call is one request to a provider; retries, fallbacks, hedging and budgets are
// the caller's, in one place.
import type { JsonValue } from '../../domain/json.ts';

export interface ModelCall {
  /** The part of the prompt that is the same bytes for every call of a release; providers may keep it. */
  readonly instructions: string;
  readonly text: string;
  /** JSON schema of the answer. Not every provider enforces it, so the answer is checked whatever it promises. */
  readonly schema: JsonValue;
  readonly outputTokensMax: number;
}

/** As the provider counted them. */
export interface TokenUsage {
  /** All of the input, what was read from or written to the provider's cache included. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/**
 * unreachable       no connection, or it ended before an answer began
 * rejected          4xx: wrong key, unknown model, a request that the provider does not take; another try is no use
 * rate_limited      429, or the same said in the stream
 * overloaded        5xx, or the same said in the stream
 * first_text_late   nothing of the answer within its limit
 * stalled           the answer began and then paused for longer than its limit
 * total_late        not ended within its limit
 * cut               the connection ended within the answer
 * garbled           what came is not this provider's protocol
 * suspended         not asked, because it failed too often just now
 * cancelled         the caller's signal
 */
export const callFailures = [
  'unreachable',
  'rejected',
  'rate_limited',
  'overloaded',
  'first_text_late',
  'stalled',
  'total_late',
  'cut',
  'garbled',
  'suspended',
  'cancelled',
] as const;
export type CallFailure = (typeof callFailures)[number];

export type ModelEvent =
  | { readonly kind: 'text'; readonly text: string }
  /** The end of a whole answer; `limit`: the model was cut short by `outputTokensMax`, `refused`: it would not, or its filter would not. */
  | { readonly kind: 'done'; readonly finish: 'stop' | 'limit' | 'refused'; readonly usage: TokenUsage | null }
  | {
      readonly kind: 'failed';
      readonly failure: CallFailure;
      /** One sentence for an operator. Never part of an answer, a key or a prompt. */
      readonly detail: string;
      /** What the provider asked for. */
      readonly retryAfterMs: number | null;
      /** What was counted until then, which of the output is little. */
      readonly usage: TokenUsage | null;
    };

export interface ExplainerModel {
  /** The operator's own name for it. */
  readonly name: string;
  /** "anthropic"; as in the explainer file. */
  readonly provider: string;
  /** As the provider calls it. */
  readonly model: string;
  /** Events in order, the last one `done` or `failed`, and exactly one of them. Leaving the loop early hangs up. */
  write(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** False while calls would end as `suspended`. */
  available(): boolean;
  close(): Promise<void>;
}
