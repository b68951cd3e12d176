// What is forgotten, and what never shows in another tenant.
import type { Test } from 'tap';
import { tiers } from '../../../src/domain/case/tier.ts';
import { explanation, job, newCase, opening } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';
import { itemsOf, listed, campaignsOf, resolution, type OpenCases } from './questions.ts';

export function removalContract(t: Test, open: OpenCases): void {
  t.test('erasing an account forgets its cases with all that hangs on them, of that tenant only, and is idempotent', async (t) => {
    const { store, queue } = await open(t);
    const theirs = (name: string, tenant = 'default') => ({
      made: newCase(name, { account: 'accountA', tenant, shown: { userId: 'to-erase' } }),
      explanation: explanation('template'),
      job: job(name, { tenant }),
    });
    await store.open([theirs('a'), theirs('b'), theirs('c', 'other'), opening('d', { visit: { host: 'host-a' } })]);
    await store.giveFeedback('default', {
      caseId: 'case-a',
      version: 1,
      finding: null,
      by: 'ada',
      opinion: 'wrong',
      comment: 'x',
      atMs: noonMs,
    });
    await store.resolve('default', 'case-b', resolution('takeover', { comment: 'about the user' }));
    t.equal(await store.eraseAccount('default', 'accountA', 'dpo', noonMs), 2);
    t.equal(await store.eraseAccount('default', 'accountA', 'dpo', noonMs), 0);
    for (const id of ['case-a', 'case-b']) {
      t.equal(await store.get('default', id), null);
      t.strictSame(await store.explanations('default', id), []);
      t.strictSame(await store.feedbackOf('default', id), []);
    }
    t.equal(await store.byAssessment('default', 'assessment-a'), null);
    t.strictSame(await listed(store, { search: 'to-erase' }), []);
    t.strictSame(await store.related('default', 'case-d', 9), []);
    t.strictSame(itemsOf(await store.allFeedback('default', 9, null)), []);
    t.ok(await store.get('other', 'case-c'));
    t.strictSame(
      (await queue.claim({ tiers, limit: 9, leaseMs: 1 })).map(({ job: { subject } }) => subject),
      ['case-c'],
    );
    const [entry] = await store.readAudit('default', { limit: 1 });
    t.equal(entry?.action, 'user_erased');
    t.notOk(JSON.stringify(await store.readAudit('default', { limit: 99 })).match(/to-erase|accountA|about the user/));
    t.equal((await store.verifyAudit()).intact, true, 'and the audit is whole');
    t.strictSame(await store.open([theirs('a')]), [{ kind: 'opened', id: 'case-a' }], 'a new login begins a new case');
  });

  t.test(
    'a login from before the erasure of its account brings no case back, one from after it does, and that is forgotten in time',
    async (t) => {
      const { store } = await open(t);
      const dayMs = 86_400_000;
      const login = (name: string, assessedAtMs: number, tenant = 'default') => ({
        ...opening(name, { account: 'accountA', tenant }),
        assessedAtMs,
      });
      await store.eraseAccount('default', 'accountA', 'dpo', noonMs);
      const before = [login('a', noonMs - 1), login('b', noonMs)];
      t.same(
        (await store.open([...before, login('c', noonMs + 1), login('d', noonMs - 1, 'other')])).map(({ kind }) => kind),
        ['erased', 'erased', 'opened', 'opened'],
      );
      t.strictSame((await listed(store, {})).toSorted(), ['case-c']);
      await store.expire(0, noonMs + 6 * dayMs);
      t.equal((await store.open(before))[0]?.kind, 'erased');
      await store.expire(0, noonMs + 8 * dayMs);
      t.equal((await store.open(before))[0]?.kind, 'opened', 'which nobody tries');
    },
  );

  t.test('cases opened before the retention limit are removed in bounded steps, resolved or not, and nothing else', async (t) => {
    const { store } = await open(t);
    const dayMs = 86_400_000;
    await store.open(Array.from({ length: 60 }, (_, i) => opening(`${i}`, { openedAtMs: noonMs - ((i * 7) % 60) * dayMs })));
    await store.resolve('default', 'case-1', resolution('genuine'));
    const beforeMs = noonMs - 30 * dayMs;
    let expired = 0;
    for (let step = await store.expire(beforeMs, noonMs); step > 0; step = await store.expire(beforeMs, noonMs)) expired += step;
    t.equal(expired, 29);
    for (let i = 0; i < 60; i++) t.equal((await store.get('default', `case-${i}`)) !== null, (i * 7) % 60 <= 30);
    t.equal((await store.readAudit('default', { limit: 1 }))[0]?.action, 'cases_expired');
  });

  t.test('nothing of one tenant shows in another, however alike their names', async (t) => {
    const { store } = await open(t);
    const tenants = ['default', 'default2', 'def', 'a', 'a b', 'ä', 'A', ''];
    for (const tenant of tenants)
      await store.open([
        opening('x', { tenant, account: 'same', visit: { device: 'same', host: 'same', asnClass: 'hosting' } }),
        opening('y', { tenant, visit: { device: 'same', host: 'same', asnClass: 'hosting' } }),
      ]);
    for (const tenant of tenants) {
      t.strictSame(await listed(store, {}, 'oldest', tenant), ['case-x', 'case-y'], tenant);
      t.equal((await store.get(tenant, 'case-x'))?.tenant, tenant);
      t.strictSame(
        (await store.related(tenant, 'case-x', 9)).map(({ found }) => found.tenant),
        [tenant],
      );
      t.strictSame(await campaignsOf(store, tenant), [], 'two accounts each, however many tenants');
    }
    t.equal(await store.eraseAccount('a', 'same', 'test', noonMs), 1);
    t.equal((await store.get('a b', 'case-x'))?.id, 'case-x');
  });
}
