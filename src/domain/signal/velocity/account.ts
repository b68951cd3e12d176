// Failures on the account: somebody is guessing, or its owner has forgotten. Which of the two, other groups tell.
import { day, hour, minute, tenMinutes } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { countIn, fromLog, wholeCount, writeLogCounts } from './counts.ts';

export const velocityAccount = defineSignal({
  name: 'velocity.account',
  title: 'Failures on the account',
  describes:
    'Failed tries on this account in the last minute, ten minutes, hour and day, from anywhere. A person who has forgotten a password fails a few times; a machine ' +
    'fails often or steadily. The counts say nothing of who failed, so a few failures alone weigh little.',
  features: [
    { name: 'account_failures_1m_log', monotone: 1, sentence: 'ln(1 + failures on the account in the last minute).' },
    { name: 'account_failures_10m_log', monotone: 1, sentence: 'ln(1 + failures on the account in the last ten minutes).' },
    { name: 'account_failures_1h_log', monotone: 1, sentence: 'ln(1 + failures on the account in the last hour).' },
    { name: 'account_failures_24h_log', monotone: 1, sentence: 'ln(1 + failures on the account in the last 24 hours).' },
  ],
  codes: {
    FAILURES_ON_ACCOUNT: { direction: 'raises', sentence: 'Tries to sign in to this account have failed lately.' },
    FEW_FAILURES_ON_ACCOUNT: {
      direction: 'lowers',
      sentence: 'Few tries to sign in to this account have failed lately, no more than people mistype.',
    },
    NO_FAILURES_ON_ACCOUNT: { direction: 'lowers', sentence: 'No try to sign in to this account has failed in the last 24 hours.' },
  },
  rules: [
    // Auth0 blocks an address after ten failures on one account; people who get in at all nearly always do so within five tries.
    {
      name: 'account_failures_10m',
      points: 1,
      sentence: 'Five or more failures on the account in ten minutes.',
      holds: (x, at) => fromLog(x[at + 1]) >= 4.5,
    },
    {
      name: 'account_failures_1h',
      points: 0.7,
      sentence: 'Fifteen or more failures on the account in an hour.',
      holds: (x, at) => fromLog(x[at + 2]) >= 14.5,
    },
    {
      name: 'account_failures_24h',
      points: 0.5,
      sentence: 'Forty or more failures on the account in a day.',
      holds: (x, at) => fromLog(x[at + 3]) >= 39.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    writeLogCounts(facts.account?.failures, minute, day, facts.visit.atMs, out, at);
    return null;
  },
  explain(facts, _x, _at, contribution) {
    const { atMs } = facts.visit;
    const failures = facts.account?.failures;
    const failures24h = wholeCount(countIn(failures, day, atMs));
    const lowers = failures24h === 0 ? 'NO_FAILURES_ON_ACCOUNT' : 'FEW_FAILURES_ON_ACCOUNT';
    return {
      code: contribution > 0 ? 'FAILURES_ON_ACCOUNT' : lowers,
      evidence: {
        failures_1m: wholeCount(countIn(failures, minute, atMs)),
        failures_10m: wholeCount(countIn(failures, tenMinutes, atMs)),
        failures_1h: wholeCount(countIn(failures, hour, atMs)),
        failures_24h: failures24h,
      },
    };
  },
});
