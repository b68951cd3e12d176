// Amazon Bedrock's converse-stream: frames of AWS's event stream, signed requests or a key. Most models keep a schema as the input of a
// tool that they must call.
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { type AskedOf, fakeKey } from './script.ts';
import { checkSignature } from './signature.ts';
import { bearerIs, refusal, textOfParts, type Wire, type WireStream, wholeNumber } from './wire.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);
const stopReasons = { stop: 'end_turn', limit: 'max_tokens', refused: 'guardrail_intervened' } as const;

interface Tool {
  readonly toolSpec?: { readonly name?: unknown; readonly inputSchema?: { readonly json?: unknown } };
}

export function bedrockWire(): Wire {
  return {
    basePath: '',
    contentType: 'application/vnd.amazon.eventstream',
    headers: { 'x-amzn-requestid': 'fake' },
    auth(incoming) {
      if (incoming.headers['authorization']?.startsWith('Bearer ') !== true) return checkSignature(incoming);
      return bearerIs(incoming, fakeKey) ? 'key' : refusal(403, 'Invalid API Key format');
    },
    read({ url, body }) {
      const found = /^\/model\/([^/]+)\/converse-stream$/.exec(url.pathname);
      if (found === null) return refusal(404, 'UnknownOperationException');
      const system = (Array.isArray(body['system']) ? body['system'] : []) as { text?: unknown; cachePoint?: { type?: unknown } }[];
      const instructions = textOfParts(
        system.filter((part) => part.cachePoint === undefined),
        [],
      );
      const [user, ...others] = (Array.isArray(body['messages']) ? body['messages'] : []) as { role?: unknown; content?: unknown }[];
      const text = textOfParts(user?.content, []);
      if (instructions === null || instructions === '' || text === null || user?.role !== 'user' || others.length > 0) {
        return refusal(400, 'The model returned the following errors: malformed input request');
      }
      const extra = body['additionalModelRequestFields'] as { output_config?: { format?: { schema?: unknown } } } | undefined;
      const native = extra?.output_config?.format?.schema;
      const tool = (body['toolConfig'] as { tools?: Tool[] } | undefined)?.tools?.[0]?.toolSpec;
      return {
        model: decodeURIComponent(found[1] ?? ''),
        instructions,
        text,
        schema: native ?? tool?.inputSchema?.json ?? null,
        isByTool: tool !== undefined,
        isCacheMarked: system.at(-1)?.cachePoint?.type === 'default',
        outputTokensMax: wholeNumber((body['inferenceConfig'] as { maxTokens?: unknown } | undefined)?.maxTokens),
      };
    },
    stream: bedrockStream,
    errorBody: (_status, message) => ({ message }),
  };
}

function bedrockStream({ isByTool }: AskedOf): WireStream {
  const at = { contentBlockIndex: 0 };
  return {
    open() {
      const start = frame('event', 'messageStart', { role: 'assistant' });
      if (!isByTool) return start;
      return Buffer.concat([
        start,
        frame('event', 'contentBlockStart', { ...at, start: { toolUse: { toolUseId: 'tooluse_fake', name: 'json' } } }),
      ]);
    },
    text: (piece) => frame('event', 'contentBlockDelta', { ...at, delta: isByTool ? { toolUse: { input: piece } } : { text: piece } }),
    finish(finish, { input, cacheRead, cacheWrite, output }) {
      const usage = {
        inputTokens: input - cacheRead - cacheWrite,
        outputTokens: output,
        totalTokens: input + output,
        cacheReadInputTokens: cacheRead,
        cacheWriteInputTokens: cacheWrite,
      };
      return Buffer.concat([
        frame('event', 'contentBlockStop', at),
        frame('event', 'messageStop', { stopReason: finish === 'stop' && isByTool ? 'tool_use' : stopReasons[finish] }),
        frame('event', 'metadata', { usage, metrics: { latencyMs: 120 } }),
      ]);
    },
    error: (error) =>
      error === 'rate_limited'
        ? frame('exception', 'throttlingException', { message: 'Too many requests, please wait before trying again.' })
        : frame('exception', 'serviceUnavailableException', { message: 'Bedrock is unable to process your request.' }),
  };
}

/** The service pads each event with a `p` of random length, so that sizes tell nothing. */
function frame(messageType: 'event' | 'exception', name: string, body: object): Uint8Array {
  const text = (value: string): { type: 'string'; value: string } => ({ type: 'string', value });
  const headers = {
    [messageType === 'event' ? ':event-type' : ':exception-type']: text(name),
    ':content-type': text('application/json'),
    ':message-type': text(messageType),
  };
  const padded = messageType === 'event' ? { ...body, p: 'abcdefghijklmn' } : body;
  return codec.encode({ headers, body: Buffer.from(JSON.stringify(padded)) });
}
