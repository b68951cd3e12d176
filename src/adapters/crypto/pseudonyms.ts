// Identifiers become keyed hashes before anything is stored: without the key, which lives outside the store, a pseudonym cannot
// be turned back, not even an IPv4 address by trying all four billion (EDPB Guidelines 01/2025 call an unkeyed hash of one useless).
//
// Each tenant and kind gets its own key, derived from the operator's, so equal values of two tenants have unrelated pseudonyms.
// Nothing but the keys is remembered: working out a pseudonym takes about a microsecond, and a bounded cache of a hundred thousand
// people costs more than that for each value that is not in it.
import { hash } from 'node:crypto';
import type { PseudonymKind, Pseudonyms } from '../../ports/pseudonyms.ts';
import { hmacKey, type HmacKey, hmacWords } from './hmac-sha256.ts';
import { sixBitText } from './six-bit-text.ts';

export interface KeyedPseudonyms extends Pseudonyms {
  /** Names the key without revealing it: a store remembers it and refuses another key, which would forget everybody. */
  readonly keyId: string;
}

export interface PseudonymOptions {
  /** 16 to 64 bytes from a cryptographic random source. */
  readonly key: Uint8Array;
}

/** Values longer than this are hashed before they are keyed, so that the buffer stays small. */
const valueBytesMax = 1024;
/** Tenants come from configuration; the bound only keeps a mistake from growing without end. */
const tenantsMax = 1024;

export function createPseudonyms(options: PseudonymOptions): KeyedPseudonyms {
  if (options.key.length < 16) throw new RangeError('The pseudonym key must have at least 16 bytes.');
  const root = hmacKey(options.key);
  const keysOf = new Map<string, Map<PseudonymKind, HmacKey>>();
  const buffer = new Uint8Array(valueBytesMax * 3 + 128);
  const encoder = new TextEncoder();

  function keyFor(tenant: string, kind: PseudonymKind): HmacKey {
    let keys = keysOf.get(tenant);
    if (keys === undefined) {
      if (keysOf.size === tenantsMax) keysOf.clear();
      keys = new Map();
      keysOf.set(tenant, keys);
    }
    const known = keys.get(kind);
    if (known !== undefined) return known;
    const made = derivedKey(`${kind} ${tenant}`);
    keys.set(kind, made);
    return made;
  }

  function derivedKey(name: string): HmacKey {
    const { written } = encoder.encodeInto(name.length > valueBytesMax ? digest(name) : name, buffer);
    return hmacKey(wordBytes(hmacWords(root, buffer, written), 8));
  }

  /** Writes UTF-8 to the buffer; the encoder is asked only where a character is not ASCII, because asking costs more than writing. */
  function writeText(value: string): number {
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) return encoder.encodeInto(value, buffer).written;
      buffer[i] = unit;
    }
    return value.length;
  }

  return {
    keyId: base64url(hmacWords(derivedKey('key id'), buffer, 0)).slice(0, 8),
    of(tenant, kind, value) {
      const key = keyFor(tenant, kind);
      const length = writeText(value.length > valueBytesMax ? digest(value) : value);
      return base64url(hmacWords(key, buffer, length));
    },
  };
}

/** The digest of a long value, marked so that it cannot be the same as a short value that looks like it. */
function digest(value: string): string {
  return `sha256 ${value.length} ${hash('sha256', value, 'base64url')}`;
}

function wordBytes(words: Int32Array, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setInt32(i * 4, words[i] as number);
  return bytes;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const codes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));

/** The first 128 bits as 22 characters of base64url (RFC 4648), like the platform's own. */
function base64url(words: Int32Array): string {
  return sixBitText(codes, words[0] as number, words[1] as number, words[2] as number, words[3] as number);
}
