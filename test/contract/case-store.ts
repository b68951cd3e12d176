// What every case store promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import { type Campaign, campaignAccountsMin } from '../../src/domain/case/campaign.ts';
import { type CaseSummary, commentLengthMax, openedCase, type Resolution } from '../../src/domain/case/case.ts';
import { explanationBytesMax, explanationVersionsMax } from '../../src/domain/case/explanation.ts';
import { caseOrders, type CaseFilter, type CaseOrder } from '../../src/domain/case/query.ts';
import { tiers } from '../../src/domain/case/tier.ts';
import type { CaseStore, Page } from '../../src/ports/case-store.ts';
import type { JobQueue } from '../../src/ports/job-queue.ts';
import { anyLoginParts, explanation, job, newCase, opening, reason } from '../support/cases.ts';
import { componentsOf } from '../support/components.ts';
import { noonMs } from '../support/records.ts';

export type OpenCases = (t: Test) => Promise<{ readonly store: CaseStore; readonly queue: JobQueue }>;

export function itemsOf<T>(page: Page<T>): readonly T[] {
  ok(page.kind === 'page', page.kind);
  return page.items;
}

function cursorOf(page: Page<unknown>): string | null {
  ok(page.kind === 'page', page.kind);
  return page.nextCursor;
}

async function listed(store: CaseStore, filter: CaseFilter = {}, order: CaseOrder = 'newest', tenant = 'default'): Promise<string[]> {
  return itemsOf(await store.list(tenant, { filter, order, limit: 200, cursor: null })).map((found) => found.id);
}

async function campaignsOf(store: CaseStore, tenant = 'default'): Promise<readonly Campaign[]> {
  return itemsOf(await store.campaigns(tenant, { limit: 200, cursor: null }));
}

function resolution(label: 'genuine' | 'takeover', change: Partial<Resolution> = {}): Resolution {
  return { label, comment: 'called the user', by: 'ada', atMs: noonMs + 1000, ...change };
}

/** Three accounts on one rented machine: a campaign. */
const onOneServer = (name: string, atMs = noonMs) =>
  opening(name, { atMs, visit: { host: 'serverA', asnClass: 'hosting', device: null, block: `block-${name}` } });

