// Anthropic's messages. Newer models keep a schema by themselves, older ones as the input of a tool that they must call.
import { type AskedOf, fakeKey } from './script.ts';
import { refusal, sse, textOfParts, type Wire, type WireStream, wholeNumber } from './wire.ts';

const stopReasons = { stop: 'end_turn', limit: 'max_tokens', refused: 'refusal' } as const;

export function anthropicWire(): Wire {
  return {
    basePath: '/v1',
    contentType: 'text/event-stream; charset=utf-8',
    headers: { 'request-id': 'req_fake', 'anthropic-organization-id': 'fake' },
    auth: ({ headers }) => (headers['x-api-key'] === fakeKey ? 'key' : refusal(401, 'invalid x-api-key')),
    read({ url, headers, body }) {
      if (url.pathname !== '/v1/messages') return refusal(404, 'Not found');
      if (headers['anthropic-version'] !== '2023-06-01') return refusal(400, 'anthropic-version: header is required');
      const system = body['system'] as { type?: unknown; text?: unknown; cache_control?: { type?: unknown } }[] | undefined;
      const instructions = textOfParts(system, ['text']);
      const [user, ...others] = (Array.isArray(body['messages']) ? body['messages'] : []) as { role?: unknown; content?: unknown }[];
      const text = textOfParts(user?.content, ['text']);
      const outputTokensMax = wholeNumber(body['max_tokens']);
      if (instructions === null || text === null || user?.role !== 'user' || others.length > 0)
        return refusal(400, 'messages: one of user, and a system text');
      if (typeof body['model'] !== 'string' || body['stream'] !== true || outputTokensMax === null)
        return refusal(400, 'max_tokens: Field required');
      const format = (body['output_config'] as { format?: { type?: unknown; schema?: unknown } } | undefined)?.format;
      const tool = (body['tools'] as { name?: unknown; input_schema?: unknown }[] | undefined)?.[0];
      return {
        model: body['model'],
        instructions,
        text,
        schema: format?.schema ?? tool?.input_schema ?? null,
        isByTool: tool !== undefined,
        isCacheMarked: system?.at(-1)?.cache_control?.type === 'ephemeral',
        outputTokensMax,
      };
    },
    stream: anthropicStream,
    errorBody(status, message) {
      const types: Record<number, string> = {
        400: 'invalid_request_error',
        401: 'authentication_error',
        403: 'permission_error',
        404: 'not_found_error',
        429: 'rate_limit_error',
        529: 'overloaded_error',
      };
      return { type: 'error', error: { type: types[status] ?? 'api_error', message }, request_id: 'req_fake' };
    },
  };
}

function anthropicStream({ model, isByTool }: AskedOf): WireStream {
  const event = (type: string, more: object = {}): string => sse({ type, ...more }, type);
  // What a request costs is known before its answer; the fake learns of it at the end, so that the beginning says nothing.
  const atStart = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
  const message = {
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: atStart,
  };
  const block = isByTool ? { type: 'tool_use', id: 'toolu_fake', name: 'json', input: {} } : { type: 'text', text: '' };
  return {
    open: () =>
      event('message_start', { message }) +
      event('content_block_start', { index: 0, content_block: block }) +
      event('ping') +
      (isByTool ? event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '' } }) : ''),
    text: (piece) =>
      event('content_block_delta', {
        index: 0,
        delta: isByTool ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece },
      }),
    finish(finish, { input, cacheRead, cacheWrite, output }) {
      const reason = finish === 'stop' && isByTool ? 'tool_use' : stopReasons[finish];
      const usage = {
        input_tokens: input - cacheRead - cacheWrite,
        cache_creation_input_tokens: cacheWrite,
        cache_read_input_tokens: cacheRead,
        output_tokens: output,
      };
      return (
        event('content_block_stop', { index: 0 }) +
        event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage }) +
        event('message_stop')
      );
    },
    error: (error) =>
      event('error', {
        error:
          error === 'rate_limited'
            ? { type: 'rate_limit_error', message: 'Rate limited' }
            : { type: 'overloaded_error', message: 'Overloaded' },
        request_id: 'req_fake',
      }),
  };
}
