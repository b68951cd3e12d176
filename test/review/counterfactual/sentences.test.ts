import t from 'tap';
import { createWording } from '../../../src/adapters/icu-messages/wording.ts';
import type { Alternative, Counterfactual } from '../../../src/review/counterfactual/counterfactual.ts';
import type { ChangeId } from '../../../src/review/counterfactual/change.ts';
import { changes } from '../../../src/review/counterfactual/changes.ts';
import { counterfactualSentences } from '../../../src/review/counterfactual/sentences.ts';

const english = createWording('en');
const german = createWording('de');

function alternative(verdict: 'allow' | 'challenge', ...ids: ChangeId[]): Alternative {
  const found = ids.map((id) => ({ id, evidence: [] }));
  return { changes: found, following: [], logOdds: 0, score: 0.5, level: 'low', verdict, policyRule: null };
}

t.test('what would have changed the verdict is one sentence per way, in each language', (t) => {
  const found: Counterfactual = {
    kind: 'found',
    alternatives: [alternative('challenge', 'known_device'), alternative('allow', 'known_device', 'no_account_failures', 'usual_hour')],
  };
  t.same(counterfactualSentences(found, english), [
    'With a device the account knows, the attempt would have been only challenged.',
    'With a device the account knows, no failed try on the account before and a usual time of the week, the attempt would have been allowed.',
  ]);
  t.same(counterfactualSentences(found, german), [
    'Mit einem dem Konto bekannten Gerät wäre der Versuch nur mit einer Rückfrage beantwortet worden.',
    'Mit einem dem Konto bekannten Gerät, keinem Fehlversuch auf dem Konto zuvor und einer üblichen Zeit der Woche wäre der Versuch zugelassen worden.',
  ]);
  t.end();
});

t.test('where nothing would have changed it, the sentence says why', (t) => {
  const none = { kind: 'none', policyRule: null, all: null } as const;
  const sentences = (found: Counterfactual): readonly string[] => counterfactualSentences(found, english);
  t.same(sentences({ kind: 'allowed' }), []);
  t.match(sentences({ ...none, cause: 'policy', policyRule: 'lists.deny[0]' })[0], /lists\.deny\[0\] decided/);
  t.match(sentences({ ...none, cause: 'evidence' })[0], /^Nothing ordinary/);
  t.match(
    sentences({ ...none, cause: 'evidence', all: alternative('challenge', 'known_device') })[0],
    /^No three changes.*only challenged\.$/,
  );
  for (const cause of ['record_gone', 'version_gone', 'cannot_recompute'] as const)
    t.match(sentences({ kind: 'absent', cause })[0], /cannot be said/);
  t.end();
});

t.test('each change has its words, and no two the same', (t) => {
  for (const words of [english, german]) {
    const said = changes.map(({ id }) => words.say(`change.${id}`));
    t.equal(new Set(said).size, changes.length);
    for (const phrase of said) t.match(phrase, /^\p{Ll}[^.]*$/u);
  }
  t.end();
});
