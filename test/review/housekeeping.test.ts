import t from 'tap';
import { openMemoryCases } from '../../src/adapters/memory/cases.ts';
import { dayMs, dayOf } from '../../src/domain/baseline/day.ts';
import { keepHouse } from '../../src/review/housekeeping.ts';
import { loginOn, sumsOf } from '../support/baselines.ts';
import { explanation, job, newCase } from '../support/cases.ts';
import { settled } from '../support/flagged.ts';
import { testClock, testRandom } from '../support/ports.ts';
import { noonMs } from '../support/records.ts';

t.test('cases after their retention and jobs done days ago are forgotten, at the start and while it runs', async (t) => {
  const clock = testClock(noonMs);
  const { store, queue, log, baselines } = openMemoryCases({ clock, random: testRandom() });
  const open = (name: string, openedAtMs: number) =>
    store.open([
      {
        made: newCase(name, { openedAtMs }),
        explanation: explanation('template'),
        job: job(name, { subject: `case-${name}` }),
        tellings: [{ key: 'template', kind: 'template', body: '{}', atMs: openedAtMs }],
      },
    ]);
  await open('old', noonMs - 91 * dayMs);
  await open('new', noonMs - 89 * dayMs);
  const [claim] = await queue.claim({ tiers: ['high', 'critical', 'medium', 'low'], limit: 1, leaseMs: 1000 });
  const oldDay = loginOn(dayOf(noonMs) - 91, 'a');
  const keptDay = loginOn(dayOf(noonMs) - 90, 'a');
  await baselines.add('default', { fromMs: 0, untilMs: 600_000 }, sumsOf(oldDay, keptDay));
  const stop = keepHouse({ store, queue, baselines, clock, caseRetentionDays: 90 });
  await settled();
  t.equal(await store.get('default', 'case-old'), null);
  t.equal(await log.after('default', 'case-old', 0, 9), null);
  t.ok(await store.get('default', 'case-new'));
  t.strictSame(
    (await baselines.days('default', 0, 99_999)).map(({ day }) => day),
    [dayOf(noonMs) - 90],
  );
  if (claim !== undefined) await queue.complete(claim.job.id, claim.lease);
  clock.advance(2 * dayMs + 60_000);
  await settled();
  t.equal(await store.get('default', 'case-new'), null);
  t.equal(await queue.forgetDone(Number.MAX_SAFE_INTEGER), 0, 'nothing done is left');
  await stop();
});

t.test('a store that cannot is asked again at the next round, and nothing is asked after the stop', async (t) => {
  const clock = testClock(noonMs);
  const cases = openMemoryCases({ clock, random: testRandom() });
  let asked = 0;
  const store = Object.assign(cases.store, { expire: () => Promise.reject(new Error(`no ${++asked}`)) });
  const stop = keepHouse({ ...cases, store, clock, caseRetentionDays: 1 });
  await settled();
  clock.advance(60_000);
  await settled();
  t.equal(asked, 2);
  await stop();
  clock.advance(600_000);
  await settled();
  t.equal(asked, 2);
});
