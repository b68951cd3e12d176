// The file in which an operator names reputation feeds: YAML, one entry per feed.
//
//   feeds:
//     - name: ipsum                   # file name and metric label
//       title: IPsum                  # what an analyst reads; the name when not given
//       url: https://example.org/ipsum.txt
//       kind: blocklist               # tor | vpn | proxy | relay | hosting | cdn | blocklist
//       format: counted               # plain | counted | csv
//       reports_min: 3                # counted: leave out addresses with fewer reports
//       column: ip                    # csv: name of the column, or its number where there is no header
//       size_max_mib: 32
//       timeout_seconds: 60
//       allow_private: false          # true: the server may be inside your own network
import type { ListFormat } from '../../adapters/ip-database/list-text.ts';
import { type ListKind, listKinds } from '../../domain/ip-facts.ts';
import { readYaml } from '../../parse/yaml-text.ts';

export interface Feed {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly kind: ListKind;
  readonly format: ListFormat;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly isPrivateAllowed: boolean;
}

const keys = ['name', 'title', 'url', 'kind', 'format', 'reports_min', 'column', 'size_max_mib', 'timeout_seconds', 'allow_private'];
const formats = ['plain', 'counted', 'csv'] as const;
const mebibyte = 1_048_576;

/** Throws an Error with one sentence that names the entry and the key at fault. */
export function readFeeds(text: string): Feed[] {
  const reading = readYaml(text);
  if (!reading.ok) throw new Error(`The feeds file cannot be read: ${reading.problem}.`);
  const list = (reading.value as { feeds?: unknown } | null)?.feeds;
  if (!Array.isArray(list) || list.length === 0) throw new Error('The feeds file must hold "feeds:" with at least one entry.');
  const feeds = list.map((entry, index) => readFeed(entry, index + 1));
  for (const [index, feed] of feeds.entries()) {
    if (feeds.findIndex(({ name }) => name === feed.name) !== index) throw new Error(`Two feeds have the name "${feed.name}".`);
  }
  return feeds;
}

function readFeed(entry: unknown, number: number): Feed {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw new Error(`Feed ${number} must be a mapping.`);
  const map = entry as Readonly<Record<string, unknown>>;
  const where = typeof map['name'] === 'string' ? `Feed "${map['name'].slice(0, 60)}"` : `Feed ${number}`;
  const stranger = Object.keys(map).find((key) => !keys.includes(key));
  if (stranger !== undefined) throw new Error(`${where} has an unknown key "${stranger.slice(0, 60)}".`);
  const name = textOf(map, 'name', where);
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/u.test(name)) throw new Error(`${where}: name must be up to 41 lower-case letters, digits and hyphens.`);
  const url = textOf(map, 'url', where);
  if (!/^https?:$/u.test(URL.parse(url)?.protocol ?? '')) throw new Error(`${where}: url must begin with http:// or https://.`);
  const kind = oneOf(map, 'kind', listKinds, where);
  const isPrivateAllowed = map['allow_private'] ?? false;
  if (typeof isPrivateAllowed !== 'boolean') throw new Error(`${where}: allow_private must be true or false.`);
  return {
    name,
    title: map['title'] === undefined ? name : textOf(map, 'title', where),
    url,
    kind,
    format: formatOf(map, where),
    bytesMax: numberOf(map, 'size_max_mib', 32, 256, where) * mebibyte,
    timeoutMs: numberOf(map, 'timeout_seconds', 60, 600, where) * 1000,
    isPrivateAllowed,
  };
}

function formatOf(map: Readonly<Record<string, unknown>>, where: string): ListFormat {
  const kind = oneOf(map, 'format', formats, where);
  if (kind !== 'counted' && map['reports_min'] !== undefined) throw new Error(`${where}: reports_min belongs to the format counted.`);
  if (kind !== 'csv' && map['column'] !== undefined) throw new Error(`${where}: column belongs to the format csv.`);
  if (kind === 'counted') return { kind, reportsMin: numberOf(map, 'reports_min', 1, 1_000_000, where) };
  if (kind === 'plain') return { kind };
  const column = typeof map['column'] === 'number' ? numberOf(map, 'column', 1, 1000, where) : textOf(map, 'column', where);
  return { kind, column };
}

function textOf(map: Readonly<Record<string, unknown>>, key: string, where: string): string {
  const value = map[key];
  if (typeof value !== 'string' || value.trim() === '' || value.length > 500 || /\p{Cc}/u.test(value))
    throw new Error(`${where}: ${key} must be a text.`);
  return value.trim();
}

function oneOf<Value extends string>(map: Readonly<Record<string, unknown>>, key: string, values: readonly Value[], where: string): Value {
  const value = values.find((candidate) => candidate === map[key]);
  if (value === undefined) throw new Error(`${where}: ${key} must be one of ${values.join(', ')}.`);
  return value;
}

function numberOf(map: Readonly<Record<string, unknown>>, key: string, standard: number, max: number, where: string): number {
  const value = map[key] ?? standard;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max)
    throw new Error(`${where}: ${key} must be a whole number from 1 to ${max}.`);
  return value;
}
