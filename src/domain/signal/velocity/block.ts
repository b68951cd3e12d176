// Failures from the rest of the block (IPv4 /24, IPv6 /48): an attacker who changes address with every try stays inside it.
// The address's own failures are left to velocity.host, so that one failure is never counted against an attempt twice.
import type { Facts } from '../../facts.ts';
import type { CounterWindow } from '../../profile/window-counter.ts';
import { day, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { countIn, elsewhere, failureShare, fromLog, wholeCount } from './counts.ts';

function failuresElsewhere(facts: Facts, window: CounterWindow): number {
  const { atMs } = facts.visit;
  return elsewhere(countIn(facts.block?.failures, window, atMs), countIn(facts.host?.failures, window, atMs));
}

function triesElsewhere(facts: Facts, window: CounterWindow): number {
  const { atMs } = facts.visit;
  return elsewhere(countIn(facts.block?.attempts, window, atMs), countIn(facts.host?.attempts, window, atMs));
}

export const velocityBlock = defineSignal({
  name: 'velocity.block',
  title: 'Failures from the block',
  describes:
    'Failed tries from the other addresses of the block (IPv4 /24, IPv6 /48) in the last hour and day, and the share of their tries that failed. ' +
    'It sees attackers who rotate addresses. Neighbours in a consumer block are strangers to each other, so the share must be far above the usual 22 %.',
  features: [
    { name: 'block_failures_1h_log', monotone: 1, sentence: 'ln(1 + failures from other addresses of the block in the last hour).' },
    { name: 'block_failures_24h_log', monotone: 1, sentence: 'ln(1 + failures from other addresses of the block in the last 24 hours).' },
    {
      name: 'block_failure_share_1h',
      monotone: 1,
      sentence: 'Share of the tries from those addresses in the last hour that failed, shrunk to 0.22; 0 to 1.',
    },
  ],
  codes: {
    FAILURES_FROM_BLOCK: { direction: 'raises', sentence: 'Tries from neighbouring addresses have been failing.' },
    FEW_FAILURES_FROM_BLOCK: { direction: 'lowers', sentence: 'Tries from neighbouring addresses hardly fail, no more than is usual.' },
  },
  rules: [
    {
      name: 'block_failures_1h',
      points: 0.8,
      sentence: 'Fifteen or more failures from neighbouring addresses in an hour, and most of their tries failed.',
      holds: (x, at) => fromLog(x[at]) >= 14.5 && (x[at + 2] as number) >= 0.6,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const failures1h = failuresElsewhere(facts, hour);
    out[at] = Math.log1p(failures1h);
    out[at + 1] = Math.log1p(failuresElsewhere(facts, day));
    out[at + 2] = failureShare(failures1h, triesElsewhere(facts, hour));
    return null;
  },
  explain(facts, x, at, contribution) {
    return {
      code: contribution > 0 ? 'FAILURES_FROM_BLOCK' : 'FEW_FAILURES_FROM_BLOCK',
      evidence: {
        failures_elsewhere_1h: wholeCount(failuresElsewhere(facts, hour)),
        tries_elsewhere_1h: wholeCount(triesElsewhere(facts, hour)),
        failures_elsewhere_24h: wholeCount(failuresElsewhere(facts, day)),
        failed_share_1h: rounded(x[at + 2] as number),
        block: facts.attempt.ip.version === 4 ? '/24' : '/48',
      },
    };
  },
});
