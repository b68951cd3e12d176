// Was the credential or factor changed lately? A thief changes it to keep the owner out; an owner changes it because of a thief.
import type { Facts } from '../../facts.ts';
import { defineSignal } from '../definition.ts';
import { daysBetween, rounded } from '../measure.ts';

const hourMs = 3_600_000;
/** A year: beyond it, and for a credential never changed, age says no more. */
export const hoursMax = 8_760;
/** A credential set within ten minutes of the account's creation is its first one, not a change. */
const firstCredentialMs = 10 * 60_000;
/** As far as the clocks of caller and service may differ. A change later than that belongs to a newer state than the attempt's. */
const clockSkewMs = 5 * 60_000;

export const historyChange = defineSignal({
  name: 'history.change',
  title: 'Recent credential change',
  describes:
    'How long ago the credential or second factor was changed, as the caller says, and whether the account signed in well since. Setting the first ' +
    'credential of a new account is no change. In an import of old logins a change that lies after the login is ignored.',
  features: [
    {
      name: 'change_hours_log',
      monotone: -1,
      sentence: 'ln(1 + hours since the last change), at most that of a year, which also stands for "never changed".',
    },
    {
      name: 'change_unproven',
      monotone: 1,
      sentence: '1 = no good login since the change although there were some before it, 0 = otherwise.',
    },
  ],
  codes: {
    RECENT_CREDENTIAL_CHANGE: {
      direction: 'raises',
      sentence: 'Password or factor was changed recently, or nobody known signed in since.',
    },
    NO_RECENT_CREDENTIAL_CHANGE: { direction: 'lowers', sentence: 'Password and factor have not been changed recently.' },
  },
  rules: [
    { name: 'credential_changed_today', points: 0.5, sentence: 'Changed within 24 hours.', holds: (x, at) => (x[at] as number) < 3.22 },
    {
      name: 'credential_change_unproven',
      points: 0.3,
      sentence: 'Changed within a week, and no good login since.',
      holds: (x, at) => (x[at] as number) < 5.13 && x[at + 1] === 1,
    },
  ],
  derive: (facts, out, at) => {
    const { credentialChangedAtMs: changedAtMs } = facts.attempt.user;
    if (changedAtMs === null) return 'not_sent';
    if (changedAtMs > facts.attempt.occurredAtMs + clockSkewMs) return 'unknown';
    const first = isFirstCredential(facts, changedAtMs);
    out[at] = Math.log1p(first ? hoursMax : Math.min(hoursMax, Math.max(0, facts.attempt.occurredAtMs - changedAtMs) / hourMs));
    if (facts.profilesAbsent === null) out[at + 1] = !first && provenBefore(facts, changedAtMs) ? 1 : 0;
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { credentialChangedAtMs: changedAtMs, createdAtMs } = facts.attempt.user;
    const { account, attempt } = facts;
    return {
      code: contribution > 0 ? 'RECENT_CREDENTIAL_CHANGE' : 'NO_RECENT_CREDENTIAL_CHANGE',
      evidence: {
        changed_hours_ago: changedAtMs === null ? null : rounded(Math.max(0, attempt.occurredAtMs - changedAtMs) / hourMs),
        first_credential: changedAtMs !== null && isFirstCredential(facts, changedAtMs),
        good_login_since: changedAtMs === null || account === null || account.goodCount === 0 ? null : account.lastGoodMs >= changedAtMs,
        account_age_days: createdAtMs === null ? null : daysBetween(createdAtMs, attempt.occurredAtMs),
      },
    };
  },
});

function isFirstCredential(facts: Facts, changedAtMs: number): boolean {
  const { createdAtMs } = facts.attempt.user;
  return createdAtMs !== null && changedAtMs <= createdAtMs + firstCredentialMs;
}

/** Good logins before the change, none since. */
function provenBefore(facts: Facts, changedAtMs: number): boolean {
  const { account } = facts;
  return account !== null && account.goodCount > 0 && account.lastGoodMs < changedAtMs;
}
