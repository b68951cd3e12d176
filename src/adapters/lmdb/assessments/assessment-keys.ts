// The keys of the indices of assessments, which sort by time.
import { keyBytesMax, type KeyBuffer } from '../key-buffer.ts';

export const zeroByte = Uint8Array.of(0);

/** What the indices say of an assessment. */
export interface Pointer {
  readonly id: string;
  readonly occurredAtMs: number;
}

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

const timeLength = 8;
const encoder = new TextEncoder();

/** A key from its text, as `latin1` gives it. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Sorts after every id, whose characters come from an alphabet that has no tilde. */
export const afterIds = '~'.repeat(23);

/** Whether key `a` is stored before key `b`. */
export function isBefore(a: KeyBuffer, b: KeyBuffer): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.bytes[i] as number) - (b.bytes[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return a.length < b.length;
}

/** Times sort as bytes: eight of them, shifted so that none is negative. */
export function timeBytes(atMs: number): Uint8Array {
  const bytes = new Uint8Array(timeLength);
  writeTime(bytes, 0, atMs);
  return bytes;
}

function writeTime(bytes: Uint8Array, at: number, atMs: number): void {
  const shifted = Math.max(0, Math.floor(atMs) + 2 ** 52);
  const low = shifted >>> 0;
  const high = (shifted - low) / 2 ** 32;
  for (let i = 0; i < 4; i++) {
    bytes[at + i] = high >>> (24 - 8 * i);
    bytes[at + 4 + i] = low >>> (24 - 8 * i);
  }
}

/** Time, then the assessment's own key. */
export function timeKeyOf(atMs: number, key: KeyBuffer): Uint8Array {
  const bytes = new Uint8Array(timeLength + Math.min(key.length, keyBytesMax));
  writeTime(bytes, 0, atMs);
  for (let at = timeLength; at < bytes.length; at++) bytes[at] = key.bytes[at - timeLength] as number;
  return bytes;
}

/** Account, a zero byte, time, id. */
export function accountKeyOf(key: KeyBuffer, pointer: Pointer): Uint8Array {
  const { id } = pointer;
  const timeFrom = key.length + 1;
  const idFrom = timeFrom + timeLength;
  const bytes = new Uint8Array(idFrom + id.length);
  for (let at = 0; at < key.length; at++) bytes[at] = key.bytes[at] as number;
  writeTime(bytes, timeFrom, pointer.occurredAtMs);
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i);
    // Ids of our own making are ASCII.
    if (unit > 127) return joined(bytes.subarray(0, idFrom), encoder.encode(id));
    bytes[idFrom + i] = unit;
  }
  return bytes;
}

export function pointerOfKey(key: Uint8Array, prefixLength: number): Pointer {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return {
    occurredAtMs: Number(view.getBigUint64(prefixLength + 1)) - 2 ** 52,
    id: new TextDecoder().decode(key.subarray(prefixLength + 9)),
  };
}
