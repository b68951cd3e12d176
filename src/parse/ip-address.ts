// Reads an IP address as the caller wrote it, strictly: what cannot be exactly one address is refused rather than guessed.
//
// "010.1.1.1" and "127.1" are read differently by different programs, and a zone id ("fe80::1%eth0") means something on one
// machine only, so both are refused. An IPv4-mapped IPv6 address is the IPv4 address: a proxy that listens on both families
// must not give one person two histories. Node says what is valid IPv6 and ipaddr.js what a range is for; the common case is
// read by hand, in one microsecond instead of ten, and tests hold it against ipaddr.js.
import ipaddr from 'ipaddr.js';
import { isIPv6 } from 'node:net';
import type { IpAddress, IpScope } from '../domain/attempt.ts';

/** The longest text of an address: IPv6 with an embedded IPv4 address. */
export const ipTextLengthMax = 45;

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
  return text.length <= ipTextLengthMax && isIPv6(text) && !text.includes('%') ? fromV6(text) : null;
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

function fromV6(text: string): IpAddress {
  const parts = readV6(text);
  if (isMapped(parts)) return fromV4(wordAt(parts, 6));
  return {
    text: textOf(parts, 8),
    version: 6,
    words: [wordAt(parts, 0), wordAt(parts, 2), wordAt(parts, 4), wordAt(parts, 6)],
    host: `${textOf(parts, 4)}/64`,
    block: `${textOf(parts, 3)}/48`,
    scope: scopeV6(parts),
  };
}

/** The eight groups of text that is known to be valid. */
function readV6(text: string): number[] {
  const groups: number[] = [];
  let gap = -1;
  let value = -1;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 58) {
      if (value >= 0) groups.push(value);
      else if (at > 0) gap = groups.length;
      value = -1;
      start = at + 1;
    } else if (char === 46) {
      const word = readV4(text.slice(start));
      groups.push(Math.floor(word / 65_536));
      value = word % 65_536;
      break;
    } else {
      value = (value < 0 ? 0 : value * 16) + (char <= 57 ? char - 48 : (char | 32) - 87);
    }
  }
  if (value >= 0) groups.push(value);
  if (gap >= 0) groups.splice(gap, 0, ...zeros.slice(groups.length));
  return groups;
}

const zeros: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/** ::ffff:0:0/96. */
function isMapped(parts: readonly number[]): boolean {
  return parts[5] === 0xffff && parts[0] === 0 && parts[1] === 0 && parts[2] === 0 && parts[3] === 0 && parts[4] === 0;
}

function wordAt(parts: readonly number[], at: number): number {
  return (((parts[at] as number) << 16) | (parts[at + 1] as number)) >>> 0;
}

/** RFC 5952 text of an address that has `kept` groups, and zeros after them: the first longest run of zeros is "::". */
function textOf(parts: readonly number[], kept: number): string {
  let from = -1;
  let length = 1;
  for (let at = 0, run = 0; at < 8; at++) {
    run = at >= kept || parts[at] === 0 ? run + 1 : 0;
    if (run > length) {
      length = run;
      from = at - run + 1;
    }
  }
  let text = '';
  for (let at = 0; at < 8; at++) {
    if (at === from) {
      text += '::';
      at += length - 1;
    } else {
      text += `${text === '' || text.endsWith(':') ? '' : ':'}${at < kept ? (parts[at] as number).toString(16) : '0'}`;
    }
  }
  return text;
}

/** Nearly all of 2000::/3 is plain; ipaddr.js knows the rest. */
function scopeV6(parts: readonly number[]): IpScope {
  const first = parts[0] as number;
  const second = parts[1] as number;
  const plain = first === 0x2001 ? second >= 0x200 && second !== 0xdb8 : first >= 0x2003 && first < 0x3fff && first !== 0x2620;
  if (plain) return 'public';
  const range = new ipaddr.IPv6([...parts]).range();
  if (range === 'uniqueLocal' || range === 'loopback' || range === 'linkLocal') return 'private';
  // Tunnels carry real traffic of the public internet.
  return range === 'unicast' || range === '6to4' || range === 'teredo' ? 'public' : 'reserved';
}
