// What is known about an address, from files in memory: place, network, membership of lists. Implements the ip intelligence
// port; never waits, never throws on an address.
//
// A look-up costs a few microseconds, most of it walking a 60 MB tree; one person's logins and one attacker's burst repeat the
// address, so the facts are kept per address. The key is the address and not its /64: two addresses of one /64 may stand on
// different lists, and what is said of one must not depend on which was asked first (a replay would differ).
import tzLookup from '@photostructure/tz-lookup';
import { LRUCache } from 'lru-cache';
import type { IpAddress } from '../../domain/attempt.ts';
import type { AsnFacts, GeoFacts, IpFacts, ListHit, ListKind } from '../../domain/ip-facts.ts';
import type { IpIntelligence, IpSourceStatus } from '../../ports/ip-intelligence.ts';
import type { AsnClassifier } from './asn/asn-class.ts';
import type { AsnTable } from './asn/asn-table.ts';
import { assumedAccuracyKm } from './location-error.ts';
import { type ConnectionType, type PlaceRecord, readAnonymity, readConnection, readNetwork, readPlace } from './mmdb-facts.ts';
import type { MmdbFile } from './mmdb-file.ts';
import type { ReputationList } from './reputation-list.ts';

export interface IpDatabase extends IpIntelligence {
  /** Replaces all downloaded lists at once; the shipped snapshot stays. Look-ups from now on use the new ones. */
  swapLists(lists: readonly ReputationList[]): void;
  close(): void;
}

export interface IpSources {
  /** City and country files, asked in this order; the first that knows the address answers. */
  readonly places: readonly MmdbFile[];
  /** Compiled table, or an ASN, ISP or Enterprise file in its place. */
  readonly asnTable: AsnTable | null;
  readonly asnFile: MmdbFile | null;
  readonly classify: AsnClassifier;
  readonly anonymous: MmdbFile | null;
  readonly connection: MmdbFile | null;
  /** The shipped lists, which a swap leaves alone. */
  readonly snapshot: readonly ReputationList[];
}

/** A hit before its age is known: the age depends on the attempt's time, the rest does not. */
interface DatedHit {
  readonly kind: ListKind;
  readonly list: string;
  readonly reports: number | null;
  readonly builtAtMs: number;
}

interface KnownAddress {
  readonly facts: IpFacts;
  readonly hits: readonly DatedHit[];
}

// About 1 kB each. An address that is asked for again within the next five hundred others costs a tenth of a microsecond: the attempts of one
// person, the burst of one attacker. More of them would cost more than they save: what lives for seconds is what the garbage collector
// copies, marks and sweeps.
const addressesMax = 512;
// Records whose place was read, about 500 bytes each; emptied when full. Reading a place costs as much as finding its record, and a city's is asked
// for by each of its addresses.
const placesMax = 16_384;
const dayMs = 86_400_000;
// Beyond this a point says too little to name a time zone.
const zoneAccuracyMaxKm = 500;
const noHits: readonly ListHit[] = [];

export function createIpDatabase(sources: IpSources): IpDatabase {
  const cache = new LRUCache<string, KnownAddress>({ max: addressesMax });
  const places: KnownPlaces = new Map();
  let lists: readonly ReputationList[] = sources.snapshot;
  return {
    lookup(ip, atMs) {
      let known = cache.get(ip.text);
      if (known === undefined) {
        known = knowAddress(ip, sources, lists, places);
        cache.set(ip.text, known);
      }
      return known.hits.length === 0 ? known.facts : { ...known.facts, lists: known.hits.map((hit) => agedHit(hit, atMs)) };
    },
    sources: () => statuses(sources, lists),
    swapLists(downloaded) {
      lists = [...sources.snapshot, ...downloaded];
      cache.clear();
    },
    close() {
      cache.clear();
      places.clear();
    },
  };
}

function agedHit(hit: DatedHit, atMs: number): ListHit {
  const ageDays = Math.max(0, Math.floor((atMs - hit.builtAtMs) / dayMs));
  return { kind: hit.kind, list: hit.list, reports: hit.reports, ageDays };
}

function knowAddress(ip: IpAddress, sources: IpSources, lists: readonly ReputationList[], places: KnownPlaces): KnownAddress {
  const hits = findHits(ip, lists);
  // Private and reserved space has no place and no operator that others could know; data about it is accidental.
  if (ip.scope !== 'public') return { facts: { geo: null, asn: null, lists: noHits }, hits };
  if (sources.anonymous !== null) hits.push(...anonymityHits(ip, sources.anonymous));
  return { facts: { geo: findGeo(ip, sources.places, places), asn: findAsn(ip, sources), lists: noHits }, hits };
}

function findHits(ip: IpAddress, lists: readonly ReputationList[]): DatedHit[] {
  const hits: DatedHit[] = [];
  for (const list of lists) {
    const value = list.table.find(ip);
    if (value < 0) continue;
    const label = list.labels[list.isCounted ? 0 : value];
    if (label === undefined) continue;
    hits.push({ kind: label.kind, list: label.name, reports: list.isCounted ? value : null, builtAtMs: list.builtAtMs });
  }
  return hits;
}

