// Lists of addresses with a reason to look twice: the shape in memory, and the compiled file that tools write and the service
// reads. One file holds one list with a kind, or many lists ("labels") over one table of disjoint ranges.
//
// A file's ranges carry a number each: with labels the label's place, otherwise how many sources reported the address (0 when
// the list does not count). The header is data from outside and is checked here.
import { readFile } from 'node:fs/promises';
import { type ListKind, listKinds } from '../../domain/ip-facts.ts';
import { inSlices } from './in-slices.ts';
import { PackedFileError, packFile, unpackFile, unpackRanges } from './packed-file.ts';
import type { RangeTable, Steps } from './range-table.ts';

export interface ListLabel {
  readonly name: string;
  readonly kind: ListKind;
}

export interface ReputationList {
  /** Of the file: a feed's name, or the snapshot's. */
  readonly name: string;
  readonly builtAtMs: number;
  /** One for a plain list, whose ranges' values are report counts; several when the values choose among them. */
  readonly labels: readonly ListLabel[];
  readonly isCounted: boolean;
  readonly table: RangeTable;
}

const listFormat = 1;
const labelsMax = 10_000;
const valuesPerStep = 65_536;

export interface ListSource {
  /** Where it came from, for people; stored in the file and read by nobody else. */
  readonly source: string;
  readonly licence: string;
}

export function packList(list: ReputationList, source: ListSource): Buffer {
  const { name, builtAtMs, labels, isCounted } = list;
  const meta = { kind: 'list', format: listFormat, name, builtAtMs, labels, isCounted, ...source };
  return packFile(meta, { ...list.table.columns });
}

/** Throws PackedFileError. */
export function* unpackList(bytes: Buffer): Steps<ReputationList> {
  const file = yield* unpackFile(bytes);
  const { kind, format, name, builtAtMs, labels, isCounted } = file.meta;
  if (kind !== 'list' || format !== listFormat) throw new PackedFileError('is not a compiled list');
  if (typeof name !== 'string' || typeof builtAtMs !== 'number' || !Number.isFinite(builtAtMs) || typeof isCounted !== 'boolean') {
    throw new PackedFileError('has an incomplete header');
  }
  if (!Array.isArray(labels) || labels.length === 0 || labels.length > labelsMax || !labels.every(isLabel)) {
    throw new PackedFileError('has labels that are not names with a known kind');
  }
  if (isCounted && labels.length !== 1) throw new PackedFileError('counts reports but has several labels');
  const table = yield* unpackRanges(file);
  for (const values of isCounted ? [] : [table.columns.values4, table.columns.values6]) {
    for (let at = 0; at < values.length; at += valuesPerStep) {
      if (values.subarray(at, at + valuesPerStep).some((value) => value >= labels.length))
        throw new PackedFileError('has ranges without a label');
      yield;
    }
  }
  return { name, builtAtMs, labels, isCounted, table };
}

/** Throws PackedFileError or the file system's error. Never holds the event loop for more than a few milliseconds. */
export async function readListFile(path: string): Promise<ReputationList> {
  return inSlices(unpackList(await readFile(path)));
}

function isLabel(value: unknown): value is ListLabel {
  const label = (value ?? {}) as Partial<ListLabel>;
  return typeof label.name === 'string' && label.name !== '' && listKinds.includes(label.kind as ListKind);
}
