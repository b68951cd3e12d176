// A mapping file tells the import how somebody else's log becomes attempts: which column, or which part of a line, is which
// field. It is YAML, small, and checked before the first line is read.
import { readYaml } from '../../parse/yaml-text.ts';

/** Where a value comes from and what is done to it, in this order: take, translate, type. */
export interface FieldRule {
  /** CSV column, or named group of the line pattern. */
  readonly from?: string;
  /** The same for every record. */
  readonly value?: string | number | boolean;
  /** Translation of the text; a text that is not listed leaves the field absent. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
  readonly type?: 'text' | 'number' | 'time';
}

export interface LinePattern {
  readonly match: RegExp;
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Named group that holds how many times the line stands for itself ("message repeated 5 times"). */
  readonly repeat: string | null;
}

export interface Mapping {
  readonly format: 'csv' | 'lines';
  readonly delimiter: string;
  /** Year of times that name none (syslog); the year after it begins when the month falls back. */
  readonly year: number | null;
  /** Offset of times that name no zone, "+00:00" by default. */
  readonly offset: string;
  readonly fields: Readonly<Record<string, FieldRule>>;
  readonly patterns: readonly LinePattern[];
}

export class MappingError extends Error {
  override readonly name = 'MappingError';
}

const topKeys = new Set(['format', 'delimiter', 'year', 'offset', 'fields', 'patterns']);
const ruleKeys = new Set(['from', 'value', 'values', 'type']);
/** A line stands for at most this many attempts, whatever it says. */
export const repeatMax = 1000;

/** Throws MappingError with one sentence. */
export function parseMapping(text: string): Mapping {
  const reading = readYaml(text);
  if (!reading.ok) throw new MappingError(`The mapping is not readable: ${reading.problem}.`);
  const root = object(reading.value, 'The mapping');
  for (const key of Object.keys(root))
    if (!topKeys.has(key)) throw new MappingError(`The mapping has an unknown entry "${key}"; known are ${[...topKeys].join(', ')}.`);
  const format = root['format'];
  if (format !== 'csv' && format !== 'lines') throw new MappingError('The mapping must say "format: csv" or "format: lines".');
  const offset = root['offset'] ?? '+00:00';
  if (typeof offset !== 'string' || !/^[+-]\d\d:\d\d$/.test(offset)) throw new MappingError('"offset" must look like "+01:00".');
  const year = root['year'] ?? null;
  if (year !== null && !(Number.isInteger(year) && (year as number) > 1969 && (year as number) < 3000))
    throw new MappingError('"year" must be a four-digit year.');
  const delimiter = root['delimiter'] ?? ',';
  if (typeof delimiter !== 'string' || delimiter.length !== 1) throw new MappingError('"delimiter" must be one character.');
  const fields = rules(root['fields'] ?? {}, '"fields"');
  const patterns = format === 'lines' ? linePatterns(root['patterns']) : [];
  return { format, delimiter, year: year as number | null, offset, fields, patterns };
}

function linePatterns(value: unknown): LinePattern[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new MappingError('A mapping of lines needs "patterns", a list of {match, fields}.');
  return value.map((item, i) => {
    const pattern = object(item, `Pattern ${i + 1}`);
    const source = pattern['match'];
    const repeat = pattern['repeat'] ?? null;
    if (typeof source !== 'string') throw new MappingError(`Pattern ${i + 1} has no "match".`);
    if (repeat !== null && typeof repeat !== 'string') throw new MappingError(`Pattern ${i + 1}: "repeat" must name a group.`);
    try {
      return { match: new RegExp(source, 'u'), fields: rules(pattern['fields'] ?? {}, `"fields" of pattern ${i + 1}`), repeat };
    } catch (error) {
      if (error instanceof MappingError) throw error;
      throw new MappingError(`Pattern ${i + 1} is not a regular expression: ${(error as Error).message}`);
    }
  });
}

function rules(value: unknown, name: string): Record<string, FieldRule> {
  const result: Record<string, FieldRule> = {};
  for (const [path, given] of Object.entries(object(value, name))) {
    // A bare text is the common case: `ip: "IP Address"`.
    const rule = typeof given === 'string' ? { from: given } : object(given, `${name}.${path}`);
    for (const key of Object.keys(rule))
      if (!ruleKeys.has(key))
        throw new MappingError(`${name}.${path} has an unknown entry "${key}"; known are ${[...ruleKeys].join(', ')}.`);
    if (!('from' in rule) && !('value' in rule)) throw new MappingError(`${name}.${path} needs "from" (a column or group) or "value".`);
    result[path] = rule as FieldRule;
  }
  return result;
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MappingError(`${name} must be a map of names to values.`);
  return value as Record<string, unknown>;
}
