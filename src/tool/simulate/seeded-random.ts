// Randomness that can be repeated: the Random port from a text seed. Every person, device and campaign has a stream of
// its own, named by its seed, so that adding a habit to one does not shift the draws of all others.
//
// The generator is sfc32 (Doty-Humphrey, PractRand): four 32-bit words, passes the usual batteries, and is fast in JavaScript.
import type { Random } from '../../ports/random.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** FNV-1a over the seed, finished by a mixer so that seeds that differ in one letter give unrelated words. */
export function hashText(text: string, salt = 0): number {
  let hash = (0x811c9dc5 ^ salt) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function seededRandom(seed: string): Random {
  let a = hashText(seed, 1);
  let b = hashText(seed, 2);
  let c = hashText(seed, 3);
  let counter = 1;
  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }
  for (let i = 0; i < 12; i++) next();
  return {
    uniform: () => next() / 4_294_967_296,
    id: () => {
      let text = '';
      for (let i = 0; i < 22; i++) text += alphabet[next() & 63];
      return text;
    },
  };
}
