// The five ways to speak to a provider, each by its own package of the SDK, loaded only when a plan names it.
//
// Addresses and keys are always given to the SDK, if only as an empty text: what is missing it would take from the environment, and a
// variable that happens to be set must not decide where prompts go.
import { createHash } from 'node:crypto';
import type { LanguageModel, streamText, wrapLanguageModel } from 'ai';
import type { ModelPlan } from '../../domain/explainer-plan.ts';
import type { TokenUsage } from '../../ports/case/explainer-model.ts';
import type { Fetch } from './transport.ts';

export type SdkModel = Parameters<typeof wrapLanguageModel>[0]['model'] & LanguageModel;
export type ProviderOptions = NonNullable<Parameters<typeof streamText>[0]['providerOptions']>;

export interface Provider {
  /** For one call, over its own fetch. */
  model(fetch: Fetch): SdkModel;
  /** That the provider may keep the instructions for the next call, in its own dialect; another's is silently ignored. */
  readonly cacheMark: ProviderOptions | null;
  /** Of each call. */
  options(instructions: string): ProviderOptions | null;
  /**
   * Text of the answer in a piece of the provider's own protocol, where the SDK holds it back; null: what the SDK says is text. Bedrock
   * makes most models call a tool to keep a schema, and the SDK waits for the whole of its input.
   */
  readonly textOfRaw: ((raw: unknown) => string) | null;
  /**
   * What is counted in a piece of the provider's own protocol, where it counts before the end: of an answer that is cut the SDK tells
   * nothing. Null from it: nothing. Only Anthropic says at the beginning what the input costs.
   */
  readonly usageOfRaw: ((raw: unknown) => TokenUsage | null) | null;
}

/** Which plans can be opened is checked by `planProblem` (plan-problem.ts) before. */
export async function loadProvider(plan: ModelPlan): Promise<Provider> {
  switch (plan.provider) {
    case 'openai':
      return openai(plan);
    case 'anthropic':
      return anthropic(plan);
    case 'azure':
      return azure(plan);
    case 'bedrock':
      return bedrock(plan);
    case 'ollama':
    case 'compatible':
      return compatible(plan);
  }
}

/** Nothing of an answer is kept by OpenAI; calls with the same instructions go to where these are cached. */
function openaiOptions(instructions: string): ProviderOptions {
  const promptCacheKey = `portcullis-${createHash('sha256').update(instructions).digest('hex').slice(0, 16)}`;
  return { openai: { promptCacheKey, store: false } };
}

async function openai(plan: ModelPlan): Promise<Provider> {
  const { createOpenAI } = await import('@ai-sdk/openai');
  const baseURL = plan.baseUrl ?? 'https://api.openai.com/v1';
  return {
    model: (fetch) => createOpenAI({ baseURL, apiKey: plan.apiKey ?? '', fetch })(plan.model),
    cacheMark: null,
    options: openaiOptions,
    textOfRaw: null,
    usageOfRaw: null,
  };
}

async function anthropic(plan: ModelPlan): Promise<Provider> {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const baseURL = plan.baseUrl ?? 'https://api.anthropic.com/v1';
  return {
    model: (fetch) => createAnthropic({ baseURL, apiKey: plan.apiKey ?? '', fetch })(plan.model),
    cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } },
    options: () => null,
    textOfRaw: null,
    usageOfRaw: anthropicUsage,
  };
}

function anthropicUsage(raw: unknown): TokenUsage | null {
  const { type, message } = raw as { type?: unknown; message?: { usage?: Readonly<Record<string, unknown>> | null } | null };
  const usage = message?.usage;
  if (type !== 'message_start' || typeof usage !== 'object' || usage === null) return null;
  const [fresh, cacheRead, cacheWrite, output] = [
    'input_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'output_tokens',
  ].map((name) => tokenCount(usage[name])) as [number, number, number, number];
  const input = fresh + cacheRead + cacheWrite;
  return input === 0 ? null : { input, cacheRead, cacheWrite, output };
}

/** Budgets are reckoned with these, so a provider's nonsense must not get in. */
export function tokenCount(tokens: unknown): number {
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0;
}

/** With an `api-version` the deployments' own chat door, else the v1 door, which has none. */
async function azure(plan: ModelPlan): Promise<Provider> {
  const { createAzure } = await import('@ai-sdk/azure');
  const url = new URL(plan.baseUrl ?? '');
  const apiVersion = url.searchParams.get('api-version');
  url.search = '';
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = azurePath(path, apiVersion !== null);
  const settings = { baseURL: url.href, apiKey: plan.apiKey ?? '' };
  if (apiVersion !== null) {
    const deployments = { ...settings, apiVersion, useDeploymentBasedUrls: true };
    return {
      model: (fetch) => createAzure({ ...deployments, fetch }).chat(plan.model),
      cacheMark: null,
      // Versions from before these options refuse a request that has them.
      options: () => null,
      textOfRaw: null,
      usageOfRaw: null,
    };
  }
  return {
    model: (fetch) => createAzure({ ...settings, fetch })(plan.model),
    cacheMark: null,
    options: openaiOptions,
    textOfRaw: null,
    usageOfRaw: null,
  };
}

/** From what the portal shows, with or without the path. */
function azurePath(path: string, hasVersion: boolean): string {
  if (hasVersion) return path === '' ? '/openai' : path;
  return path === '' || path === '/openai' ? '/openai/v1' : path;
}

/** Others refuse a request that marks a cache point. */
const bedrockCaches = /anthropic|amazon\.nova/;

async function bedrock(plan: ModelPlan): Promise<Provider> {
  const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
  const region = plan.region ?? '';
  const keys = plan.accessKey;
  const settings = {
    region,
    baseURL: plan.baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`,
    apiKey: plan.apiKey ?? '',
    accessKeyId: keys?.id ?? '',
    secretAccessKey: keys?.secret ?? '',
    ...(keys?.sessionToken ? { sessionToken: keys.sessionToken } : {}),
  };
  return {
    model: (fetch) => createAmazonBedrock({ ...settings, fetch })(plan.model),
    cacheMark: bedrockCaches.test(plan.model) ? { bedrock: { cachePoint: { type: 'default' } } } : null,
    options: () => null,
    textOfRaw: bedrockText,
    usageOfRaw: null,
  };
}

function bedrockText(raw: unknown): string {
  const { delta } =
    (raw as { contentBlockDelta?: { delta?: { text?: unknown; toolUse?: { input?: unknown } | null } | null } }).contentBlockDelta ?? {};
  const text = delta?.text ?? delta?.toolUse?.input;
  return typeof text === 'string' ? text : '';
}

async function compatible(plan: ModelPlan): Promise<Provider> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const url = new URL(plan.baseUrl ?? '');
  const queryParams = Object.fromEntries(url.searchParams);
  url.search = '';
  const settings = {
    name: plan.provider,
    baseURL: url.href,
    queryParams,
    includeUsage: true,
    supportsStructuredOutputs: plan.structuredOutput,
    ...(plan.apiKey === null ? {} : { apiKey: plan.apiKey }),
  };
  return {
    model: (fetch) => createOpenAICompatible({ ...settings, fetch })(plan.model),
    cacheMark: null,
    options: () => null,
    textOfRaw: null,
    usageOfRaw: null,
  };
}
