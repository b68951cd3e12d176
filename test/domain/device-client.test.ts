import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import fc from 'fast-check';
import type { ClientSoftware, DeviceClaim } from '../../src/domain/attempt.ts';
import { deviceAccountRarity } from '../../src/domain/signal/device/account-rarity.ts';
import { deviceAutomation } from '../../src/domain/signal/device/automation.ts';
import { checkClient, contradictedCount, contradictedNames, madeCount } from '../../src/domain/signal/device/contradictions.ts';
import { deviceInconsistency } from '../../src/domain/signal/device/inconsistency.ts';
import { familiesDiffer, platformFamily } from '../../src/domain/signal/device/platform-family.ts';
import { deviceRarity } from '../../src/domain/signal/device/rarity.ts';
import { parseUserAgent } from '../../src/parse/user-agent.ts';
import { accountWith, deriveSignal, factsWith, homeDevice, homeVisits } from '../support/facts.ts';

const population = { total: 1000, counts: { browser: 150, browser_version: 60, os: 400, device_type: 600 } };
const chrome: ClientSoftware = {
  browser: 'Chrome',
  browserMajor: 139,
  os: 'Windows',
  osMajor: 10,
  deviceType: 'desktop',
  automation: null,
};
const phone: ClientSoftware = {
  browser: 'Mobile Safari',
  browserMajor: 26,
  os: 'iOS',
  osMajor: 18,
  deviceType: 'mobile',
  automation: null,
};

t.test('a client that everybody uses but this account does not is unusual for it; its own rare one is usual', (t) => {
  const account = accountWith(homeVisits(30));
  const own = deriveSignal(deviceAccountRarity, factsWith({ account, population }));
  const common = { total: 1000, counts: { browser: 700, os: 500, device_type: 600 } };
  const strange = deriveSignal(
    deviceAccountRarity,
    factsWith({ account, population: common, visit: { browser: 'Chrome', os: 'Android', deviceType: 'mobile' } }),
  );
  t.ok((own.features['client_ratio_log'] as number) < -0.4);
  t.ok((strange.features['client_ratio_log'] as number) > 1.95);
  t.same(own.rules, ['client_usual']);
  t.same(strange.rules, ['client_unusual', 'client_very_unusual']);
  t.match(strange.explain(1), { code: 'UNUSUAL_CLIENT', evidence: { good_logins: 30, good_logins_with_it: 0 } });
  t.match(own.explain(-1), {
    code: 'USUAL_CLIENT',
    evidence: { attribute: 'browser', observed: 'Firefox', usual: 'Firefox', good_logins_with_it: 30, share_of_everybody: 0.15 },
  });
  t.end();
});

t.test('a young account proves little: the same strange client counts the more, the longer the history', (t) => {
  const ratio = (logins: number): number =>
    deriveSignal(
      deviceAccountRarity,
      factsWith({
        account: accountWith(homeVisits(logins)),
        population,
        visit: { browser: 'Chrome', os: 'Android', deviceType: 'mobile' },
      }),
    ).features['client_ratio_log'] as number;
  t.ok(ratio(1) < ratio(5) && ratio(5) < ratio(50));
  t.ok(ratio(1) < 0.3);
  t.end();
});

