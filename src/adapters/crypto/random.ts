// Unguessable, time-ordered identifiers, and uniform numbers.
//
// An id holds the bits of a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits around the version and variant. Its 22
// characters come from a URL-safe alphabet in ASCII order, so ids sort by time as text too. That order is what
// lets a store append new assessments at its end.
import { randomFillSync } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { sixBitText } from './six-bit-text.ts';

/** The 64 characters of base64url in ASCII order. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const codes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));

/** Sorts before every id that is made at or after that moment, and after every earlier one. */
export function firstIdAt(atMs: number): string {
  const fromMs = Math.max(0, Math.floor(atMs));
  return sixBitText(codes, Math.floor(fromMs / 65_536) >>> 0, (fromMs % 65_536) << 16, 0, 0);
}

/** When an id of our own making was made, in milliseconds; of any other text it says nothing. */
export function madeAtMs(id: string): number {
  let atMs = 0;
  for (const letter of id.slice(0, 8)) atMs = atMs * 64 + alphabet.indexOf(letter);
  return atMs;
}

/** Random words are fetched in bulk: one call into the platform per 1,024 ids. */
const poolWords = 4096;

export function createRandom(clock: Pick<Clock, 'nowMs'>): Random {
  const pool = new Uint32Array(poolWords);
  let next = poolWords;

  function word(): number {
    if (next === poolWords) {
      randomFillSync(pool);
      next = 0;
    }
    const value = pool[next] as number;
    // A number that was handed out must not stay readable in memory.
    pool[next++] = 0;
    return value;
  }

  return {
    id() {
      const nowMs = Math.max(0, clock.nowMs());
      const high = Math.floor(nowMs / 65_536) >>> 0;
      const middle = ((nowMs % 65_536) << 16) | 0x7000 | (word() & 0xfff);
      const low = 0x8000_0000 | (word() & 0x3fff_ffff);
      return sixBitText(codes, high, middle, low, word());
    },
    uniform() {
      return ((word() >>> 5) * 67_108_864 + (word() >>> 6)) / 2 ** 53;
    },
  };
}
