// Reads an IP address as the caller wrote it, strictly: what cannot be exactly one address is refused rather than guessed.
//
// "010.1.1.1" and "127.1" are read differently by different programs, and a zone id ("fe80::1%eth0") means something on one
// machine only, so both are refused. An IPv4-mapped IPv6 address is the IPv4 address: a proxy that listens on both families
// must not give one person two histories. IPv4 is read by hand (0.1 instead of 3 microseconds); IPv6 by ipaddr.js behind a
// small cache. A test holds the IPv4 table against ipaddr.js.
import ipaddr from 'ipaddr.js';
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { IpAddress, IpScope } from '../domain/attempt.ts';

/** The longest text of an address: IPv6 with an embedded IPv4 address. */
export const ipTextLengthMax = 45;

/** Addresses of one site repeat within minutes; 2,048 of them take about one megabyte. */
const parsedV6 = new LRUCache<string, IpAddress>({ max: 2048 });

/** First address, prefix length, scope; from the IANA special-purpose registry. The first match counts, no match is public. */
const specialV4: readonly (readonly [number, number, IpScope])[] = (
  [
    ['0.0.0.0', 8, 'reserved'],
    ['10.0.0.0', 8, 'private'],
    ['100.64.0.0', 10, 'private'],
    ['127.0.0.0', 8, 'private'],
    ['169.254.0.0', 16, 'private'],
    ['172.16.0.0', 12, 'private'],
    ['192.0.0.0', 24, 'reserved'],
    ['192.0.2.0', 24, 'reserved'],
    ['192.31.196.0', 24, 'reserved'],
    ['192.52.193.0', 24, 'reserved'],
    ['192.88.99.0', 24, 'reserved'],
    ['192.168.0.0', 16, 'private'],
    ['192.175.48.0', 24, 'reserved'],
    ['198.18.0.0', 15, 'reserved'],
    ['198.51.100.0', 24, 'reserved'],
    ['203.0.113.0', 24, 'reserved'],
    ['224.0.0.0', 3, 'reserved'],
  ] as const
).map(([text, length, scope]) => [wordOf(text) >>> (32 - length), 32 - length, scope]);

function wordOf(text: string): number {
  return text.split('.').reduce((word, octet) => ((word << 8) | Number(octet)) >>> 0, 0);
}

/** Null when the text is not exactly one IPv4 or IPv6 address. Never throws. */
export function parseIpAddress(text: string): IpAddress | null {
  const word = readV4(text);
  if (word >= 0) return fromV4(word);
  if (text.length > ipTextLengthMax || text.includes('%') || !isIPv6(text)) return null;
  const known = parsedV6.get(text);
  if (known !== undefined) return known;
  const address = fromV6(text);
  if (address !== null) parsedV6.set(text, address);
  return address;
}

/** Four decimal numbers without leading zeros as an unsigned 32-bit word; -1 when the text is anything else. */
function readV4(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < length; at++) {
    const char = text.charCodeAt(at);
    if (char === 46) {
      if (octet < 0) return -1;
      word = word * 256 + octet;
      octet = -1;
      dots++;
    } else {
      if (char < 48 || char > 57 || octet === 0) return -1;
      octet = octet < 0 ? char - 48 : octet * 10 + char - 48;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : -1;
}

function fromV4(word: number): IpAddress {
  const network = `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}`;
  const text = `${network}.${word & 255}`;
  return { text, version: 4, words: [word], host: text, block: `${network}.0/24`, scope: scopeV4(word) };
}

function scopeV4(word: number): IpScope {
  for (const [network, shift, scope] of specialV4) if (word >>> shift === network) return scope;
  return 'public';
}

function fromV6(text: string): IpAddress | null {
  const parsed = ipaddr.IPv6.parse(text);
  const parts = parsed.parts;
  // ipaddr.js also calls the long dead "::1.2.3.4" form mapped; only ::ffff:0:0/96 is.
  if (parsed.isIPv4MappedAddress()) {
    return /ffff/i.test(text) ? fromV4((((parts[6] as number) << 16) | (parts[7] as number)) >>> 0) : null;
  }
  const words: number[] = [];
  for (let at = 0; at < 8; at += 2) words.push((((parts[at] as number) << 16) | (parts[at + 1] as number)) >>> 0);
  return {
    text: parsed.toRFC5952String(),
    version: 6,
    words,
    host: `${prefixText(parts, 4)}/64`,
    block: `${prefixText(parts, 3)}/48`,
    scope: scopeV6(parsed.range()),
  };
}

/** The first `groups` groups, the rest zero. */
function prefixText(parts: readonly number[], groups: number): string {
  return new ipaddr.IPv6([...parts.slice(0, groups), ...Array.from({ length: 8 - groups }, () => 0)]).toRFC5952String();
}

function scopeV6(range: string): IpScope {
  if (range === 'uniqueLocal' || range === 'loopback' || range === 'linkLocal') return 'private';
  // Tunnels carry real traffic of the public internet.
  return range === 'unicast' || range === '6to4' || range === 'teredo' ? 'public' : 'reserved';
}
