// Typing rhythm against the account's own: weak evidence of who types, never more.
//
// Measured on real people (MEU-Mobile KSD, one password of fourteen keys), this distance confuses a person with another in 20 % of cases after three
// samples, 14 % after ten, 12 % after twenty. So the distance is multiplied by a confidence that grows with what was learnt, and whatever was
// not typed by hand on a keyboard is no evidence at all.
import type { AbsenceCause } from '../../absence.ts';
import type { TypingSample } from '../../attempt.ts';
import type { Facts } from '../../facts.ts';
import { machineRhythm } from '../../profile/machine-rhythm.ts';
import {
  handTyped,
  machineRhythmMin,
  type TypingBasis,
  typingBasis,
  typingConfidence,
  typingDistance,
  typingKeysMin,
  type TypingProfile,
} from '../../profile/typing.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';

/** Where a person herself and somebody else are equally likely, on the same data, at any number of samples from three to ten. */
const neutralDistance = 1.5;

/** A credential changed after the last good login: the learnt positions belong to another text. */
function textChanged(facts: Facts): boolean {
  const changedMs = facts.attempt.user.credentialChangedAtMs;
  return changedMs !== null && facts.account !== null && changedMs > facts.account.lastGoodMs;
}

function mismatch(profile: TypingProfile, sample: TypingSample, basis: TypingBasis): number {
  return typingConfidence(profile, basis) * (typingDistance(profile, sample, basis) - neutralDistance);
}

export const behaviourTyping = defineSignal({
  name: 'behaviour.typing',
  title: 'Typing rhythm',
  describes:
    "How far the rhythm of the keys (how long each is held, how long between them) is from the rhythm of the account's good logins, times a confidence that grows with them. " +
    'Below three learnt samples there is no opinion. Paste, autofill, touch, assistive and machine-made input are no evidence, for or against; a text of another length is compared ' +
    'by its general rhythm only, at half the confidence.',
  features: [
    {
      name: 'typing_mismatch',
      monotone: 1,
      sentence:
        "Confidence (0 to 1) times the distance from the account's rhythm in its usual deviations less 1.5; -1.5 (the same hand) to 3.5 (another).",
    },
  ],
  codes: {
    TYPING_MISMATCH: { direction: 'raises', sentence: "The rhythm of the keys is not the one learnt from this account's good logins." },
    TYPING_MATCH: { direction: 'lowers', sentence: "The rhythm of the keys is close to the one learnt from this account's good logins." },
  },
  rules: [
    // At ten samples: about one rightful login in two hundred is above 0.35, half of the other people are.
    {
      name: 'typing_mismatch',
      points: 0.6,
      sentence: "The rhythm is far from the account's, as about one rightful login in two hundred is.",
      holds: (x, at) => (x[at] as number) >= 0.35,
    },
    {
      name: 'typing_match',
      points: -0.4,
      sentence: "The rhythm is the account's, and no doubt of it.",
      holds: (x, at) => (x[at] as number) <= -0.2,
    },
  ],
  derive(facts, out, at): AbsenceCause | null {
    const behavior = facts.attempt.behavior;
    if (behavior === null || behavior.typing === null) return 'not_sent';
    const sample = handTyped(behavior, facts.visit.deviceType);
    if (sample === null || sample.dwellMs.length < typingKeysMin || machineRhythm(sample) >= machineRhythmMin) return 'unknown';
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const profile = facts.account?.typing ?? null;
    const basis = typingBasis(profile, sample, textChanged(facts));
    if (profile === null || basis === null) return 'no_history';
    out[at] = mismatch(profile, sample, basis);
    return null;
  },
  explain(facts, x, at, contribution) {
    const sample = handTyped(facts.attempt.behavior, facts.visit.deviceType);
    const profile = facts.account?.typing ?? null;
    const basis = sample === null ? null : typingBasis(profile, sample, textChanged(facts));
    const compared = sample !== null && profile !== null && basis !== null;
    return {
      code: contribution > 0 ? 'TYPING_MISMATCH' : 'TYPING_MATCH',
      evidence: {
        mismatch: rounded(x[at] as number),
        distance: compared ? rounded(typingDistance(profile, sample, basis)) : null,
        usual_distance: 1,
        confidence: compared ? rounded(typingConfidence(profile, basis)) : null,
        compared_by: basis === 'text' ? 'key by key' : 'general rhythm',
        keys: sample?.dwellMs.length ?? 0,
        samples_learnt: profile?.count ?? 0,
      },
    };
  },
});