t.test('an attribute that either side lacks is left out of the comparison, not held against anybody', (t) => {
  const account = accountWith(homeVisits(10, { browser: null }));
  const { features, explain } = deriveSignal(deviceAccountRarity, factsWith({ account, population }));
  t.ok(Number.isNaN(features['client_browser_ratio_log'] as number));
  t.ok(
    Math.abs(
      (features['client_ratio_log'] as number) -
        ((features['client_os_ratio_log'] as number) * 0.1882 + (features['client_type_ratio_log'] as number) * 0.0051) / 0.1933,
    ) < 1e-6,
  );
  t.equal(explain(-1).evidence['attribute'], 'os', 'the evidence names what was observed');
  const mixed = accountWith([...homeVisits(30, { browser: null }), ...homeVisits(10)]);
  const ratioOf = (of: typeof mixed): unknown =>
    deriveSignal(deviceAccountRarity, factsWith({ account: of, population })).features['client_browser_ratio_log'];
  t.equal(ratioOf(mixed), ratioOf(accountWith(homeVisits(10))), 'logins that did not show a browser say nothing of it');
  const none = accountWith(homeVisits(10, { browser: null, os: null, deviceType: null }));
  t.equal(deriveSignal(deviceAccountRarity, factsWith({ account: none, population })).cause, 'no_history');
  t.equal(deriveSignal(deviceAccountRarity, factsWith({ account: null, population })).cause, 'no_history');
  t.equal(deriveSignal(deviceAccountRarity, factsWith({ account, population: { total: 0 } })).cause, 'no_history');
  const silent = factsWith({ account, population, visit: { browser: null, os: null, deviceType: null } });
  t.equal(deriveSignal(deviceAccountRarity, silent).cause, 'not_sent');
  t.match(deriveSignal(deviceAccountRarity, silent).explain(1).evidence, { observed: null, good_logins_with_it: 0 });
  t.match(deriveSignal(deviceAccountRarity, factsWith({ account: null })).explain(1).evidence, {
    good_logins: 0,
    usual: null,
    share_of_everybody: null,
  });
  t.match(
    deriveSignal(deviceAccountRarity, factsWith({ account: { ...accountWith(homeVisits(3)), tallies: [] }, population })).cause,
    'no_history',
    'a damaged record is no history',
  );
  t.end();
});

t.test('a client is surprising when few of everybody use it, and a new version of a common browser only mildly so', (t) => {
  const of = (counts: Record<string, number>): readonly string[] =>
    deriveSignal(deviceRarity, factsWith({ population: { total: 10_000, counts } })).rules;
  t.same(of({ browser: 1, browser_version: 1, os: 2, device_type: 1 }), ['client_browser_rare', 'client_os_rare']);
  t.same(of({ browser: 8000, browser_version: 6000, os: 5000, device_type: 6000 }), ['client_common']);
  const surprise = (version: number): number =>
    deriveSignal(
      deviceRarity,
      factsWith({ population: { total: 10_000, counts: { browser: 8000, browser_version: version, os: 1, device_type: 1 } } }),
    ).features['client_browser_surprise'] as number;
  t.ok(surprise(0) > surprise(8000));
  t.ok(surprise(0) - surprise(8000) < Math.log(4) + 1e-6, 'the release day of a version costs at most ln 4');
  const explained = deriveSignal(deviceRarity, factsWith({ population })).explain(0.5);
  t.match(explained, {
    code: 'RARE_CLIENT',
    evidence: { browser: 'Firefox', with_browser: 150, with_browser_version: 60, good_logins_of_everybody: 1000 },
  });
  t.equal(deriveSignal(deviceRarity, factsWith({ population })).explain(-0.5).code, 'COMMON_CLIENT');
  t.end();
});

t.test('rarity is silent about what was not sent and where nobody was counted', (t) => {
  t.equal(deriveSignal(deviceRarity, factsWith({})).cause, 'no_history');
  t.equal(deriveSignal(deviceRarity, factsWith({})).explain(1).evidence['browser_share'], null);
  t.equal(deriveSignal(deviceRarity, factsWith({ population, visit: { browser: null, os: null, deviceType: null } })).cause, 'not_sent');
  const osOnly = deriveSignal(deviceRarity, factsWith({ population, visit: { browser: null, deviceType: null } }));
  t.same([osOnly.features['client_browser_surprise'], osOnly.features['client_type_surprise']], [Number.NaN, Number.NaN]);
  t.equal(osOnly.explain(1).evidence['browser_share'], null);
  const typeOnly = deriveSignal(deviceRarity, factsWith({ population, visit: { browser: null, os: null } }));
  t.ok(Number.isNaN(typeOnly.features['client_os_surprise'] as number));
  const noVersion = deriveSignal(deviceRarity, factsWith({ population, visit: { browserMajor: null } }));
  t.ok(
    (noVersion.features['client_browser_surprise'] as number) <
      (deriveSignal(deviceRarity, factsWith({ population })).features['client_browser_surprise'] as number),
    'an unknown version is judged by the browser alone',
  );
  t.end();
});

