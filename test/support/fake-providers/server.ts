// A language model provider on a local port that speaks its provider's wire format byte for byte as far as a client can tell, checks what it
// is asked as the provider would, and answers as a script says. The forms are from the providers' documentation and from what the AI SDK
// accepts; they are no recordings of the live services.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeKind, FakeRequest, Script, Step } from './script.ts';
import type { Incoming, Wire, WireStream } from './wire.ts';
import { isRefusal } from './wire.ts';
import { anthropicWire } from './wire-anthropic.ts';
import { bedrockWire } from './wire-bedrock.ts';
import { chatWire } from './wire-chat.ts';
import { responsesWire } from './wire-responses.ts';

export interface FakeProvider {
  /** What an operator would configure. */
  readonly baseUrl: string;
  /** Those that were well formed, in the order of their coming. */
  readonly requests: readonly FakeRequest[];
  /** What was answered to the others. */
  readonly refusals: readonly { readonly status: number; readonly message: string }[];
  openSockets(): number;
  /** Those that were closed included. */
  socketsSoFar(): number;
  /** Settles when no more sockets than that are open. */
  socketsDownTo(count: number): Promise<void>;
  /** From now on. */
  follow(script: Script): void;
  close(): Promise<void>;
}

const wires: Readonly<Record<FakeKind, () => Wire>> = {
  openai: () => responsesWire('openai'),
  azure: () => responsesWire('azure'),
  'azure-deployments': () => chatWire('azure-deployments'),
  anthropic: anthropicWire,
  bedrock: bedrockWire,
  ollama: () => chatWire('ollama'),
  compatible: () => chatWire('compatible'),
};

export async function startFakeProvider(kind: FakeKind, { script }: { readonly script: Script }): Promise<FakeProvider> {
  const wire = wires[kind]();
  const requests: FakeRequest[] = [];
  const refusals: { status: number; message: string }[] = [];
  const sockets = new Set<Socket>();
  let waiting: { count: number; done: () => void }[] = [];
  let current = script;
  let socketsSoFar = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const incoming = await readIncoming(request);
    const found = admitted(wire, incoming);
    if (isRefusal(found)) {
      refusals.push(found);
      sendError(wire, response, found.status, found.message);
      return;
    }
    const hungUp = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const gone = new AbortController();
    response.on('close', () => {
      (response.writableFinished ? answered : hungUp).resolve();
      gone.abort();
    });
    const { url, headers, body } = incoming;
    const asked: FakeRequest = {
      ...found,
      number: requests.length + 1,
      path: url.pathname + url.search,
      headers,
      body,
      hungUp: hungUp.promise,
      answered: answered.promise,
    };
    requests.push(asked);
    await perform(await current(asked), wire, wire.stream(asked, incoming), response, gone.signal);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(wire, response, 500, `The fake failed: ${String(error)}`);
      else response.destroy();
    });
  });
  server.on('connection', (socket) => {
    socketsSoFar += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      for (const one of waiting) if (sockets.size <= one.count) one.done();
      waiting = waiting.filter((one) => sockets.size > one.count);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}${wire.basePath}`,
    requests,
    refusals,
    openSockets: () => sockets.size,
    socketsSoFar: () => socketsSoFar,
    socketsDownTo: (count) => (sockets.size <= count ? Promise.resolve() : new Promise((done) => waiting.push({ count, done }))),
    follow(next) {
      current = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks).toString('utf8');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const parsed: unknown = JSON.parse(bytes);
  const body = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : {};
  return { method: request.method ?? '', url: new URL(request.url ?? '', 'http://fake'), headers, bytes, body };
}

function admitted(wire: Wire, incoming: Incoming) {
  const auth = wire.auth(incoming);
  if (isRefusal(auth)) return auth;
  const asked = wire.read(incoming);
  return isRefusal(asked) ? asked : { ...asked, auth };
}

function sendError(
  wire: Wire,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...wire.headers, ...headers });
  response.end(JSON.stringify(wire.errorBody(status, message)));
}

async function perform(steps: readonly Step[], wire: Wire, stream: WireStream, response: ServerResponse, gone: AbortSignal): Promise<void> {
  for (const step of steps) {
    if (gone.aborted) return;
    if (step.do === 'pause') await sleep(step.ms, undefined, { signal: gone }).catch(() => undefined);
    else if (step.do === 'hang') return;
    else if (step.do === 'die') {
      response.socket?.destroy();
      return;
    } else if (step.do === 'status') return sendError(wire, response, step.status, step.message ?? 'The fake says so.', step.headers);
    else if (step.do === 'page') {
      response.writeHead(step.status, { 'content-type': step.contentType, ...step.headers });
      response.end(step.body);
      return;
    } else {
      if (!response.headersSent) {
        response.writeHead(200, { 'content-type': wire.contentType, ...wire.headers });
        response.flushHeaders();
        if (step.do !== 'bytes') await written(response, stream.open());
      }
      await send(step, stream, response);
    }
  }
}

async function send(
  step: Exclude<Step, { do: 'pause' | 'hang' | 'die' | 'status' | 'page' }>,
  stream: WireStream,
  response: ServerResponse,
): Promise<void> {
  switch (step.do) {
    case 'open':
      return;
    case 'end':
      response.end();
      return;
    case 'text':
      return written(response, stream.text(step.text));
    case 'finish':
      return written(response, stream.finish(step.finish, step.usage));
    case 'error':
      return written(response, stream.error(step.error));
    case 'bytes':
      return written(response, step.bytes);
  }
}

/** Each piece is a write of its own, as it is with a model that makes them one by one. */
async function written(response: ServerResponse, bytes: Uint8Array | string): Promise<void> {
  if (bytes.length === 0) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(bytes, done);
  });
}
