// Sentences written by hand against the validator, each false in its own way, beside fair ones over the same evidence.
import t from 'tap';
import type { Reason } from '../../../src/domain/assessment.ts';
import { type Story, storyOf } from '../../../src/review/explanation/story.ts';
import { judge } from '../../support/judge-sentence.ts';

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
    'From this network the device id is known.',
    'In this country the device id is known.',
    'The device id is known and used from this network.',
    'The device id is known, from this network.',
    'The device id is known by this network.',
    'The device id is known within this country.',
    'The device id is known using this browser.',
    "The device id is known from this login's network.",
    'The device id is known from the present network.',
    'The device id is known from the account and this network.',
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
