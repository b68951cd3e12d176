import t from 'tap';
import fc from 'fast-check';
import type { DeviceMemory } from '../../src/domain/profile/account.ts';
import { machineOf } from '../../src/domain/profile/change.ts';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { deviceFamiliarity } from '../../src/domain/signal/device/familiarity.ts';
import { deviceReplay } from '../../src/domain/signal/device/replay.ts';
import { deviceSharing } from '../../src/domain/signal/device/sharing.ts';
import { deviceSignals } from '../../src/domain/signal/device/signals.ts';
import { nearestDevice, similarityTo, similarityWeights } from '../../src/domain/signal/device/similarity.ts';
import { accountWith, dayMs, deriveSignal, factsWith, homeVisits, hourMs, nowMs, sourceWith, visitWith } from '../support/facts.ts';
import { checkContract, checkDefinition } from '../support/signal-contract.ts';

for (const signal of deviceSignals) {
  t.test(`${signal.name} keeps the contract of a signal for all facts`, (t) => {
    checkDefinition(signal);
    checkContract(signal, 150);
    t.end();
  });
}

/** Everybody's logins, with the home client neither rare nor universal. */
const population = { total: 1000, counts: { browser: 150, browser_version: 60, os: 400, device_type: 600, language: 300, time_zone: 500 } };
const otherMachine: Partial<Visit> = {
  browser: 'Safari',
  browserMajor: 17,
  os: 'Mac OS',
  platform: 'MacIntel',
  screen: '1440x900',
  fingerprint: 'fingerprint-other',
  language: 'en',
  timeZone: 'America/New_York',
};

t.test('a device that the account used before is known by its id, the better the more and the longer it was used', (t) => {
  const seldom = deriveSignal(deviceFamiliarity, factsWith({ account: accountWith(homeVisits(1)), population }));
  const often = deriveSignal(deviceFamiliarity, factsWith({ account: accountWith(homeVisits(40)), population }));
  t.ok((often.features['device_known_log'] as number) > (seldom.features['device_known_log'] as number));
  t.ok((often.features['device_known_age_days_log'] as number) > (seldom.features['device_known_age_days_log'] as number));
  t.equal(often.features['device_similarity'], 1);
  t.same(often.rules, ['device_known', 'device_known_well']);
  t.same(seldom.rules, ['device_known']);
  t.match(often.explain(-1), { code: 'KNOWN_DEVICE', evidence: { good_logins: 40, first_used_days_ago: 40, last_used_days_ago: 1 } });
  t.equal(seldom.explain(0.3).code, 'RECENT_DEVICE', 'an answer that rises although the device is known does not call it new');
  t.end();
});

t.test('a browser update does not make a device strange, with an id or without one', (t) => {
  const account = accountWith(homeVisits(5));
  const before = deriveSignal(deviceFamiliarity, factsWith({ account, population }));
  const after = deriveSignal(deviceFamiliarity, factsWith({ account, population, visit: { browserMajor: 140 } }));
  t.same(after.features, before.features);
  const looks = accountWith(homeVisits(5, { device: null }));
  const without = deriveSignal(deviceFamiliarity, factsWith({ account: looks, population, visit: { device: null } }));
  const updated = deriveSignal(deviceFamiliarity, factsWith({ account: looks, population, visit: { device: null, browserMajor: 140 } }));
  t.same(updated.features, without.features);
  t.end();
});

t.test('a new id on a machine unlike any of the account’s raises the most, a lost cookie on the same machine less', (t) => {
  const account = accountWith(homeVisits(12));
  const stranger = deriveSignal(deviceFamiliarity, factsWith({ account, population, visit: { device: 'device-new', ...otherMachine } }));
  const lostCookie = deriveSignal(deviceFamiliarity, factsWith({ account, population, visit: { device: 'device-new' } }));
  t.same(stranger.rules, ['device_new']);
  t.same(lostCookie.rules, ['device_new_but_similar']);
  t.ok(lostCookie.points < stranger.points && lostCookie.points > 0);
  t.equal(stranger.features['device_known_log'], 0);
  t.equal(stranger.features['device_similarity'], 0);
  t.match(stranger.explain(2), {
    code: 'NEW_DEVICE',
    evidence: { browser: 'Safari', nearest_browser: 'Firefox', nearest_good_logins: 12, devices_known: 1 },
  });
  t.equal(lostCookie.explain(-0.1).code, 'SIMILAR_DEVICE');
  t.end();
});

