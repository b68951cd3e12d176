// Ends requests whose body does not arrive. Node's own limit would also cut a batch that we ourselves slow down, so it is off
// and this takes its place for everything but batches. One timer for all of them: most bodies come with their headers.
import type { IncomingMessage } from 'node:http';
import type { ConnectionLimits } from './connection.ts';

export interface BodyClock {
  /** The body of this request is being awaited since `nowMs`. */
  await(request: IncomingMessage, nowMs: number): void;
  arrived(request: IncomingMessage): void;
  close(): void;
}

/** `nowMs` is monotonic; `expired` must end the request. */
export function createBodyClock(limits: ConnectionLimits, nowMs: () => number, expired: (request: IncomingMessage) => void): BodyClock {
  const awaited = new Map<IncomingMessage, number>();
  const timer = setInterval(() => {
    const oldest = nowMs() - limits.bodyTimeoutMs;
    for (const [request, sinceMs] of awaited) {
      if (sinceMs > oldest) break;
      awaited.delete(request);
      if (!request.destroyed && !request.complete) expired(request);
    }
  }, limits.checkIntervalMs);
  timer.unref();
  return {
    await: (request, sinceMs) => void awaited.set(request, sinceMs),
    arrived: (request) => void awaited.delete(request),
    close: () => clearInterval(timer),
  };
}
