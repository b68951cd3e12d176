// What is read beside a case: explanations, feedback and the audit.
import type { Test } from 'tap';
import { explanationBytesMax, explanationVersionsMax } from '../../../src/domain/case/explanation.ts';
import { explanation, newCase, opening } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';
import { itemsOf, cursorOf, type OpenCases } from './questions.ts';

export function readingContract(t: Test, open: OpenCases): void {
  t.test('explanations are numbered; the same key is the same one; the final one is the last word', async (t) => {
    const { store } = await open(t);
    await store.open([{ made: newCase('a'), explanation: explanation('template'), job: null }]);
    const say = (key: string, final = false) => store.explain('default', 'case-a', explanation(key, { source: 'model', final }));
    t.strictSame(await say('job 1'), { kind: 'stored', version: 2 });
    t.strictSame(await say('job 1'), { kind: 'already', version: 2 });
    t.strictSame(await say('job 2', true), { kind: 'stored', version: 3 });
    t.strictSame(await say('job 2', true), { kind: 'already', version: 3 });
    t.strictSame(await say('job 3', true), { kind: 'final_exists', version: 3 });
    t.strictSame(await say('job 4'), { kind: 'final_exists', version: 3 });
    t.strictSame(
      (await store.explanations('default', 'case-a')).map(({ version, key, final, source }) => [version, key, final, source]),
      [
        [1, 'template', false, 'template'],
        [2, 'job 1', false, 'model'],
        [3, 'job 2', true, 'model'],
      ],
    );
    t.strictSame(await store.explain('default', 'case-z', explanation('x')), { kind: 'unknown_case' });
    t.strictSame(await store.explain('other', 'case-a', explanation('x')), { kind: 'unknown_case' });
    t.strictSame(await store.explanations('other', 'case-a'), []);
  });

  t.test('of a hundred final explanations that come at once one is stored', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a')]);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => store.explain('default', 'case-a', explanation(`job ${i}`, { final: true }))),
    );
    t.equal(answers.filter(({ kind }) => kind === 'stored').length, 1);
    t.equal((await store.explanations('default', 'case-a')).length, 1);
  });

  t.test('an explanation that is too large, or one too many, is refused; the final one always has a place', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a')]);
    const say = (key: string, change: object) => store.explain('default', 'case-a', explanation(key, change));
    t.strictSame(await say('large', { body: 'ä'.repeat(explanationBytesMax / 2 + 1) }), { kind: 'too_large' });
    for (let i = 1; i < explanationVersionsMax; i++) await say(`part ${i}`, {});
    t.strictSame(await say('one more', {}), { kind: 'too_many' });
    t.strictSame(await say('last', { final: true }), { kind: 'stored', version: explanationVersionsMax });
  });

  t.test('what an analyst thinks of a finding replaces what the same analyst thought before, and is read back in order', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a'), opening('b')]);
    const given = { caseId: 'case-a', version: 1, finding: null, by: 'ada', opinion: 'useful' as const, comment: '', atMs: noonMs };
    const second = { ...given, finding: 'f1', opinion: 'wrong' as const, comment: 'the number is off' };
    const third = { ...given, by: 'bob', caseId: 'case-b' };
    for (const each of [given, second, third]) t.equal(await store.giveFeedback('default', each), true);
    t.equal(await store.giveFeedback('default', { ...given, caseId: 'case-z' }), false);
    t.equal(await store.giveFeedback('other', given), false);
    await store.giveFeedback('default', { ...given, opinion: 'useless' });
    t.strictSame(await store.feedbackOf('default', 'case-a'), [{ ...given, opinion: 'useless' }, second]);
    const page = await store.allFeedback('default', 2, null);
    t.strictSame(itemsOf(page), [{ ...given, opinion: 'useless' }, second]);
    t.strictSame(itemsOf(await store.allFeedback('default', 2, cursorOf(page))), [third]);
    t.strictSame(itemsOf(await store.allFeedback('other', 2, null)), []);
  });

  t.test('the audit is read by tenant and subject, newest first, and is whole', async (t) => {
    const { store } = await open(t);
    t.strictSame(await store.verifyAudit(), { intact: true, head: { sequence: 0, hash: '' } });
    const entry = (n: number, tenant = 'default') => ({
      atMs: noonMs + n,
      tenant,
      actor: 'ada',
      action: 'case_viewed' as const,
      subject: `case-${n % 2}`,
      detail: { n, text: 'ä"\n', yes: true },
    });
    const heads = [];
    for (let n = 1; n <= 5; n++) heads.push(await store.audit(entry(n)));
    await store.audit(entry(6, 'other'));
    t.strictSame(
      (await store.readAudit('default', { limit: 3 })).map((each) => each.sequence),
      [5, 4, 3],
    );
    t.strictSame(
      (await store.readAudit('default', { limit: 3, before: 3 })).map((each) => each.sequence),
      [2, 1],
    );
    t.strictSame(
      (await store.readAudit('default', { limit: 9, subject: 'case-1' })).map((each) => each.detail['n']),
      [5, 3, 1],
    );
    t.strictSame(await store.readAudit('default', { limit: 9, subject: '' }), []);
    const { sequence: _sequence, hash: _hash, ...rest } = (await store.readAudit('other', { limit: 1 }))[0] ?? {};
    t.strictSame(rest, entry(6, 'other'));
    const whole = await store.verifyAudit(heads[2]);
    t.equal(whole.intact && whole.head.sequence, 6);
    t.strictSame(await store.verifyAudit({ sequence: 3, hash: 'of another chain' }), { intact: false, brokenAt: 3, cause: 'entry' });
    t.strictSame(await store.verifyAudit({ sequence: 9, hash: 'x' }), { intact: false, brokenAt: 7, cause: 'anchor_missing' });
  });
}