t.test('a stranger’s identical phone is never a known device, and counts for less the commoner the phone is', (t) => {
  const account = accountWith(homeVisits(12));
  const twin = (share: number): number => {
    const counts = { browser: share, browser_version: share, os: share, device_type: share, language: share, time_zone: share };
    return deriveSignal(deviceFamiliarity, factsWith({ account, population: { total: 1000, counts }, visit: { device: 'device-twin' } }))
      .features['device_similarity'] as number;
  };
  t.ok(twin(900) < twin(300) && twin(300) < twin(5));
  t.ok(twin(990) < 0.65, 'where everybody owns it, looks say little');
  t.ok(twin(1) < 1);
  t.end();
});

t.test('without ids remembered, an id says nothing of novelty: the day ids are first sent nobody is new', (t) => {
  const account = accountWith(homeVisits(12, { device: null }));
  const { features } = deriveSignal(deviceFamiliarity, factsWith({ account, population }));
  t.ok(Number.isNaN(features['device_known_log'] as number));
  t.ok((features['device_similarity'] as number) > 0.5);
  t.end();
});

t.test('no id and looks unlike any remembered device raise moderately; nothing sent is no evidence', (t) => {
  const account = accountWith(homeVisits(12));
  const unlike = deriveSignal(deviceFamiliarity, factsWith({ account, population, visit: { device: null, ...otherMachine } }));
  t.same(unlike.rules, ['device_unlike_any']);
  const silent: Partial<Visit> = { device: null, os: null, browser: null, screen: null, fingerprint: null, platform: null };
  t.equal(deriveSignal(deviceFamiliarity, factsWith({ account, visit: silent })).cause, 'not_sent');
  t.equal(deriveSignal(deviceFamiliarity, factsWith({ account: null })).cause, 'no_history');
  t.equal(deriveSignal(deviceFamiliarity, factsWith({ account: accountWith([]) })).cause, 'no_history');
  const screenOnly: Partial<Visit> = { ...silent, deviceType: null, language: null, timeZone: null, screen: '800x600' };
  const blind = accountWith(homeVisits(2, { ...silent, deviceType: null, language: null, timeZone: null, browser: 'Firefox' }));
  t.equal(deriveSignal(deviceFamiliarity, factsWith({ account: blind, visit: screenOnly })).cause, 'unknown', 'nothing to compare');
  const idOnly = accountWith(homeVisits(2, { ...silent, deviceType: null, language: null, timeZone: null, device: 'device-1' }));
  const newId = deriveSignal(deviceFamiliarity, factsWith({ account: idOnly, visit: { ...screenOnly, device: 'device-2' } }));
  t.same([newId.cause, newId.features['device_known_log'], newId.features['device_similarity']], [null, 0, Number.NaN]);
  t.equal(newId.explain(1).evidence['similarity'], null);
  t.end();
});

const maybe = (...values: string[]): fc.Arbitrary<string | null> => fc.option(fc.constantFrom(...values), { nil: null });
const looks = fc.record({
  os: maybe('Windows', 'iOS', 'Mac OS', 'Android'),
  browser: maybe('Chrome', 'Safari'),
  deviceType: maybe('desktop', 'mobile'),
  language: maybe('de', 'en'),
  timeZone: maybe('Europe/Berlin', 'Asia/Tokyo'),
  screen: maybe('1920x1080', '1080x1920', '390x844'),
  platform: maybe('Win32', 'iPhone'),
  fingerprint: maybe('f1', 'f2'),
});
const everybody = fc.record({ total: fc.nat(100_000), counts: fc.array(fc.nat(100_000), { minLength: 8, maxLength: 8 }) });

