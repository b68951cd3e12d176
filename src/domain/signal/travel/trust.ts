// How much an address's location says about where its user is, by the kind of network.
//
// The figures are judgement, not measurement: they order the classes by what is known of them, and the model learns what the
// resulting probability is worth. A location behind an anonymiser says nothing and never reaches this table.
import type { LocationTrust } from './geometry.ts';

const table: Readonly<Record<string, LocationTrust>> = {
  /** Fixed lines are where they are, but pools of addresses move within the country; a few in a hundred are simply wrong. */
  isp: { local: 0.6, regional: 0.37 },
  education: { local: 0.7, regional: 0.25 },
  government: { local: 0.4, regional: 0.45 },
  /** Staff leave through headquarters, often in another country. */
  business: { local: 0.3, regional: 0.4 },
  /** Located at a gateway; a roaming phone still leaves through its home country. */
  mobile: { local: 0.15, regional: 0.7 },
  /** Cloud desktops, company VPNs, unlisted VPN services: the machine is there, its user is mostly not. */
  hosting: { local: 0.1, regional: 0.25 },
  unknown: { local: 0.4, regional: 0.45 },
};

const unknownTrust = table['unknown'] as LocationTrust;

/** Trust in a location by network class; a class that this version does not know counts as unknown. */
export function trustOf(asnClass: string): LocationTrust {
  return table[asnClass] ?? unknownTrust;
}
