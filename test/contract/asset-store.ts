// What every store of described applications promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import type { Asset, AssetChange } from '../../src/domain/asset.ts';
import type { AssetStore } from '../../src/ports/case/asset-store.ts';
import { asset, assetFacts, removal } from '../support/assets.ts';
import { noonMs } from '../support/records.ts';

export type OpenAssets = (t: Test, options: { readonly assetsMax?: number }) => Promise<{ readonly assets: AssetStore }>;

async function listed(assets: AssetStore, tenant = 'default'): Promise<string[]> {
  return (await assets.list(tenant, null, 100)).map(({ clientId }) => clientId);
}

export function assetStoreContract(t: Test, open: OpenAssets): void {
  t.test('what is described is read back as it was, of its tenant alone', async (t) => {
    const { assets } = await open(t, {});
    const bare = asset('ünï/🚪', { facts: { name: null, owner: null, sensitivity: null, environment: null, note: null } });
    t.same(await assets.keep('default', asset('web')), { kind: 'stored', changedAtMs: noonMs });
    await assets.keep('default', bare);
    t.strictSame(await assets.get('default', 'web'), asset('web'));
    t.strictSame(await assets.get('default', 'ünï/🚪'), bare);
    t.equal(await assets.get('default', 'WEB'), null);
    t.equal(await assets.get('other', 'web'), null);
    t.strictSame(await assets.list('other', null, 9), []);
    await assets.keep('other', asset('web', { facts: assetFacts({ name: 'Theirs' }), changedAtMs: noonMs - 1 }));
    t.equal((await assets.get('default', 'web'))?.facts.name, 'Payroll');
    t.equal((await assets.get('other', 'web'))?.facts.name, 'Theirs');
  });

  t.test('the same change again is none, and two of one moment that differ are a contradiction', async (t) => {
    const { assets } = await open(t, {});
    await assets.keep('default', asset('web'));
    t.same(await assets.keep('default', asset('web', { by: 'somebody else' })), { kind: 'already', changedAtMs: noonMs });
    for (const name of ['name', 'owner', 'environment', 'note'] as const) {
      const other = asset('web', { facts: assetFacts({ [name]: 'other' }) });
      t.same(await assets.keep('default', other), { kind: 'contradiction', changedAtMs: noonMs }, name);
    }
    t.same(await assets.keep('default', removal('web')), { kind: 'contradiction', changedAtMs: noonMs });
    t.strictSame(await assets.get('default', 'web'), asset('web'));
  });

  t.test('whatever the order in which changes arrive, and however often, the latest one stands', async (t) => {
    const { assets } = await open(t, {});
    let run = 0;
    const change = fc.record({ at: fc.integer({ min: 0, max: 9 }), name: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null }) });
    const distinct = fc.uniqueArray(change, { selector: ({ at }) => at, minLength: 1, maxLength: 6 });
    const arriving = distinct.chain((made) =>
      fc.tuple(
        fc.constant(made),
        fc.shuffledSubarray([...made, ...made], { minLength: made.length }).map((some) => [...some, ...made]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(arriving, async ([made, arrivals]) => {
        const id = `run${run++}`;
        const changeOf = ({ at, name }: (typeof made)[number]): AssetChange =>
          name === null ? removal(id, { changedAtMs: noonMs + at }) : asset(id, { facts: assetFacts({ name }), changedAtMs: noonMs + at });
        let standing = -1;
        for (const each of arrivals) {
          const { kind, changedAtMs } = await assets.keep('default', changeOf(each));
          deepStrictEqual(kind, each.at > standing ? 'stored' : each.at === standing ? 'already' : 'outdated');
          standing = Math.max(standing, each.at);
          deepStrictEqual(changedAtMs, noonMs + standing);
        }
        const latest = changeOf(made.reduce((a, b) => (a.at > b.at ? a : b)));
        deepStrictEqual(await assets.get('default', id), latest.facts === null ? null : latest);
      }),
      { numRuns: 40 },
    );
  });

  t.test(
    'a removed application is shown no more, also one that nobody had described, and an older change does not bring it back',
    async (t) => {
      const { assets } = await open(t, {});
      await assets.keep('default', asset('web'));
      t.same(await assets.keep('default', removal('web', { changedAtMs: noonMs + 5 })), { kind: 'stored', changedAtMs: noonMs + 5 });
      t.same(await assets.keep('default', removal('web', { changedAtMs: noonMs + 5 })), { kind: 'already', changedAtMs: noonMs + 5 });
      await assets.keep('default', removal('never'));
      t.equal((await assets.keep('default', asset('web', { changedAtMs: noonMs + 4 }))).kind, 'outdated');
      t.equal((await assets.keep('default', asset('never', { changedAtMs: noonMs - 1 }))).kind, 'outdated');
      t.equal(await assets.get('default', 'web'), null);
      t.strictSame(await listed(assets), []);
      await assets.keep('default', asset('web', { changedAtMs: noonMs + 6 }));
      t.strictSame(await listed(assets), ['web']);
    },
  );

  t.test('a list goes by the bytes of client ids, and from any place on', async (t) => {
    const { assets } = await open(t, {});
    const ids = ['Z', 'a', 'a b', 'ab', 'ä', '\uff5e', '🚪'];
    for (const id of [...ids].reverse()) await assets.keep('default', asset(id));
    await assets.keep('default', removal('aa'));
    t.strictSame(await listed(assets), ids);
    t.strictSame(
      (await assets.list('default', 'a', 2)).map(({ clientId }) => clientId),
      ['a b', 'ab'],
    );
    t.strictSame((await assets.list('default', 'aa', 1))[0], asset('ab'), 'from a place that is no more');
    t.strictSame(await assets.list('default', '🚪', 9), []);
    t.strictSame(await assets.list('default', null, -1), [], 'less than none is none');
  });

  t.test('a tenant has so many places; a new application takes that of the oldest removal, and none of those described', async (t) => {
    const { assets } = await open(t, { assetsMax: 3 });
    await assets.keep('default', asset('kept'));
    await assets.keep('default', removal('gone-2', { changedAtMs: noonMs + 2 }));
    await assets.keep('default', removal('gone-1', { changedAtMs: noonMs + 1 }));
    t.equal((await assets.keep('default', asset('new-1'))).kind, 'stored');
    t.equal((await assets.keep('default', asset('gone-2', { changedAtMs: noonMs }))).kind, 'outdated', 'the newer mark is there');
    t.equal((await assets.keep('default', asset('new-2'))).kind, 'stored');
    t.same(await assets.keep('default', asset('new-3')), { kind: 'full', changedAtMs: null });
    t.same(await assets.keep('default', removal('new-3')), { kind: 'full', changedAtMs: null });
    t.equal((await assets.keep('default', asset('kept', { changedAtMs: noonMs + 1 }))).kind, 'stored', 'what is described may change');
    t.equal((await assets.keep('other', asset('new-3'))).kind, 'stored', 'another tenant has places of its own');
    t.strictSame(await listed(assets), ['kept', 'new-1', 'new-2']);
  });

  t.test('how many are described and when the newest change was made, of all tenants', async (t) => {
    const { assets } = await open(t, {});
    t.same(await assets.totals(), { described: 0, changedAtMs: null });
    for (const tenant of ['default', 'other']) await assets.keep(tenant, asset('web'));
    await assets.keep('other', asset('pay'));
    await assets.keep('other', removal('pay', { changedAtMs: noonMs + 7 }));
    t.same(await assets.totals(), { described: 2, changedAtMs: noonMs + 7 });
  });

  t.test('what was read cannot be changed by its reader', async (t) => {
    const { assets } = await open(t, {});
    const given = asset('web');
    await assets.keep('default', given);
    (given.facts as { name: string }).name = 'changed';
    const read = (await assets.get('default', 'web')) as Asset;
    (read.facts as { name: string }).name = 'changed';
    t.strictSame(await assets.get('default', 'web'), asset('web'));
  });
}