export function caseStoreContract(t: Test, open: OpenCases): void {
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

  t.test('of two who decide differently the second sees what the first said; a reopening undoes it', async (t) => {
    const { store } = await open(t);
    await store.open([opening('a')]);
    const first = await store.resolve('default', 'case-a', resolution('genuine'));
    t.equal(first.kind, 'resolved');
    t.strictSame(first.kind === 'resolved' && first.found.resolution, resolution('genuine'));
    t.strictSame((await store.get('default', 'case-a'))?.resolution, resolution('genuine'));
    t.equal((await store.resolve('default', 'case-a', resolution('genuine', { by: 'bob' }))).kind, 'already');
    t.strictSame(await store.resolve('default', 'case-a', resolution('takeover', { by: 'bob' })), {
      kind: 'contradiction',
      standing: resolution('genuine'),
    });
    const reopened = await store.reopen('default', 'case-a', 'bob', noonMs + 5000);
    t.strictSame(reopened.kind === 'reopened' && reopened.undone, resolution('genuine'));
    t.equal((await store.reopen('default', 'case-a', 'bob', noonMs + 6000)).kind, 'already');
    const found = await store.get('default', 'case-a');
    t.equal(found?.state, 'reopened');
    t.equal(found?.resolution, null);
    t.strictSame(found?.reopening, { by: 'bob', atMs: noonMs + 5000 });
    t.equal((await store.resolve('default', 'case-a', resolution('takeover'))).kind, 'resolved');
    t.equal((await store.resolve('default', 'case-z', resolution('takeover'))).kind, 'unknown_case');
    t.equal((await store.reopen('default', 'case-z', 'bob', noonMs)).kind, 'unknown_case');
    const audit = await store.readAudit('default', { subject: 'case-a', limit: 10 });
    t.strictSame(
      audit.map(({ action, actor }) => [action, actor]),
      [
        ['case_resolved', 'ada'],
        ['case_reopened', 'bob'],
        ['case_resolved', 'ada'],
      ],
      'what changed something is recorded, newest first, and nothing else',
    );
  });

  t.test('three accounts on one rented machine are a campaign, two are not', async (t) => {
    const { store } = await open(t);
    await store.open([onOneServer('a'), onOneServer('b', noonMs + 60_000)]);
    t.strictSame(await campaignsOf(store), []);
    t.equal((await store.get('default', 'case-a'))?.campaignId, null);
    await store.open([onOneServer('c', noonMs - 60_000)]);
    const [campaign, ...others] = await campaignsOf(store);
    t.strictSame(others, []);
    t.strictSame(campaign, {
      id: campaign?.id,
      tenant: 'default',
      firstAtMs: noonMs - 60_000,
      lastAtMs: noonMs + 60_000,
      cases: 3,
      openCases: 3,
      accounts: 3,
      tier: 'high',
      sharedBy: [{ kind: 'server', cases: 3 }],
    });
    for (const id of ['case-a', 'case-b', 'case-c']) t.equal((await store.get('default', id))?.campaignId, campaign?.id);
    t.strictSame((await listed(store, { campaignId: campaign?.id ?? '' }, 'oldest')).length, 3);
    await store.resolve('default', 'case-a', resolution('takeover'));
    t.equal((await campaignsOf(store))[0]?.openCases, 2);
    await store.reopen('default', 'case-a', 'ada', noonMs);
    t.equal((await campaignsOf(store))[0]?.openCases, 3);
    t.strictSame(await store.campaign('default', campaign?.id ?? ''), (await campaignsOf(store))[0]);
    t.equal(await store.campaign('other', campaign?.id ?? ''), null);
    t.equal(await store.campaign('default', 'case-a'), null);
  });

  t.test('a login that ties two campaigns together makes them one, and the old name leads there', async (t) => {
    const { store } = await open(t);
    const on = (name: string, visit: object) =>
      opening(name, { visit: { asnClass: 'hosting', device: null, block: `block-${name}`, ...visit } });
    await store.open([on('a', { host: 'serverA' }), on('b', { host: 'serverA' }), on('c', { host: 'serverA' })]);
    await store.open([
      on('d', { host: 'serverB' }),
      on('e', { host: 'serverB' }),
      on('f', { host: 'serverB' }),
      on('g', { host: 'serverB' }),
    ]);
    const before = await campaignsOf(store);
    t.equal(before.length, 2);
    await store.open([on('h', { host: 'serverA', device: 'deviceX' }), on('i', { host: 'serverB', device: 'deviceX' })]);
    const [one, ...others] = await campaignsOf(store);
    t.strictSame(others, []);
    t.equal(one?.cases, 9);
    t.equal(one?.accounts, 9);
    t.equal(one?.openCases, 9);
    for (const { id } of before) {
      t.strictSame(await store.campaign('default', id), one);
      t.equal((await listed(store, { campaignId: id })).length, 9);
    }
    for (const name of 'abcdefghi') await store.eraseAccount('default', `account-${name}`, 'test', noonMs);
    for (const { id } of before) t.equal(await store.campaign('default', id), null, 'gone with its last case');
  });

  t.test('a login that was genuine ties nothing together, until it is reopened', async (t) => {
    const { store } = await open(t);
    await store.open([onOneServer('a')]);
    await store.resolve('default', 'case-a', resolution('genuine'));
    await store.open([onOneServer('b'), onOneServer('c')]);
    t.strictSame(await campaignsOf(store), []);
    await store.reopen('default', 'case-a', 'ada', noonMs);
    await store.open([onOneServer('d', noonMs - 1)]);
    t.equal((await campaignsOf(store))[0]?.cases, 4);
  });

  t.test('the order in which logins arrive, and in which batches, does not change who belongs together', async (t) => {
    const { store } = await open(t);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyLoginParts, { minLength: 2, maxLength: 14 }), fc.infiniteStream(fc.nat()), async (logins, draws) => {
        const groupsIn = async (order: readonly number[], size: number): Promise<string[]> => {
          const tenant = `tenant ${run++}`;
          const made = order.map((i) => opening(`${run}/${i}`, { ...(logins[i] as object), tenant }));
          for (let at = 0; at < made.length; at += size) await store.open(made.slice(at, at + size));
          const groups = new Map<string | null, string[]>();
          for (const id of await listed(store, {}, 'newest', tenant)) {
            const campaign = (await store.get(tenant, id))?.campaignId ?? null;
            groups.set(campaign, [...(groups.get(campaign) ?? []), id.split('/')[1] as string]);
          }
          return Array.from(
            groups,
            ([campaign, members]) => `${campaign === null ? 'alone' : 'campaign'}: ${members.sort().join(' ')}`,
          ).sort();
        };
        const inOrder = logins.map((_, i) => i);
        const shuffled = inOrder.map((i) => ({ i, key: draws.next().value })).sort((a, b) => a.key - b.key);
        const expected = await groupsIn(inOrder, logins.length);
        deepStrictEqual(await groupsIn(inOrder.toReversed(), 1), expected);
        deepStrictEqual(
          await groupsIn(
            shuffled.map(({ i }) => i),
            3,
          ),
          expected,
        );
      }),
      { numRuns: 40 },
    );
  });

  t.test('who belongs together is whoever is connected by links, as if every pair had been compared', async (t) => {
    const { store } = await open(t);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyLoginParts, { minLength: 2, maxLength: 20 }), async (logins) => {
        const tenant = `tenant ${run++}`;
        const made = logins.map((parts, i) => newCase(`${run}/${i}`, { ...parts, tenant }));
        for (const each of made) await store.open([{ made: each, explanation: null, job: null }]);
        for (const group of componentsOf(made)) {
          const named = new Set(await Promise.all(group.map(async ({ id }) => (await store.get(tenant, id))?.campaignId)));
          const accounts = new Set(group.map(({ visit }) => visit.account)).size;
          deepStrictEqual(named.size, 1, 'one name');
          deepStrictEqual(named.has(null), accounts < campaignAccountsMin, 'a campaign from three accounts on');
        }
      }),
      { numRuns: 40 },
    );
  });

  t.test('campaigns are counted right, whoever joins, merges, resolves and leaves', async (t) => {
    const { store } = await open(t);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyLoginParts, { minLength: 6, maxLength: 18 }), fc.nat(), async (logins, draw) => {
        const tenant = `tenant ${run++}`;
        await store.open(logins.map((parts, i) => opening(`${run}/${i}`, { ...parts, tenant })));
        await store.resolve(tenant, `case-${run}/${draw % logins.length}`, resolution(draw % 2 === 0 ? 'genuine' : 'takeover'));
        for (const erased of [false, true]) {
          if (erased) await store.eraseAccount(tenant, 'accountB', 'test', noonMs);
          for (const campaign of await campaignsOf(store, tenant)) {
            const members = itemsOf(
              await store.list(tenant, { filter: { campaignId: campaign.id }, order: 'newest', limit: 200, cursor: null }),
            );
            deepStrictEqual(campaign.cases, members.length);
            deepStrictEqual(campaign.accounts, new Set(members.map((member) => member.account)).size);
            deepStrictEqual(campaign.openCases, members.filter((member) => member.state !== 'resolved').length);
            for (const { kind, cases } of campaign.sharedBy) ok(cases > 0 && cases <= members.length, kind);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  t.test('campaigns are paged newest first, and by whether anything is left to do', async (t) => {
    const { store } = await open(t);
    for (let i = 0; i < 4; i++)
      await store.open(
        ['x', 'y', 'z'].map((name) => opening(`${i}${name}`, { atMs: noonMs + i * 60_000, visit: { device: `tool-${i}` } })),
      );
    const first = await store.campaigns('default', { limit: 3, cursor: null });
    const second = await store.campaigns('default', { limit: 3, cursor: cursorOf(first) });
    const ids = [...itemsOf(first), ...itemsOf(second)].map((campaign) => campaign.lastAtMs - noonMs);
    t.strictSame(ids, [180_000, 120_000, 60_000, 0]);
    t.equal(cursorOf(second), null);
    for (const name of ['x', 'y', 'z']) await store.resolve('default', `case-3${name}`, resolution('takeover'));
    const left = itemsOf(await store.campaigns('default', { limit: 9, cursor: null, unresolved: true }));
    t.strictSame(
      left.map((campaign) => campaign.lastAtMs - noonMs),
      [120_000, 60_000, 0],
    );
    const recent = itemsOf(await store.campaigns('default', { limit: 9, cursor: null, activeFromMs: noonMs + 120_000 }));
    t.strictSame(
      recent.map((campaign) => campaign.lastAtMs - noonMs),
      [180_000, 120_000],
    );
  });

  t.test('related cases come by the most telling thing shared, then the nearest in time, each once', async (t) => {
    const { store } = await open(t);
    await store.open([
      opening('a', { account: 'accountA', visit: { device: 'deviceA', host: 'hostA', block: 'blockA', fingerprint: 'printA' } }),
      opening('block', { visit: { block: 'blockA' } }),
      opening('host', { visit: { host: 'hostA', block: 'blockA' } }),
      opening('print', { visit: { fingerprint: 'printA' } }),
      opening('device', { visit: { device: 'deviceA', host: 'hostA' } }),
      opening('later', { account: 'accountA', atMs: noonMs + 60_000 }),
      opening('earlier', { account: 'accountA', atMs: noonMs - 30_000, visit: { device: 'deviceA' } }),
      opening('stranger'),
      opening('elsewhere', { tenant: 'other', account: 'accountA' }),
    ]);
    const related = async (limit: number): Promise<string[]> =>
      (await store.related('default', 'case-a', limit)).map(({ kind, found }) => `${kind} ${found.id.slice(5)}`);
    t.strictSame(await related(9), [
      'by_account earlier',
      'by_account later',
      'by_device device',
      'by_fingerprint print',
      'by_address host',
      'by_block block',
    ]);
    t.strictSame(await related(2), ['by_account earlier', 'by_account later']);
    t.strictSame(await store.related('default', 'case-z', 9), []);
  });

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
