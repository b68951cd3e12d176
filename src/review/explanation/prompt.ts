// The prompt of one or several cases. A static prefix (task, rules, dictionary, examples) that is the same bytes for every case of a
// release, so that providers can keep it; behind it, per case, lines of codes, rounded numbers and handles. It is made of PromptText
// alone, so no byte that an attacker wrote can reach a model.
//
// The level, the verdict, the score and who signed in are left out: nothing that a model could repeat as its own judgement.
import type { StoredAssessment } from '../../domain/assessment.ts';
import { promptPrefix } from './prompt-prefix.ts';
import { caseName, caseText, joined, type PromptText, words } from './prompt-text.ts';
import { type Story, storyOf } from './story.ts';

/** Named in stored explanations. Raise it with any change of the prefix or of how a case is written: it is part of every signature. */
export const promptVersion = 'findings/2';

export interface PromptCase {
  /** "case_1": how prompt and answer call it. */
  readonly id: string;
  readonly story: Story;
  /**
   * What a stored answer may be found by, to be hashed: two cases with one signature are told the same facts and are held to the same
   * numbers; only what their handles stand for differs.
   */
  readonly signature: string;
}

export interface Prompt {
  /** The static prefix. */
  readonly instructions: string;
  readonly text: PromptText;
  readonly cases: readonly PromptCase[];
}

/** Cases keep their order. One case is the usual; several share a call where they can wait. */
export function promptOf(stored: readonly Pick<StoredAssessment, 'assessment'>[]): Prompt {
  const cases = stored.map((one, index): PromptCase => {
    const story = storyOf(one.assessment.reasons);
    return { id: caseName(index), story, signature: signatureOf(story) };
  });
  const text = joined(...cases.map((one, index) => caseText(index, one.story)), words('Answer with one JSON object.\n'));
  return { instructions: promptPrefix, text, cases };
}

/** Every accepted reading is part of it, not only the one that the model is shown. */
function signatureOf(story: Story): string {
  const reasons = story.reasons.map((reason) => [
    reason.code,
    reason.direction,
    reason.strength,
    reason.items.map((item) => [item.key, item.value]),
  ]);
  return JSON.stringify([promptVersion, reasons]);
}
