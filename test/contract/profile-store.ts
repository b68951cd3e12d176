// What every profile store promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import { attemptedChanges, failedChanges, learnedChanges, unlearnedChanges } from '../../src/domain/profile/change.ts';
import { evolveAccount } from '../../src/domain/profile/evolve.ts';
import type { AccountEvent } from '../../src/domain/profile/account.ts';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import { attributeValue, populationAttributes, type Visit } from '../../src/domain/profile/visit.ts';
import { countWithin, hour } from '../../src/domain/profile/window-counter.ts';
import type { ProfileBundle, ProfileChange, ProfileStore } from '../../src/ports/profile-store.ts';
import { anyVisit, noonMs, visitOf } from '../support/records.ts';

export type OpenProfileStore = (t: Test) => Promise<ProfileStore>;

export async function readVisit(store: ProfileStore, tenant: string, visit: Visit): Promise<ProfileBundle> {
  return store.read({
    tenant,
    account: visit.account,
    host: visit.host,
    block: visit.block,
    asn: visit.asn,
    device: visit.device,
    population: populationAttributes.map((attribute) => attributeValue(visit, attribute)),
  });
}

export function profileStoreContract(t: Test, open: OpenProfileStore): void {
  t.test('what is applied is in the next read, before and after a flush', async (t) => {
    const store = await open(t);
    const visit = visitOf('accountA');
    store.apply('default', attemptedChanges(visit, true));
    store.apply('default', learnedChanges(visit));
    for (const when of ['before', 'after']) {
      const bundle = await readVisit(store, 'default', visit);
      t.equal(bundle.account?.goodCount, 1, when);
      t.equal(bundle.account?.devices[0]?.device, visit.device, when);
      t.equal(countWithin(bundle.account?.failures ?? [], hour, noonMs), 1, when);
      for (const source of [bundle.host, bundle.block, bundle.asn, bundle.device]) {
        t.equal(source?.goodCount, 1, when);
        t.strictSame(source?.accounts.members, [shortKey('accountA')], when);
      }
      t.equal(bundle.device?.machine, 'Windows|Win32|1920x1080', when);
      t.strictSame(bundle.population, { total: 1, counts: [1, 1, 1, 1, 1, 1, 1, 1] }, when);
      t.strictSame(await store.readAccount('default', 'accountA'), bundle.account, when);
      await store.flush();
    }
  });

  t.test('what was never seen is null, and its population counts are zero', async (t) => {
    const store = await open(t);
    const visit = visitOf('accountA', noonMs, { asn: null, device: null });
    t.strictSame(await readVisit(store, 'default', visit), {
      account: null,
      host: null,
      block: null,
      asn: null,
      device: null,
      population: { total: 0, counts: [0, 0, 0, 0, 0, 0, 0, 0] },
    });
    t.equal(await store.readAccount('default', 'accountA'), null);
  });

  t.test('events of one account take effect in the order in which they were applied', async (t) => {
    const store = await open(t);
    const anyEvent: fc.Arbitrary<AccountEvent> = fc.record(
      { type: fc.constantFrom('learned' as const, 'learned' as const, 'unlearned' as const), visit: anyVisit },
      { noNullPrototype: true },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 12 }), fc.nat(12), async (events, flushAt) => {
        const account = `account${run++}`;
        let expected: ReturnType<typeof evolveAccount> = null;
        for (const [i, event] of events.entries()) {
          if (i === flushAt) await store.flush();
          store.apply('default', [{ kind: 'account', key: account, event }]);
          expected = evolveAccount(expected, event);
        }
        deepStrictEqual(await store.readAccount('default', account), expected);
        await store.flush();
        deepStrictEqual(await store.readAccount('default', account), expected);
      }),
      { numRuns: 25 },
    );
  });

  t.test('unlearning takes back what learning gave', async (t) => {
    const store = await open(t);
    const visit = visitOf('accountA');
    store.apply('default', learnedChanges(visit));
    await store.flush();
    store.apply('default', unlearnedChanges(visit));
    const bundle = await readVisit(store, 'default', visit);
    t.equal(bundle.account?.goodCount, 0);
    t.strictSame(bundle.account?.devices, []);
    t.equal(bundle.host?.goodCount, 0);
    t.strictSame(bundle.population, { total: 0, counts: [0, 0, 0, 0, 0, 0, 0, 0] });
  });

  t.test('nothing that one tenant does shows in another, however alike their names', async (t) => {
    const store = await open(t);
    const tenants = ['default', 'default2', 'def', 'a', 'a b', 'ä', 'A'];
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tenants), fc.constantFrom(...tenants), anyVisit, async (mine, theirs, visit) => {
        fc.pre(mine !== theirs);
        const own = {
          ...visit,
          account: `${visit.account}${run}`,
          host: `host${run}`,
          block: `block${run}`,
          asn: run,
          device: `device${run++}`,
        };
        store.apply(mine, learnedChanges(own));
        const before = await readVisit(store, theirs, own);
        deepStrictEqual([before.account, before.host, before.block, before.asn, before.device], [null, null, null, null, null]);
        deepStrictEqual((await readVisit(store, mine, own)).account?.goodCount, 1);
      }),
      { numRuns: 40 },
    );
  });

  t.test('an erased account is forgotten at once and for good, and erasing it again says that nothing was there', async (t) => {
    const store = await open(t);
    const visit = visitOf('accountA');
    const other = visitOf('accountB');
    store.apply('default', learnedChanges(visit));
    store.apply('default', learnedChanges(other));
    await store.flush();
    store.apply('default', attemptedChanges(visit, false));
    t.equal(await store.eraseAccount('default', 'accountA'), true);
    t.equal(await store.readAccount('default', 'accountA'), null);
    t.equal(await store.eraseAccount('default', 'accountA'), false);
    await store.flush();
    t.equal(await store.readAccount('default', 'accountA'), null);
    t.equal((await store.readAccount('default', 'accountB'))?.goodCount, 1);
    store.apply('default', unlearnedChanges(visit));
    t.equal(await store.readAccount('default', 'accountA'), null, 'a late correction does not bring it back');
    store.apply('default', learnedChanges(visit));
    t.equal((await store.readAccount('default', 'accountA'))?.goodCount, 1, 'a new login begins a new profile');
  });

  t.test('a change made to an event after it was applied does not reach the store', async (t) => {
    const store = await open(t);
    const dwellMs = [90, 91, 92];
    const visit = visitOf('accountA', noonMs, { typing: { dwellMs, flightMs: [100, 101] } });
    const values = ['3320', 'DE'];
    const changes: ProfileChange[] = [
      { kind: 'account', key: 'accountA', event: { type: 'learned', visit } },
      { kind: 'population', values, amount: 1 },
    ];
    store.apply('default', changes);
    const before = structuredClone(await store.readAccount('default', 'accountA'));
    dwellMs[0] = 100_000;
    dwellMs.length = 1;
    values[0] = '1';
    changes.length = 0;
    await store.flush();
    t.strictSame(await store.readAccount('default', 'accountA'), before);
    t.equal((await readVisit(store, 'default', visit)).population.counts[0], 1);
  });

  t.test('a thousand events on one address are all counted', async (t) => {
    const store = await open(t);
    const visit = visitOf('accountA');
    for (let i = 0; i < 1000; i++) {
      store.apply('default', failedChanges({ ...visit, account: `account${i}` }, noonMs));
      if (i % 300 === 0) await store.flush();
      if (i % 7 === 0) await readVisit(store, 'default', visit);
    }
    await store.flush();
    const bundle = await readVisit(store, 'default', visit);
    t.equal(countWithin(bundle.host?.failures ?? [], hour, noonMs), 1000);
    t.equal(countWithin(bundle.asn?.failures ?? [], hour, noonMs), 1000);
  });

  t.test('what nobody touched since the retention limit is forgotten, and nothing else; who comes back begins anew', async (t) => {
    const store = await open(t);
    const dayMs = 86_400_000;
    const visits = Array.from({ length: 200 }, (_, i) =>
      visitOf(`account${i}`, noonMs - i * dayMs, { host: `host${i}`, block: `block${i}`, asn: 64_512 + i, device: `device${i}` }),
    );
    for (const visit of visits) store.apply('default', learnedChanges(visit));
    // Failures alone keep a profile too: somebody is trying.
    store.apply('default', attemptedChanges({ ...(visits[150] as Visit), atMs: noonMs }, true));
    store.apply('other', learnedChanges(visits[10] as Visit));
    await store.flush();
    t.strictSame(await expireAll(store, noonMs - 500 * dayMs), 0, 'nothing is that old');
    // Of accounts and of each kind of source, the 99 older ones but one.
    t.strictSame(await expireAll(store, noonMs - 100 * dayMs), 98 * 5);
    for (const when of ['before', 'after']) {
      for (const [i, visit] of visits.entries()) {
        const { account, host, block, asn, device } = await readVisit(store, 'default', visit);
        const kept = i <= 100 || i === 150;
        t.strictSame(
          [account, host, block, asn, device].filter((profile) => profile !== null).length,
          kept ? 5 : 0,
          `${i} ${when} a flush`,
        );
      }
      t.ok((await readVisit(store, 'other', visits[10] as Visit)).account);
      await store.flush();
    }
    t.strictSame(await expireAll(store, noonMs - 100 * dayMs), 0);
    store.apply('default', learnedChanges({ ...(visits[199] as Visit), atMs: noonMs }));
    await store.flush();
    const back = await readVisit(store, 'default', visits[199] as Visit);
    t.strictSame([back.account?.goodCount, back.account?.firstGoodMs, back.asn?.goodCount], [1, noonMs, 1]);
  });
}

async function expireAll(store: ProfileStore, untouchedSinceMs: number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const step = await store.expire(untouchedSinceMs);
    forgotten += step.forgotten;
    if (step.complete) return forgotten;
  }
}
