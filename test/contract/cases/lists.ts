// Lists: filters, words, orders and cursors.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import type { CaseSummary } from '../../../src/domain/case/case.ts';
import { caseOrders, type CaseFilter, type CaseOrder } from '../../../src/domain/case/query.ts';
import type { Page } from '../../../src/ports/case/case-store.ts';
import { anyLoginParts, opening, reason } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';
import { cursorOf, itemsOf, listed, resolution, type OpenCases } from './questions.ts';

export function listContract(t: Test, open: OpenCases): void {
  t.test('lists are filtered by each part that is given', async (t) => {
    const { store } = await open(t);
    await store.open([
      opening('a', { tier: 'critical', account: 'accountA', openedAtMs: noonMs }),
      opening('b', { tier: 'low', reasons: [reason('TOR_EXIT'), reason('NEW_DEVICE')], openedAtMs: noonMs + 10 }),
      opening('c', { tier: 'high', openedAtMs: noonMs + 20 }),
    ]);
    await store.resolve('default', 'case-b', resolution('genuine'));
    await store.resolve('default', 'case-c', resolution('takeover'));
    await store.reopen('default', 'case-c', 'bob', noonMs);
    const by = async (filter: CaseFilter): Promise<string[]> => (await listed(store, filter, 'oldest')).map((id) => id.slice(5));
    t.strictSame(await by({}), ['a', 'b', 'c']);
    t.strictSame(await by({ states: [], tiers: [] }), ['a', 'b', 'c'], 'no choice excludes nothing');
    t.strictSame(await by({ states: ['open'] }), ['a']);
    t.strictSame(await by({ states: ['open', 'reopened'] }), ['a', 'c']);
    t.strictSame(await by({ states: ['resolved'] }), ['b']);
    t.strictSame(await by({ tiers: ['critical', 'low'] }), ['a', 'b']);
    t.strictSame(await by({ verdicts: ['challenge'] }), ['a', 'b', 'c']);
    t.strictSame(await by({ verdicts: ['deny'] }), []);
    t.strictSame(await by({ account: 'accountA' }), ['a']);
    t.strictSame(await by({ code: 'TOR_EXIT' }), ['b']);
    t.strictSame(await by({ openedFromMs: noonMs + 10, openedBeforeMs: noonMs + 20 }), ['b']);
    t.strictSame(await by({ tiers: ['high'], states: ['resolved'] }), []);
    t.strictSame(await by({ campaignId: 'case-a' }), []);
  });

  t.test('a case is found by the beginning of any word that an analyst would type', async (t) => {
    const { store } = await open(t);
    await store.open([
      opening('a', { shown: { userId: 'Ada.Lovelace@example.com', ip: '198.51.100.23', organisation: 'Hetzner Online GmbH' } }),
      opening('b', { shown: { userId: 'ＢＯＢ', ip: '2001:db8::17', city: 'Łódź' } }),
    ]);
    const by = async (search: string): Promise<string> => (await listed(store, { search }, 'oldest')).map((id) => id.slice(5)).join('');
    for (const words of [
      'ada',
      'LOVELACE',
      'example.com',
      'ada.lovelace@example.com',
      '198.51.100',
      '198.51.100.23',
      'hetzner ada',
      'case-a',
    ])
      t.equal(await by(words), 'a', words);
    for (const words of ['bob', '2001:db8', 'łódź', 'assessment-b']) t.equal(await by(words), 'b', words);
    for (const words of ['', '   ']) t.equal(await by(words), 'ab', 'no words exclude nothing');
    for (const words of ['ovelace', '51.100', 'ada bob', '%', '_', '*', '"', "' or 1=1 --", '\u{10ffff}'])
      t.equal(await by(words), '', words);
  });

  t.test('what a login wrote is stored and erased, whatever characters it is made of', async (t) => {
    const { store } = await open(t);
    const odd = { userId: '\ud800', deviceId: '\udbff', clientId: '\ufffd', city: '\u0000a', organisation: `${'x'.repeat(127)}😀` };
    await store.open([opening('a', { shown: odd })]);
    t.strictSame(await listed(store, { search: '\ud800' }), ['case-a']);
    t.strictSame(await listed(store, { search: `${'x'.repeat(127)}😀` }), ['case-a']);
    t.equal(await store.eraseAccount('default', 'account-a', 'test', noonMs), 1);
    t.strictSame(await listed(store, { search: 'x' }), []);
  });

  t.test('orders: by arrival either way, or the most urgent and riskiest first, of equals the newest', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a', { tier: 'low', score: 0.999 }), opening('b', { tier: 'critical', score: 0.99 })]);
    await store.open([opening('c', { tier: 'critical', score: 0.999 }), opening('d', { tier: 'low', score: 0.999 })]);
    const ids = async (order: CaseOrder): Promise<string> => (await listed(store, {}, order)).map((id) => id.slice(5)).join('');
    t.equal(await ids('oldest'), 'abcd');
    t.equal(await ids('newest'), 'dcba');
    t.equal(await ids('severity'), 'cbda');
  });

  t.test('paging shows each case that was there when it began exactly once and in order, whatever happens meanwhile', async (t) => {
    let run = 0;
    const { store } = await open(t);
    const step = fc.constantFrom('open' as const, 'resolve' as const, 'erase' as const, 'nothing' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLoginParts, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(...caseOrders),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.tuple(step, anyLoginParts), { maxLength: 12 }),
        async (logins, order, limit, steps) => {
          const tenant = `tenant${run++}`;
          const name = (i: number | string): string => `${run} ${i}`;
          await store.open(logins.map((parts, i) => opening(name(i), { ...parts, tenant })));
          const whole = await listed(store, {}, order, tenant);
          const erased = new Set<string>();
          const seen: CaseSummary[] = [];
          let cursor: string | null = null;
          do {
            const page = await store.list(tenant, { filter: {}, order, limit, cursor });
            seen.push(...itemsOf(page));
            cursor = cursorOf(page);
            const [kind, parts] = steps[seen.length % (steps.length + 1)] ?? ['nothing', null];
            if (kind === 'open') await store.open([opening(name(`new ${seen.length}`), { ...parts, tenant })]);
            const some = whole[(seen.length * 7) % whole.length] as string;
            if (kind === 'resolve') await store.resolve(tenant, some, resolution('genuine'));
            if (kind === 'erase') {
              const account = (await store.get(tenant, some))?.account ?? '';
              for (const id of await listed(store, { account }, order, tenant)) erased.add(id);
              await store.eraseAccount(tenant, account, 'test', noonMs);
            }
          } while (cursor !== null);
          const ids = seen.map((found) => found.id);
          deepStrictEqual(new Set(ids).size, ids.length, 'none twice');
          const seenOfBefore = ids.filter((id) => whole.includes(id));
          const expected = whole.filter((id) => ids.includes(id) || !erased.has(id));
          deepStrictEqual(seenOfBefore, expected, 'each of those that were there, in order');
        },
      ),
      { numRuns: 40 },
    );
  });

  t.test('who reads from the oldest and comes back with the last cursor misses nothing that came since', async (t) => {
    const { store } = await open(t);
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let i = 0; i < 5; i++) {
      await store.open([opening(`${i}x`), opening(`${i}y`)]);
      const page: Page<CaseSummary> = await store.list('default', { filter: {}, order: 'oldest', limit: 1, cursor });
      seen.push(...itemsOf(page).map((found) => found.id));
      cursor = cursorOf(page);
    }
    const rest = await store.list('default', { filter: {}, order: 'oldest', limit: 200, cursor });
    seen.push(...itemsOf(rest).map((found) => found.id));
    t.strictSame(
      seen,
      [0, 1, 2, 3, 4].flatMap((i) => [`case-${i}x`, `case-${i}y`]),
    );
  });

  t.test('a cursor of another list, or made up, is refused', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a'), opening('b'), opening('c')]);
    const query = { filter: {}, order: 'newest' as const, limit: 1 };
    const cursor = cursorOf(await store.list('default', { ...query, cursor: null }));
    t.equal((await store.list('default', { ...query, cursor })).kind, 'page');
    t.equal((await store.list('default', { ...query, limit: 2, cursor })).kind, 'page', 'another page size is the same list');
    t.equal((await store.list('other', { ...query, cursor })).kind, 'bad_cursor');
    t.equal((await store.list('default', { ...query, order: 'severity', cursor })).kind, 'bad_cursor');
    t.equal((await store.list('default', { ...query, filter: { tiers: ['low'] }, cursor })).kind, 'bad_cursor');
    t.equal((await store.campaigns('default', { limit: 1, cursor })).kind, 'bad_cursor');
    t.equal((await store.allFeedback('default', 1, cursor)).kind, 'bad_cursor');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{27}$/)), async (text) => {
        deepStrictEqual((await store.list('default', { ...query, cursor: text })).kind, 'bad_cursor');
      }),
      { numRuns: 50 },
    );
  });
}
