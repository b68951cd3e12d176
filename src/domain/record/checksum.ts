// A 32-bit checksum (FNV-1a, Fowler, Noll and Vo) against damage, not against an attacker: whoever can write the database can
// write a valid record. It notices every single changed byte and all but one in 2^32 of other changes.

export function checksum(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}
