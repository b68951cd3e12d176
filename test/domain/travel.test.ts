import t from 'tap';
import fc from 'fast-check';
import type { AsnClass } from '../../src/domain/ip-facts.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { allSignals } from '../../src/domain/signal/catalogue.ts';
import {
  anywhereHours,
  bothTrusted,
  combinedRadiusKm,
  farthestKm,
  greatCircleKm,
  impossibility,
  reachKm,
} from '../../src/domain/signal/travel/geometry.ts';
import { hardestJourney } from '../../src/domain/signal/travel/journey.ts';
import { travelPlace } from '../../src/domain/signal/travel/place.ts';
import { travelSpeed } from '../../src/domain/signal/travel/speed.ts';
import { travelTimezone } from '../../src/domain/signal/travel/timezone.ts';
import { trustOf } from '../../src/domain/signal/travel/trust.ts';
import {
  accountWith,
  dayMs,
  deriveSignal,
  type FactsOptions,
  factsWith,
  homeVisits,
  hourMs,
  minuteMs,
  nowMs,
  sourceWith,
} from '../support/facts.ts';
import { checkContract, checkDefinition } from '../support/signal-contract.ts';

const tokyo = {
  country: 'JP',
  region: 'Tokyo',
  city: 'Tokyo',
  latitude: 35.68,
  longitude: 139.69,
  host: 'tokyo-host',
  block: 'tokyo-block',
  asn: 2516,
} as const satisfies Partial<Visit>;
const munich = {
  country: 'DE',
  region: 'Bavaria',
  city: 'Munich',
  latitude: 48.14,
  longitude: 11.58,
  host: 'munich-host',
  block: 'munich-block',
} as const satisfies Partial<Visit>;
const isp = trustOf('isp');

for (const signal of [travelSpeed, travelPlace, travelTimezone]) {
  t.test(`${signal.name} keeps the contract of signals on any facts`, (t) => {
    checkDefinition(signal);
    checkContract(signal);
    t.end();
  });
}

const latitude = fc.double({ min: -90, max: 90, noNaN: true });
const longitude = fc.double({ min: -180, max: 180, noNaN: true });
const point = fc.tuple(latitude, longitude);
const km = fc.double({ min: 0, max: farthestKm, noNaN: true });
const hours = fc.double({ min: 0, max: 48, noNaN: true });
const radius = fc.double({ min: 0, max: 3000, noNaN: true });
const trust = fc.constantFrom(...(['isp', 'mobile', 'business', 'hosting', 'education', 'government', 'unknown'] as const)).map(trustOf);

t.test('great circles are as long as published ones, symmetric, bounded, and never longer than a detour', (t) => {
  // Published city distances: Berlin-Tokyo 8,918 km, London-New York 5,570 km, Sydney-Johannesburg 11,040 km; within 1 %.
  const near = (found: number, published: number): boolean => Math.abs(found - published) / published < 0.01;
  t.ok(near(greatCircleKm(52.52, 13.405, 35.68, 139.69), 8918));
  t.ok(near(greatCircleKm(51.507, -0.128, 40.713, -74.006), 5570));
  t.ok(near(greatCircleKm(-33.869, 151.209, -26.204, 28.047), 11_040));
  t.ok(Math.abs(greatCircleKm(0, -179.5, 0, 179.5) - 111.2) < 0.1, 'across the date line');
  t.ok(Math.abs(greatCircleKm(90, 0, -90, 0) - farthestKm) < 1e-6);
  t.equal(greatCircleKm(1, 2, 1, 2), 0);
  fc.assert(
    fc.property(point, point, point, ([a, b], [c, d], [e, f]) => {
      const direct = greatCircleKm(a, b, c, d);
      return (
        direct >= 0 &&
        direct <= farthestKm + 1e-6 &&
        Math.abs(direct - greatCircleKm(c, d, a, b)) < 1e-6 &&
        // Next to the far end of the globe the formula keeps half of its digits: a metre there is all it can tell apart.
        direct <= greatCircleKm(a, b, e, f) + greatCircleKm(e, f, c, d) + 1e-3
      );
    }),
    {
      examples: [
        [
          [0, 0],
          [0, -179.99999879258175],
          [-0.000008430339275841154, 0],
        ],
      ],
    },
  );
  t.end();
});