function anonymityHits(ip: IpAddress, file: MmdbFile): DatedHit[] {
  return readAnonymity(file.get(ip), file.type).map(({ kind, provider }) => ({
    kind,
    list: provider === null ? file.type : `${file.type}: ${provider}`,
    reports: null,
    builtAtMs: file.builtAtMs,
  }));
}

/** What a record of a file says of a place, and what was made of it; by record, which a file gives as the same object to each address of it. */
type KnownPlaces = Map<unknown, KnownPlace | null>;

interface KnownPlace {
  readonly place: PlaceRecord;
  /** Null until it is asked for. */
  geo: GeoFacts | null;
  disputedGeo: GeoFacts | null;
}

function findGeo(ip: IpAddress, files: readonly MmdbFile[], places: KnownPlaces): GeoFacts | null {
  let known: KnownPlace | null = null;
  let isDisputed = false;
  for (const file of files) {
    const found = knownPlace(file.get(ip), places);
    if (found === null) continue;
    known ??= found;
    const { country, accuracyKm } = known.place;
    if (found.place.country !== null && country !== null && found.place.country !== country) isDisputed = true;
    // A stated radius is the maker's own account of its error: no second opinion needed.
    if (accuracyKm !== null) break;
  }
  if (known === null) return null;
  if (isDisputed) return (known.disputedGeo ??= geoOf(known.place, true));
  return (known.geo ??= geoOf(known.place, false));
}

/** Null when the record says nothing about a place. */
function knownPlace(record: unknown, places: KnownPlaces): KnownPlace | null {
  if (record === null) return null;
  let known = places.get(record);
  if (known === undefined) {
    if (places.size >= placesMax) places.clear();
    const place = readPlace(record);
    known = place === null ? null : { place, geo: null, disputedGeo: null };
    places.set(record, known);
  }
  return known;
}

function geoOf(place: PlaceRecord, isDisputed: boolean): GeoFacts {
  const accuracyKm = place.accuracyKm ?? assumedAccuracyKm(place, isDisputed);
  return {
    country: place.country,
    region: place.region,
    city: place.city,
    latitude: place.latitude,
    longitude: place.longitude,
    accuracyKm,
    accuracyStated: place.accuracyKm !== null,
    timeZone: place.timeZone ?? zoneOf(place, accuracyKm),
  };
}

function zoneOf(place: PlaceRecord, accuracyKm: number): string | null {
  if (place.latitude === null || place.longitude === null || accuracyKm > zoneAccuracyMaxKm) return null;
  return tzLookup(place.latitude, place.longitude);
}

function findAsn(ip: IpAddress, sources: IpSources): AsnFacts | null {
  const asn = sources.asnFile === null ? (sources.asnTable?.find(ip) ?? null) : asnOfFile(ip, sources.asnFile, sources.classify);
  if (asn === null || sources.connection === null) return asn;
  return refineClass(asn, readConnection(sources.connection.get(ip)));
}

function asnOfFile(ip: IpAddress, file: MmdbFile, classify: AsnClassifier): AsnFacts | null {
  const network = readNetwork(file.get(ip));
  return network === null ? null : { ...network, class: classify(network.asn, network.organisation) };
}

/** What is known of this very address refines what its network mostly is. A hosting network stays one: it is the stronger claim. */
function refineClass(asn: AsnFacts, connection: ConnectionType | null): AsnFacts {
  if (connection === null || asn.class === 'hosting') return asn;
  if (connection === 'cellular') return { ...asn, class: 'mobile' };
  const isOpen = asn.class === 'unknown' || asn.class === 'isp' || asn.class === 'mobile';
  if (connection === 'consumer') return isOpen ? { ...asn, class: 'isp' } : asn;
  return isOpen ? { ...asn, class: 'business' } : asn;
}

function statuses(sources: IpSources, lists: readonly ReputationList[]): IpSourceStatus[] {
  const all: IpSourceStatus[] = [];
  const addFile = (file: MmdbFile | null, kind: IpSourceStatus['kind']): void => {
    if (file !== null) all.push({ name: file.type, kind, builtAtMs: file.builtAtMs, entries: null });
  };
  for (const file of sources.places) addFile(file, file.roles.includes('city') ? 'city' : 'country');
  addFile(sources.asnFile, 'asn');
  if (sources.asnTable !== null)
    all.push({ name: 'asn', kind: 'asn', builtAtMs: sources.asnTable.builtAtMs, entries: sources.asnTable.entries });
  addFile(sources.anonymous, 'anonymous');
  addFile(sources.connection, 'connection');
  for (const list of lists) all.push({ name: list.name, kind: 'list', builtAtMs: list.builtAtMs, entries: list.table.entries });
  return all;
}
