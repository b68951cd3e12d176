// travel.timezone: whether the device's clock fits the place of its address, and whether the account uses that zone.
import { defineSignal } from '../definition.ts';
import { rounded, tallyFamiliarity } from '../measure.ts';
import { findTally, usualTally } from '../../profile/tally.ts';
import { attributes } from '../../profile/visit.ts';
import { zoneOffsetMinutes } from './zone-offset.ts';
import type { Facts } from '../../facts.ts';

const timeZone = attributes.indexOf('time_zone');

/** What browsers that resist fingerprinting report for everybody: no statement about the device's place. */
const anonymousZones: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT', 'Atlantic/Reykjavik']);

/** A degree of longitude is four minutes; at middle latitudes an hour of sun time is about this wide. */
const kmPerHour = 1000;

/** Hours by which two clocks differ at a time, the date left out (0 to 12); NaN when either zone is unknown to the runtime. */
function clockDifferenceHours(zoneA: string, zoneB: string, atMs: number): number {
  if (zoneA === zoneB) return 0;
  const a = zoneOffsetMinutes(zoneA, atMs);
  const b = zoneOffsetMinutes(zoneB, atMs);
  if (a === null || b === null) return Number.NaN;
  const hours = Math.abs(a - b) / 60;
  return hours > 12 ? Math.abs(24 - hours) : hours;
}

/** NaN where the address says nothing about the device's place, or the device nothing about its zone. */
function differenceHours(facts: Facts): number {
  const { visit, ip } = facts;
  const addressZone = ip.geo?.timeZone ?? null;
  if (visit.anonymous || addressZone === null || visit.timeZone === null || anonymousZones.has(visit.timeZone)) return Number.NaN;
  return clockDifferenceHours(visit.timeZone, addressZone, visit.atMs);
}

export const travelTimezone = defineSignal({
  name: 'travel.timezone',
  title: 'Time zone',
  describes:
    "Hours between the device's clock and the clock at the address, beyond what the location error explains, and how well the account knows the device's zone. A remote attacker often forgets the clock; a traveller's laptop keeps the clock of home, which the familiarity shows. UTC, which privacy browsers report for everybody, and addresses behind anonymisers say nothing about the difference.",
  features: [
    {
      name: 'timezone_difference_hours',
      monotone: 1,
      sentence: 'Hours between device clock and address clock, less one per 1,000 km of location error, 0 to 12.',
    },
    {
      name: 'timezone_familiarity_log',
      monotone: -1,
      sentence: 'ln(1 + good logins with the device set to this zone, halved every 180 days).',
    },
  ],
  codes: {
    TIMEZONE_MISMATCH: { direction: 'raises', sentence: "The device's clock does not fit the place of the address." },
    NEW_TIMEZONE: { direction: 'raises', sentence: 'This account has never signed in well with a device set to this time zone.' },
    TIMEZONE_IN_DOUBT: { direction: 'raises', sentence: 'The time zone does not speak for the attempt.' },
    TIMEZONE_MATCH: { direction: 'lowers', sentence: "The device's clock fits the place of the address." },
    USUAL_TIMEZONE: { direction: 'lowers', sentence: 'The device is set to a time zone that this account uses.' },
    TIMEZONE_UNREMARKABLE: { direction: 'lowers', sentence: 'Nothing about the time zone speaks against the attempt.' },
  },
  rules: [
    {
      name: 'timezone_mismatch',
      points: 0.8,
      sentence: 'The clocks differ by two hours or more and the zone is new to the account.',
      holds: (x, at) => (x[at] as number) >= 2 && x[at + 1] === 0,
    },
    {
      name: 'timezone_away',
      points: 0.3,
      sentence: 'The clocks differ by two hours or more; the zone is known, or there is no history.',
      holds: (x, at) => (x[at] as number) >= 2 && x[at + 1] !== 0,
    },
    {
      name: 'usual_timezone',
      points: -0.3,
      sentence: 'About three recent good logins or more used this zone.',
      holds: (x, at) => (x[at + 1] as number) >= Math.log(3.5),
    },
  ],
  derive(facts, out, at) {
    const { account, visit } = facts;
    if (visit.timeZone === null) return 'not_sent';
    const hours = differenceHours(facts);
    // How wrong the address's place is in hours of sun time; the smallest radius is nothing here.
    const tolerance = visit.accuracyKm > 0 ? visit.accuracyKm / kmPerHour : 0;
    out[at] = Math.max(0, hours - tolerance);
    const hasHistory = account !== null && account.goodCount > 0;
    if (hasHistory) out[at + 1] = tallyFamiliarity(account.tallies[timeZone], visit.timeZone, visit.atMs);
    return hasHistory || !Number.isNaN(hours) ? null : 'unknown';
  },
  explain(facts, x, at, contribution) {
    const { account, visit, ip } = facts;
    const zones = account?.tallies[timeZone] ?? [];
    return {
      code: zoneCode(x[at] as number, x[at + 1] as number, contribution),
      evidence: {
        device_time_zone: visit.timeZone,
        address_time_zone: ip.geo?.timeZone ?? null,
        difference_hours: rounded(differenceHours(facts)),
        usual_time_zone: usualTally(zones)?.value ?? null,
        good_logins: account?.goodCount ?? 0,
        good_logins_in_zone: visit.timeZone === null ? null : (findTally(zones, visit.timeZone)?.count ?? 0),
        anonymous: visit.anonymous,
      },
    };
  },
});

function zoneCode(hours: number, familiarity: number, contribution: number): string {
  if (contribution > 0) return hours >= 1 ? 'TIMEZONE_MISMATCH' : familiarity === 0 ? 'NEW_TIMEZONE' : 'TIMEZONE_IN_DOUBT';
  return hours < 1 ? 'TIMEZONE_MATCH' : familiarity > 0 ? 'USUAL_TIMEZONE' : 'TIMEZONE_UNREMARKABLE';
}
