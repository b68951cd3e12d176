// A reader of server-sent events over a real socket, which can be slow, cut itself off and come back.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface ReadEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

export interface EventReader {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  /** Whole events so far, comments left out. */
  readonly events: ReadEvent[];
  readonly text: () => string;
  /** Resolves when as many events came, or the stream has ended. */
  have(count: number): Promise<ReadEvent[]>;
  /** Resolves when the stream has ended, however. */
  readonly ended: Promise<unknown>;
  leave(): void;
}

/** Resolves when the headers came. */
export async function readEvents(
  port: number,
  caseId: string,
  options: { readonly lastEventId?: string; readonly headers?: Record<string, string> } = {},
): Promise<EventReader> {
  const { lastEventId, headers = {} } = options;
  const sent = request({
    port,
    host: '127.0.0.1',
    path: `/v1/cases/${encodeURIComponent(caseId)}/explanation/stream`,
    agent: false,
    headers: { accept: 'text/event-stream', ...headers, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
  });
  sent.on('error', () => undefined);
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: string[] = [];
  const events: ReadEvent[] = [];
  let rest = '';
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  response.on('data', (chunk: string) => {
    chunks.push(chunk);
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) events.push(event);
    }
    response.emit('told');
  });
  const ended = new Promise((resolve) => response.once('close', resolve));
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
    response.emit('told');
  });
  return {
    request: sent,
    response,
    events,
    text: () => chunks.join(''),
    async have(count) {
      while (events.length < count && !hasEnded) await once(response, 'told');
      return events;
    },
    ended,
    leave: () => void sent.destroy(),
  };
}

/** As the standard says: fields by line, the first blank after the colon dropped. Null for a block without an event. */
function eventOf(block: string): ReadEvent | null {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return { event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data: JSON.parse(data) };
}
