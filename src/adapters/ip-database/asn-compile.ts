// Compiles the CSV ranges of the npm package @ip-location-db/asn into one packed file: ranges, numbers, classes, names.
//
// The CSVs hold 44 MB, mostly names repeated per range. Each network's name is kept once, so the result is about 13 MB and
// loads in milliseconds. Runs once per version of the package, at first start or ahead of time with compile-asn.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asnClasses } from '../../domain/ip-facts.ts';
import type { AsnClassifier } from './asn-class.ts';
import { parseAddress } from './address-text.ts';
import { packFile, replaceFile } from './packed-file.ts';

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
  const ranges4 = await readRanges(join(packageDirectory, 'asn-ipv4-num.csv'), 1, parseWord, networks);
  const ranges6 = await readRanges(join(packageDirectory, 'asn-ipv6.csv'), 4, parseSixWords, networks);
  return { networks, ranges4, ranges6 };
}

/** Throws with the file and line when the CSV is not what the package's description says. */
export async function compileAsnFile(packageDirectory: string, version: string, classify: AsnClassifier, target: string): Promise<void> {
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
  await mkdir(dirname(target), { recursive: true });
  await replaceFile(target, packFile({ kind: 'asn', format: asnFormat, version }, columns));
}

function parseWord(text: string): readonly number[] | null {
  const word = Number(text);
  return /^\d{1,10}$/u.test(text) && word <= 0xffffffff ? [word] : null;
}

function parseSixWords(text: string): readonly number[] | null {
  const words = parseAddress(text);
  // The package writes IPv4-mapped space as IPv6 nowhere; a mapped address here would be a fault.
  return words !== null && words.length === 4 ? words : null;
}

async function readRanges(path: string, wordsEach: number, parse: (text: string) => readonly number[] | null, networks: Networks): Promise<Ranges> {
  const text = await readFile(path, 'utf8');
  let capacity = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) capacity += 1;
  capacity += 1;
  const starts = new Uint32Array(capacity * wordsEach);
  const ends = new Uint32Array(capacity * wordsEach);
  const values = new Uint32Array(capacity);
  let count = 0;
  let lineFrom = 0;
  let lineNumber = 0;
  while (lineFrom < text.length) {
    lineNumber += 1;
    let lineTo = text.indexOf('\n', lineFrom);
    if (lineTo < 0) lineTo = text.length;
    const line = text.slice(lineFrom, lineTo);
    lineFrom = lineTo + 1;
    if (line === '') continue;
    const first = line.indexOf(',');
    const second = line.indexOf(',', first + 1);
    const third = line.indexOf(',', second + 1);
    const start = parse(line.slice(0, first));
    const end = parse(line.slice(first + 1, second));
    const asn = parseWord(line.slice(second + 1, third));
    if (first < 0 || third < 0 || start === null || end === null || asn === null) throw new Error(`${path} line ${lineNumber} is not "first,last,asn,name"`);
    // Where two ranges overlap (the package has had single cases) the one that starts first keeps its addresses.
    if (count > 0 && !isAfter(start, ends, (count - 1) * wordsEach)) continue;
    starts.set(start, count * wordsEach);
    ends.set(end, count * wordsEach);
    values[count] = rowOf(networks, asn[0] as number, line, third + 1);
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

function rowOf(networks: Networks, asn: number, line: string, nameFrom: number): number {
  const known = networks.rows.get(asn);
  if (known !== undefined) return known;
  const row = networks.names.length;
  networks.rows.set(asn, row);
  networks.names.push(readName(line.slice(nameFrom)));
  return row;
}

/** A CSV field: quoted when it holds a comma or a quote. Control characters would end up in evidence, so they become spaces. */
function readName(field: string): string {
  const trimmed = field.trim();
  const bare = trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length > 1 ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
  return bare.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
}
