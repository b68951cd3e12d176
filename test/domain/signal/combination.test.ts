import t from 'tap';
import type { AsnClass } from '../../../src/domain/ip-facts.ts';
import { applyToAccount } from '../../../src/domain/profile/account.ts';
import { combinationSignals } from '../../../src/domain/signal/combination/signals.ts';
import { combination } from '../../../src/domain/signal/combination/conjunctions.ts';
import { both } from '../../../src/domain/signal/combination/novelty.ts';
import { failuresAround, hidden, onHosting } from '../../../src/domain/signal/combination/source.ts';
import {
  accountWith,
  type Derived,
  deriveSignal,
  factsWith,
  type FactsOptions,
  homeVisits,
  minuteMs,
  nowMs,
  sourceWith,
  visitWith,
} from '../../support/facts.ts';
import { checkContract, checkDefinition } from '../../support/signal-contract.ts';

const newDevice = { device: 'device-new', browser: 'Chrome', os: 'Linux', fingerprint: 'other', screen: '1280x720' };
const abroad = { country: 'US', region: 'Virginia', city: 'Ashburn' };
const rented = { asn: 14618, asnClass: 'hosting' as AsnClass };
const failing = sourceWith({ failed: Array.from({ length: 30 }, (_, i) => i + 1), atMs: nowMs - 5 * minuteMs });

function derived(options: FactsOptions = {}): Derived {
  return deriveSignal(combination, factsWith({ account: accountWith(homeVisits(10)), ...options }));
}

t.test('at home on a known device everything is familiar, and nothing raises', (t) => {
  const { features, rules, points, explain } = derived();
  t.same(features, {
    new_device_new_country: 0,
    new_device_new_asn: 0,
    hosting_after_failures: 0,
    new_device_after_failures: 0,
    known_device_strange_hosting: 0,
    hidden_new_device: 0,
    all_new: 0,
    all_known: 1,
  });
  t.same(rules, ['all_known']);
  t.ok(points < 0);
  t.equal(explain(-1).code, 'EVERYTHING_FAMILIAR');
  t.end();
});

t.test('one harmless change alone holds no conjunction', (t) => {
  const changes: FactsOptions[] = [
    { visit: newDevice },
    { visit: abroad },
    { visit: { asn: 6805, asnClass: 'mobile' } },
    { visit: rented },
    { lists: ['vpn'] },
    { host: failing },
    { visit: { country: null, region: null, city: null } },
  ];
  for (const change of changes) t.ok(derived(change).points <= 0, JSON.stringify(change));
  t.equal(derived({ visit: newDevice }).explain(-0.1).code, 'NO_RISKY_COMBINATION');
  t.equal(derived({ visit: newDevice }).explain(0.1).code, 'NOT_ALL_FAMILIAR');
  t.end();
});

t.test('a new device in a new country on a hosting network after failures holds four conjunctions and is named by the heaviest', (t) => {
  const { rules, points, explain } = derived({
    visit: { ...newDevice, ...abroad, ...rented, language: 'en', timeZone: 'UTC' },
    asn: failing,
  });
  t.same(rules, ['new_device_new_country', 'new_device_new_asn', 'hosting_after_failures', 'all_new']);
  t.ok(points >= 4);
  t.equal(explain(2).code, 'NEW_DEVICE_IN_NEW_COUNTRY');
  t.match(explain(2).evidence, {
    new_device: 1,
    new_country: true,
    new_network: true,
    hosting: true,
    country: 'US',
    asn: 14618,
    failures_beyond_half_1h: 15,
    good_logins: 10,
  });
  t.end();
});

