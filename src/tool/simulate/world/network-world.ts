// A sample of the real Internet: for each operator, address blocks that it really announces, with the place that the city data
// gives them. People and attackers draw addresses from the same blocks, so that no range belongs to one side only.
//
// Blocks are divided among partitions by their hash: training, calibration and test never share a block.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseIpAddress } from '../../../parse/ip-address.ts';
import type { IpIntelligence } from '../../../ports/ip-intelligence.ts';
import type { Random } from '../../../ports/random.ts';
import { below, pick, pickWeighted, type Weighted } from '../draw.ts';
import { type Operator, type OperatorKind, operators } from './operators.ts';
import { hashText, seededRandom } from '../seeded-random.ts';

/** An IPv4 /24 or an IPv6 /48 of one operator. */
export interface Site {
  readonly operator: Operator;
  readonly version: 4 | 6;
  /** "192.0.2" or "2001:db8:1": what stands before the host part. */
  readonly prefix: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly timeZone: string;
}

/** Blocks drawn per operator before they are divided among partitions. Cities show up in proportion to their addresses. */
const sitesPerOperator4 = 900;
const sitesPerOperator6 = 300;

export interface NetworkWorld {
  readonly sites: readonly Site[];
  /** Same sites for the same data, whatever else was drawn. Empty when the operator has none in this partition. */
  of(kind: OperatorKind, country: string | null, version?: 4 | 6): readonly Site[];
  draw(random: Random, kind: OperatorKind, country: string | null, version?: 4 | 6): Site;
  /** Blocks of the same operator in the same partition. */
  sameOperator(site: Site): readonly Site[];
  /** Consumer blocks (IPv4) of the country, nearest first. */
  nearest(place: Site, kind: OperatorKind, count: number): readonly Site[];
}

function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

interface Ranges {
  readonly four: (readonly [number, number])[];
  readonly six: string[];
}

async function readRanges(directory: string): Promise<Map<number, Ranges>> {
  const wanted = new Map<number, Ranges>(operators.map((operator) => [operator.asn, { four: [], six: [] }]));
  for (const version of [4, 6] as const) {
    const lines = createInterface({ input: createReadStream(join(directory, `asn-ipv${version}.csv`)) });
    for await (const line of lines) {
      const [start, end, asn] = line.split(',', 3) as [string, string, string];
      const ranges = wanted.get(Number(asn));
      if (ranges === undefined) continue;
      if (version === 6) ranges.six.push(start);
      else ranges.four.push([ipv4Number(start), ipv4Number(end)]);
    }
  }
  return wanted;
}

/** First three groups of an IPv6 range start, the third replaced where the range is wide enough to choose. */
function prefix48(start: string, random: Random): string {
  const groups = start.split('::')[0]?.split(':') ?? [];
  const first = groups[0] ?? '2001';
  const second = groups[1] ?? '0';
  // A range that starts on a /32 boundary is taken to hold at least its first 256 /48s.
  const third = groups[2] ?? below(random, 256).toString(16);
  return `${first}:${second}:${third}`;
}

/** Null where the data knows no place, or one in another country than the operator serves. */
function siteAt(operator: Operator, version: 4 | 6, prefix: string, address: string, ip: IpIntelligence): Site | null {
  const parsed = parseIpAddress(address);
  const geo = parsed === null ? null : ip.lookup(parsed, 0).geo;
  if (geo === null || geo.country === null || geo.latitude === null || geo.longitude === null || geo.timeZone === null) return null;
  if (operator.country !== null && geo.country !== operator.country) return null;
  const { country, region, city, latitude, longitude, timeZone } = geo;
  return { operator, version, prefix, country, region: region ?? '', city: city ?? '', latitude, longitude, timeZone };
}

function sampleOperator(operator: Operator, ranges: Ranges, ip: IpIntelligence): Site[] {
  const random = seededRandom(`operator/${operator.asn}/${operator.kind}/${operator.country}`);
  const found = new Map<string, Site>();
  const weights = ranges.four.map(([start, end]) => end - start + 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < sitesPerOperator4 && total > 0; i++) {
    let left = random.uniform() * total;
    let at = 0;
    while (at < weights.length - 1 && left >= (weights[at] as number)) left -= weights[at++] as number;
    const base = Math.floor(((ranges.four[at] as readonly [number, number])[0] + left) / 256);
    const prefix = `${Math.floor(base / 65536)}.${Math.floor(base / 256) % 256}.${base % 256}`;
    const site = siteAt(operator, 4, prefix, `${prefix}.77`, ip);
    if (site !== null) found.set(prefix, site);
  }
  for (let i = 0; i < sitesPerOperator6 && ranges.six.length > 0; i++) {
    const prefix = prefix48(pick(random, ranges.six), random);
    const site = siteAt(operator, 6, prefix, `${prefix}::1`, ip);
    if (site !== null) found.set(prefix, site);
  }
  return [...found.values()];
}

