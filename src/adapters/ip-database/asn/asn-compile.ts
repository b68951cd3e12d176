// Compiles the CSV ranges of the npm package @ip-location-db/asn into one packed file: ranges, numbers, classes, names.
//
// The CSVs hold 44 MB, mostly names repeated per range. Each network's name is kept once, so the result is about 13 MB and
// loads in milliseconds. Runs once per version of the package, at first start or ahead of time with compile-asn.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asnClasses } from '../../../domain/ip-facts.ts';
import type { AsnClassifier } from './asn-class.ts';
import { parseAddress } from '../address-text.ts';
import { packFile } from '../packed-file.ts';

/** Raised when the meaning of a column changes, so that an old cache is compiled again. */
export const asnFormat = 1;

interface Networks {
  /** ASN to its row in the columns below. */
  readonly rows: Map<number, number>;
  readonly names: string[];
}

interface Ranges {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly values: Uint32Array;
}

/** Every network of the package with its organisation's name. */
export async function readOrganisations(packageDirectory: string): Promise<Map<number, string>> {
  const { networks } = await readPackage(packageDirectory);
  return new Map([...networks.rows].map(([asn, row]) => [asn, networks.names[row] as string]));
}

async function readPackage(packageDirectory: string): Promise<{ networks: Networks; ranges4: Ranges; ranges6: Ranges }> {
  const networks: Networks = { rows: new Map(), names: [] };
  const ranges4 = await readRanges(join(packageDirectory, 'asn-ipv4-num.csv'), 1, parseOneWord, networks);
  const ranges6 = await readRanges(join(packageDirectory, 'asn-ipv6.csv'), 4, parseSixWords, networks);
  return { networks, ranges4, ranges6 };
}

/** The packed file of a package. Throws with the file and line when the CSV is not what the package's description says. */
export async function compileAsn(packageDirectory: string, version: string, classify: AsnClassifier): Promise<Buffer> {
  const { networks, ranges4, ranges6 } = await readPackage(packageDirectory);
  const pool = Buffer.from(networks.names.join(''));
  const nameEnds = new Uint32Array(networks.names.length);
  const classes = new Uint8Array(networks.names.length);
  const numbers = Uint32Array.from(networks.rows.keys());
  let end = 0;
  for (const [row, name] of networks.names.entries()) {
    end += Buffer.byteLength(name);
    nameEnds[row] = end;
    classes[row] = asnClasses.indexOf(classify(numbers[row] as number, name));
  }
  const columns = {
    starts4: ranges4.starts,
    ends4: ranges4.ends,
    values4: ranges4.values,
    starts6: ranges6.starts,
    ends6: ranges6.ends,
    values6: ranges6.values,
    numbers,
    nameEnds,
    classes,
    names: new Uint8Array(pool),
  };
  return packFile({ kind: 'asn', format: asnFormat, version }, columns);
}

function parseSixWords(text: string): readonly number[] | null {
  const words = parseAddress(text);
  // The package writes IPv4-mapped space as IPv6 nowhere; a mapped address here would be a fault.
  return words !== null && words.length === 4 ? words : null;
}

function parseOneWord(text: string): readonly number[] | null {
  const word = parseWord(text);
  return word < 0 ? null : [word];
}

/** An unsigned 32-bit decimal number, or -1. By hand: it runs two million times. */
function parseWord(text: string): number {
  if (text.length === 0 || text.length > 10) return -1;
  let word = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    word = word * 10 + digit;
  }
  return word <= 0xffffffff ? word : -1;
}

async function readRanges(
  path: string,
  wordsEach: number,
  parse: (text: string) => readonly number[] | null,
  networks: Networks,
): Promise<Ranges> {
  // As single bytes, which is twice as fast and half as large as decoding all: only names are anything but ASCII.
  const text = await readFile(path, 'latin1');
  let capacity = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) capacity += 1;
  const starts = new Uint32Array(capacity * wordsEach);
  const ends = new Uint32Array(capacity * wordsEach);
  const values = new Uint32Array(capacity);
  let count = 0;
  let lineNumber = 0;
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    lineNumber += 1;
    to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    if (to === from) continue;
    const first = text.indexOf(',', from);
    const second = text.indexOf(',', first + 1);
    const third = text.indexOf(',', second + 1);
    const isWhole = first > 0 && second > 0 && third > 0 && third < to;
    const start = isWhole ? parse(text.slice(from, first)) : null;
    const end = isWhole ? parse(text.slice(first + 1, second)) : null;
    const asn = isWhole ? parseWord(text.slice(second + 1, third)) : -1;
    if (start === null || end === null || asn < 0) throw new Error(`${path} line ${lineNumber} is not "first,last,asn,name"`);
    // Where two ranges overlap (the package has had single cases) the one that starts first keeps its addresses.
    if (count > 0 && !isAfter(start, ends, (count - 1) * wordsEach)) continue;
    starts.set(start, count * wordsEach);
    ends.set(end, count * wordsEach);
    values[count] = networks.rows.get(asn) ?? addNetwork(networks, asn, text.slice(third + 1, to));
    count += 1;
  }
  return { starts: starts.slice(0, count * wordsEach), ends: ends.slice(0, count * wordsEach), values: values.slice(0, count) };
}

function isAfter(words: readonly number[], column: Uint32Array, at: number): boolean {
  for (const [index, word] of words.entries()) {
    const other = column[at + index] as number;
    if (word !== other) return word > other;
  }
  return false;
}

function addNetwork(networks: Networks, asn: number, field: string): number {
  const row = networks.names.length;
  networks.rows.set(asn, row);
  networks.names.push(readName(Buffer.from(field, 'latin1').toString('utf8')));
  return row;
}

/** A CSV field: quoted when it holds a comma or a quote. Control characters would end up in evidence, so they become spaces. */
function readName(field: string): string {
  const trimmed = field.trim();
  const bare =
    trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length > 1 ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
  return bare.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200);
}
