// What the validator shows and what it drops: true findings in many wordings, lies made from them, and kept cases.
import fc from 'fast-check';
import t from 'tap';
import type { Reason } from '../../../src/domain/assessment.ts';
import { promptExamples } from '../../../src/review/explanation/prompt-examples.ts';
import { type Story, storyOf } from '../../../src/review/explanation/story.ts';
import { promptOf } from '../../../src/review/explanation/prompt.ts';
import { checkFinding, createReviewer } from '../../../src/review/explanation/validate.ts';
import { anyReasons } from '../../support/explained.ts';
import { falseFindings } from '../../support/false-findings.ts';
import { testRandom } from '../../support/ports.ts';
import { storedOf } from '../../support/records.ts';
import { patternCount, trueFindings } from '../../support/true-findings.ts';

const plain = { direction: null, strength: null } as const;

/** 'ok', or the rule that drops it; cites all evidence of the code. */
function judge(story: Story, code: string, sentence: string): string {
  const evidence = story.reasons.find((reason) => reason.code === code)!.items.map((item) => item.id);
  const checked = checkFinding(story, { ...plain, evidence: evidence.slice(0, 12), sentence });
  return checked.ok ? 'ok' : checked.rule;
}

t.test('no lie is shown, and nearly all true findings are', (t) => {
  t.ok(patternCount >= 40);
  const random = testRandom(4);
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random.uniform() * options.length)]!;
  let truths = 0;
  let dropped = 0;
  for (const reasons of fc.sample(anyReasons, { numRuns: 300, seed: 4 })) {
    const story = storyOf(reasons);
    for (const made of trueFindings(story, pick)) {
      truths++;
      if (!checkFinding(story, { ...plain, ...made }).ok) dropped++;
      for (const lie of falseFindings(story, made, pick)) {
        if (checkFinding(story, { ...plain, ...lie }).ok) t.fail(`${lie.lie}: ${lie.sentence} (${made.sentence})`);
      }
    }
  }
  t.ok(truths > 500);
  t.ok(dropped / truths < 0.1, `${dropped} of ${truths}`);
  t.end();
});

const [travel, spray] = promptExamples.map((example) => storyOf(example.reasons)) as [Story, Story];

