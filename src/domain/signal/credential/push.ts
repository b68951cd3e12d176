// Push fatigue: somebody who has the password keeps asking for a second factor until its owner gives in.
import { hour, tenMinutes } from '../../profile/window-counter.ts';
import { countIn, fromLog, wholeCount } from '../velocity/counts.ts';
import { defineSignal } from '../definition.ts';

/** Failed challenges in ten minutes that make a siege. One or two are a phone in another room. */
const fatigueMin = 3;

export const credentialPush = defineSignal({
  name: 'credential.push',
  title: 'Failed challenges',
  describes:
    'Challenges of this account (a push, a code) that were failed or abandoned in the last ten minutes and hour. Half of all rightful owners fail their first challenge and pass soon after, ' +
    'so one says next to nothing; a row of them is how an attacker with the password wears the owner down.',
  features: [
    { name: 'challenges_failed_10m_log', monotone: 1, sentence: 'ln(1 + challenges failed or abandoned in the last ten minutes).' },
    { name: 'challenges_failed_1h_log', monotone: 1, sentence: 'ln(1 + challenges failed or abandoned in the last hour).' },
  ],
  codes: {
    PUSH_FATIGUE: {
      direction: 'raises',
      sentence: 'Challenge after challenge of this account failed or was left unanswered within minutes.',
    },
    CHALLENGES_FAILED: { direction: 'raises', sentence: 'A challenge of this account failed or was left unanswered lately.' },
    FEW_FAILED_CHALLENGES: {
      direction: 'lowers',
      sentence: 'Few challenges of this account failed in the last hour, no more than is usual.',
    },
    NO_FAILED_CHALLENGES: { direction: 'lowers', sentence: 'No challenge of this account failed in the last hour.' },
  },
  rules: [
    {
      name: 'push_fatigue_10m',
      points: 1.5,
      sentence: 'Three or more challenges failed in ten minutes.',
      holds: (x, at) => fromLog(x[at]) >= fatigueMin - 0.5,
    },
    {
      name: 'push_fatigue_1h',
      points: 0.7,
      sentence: 'Six or more challenges failed in an hour.',
      holds: (x, at) => fromLog(x[at + 1]) >= 5.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const failed = facts.account?.challengesFailed;
    out[at] = Math.log1p(countIn(failed, tenMinutes, facts.visit.atMs));
    out[at + 1] = Math.log1p(countIn(failed, hour, facts.visit.atMs));
    return null;
  },
  explain(facts, _x, _at, contribution) {
    const failed = facts.account?.challengesFailed;
    const failed10m = countIn(failed, tenMinutes, facts.visit.atMs);
    const failed1h = wholeCount(countIn(failed, hour, facts.visit.atMs));
    const raises = failed10m >= fatigueMin - 0.5 ? 'PUSH_FATIGUE' : 'CHALLENGES_FAILED';
    const lowers = failed1h === 0 ? 'NO_FAILED_CHALLENGES' : 'FEW_FAILED_CHALLENGES';
    return {
      code: contribution > 0 ? raises : lowers,
      evidence: { challenges_failed_10m: wholeCount(failed10m), challenges_failed_1h: failed1h, method: facts.attempt.credential.method },
    };
  },
});
