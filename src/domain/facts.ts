// Everything the signals may look at for one attempt: the attempt itself, what the world says of its address, and what we
// remember, as it was before this attempt. Pure data; gathered by src/assess/gather.ts.
import type { AbsenceCause } from './absence.ts';
import type { Attempt } from './attempt.ts';
import type { IpFacts } from './ip-facts.ts';
import type { AccountProfile, DeviceMemory } from './profile/account.ts';
import type { SourceProfile } from './profile/source.ts';
import type { Visit } from './profile/visit.ts';

/** How common each value is among everybody's good logins in the tenant. */
export interface Population {
  /** Good logins counted. */
  readonly total: number;
  /** Good logins with the value that this attempt has, in the order of `populationAttributes`; 0 when the attempt has none. */
  readonly counts: readonly number[];
}

export interface Facts {
  readonly attempt: Attempt;
  readonly visit: Visit;
  readonly ip: IpFacts;
  /** Null: nothing remembered, or not available; `absent` says which. */
  readonly account: AccountProfile | null;
  /** The subscriber (IPv4 address, IPv6 /64), the block around it (/24, /48), the network. */
  readonly host: SourceProfile | null;
  readonly block: SourceProfile | null;
  readonly asn: SourceProfile | null;
  readonly device: SourceProfile | null;
  readonly population: Population;
  /** The account's remembered device that this attempt claims to be, if any. */
  readonly knownDevice: DeviceMemory | null;
  /** Why the profiles are null, when that is our failure ("late", "unavailable"); null when they were read. */
  readonly profilesAbsent: AbsenceCause | null;
}
