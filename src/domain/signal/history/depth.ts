// How much is known of this account at all? Not suspicious by itself; it tells the model how far to trust every familiarity.
import { defineSignal } from '../definition.ts';
import { daysBetween } from '../measure.ts';

const dayMs = 86_400_000;

export const historyDepth = defineSignal({
  name: 'history.depth',
  title: 'Depth of the history',
  describes:
    'How many good logins the account has here, since when, and how old the caller says it is. A young history is not risk: it says that little can be told, ' +
    'and that accounts made for abuse are young as well.',
  features: [
    { name: 'history_good_logins_log', monotone: -1, sentence: 'ln(1 + good logins of the account); 0 = none known.' },
    { name: 'history_days_log', monotone: -1, sentence: 'ln(1 + days since its first good login); 0 = none known.' },
    { name: 'history_account_age_days_log', monotone: -1, sentence: 'ln(1 + days since the account was created, as the caller says).' },
  ],
  codes: {
    NEW_ACCOUNT: { direction: 'raises', sentence: 'The account is young, or little is known of it yet.' },
    ESTABLISHED_ACCOUNT: { direction: 'lowers', sentence: 'The account has a history of good logins.' },
  },
  rules: [
    { name: 'account_without_history', points: 0.3, sentence: 'No good login is known.', holds: (x, at) => x[at] === 0 },
    {
      name: 'account_established',
      points: -0.3,
      sentence: 'At least twenty good logins over at least a month.',
      holds: (x, at) => (x[at] as number) > 3 && (x[at + 1] as number) > 3.4,
    },
  ],
  derive: (facts, out, at) => {
    const { account, attempt, profilesAbsent } = facts;
    const atMs = attempt.occurredAtMs;
    const createdAtMs = attempt.user.createdAtMs;
    if (createdAtMs !== null) out[at + 2] = logDays(createdAtMs, atMs);
    if (profilesAbsent !== null) return createdAtMs === null ? 'no_history' : null;
    const known = account !== null && account.goodCount > 0;
    out[at] = known ? Math.log1p(account.goodCount) : 0;
    out[at + 1] = known ? logDays(account.firstGoodMs, atMs) : 0;
    return null;
  },
  explain: (facts, _x, _at, contribution) => {
    const { account, attempt } = facts;
    const atMs = attempt.occurredAtMs;
    const known = account !== null && account.goodCount > 0;
    return {
      code: contribution > 0 ? 'NEW_ACCOUNT' : 'ESTABLISHED_ACCOUNT',
      evidence: {
        good_logins: account?.goodCount ?? 0,
        first_good_login_days_ago: known ? daysBetween(account.firstGoodMs, atMs) : null,
        account_age_days: attempt.user.createdAtMs === null ? null : daysBetween(attempt.user.createdAtMs, atMs),
      },
    };
  },
});

function logDays(fromMs: number, toMs: number): number {
  return Math.log1p(Math.max(0, toMs - fromMs) / dayMs);
}
