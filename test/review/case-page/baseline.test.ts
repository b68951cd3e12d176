// The day of a login is held against the days before it, or it is said why not.
import t from 'tap';
import { createMemoryDailyBaselines } from '../../../src/adapters/memory/daily-baselines.ts';
import { dayMs, dayOf } from '../../../src/domain/baseline/day.ts';
import { openedCase } from '../../../src/domain/case/case.ts';
import { baselinePart } from '../../../src/review/case-page/baseline.ts';
import { loginOn, sumsOf } from '../../support/baselines.ts';
import { newCase } from '../../support/cases.ts';
import { visitOf } from '../../support/records.ts';

const found = openedCase(newCase('one'));
const day = dayOf(found.occurredAtMs);

function loginsOn(at: number, count: number, flagged: number, country = 'DE') {
  return Array.from({ length: count }, (_, i) => loginOn(at, `account-${i}`, { country }, i < flagged));
}

t.test('the day is shown with the median of the whole days before it, days without a login included', async (t) => {
  const baselines = createMemoryDailyBaselines();
  const logins = [
    ...loginsOn(day - 30, 999, 999),
    ...loginsOn(day - 4, 10, 1),
    ...loginsOn(day - 3, 20, 2),
    ...loginsOn(day - 1, 30, 3),
    ...loginsOn(day, 40, 9),
    ...loginsOn(day, 5, 5, 'FR'),
    ...loginsOn(day + 1, 999, 999),
  ];
  await baselines.add('default', { fromMs: 0, untilMs: 600_000 }, sumsOf(...logins));
  await baselines.settle(day * dayMs + 7);
  const part = await baselinePart(found, baselines);
  t.match(part, {
    kind: 'here',
    asOfMs: day * dayMs + 7,
    value: {
      dayAtMs: day * dayMs,
      isWhole: false,
      daysBefore: 4,
      logins: { onDay: 45, usual: 15 },
      failures: { onDay: 0, usual: 0 },
      flagged: { onDay: 14, usual: 1.5 },
      accounts: { onDay: 40, usual: 15 },
      countries: { onDay: 2, usual: 1 },
      networks: { onDay: 1, usual: 1 },
      places: [
        { kind: 'country', value: 'DE', logins: { onDay: 40, usual: 15 }, flagged: { onDay: 9, usual: 1.5 } },
        { kind: 'network', value: '3320', logins: { onDay: 45, usual: 15 }, flagged: { onDay: 14, usual: 1.5 } },
      ],
    },
  });
  const fromFrance = { ...found, visit: visitOf('a', found.occurredAtMs, { country: 'FR', asn: null }) };
  t.match(await baselinePart(fromFrance, baselines), {
    value: { places: [{ kind: 'country', value: 'FR', logins: { onDay: 5, usual: 0 } }] },
  });
  await baselines.settle((day + 2) * dayMs);
  t.match(await baselinePart(found, baselines), { asOfMs: (day + 1) * dayMs, value: { isWhole: true } });
});

t.test('a first day has nothing to be held against, and a day that is not summed up is unknown', async (t) => {
  const baselines = createMemoryDailyBaselines();
  const absent = { kind: 'absent', cause: 'unknown' };
  t.same(await baselinePart(found, baselines), absent);
  await baselines.settle((day + 1) * dayMs);
  t.same(await baselinePart(found, baselines), absent);
  await baselines.add('default', { fromMs: 0, untilMs: 600_000 }, sumsOf(...loginsOn(day, 3, 1)));
  t.match(await baselinePart(found, baselines), {
    value: { daysBefore: 0, logins: { onDay: 3, usual: null }, places: [{ logins: { usual: null } }, {}] },
  });
  t.same(await baselinePart({ ...found, tenant: 'other' }, baselines), absent);
});
