// The matrix on disk: one folder per split, one flat little-endian file per column, so that Python reads it with one call each.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type ColumnType = 'u8' | 'u16' | 'u32' | 'f32' | 'f64';

const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;

export interface ColumnWriter {
  /** Appends values of one row (one for plain columns, all features for "features"). */
  push(values: ArrayLike<number>): void;
  close(): void;
}

/** Values are gathered to a megabyte before they are written. */
const bufferLength = 1 << 18;

export function openColumn(folder: string, name: string, type: ColumnType): ColumnWriter {
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, `${name}.${type}`), 'w');
  const buffer = new arrays[type](bufferLength);
  let used = 0;
  function flush(): void {
    if (used > 0) writeSync(file, Buffer.from(buffer.buffer, 0, used * buffer.BYTES_PER_ELEMENT));
    used = 0;
  }
  return {
    push(values) {
      if (used + values.length > bufferLength) flush();
      buffer.set(values, used);
      used += values.length;
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

export interface MatrixHead {
  readonly rows: number;
  readonly kinds: readonly string[];
  readonly features: readonly string[];
  readonly groups: readonly string[];
  readonly group_of: readonly number[];
  readonly monotone: readonly number[];
  readonly schema_hash: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** What made it: seed, scale, tenants. */
  readonly source: Readonly<Record<string, unknown>>;
}

export function writeHead(folder: string, head: MatrixHead): void {
  writeFileSync(join(folder, 'matrix.json'), `${JSON.stringify(head, null, 1)}\n`);
}
