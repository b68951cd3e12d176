// Which earlier good login is hardest to reconcile with this attempt: the journey that an impossible-travel reason is about.
//
// All recent good logins are compared, not only the last, because the last may have come through a VPN or have no coordinates.
// Each journey must have been possible, so the hardest one counts.
import type { Facts } from '../../facts.ts';
import type { AccountProfile, VisitMemory } from '../../profile/account.ts';
import { findTally } from '../../profile/tally.ts';
import { attributes } from '../../profile/visit.ts';
import { exitBelief } from '../network/egress.ts';
import { anywhereHours, bothTrusted, combinedRadiusKm, greatCircleKm, impossibility, type LocationTrust } from './geometry.ts';
import { trustOf } from './trust.ts';

export interface Journey {
  readonly from: VisitMemory;
  readonly distanceKm: number;
  readonly hours: number;
  /** Two of three location errors of both ends together stay below it. */
  readonly uncertaintyKm: number;
  readonly probability: number;
  /** Chance in [0, 1] that both locations say something about where the person was. */
  readonly belief: number;
}

const host = attributes.indexOf('host');
const block = attributes.indexOf('block');

function usable(memory: VisitMemory): boolean {
  return memory.latitude !== null && memory.longitude !== null && !memory.anonymous;
}

/**
 * In (0, 1]: 1 at a place never used, one half after one good login from the same address or block, and so on. Whoever returns to a
 * usual place is at home; then the earlier login was the odd one, and it ended well.
 */
function habitBelief(account: AccountProfile, facts: Facts): number {
  const atHost = findTally(account.tallies[host] ?? [], facts.visit.host)?.count ?? 0;
  const inBlock = findTally(account.tallies[block] ?? [], facts.visit.block)?.count ?? 0;
  return 1 / (1 + Math.max(0, atHost, inBlock));
}

/**
 * The hardest journey, the newest of equals; null when the attempt's location is unknown or anonymous, or no earlier one is usable.
 * A visit from the same address is no journey, even when a newer database has moved the address.
 */
export function hardestJourney(facts: Facts): Journey | null {
  const { account, visit } = facts;
  if (account === null || visit.latitude === null || visit.longitude === null || visit.anonymous) return null;
  const trust = trustOf(visit.asnClass);
  let hardest: VisitMemory | null = null;
  let probability = -1;
  for (let i = account.recent.length - 1; i >= 0; i--) {
    const from = account.recent[i] as VisitMemory;
    if (!usable(from)) continue;
    const fromTrust = trustOf(from.asnClass);
    // No journey is more impossible than both ends are trusted, so a saturated older one needs no arithmetic.
    if (bothTrusted(fromTrust, trust) <= probability) continue;
    const here = from.host === visit.host ? 0 : impossibilityFrom(from, fromTrust, facts, trust);
    if (here > probability) {
      probability = here;
      hardest = from;
    }
  }
  if (hardest === null) return null;
  const discount = exitBelief(facts) * habitBelief(account, facts);
  return {
    from: hardest,
    distanceKm: hardest.host === visit.host ? 0 : distanceFrom(hardest, facts),
    hours: hoursSince(hardest, facts),
    uncertaintyKm: combinedRadiusKm(hardest.accuracyKm, visit.accuracyKm),
    probability: probability * discount,
    belief: bothTrusted(trustOf(hardest.asnClass), trust) * discount,
  };
}

/** Attempts that are learnt out of order may lie before the visit; the journey is as long either way. */
function hoursSince(from: VisitMemory, facts: Facts): number {
  return Math.abs(facts.visit.atMs - from.atMs) / 3_600_000;
}

function distanceFrom(from: VisitMemory, facts: Facts): number {
  return greatCircleKm(from.latitude as number, from.longitude as number, facts.visit.latitude as number, facts.visit.longitude as number);
}

function impossibilityFrom(from: VisitMemory, fromTrust: LocationTrust, facts: Facts, trust: LocationTrust): number {
  const hours = hoursSince(from, facts);
  if (hours >= anywhereHours) return 0;
  return impossibility(distanceFrom(from, facts), hours, from.accuracyKm, facts.visit.accuracyKm, fromTrust, trust);
}