t.test('remote control, headless browsers, crawlers and libraries are automation, each with its own weight', (t) => {
  const rulesOf = (device: Partial<DeviceClaim>): readonly string[] =>
    deriveSignal(deviceAutomation, factsWith({ attempt: { device } })).rules;
  t.same(rulesOf({ webdriver: true }), ['device_webdriver']);
  t.same(rulesOf({ software: { ...chrome, automation: 'headless' } }), ['device_headless']);
  t.same(rulesOf({ software: { ...chrome, automation: 'crawler' } }), ['device_headless']);
  t.same(rulesOf({ software: { ...chrome, automation: 'http_library' } }), ['device_machine_client']);
  t.same(rulesOf({ software: { ...chrome, automation: 'empty' } }), ['device_machine_client']);
  t.same(rulesOf({}), []);
  const bot = deriveSignal(deviceAutomation, factsWith({ attempt: { device: { webdriver: true } } }));
  t.match(bot.explain(2), {
    code: 'AUTOMATION',
    evidence: { remotely_controlled: true, client_kind: 'browser', good_logins_like_this: 0 },
  });
  t.match(deriveSignal(deviceAutomation, factsWith({})).explain(-0.1), {
    code: 'NO_AUTOMATION',
    evidence: { good_logins_like_this: null },
  });
  t.end();
});

t.test('automation that this device signed in well with before is its habit; a copy without the id has no habit', (t) => {
  const app = { browser: null, os: null };
  const software: ClientSoftware = { ...chrome, ...app, automation: 'http_library' };
  const account = accountWith(homeVisits(6, app));
  const habit = deriveSignal(deviceAutomation, factsWith({ account, attempt: { device: { software } } }));
  t.same(habit.rules, []);
  t.ok((habit.features['device_automation_usual_log'] as number) > 1.3);
  const copy = deriveSignal(deviceAutomation, factsWith({ account, attempt: { device: { software, id: 'device-copy' } } }));
  t.same(copy.rules, ['device_machine_client']);
  const changed = deriveSignal(deviceAutomation, factsWith({ account: accountWith(homeVisits(6)), attempt: { device: { software } } }));
  const withoutIds = deriveSignal(
    deviceAutomation,
    factsWith({ account: accountWith(homeVisits(6, { ...app, device: null })), attempt: { device: { software, id: null } } }),
  );
  t.same(withoutIds.rules, ['device_machine_client'], 'every copy of a library looks the same');
  t.same(changed.rules, ['device_machine_client'], 'a browser’s id in a library’s hands is not its habit');
  t.end();
});

t.test('automation is judged from whatever was sent, and from nothing else', (t) => {
  t.equal(deriveSignal(deviceAutomation, factsWith({ attempt: { device: { software: null, webdriver: null } } })).cause, 'not_sent');
  const driverOnly = deriveSignal(deviceAutomation, factsWith({ attempt: { device: { software: null } } }));
  t.same([driverOnly.features['device_webdriver'], driverOnly.features['device_headless']], [0, Number.NaN]);
  t.equal(driverOnly.explain(-1).evidence['client_kind'], null);
  t.ok(
    Number.isNaN(
      deriveSignal(deviceAutomation, factsWith({ attempt: { device: { webdriver: null } } })).features['device_webdriver'] as number,
    ),
  );
  t.end();
});

t.test('platform names fall into families whatever their spelling, and unknown ones into none', (t) => {
  for (const name of ['Windows', 'Win32', 'windows', 'Windows Phone']) t.equal(platformFamily(name), 'windows');
  for (const name of ['Mac OS', 'macOS', 'MacIntel', 'iOS', 'iPhone', 'iPad']) t.equal(platformFamily(name), 'apple');
  for (const name of ['Linux armv8l', 'Android', 'Chromium OS', 'Chrome OS', 'CrOS', 'Ubuntu']) t.equal(platformFamily(name), 'linux');
  for (const name of ['FreeBSD', '', 'PlayStation', null]) t.equal(platformFamily(name), null);
  t.notOk(familiesDiffer('Windows', null));
  t.notOk(familiesDiffer('Haiku', 'Windows'));
  t.notOk(familiesDiffer('Android', 'Linux'));
  t.ok(familiesDiffer('iOS', 'Android'));
  t.end();
});

