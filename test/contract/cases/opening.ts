// Opening a case: once per assessment, with all that belongs to it.
import type { Test } from 'tap';
import { commentLengthMax, openedCase } from '../../../src/domain/case/case.ts';
import { tiers } from '../../../src/domain/case/tier.ts';
import { explanation, job, newCase, opening, reason } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';
import { listed, resolution, type OpenCases } from './questions.ts';

export function openingContract(t: Test, open: OpenCases): void {
  t.test('a case is found by id and by assessment, with everything that its page shows', async (t) => {
    const { store } = await open(t);
    const made = newCase('a');
    t.strictSame(await store.open([{ made, explanation: null, job: null }]), [{ kind: 'opened', id: 'case-a' }]);
    t.strictSame(await store.get('default', 'case-a'), openedCase(made));
    t.strictSame(await store.byAssessment('default', 'assessment-a'), openedCase(made));
    t.equal((await store.get('default', 'case-a'))?.assessment.caseId, 'case-a');
    t.equal(await store.get('default', 'case-b'), null);
    t.equal(await store.byAssessment('default', 'x'.repeat(5000)), null, 'whatever a caller asks for');
  });

  t.test('opening the same assessment again, in the same call or later, names the case that is there and stores nothing', async (t) => {
    const { store, queue } = await open(t);
    const again = { ...newCase('a'), id: 'case-of-another-name', openedAtMs: noonMs + 99_999 };
    t.strictSame(await store.open([opening('a'), { made: again, explanation: explanation('late'), job: job('late') }]), [
      { kind: 'opened', id: 'case-a' },
      { kind: 'already', id: 'case-a' },
    ]);
    t.strictSame(await store.open([opening('a')]), [{ kind: 'already', id: 'case-a' }]);
    t.strictSame(await listed(store), ['case-a']);
    t.strictSame(await store.explanations('default', 'case-a'), []);
    t.strictSame(await queue.claim({ tiers, limit: 9, leaseMs: 1000 }), []);
  });

  t.test('a case comes with its template explanation and its job, or not at all', async (t) => {
    const { store, queue } = await open(t);
    await store.open([{ made: newCase('a'), explanation: explanation('template'), job: job('a') }]);
    t.strictSame(await store.explanations('default', 'case-a'), [{ ...explanation('template'), version: 1 }]);
    const [claim] = await queue.claim({ tiers, limit: 9, leaseMs: 1000 });
    t.equal(claim?.job.subject, 'case-a');
  });

  t.test('texts longer than anybody reads are cut', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a', { shown: { userAgent: 'x'.repeat(100_000), ip: '\u0000\ud800"\n' } })]);
    const found = await store.get('default', 'case-a');
    t.equal(found?.shown.userAgent?.length, 1024);
    t.equal(found?.shown.ip, '\u0000\ud800"\n');
    const resolved = await store.resolve('default', 'case-a', resolution('genuine', { comment: 'ä'.repeat(100_000) }));
    t.equal(resolved.kind === 'resolved' && resolved.found.resolution?.comment.length, commentLengthMax);
  });

  t.test('a change made to a case after it was opened does not reach the store', async (t) => {
    const { store } = await open(t);
    const codes = [reason('NEW_DEVICE')];
    const made = newCase('a', { reasons: codes });
    const opened = store.open([{ made, explanation: null, job: null }]);
    await opened;
    codes.length = 0;
    t.strictSame((await store.get('default', 'case-a'))?.codes, ['NEW_DEVICE']);
  });
}
