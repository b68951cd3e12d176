// What the whole fallback table makes of whole situations, and what holds for the catalogue as one.
import t from 'tap';
import { derive } from '../../src/assess/derive.ts';
import type { DeviceClaim } from '../../src/domain/attempt.ts';
import { buildSchema, schema } from '../../src/domain/feature/schema.ts';
import { type Attribution, attribute } from '../../src/domain/reason/attribute.ts';
import { rulesBaseLogOdds, rulesContributions } from '../../src/domain/rules.ts';
import { allSignals } from '../../src/domain/signal/catalogue.ts';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { accountWith, type FactsOptions, factsWith, homeVisits, minuteMs, nowMs, sourceWith } from '../support/facts.ts';
import { checkDefinition } from '../support/signal-contract.ts';

const self = shortKey('user-1');
const failing = sourceWith({ failed: Array.from({ length: 30 }, (_, i) => 100 + i), atMs: nowMs - 5 * minuteMs });
const common = { browser: 300, browser_version: 200, os: 500, device_type: 600 };
const rare = { total: 1000, counts: { ...common, asn: 0, country: 1, os: 40, language: 50, time_zone: 5 } };

/** Three weeks of good logins from home, the last ten minutes ago. */
const home: FactsOptions = {
  account: accountWith([...homeVisits(20), { atMs: nowMs - 10 * minuteMs }]),
  host: sourceWith({ good: [self] }),
  block: sourceWith({ good: [self] }),
  asn: sourceWith({ good: [self, 1, 2, 3, 4, 5, 6, 7, 8] }),
  device: sourceWith({ good: [self] }),
  population: { total: 1000, counts: { ...common, asn: 300, country: 900, language: 800, time_zone: 900 } },
};

const strangeClaim: Partial<DeviceClaim> = {
  id: 'device-new',
  software: { browser: 'Chrome', browserMajor: 120, os: 'Linux', osMajor: null, deviceType: 'desktop', automation: null },
  platform: 'Linux x86_64',
  timeZone: 'America/New_York',
  language: 'en',
  languageRegion: 'US',
  screen: { width: 1366, height: 768, depth: 24 },
  fingerprint: 'fingerprint-new',
};
const strangePlace: Partial<Visit> = {
  country: 'US',
  region: 'Virginia',
  city: 'Ashburn',
  latitude: 39.04,
  longitude: -77.49,
  asn: 14618,
  asnClass: 'hosting',
  host: 'xxxxxx',
  block: 'yyyyyy',
};
const nothingSeen = { host: null, block: null, asn: null };

function judged(options: FactsOptions): Attribution {
  const facts = factsWith({ ...home, ...options });
  const { features } = derive(facts, schema);
  return attribute(schema, facts, features, rulesContributions(features, schema));
}

function codes(attribution: Attribution): string[] {
  return attribution.reasons.map((reason) => reason.code);
}

t.test('a known person at home is far below where an attempt starts', (t) => {
  const { logOdds, reasons } = judged({});
  t.ok(logOdds <= rulesBaseLogOdds - 3, `${logOdds}`);
  t.ok(reasons.every((reason) => reason.contribution < 0));
  t.end();
});

t.test('a new device in a new country reaches even odds, on a hosting network or after failures more so', (t) => {
  const strange = { attempt: { device: strangeClaim }, population: rare, device: null };
  const provider = judged({
    ...strange,
    ...nothingSeen,
    visit: { ...strangePlace, asn: 7922, asnClass: 'isp' },
    account: accountWith(homeVisits(20)),
  });
  const hosting = judged({ ...strange, ...nothingSeen, visit: strangePlace });
  const attacked = judged({ ...strange, host: failing, block: failing, asn: failing, visit: strangePlace });
  t.ok(provider.logOdds > 0, `${provider.logOdds}`);
  t.ok(hosting.logOdds > provider.logOdds);
  t.ok(attacked.logOdds > hosting.logOdds + 3);
  t.equal(codes(attacked)[0], 'NEW_DEVICE_IN_NEW_COUNTRY');
  for (const code of ['NEW_COUNTRY', 'NEW_DEVICE', 'HOSTING_NETWORK', 'FAILURES_FROM_ADDRESS']) t.ok(codes(attacked).includes(code), code);
  t.end();
});

t.test('a stolen id on a hosting network abroad is not excused by being known', (t) => {
  const stolen = judged({ ...nothingSeen, visit: strangePlace, population: rare });
  t.ok(stolen.logOdds > -1, `${stolen.logOdds}`);
  t.ok(codes(stolen).includes('KNOWN_DEVICE_ON_STRANGE_HOSTING'));
  t.end();
});

t.test('what happens to honest people every day stays well below even odds', (t) => {
  const everyday: Record<string, FactsOptions> = {
    'a new device at home': {
      attempt: { device: { ...strangeClaim, timeZone: 'Europe/Berlin', language: 'de', languageRegion: 'DE' } },
      device: null,
    },
    'the known device abroad': {
      ...nothingSeen,
      visit: { ...strangePlace, asn: 7922, asnClass: 'isp' },
      account: accountWith(homeVisits(20)),
      population: rare,
    },
    'the first login ever': { account: null, host: null, block: null, device: null },
    'nothing known of the address': {
      ...nothingSeen,
      visit: { country: null, region: null, city: null, latitude: null, longitude: null, asn: null, asnClass: 'unknown' },
    },
    'four failures and then the right password': {
      account: accountWith(homeVisits(20)),
      host: sourceWith({ good: [self], failed: [self, self, self, self], atMs: nowMs - 2 * minuteMs }),
    },
  };
  for (const [name, options] of Object.entries(everyday)) t.ok(judged(options).logOdds < -3, `${name}: ${judged(options).logOdds}`);
  t.end();
});

t.test('without profiles nothing is known, and no line raises by more than the address and the client themselves say', (t) => {
  const { logOdds, reasons } = judged({ account: null, ...nothingSeen, device: null, profilesAbsent: 'late', population: { total: 0 } });
  t.ok(logOdds <= rulesBaseLogOdds + 0.5, `${logOdds}`);
  t.notOk(reasons.some((reason) => /FAILURES|SPRAY|NEW_/.test(reason.code)));
  t.end();
});

t.test('groups, features, rules and codes have names of their own, and no line alone comes near even odds', (t) => {
  const names = new Set<string>();
  for (const signal of allSignals) {
    checkDefinition(signal);
    const directions = new Set(Object.values(signal.codes).map((code) => code.direction));
    t.same([...directions].sort(), ['lowers', 'raises'], signal.name);
    for (const name of [signal.name, ...signal.features.map((feature) => feature.name), ...Object.keys(signal.codes)]) {
      t.notOk(names.has(name), name);
      names.add(name);
    }
    for (const rule of signal.rules) t.ok(Math.abs(rule.points) > 0 && Math.abs(rule.points) <= 4, rule.name);
  }
  t.equal(
    new Set(allSignals.flatMap((signal) => signal.rules.map((rule) => rule.name))).size,
    allSignals.flatMap((signal) => signal.rules).length,
  );
  t.same(buildSchema(allSignals).canonical, schema.canonical);
  t.end();
});
