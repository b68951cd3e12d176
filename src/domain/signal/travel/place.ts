// travel.place: whether this account signs in from this country, region and city, and how far the nearest usual place is.
import { defineSignal } from '../definition.ts';
import { rounded, tallyFamiliarity } from '../measure.ts';
import { exitBelief } from '../network/egress.ts';
import { combinedRadiusKm, greatCircleKm } from './geometry.ts';
import { findTally, usualTally } from '../../profile/tally.ts';
import { attributes, attributeValue } from '../../profile/visit.ts';
import type { Facts } from '../../facts.ts';
import type { PlaceMemory } from '../../profile/account.ts';

const country = attributes.indexOf('country');
const region = attributes.indexOf('region');
const city = attributes.indexOf('city');

/** Below this the place of the address is more likely a shared exit's than the user's; see exitBelief. */
const exitBeliefMin = 0.5;

interface NearestPlace {
  readonly distanceKm: number;
  readonly uncertaintyKm: number;
}

/** The remembered place that is nearest once location error is taken off; null without coordinates or places. */
function nearestPlace(facts: Facts): NearestPlace | null {
  const { account, visit } = facts;
  if (account === null || visit.latitude === null || visit.longitude === null) return null;
  let nearestKm = Number.POSITIVE_INFINITY;
  let nearest: PlaceMemory | null = null;
  for (const place of account.places) {
    const distanceKm = greatCircleKm(place.latitude, place.longitude, visit.latitude, visit.longitude);
    if (distanceKm < nearestKm) {
      nearestKm = distanceKm;
      nearest = place;
      if (distanceKm === 0) break;
    }
  }
  return nearest === null ? null : { distanceKm: nearestKm, uncertaintyKm: combinedRadiusKm(nearest.accuracyKm, visit.accuracyKm) };
}

export const travelPlace = defineSignal({
  name: 'travel.place',
  title: 'Usual place',
  describes:
    "How often and how lately this account signed in well from this country, region and city, and how far the nearest place it knows lies beyond the location error. People travel, so a new place alone is weak. An anonymiser's exit is nobody's place, and a new place that is only the shared exit of an organisation whose other users are known there is not counted as one.",
  features: [
    { name: 'place_country_familiarity_log', monotone: -1, sentence: 'ln(1 + good logins from this country, halved every 180 days).' },
    { name: 'place_region_familiarity_log', monotone: -1, sentence: 'ln(1 + good logins from this region, halved every 180 days).' },
    { name: 'place_city_familiarity_log', monotone: -1, sentence: 'ln(1 + good logins from this city, halved every 180 days).' },
    {
      name: 'place_distance_km_log',
      monotone: 1,
      sentence: 'ln(1 + km to the nearest known place, less the radius of both location errors).',
    },
  ],
  codes: {
    NEW_COUNTRY: { direction: 'raises', sentence: 'This account has never signed in well from this country.' },
    NEW_REGION: { direction: 'raises', sentence: 'The country is known for this account, the region is new.' },
    NEW_CITY: { direction: 'raises', sentence: 'The region is known for this account, the city is new.' },
    LITTLE_USED_PLACE: {
      direction: 'raises',
      sentence: 'This account has signed in well from here seldom or long ago, or the place is not known.',
    },
    USUAL_PLACE: { direction: 'lowers', sentence: 'This account has signed in well from here or close by.' },
    PLACE_UNREMARKABLE: { direction: 'lowers', sentence: 'Nothing about the place speaks against the attempt.' },
  },
  rules: [
    { name: 'new_country', points: 1.5, sentence: 'No good login ever came from this country.', holds: (x, at) => x[at] === 0 },
    // Half a thousand kilometres is a region away even where cities are far apart.
    {
      name: 'far_from_known_places',
      points: 0.4,
      sentence: 'The nearest known place is over 500 km away, location error taken off.',
      holds: (x, at) => (x[at + 3] as number) > Math.log(501),
    },
    {
      name: 'usual_city',
      points: -0.6,
      sentence: 'About three recent good logins or more came from this city.',
      holds: (x, at) => (x[at + 2] as number) >= Math.log(3.5),
    },
  ],
  derive(facts, out, at) {
    const { account, visit } = facts;
    if (account === null || account.goodCount <= 0) return 'no_history';
    if (visit.anonymous) return 'unknown';
    const nowMs = visit.atMs;
    const byCountry = tallyFamiliarity(account.tallies[country], visit.country, nowMs);
    const nearest = nearestPlace(facts);
    const beyondKm = nearest === null ? Number.NaN : Math.max(0, nearest.distanceKm - nearest.uncertaintyKm);
    if (Number.isNaN(byCountry) && Number.isNaN(beyondKm)) return 'unknown';
    // A place that is new only because a shared exit stands there is no place at all.
    if ((byCountry === 0 || !(beyondKm === 0)) && exitBelief(facts) < exitBeliefMin) return 'unknown';
    out[at] = byCountry;
    out[at + 1] = tallyFamiliarity(account.tallies[region], attributeValue(visit, 'region'), nowMs);
    out[at + 2] = tallyFamiliarity(account.tallies[city], attributeValue(visit, 'city'), nowMs);
    out[at + 3] = Math.log1p(beyondKm);
    return null;
  },
  explain(facts, x, at, contribution) {
    const { account, visit } = facts;
    const nearest = nearestPlace(facts);
    const count = (attribute: 'country' | 'region' | 'city', index: number): number | null => {
      const value = attributeValue(visit, attribute);
      return value === null ? null : (findTally(account?.tallies[index] ?? [], value)?.count ?? 0);
    };
    return {
      code: placeCode(x, at, contribution),
      evidence: {
        country: visit.country,
        region: visit.region,
        city: attributeValue(visit, 'city'),
        usual_country: usualTally(account?.tallies[country] ?? [])?.value ?? null,
        usual_city: usualTally(account?.tallies[city] ?? [])?.value ?? null,
        good_logins: account?.goodCount ?? 0,
        good_logins_in_country: count('country', country),
        good_logins_in_region: count('region', region),
        good_logins_in_city: count('city', city),
        nearest_known_place_km: nearest === null ? null : rounded(nearest.distanceKm),
        uncertainty_km: nearest === null ? null : rounded(nearest.uncertaintyKm),
        countries_known: (account?.tallies[country] ?? []).length,
        network_class: visit.asnClass,
        anonymous: visit.anonymous,
      },
    };
  },
});

function placeCode(x: Float32Array, at: number, contribution: number): string {
  const [byCountry, byRegion, byCity, distance] = [x[at], x[at + 1], x[at + 2], x[at + 3]] as [number, number, number, number];
  if (contribution <= 0) return byCity > 0 || distance === 0 || (byCountry > 0 && !(byRegion === 0)) ? 'USUAL_PLACE' : 'PLACE_UNREMARKABLE';
  if (byCountry === 0) return 'NEW_COUNTRY';
  if (byRegion === 0) return 'NEW_REGION';
  if (byCity === 0) return 'NEW_CITY';
  return 'LITTLE_USED_PLACE';
}
