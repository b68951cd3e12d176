// The search tree of a MaxMind-format file: from the bits of an address to the number of its record.
//
// The package walks it too, but gives only the decoded record. Many addresses share one (a city's), so the number is worth having:
// a record that was decoded before need not be decoded again. The form of the nodes is in MaxMind's DB format specification 2.0.
import type { IpAddress } from '../../domain/attempt.ts';

export interface MmdbTreeShape {
  readonly nodeCount: number;
  /** Bits of each of the two numbers of a node. */
  readonly recordSize: number;
  readonly ipVersion: number;
}

/** Gives the number of the address's record, 0 when it has none. Equal numbers are the same record. */
export type RecordNumber = (ip: IpAddress) => number;

/** IPv4 addresses live under ::/96 of an IPv6 tree. */
const bitsBeforeIpv4 = 96;

/** `bytes` begin with the tree, `nodeCount` nodes long. */
export function recordNumbers(bytes: Uint8Array, { nodeCount, recordSize, ipVersion }: MmdbTreeShape): RecordNumber {
  const child = childOf(bytes, recordSize);
  let ipv4Start = 0;
  for (let depth = 0; ipVersion === 6 && depth < bitsBeforeIpv4 && ipv4Start < nodeCount; depth++) ipv4Start = child(ipv4Start, 0);

  return ({ version, words }) => {
    let node = version === 4 ? ipv4Start : 0;
    for (let depth = 0; depth < words.length * 32 && node < nodeCount; depth++)
      node = child(node, ((words[depth >>> 5] as number) >>> (31 - (depth & 31))) & 1);
    return node > nodeCount ? node : 0;
  };
}

/** Reads the left (bit 0) or right (bit 1) number of a node. */
function childOf(bytes: Uint8Array, recordSize: number): (node: number, bit: number) => number {
  const at = (position: number): number => bytes[position] as number;
  const three = (position: number): number => (at(position) << 16) | (at(position + 1) << 8) | at(position + 2);
  switch (recordSize) {
    case 24:
      return (node, bit) => three(node * 6 + bit * 3);
    case 28:
      // The byte in the middle holds the highest four bits of both.
      return (node, bit) => {
        const middle = at(node * 7 + 3);
        return ((bit === 0 ? middle >>> 4 : middle & 15) << 24) | three(node * 7 + bit * 4);
      };
    case 32:
      return (node, bit) => at(node * 8 + bit * 4) * 2 ** 24 + three(node * 8 + bit * 4 + 1);
    default:
      throw new RangeError(`its tree has records of ${recordSize} bits`);
  }
}