const kept: readonly (readonly [rule: string, code: string, sentence: string])[] = [
  ['ok', 'IMPOSSIBLE_TRAVEL', 'The two places are 6,400 km apart.'],
  ['ok', 'IMPOSSIBLE_TRAVEL', 'Nobody could have travelled 6,370 kilometres in 2.1 hours.'],
  ['ok', 'IMPOSSIBLE_TRAVEL', 'This login is in country_2, while the earlier login was in country_1.'],
  ['role', 'IMPOSSIBLE_TRAVEL', 'This login is in country_1, while the earlier login was in country_2.'],
  ['role', 'IMPOSSIBLE_TRAVEL', 'The journey from country_2 to country_1 covers 6,400 km in 2.1 hours.'],
  ['handle', 'IMPOSSIBLE_TRAVEL', 'The journey leads to country_9.'],
  ['unit', 'IMPOSSIBLE_TRAVEL', 'The journey covers 6,400 miles in 2.1 hours.'],
  ['unit', 'IMPOSSIBLE_TRAVEL', 'The journey covers 6,400 km in 2.1 minutes.'],
  ['number', 'IMPOSSIBLE_TRAVEL', 'The journey covers 8,900 km in 2.1 hours.'],
  ['counted', 'IMPOSSIBLE_TRAVEL', 'The location error is 6,400 km.'],
  ['contradiction', 'IMPOSSIBLE_TRAVEL', 'The journey is possible.'],
  ['contradiction', 'IMPOSSIBLE_TRAVEL', 'The journey is not impossible.'],
  ['ok', 'NEW_DEVICE', 'The device is not known to the account.'],
  ['contradiction', 'NEW_DEVICE', 'The device is not new.'],
  ['contradiction', 'NEW_DEVICE', 'The device is known to the account.'],
  ['unsupported', 'NEW_DEVICE', 'The account is new.'],
  ['counted', 'NEW_DEVICE', 'The device has 64 good logins.'],
  ['counted', 'NEW_DEVICE', 'The account uses 64 devices.'],
  ['topic', 'NEW_DEVICE', 'There were 2 failed tries with this device.'],
  ['vocabulary', 'NEW_DEVICE', 'The device is purple.'],
  ['forbidden', 'NEW_DEVICE', 'The attacker uses a new device.'],
  ['empty', 'NEW_DEVICE', 'The device was used for this login.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'Eleven attempts on the account failed in the past hour.'],
  ['number', 'FAILURES_ON_ACCOUNT', 'There were 11 failed tries in the last 24 hours.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'No tries failed in the last minute.'],
  ['unit', 'FAILURES_ON_ACCOUNT', 'No tries failed in the last hour.'],
  ['sign', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour are reassuring.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour raise the risk.'],
  ['sign', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour lower the risk.'],
  ['sentences', 'FAILURES_ON_ACCOUNT', 'There were 11 failures in the last hour. All is well.'],
  ['sentences', 'FAILURES_ON_ACCOUNT', 'There were 11 failures in the last hour'],
  ['link', 'FAILURES_ON_ACCOUNT', 'There were 11 failures at login.invalid in the last hour.'],
  ['markup', 'FAILURES_ON_ACCOUNT', 'There were **11** failures in the last hour.'],
  ['characters', 'FAILURES_ON_ACCOUNT', 'There were 11 failures\u202e in the last hour.'],
  ['length', 'FAILURES_ON_ACCOUNT', 'Failures.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'About 11 tries failed in the last hour.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'At least ten tries failed in the last hour.'],
  ['number', 'FAILURES_ON_ACCOUNT', 'At least 14 tries failed in the last hour.'],
];

for (const [rule, code, sentence] of kept) {
  t.test(`${rule}: ${sentence}`, (t) => {
    t.equal(judge(travel, code, sentence), rule);
    t.end();
  });
}

t.test('a ratio has a direction', (t) => {
  t.equal(judge(spray, 'USUAL_HOUR', 'This time is 2.6 times more common than any other.'), 'ok');
  t.equal(judge(spray, 'USUAL_HOUR', 'This time is 2.6 times rarer than any other.'), 'order');
  t.end();
});

t.test('only cited evidence carries a sentence, and only of one direction', (t) => {
  const check = (evidence: readonly string[], sentence: string, said: object = {}): string => {
    const checked = checkFinding(travel, { ...plain, evidence, sentence, ...said });
    return checked.ok ? 'ok' : checked.rule;
  };
  const sentence = 'The two places are 6,400 km apart.';
  const id = 'IMPOSSIBLE_TRAVEL.distance_km';
  t.equal(check([id], sentence), 'ok');
  t.equal(check([], sentence), 'no_evidence');
  t.equal(check([id, 'IMPOSSIBLE_TRAVEL.made_up'], sentence), 'unknown_evidence');
  t.equal(check(['IMPOSSIBLE_TRAVEL.hours'], sentence), 'citation');
  t.equal(check([id, 'NOT_LISTED.reports'], sentence), 'direction');
  t.equal(check([id], sentence, { direction: 'lowers' }), 'direction');
  t.equal(check([id], sentence, { direction: 'raises', strength: 'high' }), 'ok');
  t.equal(check([id], sentence, { strength: 'low' }), 'strength');
  t.end();
});

t.test('a review keeps order, counts what each rule dropped, and says when too little is left', (t) => {
  const stored = storedOf('a', 'b');
  const withReasons = (reasons: readonly Reason[]) => ({ ...stored, assessment: { ...stored.assessment, reasons } });
  const reviewer = createReviewer(promptOf(promptExamples.map((example) => withReasons(example.reasons))).cases);
  for (const finding of promptExamples[0]!.findings) reviewer.take({ kind: 'finding', caseId: 'case_1', ...plain, ...finding });
  const again = { kind: 'finding', caseId: 'case_1', ...plain, ...promptExamples[0]!.findings[0]! } as const;
  t.match(reviewer.take(again), { kind: 'dropped', rule: 'repeated' });
  t.match(reviewer.take({ ...again, caseId: 'case_7' }), { kind: 'dropped', rule: 'unknown_case' });
  t.match(reviewer.take({ kind: 'malformed', why: 'shape' }), { kind: 'malformed' });
  for (const check of ['ask_user', 'ask_user', 'call_back', 'end_sessions', 'review_factors'] as const)
    reviewer.take({ kind: 'check', caseId: 'case_1', check });
  const review = reviewer.review();
  t.match(review, { unknownCases: 1, malformed: { shape: 1 } });
  t.match(review.cases[0], {
    id: 'case_1',
    tooFew: false,
    dropped: { repeated: 1 },
    nextChecks: ['ask_user', 'call_back', 'end_sessions'],
    findings: { length: 5 },
  });
  t.match(review.cases[0]!.findings[0], { code: 'IMPOSSIBLE_TRAVEL', direction: 'raises', strength: 'high' });
  t.match(review.cases[1], { tooFew: true, findings: [] });
  t.end();
});

const reasonOf = (code: string, evidence: Reason['evidence'], contribution = 1): Reason => ({ code, contribution, evidence });
const counts = { good_logins: 50, countries_known: 2, nearest_known_place_km: 6300, uncertainty_km: 100, anonymous: false };
const told: Readonly<Record<string, Story>> = {
  network: storyOf([
    reasonOf('NEW_NETWORK', {
      asn: 1,
      usual_asn: 2,
      good_logins: 50,
      good_logins_from_address: 0,
      good_logins_from_network: 0,
      networks_known: 3,
      expected_new_share: 0.05,
    }),
  ]),
  country: storyOf([reasonOf('NEW_COUNTRY', { ...counts, country: 'US', usual_country: 'DE', good_logins_in_country: 0 })]),
  city: storyOf([
    reasonOf('NEW_CITY', {
      ...counts,
      country: 'US',
      city: 'b',
      good_logins_in_country: 9,
      good_logins_in_region: 4,
      good_logins_in_city: 0,
    }),
  ]),
  address: storyOf([
    reasonOf('FAILURES_FROM_ADDRESS', { failures_1m: 3, failures_10m: 40, failures_1h: 120, tries_1h: 130, failures_24h: 150 }),
  ]),
  burst: storyOf([
    reasonOf('SUCCESS_AFTER_FAILURES', {
      result: 'success',
      account_failures_10m: 9,
      account_failures_1h: 12,
      address_known_to_account: false,
      address_tries_10m: 10,
    }),
  ]),
  hour: storyOf([
    reasonOf('UNUSUAL_HOUR', {
      time_utc: '03:12',
      weekday_utc: 'Sunday',
      times_usual: 0.2,
      good_logins_compared: 40,
      nearest_minutes_of_day: 240,
    }),
  ]),
  language: storyOf([
    reasonOf('LANGUAGE_CHANGED', {
      language: 'vi',
      good_logins_with_it: 0,
      good_logins: 50,
      usual_language: 'de',
      share_of_everybody: 0.001,
      ratio_log: 2,
    }),
  ]),
  together: storyOf([reasonOf('NEW_DEVICE_IN_NEW_COUNTRY', { new_country: true, country: 'US', good_logins: 50 })]),
  method: storyOf([reasonOf('PHISHABLE_METHOD', { method: 'otp', breached: false })]),
  password: storyOf([reasonOf('NO_CREDENTIAL_WARNING', { breached: false }, -1)]),
  breached: storyOf([reasonOf('BREACHED_PASSWORD', { method: 'password', breached: true })]),
  device: storyOf([reasonOf('NEW_DEVICE', { devices_known: 3, good_logins: 50 })]),
  knownDevice: storyOf([reasonOf('KNOWN_DEVICE', { devices_known: 3, good_logins: 20, last_used_days_ago: 4 }, -1)]),
  replay: storyOf([
    reasonOf('DEVICE_ID_REPLAYED', {
      os: 'Windows',
      browser: 'Chrome',
      screen: '1920x1080',
      asn: 1,
      asn_class: 'hosting',
      country: 'US',
      known_to_account: true,
      network_new_to_account: true,
      usual_os: 'macOS',
      usual_browser: 'Safari',
      usual_screen: '1440x900',
      last_asn: 2,
      last_country: 'DE',
      fingerprint_changed: true,
      good_logins: 12,
      last_used_days_ago: 2,
    }),
  ]),
  atHome: storyOf([
    reasonOf(
      'DEVICE_ID_AT_HOME',
      {
        os: 'Windows',
        asn: 1,
        country: 'DE',
        known_to_account: true,
        network_new_to_account: false,
        usual_os: 'Windows',
        last_asn: 1,
        last_country: 'DE',
        good_logins: 12,
      },
      -1,
    ),
  ]),
  knownNetwork: storyOf([
    reasonOf('KNOWN_NETWORK', { asn: 1, good_logins: 50, good_logins_from_address: 0, good_logins_from_network: 1 }, -1),
  ]),
  listed: storyOf([reasonOf('IP_BLOCKLISTED', { reports: 3 })]),
  dormant: storyOf([
    reasonOf('DORMANT_ACCOUNT', { last_good_login_days_ago: 200, usual_interval_days: 3, times_usual: 50, good_logins: 60 }),
  ]),
};

/** Written against the validator, each false in its own way. */
const hostile: Readonly<Record<string, readonly string[]>> = {
  // Shown once, out of ten thousand generated cases.
  together: ['A new device was not used in country_1, which is new to the account.', 'The device was not used in country_1.'],
  network: [
    'The network is common.',
    'Half of the 50 good logins came from this network.',
    'The account has 50 good logins from this network.',
    'The account usually uses network_1.',
    'network_1 is the usual network of the account.',
    'All 50 good logins came from this network.',
    'The account knows this address.',
    'Other accounts have never used this network.',
    'The network is new to everybody.',
    'The account has 3 good logins.',
    'The account has used 50 networks.',
    'The address is hidden.',
    'This network is far from new.',
    'It is not the case that the network is new.',
    'The network is anything but new.',
    'The account has 0 good logins.',
    'No good logins exist.',
    'Only 5 % of good logins came from this network.',
    'The account came from network_2 this time.',
    'The network is not unknown.',
    'The account often uses this network.',
    'This network was used before.',
    'The network, which is not new, has 0 good logins.',
  ],
  country: [
    'The login came from country_2.',
    'The usual country is country_1.',
    'The nearest known place is 100 km away.',
    'The location is wrong by 6,300 km.',
    'The account knows 50 countries.',
    'The login is anonymous.',
    'The account has 50 good logins in this country.',
    'country_1 was used in 50 good logins.',
    'This is the first login from country_2.',
    'country_1 is the first login from this account.',
    'The account has 50 good logins, but none from country_2.',
    'The account has signed in from country_1 before.',
    'The account usually signs in from country_1, not from country_2.',
  ],
  city: [
    'The city and the country are known.',
    'The city, the region and the country are known.',
    'The country and the region are new.',
    'city_1 and country_1 are known.',
  ],
  address: [
    'The address made 120 tries in the last hour.',
    '130 tries failed in the last hour.',
    '150 tries failed in the last hour.',
    '10 of 130 tries failed.',
    'Few tries failed.',
    'The address failed on 120 accounts.',
    '120 tries from this address succeeded in the last hour.',
    'The failures are usual.',
  ],
  burst: [
    '12 failures followed the login.',
    'The credential was wrong.',
    'After the login succeeded, 12 tries failed in the last hour.',
    'The login succeeded before 12 failures on the account in the last hour.',
    'The account has used this address before.',
    'The login succeeded without failures on the account.',
    'The login failed after 12 failures on the account in the last hour.',
    'The credential was right and then 12 tries failed in the last hour.',
  ],
  hour: [
    'The account often signs in at 03:12 UTC.',
    'The login at 03:12 UTC is 5 times more common than usual.',
    'The login came at 12:03 UTC.',
    'The login came on a Monday.',
    'The nearest login is 240 hours away.',
    'The account never signs in at this time.',
  ],
  language: [
    'The language is 7.4 times rarer for everybody than for the account.',
    'The account usually uses language_1.',
    'The language is known to the account.',
    'The language is common.',
    'The language is the same as before.',
    'Everybody uses this language.',
  ],
  method: ['A password was used.', 'The password is known from a breach.', 'The method cannot be phished.', 'A passkey was used.'],
  password: [
    'The password is breached.',
    'The password is known from a breach.',
    'The password is known.',
    'A password was used.',
    'A password was used, which is not breached.',
    'The password is new.',
    'The password is strong.',
    'The password is hunter2.',
    'The password is 5.',
    'No password is breached.',
  ],
  breached: ['The password is not breached.', 'The password is not in any breach.', 'The password is not new.', 'The password is new.'],
  device: [
    'The device is one of the 3 known devices.',
    'The device is one of the 3 devices that the account has used.',
    'The device is not one of the 3 new devices.',
    'The device is not one of the 2 known devices.',
    'The account is not one of the 3 devices.',
    'One of 50 good logins used this device.',
    'Only one of 3 known devices was used.',
    'This is not the first login with this device.',
    'This is the first login from this account.',
  ],
  knownDevice: [
    'The device is not one of the 3 devices that the account has used.',
    'The device is not one of the 3 known devices.',
    'This is the first login with this device.',
  ],
  replay: [
    'The device id is known from this network.',
    'The device id is known in this country.',
    'The device id is known with this browser.',
    'The device id is known from this address.',
    'The device is familiar on the network of this login.',
    'This network and the device id are known to the account.',
    'The device id is known from network_1.',
    'The device id is known in country_1.',
  ],
  atHome: ['The device id is known from this city.', 'The device id is known from this address.'],
  knownNetwork: [
    'One of 50 good logins came from this address.',
    'One of 1 good logins came from this network.',
    'The account has 50 good logins, but none from this network.',
    'This is the first login from this network.',
  ],
  listed: ['Blocklists hold no reports of this address.', 'The blocklist holds 4 reports of this address.', 'Lists hold the address.'],
  dormant: [
    'The account is active.',
    'The last good login was 3 days ago.',
    'The usual interval is 200 days.',
    'The pause is 50 times shorter than usual.',
    'The account was never dormant.',
  ],
};

/** True, in words that no generator chose. */
const fair: Readonly<Record<string, readonly string[]>> = {
  together: ['A new device was used in country_1, which is new to the account.'],
  network: [
    'This network has never been used by the account.',
    'Not one of the 50 good logins came from this network.',
    'The account normally comes from network_2.',
  ],
  country: [
    'The login originates from country_1, which is new.',
    'The closest place used earlier lies 6,300 km away.',
    'The account has not been seen in country_1 before.',
    'This is the first login from country_1.',
    'The account has 50 good logins, but none from country_1.',
  ],
  city: [
    'The country and the region are known.',
    'The city is new, but the country is known.',
    'The account has 4 good logins from this region.',
  ],
  address: [
    'More than 100 tries from this address failed within the last hour.',
    'In the last hour, 120 of 130 tries from the address were unsuccessful.',
  ],
  burst: [
    'Twelve failures on the account preceded the login in the last hour.',
    'After 9 failures in the last ten minutes, the credential was correct.',
  ],
  hour: ['The login took place at 03:12 UTC on a Sunday.', 'A login at this hour is five times rarer than usual.'],
  language: ['Only one in 1,000 logins of everybody uses this language.', 'The account has never used language_1.'],
  method: ['A one-time code was used, which can be phished.'],
  password: ['The password is not breached.', 'The password is not known from a breach.'],
  breached: ['The password is breached.', 'The password is known from a breach.'],
  device: ['The device is not one of the 3 known devices.', 'This is the first login with this device.'],
  knownDevice: ['The device is one of the 3 known devices.', 'This is not the first login with this device.'],
  replay: [
    'The device id is known to the account, but the network is new.',
    'The device id is known with system_2, but now arrives from system_1.',
    'The device id is known to the account.',
  ],
  atHome: [
    'The device id is known from this network.',
    'The device id is known in this country.',
    'The device id is known to the account.',
  ],
  knownNetwork: ['Only one of 50 good logins came from this network.'],
  listed: ['Blocklists hold 3 reports of this address.'],
  dormant: ['The last good login was 200 days ago.', 'The pause is 50 times longer than usual.'],
};

t.test('sentences written to slip through do not, and fair ones do', (t) => {
  for (const [name, story] of Object.entries(told)) {
    const { code } = story.reasons[0]!;
    for (const sentence of hostile[name]!) t.not(judge(story, code, sentence), 'ok', sentence);
    for (const sentence of fair[name]!) t.equal(judge(story, code, sentence), 'ok', sentence);
  }
  t.end();
});
