// What the validator makes of one sentence.
import type { Story } from '../../src/review/explanation/story.ts';
import { checkFinding } from '../../src/review/explanation/validate.ts';

/** A finding that leaves direction and strength to the code. */
export const plain = { direction: null, strength: null } as const;

/** 'ok', or the rule that drops it; cites all evidence of the code. */
export function judge(story: Story, code: string, sentence: string): string {
  const evidence = story.reasons.find((reason) => reason.code === code)!.items.map((item) => item.id);
  const checked = checkFinding(story, { ...plain, evidence: evidence.slice(0, 12), sentence });
  return checked.ok ? 'ok' : checked.rule;
}
