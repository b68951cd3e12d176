// Port: what is known about an address. In memory, synchronous, a few microseconds; never performs I/O.
import type { IpAddress } from '../domain/attempt.ts';
import type { IpFacts } from '../domain/ip-facts.ts';

export interface IpSourceStatus {
  /** For instance "dbip-city", "asn", or the name of a list. */
  readonly name: string;
  readonly kind: 'city' | 'country' | 'asn' | 'list' | 'anonymous' | 'connection';
  /** When the data was built or downloaded. */
  readonly builtAtMs: number;
  readonly entries: number | null;
}

export interface IpIntelligence {
  /** Facts about the address as of `atMs` (used for list ages only). Never throws; unknown pieces are null. */
  lookup(ip: IpAddress, atMs: number): IpFacts;
  /** What is loaded, for /readyz, metrics and evidence. */
  sources(): readonly IpSourceStatus[];
}
