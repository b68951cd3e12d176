// Failures from the rest of the network (ASN), always against the number of its tries.
//
// A large provider has failures every minute and means nothing by it. What speaks is the share: a network where most tries of
// the hour fail is being used for an attack. Published work finds this ratio the best single sign of an attacking address.
import type { Facts } from '../../facts.ts';
import type { CounterWindow, WindowCounter } from '../../profile/window-counter.ts';
import { day, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { countIn, elsewhere, failureShare, fromLog, wholeCount } from './counts.ts';

function outsideBlock(wider: WindowCounter | undefined, narrower: WindowCounter | undefined, window: CounterWindow, atMs: number): number {
  return elsewhere(countIn(wider, window, atMs), countIn(narrower, window, atMs));
}

function failuresOutside(facts: Facts, window: CounterWindow): number {
  return outsideBlock(facts.asn?.failures, facts.block?.failures, window, facts.visit.atMs);
}

function triesOutside(facts: Facts, window: CounterWindow): number {
  return outsideBlock(facts.asn?.attempts, facts.block?.attempts, window, facts.visit.atMs);
}

export const velocityAsn = defineSignal({
  name: 'velocity.asn',
  title: 'Failures from the network',
  describes:
    'Share of the tries from the rest of the network (the same ASN, other blocks) that failed in the last hour and day, shrunk to the usual 22 %, and how many failures of the hour ' +
    'are more than half of the tries. A large provider always has failures, so their number alone never counts.',
  features: [
    {
      name: 'asn_failure_share_1h',
      monotone: 1,
      sentence: 'Share of the tries from other blocks of the network in the last hour that failed, shrunk to 0.22; 0 to 1.',
    },
    { name: 'asn_failure_share_24h', monotone: 1, sentence: 'The same share over 24 hours.' },
    {
      name: 'asn_failures_excess_1h_log',
      monotone: 1,
      sentence: 'ln(1 + failures of the hour beyond half of the tries): 0 on any network where most people get in.',
    },
  ],
  codes: {
    FAILURES_FROM_NETWORK: { direction: 'raises', sentence: 'An unusual share of the tries from this network have been failing.' },
    USUAL_NETWORK_FAILURES: { direction: 'lowers', sentence: 'Tries from this network fail no more than is usual.' },
  },
  rules: [
    {
      name: 'asn_failure_share_1h',
      points: 1,
      sentence: 'Most tries from the network in the last hour failed, at least ten more than half of them.',
      holds: (x, at) => (x[at] as number) >= 0.6 && fromLog(x[at + 2]) >= 9.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    if (facts.visit.asn === null) return 'unknown';
    const failures = failuresOutside(facts, hour);
    const tries = triesOutside(facts, hour);
    out[at] = failureShare(failures, tries);
    out[at + 1] = failureShare(failuresOutside(facts, day), triesOutside(facts, day));
    out[at + 2] = Math.log1p(elsewhere(failures, (tries > failures ? tries : failures) / 2));
    return null;
  },
  explain(facts, x, at, contribution) {
    return {
      code: contribution > 0 ? 'FAILURES_FROM_NETWORK' : 'USUAL_NETWORK_FAILURES',
      evidence: {
        asn: facts.visit.asn,
        organisation: facts.ip.asn?.organisation ?? null,
        failures_1h: wholeCount(failuresOutside(facts, hour)),
        tries_1h: wholeCount(triesOutside(facts, hour)),
        failed_share_1h: rounded(x[at] as number),
        failures_24h: wholeCount(failuresOutside(facts, day)),
        tries_24h: wholeCount(triesOutside(facts, day)),
        failed_share_24h: rounded(x[at + 1] as number),
      },
    };
  },
});
