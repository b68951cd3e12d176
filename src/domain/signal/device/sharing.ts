// Who else was tried with this device id lately? One machine working through a list of accounts, against a family or a kiosk.
import { countRecent, shortKey } from '../../profile/recent-set.ts';
import { countWithin, day, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

export const deviceSharing = defineSignal({
  name: 'device.sharing',
  title: 'Device shared by accounts',
  describes:
    'How many other accounts were tried with this device id in the last hour and day, how many of them did not sign in well with it, and how often it ' +
    'failed. A shared family computer or kiosk has many accounts that sign in well; counts stop at 64 accounts.',
  features: [
    { name: 'device_accounts_1h_log', monotone: 1, sentence: 'ln(1 + other accounts tried with this device id in the last hour).' },
    { name: 'device_accounts_24h_log', monotone: 1, sentence: 'ln(1 + other accounts tried with this device id in the last 24 hours).' },
    {
      name: 'device_strangers_24h_log',
      monotone: 1,
      sentence: 'ln(1 + other accounts tried in the last 24 hours without a good login with this device id in that time).',
    },
    {
      name: 'device_failures_24h_log',
      monotone: 1,
      sentence: 'ln(1 + failures with this device id in the last 24 hours, over all accounts).',
    },
  ],
  codes: {
    DEVICE_SHARED_BY_ACCOUNTS: { direction: 'raises', sentence: 'Other accounts were tried with this device, or it failed often.' },
    DEVICE_OF_ONE_ACCOUNT: { direction: 'lowers', sentence: 'Hardly any other account was tried with this device, and it hardly failed.' },
  },
  rules: [
    {
      name: 'device_tries_strangers',
      points: 1,
      sentence: 'At least three other accounts were tried in a day without a good login.',
      holds: (x, at) => (x[at + 2] as number) > 1.3,
    },
    {
      name: 'device_tries_many_strangers',
      points: 1.5,
      sentence: 'At least ten other accounts were tried in a day without a good login.',
      holds: (x, at) => (x[at + 2] as number) > 2.3,
    },
    { name: 'device_fails', points: 0.5, sentence: 'At least ten failures in a day.', holds: (x, at) => (x[at + 3] as number) > 2.3 },
  ],
  derive: (facts, out, at) => {
    const { device, visit, profilesAbsent } = facts;
    if (visit.device === null) return 'not_sent';
    if (profilesAbsent !== null) return 'no_history';
    if (device === null) {
      // An id never seen before was used for nobody else: that is known, not absent.
      out.fill(0, at, at + 4);
      return null;
    }
    const own = shortKey(visit.account);
    const othersInDay = countRecent(device.accounts, visit.atMs, dayMs, own);
    // Each good login was a try as well, so the difference is the accounts that only tried.
    const strangers = othersInDay === 0 ? 0 : Math.max(0, othersInDay - countRecent(device.goodAccounts, visit.atMs, dayMs, own));
    out[at] = othersInDay === 0 ? 0 : Math.log1p(countRecent(device.accounts, visit.atMs, hourMs, own));
    out[at + 1] = Math.log1p(othersInDay);
    out[at + 2] = Math.log1p(strangers);
    out[at + 3] = Math.log1p(countWithin(device.failures, day, visit.atMs));
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { device, visit } = facts;
    const others = (i: number): number => Math.round(Math.expm1(x[at + i] as number)) || 0;
    return {
      code: contribution > 0 ? 'DEVICE_SHARED_BY_ACCOUNTS' : 'DEVICE_OF_ONE_ACCOUNT',
      evidence: {
        other_accounts_1h: others(0),
        other_accounts_24h: others(1),
        without_good_login_24h: others(2),
        failures_1h: device === null ? 0 : rounded(countWithin(device.failures, hour, visit.atMs)),
        failures_24h: rounded(Math.expm1(x[at + 3] as number)),
        good_logins: device?.goodCount ?? 0,
      },
    };
  },
});
