// A try that succeeds right after a burst of failures: the guess that was right.
//
// People mistype and then succeed, from where they always are. So failures on the account count in full only where the try comes
// from an address that it never signed in well from, and failures from the address only as far as they hit other accounts and are more
// than half of what was tried there.
import type { Facts } from '../../facts.ts';
import { findTally } from '../../profile/tally.ts';
import { attributes } from '../../profile/visit.ts';
import { hour, tenMinutes } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { countIn, elsewhere, fromLog, wholeCount } from './counts.ts';

const hostTallies = attributes.indexOf('host');

function fromKnownAddress(facts: Facts): boolean {
  return findTally(facts.account?.tallies[hostTallies] ?? [], facts.visit.host) !== null;
}

/** At least this many failures from the address in ten minutes hit other accounts. */
function failuresOnOthers(facts: Facts): number {
  const { atMs } = facts.visit;
  return elsewhere(countIn(facts.host?.failures, tenMinutes, atMs), countIn(facts.account?.failures, tenMinutes, atMs));
}

/** Those beyond half of the address's tries: none at an office where most people get in, however many they are. */
function excessOnOthers(facts: Facts): number {
  return elsewhere(failuresOnOthers(facts), countIn(facts.host?.attempts, tenMinutes, facts.visit.atMs) / 2);
}

export const velocityBurst = defineSignal({
  name: 'velocity.burst',
  title: 'Success after failures',
  describes:
    'The credential was right, shortly after many that were wrong: on this account, or from this address on other accounts. An owner who mistypes at home and then gets it right is usual; ' +
    'the same from an address that the account never used is what a right guess looks like. A failed try has no burst behind it by definition.',
  features: [
    {
      name: 'burst_account_10m_log',
      monotone: 1,
      sentence: 'ln(1 + failures on the account in ten minutes) when the credential was right, else 0.',
    },
    {
      name: 'burst_account_new_address_1h_log',
      monotone: 1,
      sentence:
        'ln(1 + failures on the account in an hour) when the credential was right and the account never signed in well from the address, else 0.',
    },
    {
      name: 'burst_address_excess_10m_log',
      monotone: 1,
      sentence:
        'ln(1 + failures from the address on other accounts in ten minutes, beyond half of its tries) when the credential was right, else 0.',
    },
  ],
  codes: {
    SUCCESS_AFTER_FAILURES: {
      direction: 'raises',
      sentence: 'The credential was right shortly after others had failed on this account or from this address.',
    },
    NO_BURST_BEFORE: { direction: 'lowers', sentence: 'No burst of failures came before this try.' },
  },
  rules: [
    {
      name: 'burst_account_new_address',
      points: 1.2,
      sentence: 'The credential was right at an address new to the account, after five or more failures on the account within the hour.',
      holds: (x, at) => fromLog(x[at + 1]) >= 4.5,
    },
    {
      name: 'burst_address',
      points: 1,
      sentence: 'The credential was right at an address where most tries of the last ten minutes failed, ten or more of them beyond half.',
      holds: (x, at) => fromLog(x[at + 2]) >= 9.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = 0;
    if (facts.attempt.credential.result !== 'success') return null;
    const { atMs } = facts.visit;
    const failures = facts.account?.failures;
    out[at] = Math.log1p(countIn(failures, tenMinutes, atMs));
    const lastHour = countIn(failures, hour, atMs);
    if (lastHour > 0 && !fromKnownAddress(facts)) out[at + 1] = Math.log1p(lastHour);
    out[at + 2] = Math.log1p(excessOnOthers(facts));
    return null;
  },
  explain(facts, _x, _at, contribution) {
    const { atMs } = facts.visit;
    return {
      code: contribution > 0 ? 'SUCCESS_AFTER_FAILURES' : 'NO_BURST_BEFORE',
      evidence: {
        result: facts.attempt.credential.result,
        account_failures_10m: wholeCount(countIn(facts.account?.failures, tenMinutes, atMs)),
        account_failures_1h: wholeCount(countIn(facts.account?.failures, hour, atMs)),
        address_known_to_account: fromKnownAddress(facts),
        address_failures_on_others_10m: wholeCount(failuresOnOthers(facts)),
        address_tries_10m: wholeCount(countIn(facts.host?.attempts, tenMinutes, atMs)),
      },
    };
  },
});
