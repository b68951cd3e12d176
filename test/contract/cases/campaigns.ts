// What belongs together: decisions, campaigns and related cases.
import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import { campaignAccountsMin } from '../../../src/domain/case/campaign.ts';
import { anyLoginParts, newCase, opening } from '../../support/cases.ts';
import { componentsOf } from '../../support/components.ts';
import { noonMs } from '../../support/records.ts';
import { itemsOf, cursorOf, listed, campaignsOf, resolution, onOneServer, type OpenCases } from './questions.ts';

export function campaignContract(t: Test, open: OpenCases): void {
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
}
