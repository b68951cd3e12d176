// travel.speed: the probability that nobody could have come here since an earlier good login.
//
// A probability and not a speed limit, because locations of addresses err: by the accuracy of the source, by kilometres at home and
// by countries behind a carrier, a company's exit or an anonymiser. geometry.ts derives it, trust.ts holds what is believed of each kind
// of network, journey.ts chooses which earlier login to compare with.
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { hardestJourney, type Journey } from './journey.ts';

/** Below a minute a speed is an artefact of the clock. */
const hoursMin = 1 / 60;

function speedKmh(journey: Journey): number {
  return journey.distanceKm / Math.max(journey.hours, hoursMin);
}

/** Whether the attempt carries the first-party id that the earlier login carried; NaN when either has none. */
function sameDevice(journey: Journey, device: string | null): number {
  if (device === null || journey.from.device === null) return Number.NaN;
  return device === journey.from.device ? 1 : 0;
}

export const travelSpeed = defineSignal({
  name: 'travel.speed',
  title: 'Impossible travel',
  describes:
    'The probability that nobody could have travelled here since one of the recent good logins, by express train or airliner, once the location error of both ends is allowed for. Places behind mobile carriers, organisations and data centres count for less, a shared exit of the tenant or an address the account has used before for little, an anonymiser or missing coordinates for nothing at all: then there is no evidence either way.',
  features: [
    {
      name: 'travel_impossible_probability',
      monotone: 1,
      sentence: 'Probability that no journey explains the attempt and an earlier good login, 0 to 1.',
    },
    {
      name: 'travel_distance_km_log',
      monotone: 1,
      sentence: 'ln(1 + km between the two beyond the location error), weighed by the trust in both locations.',
    },
    {
      name: 'travel_speed_kmh_log',
      monotone: 1,
      sentence: 'ln(1 + km/h that this distance takes), weighed by the trust in both locations.',
    },
    {
      name: 'travel_same_device',
      monotone: 0,
      sentence: '1 when both carry the same first-party device id, 0 when different ones, unknown when either has none.',
    },
  ],
  codes: {
    IMPOSSIBLE_TRAVEL: { direction: 'raises', sentence: 'Nobody could have come here in the time since an earlier good login.' },
    UNLIKELY_TRAVEL: {
      direction: 'raises',
      sentence: 'Coming here in the time since an earlier good login is hard to explain, though the locations may be wrong.',
    },
    TRAVEL_IN_DOUBT: {
      direction: 'raises',
      sentence: 'The places of earlier good logins do not vouch for this one: it is far from them, or one of the places is not known.',
    },
    PLAUSIBLE_TRAVEL: {
      direction: 'lowers',
      sentence: 'The way from the earlier good logins is easily made, or explained by the kind of network or by the device.',
    },
  },
  rules: [
    {
      name: 'impossible_travel',
      points: 2.5,
      sentence: 'The travel is impossible with a probability of 0.75 or more.',
      holds: (x, at) => (x[at] as number) >= 0.75,
    },
    {
      name: 'hardly_possible_travel',
      points: 1.5,
      sentence: 'The travel is impossible with a probability from 0.5 to 0.75.',
      holds: (x, at) => (x[at] as number) >= 0.5 && (x[at] as number) < 0.75,
    },
    {
      name: 'unlikely_travel',
      points: 0.7,
      sentence: 'The travel is impossible with a probability from 0.2 to 0.5.',
      holds: (x, at) => (x[at] as number) >= 0.2 && (x[at] as number) < 0.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.account === null || facts.account.recent.length === 0) return 'no_history';
    const journey = hardestJourney(facts);
    if (journey === null) return 'unknown';
    const beyondKm = Math.max(0, journey.distanceKm - journey.uncertaintyKm);
    out[at] = journey.probability;
    out[at + 1] = journey.belief * Math.log1p(beyondKm);
    out[at + 2] = journey.belief * Math.log1p(beyondKm / Math.max(journey.hours, hoursMin));
    out[at + 3] = sameDevice(journey, facts.visit.device);
    return null;
  },
  explain(facts, x, at, contribution) {
    const journey = hardestJourney(facts);
    const probability = x[at] as number;
    const device = x[at + 3] as number;
    return {
      code:
        contribution <= 0
          ? 'PLAUSIBLE_TRAVEL'
          : probability >= 0.5
            ? 'IMPOSSIBLE_TRAVEL'
            : probability >= 0.1
              ? 'UNLIKELY_TRAVEL'
              : 'TRAVEL_IN_DOUBT',
      evidence: {
        distance_km: journey === null ? null : rounded(journey.distanceKm),
        hours: journey === null ? null : rounded(journey.hours),
        speed_kmh: journey === null ? null : rounded(speedKmh(journey)),
        uncertainty_km: journey === null ? null : rounded(journey.uncertaintyKm),
        probability: rounded(probability),
        location_trust: journey === null ? null : rounded(journey.belief),
        from_country: journey === null ? null : journey.from.country,
        to_country: facts.visit.country,
        from_network_class: journey === null ? null : journey.from.asnClass,
        to_network_class: facts.visit.asnClass,
        anonymous: facts.visit.anonymous,
        same_device: Number.isNaN(device) ? null : device === 1,
        recent_good_logins: facts.account?.recent.length ?? 0,
      },
    };
  },
});
