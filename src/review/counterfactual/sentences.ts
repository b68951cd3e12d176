// What would have changed the verdict, in words.
import { inertRuleName } from '../../domain/explanation/inert.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { Alternative, Counterfactual } from './counterfactual.ts';

/** One sentence per way, the nearest verdict first; none for a login that was allowed. */
export function counterfactualSentences(found: Counterfactual, words: Wording): readonly string[] {
  switch (found.kind) {
    case 'allowed':
      return [];
    case 'found':
      return found.alternatives.map((one) => words.say('counterfactual.found', { changes: changesIn(one, words), verdict: one.verdict }));
    case 'absent':
      return [words.say(`counterfactual.${found.cause}`)];
    case 'none':
      return [none(found, words)];
  }
}

function changesIn({ changes }: Alternative, words: Wording): string {
  return words.list(changes.map(({ id }) => words.say(`change.${id}`)));
}

function none({ cause, policyRule, all }: Extract<Counterfactual, { kind: 'none' }>, words: Wording): string {
  const rule = policyRule === null ? '' : inertRuleName(policyRule);
  if (cause === 'policy' && rule !== '') return words.say('counterfactual.policy', { rule });
  if (all === null) return words.say('counterfactual.not_enough');
  return words.say('counterfactual.all_ordinary', { verdict: all.verdict });
}
