// The keys of the indices of assessments, which sort by time.
import { keyBytesMax, type KeyBuffer } from './key-buffer.ts';

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

/** A key from its text, as `latin1` gives it. */
export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

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
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, Math.floor(atMs) + 2 ** 52)));
  return bytes;
}

export function timeKeyOf(atMs: number, key: KeyBuffer): Uint8Array {
  return joined(timeBytes(atMs), key.bytes.subarray(0, Math.min(key.length, keyBytesMax)));
}

/** Account, a zero byte, time, id. */
export function accountKeyOf(key: KeyBuffer, pointer: Pointer): Uint8Array {
  const id = new TextEncoder().encode(pointer.id);
  return joined(joined(joined(key.bytes.subarray(0, key.length), zeroByte), timeBytes(pointer.occurredAtMs)), id);
}

export function pointerOfKey(key: Uint8Array, prefixLength: number): Pointer {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return {
    occurredAtMs: Number(view.getBigUint64(prefixLength + 1)) - 2 ** 52,
    id: new TextDecoder().decode(key.subarray(prefixLength + 9)),
  };
}
