// The file format of compiled tables: a JSON header, then named columns of numbers or bytes, then a checksum.
//
// Columns are 4-byte aligned and little-endian, so that loading is one read and a few views on it. A file that is short,
// damaged or of another format is refused with a sentence; the header is data from outside and is checked by its reader.
//
//   bytes 0-7   "PCRANGE1"     bytes 8-11  CRC-32 of all bytes from 12 on      bytes 12-15  header length
//   bytes 16-   header JSON, padded with spaces so that the columns start at a multiple of 4
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type RangeColumns, RangeTable, type Steps } from './range-table.ts';

const magic = 'PCRANGE1';
const fixedBytes = 16;
const headerBytesMax = 1 << 20;
// About half a millisecond of checksum.
const bytesPerStep = 1 << 20;

export interface PackedColumn {
  readonly name: string;
  readonly type: 'u32' | 'u8';
  readonly length: number;
}

export interface PackedFile {
  readonly meta: Readonly<Record<string, unknown>>;
  u32(name: string): Uint32Array;
  u8(name: string): Uint8Array;
}

export class PackedFileError extends Error {
  override readonly name = 'PackedFileError';
}

export function packFile(meta: Readonly<Record<string, unknown>>, columns: Readonly<Record<string, Uint32Array | Uint8Array>>): Buffer {
  const listed = Object.entries(columns).map(([name, data]) => ({
    name,
    type: data instanceof Uint32Array ? 'u32' : 'u8',
    length: data.length,
  }));
  const json = JSON.stringify({ meta, columns: listed });
  const header = Buffer.from(json + ' '.repeat(paddingOf(Buffer.byteLength(json))));
  const parts: Uint8Array[] = [Buffer.alloc(4), header];
  (parts[0] as Buffer).writeUInt32LE(header.length);
  for (const data of Object.values(columns)) {
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), new Uint8Array(paddingOf(data.byteLength)));
  }
  const body = Buffer.concat(parts);
  const front = Buffer.alloc(12);
  front.write(magic, 'latin1');
  front.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([front, body]);
}

/** Throws PackedFileError. The columns are views on `bytes`. */
export function* unpackFile(bytes: Buffer): Steps<PackedFile> {
  if (bytes.length < fixedBytes || bytes.toString('latin1', 0, 8) !== magic) throw new PackedFileError('is not a compiled table');
  let sum = 0;
  for (let at = 12; at < bytes.length; at += bytesPerStep) {
    sum = crc32(bytes.subarray(at, at + bytesPerStep), sum);
    yield;
  }
  if (sum !== bytes.readUInt32LE(8)) throw new PackedFileError('is damaged: its checksum does not match');
  const headerLength = bytes.readUInt32LE(12);
  if (headerLength > headerBytesMax || fixedBytes + headerLength > bytes.length) throw new PackedFileError('is damaged: header too long');
  const header = parseHeader(bytes.toString('utf8', fixedBytes, fixedBytes + headerLength));
  // Views need 4-byte alignment, which a slice of a shared pool may lack.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  const views = new Map<string, Uint32Array | Uint8Array>();
  let at = fixedBytes + headerLength;
  for (const column of header.columns) {
    const byteLength = column.length * (column.type === 'u32' ? 4 : 1);
    if (at + byteLength > aligned.length) throw new PackedFileError(`is damaged: column ${column.name} is cut off`);
    const offset = aligned.byteOffset + at;
    views.set(
      column.name,
      column.type === 'u32'
        ? new Uint32Array(aligned.buffer, offset, column.length)
        : new Uint8Array(aligned.buffer, offset, column.length),
    );
    at += byteLength + paddingOf(byteLength);
  }
  const view = (name: string): Uint32Array | Uint8Array => {
    const found = views.get(name);
    if (found === undefined) throw new PackedFileError(`has no column ${name}`);
    return found;
  };
  return {
    meta: header.meta,
    u32(name) {
      const column = view(name);
      if (!(column instanceof Uint32Array)) throw new PackedFileError(`column ${name} has the wrong type`);
      return column;
    },
    u8(name) {
      const column = view(name);
      if (!(column instanceof Uint8Array)) throw new PackedFileError(`column ${name} has the wrong type`);
      return column;
    },
  };
}

/** The columns of the range table in a file. Throws PackedFileError when one is missing. */
export function rangeColumnsOf(file: PackedFile): RangeColumns {
  const [starts4, ends4, values4] = [file.u32('starts4'), file.u32('ends4'), file.u32('values4')];
  const [starts6, ends6, values6] = [file.u32('starts6'), file.u32('ends6'), file.u32('values6')];
  return { starts4, ends4, values4, starts6, ends6, values6 };
}

/** The range table in a file, checked. Throws PackedFileError. */
export function* unpackRanges(file: PackedFile): Steps<RangeTable> {
  try {
    return yield* RangeTable.check(rangeColumnsOf(file));
  } catch (error) {
    if (error instanceof RangeError) throw new PackedFileError(`is damaged: ${error.message}`, { cause: error });
    throw error;
  }
}

function paddingOf(byteLength: number): number {
  return (4 - (byteLength % 4)) % 4;
}

function parseHeader(json: string): { meta: Record<string, unknown>; columns: PackedColumn[] } {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    throw new PackedFileError('is damaged: header is not JSON');
  }
  const { meta, columns } = (header ?? {}) as { meta?: unknown; columns?: unknown };
  if (typeof meta !== 'object' || meta === null || !Array.isArray(columns) || !columns.every(isColumn)) {
    throw new PackedFileError('is damaged: header is incomplete');
  }
  return { meta: meta as Record<string, unknown>, columns };
}

function isColumn(value: unknown): value is PackedColumn {
  const column = (value ?? {}) as Partial<PackedColumn>;
  const isLength = Number.isSafeInteger(column.length) && (column.length as number) >= 0;
  return typeof column.name === 'string' && (column.type === 'u32' || column.type === 'u8') && isLength;
}

/** Readers see the old file or the whole new one, also after a crash; concurrent writers do not disturb each other. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
