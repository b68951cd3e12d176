// OpenAI's chat completions, as OpenAI-compatible servers, Ollama and Azure's deployments speak it.
import { fakeKey } from './script.ts';
import { bearerIs, type Incoming, refusal, sse, textOfParts, type Wire, type WireStream, wholeNumber } from './wire.ts';

export type ChatFlavour = 'compatible' | 'ollama' | 'azure-deployments';

const flavours = {
  compatible: { basePath: '/v1', path: /^\/v1\/chat\/completions$/, model: 'fake-model', fingerprint: 'b6900-fake' },
  ollama: { basePath: '/v1', path: /^\/v1\/chat\/completions$/, model: 'fake-model', fingerprint: 'fp_ollama' },
  'azure-deployments': {
    basePath: '/openai?api-version=2024-10-21',
    path: /^\/openai\/deployments\/([^/]+)\/chat\/completions$/,
    model: 'gpt-fake',
    fingerprint: 'fp_fake',
  },
} as const;

const finishReasons = { stop: 'stop', limit: 'length', refused: 'content_filter' } as const;

export function chatWire(flavour: ChatFlavour): Wire {
  const { basePath, path } = flavours[flavour];
  const isAzure = flavour === 'azure-deployments';
  return {
    basePath,
    contentType: flavour === 'compatible' ? 'text/event-stream' : 'text/event-stream; charset=utf-8',
    headers: isAzure ? { 'apim-request-id': 'fake' } : {},
    auth(incoming) {
      if (isAzure) return incoming.headers['api-key'] === fakeKey ? 'key' : refusal(401, 'Access denied due to invalid subscription key.');
      if (incoming.headers['authorization'] === undefined) return 'none';
      return bearerIs(incoming, fakeKey) ? 'key' : refusal(401, 'Incorrect API key provided.');
    },
    read(incoming) {
      const { url, body } = incoming;
      const found = path.exec(url.pathname);
      if (found === null || (isAzure && url.searchParams.get('api-version') !== '2024-10-21')) return refusal(404, 'Resource not found');
      const [system, user, ...others] = (Array.isArray(body['messages']) ? body['messages'] : []) as {
        role?: unknown;
        content?: unknown;
      }[];
      const instructions = textOfParts(system?.content, ['text']);
      const text = textOfParts(user?.content, ['text']);
      const model = isAzure ? found[1] : body['model'];
      if (typeof model !== 'string' || body['stream'] !== true) return refusal(400, 'model and stream are required');
      if (system?.role !== 'system' || user?.role !== 'user' || others.length > 0 || instructions === null || text === null) {
        return refusal(400, 'messages must be one of system and one of user');
      }
      const format = body['response_format'] as
        | { type?: unknown; json_schema?: { name?: unknown; schema?: unknown; strict?: unknown } }
        | undefined;
      if (format?.type === 'json_schema' && (typeof format.json_schema?.name !== 'string' || format.json_schema.strict !== true)) {
        return refusal(400, 'response_format.json_schema needs a name and strict');
      }
      if (format?.type !== 'json_schema' && format?.type !== 'json_object') return refusal(400, 'response_format is not JSON');
      return {
        model,
        instructions,
        text,
        schema: format.json_schema?.schema ?? null,
        isByTool: false,
        isCacheMarked: body['prompt_cache_key'] !== undefined,
        outputTokensMax: wholeNumber(body['max_tokens'] ?? body['max_completion_tokens']),
      };
    },
    stream: (asked, incoming) => chatStream(flavour, asked.model, incoming),
    errorBody: (status, message) => errorBody(flavour, status, message),
  };
}

function errorBody(flavour: ChatFlavour, status: number, message: string): unknown {
  if (flavour === 'azure-deployments') return { error: { code: String(status), message } };
  if (flavour === 'ollama') return { error: { message, type: status === 404 ? 'not_found_error' : 'api_error', param: null, code: null } };
  const type =
    status === 401
      ? 'authentication_error'
      : status === 429
        ? 'rate_limit_error'
        : status >= 500
          ? 'server_error'
          : 'invalid_request_error';
  return { error: { code: status, message, type } };
}

function chatStream(flavour: ChatFlavour, model: string, incoming: Incoming): WireStream {
  const chunk = (choices: unknown[], more: object = {}): string =>
    sse({
      id: 'chatcmpl-fake',
      object: 'chat.completion.chunk',
      created: 1_763_805_600,
      model: flavour === 'azure-deployments' ? flavours[flavour].model : model,
      system_fingerprint: flavours[flavour].fingerprint,
      choices,
      ...more,
    });
  const choice = (delta: object, finish: string | null = null): string =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }]);
  const wantsUsage = (incoming.body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
  const isOllama = flavour === 'ollama';
  return {
    open() {
      if (isOllama) return '';
      const filter = sse({
        choices: [],
        created: 0,
        id: '',
        model: '',
        object: '',
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
      });
      return (flavour === 'azure-deployments' ? filter : '') + choice({ role: 'assistant', content: flavour === 'compatible' ? null : '' });
    },
    text: (piece) => choice(isOllama ? { role: 'assistant', content: piece } : { content: piece }),
    finish(finish, { input, cacheRead, output }) {
      const tokens = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
      const usage = isOllama ? tokens : { ...tokens, prompt_tokens_details: { cached_tokens: cacheRead } };
      const last = choice(isOllama ? { role: 'assistant', content: '' } : {}, finishReasons[finish]);
      return last + (wantsUsage ? chunk([], { usage }) : '') + sse('[DONE]');
    },
    error: (error) =>
      sse({
        error:
          error === 'rate_limited'
            ? { message: 'Rate limit reached for requests', type: 'rate_limit_error', code: 'rate_limit_exceeded' }
            : { message: 'The server had an error while processing your request', type: 'server_error', code: null },
      }),
  };
}