t.test('one gets farther the longer one has, by ground first and by air later, and anywhere in a day', (t) => {
  t.equal(reachKm(0), 0);
  t.equal(reachKm(0.5), 100);
  t.equal(reachKm(11), 9500);
  t.ok(reachKm(anywhereHours) >= farthestKm - 1e-6);
  t.ok(anywhereHours < 24);
  fc.assert(fc.property(hours, hours, (a, b) => reachKm(Math.min(a, b)) <= reachKm(Math.max(a, b))));
  t.end();
});

t.test('farther is never less impossible, more time never more, more error and less trust never more', (t) => {
  fc.assert(
    fc.property(km, km, hours, hours, radius, radius, radius, trust, trust, (d1, d2, h1, h2, r1, r2, other, a, b) => {
      const of = (d: number, h: number, r: number, end = a): number => impossibility(d, h, r, other, end, b);
      const [near, far] = [Math.min(d1, d2), Math.max(d1, d2)];
      const [soon, late] = [Math.min(h1, h2), Math.max(h1, h2)];
      const [sharp, vague] = [Math.min(r1, r2), Math.max(r1, r2)];
      const slack = 1e-12;
      return (
        of(near, soon, sharp) <= of(far, soon, sharp) + slack &&
        of(far, late, sharp) <= of(far, soon, sharp) + slack &&
        of(far, soon, vague) <= of(far, soon, sharp) + slack &&
        of(far, soon, sharp, { local: a.local / 2, regional: a.regional / 2 }) <= of(far, soon, sharp) + slack &&
        of(far, soon, sharp, { local: 0, regional: a.local + a.regional }) <= of(far, soon, sharp) + slack
      );
    }),
    { numRuns: 1000 },
  );
  t.end();
});

t.test('impossibility is a probability, the same both ways, zero within reach, and bounded by the trust in both ends', (t) => {
  fc.assert(
    fc.property(km, hours, radius, radius, trust, trust, (d, h, r, s, a, b) => {
      const p = impossibility(d, h, r, s, a, b);
      return (
        p >= 0 &&
        p < 1 &&
        p <= bothTrusted(a, b) + 1e-12 &&
        Math.abs(p - impossibility(d, h, s, r, b, a)) < 1e-12 &&
        (d > reachKm(h) || p === 0)
      );
    }),
    { numRuns: 1000 },
  );
  t.equal(impossibility(8000, 1, 1e9, 10, isp, isp) < 1e-6, true, 'an unbounded error is no evidence');
  t.equal(impossibility(Number.NaN, 1, 10, 10, isp, isp), 0);
  t.equal(combinedRadiusKm(Number.NaN, -5), Math.hypot(10, 10), 'absurd radii count as the smallest');
  t.end();
});

t.test('the stated radius holds two of three errors', (t) => {
  const sure = { local: 1, regional: 0 };
  const r = combinedRadiusKm(30, 40);
  t.equal(r, 50);
  t.ok(Math.abs(impossibility(50, 0, 30, 40, sure, sure) - 2 / 3) < 1e-9);
  t.end();
});

t.test('kinds of network are trusted in this order, and the chances never exceed one', (t) => {
  const total = (asnClass: string): number => trustOf(asnClass).local + trustOf(asnClass).regional;
  for (const asnClass of ['isp', 'mobile', 'business', 'hosting', 'education', 'government', 'unknown'])
    t.ok(total(asnClass) < 1, asnClass);
  t.ok(total('isp') > total('mobile') && total('mobile') > total('business') && total('business') > total('hosting'));
  t.ok(trustOf('isp').local > trustOf('mobile').local);
  t.equal(trustOf('of a later version'), trustOf('unknown'));
  t.end();
});