t.test('each conjunction has its own code where it weighs most', (t) => {
  const account = accountWith(homeVisits(10));
  for (let i = 0; i < 20; i++) applyToAccount(account, { type: 'attempted', visit: visitWith({ atMs: nowMs - minuteMs }), failed: true });
  const codeOf = (options: FactsOptions): string => derived(options).explain(1).code;
  t.equal(codeOf({ visit: { ...newDevice, asn: 6805 } }), 'NEW_DEVICE_ON_NEW_NETWORK');
  t.equal(codeOf({ visit: { ...rented }, asn: failing }), 'HOSTING_AFTER_FAILURES');
  t.equal(codeOf({ visit: newDevice, account }), 'NEW_DEVICE_AFTER_FAILURES');
  t.equal(codeOf({ visit: { ...abroad, ...rented } }), 'KNOWN_DEVICE_ON_STRANGE_HOSTING');
  t.equal(codeOf({ visit: newDevice, lists: ['tor'] }), 'HIDDEN_NEW_DEVICE');
  t.equal(codeOf({ visit: { ...newDevice, country: null, asn: null, language: 'xx', timeZone: 'UTC' } }), 'NOTHING_FAMILIAR');
  t.end();
});

t.test('a known device id counts as stolen only by its id', (t) => {
  const looks = accountWith(homeVisits(10, { device: null }));
  const { features } = derived({ account: looks, visit: { ...abroad, ...rented, device: null } });
  t.equal(features['known_device_strange_hosting'], 0);
  t.equal(derived({ visit: { ...abroad, ...rented } }).features['known_device_strange_hosting'], 1);
  t.end();
});

t.test('a device that only lost its id is half new, and the same browser on another screen is new', (t) => {
  const lost = { device: 'device-again' };
  t.equal(derived({ visit: { ...lost, ...abroad } }).features['new_device_new_country'], 0.5);
  t.equal(derived({ visit: { ...lost, fingerprint: null, ...abroad } }).features['new_device_new_country'], 0.5);
  t.equal(derived({ visit: { ...lost, screen: '800x600', ...abroad } }).features['new_device_new_country'], 1);
  t.equal(derived({ visit: { ...lost, deviceType: 'mobile', ...abroad } }).features['new_device_new_country'], 1);
  t.equal(derived({ visit: { ...lost, browser: null, ...abroad } }).features['new_device_new_country'], 1);
  t.equal(derived({ visit: { ...lost, os: null, ...abroad } }).features['new_device_new_country'], 1);
  t.end();
});

t.test('without good logins, or without anything said of the device, newness is unknown', (t) => {
  const stranger = deriveSignal(combination, factsWith({ visit: abroad }));
  t.equal(stranger.cause, null);
  t.same(stranger.rules, []);
  t.ok(Number.isNaN(stranger.features['new_device_new_country']));
  t.ok(Number.isNaN(stranger.features['all_known']));
  const silent = derived({ visit: { ...abroad, device: null, browser: null, os: null, fingerprint: null } });
  t.ok(Number.isNaN(silent.features['new_device_new_country']));
  t.ok(Number.isNaN(derived({ visit: { ...abroad, device: null, os: null, fingerprint: null } }).features['new_device_new_country']));
  t.equal(derived({ visit: { ...abroad, device: null, os: null, fingerprint: 'other' } }).features['new_device_new_country'], 1);
  const unlearned = derived({
    account: accountWith(homeVisits(5, { country: null, region: null, city: null })),
    visit: { ...newDevice, ...abroad },
  });
  t.ok(Number.isNaN(unlearned.features['new_device_new_country']));
  t.match(silent.explain(0.1).evidence, { new_device: null });
  t.end();
});

t.test('of an account without history at an unknown, failing, hidden place only the stolen id can be ruled out', (t) => {
  const account = accountWith([]);
  for (let i = 0; i < 9; i++) applyToAccount(account, { type: 'attempted', visit: visitWith({ atMs: nowMs - minuteMs }), failed: true });
  const facts = factsWith({ account, host: failing, visit: { asn: null }, lists: ['tor'], knownDevice: null });
  const { cause, features, rules } = deriveSignal(combination, facts);
  t.same(
    Object.values(features).filter((value) => !Number.isNaN(value)),
    [0],
  );
  t.equal(cause, null);
  t.same(rules, []);
  t.end();
});

