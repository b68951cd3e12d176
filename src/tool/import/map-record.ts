// One foreign record to one attempt in the wire form, by the mapping's rules. Pure.
import type { FieldRule, LinePattern, Mapping } from './mapping.ts';
import { repeatMax } from './mapping.ts';

/** The wire form of an attempt with its end, before it is parsed at the door. */
export type WireRecord = Record<string, unknown>;

export interface TimeReader {
  /** RFC 3339 text, or null when the text is no time. */
  read(text: string): string | null;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\s*(Z|[+-]\d\d:?\d\d)?$/;
const syslog = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)$/;

/** Reads ISO-like times, epoch seconds or milliseconds, and syslog times, which name no year: it advances when the month falls back. */
export function createTimeReader(mapping: Pick<Mapping, 'year' | 'offset'>): TimeReader {
  let year = mapping.year;
  let lastMonth = 0;
  return {
    read(text) {
      const isoParts = iso.exec(text);
      if (isoParts !== null) return `${isoParts[1]}T${isoParts[2]?.replace(',', '.')}${zone(isoParts[3] ?? mapping.offset)}`;
      if (/^\d{9,13}(\.\d+)?$/.test(text)) {
        const number = Number(text);
        return new Date(text.length >= 12 && !text.includes('.') ? number : number * 1000).toISOString();
      }
      const syslogParts = syslog.exec(text);
      if (syslogParts === null || year === null) return null;
      const month = months.indexOf(syslogParts[1] as string);
      if (month < 0) return null;
      // Half a year back is a new year; a little back is a line out of order.
      if (month < lastMonth - 6) year += 1;
      lastMonth = month;
      const date = `${year}-${String(month + 1).padStart(2, '0')}-${(syslogParts[2] as string).padStart(2, '0')}`;
      return `${date}T${syslogParts[3]}${zone(mapping.offset)}`;
    },
  };
}

function zone(text: string): string {
  return text === 'Z' || text.includes(':') ? text : `${text.slice(0, 3)}:${text.slice(3)}`;
}

/** Fills `record` by the rules; a value that is empty, untranslatable or not of its type stays absent. */
export function applyRules(
  record: WireRecord,
  rules: Readonly<Record<string, FieldRule>>,
  source: Readonly<Record<string, string | undefined>>,
  times: TimeReader,
): void {
  for (const [path, rule] of Object.entries(rules)) {
    const value = rule.value ?? valueOf(rule, rule.from === undefined ? undefined : source[rule.from], times);
    if (value !== null) setPath(record, path, value);
  }
}

function valueOf(rule: FieldRule, text: string | undefined, times: TimeReader): string | number | boolean | null {
  if (text === undefined || text === '') return null;
  if (rule.values !== undefined) return Object.hasOwn(rule.values, text) ? (rule.values[text] as string | number | boolean) : null;
  if (rule.type === 'number') return Number.isFinite(Number(text)) ? Number(text) : null;
  if (rule.type === 'time') return times.read(text);
  return text;
}

function setPath(record: WireRecord, path: string, value: unknown): void {
  const parts = path.split('.');
  let target = record;
  for (const part of parts.slice(0, -1)) {
    if (!Object.hasOwn(target, part)) target[part] = {};
    target = target[part] as WireRecord;
  }
  target[parts.at(-1) as string] = value;
}

/** The records of one line: none when no pattern matches, several when the line says that it was repeated. */
export function recordsOfLine(line: string, mapping: Mapping, times: TimeReader): WireRecord[] {
  for (const pattern of mapping.patterns) {
    const groups = pattern.match.exec(line)?.groups;
    if (groups === undefined && !pattern.match.test(line)) continue;
    const record: WireRecord = {};
    applyRules(record, mapping.fields, groups ?? {}, times);
    applyRules(record, pattern.fields, groups ?? {}, times);
    return Array.from({ length: repeatsOf(pattern, groups) }, () => structuredClone(record));
  }
  return [];
}

function repeatsOf(pattern: LinePattern, groups: Readonly<Record<string, string | undefined>> | undefined): number {
  const text = pattern.repeat === null ? undefined : groups?.[pattern.repeat];
  const count = text === undefined ? 1 : Number(text);
  return Number.isInteger(count) && count > 0 ? Math.min(count, repeatMax) : 1;
}
