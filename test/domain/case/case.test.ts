import fc from 'fast-check';
import t from 'tap';
import { levels, verdicts } from '../../../src/domain/assessment.ts';
import { openedCase, shownLengthMax, stepToResolve } from '../../../src/domain/case/case.ts';
import { type NewExplanation, stepToExplain } from '../../../src/domain/case/explanation.ts';
import { StorageFailure } from '../../../src/domain/case/failure.ts';
import { isDead, isLost, retryDelayMs } from '../../../src/domain/case/job.ts';
import { explainWithinMs, severityOf, tierOf, tierRank, tiers } from '../../../src/domain/case/tier.ts';
import { explanation, newCase } from '../../support/cases.ts';

t.test('the tier of each verdict and level is as the table says', (t) => {
  const table = verdicts.map((verdict) => levels.map((level) => tierOf(verdict, level)));
  t.strictSame(table, [
    [null, null, 'medium', 'high'],
    ['low', 'medium', 'high', 'critical'],
    ['medium', 'medium', 'high', 'critical'],
  ]);
  t.end();
});

t.test('a higher level is never less urgent, and a stricter verdict never less than being let in', (t) => {
  const rank = (verdict: (typeof verdicts)[number], i: number): number => {
    const tier = tierOf(verdict, levels[i] ?? 'low');
    return tier === null ? tiers.length : tierRank(tier);
  };
  for (const verdict of verdicts) for (let i = 1; i < levels.length; i++) t.ok(rank(verdict, i) <= rank(verdict, i - 1));
  for (const [i] of levels.entries()) t.ok(rank('challenge', i) <= rank('allow', i) && rank('deny', i) <= rank('allow', i));
  t.strictSame(
    tiers.map((tier) => explainWithinMs[tier] / 60_000),
    [1, 5, 15, 60],
  );
  t.end();
});

t.test('severity orders by tier first, then by score, whatever the score is', (t) => {
  const anyTier = fc.constantFrom(...tiers);
  fc.assert(
    fc.property(anyTier, anyTier, fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b, x, y) => {
      if (tierRank(a) < tierRank(b)) return severityOf(a, x) > severityOf(b, y);
      return a !== b || x > y || severityOf(a, x) <= severityOf(b, y);
    }),
  );
  t.end();
});

t.test('an opened case names itself in its assessment, and is open', (t) => {
  const made = newCase('a', { shown: { userAgent: 'x'.repeat(shownLengthMax + 1), city: null } });
  const opened = openedCase(made);
  t.equal(opened.assessment.caseId, opened.id);
  t.equal(opened.state, 'open');
  t.equal(opened.shown.userAgent?.length, shownLengthMax);
  t.equal(opened.shown.city, null);
  t.end();
});

t.test('saying the same again is no news, saying otherwise needs a reopening first', (t) => {
  t.equal(stepToResolve('open', null, 'genuine'), 'resolve');
  t.equal(stepToResolve('reopened', null, 'takeover'), 'resolve');
  t.equal(stepToResolve('resolved', 'genuine', 'genuine'), 'already');
  t.equal(stepToResolve('resolved', 'genuine', 'takeover'), 'contradiction');
  t.end();
});

t.test('whatever explanations arrive, in whatever order and how often, versions count up and at most one is final, the last', (t) => {
  const anyExplanation = fc.record({ key: fc.nat(80).map(String), final: fc.boolean() });
  fc.assert(
    fc.property(fc.array(anyExplanation, { maxLength: 120 }), (arriving) => {
      const stored: (NewExplanation & { version: number })[] = [];
      for (const { key, final } of arriving) {
        const made = explanation(key, { final });
        const step = stepToExplain(stored, made);
        if (step.kind === 'store') stored.push({ ...made, version: step.version });
      }
      const finals = stored.filter(({ final }) => final);
      return (
        stored.every(({ version }, i) => version === i + 1) && finals.length <= 1 && (finals.length === 0 || finals[0] === stored.at(-1))
      );
    }),
  );
  t.end();
});

t.test('the place of the final explanation is never taken', (t) => {
  const stored = Array.from({ length: 63 }, (_, i) => ({ ...explanation(`${i}`), version: i + 1 }));
  t.strictSame(stepToExplain(stored, explanation('more')), { kind: 'too_many' });
  t.strictSame(stepToExplain(stored, explanation('more', { final: true })), { kind: 'store', version: 64 });
  const unfinished = [...stored, { ...explanation('63'), version: 64 }];
  t.strictSame(stepToExplain(unfinished, explanation('more', { final: true })), { kind: 'too_many' });
  t.end();
});

t.test('a wait before a retry lies between nothing and its bound, which doubles up to five minutes, after what was wished for', (t) => {
  t.equal(retryDelayMs(1, 0), 0);
  t.equal(retryDelayMs(1, 0.5), 500);
  t.equal(retryDelayMs(3, 0.5), 2000);
  t.equal(retryDelayMs(40, 0.999_999_999), 300_000);
  t.equal(retryDelayMs(1, 0.5, 10_000), 10_500);
  t.equal(retryDelayMs(1, 0.5, 1e12), 300_500, 'nobody makes a job wait for a year');
  t.equal(retryDelayMs(1, 0.5, -1e12), 500);
  t.end();
});

t.test('a job is dead when hopeless or out of attempts', (t) => {
  t.strictSame([isDead(5), isDead(6), isDead(1, true)], [false, true, true]);
  t.strictSame([isLost(6), isLost(11), isLost(12)], [false, false, true], 'a worker that went gets more chances');
  t.end();
});

t.test('a failure of the storage says what kind it is', (t) => {
  const failure = new StorageFailure('busy', 'Busy.');
  t.strictSame([failure.name, failure.trouble, failure.message], ['StorageFailure', 'busy', 'Busy.']);
  t.end();
});
