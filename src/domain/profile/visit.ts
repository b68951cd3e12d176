// What one attempt can teach: the facts of it that profiles remember, identifiers already replaced by pseudonyms.
// Stored with the assessment, because teaching waits until the outcome is known.
import type { AsnClass } from '../ip-facts.ts';

export interface Visit {
  readonly atMs: number;
  /** Pseudonym of the user. */
  readonly account: string;
  /** Pseudonyms of the IPv4 address or IPv6 /64, and of the /24 or /48 around it. */
  readonly host: string;
  readonly block: string;
  readonly asn: number | null;
  readonly asnClass: AsnClass;
  /** Reached through Tor, a VPN, a proxy or a relay, as far as the lists know. */
  readonly anonymous: boolean;
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly accuracyKm: number;
  /** Pseudonym of the first-party device id. */
  readonly device: string | null;
  readonly browser: string | null;
  readonly browserMajor: number | null;
  readonly os: string | null;
  readonly deviceType: string | null;
  readonly language: string | null;
  readonly timeZone: string | null;
  /** "1920x1080". */
  readonly screen: string | null;
  readonly platform: string | null;
  /** Pseudonym of the fingerprint. */
  readonly fingerprint: string | null;
  readonly session: string | null;
  readonly ja4: string | null;
  /** Typing rhythm, only where it is evidence (typed by hand on a keyboard); see typing.ts. */
  readonly typing: { readonly dwellMs: readonly number[]; readonly flightMs: readonly number[] } | null;
}

/** The attributes whose familiarity is tallied per account. */
export const attributes = [
  'host',
  'block',
  'asn',
  'country',
  'region',
  'city',
  'browser',
  'os',
  'device_type',
  'language',
  'time_zone',
] as const;
export type Attribute = (typeof attributes)[number];

/** The attributes counted over everybody in a tenant: coarse enough that nobody is singled out. */
export const populationAttributes = ['asn', 'country', 'browser', 'browser_version', 'os', 'device_type', 'language', 'time_zone'] as const;
export type PopulationAttribute = (typeof populationAttributes)[number];

export function attributeValue(visit: Visit, attribute: Attribute | PopulationAttribute): string | null {
  switch (attribute) {
    case 'host':
      return visit.host;
    case 'block':
      return visit.block;
    case 'asn':
      return visit.asn === null ? null : String(visit.asn);
    case 'country':
      return visit.country;
    case 'region':
      return visit.country === null || visit.region === null ? null : `${visit.country}/${visit.region}`;
    case 'city':
      return visit.country === null || visit.city === null ? null : `${visit.country}/${visit.region ?? ''}/${visit.city}`;
    case 'browser':
      return visit.browser;
    case 'browser_version':
      return visit.browser === null || visit.browserMajor === null ? null : `${visit.browser} ${visit.browserMajor}`;
    case 'os':
      return visit.os;
    case 'device_type':
      return visit.deviceType;
    case 'language':
      return visit.language;
    case 'time_zone':
      return visit.timeZone;
  }
}

/** Whether two screens ("1920x1080") are the same one, turned or not; a phone reports what it is held like. */
export function sameScreen(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.length !== b.length) return false;
  const cross = a.indexOf('x');
  return cross > 0 && b === `${a.slice(cross + 1)}x${a.slice(0, cross)}`;
}
