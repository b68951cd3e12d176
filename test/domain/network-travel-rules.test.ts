// What the fallback table makes of whole situations: everyday ones must stay cheap, a takeover must add up.
import t from 'tap';
import type { Facts } from '../../src/domain/facts.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import { networkSignals } from '../../src/domain/signal/network/signals.ts';
import { travelSignals } from '../../src/domain/signal/travel/signals.ts';
import {
  accountWith,
  deriveSignal,
  type FactsOptions,
  factsWith,
  homeVisits,
  hourMs,
  minuteMs,
  nowMs,
  sourceWith,
} from '../support/facts.ts';

const self = shortKey('user-1');
const many = [1, 2, 3, 4, 5, 6, 7, 8];

/** Twenty days at home, the last login ten minutes ago, in a tenant of a thousand logins that knows the home network. */
function lately(options: FactsOptions): Facts {
  const used = sourceWith({ good: [self] });
  return factsWith({
    account: accountWith([...homeVisits(20), { atMs: nowMs - 10 * minuteMs }]),
    host: used,
    block: used,
    asn: sourceWith({ good: [self, ...many] }),
    population: { total: 1000, counts: { asn: 300, country: 900 } },
    ...options,
  });
}

function points(facts: Facts): number {
  return [...networkSignals, ...travelSignals].reduce((sum, signal) => sum + deriveSignal(signal, facts).points, 0);
}

t.test('at home network and travel speak for the attempt', (t) => {
  t.ok(points(lately({})) <= -1.5);
  t.end();
});

t.test('nothing that happens to honest people every day costs two points of network and travel', (t) => {
  const nowhere: Partial<Visit> = { latitude: null, longitude: null, region: null, city: null };
  const everyday: Record<string, FactsOptions> = {
    'missing coordinates': { visit: nowhere },
    'nothing known of the address': {
      visit: { ...nowhere, country: null, asn: null, asnClass: 'unknown' },
      attempt: { ip: { scope: 'private' } },
    },
    'another mobile carrier, its gateway across the country': {
      visit: {
        asn: 64500,
        asnClass: 'mobile',
        host: 'm',
        block: 'mb',
        region: 'Bavaria',
        city: 'Munich',
        latitude: 48.14,
        longitude: 11.58,
        accuracyKm: 100,
      },
      host: null,
      block: null,
      population: { total: 1000, counts: { asn: 80, country: 900 } },
    },
    'an IPv6 address rotated in its block': { visit: { host: '2001:db8:1:2::/64' }, host: null },
    'the company exit abroad that colleagues use': {
      visit: {
        country: 'US',
        region: 'Virginia',
        city: 'Ashburn',
        latitude: 39.04,
        longitude: -77.49,
        asn: 64501,
        asnClass: 'business',
        host: 'e',
        block: 'eb',
      },
      host: sourceWith({ good: many }),
      block: sourceWith({ good: many }),
      population: { total: 1000, counts: { asn: 200, country: 90 } },
    },
    'a consumer VPN for the first time': {
      visit: { asn: 64502, asnClass: 'hosting', host: 'v', block: 'vb', country: 'NL' },
      lists: ['vpn'],
      host: null,
      block: null,
      asn: null,
      population: { total: 1000, counts: { asn: 5, country: 20 } },
    },
  };
  for (const [name, options] of Object.entries(everyday)) {
    const total = points(lately(options));
    // A first VPN in a data centre is the one that is more than nothing; the known device has to speak for it.
    t.ok(total < (name.startsWith('a consumer VPN') ? 3.5 : 2), `${name}: ${total}`);
  }
  t.end();
});

t.test('a data centre on another continent ten minutes later adds up, whoever owns the device', (t) => {
  const strange: FactsOptions = {
    visit: {
      country: 'JP',
      region: 'Tokyo',
      city: 'Tokyo',
      latitude: 35.68,
      longitude: 139.69,
      asn: 64503,
      asnClass: 'hosting',
      host: 'x',
      block: 'xb',
      device: 'device-new',
      timeZone: 'Asia/Tokyo',
    },
    host: null,
    block: null,
    asn: null,
    population: { total: 1000, counts: { asn: 0, country: 1 } },
  };
  t.ok(points(lately(strange)) >= 4.5);
  const home = lately({ ...strange, visit: { ...strange.visit, asnClass: 'isp' } });
  t.ok(deriveSignal(travelSignals[0] as (typeof travelSignals)[number], home).rules.includes('impossible_travel'));
  t.ok(points(home) >= 4.5);
  t.end();
});

t.test('a flight home is paid for by the hours it takes', (t) => {
  const visit: Partial<Visit> = {
    country: 'FR',
    region: 'Paris',
    city: 'Paris',
    latitude: 48.86,
    longitude: 2.35,
    asn: 64504,
    host: 'p',
    block: 'pb',
  };
  const population = { total: 1000, counts: { asn: 30, country: 40 } };
  const paris = (agoMs: number): number =>
    points(lately({ visit, host: null, block: null, population, account: accountWith([...homeVisits(20), { atMs: nowMs - agoMs }]) }));
  t.ok(paris(4 * hourMs) < paris(10 * minuteMs));
  t.end();
});
