// A 32-bit checksum against damage, not against an attacker: whoever can write the database can write a valid record. FNV-1a
// (Fowler, Noll and Vo) over words of four bytes instead of single ones, because it is paid on every read. Each step
// is one-to-one, so every change within one word is noticed, and of other changes all but one in 2^32.

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

export function checksum(bytes: Uint8Array, from: number, to: number): number {
  let hash = offsetBasis;
  let i = from;
  for (const last = to - 3; i < last; i += 4) {
    const word =
      (bytes[i] as number) | ((bytes[i + 1] as number) << 8) | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24);
    hash = Math.imul(hash ^ word, prime);
  }
  for (; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), prime);
  return hash >>> 0;
}
