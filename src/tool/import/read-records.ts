// Streams a file as numbered records in the wire form: NDJSON as it is, CSV and lines through a mapping.
//
// Memory stays flat whatever the size of the file; compressed files (.gz) are read as they are.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse as parseCsv } from 'csv-parse';
import { applyRules, createTimeReader, recordsOfLine, type WireRecord } from './map-record.ts';
import type { Mapping } from './mapping.ts';

export interface NumberedRecord {
  /** Line of the file (CSV: of the record's first line), counted from 1. */
  readonly line: number;
  /** Position among the records of one line, from 0. */
  readonly part: number;
  readonly record: WireRecord | null;
  /** Why there is no record: "unmatched" for a line that no pattern knows, else a sentence. */
  readonly problem: string | null;
}

/** Longest line that is read; an attempt is at most 16 KiB, the rest is slack for logs. */
const lineCharsMax = 65_536;

export function openText(file: string): Readable {
  const bytes = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!file.endsWith('.gz')) return bytes;
  const text = createGunzip();
  bytes.on('error', (error) => text.destroy(error));
  return bytes.pipe(text);
}

export async function* readRecords(file: string, mapping: Mapping | null): AsyncGenerator<NumberedRecord> {
  if (mapping?.format === 'csv') yield* readCsv(file, mapping);
  else yield* readLines(file, mapping);
}

async function* readLines(file: string, mapping: Mapping | null): AsyncGenerator<NumberedRecord> {
  const times = createTimeReader(mapping ?? { year: null, offset: '+00:00' });
  let line = 0;
  for await (const text of createInterface({ input: openText(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === '') continue;
    if (text.length > lineCharsMax) yield { line, part: 0, record: null, problem: `the line is longer than ${lineCharsMax} characters` };
    else if (mapping === null) yield { line, part: 0, ...parseJson(text) };
    else yield* mapLine(line, text, mapping, times);
  }
}

function* mapLine(line: number, text: string, mapping: Mapping, times: ReturnType<typeof createTimeReader>): Generator<NumberedRecord> {
  const records = recordsOfLine(text, mapping, times);
  if (records.length === 0) yield { line, part: 0, record: null, problem: 'unmatched' };
  for (let part = 0; part < records.length; part++) yield { line, part, record: records[part] as WireRecord, problem: null };
}

function parseJson(text: string): Pick<NumberedRecord, 'record' | 'problem'> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { record: value as WireRecord, problem: null };
    return { record: null, problem: 'the line is not a JSON object' };
  } catch {
    return { record: null, problem: 'the line is not JSON' };
  }
}

async function* readCsv(file: string, mapping: Mapping): AsyncGenerator<NumberedRecord> {
  const times = createTimeReader(mapping);
  const rows = openText(file).pipe(
    parseCsv({
      columns: true,
      bom: true,
      delimiter: mapping.delimiter,
      info: true,
      relax_column_count: true,
      max_record_size: lineCharsMax,
    }),
  );
  for await (const item of rows as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
    const record: WireRecord = {};
    applyRules(record, mapping.fields, item.record, times);
    yield { line: item.info.lines, part: 0, record, problem: null };
  }
}
