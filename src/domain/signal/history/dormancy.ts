// Has the account slept longer than it usually does? Forgotten accounts are worth stealing, because nobody watches them.
import type { AccountProfile } from '../../profile/account.ts';
import { defineSignal } from '../definition.ts';
import { daysBetween, rounded } from '../measure.ts';

const dayMs = 86_400_000;

export const historyDormancy = defineSignal({
  name: 'history.dormancy',
  title: 'Dormancy',
  describes:
    'How long ago the last good login of the account was, by itself and against its usual interval. Somebody who signs in once a year is not dormant after ' +
    'eleven months; a day more or less is never counted.',
  features: [
    { name: 'dormancy_days_log', monotone: 1, sentence: 'ln(1 + days since the last good login of the account).' },
    {
      name: 'dormancy_ratio_log',
      monotone: 1,
      sentence: 'ln of (days since the last good login + 1) over (usual days between two + 1); 0 = as usual.',
    },
  ],
  codes: {
    DORMANT_ACCOUNT: { direction: 'raises', sentence: 'The account has not signed in well for long, measured by its habit.' },
    ACTIVE_ACCOUNT: { direction: 'lowers', sentence: 'The account signed in well as lately as it usually does.' },
  },
  rules: [
    {
      name: 'account_dormant',
      points: 0.5,
      sentence: 'At least ninety days since the last good login, and three times its usual interval.',
      holds: (x, at) => (x[at] as number) > 4.5 && (x[at + 1] as number) > 1.1,
    },
    { name: 'account_active', points: -0.1, sentence: 'A good login within the last week.', holds: (x, at) => (x[at] as number) < 2.08 },
  ],
  derive: (facts, out, at) => {
    const { account, visit } = facts;
    if (account === null || account.goodCount === 0) return 'no_history';
    out[at] = Math.log1p(sinceMs(account, visit.atMs) / dayMs);
    if (account.usualGapMs > 0) out[at + 1] = Math.log((sinceMs(account, visit.atMs) + dayMs) / (account.usualGapMs + dayMs));
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { account, visit } = facts;
    const known = account !== null && account.goodCount > 0;
    return {
      code: contribution > 0 ? 'DORMANT_ACCOUNT' : 'ACTIVE_ACCOUNT',
      evidence: {
        last_good_login_days_ago: known ? daysBetween(account.lastGoodMs, visit.atMs) : null,
        usual_interval_days: known && account.usualGapMs > 0 ? daysBetween(0, account.usualGapMs) : null,
        times_usual: rounded(Math.exp(x[at + 1] as number)),
        good_logins: account?.goodCount ?? 0,
      },
    };
  },
});

function sinceMs(account: AccountProfile, atMs: number): number {
  return Math.max(0, atMs - account.lastGoodMs);
}
