// What a wire format of a provider must be able to do for the fake of it.
import type { AskedOf, FakeUsage, Step, StreamError } from './script.ts';

/** Message of a 4xx. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came, for signatures. */
  readonly bytes: string;
  readonly body: Record<string, unknown>;
}

export interface WireStream {
  open(): Uint8Array | string;
  text(piece: string): Uint8Array | string;
  finish(finish: Extract<Step, { do: 'finish' }>['finish'], usage: FakeUsage): Uint8Array | string;
  error(error: StreamError): Uint8Array | string;
}

export interface Wire {
  /** Appended to the fake's address: what an operator would configure as base URL. */
  readonly basePath: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  auth(incoming: Incoming): 'key' | 'signature' | 'none' | Refusal;
  read(incoming: Incoming): AskedOf | Refusal;
  stream(asked: AskedOf, incoming: Incoming): WireStream;
  /** The provider's body of an error. */
  errorBody(status: number, message: string): unknown;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'status' in value && 'message' in value;
}

export function refusal(status: number, message: string): Refusal {
  return { status, message };
}

export function bearerIs(incoming: Incoming, key: string): boolean {
  return incoming.headers['authorization'] === `Bearer ${key}`;
}

/** One event of a text/event-stream. */
export function sse(data: unknown, event?: string): string {
  const line = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
  return event === undefined ? line : `event: ${event}\n${line}`;
}

/** Text of one or several parts of a message, all of them of the named types. Null when it is something else. */
export function textOfParts(content: unknown, types: readonly string[]): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const parts = content as { type?: unknown; text?: unknown }[];
  if (!parts.every(({ type, text }) => typeof text === 'string' && (type === undefined || types.includes(String(type))))) return null;
  return parts.map(({ text }) => text as string).join('');
}

export function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}
