// Which network announces an address: the compiled ASN ranges, opened from a cache file that is made when it is missing.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IpAddress } from '../../../domain/attempt.ts';
import { type AsnFacts, asnClasses } from '../../../domain/ip-facts.ts';
import type { AsnClassifier } from './asn-class.ts';
import { asnFormat, compileAsn } from './asn-compile.ts';
import { atOnce } from '../in-slices.ts';
import { PackedFileError, rangeColumnsOf, replaceFile, unpackFile } from '../packed-file.ts';
import { RangeTable } from '../range-table.ts';

export interface AsnTable {
  readonly version: string;
  readonly builtAtMs: number;
  readonly entries: number;
  find(ip: IpAddress): AsnFacts | null;
}

export interface AsnTableOptions {
  readonly cacheDirectory: string;
  readonly classify: AsnClassifier;
  /** Changes when the classes do, so that the cache follows. */
  readonly classesVersion: string;
  /** Folder of the package; the installed one when not given. */
  readonly packageDirectory?: string;
}

/** Opens the cache for the installed version of the package; compiles it first when it is missing or damaged (1 to 2 s). */
export async function openAsnTable(options: AsnTableOptions): Promise<AsnTable> {
  const packageDirectory = options.packageDirectory ?? dirname(fileURLToPath(import.meta.resolve('@ip-location-db/asn/package.json')));
  const version = await readVersion(packageDirectory);
  const path = join(options.cacheDirectory, `asn-${version}-${asnFormat}-${options.classesVersion}.bin`);
  const cached = await readFile(path)
    .then(asnTableOf)
    .catch((error: unknown) => {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isMissing || error instanceof PackedFileError) return null;
      throw error;
    });
  if (cached !== null) return cached;
  const bytes = await compileAsn(packageDirectory, version, options.classify);
  await keep(path, bytes);
  return asnTableOf(bytes);
}

/** A cache that cannot be written (a read-only image) costs the next start its seconds and nothing else. */
async function keep(path: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, bytes);
    await removeOlder(dirname(path), basename(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EROFS' && code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOSPC') throw error;
  }
}

/** Throws PackedFileError. */
export function asnTableOf(bytes: Buffer): AsnTable {
  const file = atOnce(unpackFile(bytes));
  if (file.meta['kind'] !== 'asn' || file.meta['format'] !== asnFormat) throw new PackedFileError('is not a compiled ASN table');
  const ranges = RangeTable.trust(rangeColumnsOf(file));
  const numbers = file.u32('numbers');
  const nameEnds = file.u32('nameEnds');
  const classes = file.u8('classes');
  const pool = file.u8('names');
  checkNetworks(numbers, nameEnds, classes, pool);
  const names = Buffer.from(pool.buffer, pool.byteOffset, pool.byteLength);
  const version = String(file.meta['version']);
  // One object per network that was ever asked for: names are decoded once, and everyone who keeps facts shares them.
  const known = new Map<number, AsnFacts>();
  const decode = (row: number): AsnFacts => ({
    asn: numbers[row] as number,
    organisation: names.toString('utf8', row === 0 ? 0 : (nameEnds[row - 1] as number), nameEnds[row]),
    class: asnClasses[classes[row] as number] as AsnFacts['class'],
  });
  return {
    version,
    builtAtMs: builtAtOf(version),
    entries: ranges.entries,
    find(ip) {
      const row = ranges.find(ip);
      if (row < 0 || row >= numbers.length) return null;
      let facts = known.get(row);
      if (facts === undefined) {
        facts = decode(row);
        known.set(row, facts);
      }
      return facts;
    },
  };
}

/** Everything a look-up relies on, so that a file made by another program cannot make one throw. */
function checkNetworks(numbers: Uint32Array, nameEnds: Uint32Array, classes: Uint8Array, pool: Uint8Array): void {
  const rows = numbers.length;
  if (nameEnds.length !== rows || classes.length !== rows) throw new PackedFileError('is damaged: columns differ in length');
  let before = 0;
  for (const end of nameEnds) {
    if (end < before || end > pool.length) throw new PackedFileError('is damaged: names out of range');
    before = end;
  }
  for (const value of classes) if (value >= asnClasses.length) throw new PackedFileError('is damaged: unknown class');
}

async function readVersion(packageDirectory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as { version?: unknown };
  if (typeof version !== 'string' || !/^[\w.+-]{1,64}$/u.test(version)) throw new Error(`${packageDirectory} has no usable version`);
  return version;
}

/** The package's versions end in a date and hour, for instance 2.3.2026061719. Unknown is 0: as old as can be. */
function builtAtOf(version: string): number {
  const digits = /\.(\d{4})(\d{2})(\d{2})\d{0,2}$/u.exec(version);
  return digits === null ? 0 : Date.UTC(Number(digits[1]), Number(digits[2]) - 1, Number(digits[3]));
}

async function removeOlder(directory: string, keep: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^asn-.*\.bin$/u.test(name) && name !== keep) await rm(join(directory, name), { force: true });
  }
}