/** Berlin an hour ago (and before), then an attempt as given. */
function afterBerlin(options: FactsOptions, agoMs = hourMs, before: Partial<Visit> = {}) {
  return deriveSignal(
    travelSpeed,
    factsWith({ account: accountWith([...homeVisits(10), { ...before, atMs: nowMs - agoMs }]), ...options }),
  );
}

t.test('Berlin to Tokyo in an hour is impossible, overnight it is a journey', (t) => {
  const { features, rules, explain } = afterBerlin({ visit: tokyo });
  t.ok((features['travel_impossible_probability'] as number) > 0.9);
  t.same(rules, ['impossible_travel']);
  t.match(explain(1), {
    code: 'IMPOSSIBLE_TRAVEL',
    evidence: {
      distance_km: 8920,
      hours: 1,
      speed_kmh: 8920,
      uncertainty_km: 28.3,
      from_country: 'DE',
      to_country: 'JP',
      same_device: true,
      recent_good_logins: 8,
    },
  });
  t.equal(explain(-1).code, 'PLAUSIBLE_TRAVEL');
  const overnight = afterBerlin({ visit: tokyo }, 12 * hourMs);
  t.equal(overnight.features['travel_impossible_probability'], 0);
  t.equal(overnight.points, 0);
  t.equal(overnight.explain(1).code, 'TRAVEL_IN_DOUBT');
  t.equal(afterBerlin({ visit: tokyo }, 3 * dayMs).features['travel_impossible_probability'], 0);
  t.end();
});

t.test('no history, no place, a hidden place and hidden earlier places are absence, not risk', (t) => {
  const cause = (options: FactsOptions) => {
    const { cause: absent, points } = deriveSignal(travelSpeed, factsWith(options));
    t.equal(points, 0);
    return absent;
  };
  t.equal(cause({ visit: tokyo }), 'no_history');
  t.equal(cause({ visit: tokyo, account: accountWith([]) }), 'no_history');
  const account = accountWith([{ atMs: nowMs - hourMs }]);
  t.equal(cause({ account, visit: { ...tokyo, latitude: null } }), 'unknown');
  t.equal(cause({ account, visit: { ...tokyo, longitude: null } }), 'unknown');
  for (const kind of ['vpn', 'tor', 'proxy', 'relay'] as const) t.equal(cause({ account, visit: tokyo, lists: [kind] }), 'unknown');
  t.equal(cause({ visit: tokyo, account: accountWith([{ atMs: nowMs - hourMs, anonymous: true }]) }), 'unknown');
  t.equal(cause({ visit: tokyo, account: accountWith([{ atMs: nowMs - hourMs, latitude: null }]) }), 'unknown');
  t.equal(cause({ visit: tokyo, account: accountWith([{ atMs: nowMs - hourMs, longitude: null }]) }), 'unknown');
  const { explain } = deriveSignal(travelSpeed, factsWith({ visit: tokyo, account: accountWith([]) }));
  t.match(explain(1), { code: 'TRAVEL_IN_DOUBT', evidence: { distance_km: null, probability: null, same_device: null } });
  t.end();
});

t.test('an anonymous last login does not hide the one before it', (t) => {
  const account = accountWith([{ atMs: nowMs - 2 * hourMs }, { ...tokyo, anonymous: true, atMs: nowMs - hourMs }]);
  const facts = factsWith({ account, visit: { ...tokyo, host: 'tokyo-host-2', block: 'tokyo-block-2' } });
  t.equal(hardestJourney(facts)?.hours, 2);
  t.ok((deriveSignal(travelSpeed, facts).features['travel_impossible_probability'] as number) > 0.9);
  t.end();
});

