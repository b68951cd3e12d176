// How often each value of each population attribute ended in a good login, over everybody in a tenant.
//
// Bounded: an attribute keeps at most `populationValuesMax` values, and a new value takes the place of the rarest one when it is
// full. What is lost that way is rare by definition, and a rare value and an unknown one mean nearly the same.
import type { Population } from '../facts.ts';
import type { ByteReader } from '../record/byte-reader.ts';
import type { ByteWriter } from '../record/byte-writer.ts';
import type { Refusal } from './record/source-record.ts';
import { populationAttributes } from './visit.ts';

/** Networks are the most varied attribute; the largest 4,000 of a country's carry nearly all of its users. */
export const populationValuesMax = 4096;
const version = 1;

export interface PopulationTable {
  /** Good logins counted. */
  total: number;
  /** Per population attribute. */
  readonly counts: readonly Map<string, number>[];
}

export interface PopulationEvent {
  /** In the order of `populationAttributes`; null where the attempt has none. */
  readonly values: readonly (string | null)[];
  readonly amount: 1 | -1;
}

export function emptyPopulation(): PopulationTable {
  return { total: 0, counts: populationAttributes.map(() => new Map<string, number>()) };
}

export function addToPopulation(table: PopulationTable, event: PopulationEvent): void {
  table.total = Math.max(0, table.total + event.amount);
  for (let i = 0; i < table.counts.length; i++) {
    const value = event.values[i];
    if (value === null || value === undefined) continue;
    const counts = table.counts[i] as Map<string, number>;
    const count = (counts.get(value) ?? 0) + event.amount;
    if (count <= 0) {
      counts.delete(value);
      continue;
    }
    if (count === 1 && counts.size >= populationValuesMax && !counts.has(value)) removeRarest(counts);
    counts.set(value, count);
  }
}

/** The first of the rarest makes room; with a count of one, which nearly always exists, the search ends early. */
function removeRarest(counts: Map<string, number>): void {
  let rarest = '';
  let least = Number.POSITIVE_INFINITY;
  for (const [value, count] of counts) {
    if (count < least) {
      rarest = value;
      least = count;
      if (count === 1) break;
    }
  }
  counts.delete(rarest);
}

export function populationOf(table: PopulationTable | null, values: readonly (string | null)[]): Population {
  const counts: number[] = [];
  for (let i = 0; i < populationAttributes.length; i++) {
    const value = values[i];
    counts.push(table === null || value === null || value === undefined ? 0 : (table.counts[i]?.get(value) ?? 0));
  }
  return { total: table === null ? 0 : table.total, counts };
}

export function writePopulation(out: ByteWriter, table: PopulationTable): void {
  out.uint(version);
  out.number(table.total);
  for (const counts of table.counts) {
    out.uint(counts.size);
    for (const [value, count] of counts) {
      out.plainText(value);
      out.number(count);
    }
  }
}

export function readPopulation(from: ByteReader): PopulationTable | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const table = emptyPopulation();
  table.total = from.number();
  for (const counts of table.counts) {
    const size = from.count(populationValuesMax);
    for (let i = 0; i < size; i++) {
      const value = from.plainText();
      counts.set(value, from.number());
    }
  }
  return from.complete() ? table : 'damaged';
}

export function writePopulationEvent(out: ByteWriter, event: PopulationEvent): void {
  out.uint(version);
  out.number(event.amount);
  for (let i = 0; i < populationAttributes.length; i++) out.text(event.values[i] ?? null);
}

export function readPopulationEvent(from: ByteReader): PopulationEvent | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const amount = from.number();
  const values = populationAttributes.map(() => from.text());
  if (!from.complete() || (amount !== 1 && amount !== -1)) return 'damaged';
  return { values, amount };
}
