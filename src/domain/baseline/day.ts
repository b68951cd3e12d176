// What a tenant's day was like, in sums: what an analyst holds a login against. Days are UTC, by when a login occurred.
//
// Sums name countries and networks, and no person: they stay when a user is erased.
import type { StoredAssessment } from '../assessment.ts';
import { tierOf, tierRank, tiers } from '../case/tier.ts';
import { addDistinct, type Distinct, noneDistinct } from './distinct.ts';

export const dayMs = 86_400_000;
/** Older days are forgotten. */
export const baselineDays = 90;
/** Countries and networks counted by themselves per day; an hour's heavy ones are among them, because they come early. */
export const placesPerDayMax = 1000;

export const placeKinds = ['country', 'network'] as const;
export type PlaceKind = (typeof placeKinds)[number];

export interface PlaceCount {
  logins: number;
  flagged: number;
}

/** Of one day, as far as it was summed at a time. */
export interface DaySums {
  /** Days since 1970. */
  readonly day: number;
  logins: number;
  failures: number;
  /** By place in `tiers`. */
  readonly flagged: number[];
  readonly accounts: Distinct;
  /** By country code, and by number of the network. */
  readonly places: Readonly<Record<PlaceKind, Map<string, PlaceCount>>>;
}

export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** Of days with a login; a day may be summed a piece at a time. */
export type SumsByDay = Map<number, DaySums>;

/**
 * A failure is a login whose credential was wrong, or that is known by then to have failed. Flagged is what the verdict and level make a case,
 * whether or not one was opened: loaded history opens none.
 */
export function sumLogin(sums: SumsByDay, { occurredAtMs, assessment, context, outcomes, visit }: StoredAssessment): void {
  const day = dayOf(occurredAtMs);
  const known = sums.get(day);
  const of = known ?? emptySums(day);
  if (known === undefined) sums.set(day, of);
  const tier = tierOf(assessment.verdict, assessment.level);
  of.logins++;
  if (context.result === 'failure' || outcomes.includes('failed') || outcomes.includes('challenge_failed')) of.failures++;
  if (tier !== null) of.flagged[tierRank(tier)] = (of.flagged[tierRank(tier)] as number) + 1;
  addDistinct(of.accounts, visit.account);
  if (visit.country !== null) countPlace(of.places.country, visit.country, tier !== null);
  if (visit.asn !== null) countPlace(of.places.network, String(visit.asn), tier !== null);
}

function emptySums(day: number): DaySums {
  const places = { country: new Map<string, PlaceCount>(), network: new Map<string, PlaceCount>() };
  return { day, logins: 0, failures: 0, flagged: tiers.map(() => 0), accounts: noneDistinct(), places };
}

function countPlace(counts: Map<string, PlaceCount>, value: string, flagged: boolean): void {
  let count = counts.get(value);
  if (count === undefined) {
    if (counts.size >= placesPerDayMax) return;
    count = { logins: 0, flagged: 0 };
    counts.set(value, count);
  }
  count.logins++;
  if (flagged) count.flagged++;
}
