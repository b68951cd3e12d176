// Two cases as a good answer tells them. They are written by the code that writes every case, and a test holds their findings to the
// validator, so that no example teaches what would be dropped.
import type { Reason } from '../../domain/assessment.ts';
import type { NextCheckId } from '../../domain/explanation/next-checks.ts';

export interface PromptExample {
  readonly reasons: readonly Reason[];
  readonly findings: readonly { readonly evidence: readonly string[]; readonly sentence: string }[];
  readonly nextChecks: readonly NextCheckId[];
}

const farAway: PromptExample = {
  reasons: [
    {
      code: 'IMPOSSIBLE_TRAVEL',
      contribution: 2.4,
      evidence: {
        distance_km: 6370,
        hours: 2.1,
        speed_kmh: 3030,
        uncertainty_km: 70,
        probability: 0.97,
        location_trust: 0.9,
        from_country: 'DE',
        to_country: 'US',
        from_network_class: 'isp',
        to_network_class: 'hosting',
        anonymous: false,
        same_device: false,
        recent_good_logins: 8,
      },
    },
    {
      code: 'NEW_DEVICE',
      contribution: 1.1,
      evidence: {
        id_sent: true,
        browser: 'Chrome',
        os: 'Linux',
        devices_known: 2,
        similarity: 0.21,
        nearest_browser: 'Firefox',
        nearest_os: 'Windows',
        nearest_good_logins: 64,
        nearest_last_used_days_ago: 0.1,
      },
    },
    {
      code: 'FAILURES_ON_ACCOUNT',
      contribution: 0.8,
      evidence: { failures_1m: 0, failures_10m: 3, failures_1h: 11, failures_24h: 14 },
    },
    { code: 'NOT_LISTED', contribution: -0.2, evidence: { lists: [], reports: 0, list_age_days: null } },
  ],
  findings: [
    {
      evidence: [
        'IMPOSSIBLE_TRAVEL.distance_km',
        'IMPOSSIBLE_TRAVEL.hours',
        'IMPOSSIBLE_TRAVEL.from_country',
        'IMPOSSIBLE_TRAVEL.to_country',
      ],
      sentence: 'The journey from country_1 to country_2 covers 6,400 km in 2.1 hours, which is impossible.',
    },
    {
      evidence: ['IMPOSSIBLE_TRAVEL.speed_kmh', 'IMPOSSIBLE_TRAVEL.uncertainty_km'],
      sentence: 'It would have taken a speed of 3,000 km/h, with a location error of only 70 km.',
    },
    {
      evidence: ['NEW_DEVICE.devices_known', 'NEW_DEVICE.similarity'],
      sentence: 'The device is new to the account and only 21 % similar to the nearest of its 2 known devices.',
    },
    {
      evidence: ['FAILURES_ON_ACCOUNT.failures_1h', 'FAILURES_ON_ACCOUNT.failures_24h'],
      sentence: 'Of 14 failed tries on the account in the last 24 hours, 11 came in the last hour.',
    },
    { evidence: ['NOT_LISTED.reports'], sentence: 'No blocklist names the address.' },
  ],
  nextChecks: ['ask_user', 'review_session_activity'],
};

const spray: PromptExample = {
  reasons: [
    {
      code: 'PASSWORD_SPRAY',
      contribution: 1.9,
      evidence: {
        strange_accounts_1h: 37,
        strange_accounts_24h: 64,
        strange_accounts_elsewhere_in_block_1h: 0,
        counted_at_most: 64,
        accounts_known_good_here: 0,
        tries_1h: 41,
        spray_shape: 0.88,
      },
    },
    {
      code: 'HOSTING_NETWORK',
      contribution: 0.7,
      evidence: { asn: 64500, organisation: 'Example Hosting', class: 'hosting', lists: ['datacenters'], list_age_days: 3 },
    },
    {
      code: 'USUAL_HOUR',
      contribution: -0.3,
      evidence: { time_utc: '09:40', weekday_utc: 'Tuesday', times_usual: 2.6, good_logins_compared: 48, nearest_minutes_of_day: 12 },
    },
  ],
  findings: [
    {
      evidence: ['PASSWORD_SPRAY.strange_accounts_1h', 'PASSWORD_SPRAY.tries_1h'],
      sentence: 'In the last hour 37 other accounts were tried from the address with 41 tries, which has the shape of a password spray.',
    },
    { evidence: ['HOSTING_NETWORK.class', 'HOSTING_NETWORK.asn'], sentence: 'The address is in network_1, a data centre.' },
    {
      evidence: ['USUAL_HOUR.time_utc', 'USUAL_HOUR.times_usual'],
      sentence: 'The login at 09:40 UTC is at a usual time, 2.6 times more common than any other.',
    },
  ],
  nextChecks: ['review_other_accounts', 'block_source'],
};

export const promptExamples: readonly PromptExample[] = [farAway, spray];