function namesOf(device: Partial<DeviceClaim>): string[] {
  return contradictedNames(checkClient({ ...homeDevice, software: chrome, ...device }));
}

t.test('what one client cannot be at once is a contradiction', (t) => {
  const brands = [
    { brand: 'chromium', major: 139 },
    { brand: 'google chrome', major: 139 },
  ];
  const hints = { platform: 'Windows', mobile: false, brands };
  t.same(namesOf({ clientHints: hints }), []);
  t.same(namesOf({ clientHints: { ...hints, platform: 'Linux' } }), ['hint_platform']);
  t.same(namesOf({ clientHints: { ...hints, mobile: true } }), ['hint_mobile']);
  t.same(namesOf({ clientHints: { ...hints, brands: [{ brand: 'chromium', major: 120 }] } }), ['hint_brands']);
  t.same(namesOf({ clientHints: hints, software: { ...chrome, browser: 'Firefox' } }), ['hint_brands']);
  t.same(
    namesOf({
      clientHints: { ...hints, platform: null, mobile: null },
      software: { ...phone, browser: 'Chrome', browserMajor: 139 },
      platform: 'iPhone',
      screen: null,
    }),
    ['hint_brands'],
    'no browser on an iPhone sends brands',
  );
  t.same(namesOf({ platform: 'Linux x86_64' }), ['navigator_platform']);
  t.same(namesOf({ software: phone, platform: 'iPhone' }), ['screen'], 'no phone is 1080 high when turned');
  t.same(namesOf({ screen: { width: 390, height: 844, depth: 24 } }), ['screen'], 'no Windows is 390 wide');
  t.same(namesOf({ software: phone, platform: 'iPhone', screen: { width: 390, height: 844, depth: 24 }, timeZone: 'UTC' }), ['time_zone']);
  t.end();
});

t.test('what honest people do is no contradiction: desktop page, tablet, turned phone, other Chromium browsers, hidden values', (t) => {
  const brands = [{ brand: 'chromium', major: 139 }];
  t.same(
    namesOf({ software: { ...chrome, os: 'Mac OS' }, platform: 'iPad', screen: { width: 820, height: 1180, depth: 24 } }),
    [],
    'an iPad asks for the desktop page',
  );
  t.same(
    namesOf({ software: { ...chrome, os: 'Linux' }, platform: 'Linux armv8l', screen: { width: 412, height: 915, depth: 24 } }),
    [],
    'an Android phone asks for the desktop page',
  );
  t.same(
    namesOf({ software: { ...phone, deviceType: 'tablet' }, platform: 'iPad', clientHints: { platform: null, mobile: true, brands: [] } }),
    [],
  );
  t.same(namesOf({ software: phone, platform: 'iPhone', screen: { width: 932, height: 430, depth: 24 } }), []);
  t.same(
    namesOf({ software: { ...chrome, browser: 'Opera', browserMajor: 122 }, clientHints: { platform: 'Windows', mobile: false, brands } }),
    [],
  );
  t.same(namesOf({ software: { ...chrome, browser: null }, clientHints: { platform: 'Windows', mobile: false, brands } }), []);
  t.same(namesOf({ software: { ...chrome, browserMajor: null }, clientHints: { platform: 'Windows', mobile: false, brands } }), []);
  t.same(
    namesOf({
      software: { ...chrome, browser: 'Firefox' },
      clientHints: { platform: 'Windows', mobile: false, brands: [{ brand: 'firefox', major: 139 }] },
    }),
    [],
  );
  t.same(namesOf({ screen: { width: 0, height: 0, depth: null } }), []);
  t.same(namesOf({ timeZone: 'UTC' }), [], 'a desktop may live in UTC');
  t.same(namesOf({ timeZone: null, software: phone, platform: null, screen: null }), []);
  t.end();
});