export const partitions = 10;

/** Which of ten partitions a block belongs to. */
export function partitionOf(site: Site): number {
  return hashText(site.prefix, 77) % partitions;
}

/** Reads the shipped ASN ranges and samples them; places as `ip` knows them. About four seconds, once per run. */
export async function sampleNetworks(ip: IpIntelligence): Promise<readonly Site[]> {
  const ranges = await readRanges(dirname(createRequire(import.meta.url).resolve('@ip-location-db/asn/package.json')));
  return operators.flatMap((operator) => sampleOperator(operator, ranges.get(operator.asn) as Ranges, ip));
}

function squaredDistance(a: Site, b: Site): number {
  const scale = Math.cos((a.latitude * Math.PI) / 180);
  return (a.latitude - b.latitude) ** 2 + ((a.longitude - b.longitude) * scale) ** 2;
}

/** The world as one partition of data sees it. */
export function createWorld(all: readonly Site[], inPartition: (partition: number) => boolean): NetworkWorld {
  const sites = all.filter((site) => inPartition(partitionOf(site)));
  const byKind = new Map<string, Site[]>();
  const byOperator = new Map<string, Site[]>();
  const add = (map: Map<string, Site[]>, key: string, site: Site): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [site]);
    else list.push(site);
  };
  for (const site of sites) {
    add(byKind, `${site.operator.kind}/${site.country}/${site.version}`, site);
    add(byKind, `${site.operator.kind}//${site.version}`, site);
    add(byOperator, operatorKey(site), site);
  }
  const of: NetworkWorld['of'] = (kind, country, version = 4) => byKind.get(`${kind}/${country ?? ''}/${version}`) ?? [];
  const choicesOf = cached((_key: string, list: readonly Site[]) => byShare(list));
  const nearestOf = cached((_key: string, list: readonly Site[], place: Site) =>
    [...list].sort((a, b) => squaredDistance(place, a) - squaredDistance(place, b)).slice(0, nearestMax),
  );
  return {
    sites,
    of,
    draw(random, kind, country, version = 4) {
      const here = country !== null && of(kind, country, version).length > 0;
      const key = here ? `${kind}/${country}/${version}` : `${kind}//4`;
      // Two steps, operator by share and then block, so that a network with many prefixes is not drawn more for that alone.
      return pick(random, pickWeighted(random, choicesOf(key, byKind.get(key) ?? [])));
    },
    sameOperator: (site) => byOperator.get(operatorKey(site)) ?? [site],
    nearest: (place, kind, count) =>
      nearestOf(`${kind}/${place.latitude}/${place.longitude}`, of(kind, place.country), place).slice(0, count),
  };
}

/** Neighbours kept per place: no caller asks for more. */
const nearestMax = 8;

function cached<A extends unknown[], T>(make: (key: string, ...rest: A) => T): (key: string, ...rest: A) => T {
  const known = new Map<string, T>();
  return (key, ...rest) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key, ...rest);
      known.set(key, value);
    }
    return value;
  };
}

function byShare(list: readonly Site[]): Weighted<readonly Site[]> {
  const byOperator = new Map<Operator, Site[]>();
  for (const site of list) {
    const known = byOperator.get(site.operator);
    if (known === undefined) byOperator.set(site.operator, [site]);
    else known.push(site);
  }
  return [...byOperator].map(([operator, sites]) => [sites, operator.share] as const);
}

function operatorKey(site: Site): string {
  return `${site.operator.asn}/${site.operator.kind}/${site.country}/${site.version}`;
}

/** A host address in the block: IPv4 .1 to .254; IPv6 with the given subnet and a random interface part. */
export function addressIn(site: Site, random: Random, subnet = below(random, 65_536)): string {
  if (site.version === 4) return `${site.prefix}.${1 + below(random, 254)}`;
  const group = (): string => below(random, 65_536).toString(16);
  return `${site.prefix}:${subnet.toString(16)}:${group()}:${group()}:${group()}:${(1 + below(random, 65_535)).toString(16)}`;
}
