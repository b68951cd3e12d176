// The connections of one model: undici's own fetch over an Agent of its own. Node's global fetch would refuse an Agent of this package,
// and a pool per model keeps a slow provider from using up another's connections.
//
// Time limits are the call's (call.ts), not undici's: one that waits for headers must not end a call that has longer.
import { Agent, fetch as fetchByAgent, type RequestInit } from 'undici';
import type { Clock } from '../../ports/clock.ts';
import { type Exchange, retryAfterMs } from './exchange.ts';

export type Fetch = typeof globalThis.fetch;

export interface Transport {
  /** For one call: notes in `exchange` what the connection sees. */
  fetchFor(exchange: Exchange): Fetch;
  /** Ends every connection, also those in use. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Requests at a time; the next ones wait, within their own limits. */
  readonly connections: number;
  /** Of one answer, unpacked. */
  readonly bytesMax: number;
  readonly clock: Clock;
}

/** Longer than a worker pauses between two cases, shorter than the sixty seconds after which load balancers drop a connection silently. */
const keepAliveMs = 30_000;

export function openTransport({ connections, bytesMax, clock }: TransportOptions): Transport {
  // With HTTP/2 a call would be a stream of a shared connection, which neither the limit of connections nor a hang-up would close.
  const agent = new Agent({
    connections,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
    keepAliveTimeout: keepAliveMs,
  });
  return {
    fetchFor: (exchange) => async (input, init) => {
      const headers = withoutEmptyKeys(init?.headers ?? []);
      exchange.isSent = true;
      // A redirect would carry the key to wherever an answer says.
      const options = { ...(init as unknown as RequestInit), headers, dispatcher: agent, redirect: 'manual' } as const;
      const response = await fetchByAgent(input as string, options);
      exchange.status = response.status;
      exchange.retryAfterMs = retryAfterMs((name) => response.headers.get(name), clock.nowMs());
      const { status, statusText } = response;
      const answered = { status, statusText, headers: [...response.headers] };
      if (response.body === null || !maySayMore(status)) return new Response(null, answered);
      return new Response((response.body as ReadableStream<Uint8Array>).pipeThrough(atMost(bytesMax, exchange)), answered);
    },
    close: () => agent.destroy(),
  };
}

/** These statuses have no body, and a Response with one cannot be made. */
function maySayMore(status: number): boolean {
  return ![101, 103, 204, 205, 304].includes(status);
}

const keyHeaders = ['authorization', 'x-api-key', 'api-key'];

type GivenHeaders = NonNullable<NonNullable<Parameters<Fetch>[1]>['headers']>;

/** Where no key is configured the SDK gets an empty one, because it would otherwise look for one in the environment. */
function withoutEmptyKeys(given: GivenHeaders): [string, string][] {
  const headers = new Headers(given);
  for (const name of keyHeaders) {
    if (/^(Bearer)?\s*$/i.test(headers.get(name) ?? 'kept')) headers.delete(name);
  }
  return [...headers];
}

/** Ends an answer that never ends: time limits bound how long it is read, this bounds what it costs. */
function atMost(bytesMax: number, exchange: Exchange): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= bytesMax) controller.enqueue(chunk);
      else {
        exchange.isTooLong = true;
        controller.error(new Error('The answer is too long.'));
      }
    },
  });
}
