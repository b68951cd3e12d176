// What the world says about an address: place, network operator, list membership. Filled by the ip intelligence port.

export const asnClasses = ['hosting', 'isp', 'mobile', 'business', 'education', 'government', 'unknown'] as const;
export type AsnClass = (typeof asnClasses)[number];

export interface GeoFacts {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Radius within which the true place lies in about two of three cases. Assumed when the source states none. */
  readonly accuracyKm: number;
  readonly accuracyStated: boolean;
  readonly timeZone: string | null;
}

export interface AsnFacts {
  readonly asn: number;
  readonly organisation: string;
  readonly class: AsnClass;
}

export const listKinds = ['tor', 'vpn', 'proxy', 'relay', 'hosting', 'cdn', 'blocklist'] as const;
export type ListKind = (typeof listKinds)[number];

export interface ListHit {
  readonly kind: ListKind;
  /** Name of the list, as an analyst should read it. */
  readonly list: string;
  /** How many sources reported the address, where the list counts them. */
  readonly reports: number | null;
  /** Age of the list copy at the attempt's time, in days; never negative. */
  readonly ageDays: number;
}

export interface IpFacts {
  readonly geo: GeoFacts | null;
  readonly asn: AsnFacts | null;
  readonly lists: readonly ListHit[];
}