t.test("the nearer the networks' locations are to guesswork, the less possible it is to call a journey impossible", (t) => {
  const probability = (asnClass: AsnClass, before: AsnClass = 'isp'): number =>
    afterBerlin({ visit: { ...tokyo, asnClass } }, hourMs, { asnClass: before, accuracyKm: 20 }).features[
      'travel_impossible_probability'
    ] as number;
  t.ok(
    probability('isp') > probability('mobile') &&
      probability('mobile') > probability('business') &&
      probability('business') > probability('hosting'),
  );
  t.ok(probability('hosting', 'hosting') < 0.2);
  t.equal(afterBerlin({ visit: { ...tokyo, asnClass: 'hosting' } }).explain(1).code, 'UNLIKELY_TRAVEL');
  const mobileChange = afterBerlin({ visit: { ...munich, asn: 64500, asnClass: 'mobile', accuracyKm: 100 } }, 5 * minuteMs);
  t.ok((mobileChange.features['travel_impossible_probability'] as number) < 0.35, "a carrier's gateway half a country away");
  t.ok(mobileChange.points <= 0.7);
  t.end();
});

t.test('who comes back to an address or block that is usual for the account has not travelled', (t) => {
  const account = accountWith([...homeVisits(30), { ...tokyo, atMs: nowMs - 10 * minuteMs }]);
  const back = deriveSignal(travelSpeed, factsWith({ account }));
  t.ok((back.features['travel_impossible_probability'] as number) < 0.05);
  t.same(back.rules, []);
  const moved = factsWith({ account: accountWith([{ atMs: nowMs - minuteMs }]), visit: { latitude: 0, longitude: 0 } });
  t.equal(
    deriveSignal(travelSpeed, moved).features['travel_impossible_probability'],
    0,
    'the database has moved the address, not the person',
  );
  t.end();
});

t.test('a stored account that lacks what this version tallies is read as having none of it', (t) => {
  const account = { ...accountWith([{ atMs: nowMs - hourMs }]), tallies: [] };
  t.ok((deriveSignal(travelSpeed, factsWith({ account, visit: tokyo })).features['travel_impossible_probability'] as number) > 0.9);
  t.equal(deriveSignal(travelPlace, factsWith({ account })).explain(1).evidence['usual_country'], null);
  t.equal(deriveSignal(travelTimezone, factsWith({ account })).explain(1).evidence['usual_time_zone'], null);
  t.end();
});

t.test('attempts out of order are as far apart in time as in order, and simultaneous ones give finite numbers', (t) => {
  const probability = (atMs: number): number =>
    deriveSignal(travelSpeed, factsWith({ account: accountWith([{ atMs }]), visit: tokyo })).features[
      'travel_impossible_probability'
    ] as number;
  t.equal(probability(nowMs + hourMs), probability(nowMs - hourMs));
  t.equal(probability(nowMs + 30 * hourMs), 0);
  const same = deriveSignal(travelSpeed, factsWith({ account: accountWith([{ atMs: nowMs }]), visit: tokyo }));
  t.ok(Object.values(same.features).every(Number.isFinite));
  t.end();
});

t.test('the device id at both ends is told, and unknown when either end has none', (t) => {
  const same = (device: string | null) => afterBerlin({ visit: { ...tokyo, device } }).features['travel_same_device'];
  t.equal(same('device-home'), 1);
  t.equal(same('device-new'), 0);
  t.ok(Number.isNaN(same(null)));
  t.end();
});

t.test('a company exit abroad that colleagues use is neither impossible travel nor a new country', (t) => {
  const exit: FactsOptions = {
    visit: { ...tokyo, asnClass: 'business' },
    host: sourceWith({ good: [1, 2, 3, 4, 5, 6, 7, 8] }),
    population: { total: 300 },
  };
  const { features, points } = afterBerlin(exit, 10 * minuteMs);
  t.ok((features['travel_impossible_probability'] as number) < 0.1);
  t.equal(points, 0);
  const place = deriveSignal(travelPlace, factsWith({ account: accountWith(homeVisits(10)), ...exit }));
  t.same([place.cause, place.points], ['unknown', 0]);
  const alone = deriveSignal(travelPlace, factsWith({ account: accountWith(homeVisits(10)), ...exit, host: null }));
  t.same(alone.rules, ['new_country', 'far_from_known_places']);
  t.end();
});

