// One request to a model by the SDK's streamText, told in four kinds of pieces. Everything that the SDK offers to do around a call
// (retries, time limits, checking the answer, telemetry, warnings) is switched off: the caller does it, in one place for all providers.
import {
  experimental_streamTextLowMemory as streamText,
  type LanguageModelMiddleware,
  type LanguageModelUsage,
  type SystemModelMessage,
  wrapLanguageModel,
} from 'ai';
import type { JsonValue } from '../../domain/json.ts';
import type { ModelCall, TokenUsage } from '../../ports/case/explainer-model.ts';
import type { Exchange } from './exchange.ts';
import { type Provider, tokenCount } from './provider.ts';
import type { Fetch } from './transport.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** Counted so far, before the end. */
  | { readonly kind: 'usage'; readonly usage: TokenUsage }
  | { readonly kind: 'error'; readonly error: unknown }
  /** `reason` is the SDK's word for why; `raw` the provider's own, undefined when it gave none. */
  | { readonly kind: 'finish'; readonly reason: string; readonly raw: string | undefined; readonly usage: TokenUsage | null };

export interface Saying {
  readonly provider: Provider;
  readonly call: ModelCall;
  readonly outputTokensMax: number;
  readonly structuredOutput: boolean;
  readonly fetch: Fetch;
  readonly exchange: Exchange;
  readonly signal: AbortSignal;
}

// Otherwise the SDK writes to stderr whenever a provider does not know an option.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** May throw anything, at any time; ends by itself after an abort or does not, so nobody may wait for that. */
export async function* speak({
  provider,
  call,
  outputTokensMax,
  structuredOutput,
  fetch,
  exchange,
  signal,
}: Saying): AsyncGenerator<Piece> {
  const instructions: SystemModelMessage = { role: 'system', content: call.instructions };
  if (provider.cacheMark !== null) instructions.providerOptions = provider.cacheMark;
  const options = provider.options(call.instructions);
  const { stream } = streamText({
    model: answeringIn(provider, fetch, structuredOutput ? call.schema : null),
    instructions,
    prompt: call.text,
    maxOutputTokens: outputTokensMax,
    maxRetries: 0,
    abortSignal: signal,
    telemetry: { isEnabled: false },
    // Raw pieces tell an answer that stops from something that never was one.
    include: { rawChunks: true },
    // Without it the SDK writes to the console.
    onError: () => undefined,
    ...(options === null ? {} : { providerOptions: options }),
  });
  const { textOfRaw, usageOfRaw } = provider;
  for await (const part of stream) {
    if (part.type === 'raw') {
      if (typeof part.rawValue === 'object' && part.rawValue !== null) exchange.isUnderstood = true;
      const usage = usageOfRaw?.(part.rawValue ?? {}) ?? null;
      if (usage !== null) yield { kind: 'usage', usage };
      if (textOfRaw !== null) yield { kind: 'text', text: textOfRaw(part.rawValue ?? {}) };
    } else if (part.type === 'text-delta') {
      if (textOfRaw === null) yield { kind: 'text', text: part.text };
    } else if (part.type === 'error') yield { kind: 'error', error: part.error };
    else if (part.type === 'finish') {
      yield { kind: 'finish', reason: part.finishReason, raw: part.rawFinishReason, usage: usageOf(part.totalUsage) };
    }
  }
}

type ResponseFormat = NonNullable<Parameters<NonNullable<LanguageModelMiddleware['transformParams']>>[0]['params']['responseFormat']>;
type Schema = NonNullable<Extract<ResponseFormat, { type: 'json' }>['schema']>;

/**
 * The SDK's own `output` would check the answer and hold back what it cannot parse yet, so only the request is told of the schema: with one
 * the provider's structured output, without it JSON of any shape.
 */
function answeringIn(provider: Provider, fetch: Fetch, schema: JsonValue | null): ReturnType<typeof wrapLanguageModel> {
  const format: ResponseFormat = schema === null ? { type: 'json' } : { type: 'json', name: 'explanation', schema: schema as Schema };
  return wrapLanguageModel({
    model: provider.model(fetch),
    middleware: { specificationVersion: 'v4', transformParams: async ({ params }) => ({ ...params, responseFormat: format }) },
  });
}

/** Null when the provider counted nothing. */
function usageOf({ inputTokens, inputTokenDetails, outputTokens }: LanguageModelUsage): TokenUsage | null {
  if (inputTokens === undefined && outputTokens === undefined) return null;
  return {
    input: tokenCount(inputTokens),
    cacheRead: tokenCount(inputTokenDetails.cacheReadTokens),
    cacheWrite: tokenCount(inputTokenDetails.cacheWriteTokens),
    output: tokenCount(outputTokens),
  };
}
