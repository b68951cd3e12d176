// Reads facts out of MaxMind-format records of two schemas: MaxMind's nested one (city.names.en, location.latitude) and the
// flat one of the npm packages (city, latitude).
//
// Records come from files that others made, so nothing is trusted to have the type it should: a piece that does not fit is
// null and the rest still counts.
import type { ListKind } from '../../domain/ip-facts.ts';

export interface PlaceRecord {
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** As stated by the file; null when it states none. */
  readonly accuracyKm: number | null;
  readonly timeZone: string | null;
}

export interface NetworkRecord {
  readonly asn: number;
  readonly organisation: string;
}

export type ConnectionType = 'cellular' | 'consumer' | 'corporate';

export interface AnonymityFlag {
  readonly kind: ListKind;
  /** Who runs the service, where the file knows. */
  readonly provider: string | null;
}

const earthHalfwayKm = 20_015;
const textLengthMax = 100;

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // A name ends up in evidence that people read, so control characters have no place in it.
  const text = value.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return text === '' ? null : text.slice(0, textLengthMax);
}

function asNumber(value: unknown, min: number, max: number): number | null {
  return typeof value === 'number' && value >= min && value <= max ? value : null;
}

function asCountry(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{2}$/u.test(value) ? value : null;
}

function asTimeZone(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z][\w+-]*(?:\/[\w+-]+){1,2}$/u.test(value) && value.length <= 64 ? value : null;
}

/** Null when the record says nothing about a place. */
export function readPlace(record: unknown): PlaceRecord | null {
  const map = asMap(record);
  const isNested = typeof map['country'] === 'object' || typeof map['location'] === 'object' || typeof map['city'] === 'object';
  const place = isNested ? nestedPlace(map) : flatPlace(map);
  return place.country === null && place.latitude === null ? null : place;
}

function nestedPlace(map: Readonly<Record<string, unknown>>): PlaceRecord {
  const location = asMap(map['location']);
  const subdivisions = map['subdivisions'];
  const region = asMap(Array.isArray(subdivisions) ? subdivisions[0] : null);
  const accuracyKm = asNumber(location['accuracy_radius'], 0.001, earthHalfwayKm);
  return {
    country: asCountry(asMap(map['country'])['iso_code']),
    region: asText(asMap(region['names'])['en']) ?? asText(region['iso_code']),
    city: asText(asMap(asMap(map['city'])['names'])['en']),
    ...asCoordinates(location['latitude'], location['longitude']),
    accuracyKm,
    timeZone: asTimeZone(location['time_zone']),
  };
}

function flatPlace(map: Readonly<Record<string, unknown>>): PlaceRecord {
  return {
    country: asCountry(map['country_code']) ?? asCountry(map['country']),
    region: asText(map['state1']),
    // "Berlin (Bezirk Mitte)": the district changes between neighbouring addresses, the city does not.
    city: asText(asText(map['city'])?.replace(/\s*\(.*\)\s*$/u, '')),
    ...asCoordinates(map['latitude'], map['longitude']),
    accuracyKm: null,
    timeZone: asTimeZone(map['timezone']),
  };
}

function asCoordinates(latitudeValue: unknown, longitudeValue: unknown): { latitude: number | null; longitude: number | null } {
  const latitude = asNumber(latitudeValue, -90, 90);
  const longitude = asNumber(longitudeValue, -180, 180);
  // Exactly 0, 0 is open sea and how some makers write "unknown".
  const isMissing = latitude === null || longitude === null || (latitude === 0 && longitude === 0);
  return isMissing ? { latitude: null, longitude: null } : { latitude, longitude };
}

/** ASN and ISP databases, and the traits of Enterprise. Null without a number. */
export function readNetwork(record: unknown): NetworkRecord | null {
  const map = asMap(record);
  const source = 'autonomous_system_number' in map ? map : asMap(map['traits']);
  const asn = asNumber(source['autonomous_system_number'], 1, 0xffffffff);
  if (asn === null || !Number.isInteger(asn)) return null;
  const organisation = asText(source['autonomous_system_organization']) ?? asText(source['isp']) ?? '';
  return { asn, organisation };
}

/** Connection-Type databases, and the traits of Enterprise. */
export function readConnection(record: unknown): ConnectionType | null {
  const map = asMap(record);
  const type = map['connection_type'] ?? asMap(map['traits'])['connection_type'];
  if (type === 'Cellular') return 'cellular';
  if (type === 'Cable/DSL' || type === 'Dialup' || type === 'Satellite') return 'consumer';
  if (type === 'Corporate') return 'corporate';
  return null;
}

const flags: readonly [string, ListKind][] = [
  ['is_tor_exit_node', 'tor'],
  ['is_anonymous_vpn', 'vpn'],
  ['is_public_proxy', 'proxy'],
  ['is_residential_proxy', 'proxy'],
  ['is_hosting_provider', 'hosting'],
];

// Residential-Proxy databases have no flags: an entry is the claim. MaxMind states its confidence as a percentage; under one
// half the address is more likely not a proxy any more.
const confidenceMin = 50;

/** Anonymous-IP, Anonymous-Plus, Residential-Proxy and IP-Risk databases, and the traits of Enterprise. */
export function readAnonymity(record: unknown, type: string): readonly AnonymityFlag[] {
  const map = asMap(record);
  const source = 'traits' in map ? asMap(map['traits']) : map;
  const provider = asText(source['provider_name']);
  if (/residential/iu.test(type)) {
    const confidence = asNumber(source['anonymizer_confidence'], 0, 100) ?? 0;
    return confidence >= confidenceMin ? [{ kind: 'proxy', provider }] : [];
  }
  const found: AnonymityFlag[] = [];
  for (const [name, kind] of flags) {
    if (source[name] === true && !found.some((flag) => flag.kind === kind)) found.push({ kind, provider });
  }
  // "Anonymous" and nothing more: some relay hides the true address; which kind is not known.
  if (found.length === 0 && source['is_anonymous'] === true) found.push({ kind: 'proxy', provider });
  return found;
}
