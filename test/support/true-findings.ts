// True findings in many wordings, made from the evidence as a person would write them, without a look at the validator's word lists. What
// the validator drops of these is what a good model loses.
import type { Story } from '../../src/review/explanation/story.ts';
import { countersAndCredential } from './true-findings/counters-and-credential.ts';
import { deviceAndHistory } from './true-findings/device-and-history.ts';
import { networkAndTravel } from './true-findings/network-and-travel.ts';
import { type Pick, told } from './true-findings/pattern.ts';

export interface MadeFinding {
  readonly pattern: string;
  readonly evidence: readonly string[];
  readonly sentence: string;
}

const patterns = [...networkAndTravel, ...deviceAndHistory, ...countersAndCredential];

/** Every pattern that the story's evidence fits, one wording each. */
export function trueFindings(story: Story, pick: Pick): MadeFinding[] {
  return story.reasons.flatMap((reason) => {
    const t = told(reason, pick);
    return patterns
      .filter(
        ({ signal, codes, keys, when }) =>
          signal === reason.signal && (codes?.includes(reason.code) ?? true) && t.has(...keys) && (when?.(t) ?? true),
      )
      .map(({ name, keys, say }) => ({ pattern: name, evidence: keys.map((key) => `${reason.code}.${key}`), sentence: say(t) }));
  });
}

export const patternCount = patterns.length;
