// What analysts see beside a case, in SQLite.
import t from 'tap';
import { assetStoreContract } from '../../contract/asset-store.ts';
import { dailyBaselinesContract } from '../../contract/daily-baselines.ts';
import { loginOn, sumsOf } from '../../support/baselines.ts';
import { directoryFor, openCases, tamper } from '../../support/case-files.ts';

t.test('described applications in SQLite', (t) => {
  assetStoreContract(t, (t, options) => openCases(t, options));
  t.end();
});

t.test('daily sums in SQLite', (t) => {
  dailyBaselinesContract(t, (t) => openCases(t));
  t.end();
});

t.test('a damaged day counts on from what can be read of it', async (t) => {
  const directory = directoryFor(t);
  const { baselines } = await openCases(t, { directory });
  await baselines.add('default', { fromMs: 0, untilMs: 600_000 }, sumsOf(loginOn(100, 'a'), loginOn(100, 'b', {}, true)));
  tamper(directory, (db) => db.exec("update baseline_day set flagged = '[1, \"x\"', accounts = 'x'"));
  await baselines.add('default', { fromMs: 600_000, untilMs: 1_200_000 }, sumsOf(loginOn(100, 'c', {}, true)));
  t.match(await baselines.days('default', 100, 100), [{ logins: 3, flagged: [0, 1, 0, 0], accounts: 1, countries: 1 }]);
});