t.test('contradictions raise, agreements lower, and only comparisons with both sides sent are made', (t) => {
  const consistent = deriveSignal(
    deviceInconsistency,
    factsWith({ attempt: { device: { clientHints: { platform: 'Windows', mobile: false, brands: [] } } } }),
  );
  t.same(consistent.features, { device_contradictions: 0, device_agreements: 4 });
  t.same(consistent.rules, ['device_consistent']);
  t.match(consistent.explain(-0.1), { code: 'CONSISTENT_DEVICE', evidence: { contradictions: [], compared: 4, agreed: 4 } });
  const forged = deriveSignal(
    deviceInconsistency,
    factsWith({ attempt: { device: { platform: 'Linux x86_64', clientHints: { platform: 'Linux', mobile: true, brands: [] } } } }),
  );
  t.same(forged.rules, ['device_contradiction', 'device_contradictions']);
  t.match(forged.explain(1), {
    code: 'INCONSISTENT_DEVICE',
    evidence: { contradictions: ['hint_platform', 'hint_mobile', 'navigator_platform'], compared: 4, agreed: 1 },
  });
  const bare = { clientHints: null, platform: null, screen: null, timeZone: null };
  t.equal(deriveSignal(deviceInconsistency, factsWith({ attempt: { device: bare } })).cause, 'not_sent');
  t.equal(deriveSignal(deviceInconsistency, factsWith({ attempt: { device: { software: null } } })).cause, 'not_sent');
  t.end();
});

t.test('a client is never found in more contradictions than comparisons', (t) => {
  const family = fc.constantFrom('Windows', 'Mac OS', 'iOS', 'Android', 'Haiku', null);
  const claim = fc.record({
    software: fc.record({
      browser: fc.constantFrom('Chrome', 'Firefox', 'Edge', null),
      browserMajor: fc.option(fc.nat(200), { nil: null }),
      os: family,
      osMajor: fc.constant(null),
      deviceType: fc.constantFrom('desktop', 'mobile', 'tablet', 'other'),
      automation: fc.constant(null),
    }),
    clientHints: fc.option(
      fc.record({
        platform: family,
        mobile: fc.option(fc.boolean(), { nil: null }),
        brands: fc.array(fc.record({ brand: fc.constantFrom('chromium', 'x'), major: fc.nat(200) }), { maxLength: 3 }),
      }),
      { nil: null },
    ),
    platform: family,
    screen: fc.option(fc.record({ width: fc.integer({ min: -5, max: 4000 }), height: fc.nat(4000), depth: fc.constant(null) }), {
      nil: null,
    }),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', null),
  });
  fc.assert(
    fc.property(claim, (device) => {
      const bits = checkClient({ ...homeDevice, ...device } as DeviceClaim);
      return contradictedCount(bits) <= madeCount(bits) && contradictedNames(bits).length === contradictedCount(bits);
    }),
  );
  t.end();
});

const browsers = new URL('../../../shared/data/intoli_user-agents-2.1.198.json.gz', import.meta.url);
const absent = existsSync(browsers) ? false : 'the collection of real browsers is not on this machine';

t.test('of 10,000 real browsers, honest ones pass and emulated iPhones contradict themselves', { skip: absent }, (t) => {
  const records = JSON.parse(gunzipSync(readFileSync(browsers)).toString()) as {
    userAgent: string;
    platform: string;
    vendor: string;
    screenWidth: number;
    screenHeight: number;
  }[];
  let honest = 0;
  let accused = 0;
  let emulated = 0;
  let caught = 0;
  for (const record of records) {
    const software = parseUserAgent(record.userAgent);
    const screen = { width: record.screenWidth, height: record.screenHeight, depth: 24 };
    const contradicts = contradictedCount(checkClient({ ...homeDevice, software, screen, platform: record.platform })) > 0;
    // navigator.vendor is no part of an attempt: an independent witness. On iOS it is Apple's, whatever the browser.
    const lying = software.os === 'iOS' && record.vendor === 'Google Inc.';
    if (lying) {
      emulated++;
      if (contradicts) caught++;
    } else {
      honest++;
      if (contradicts) accused++;
    }
  }
  t.ok(honest > 9000 && emulated > 600);
  t.ok(accused / honest < 0.005, `${accused} of ${honest} honest browsers accused`);
  t.ok(caught / emulated > 0.95, `${caught} of ${emulated} emulated iPhones caught`);
  t.end();
});
