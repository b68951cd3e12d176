// Limits of sockets: how many, how long, and one request at a time on each.
//
// A connection has at most one request outstanding, so that (connections x cheapest path) bounds the longest wait. A second
// request on a busy socket gets one refusal after the first answer, and the socket closes; what else was pipelined is ignored.
// Headers are timed by Node, bodies by body-clock.ts.
import type Http from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { Problem, problemContentType, problemDocument, type ProblemCode } from '../problem.ts';

// An import would read every export of the module, one of which loads a whole HTTP client: a tenth of a second at each start.
const { createServer } = createRequire(import.meta.url)('node:http') as typeof Http;

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Milliseconds for the headers to arrive. */
  readonly headersTimeoutMs: number;
  /** Milliseconds, from the headers on, for the body to arrive; not for batches. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds that an idle connection is kept: longer than a proxy in front keeps its side, or it will send into a closed one. */
  readonly keepAliveTimeoutMs: number;
  readonly checkIntervalMs: number;
  readonly maxRequestsPerSocket: number;
}

export const defaultConnectionLimits: ConnectionLimits = {
  maxConnections: 512,
  headersTimeoutMs: 1000,
  bodyTimeoutMs: 2000,
  keepAliveTimeoutMs: 65_000,
  checkIntervalMs: 250,
  maxRequestsPerSocket: 10_000,
};

export interface ConnectionEvents {
  readonly refused: (code: ProblemCode) => void;
  readonly dropped: () => void;
}

const refusedSockets = new WeakSet<Socket>();

export function createHttpServer(handler: RequestListener, limits: ConnectionLimits, events: ConnectionEvents): Server {
  const options = {
    maxHeaderSize: 8192,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    noDelay: true,
    requireHostHeader: true,
  };
  const server = createServer(options, (request, response) => {
    // Node gives a response its socket only when no other response is using it.
    if (response.socket === null) refusePipelined(request, response, events);
    else handler(request, response);
  });
  server.maxRequestsPerSocket = limits.maxRequestsPerSocket;
  server.maxConnections = limits.maxConnections;
  // A peer that neither sends nor takes bytes is gone.
  server.setTimeout(limits.keepAliveTimeoutMs + 5000);
  server.on('drop', events.dropped);
  return server;
}

function refusePipelined(request: IncomingMessage, response: ServerResponse, events: ConnectionEvents): void {
  if (refusedSockets.has(request.socket)) return;
  refusedSockets.add(request.socket);
  events.refused('pipelining');
  const problem = new Problem('pipelining', 'Wait for an answer before sending the next request on the same connection.');
  response.writeHead(problem.statusCode, { 'content-type': problemContentType, connection: 'close' });
  response.end(JSON.stringify(problemDocument(problem)));
}

/** Answers what Node's parser could not read as a request, and closes. */
export function answerClientError(error: { readonly code?: string }, socket: Socket, events: ConnectionEvents): void {
  if (error.code === 'ECONNRESET' || !socket.writable || refusedSockets.has(socket)) {
    socket.destroy();
    return;
  }
  const problem = clientProblem(error.code);
  events.refused(problem.code);
  const body = JSON.stringify(problemDocument(problem));
  const head = [
    `HTTP/1.1 ${problem.statusCode} Refused`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function clientProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large', 'The headers are larger than 8 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout', 'The request did not arrive in time.');
  return new Problem('invalid_http', 'The request could not be read.');
}