t.test('similarity is symmetric, in [0, 1) or unknown, and never greater with others than with the machine itself', (t) => {
  const weights: number = Object.values(similarityWeights).reduce((sum, weight) => sum + weight, 0);
  t.ok(Math.abs(weights - 1) < 1e-12);
  fc.assert(
    fc.property(looks, looks, everybody, (a, b, population) => {
      const ab = similarityTo(a, b, population);
      if (Number.isNaN(ab)) return Number.isNaN(similarityTo(b, a, population));
      return ab === similarityTo(b, a, population) && ab >= 0 && ab < 1;
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(looks, looks, everybody, (a, b, population) => {
      const full = { ...a, os: a.os ?? 'iOS', fingerprint: a.fingerprint ?? 'f1' };
      const ab = similarityTo(full, { ...full, fingerprint: null, screen: b.screen }, population);
      return ab <= similarityTo(full, full, population) + 1e-12;
    }),
  );
  fc.assert(
    fc.property(fc.array(looks, { maxLength: 16 }), looks, everybody, (devices, visit, population) => {
      const at = nearestDevice(devices, visit, population);
      const all = devices.map((device) => similarityTo(device, visit, population)).filter((similarity) => !Number.isNaN(similarity));
      return all.length === 0 ? at === -1 : similarityTo(devices[at] as DeviceMemory, visit, population) === Math.max(...all);
    }),
  );
  t.end();
});

t.test('a turned phone is the same machine, another operating system family never is', (t) => {
  const phone = {
    os: 'Android',
    browser: 'Chrome',
    deviceType: 'mobile',
    language: 'de',
    timeZone: 'Europe/Berlin',
    screen: '412x915',
    platform: 'Linux armv8l',
    fingerprint: null,
  };
  const everyone = { total: 1000, counts: new Array<number>(8).fill(100) };
  t.equal(similarityTo(phone, { ...phone, screen: '915x412' }, everyone), similarityTo(phone, phone, everyone));
  t.ok(similarityTo(phone, { ...phone, screen: '390x844' }, everyone) < similarityTo(phone, phone, everyone));
  t.equal(similarityTo(phone, { ...phone, os: 'iOS' }, everyone), 0);
  t.ok(similarityTo({ ...phone, os: 'Mac OS' }, { ...phone, os: 'macOS' }, everyone) > 0, 'a renamed system is not another family');
  t.end();
});

t.test('similarity is the agreeing share of what could be compared, gaps half counted, less the chance of a twin', (t) => {
  const machine = {
    os: 'Windows',
    browser: 'Firefox',
    deviceType: 'desktop',
    language: 'de',
    timeZone: 'Europe/Berlin',
    screen: '1920x1080',
    platform: 'Win32',
    fingerprint: 'f1',
  };
  const everyone = { total: 999, counts: new Array<number>(8).fill(199.5) };
  const close = (actual: number, expected: number, why: string): void => {
    t.ok(Math.abs(actual - expected) < 1e-12, `${why}: ${actual}`);
  };
  close(similarityTo(machine, machine, everyone), 1 - 0.2 * 0.4, 'a fingerprint leaves 40 % of the chance');
  close(similarityTo(machine, { ...machine, fingerprint: 'f2' }, everyone), 0.8 * 0.8, 'another fingerprint');
  close(similarityTo(machine, { ...machine, fingerprint: null }, everyone), (0.8 / 0.9) * 0.8, 'no fingerprint is half another one');
  t.end();
});

t.test('use of a similar device counts in proportion to the similarity', (t) => {
  const account = accountWith(homeVisits(12, { device: null }));
  const { features } = deriveSignal(deviceFamiliarity, factsWith({ account, population, visit: { device: null } }));
  const known = deriveSignal(deviceFamiliarity, factsWith({ account: accountWith(homeVisits(12)), population })).features;
  const similarity = features['device_similarity'] as number;
  t.ok(similarity < 1);
  t.ok(Math.abs((features['device_similar_log'] as number) - similarity * (known['device_known_log'] as number)) < 1e-5);
  t.end();
});

t.test('a known id at home lowers; an update, a monitor or the desktop page do not make it a replay', (t) => {
  const account = accountWith(homeVisits(12));
  const home = deriveSignal(deviceReplay, factsWith({ account }));
  t.same(home.features, { device_id_changes: 0, device_id_network: 0 });
  t.same(home.rules, ['device_id_at_home']);
  t.equal(home.explain(-0.4).code, 'DEVICE_ID_AT_HOME');
  const updated = deriveSignal(
    deviceReplay,
    factsWith({ account, visit: { browserMajor: 150, screen: '3840x2160', fingerprint: 'fingerprint-drifted' } }),
  );
  t.equal(updated.features['device_id_changes'], 0.5);
  t.same(updated.rules, []);
  const tablet = accountWith(homeVisits(3, { os: 'iOS', platform: 'iPad', browser: 'Mobile Safari' }));
  const desktopPage = deriveSignal(
    deviceReplay,
    factsWith({ account: tablet, visit: { os: 'Mac OS', platform: 'MacIntel', browser: 'Safari' } }),
  );
  t.equal(desktopPage.features['device_id_changes'], 0.5, 'the browser goes by another name, the family is the same');
  t.end();
});

t.test('a known id on another operating system is a replay, wherever it comes from', (t) => {
  const account = accountWith(homeVisits(12));
  const moved = deriveSignal(deviceReplay, factsWith({ account, visit: otherMachine }));
  t.equal(moved.features['device_id_changes'], 2);
  t.same(moved.rules, ['device_id_on_other_machine']);
  t.match(moved.explain(2), {
    code: 'DEVICE_ID_REPLAYED',
    evidence: { usual_os: 'Windows', os: 'Mac OS', good_logins: 12, fingerprint_changed: true, known_to_account: true },
  });
  const platformOnly = deriveSignal(
    deviceReplay,
    factsWith({ account: accountWith(homeVisits(3, { os: null })), visit: { platform: 'MacIntel' } }),
  );
  t.equal(platformOnly.features['device_id_changes'], 1);
  t.end();
});

t.test('the network of a known id is stranger the less the account knows it, and hosting more than a private relay', (t) => {
  const account = accountWith([...homeVisits(6), { asn: 64501, country: 'FR', device: 'device-work', atMs: nowMs - dayMs }]);
  const network = (visit: Partial<Visit>, lists: readonly ('relay' | 'vpn')[] = []): number =>
    deriveSignal(deviceReplay, factsWith({ account, visit, lists })).features['device_id_network'] as number;
  t.equal(network({}), 0);
  t.equal(network({ asn: 64501 }), 0, 'known from another device of the account');
  t.equal(network({ asn: 64502 }), 1);
  t.equal(network({ asn: 64502, country: 'US' }), 2);
  t.equal(network({ asn: 64502, country: null }), 1);
  t.equal(network({ asn: 64502, country: 'US', asnClass: 'hosting' }), 3);
  t.equal(network({ asn: 64502, anonymous: true }, ['vpn']), 2);
  t.equal(network({ asn: 64502, anonymous: true, asnClass: 'hosting' }, ['relay']), 1);
  t.ok(Number.isNaN(network({ asn: null })));
  t.equal(
    deriveSignal(deviceReplay, factsWith({ account: { ...account, tallies: [] }, visit: { asn: 64502, country: 'US' } })).features[
      'device_id_network'
    ],
    2,
    'a damaged record knows no network',
  );
  t.equal(
    deriveSignal(deviceReplay, factsWith({ account: { ...account, tallies: [] } })).features['device_id_network'],
    0,
    'but the one of the device itself',
  );
  const worst = deriveSignal(deviceReplay, factsWith({ account, visit: { asn: 64502, country: 'US', asnClass: 'hosting' } }));
  t.same(worst.rules, ['device_id_from_strange_hosting']);
  t.equal(worst.explain(1).evidence['network_new_to_account'], true);
  t.equal(deriveSignal(deviceReplay, factsWith({ account, visit: { asn: null } })).explain(1).evidence['network_new_to_account'], null);
  t.end();
});

t.test('an id new to the account is compared with the machine that first signed in well with it', (t) => {
  const machine = machineOf(visitWith());
  const same = deriveSignal(deviceReplay, factsWith({ device: sourceWith({ good: [1], machine }) }));
  t.equal(same.features['device_id_changes'], 0);
  const other = deriveSignal(deviceReplay, factsWith({ device: sourceWith({ good: [1], machine }), visit: otherMachine }));
  t.equal(other.features['device_id_changes'], 1);
  t.match(other.explain(1).evidence, { known_to_account: false, usual_os: 'Windows' });
  const platformOnly = deriveSignal(
    deviceReplay,
    factsWith({ device: sourceWith({ good: [1], machine: '|Win32|' }), visit: otherMachine }),
  );
  t.equal(platformOnly.features['device_id_changes'], 1);
  for (const damaged of ['', '|', '||', 'Windows', '\u0000']) {
    t.equal(
      deriveSignal(deviceReplay, factsWith({ device: sourceWith({ good: [1], machine: damaged }) })).features['device_id_changes'],
      0,
      'a damaged record accuses nobody',
    );
  }
  t.equal(deriveSignal(deviceReplay, factsWith({})).cause, 'no_history');
  t.equal(deriveSignal(deviceReplay, factsWith({ visit: { device: null } })).cause, 'not_sent');
  t.equal(deriveSignal(deviceReplay, factsWith({ device: null })).explain(1).evidence['usual_os'], null);
  const unknownLooks = accountWith(homeVisits(2, { browser: null, os: null, screen: null, platform: null, fingerprint: null }));
  const uncomparable = deriveSignal(deviceReplay, factsWith({ account: unknownLooks }));
  t.equal(uncomparable.features['device_id_changes'], 0);
  t.equal(uncomparable.explain(1).evidence['fingerprint_changed'], null);
  t.end();
});

t.test('a device that tries a list of accounts stands out; a kiosk where everybody signs in well does not', (t) => {
  const others = Array.from({ length: 20 }, (_, i) => 1000 + i);
  const fleet = deriveSignal(deviceSharing, factsWith({ device: sourceWith({ failed: others }) }));
  const kiosk = deriveSignal(deviceSharing, factsWith({ device: sourceWith({ good: others, atMs: nowMs - hourMs / 2 }) }));
  t.same(fleet.rules, ['device_tries_strangers', 'device_tries_many_strangers', 'device_fails']);
  t.same(kiosk.rules, []);
  t.equal(kiosk.features['device_strangers_24h_log'], 0);
  t.ok(Math.abs((kiosk.features['device_accounts_1h_log'] as number) - Math.log(21)) < 1e-6);
  t.match(fleet.explain(2), {
    code: 'DEVICE_SHARED_BY_ACCOUNTS',
    evidence: { other_accounts_24h: 20, without_good_login_24h: 20, good_logins: 0 },
  });
  t.equal(kiosk.explain(-0.1).code, 'DEVICE_OF_ONE_ACCOUNT');
  t.end();
});

t.test('an id that nobody used is used by no other account; without profiles or without an id nothing is claimed', (t) => {
  const own = deriveSignal(deviceSharing, factsWith({ device: sourceWith({ failed: [shortKey('user-1')] }) }));
  t.equal(own.features['device_accounts_24h_log'], 0, 'its own account is no other account');
  const unused = deriveSignal(deviceSharing, factsWith({}));
  t.same(Object.values(unused.features), [0, 0, 0, 0]);
  t.match(unused.explain(-1).evidence, { other_accounts_24h: 0, failures_24h: 0, good_logins: 0 });
  t.equal(deriveSignal(deviceSharing, factsWith({ profilesAbsent: 'late' })).cause, 'no_history');
  t.equal(deriveSignal(deviceSharing, factsWith({ visit: { device: null } })).cause, 'not_sent');
  t.end();
});
