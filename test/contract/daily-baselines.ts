// What every store of daily sums promises, whatever it is made of. Run by test/adapters for each adapter.
import type { Test } from 'tap';
import { placesPerDayMax } from '../../src/domain/baseline/day.ts';
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import type { DailyBaselines, DayTotals, Window } from '../../src/ports/case/daily-baselines.ts';
import { loginOn, sumsOf } from '../support/baselines.ts';

export type OpenBaselines = (t: Test) => Promise<{ readonly baselines: DailyBaselines }>;

const windowAt = (number: number): Window => ({ fromMs: number * 600_000, untilMs: (number + 1) * 600_000 });

function totals(day: number, change: Partial<DayTotals>): DayTotals {
  return { day, logins: 0, failures: 0, flagged: [0, 0, 0, 0], accounts: 0, countries: 0, networks: 0, ...change };
}

export function dailyBaselinesContract(t: Test, open: OpenBaselines): void {
  t.test('a day is the sum of its windows, of its tenant alone', async (t) => {
    const { baselines } = await open(t);
    t.equal(await baselines.daysKept(), 0);
    const first = sumsOf(loginOn(100, 'a'), loginOn(100, 'b', { country: 'FR' }, true), loginOn(99, 'a'));
    t.equal(await baselines.add('default', windowAt(1), first), true);
    const second = sumsOf(
      loginOn(100, 'a', {}, true),
      loginOn(100, 'c', { country: 'FR', asn: 7 }),
      loginOn(102, 'a', { country: null, asn: null }),
    );
    t.equal(await baselines.add('default', windowAt(2), second), true);
    t.equal(await baselines.add('other', windowAt(2), sumsOf(loginOn(100, 'z'))), true);
    t.strictSame(await baselines.days('default', 99, 102), [
      totals(99, { logins: 1, accounts: 1, countries: 1, networks: 1 }),
      totals(100, { logins: 4, flagged: [0, 2, 0, 0], accounts: 3, countries: 2, networks: 2 }),
      totals(102, { logins: 1, accounts: 1 }),
    ]);
    t.strictSame(
      (await baselines.days('default', 100, 101)).map(({ day }) => day),
      [100],
    );
    t.strictSame(await baselines.place('default', 'country', 'FR', 90, 110), [{ day: 100, logins: 2, flagged: 1 }]);
    t.strictSame(await baselines.place('default', 'country', 'DE', 90, 110), [
      { day: 99, logins: 1, flagged: 0 },
      { day: 100, logins: 2, flagged: 1 },
    ]);
    t.strictSame(await baselines.place('default', 'network', '7', 100, 100), [{ day: 100, logins: 1, flagged: 0 }]);
    t.strictSame(await baselines.place('default', 'network', 'FR', 90, 110), []);
    t.equal((await baselines.days('other', 0, 999))[0]?.logins, 1);
    t.strictSame(await baselines.days('third', 0, 999), []);
    t.equal(await baselines.daysKept(), 3, 'of all tenants, each once');
  });

  t.test('a window of a tenant counts once, whoever adds it and whatever else it says', async (t) => {
    const { baselines } = await open(t);
    const sums = sumsOf(loginOn(100, 'a'));
    const answers = await Promise.all([1, 1, 1].map((number) => baselines.add('default', windowAt(number), sums)));
    t.equal(answers.filter((added) => added).length, 1);
    t.equal(await baselines.add('default', windowAt(3), sums), true);
    t.equal(await baselines.add('default', windowAt(2), sums), false, 'an earlier one');
    t.equal(await baselines.add('other', windowAt(1), sums), true);
    t.equal((await baselines.days('default', 100, 100))[0]?.logins, 2);
    t.equal(await baselines.add('default', windowAt(4), []), true, 'a window in which nothing counted');
    t.equal(await baselines.add('default', windowAt(4), sums), false);
  });

  t.test('how far all is summed up never moves back', async (t) => {
    const { baselines } = await open(t);
    t.equal(await baselines.summedUntil(), null);
    await baselines.settle(600_000);
    await baselines.settle(1_200_000);
    await baselines.settle(600_000);
    t.equal(await baselines.summedUntil(), 1_200_000);
  });

  t.test('a day names so many places, over all its windows, and goes on counting those', async (t) => {
    const { baselines } = await open(t);
    const networks = (from: number, to: number): StoredAssessment[] =>
      Array.from({ length: to - from }, (_, i) => loginOn(100, 'a', { asn: from + i }));
    await baselines.add('default', windowAt(1), sumsOf(...networks(0, placesPerDayMax - 2)));
    await baselines.add('default', windowAt(2), sumsOf(...networks(placesPerDayMax - 4, placesPerDayMax + 6)));
    const [day] = await baselines.days('default', 100, 100);
    t.equal(day?.networks, placesPerDayMax);
    t.equal(day?.logins, placesPerDayMax + 8);
    const known = `${placesPerDayMax - 3}`;
    t.strictSame(await baselines.place('default', 'network', known, 100, 100), [{ day: 100, logins: 2, flagged: 0 }]);
    t.strictSame(await baselines.place('default', 'network', `${placesPerDayMax}`, 100, 100), []);
  });

  t.test('old days are forgotten with their places, a few at a time', async (t) => {
    const { baselines } = await open(t);
    const days = Array.from({ length: 12 }, (_, i) => loginOn(90 + i, 'a'));
    for (const tenant of ['default', 'other']) await baselines.add(tenant, windowAt(1), sumsOf(...days));
    const steps: number[] = [];
    for (let step = await baselines.expire(100); step > 0; step = await baselines.expire(100)) steps.push(step);
    t.equal(
      steps.reduce((sum, step) => sum + step, 0),
      20,
    );
    t.ok(steps.length > 1 && steps.every((step) => step <= 10), `${steps}`);
    for (const tenant of ['default', 'other']) {
      const left = (found: readonly { day: number }[]): number[] => found.map(({ day }) => day);
      t.strictSame(left(await baselines.days(tenant, 0, 999)), [100, 101]);
      t.strictSame(left(await baselines.place(tenant, 'country', 'DE', 0, 999)), [100, 101]);
    }
  });
}