t.test('a place is new by country, region or city, whichever is the largest, and usual once used', (t) => {
  const account = accountWith(homeVisits(10));
  const at = (visit: Partial<Visit>) => deriveSignal(travelPlace, factsWith({ account, visit }));
  const abroad = at(tokyo);
  t.match(abroad.explain(1), {
    code: 'NEW_COUNTRY',
    evidence: {
      country: 'JP',
      usual_country: 'DE',
      usual_city: 'DE/Berlin/Berlin',
      good_logins: 10,
      good_logins_in_country: 0,
      nearest_known_place_km: 8920,
    },
  });
  t.equal(abroad.explain(-1).code, 'PLACE_UNREMARKABLE');
  t.equal(at(munich).explain(1).code, 'NEW_REGION');
  t.equal(at({ ...munich, region: 'Berlin' }).explain(1).code, 'NEW_CITY');
  t.equal(at({}).explain(1).code, 'LITTLE_USED_PLACE');
  const home = at({});
  t.equal(home.explain(-1).code, 'USUAL_PLACE');
  t.same(home.rules, ['usual_city']);
  t.equal(home.features['place_distance_km_log'], 0);
  t.equal(at({ city: null, region: null }).explain(-1).code, 'USUAL_PLACE');
  t.equal(
    at({ region: 'Berlin', city: 'Potsdam', latitude: 52.4, longitude: 13.06, accuracyKm: 50 }).features['place_distance_km_log'],
    0,
    'within the location error',
  );
  t.ok(at(munich).points < abroad.points);
  t.end();
});

t.test('the nearest of several known places counts', (t) => {
  const account = accountWith([...homeVisits(3), { ...tokyo, atMs: nowMs - 20 * dayMs }, { ...munich, atMs: nowMs - 10 * dayMs }]);
  const { explain } = deriveSignal(travelPlace, factsWith({ account, visit: { ...munich, latitude: 48.4, host: 'h', block: 'b' } }));
  t.equal(explain(1).evidence['nearest_known_place_km'], 28.9);
  t.end();
});

t.test('a place without coordinates is judged by its names, without a country by its distance, and a hidden one not at all', (t) => {
  const account = accountWith(homeVisits(3));
  const nameless = deriveSignal(travelPlace, factsWith({ account, visit: { latitude: null, longitude: null } }));
  t.equal(nameless.cause, null);
  t.ok(Number.isNaN(nameless.features['place_distance_km_log']));
  t.equal(nameless.explain(1).evidence['nearest_known_place_km'], null);
  const bare = deriveSignal(travelPlace, factsWith({ account, visit: { ...tokyo, country: null } }));
  t.same(bare.rules, ['far_from_known_places']);
  t.equal(bare.explain(1).evidence['good_logins_in_country'], null);
  t.equal(deriveSignal(travelPlace, factsWith({ account, visit: { country: null, latitude: null, longitude: null } })).cause, 'unknown');
  t.equal(deriveSignal(travelPlace, factsWith({ account, visit: tokyo, lists: ['vpn'] })).cause, 'unknown');
  t.equal(deriveSignal(travelPlace, factsWith({ visit: tokyo })).cause, 'no_history');
  t.equal(deriveSignal(travelPlace, factsWith({ account: accountWith([]) })).cause, 'no_history');
  t.equal(deriveSignal(travelPlace, factsWith()).explain(1).evidence['good_logins'], 0);
  t.end();
});

t.test('no two signals share a name, no two features do, and network comes before travel', (t) => {
  const names = allSignals.map((signal) => signal.name);
  const features = allSignals.flatMap((signal) => signal.features.map((feature) => feature.name));
  t.equal(new Set(names).size, names.length);
  t.equal(new Set(features).size, features.length);
  t.same(names.slice(0, 9), [
    'network.kind',
    'network.anonymity',
    'network.blocklist',
    'network.familiarity',
    'network.tenant',
    'network.rarity',
    'travel.speed',
    'travel.place',
    'travel.timezone',
  ]);
  t.end();
});
