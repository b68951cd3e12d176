// How many streams may be open, and their end when the service stops.
//
// A stream keeps its connection for minutes. So that streams cannot use up the connections of scoring, they are counted apart: while one is
// open, the server takes one connection more. Their own number is bounded, per tenant and for the process, and with it the sum.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../problem.ts';
import { type EventStream, frameOf, retryAfter } from './event-stream.ts';

export interface StreamLimits {
  readonly perTenant: number;
  readonly perProcess: number;
  /** Without news, milliseconds after which the log is read all the same, because another process may have written. */
  readonly pollMs: number;
  /** Milliseconds of silence after which a comment is written. */
  readonly heartbeatMs: number;
  /** A reader that takes no byte for so many milliseconds is gone. It may come back where it was. */
  readonly stalledMs: number;
  readonly retryMs: number;
}

export const defaultStreamLimits: StreamLimits = {
  perTenant: 64,
  perProcess: 256,
  pollMs: 1000,
  heartbeatMs: 15_000,
  stalledMs: 60_000,
  retryMs: 3000,
};

export interface Place {
  /** From now on the place is the socket's, and given back when that closes. */
  begin(stream: EventStream, socket: Socket): void;
  /** Gives an unused place back; does nothing after `begin`. */
  release(): void;
}

export interface StreamPlaces {
  readonly limits: StreamLimits;
  /** Throws the Problem where there is none. */
  take(tenant: string): Place;
  taken(): number;
  /** Says goodbye to all readers, who come back to whoever serves then; nobody new is let in. */
  close(): void;
}

export function createStreamPlaces(server: Server, limits: StreamLimits): StreamPlaces {
  const connectionsMax = server.maxConnections;
  const perTenant = new Map<string, number>();
  const begun = new Map<EventStream, Socket>();
  let taken = 0;
  let closing = false;
  const count = (tenant: string, by: 1 | -1): void => {
    taken += by;
    const now = (perTenant.get(tenant) ?? 0) + by;
    if (now === 0) perTenant.delete(tenant);
    else perTenant.set(tenant, now);
    server.maxConnections = connectionsMax + taken;
  };
  return {
    limits,
    take(tenant) {
      const again = { 'retry-after': String(Math.ceil(limits.retryMs / 1000)) };
      if (closing) throw new Problem('streams_unavailable', 'The service is stopping. Try again.', null, again);
      if ((perTenant.get(tenant) ?? 0) >= limits.perTenant)
        throw new Problem('too_many_streams', `At most ${limits.perTenant} streams of a tenant may be open; close one.`, null, again);
      if (taken >= limits.perProcess)
        throw new Problem('streams_unavailable', 'As many streams are open as this process serves. Try again later.', null, again);
      count(tenant, 1);
      let isHeld = true;
      const giveBack = (): void => {
        if (isHeld) count(tenant, -1);
        isHeld = false;
      };
      let isUsed = false;
      return {
        begin(stream, socket) {
          isUsed = true;
          if (socket.destroyed) return giveBack();
          begun.set(stream, socket);
          socket.once('close', () => {
            begun.delete(stream);
            giveBack();
          });
        },
        release() {
          if (!isUsed) giveBack();
        },
      };
    },
    taken: () => taken,
    close() {
      closing = true;
      for (const [stream, socket] of begun) {
        // Who takes nothing would not take a goodbye either, and may hold up the end for a minute.
        if (stream.isFull()) socket.destroy();
        else stream.end(goodbye(limits, 'stopping'));
      }
    },
  };
}

/** The last word of a stream that is not at its end: why, and when to come back. */
export function goodbye(limits: StreamLimits, reason: 'stopping' | 'unavailable'): string {
  return retryAfter(limits.retryMs) + frameOf({ event: 'bye', id: null, data: JSON.stringify({ reason }) });
}