t.test('nothing familiar begins where seven tenths are new', (t) => {
  const five = derived({ visit: { ...newDevice, ...abroad, asn: 6805 } });
  t.ok(Math.abs((five.features['all_new'] as number) - (5 / 7 - 0.7) / 0.3) < 1e-6);
  t.same(five.rules.includes('all_new'), false);
  t.equal(derived({ visit: { ...newDevice, asn: 6805 } }).features['all_new'], 0);
  t.equal(derived({ visit: { ...newDevice, ...abroad, asn: 6805, language: 'xx', timeZone: 'UTC' } }).features['all_new'], 1);
  t.end();
});

t.test('three observed things are too few to call nothing or everything familiar', (t) => {
  const sparse = { device: null, browser: null, os: null, fingerprint: null, language: null, timeZone: null };
  const { features } = derived({ visit: { ...sparse, ...abroad } });
  t.ok(Number.isNaN(features['all_new']));
  t.ok(Number.isNaN(features['all_known']));
  t.equal(derived({ visit: { ...sparse, timeZone: 'Europe/Berlin', language: 'de' } }).features['all_known'], 1);
  t.end();
});

t.test('profiles that could not be read leave the group unknown, with their cause', (t) => {
  const { cause, features } = deriveSignal(combination, factsWith({ profilesAbsent: 'late' }));
  t.equal(cause, 'late');
  t.ok(Object.values(features).every(Number.isNaN));
  t.end();
});

t.test("a relay and the tenant's own egress are neither a rented machine nor a hiding place", (t) => {
  t.equal(onHosting(factsWith({ visit: rented })), 1);
  t.equal(onHosting(factsWith({ lists: ['hosting'] })), 1);
  t.equal(onHosting(factsWith({ lists: ['hosting', 'relay'] })), 0);
  t.equal(onHosting(factsWith({ visit: rented, host: sourceWith({ good: [1, 2, 3] }) })), 0);
  t.equal(onHosting(factsWith({ visit: rented, block: sourceWith({ good: [1, 2, 3] }) })), 0);
  t.equal(onHosting(factsWith({ visit: rented, host: sourceWith({ good: [1, 2] }) })), 1);
  t.equal(onHosting(factsWith()), 0);
  t.ok(Number.isNaN(onHosting(factsWith({ visit: { asn: null } }))));
  t.ok(Number.isNaN(onHosting(factsWith({ visit: { asnClass: 'unknown' } }))));
  t.equal(hidden(factsWith({ lists: ['relay'] })), 0);
  t.equal(hidden(factsWith({ lists: ['proxy'] })), 1);
  t.equal(hidden(factsWith({ lists: ['vpn'], host: sourceWith({ good: [1, 2, 3] }) })), 0);
  t.end();
});

t.test('failures around an attempt count only beyond half of the tries', (t) => {
  t.equal(failuresAround(factsWith()), 0);
  t.equal(Math.round(failuresAround(factsWith({ block: failing }))), 15);
  t.equal(failuresAround(factsWith({ asn: sourceWith({ good: Array.from({ length: 60 }, (_, i) => i), failed: [70, 71, 72] }) })), 0);
  t.end();
});

t.test('nothing settles a conjunction like a part that does not hold, even if the other is unknown', (t) => {
  t.equal(both(0, Number.NaN), 0);
  t.equal(both(Number.NaN, 0), 0);
  t.ok(Number.isNaN(both(1, Number.NaN)));
  t.equal(both(0.5, 1), 0.5);
  t.end();
});

t.test('the combination signals keep the contract of signals on any facts', (t) => {
  for (const signal of combinationSignals) {
    checkDefinition(signal);
    checkContract(signal, 60);
  }
  t.end();
});
