// Two questions about where an attempt comes from that the conjunctions need: is it a rented machine, and have tries been failing there?
import type { Facts } from '../../facts.ts';
import type { ListKind } from '../../ip-facts.ts';
import type { SourceProfile } from '../../profile/source.ts';
import { hour } from '../../profile/window-counter.ts';
import { otherGoodAccounts } from '../network/egress.ts';
import { countIn, elsewhere } from '../velocity/counts.ts';

function onList(facts: Facts, kind: ListKind): boolean {
  for (const hit of facts.ip.lists) if (hit.kind === kind) return true;
  return false;
}

/** This many of the tenant's other accounts that signed in well from the address or its block lately make it the tenant's own egress. */
const colleaguesMin = 3;

function isTenantEgress(facts: Facts): boolean {
  return otherGoodAccounts(facts.host, facts) >= colleaguesMin || otherGoodAccounts(facts.block, facts) >= colleaguesMin;
}

/**
 * 1 on a hosting network, 0 elsewhere, NaN when the network is unknown. A relay that hides ordinary people, and an egress that the
 * tenant's other accounts use (a corporate VPN in a data centre), are no rented attack machine.
 */
export function onHosting(facts: Facts): number {
  if (facts.ip.asn?.class === 'hosting' || onList(facts, 'hosting')) return onList(facts, 'relay') || isTenantEgress(facts) ? 0 : 1;
  return facts.ip.asn === null || facts.ip.asn.class === 'unknown' ? Number.NaN : 0;
}

/** 1 behind Tor, a VPN or an open proxy that is not the tenant's own egress; relays hide ordinary people and do not count. */
export function hidden(facts: Facts): number {
  const listed = onList(facts, 'tor') || onList(facts, 'vpn') || onList(facts, 'proxy');
  return listed && !isTenantEgress(facts) ? 1 : 0;
}

/**
 * Failures of the last hour beyond half of the tries, from the address, its block or its network, whichever has most: none on any
 * network, however large, where most people get in.
 */
export function failuresAround(facts: Facts): number {
  const { atMs } = facts.visit;
  return Math.max(excess(facts.host, atMs), excess(facts.block, atMs), excess(facts.asn, atMs));
}

function excess(source: SourceProfile | null, atMs: number): number {
  if (source === null) return 0;
  const failures = countIn(source.failures, hour, atMs);
  return elsewhere(failures, Math.max(failures, countIn(source.attempts, hour, atMs)) / 2);
}

export function failuresOnAccount(facts: Facts): number {
  return countIn(facts.account?.failures, hour, facts.visit.atMs);
}

/** Failures at which the measure is half way: a handful is mistyping, thirty are an attack. */
const halfwayFailures = 10;

/** f / (f + 10): 0 for none, near 1 for an attack, never more. */
export function saturating(failures: number): number {
  return failures / (failures + halfwayFailures);
}
