// Failures from the address (an IPv4 address or an IPv6 /64), and what share of its tries they are.
//
// The share is what separates an attacker's machine, where nearly every try fails, from an office or a carrier's shared
// address, where many people sign in and some mistype.
import { day, hour, minute, tenMinutes } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { countIn, failureShare, fromLog, wholeCount, writeLogCounts } from './counts.ts';

export const velocityHost = defineSignal({
  name: 'velocity.host',
  title: 'Failures from the address',
  describes:
    'Failed tries on any account from this address (IPv6: this /64) in the last minute, ten minutes, hour and day, and the share of its tries in the last hour that failed. ' +
    'Many people behind one address fail now and then; the share, shrunk to the usual 22 %, keeps them apart from a machine that only fails.',
  features: [
    { name: 'host_failures_1m_log', monotone: 1, sentence: 'ln(1 + failures from the address in the last minute).' },
    { name: 'host_failures_10m_log', monotone: 1, sentence: 'ln(1 + failures from the address in the last ten minutes).' },
    { name: 'host_failures_1h_log', monotone: 1, sentence: 'ln(1 + failures from the address in the last hour).' },
    { name: 'host_failures_24h_log', monotone: 1, sentence: 'ln(1 + failures from the address in the last 24 hours).' },
    {
      name: 'host_failure_share_1h',
      monotone: 1,
      sentence: 'Share of the tries from the address in the last hour that failed, shrunk to 0.22; 0 to 1.',
    },
  ],
  codes: {
    FAILURES_FROM_ADDRESS: { direction: 'raises', sentence: 'Tries from this address have been failing.' },
    FEW_FAILURES_FROM_ADDRESS: { direction: 'lowers', sentence: 'Few tries from this address fail, no more than is usual.' },
    NO_FAILURES_FROM_ADDRESS: { direction: 'lowers', sentence: 'No try from this address has failed in the last 24 hours.' },
  },
  rules: [
    {
      name: 'host_failures_1h',
      points: 1.2,
      sentence: 'Ten or more failures from the address in an hour, and most of its tries failed.',
      holds: (x, at) => fromLog(x[at + 2]) >= 9.5 && (x[at + 4] as number) >= 0.6,
    },
    {
      name: 'host_failures_24h',
      points: 0.5,
      sentence: 'Fifty or more failures from the address in a day, and at least half of the tries of the last hour failed.',
      holds: (x, at) => fromLog(x[at + 3]) >= 49.5 && (x[at + 4] as number) >= 0.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const { atMs } = facts.visit;
    const host = facts.host;
    writeLogCounts(host?.failures, minute, day, atMs, out, at);
    out[at + 4] = failureShare(countIn(host?.failures, hour, atMs), countIn(host?.attempts, hour, atMs));
    return null;
  },
  explain(facts, x, at, contribution) {
    const { atMs } = facts.visit;
    const host = facts.host;
    const failures24h = wholeCount(countIn(host?.failures, day, atMs));
    const lowers = failures24h === 0 ? 'NO_FAILURES_FROM_ADDRESS' : 'FEW_FAILURES_FROM_ADDRESS';
    return {
      code: contribution > 0 ? 'FAILURES_FROM_ADDRESS' : lowers,
      evidence: {
        failures_1m: wholeCount(countIn(host?.failures, minute, atMs)),
        failures_10m: wholeCount(countIn(host?.failures, tenMinutes, atMs)),
        failures_1h: wholeCount(countIn(host?.failures, hour, atMs)),
        tries_1h: wholeCount(countIn(host?.attempts, hour, atMs)),
        failures_24h: failures24h,
        failed_share_1h: rounded(x[at + 4] as number),
      },
    };
  },
});
