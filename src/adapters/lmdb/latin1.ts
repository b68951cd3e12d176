// Bytes to text, with the texts that nearly every record repeats (countries, browsers, time zones) made only once.
//
// A call into the platform costs more than comparing a dozen characters, and a text made once is one object instead of thousands.
import type { AsciiDecoder } from '../../domain/record/byte-reader.ts';

const slice = (Buffer.prototype as unknown as { latin1Slice: (this: Uint8Array, from: number, to: number) => string }).latin1Slice;

/** Longer texts are pseudonyms and ids, which do not repeat. */
const knownLengthMax = 20;
const knownSlots = 2048;
const known: string[] = new Array<string>(knownSlots).fill('');

export const latin1: AsciiDecoder = (bytes, from, to) => {
  const length = to - from;
  if (length > knownLengthMax) return slice.call(bytes, from, to);
  let hash = length;
  for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  const slot = (hash ^ (hash >>> 11)) & (knownSlots - 1);
  const text = known[slot] as string;
  if (text.length === length && same(text, bytes, from)) return text;
  const made = slice.call(bytes, from, to);
  known[slot] = made;
  return made;
};

function same(text: string, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}
