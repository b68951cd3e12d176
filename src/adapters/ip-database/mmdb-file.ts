// Opens one MaxMind-format file (.mmdb) of any maker and looks addresses up in it.
//
// The files come from outside. One that is damaged or holds something else than its setting says ends the start with a
// sentence; a single record that cannot be read is null. The package's own cache is replaced by a small one that also bounds the
// work of one look-up; the cache in front of all sources is in ip-database.ts.
import { open } from 'node:fs/promises';
import { Reader, type Response } from 'maxmind';
import type { IpAddress } from '../../domain/attempt.ts';
import { recordNumbers } from './mmdb-tree.ts';

export type MmdbRole = 'city' | 'country' | 'asn' | 'anonymous' | 'connection';

export interface MmdbFile {
  /** The maker's name of the kind of data, for instance "GeoLite2-City". */
  readonly type: string;
  readonly roles: readonly MmdbRole[];
  readonly builtAtMs: number;
  /**
   * The record as the file has it, unchecked; null when there is none or it cannot be read. Never throws. Addresses that share a record
   * are given the same object, as long as it is remembered: nobody may change it.
   */
  get(ip: IpAddress): unknown;
}

// What one read may ask of the operating system.
const bytesPerReadMax = 1 << 30;

export class MmdbError extends Error {
  override readonly name = 'MmdbError';
}

// MaxMind's names, their makers' compatible ones and those of the npm packages ("city ipv4", "country ipvAll").
const rolesByName: readonly [RegExp, readonly MmdbRole[]][] = [
  [/enterprise/iu, ['city', 'country', 'asn', 'connection', 'anonymous']],
  [/city|insights|location/iu, ['city', 'country']],
  [/country/iu, ['country']],
  [/connection/iu, ['connection']],
  [/anonymous|proxy|risk/iu, ['anonymous']],
  [/asn|isp/iu, ['asn']],
];

// Each record decodes in about 40 steps at most; a crafted file can point in circles or fan out without end.
const pointersPerRecordMax = 2000;
// Decoded pieces kept per file. Keys ("latitude"), countries and the cities of today's visitors repeat in nearly every record;
// reading them again would be half of a look-up. Emptied when full: what is in use is back within a few look-ups.
const piecesMax = 8192;
// Whole records kept per file, in two halves: when the younger is full it takes the place of the older, and what is asked for moves to the
// younger. A city has thousands of networks and one record: of addresses drawn from all over the world these hold nine in ten.
// About 300 bytes each.
const recordsPerHalf = 8192;

/** Throws MmdbError with a sentence that names the file. */
export async function openMmdbFile(path: string): Promise<MmdbFile> {
  let bytes: Buffer;
  try {
    bytes = await readAtOnce(path);
  } catch (error) {
    throw new MmdbError(`The database ${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return mmdbFileOf(bytes, path);
}

/** Node's readFile goes back and forth between threads for every half megabyte; this reads while the rest of the start goes on. */
async function readAtOnce(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  // A pipe does not know.
  if (size === 0) return file.readFile();
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, Math.min(bytes.length - length, bytesPerReadMax), length);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
  }
  return bytes;
}

export function mmdbFileOf(bytes: Buffer, path: string): MmdbFile {
  const steps = { left: pointersPerRecordMax };
  const reader = readerOf(bytes, path, steps);
  const { databaseType, buildEpoch, ipVersion } = reader.metadata;
  const roles = rolesByName.find(([pattern]) => pattern.test(databaseType))?.[1];
  if (roles === undefined) throw new MmdbError(`The database ${path} is of type "${databaseType}", which is none that this service reads.`);
  const lookup = (text: string): unknown => {
    steps.left = pointersPerRecordMax;
    return reader.get(text);
  };
  probe(lookup, ipVersion, path);
  // IPv4 addresses live under ::/96 of an IPv6 tree. A file without any ends the walk at once, at depth 0.
  steps.left = pointersPerRecordMax;
  const hasIpv4 = reader.getWithPrefixLength('0.0.0.0')[1] > 0;
  const recordNumber = recordNumbers(bytes, reader.metadata);
  let records = new Map<number, unknown>();
  let olderRecords = records;
  const remember = (number: number, record: unknown): void => {
    if (records.size >= recordsPerHalf) {
      olderRecords = records;
      records = new Map();
    }
    records.set(number, record);
  };
  return {
    type: databaseType,
    roles,
    builtAtMs: Number.isFinite(buildEpoch.getTime()) ? buildEpoch.getTime() : 0,
    get(ip) {
      // In a tree of IPv4 addresses the reader would walk an IPv6 address's first bits and find a stranger.
      if (ip.version === 6 ? ipVersion === 4 : !hasIpv4) return null;
      const number = recordNumber(ip);
      if (number === 0) return null;
      const known = records.get(number);
      if (known !== undefined) return known;
      try {
        const record = olderRecords.get(number) ?? lookup(ip.text);
        remember(number, record);
        return record;
      } catch {
        return null;
      }
    },
  };
}

function readerOf(bytes: Buffer, path: string, steps: { left: number }): Reader<Response> {
  const pieces = new Map<string | number, unknown>();
  const cache = {
    get(offset: string | number): unknown {
      // The reader asks here before it follows any pointer: the place to stop one that never ends.
      steps.left -= 1;
      if (steps.left < 0) throw new RangeError('too many pointers');
      return pieces.get(offset);
    },
    set(offset: string | number, piece: unknown): void {
      if (pieces.size >= piecesMax) pieces.clear();
      pieces.set(offset, piece);
    },
  };
  try {
    const reader = new Reader<Response>(bytes, { cache });
    const { databaseType, binaryFormatMajorVersion, ipVersion, nodeCount, searchTreeSize } = reader.metadata;
    const isPlausible =
      typeof databaseType === 'string' &&
      binaryFormatMajorVersion === 2 &&
      (ipVersion === 4 || ipVersion === 6) &&
      Number.isSafeInteger(nodeCount) &&
      nodeCount > 0 &&
      searchTreeSize + 16 < bytes.length;
    if (!isPlausible) throw new RangeError('its metadata do not fit its size');
    // Sixteen zero bytes part the tree from the data; a file with a piece missing has something else there.
    if (bytes.subarray(searchTreeSize, searchTreeSize + 16).some((byte) => byte !== 0))
      throw new RangeError('its tree has not the stated size');
    return reader;
  } catch (error) {
    throw new MmdbError(`The database ${path} is damaged or not in MaxMind's format: ${(error as Error).message}.`, { cause: error });
  }
}

/** Reads records spread over the address space, so that damage shows at start and not at the first login. */
function probe(lookup: (text: string) => unknown, ipVersion: number, path: string): void {
  const check = (text: string): void => {
    try {
      const record = lookup(text);
      if (typeof record !== 'object') throw new TypeError('a record is not a map');
    } catch (error) {
      throw new MmdbError(`The database ${path} is damaged at the record of ${text}: ${(error as Error).message}.`, { cause: error });
    }
  };
  // Every /8 four times, and the IPv6 space that registries hand out, every /12 to /16.
  for (let first = 0; first < 256; first += 1) for (const rest of ['0.0.1', '66.10.9', '128.7.1', '201.77.130']) check(`${first}.${rest}`);
  if (ipVersion === 6) {
    for (let high = 0x2000; high < 0x2e00; high += 0x10) for (const low of ['1', '4000']) check(`${high.toString(16)}:${low}::1`);
  }
}
