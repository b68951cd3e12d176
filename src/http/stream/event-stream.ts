// One stream of server-sent events (WHATWG HTML, section 9.2) on one response. Nothing is queued here: what was written is the socket's, and
// whoever writes looks whether the socket has room. Two listeners for its whole life, gone with it.
import type { ServerResponse } from 'node:http';

export interface EventStream {
  /** False once the reader is gone or the stream has ended. */
  isOpen(): boolean;
  /** The socket has as much as it should hold: write when it has drained. */
  isFull(): boolean;
  /** A whole frame. Does nothing when the stream is not open. */
  write(frame: string): void;
  end(frame: string): void;
  /** Resolves at the next `stir`, which also comes when the socket drains or the reader goes. */
  stirred(): Promise<void>;
  stir(): void;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // No proxy may keep what it says of people, wait for more of it, or pack it.
  'cache-control': 'no-store, no-cache, no-transform',
  'x-accel-buffering': 'no',
  // The socket ends with the stream, so that a connection is either a stream's or a request's.
  connection: 'close',
};

export function openEventStream(response: ServerResponse): EventStream {
  let open = !response.destroyed;
  let wake: (() => void) | null = null;
  const stir = (): void => {
    wake?.();
    wake = null;
  };
  const close = (): void => {
    open = false;
    response.off('drain', stir);
    response.off('close', close);
    stir();
  };
  response.on('drain', stir);
  response.on('close', close);
  // A write that meets a reader who has just gone; "close" follows.
  response.on('error', () => undefined);
  if (open) {
    response.writeHead(200, headers);
    response.flushHeaders();
  }
  return {
    isOpen: () => open && !response.destroyed,
    isFull: () => response.writableNeedDrain,
    write(frame) {
      if (open && !response.destroyed) response.write(frame);
    },
    end(frame) {
      if (!open) return;
      open = false;
      response.end(frame);
      stir();
    },
    stirred: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    stir,
  };
}

export interface StreamEvent {
  readonly event: string;
  /** Null: the reader's place stays where it is; empty: it is forgotten. */
  readonly id: string | null;
  /** JSON text of one line. */
  readonly data: string;
}

/** `event` and `id` are ours; a line break in any of them would be somebody else's field. */
export function frameOf({ event, id, data }: StreamEvent): string {
  const clean = (text: string): string => text.replace(/[\r\n\0]/g, ' ');
  return `${id === null ? '' : `id: ${clean(id)}\n`}event: ${clean(event)}\ndata: ${clean(data)}\n\n`;
}

/** A comment, which readers ignore and proxies take for a sign of life. */
export const heartbeat = ':\n\n';

/** How long a reader waits before it comes back. */
export function retryAfter(ms: number): string {
  return `retry: ${ms}\n\n`;
}
