// OpenAI's responses, as OpenAI and the v1 door of Azure OpenAI speak it.
import { type AskedOf, fakeKey, type FakeUsage } from './script.ts';
import { bearerIs, refusal, sse, textOfParts, type Wire, type WireStream, wholeNumber } from './wire.ts';

export function responsesWire(flavour: 'openai' | 'azure'): Wire {
  const isAzure = flavour === 'azure';
  const basePath = isAzure ? '/openai/v1' : '/v1';
  return {
    basePath,
    contentType: 'text/event-stream; charset=utf-8',
    headers: { 'openai-processing-ms': '120', 'x-request-id': 'req_fake' },
    auth(incoming) {
      if (isAzure) return incoming.headers['api-key'] === fakeKey ? 'key' : refusal(401, 'Access denied due to invalid subscription key.');
      return bearerIs(incoming, fakeKey) ? 'key' : refusal(401, 'Incorrect API key provided: wrong-ke*****************6789.');
    },
    read({ url, body }) {
      if (url.pathname !== `${basePath}/responses`) return refusal(404, `Invalid URL (POST ${url.pathname})`);
      const [system, user, ...others] = (Array.isArray(body['input']) ? body['input'] : []) as { role?: unknown; content?: unknown }[];
      const instructions = textOfParts(system?.content, ['input_text']);
      const text = textOfParts(user?.content, ['input_text']);
      const isSystem = system?.role === 'system' || system?.role === 'developer';
      if (!isSystem || user?.role !== 'user' || others.length > 0 || instructions === null || text === null)
        return refusal(400, 'input must be two messages');
      if (typeof body['model'] !== 'string' || body['stream'] !== true) return refusal(400, 'model and stream are required');
      if (body['store'] !== false) return refusal(400, 'this fake keeps nothing: store must be false');
      const format = (body['text'] as { format?: { type?: unknown; name?: unknown; strict?: unknown; schema?: unknown } } | undefined)
        ?.format;
      if (format?.type === 'json_schema' && (typeof format.name !== 'string' || format.strict !== true))
        return refusal(400, 'text.format needs a name and strict');
      if (format?.type !== 'json_schema' && format?.type !== 'json_object') return refusal(400, 'text.format is not JSON');
      return {
        model: body['model'],
        instructions,
        text,
        schema: format.schema ?? null,
        isByTool: false,
        isCacheMarked: typeof body['prompt_cache_key'] === 'string',
        outputTokensMax: wholeNumber(body['max_output_tokens']),
      };
    },
    stream: responsesStream,
    errorBody(status, message) {
      if (isAzure) return { error: { code: String(status), message } };
      const code = status === 401 ? 'invalid_api_key' : status === 429 ? 'rate_limit_exceeded' : null;
      const type = status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error';
      return { error: { message, type, param: null, code } };
    },
  };
}

function responsesStream(asked: AskedOf): WireStream {
  let sequence = 0;
  let said = '';
  const event = (type: string, more: object): string => sse({ type, sequence_number: sequence++, ...more }, type);
  const where = { item_id: 'msg_fake', output_index: 0, content_index: 0 };
  const part = (text: string): object => ({ type: 'output_text', annotations: [], logprobs: [], text });
  const item = (status: string): object => ({
    id: 'msg_fake',
    type: 'message',
    status,
    role: 'assistant',
    content: status === 'completed' ? [part(said)] : [],
  });
  const response = (status: string, more: object = {}): object => ({
    id: 'resp_fake',
    object: 'response',
    created_at: 1_763_805_600,
    status,
    error: null,
    incomplete_details: null,
    model: asked.model,
    output: status === 'in_progress' ? [] : [item('completed')],
    store: false,
    usage: null,
    ...more,
  });
  const usageOf = ({ input, cacheRead, output }: FakeUsage): object => ({
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  });
  return {
    open: () =>
      event('response.created', { response: response('in_progress') }) +
      event('response.in_progress', { response: response('in_progress') }) +
      event('response.output_item.added', { output_index: 0, item: item('in_progress') }) +
      event('response.content_part.added', { ...where, part: part('') }),
    text(piece) {
      said += piece;
      return event('response.output_text.delta', { ...where, delta: piece, logprobs: [], obfuscation: 'x'.repeat(piece.length % 16) });
    },
    finish(finish, counted) {
      const closing =
        event('response.output_text.done', { ...where, text: said, logprobs: [] }) +
        event('response.content_part.done', { ...where, part: part(said) }) +
        event('response.output_item.done', { output_index: 0, item: item('completed') });
      const usage = usageOf(counted);
      if (finish === 'stop') return closing + event('response.completed', { response: response('completed', { usage }) });
      const reason = finish === 'limit' ? 'max_output_tokens' : 'content_filter';
      return closing + event('response.incomplete', { response: response('incomplete', { incomplete_details: { reason }, usage }) });
    },
    error: (error) =>
      event('error', {
        error:
          error === 'rate_limited'
            ? { type: 'tokens', code: 'rate_limit_exceeded', message: 'Rate limit reached', param: null }
            : { type: 'server_error', code: 'server_error', message: 'An error occurred while processing your request', param: null },
      }),
  };
}
