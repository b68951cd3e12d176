// Reads a reputation list as its publisher writes it into ranges, and refuses what is no such list (an error page, a truncated
// or changed format), so that a bad download never replaces a good copy.
//
// Formats: "plain" has an address or prefix first on each line; "counted" has a number of reports after it (ipsum); "csv" has
// it in a column named by the header, or by number when there is none. "#", ";" and "//" start comments.
import { parsePrefix } from './address-text.ts';
import type { RangeEntry } from './range-builder.ts';

export type ListFormat =
  | { readonly kind: 'plain' }
  /** Addresses with fewer reports are left out. */
  | { readonly kind: 'counted'; readonly reportsMin: number }
  /** Name of the column in the first line, or its number from 1 on when there is no such line. */
  | { readonly kind: 'csv'; readonly column: string | number };

export interface ListReading {
  readonly entries: readonly RangeEntry[];
  /** Lines left out because they are no address, or claim an implausible part of the internet. */
  readonly refusedLines: number;
}

export class ListTextError extends Error {
  override readonly name = 'ListTextError';
}

export const listEntriesMax = 2_000_000;
// One bad line in twenty is a publisher's slip; more is another format.
const refusedShareMax = 0.05;
// No list is right about more than a registry's block. One such line would put millions of people on it.
const prefixLengthMin = { 1: 8, 4: 19 } as const;

/** Throws ListTextError with one clause. */
export function readListText(text: string, format: ListFormat): ListReading {
  const lines = text.replace(/^\uFEFF/u, '').split('\n');
  let columnIndex = typeof format === 'object' && format.kind === 'csv' && typeof format.column === 'number' ? format.column - 1 : -1;
  const entries: RangeEntry[] = [];
  let refusedLines = 0;
  let firstRefused = 0;
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || /^(?:#|;|\/\/)/u.test(line)) continue;
    if (format.kind === 'csv' && columnIndex < 0) {
      columnIndex = splitCsv(line).indexOf(format.column as string);
      if (columnIndex < 0) throw new ListTextError(`its first line has no column "${format.column}"`);
      continue;
    }
    const entry = readLine(line, format, columnIndex);
    if (entry === null) {
      refusedLines += 1;
      if (firstRefused === 0) firstRefused = index + 1;
      continue;
    }
    if (format.kind === 'counted' && entry.value < format.reportsMin) continue;
    entries.push(entry);
    if (entries.length > listEntriesMax) throw new ListTextError(`it has more than ${listEntriesMax} entries`);
  }
  if (refusedLines > refusedShareMax * (entries.length + refusedLines)) {
    throw new ListTextError(`${refusedLines} of its lines are not in the declared format, the first is line ${firstRefused}`);
  }
  if (entries.length === 0) throw new ListTextError('it has no entries');
  return { entries, refusedLines };
}

function readLine(line: string, format: ListFormat, columnIndex: number): RangeEntry | null {
  if (format.kind === 'csv') return readRange(splitCsv(line)[columnIndex] ?? '', 0);
  const [address = '', count = ''] = line.split(/[\s,;#]+/u, 2);
  if (format.kind === 'plain') return readRange(address, 0);
  return /^\d{1,6}$/u.test(count) ? readRange(address, Number(count)) : null;
}

function readRange(text: string, value: number): RangeEntry | null {
  const range = parsePrefix(text);
  if (range === null) return null;
  const slash = text.indexOf('/');
  const isTooBroad = slash >= 0 && Number(text.slice(slash + 1)) < prefixLengthMin[range.first.length];
  return isTooBroad ? null : { ...range, value };
}

/** Fields of one line, trimmed; a quoted field may hold commas and doubled quotes. */
function splitCsv(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] as string;
    if (character === '"' && isQuoted && line[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      fields.push(field.trim());
      field = '';
    } else field += character;
  }
  fields.push(field.trim());
  return fields;
}
