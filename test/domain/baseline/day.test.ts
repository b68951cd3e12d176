import t from 'tap';
import { dayMs, dayOf, placesPerDayMax, type SumsByDay, sumLogin } from '../../../src/domain/baseline/day.ts';
import { countDistinct } from '../../../src/domain/baseline/distinct.ts';
import type { StoredAssessment } from '../../../src/domain/assessment.ts';
import { noonMs, storedOf, visitOf } from '../../support/records.ts';

const plain = storedOf('id-1', 'accountA');

function login(change: Partial<StoredAssessment> & { readonly judged?: Partial<StoredAssessment['assessment']> } = {}): StoredAssessment {
  const { judged, ...rest } = change;
  const assessment = { ...plain.assessment, verdict: 'allow', level: 'low', ...judged } as const;
  return { ...plain, outcomes: [], ...rest, assessment };
}

t.test('a day counts logins, failures, what was flagged by tier, accounts and places', (t) => {
  const sums: SumsByDay = new Map();
  sumLogin(sums, login());
  sumLogin(sums, login({ context: { ...plain.context, result: 'failure' } }));
  sumLogin(sums, login({ outcomes: ['failed'] }));
  sumLogin(sums, login({ outcomes: ['challenge_failed', 'abandoned'], judged: { verdict: 'challenge', level: 'high' } }));
  sumLogin(sums, login({ visit: visitOf('accountB', noonMs, { country: 'FR', asn: 7 }), judged: { verdict: 'deny', level: 'critical' } }));
  sumLogin(sums, login({ visit: visitOf('accountC', noonMs, { country: null, asn: null }) }));
  sumLogin(sums, login({ occurredAtMs: noonMs - dayMs }));
  t.same([...sums.keys()], [dayOf(noonMs), dayOf(noonMs) - 1]);
  const day = sums.get(dayOf(noonMs));
  t.match(day, { day: dayOf(noonMs), logins: 6, failures: 3, flagged: [1, 1, 0, 0] });
  t.equal(day === undefined ? 0 : countDistinct(day.accounts), 3);
  t.same(
    day?.places.country,
    new Map([
      ['DE', { logins: 4, flagged: 1 }],
      ['FR', { logins: 1, flagged: 1 }],
    ]),
  );
  t.same(
    day?.places.network,
    new Map([
      ['3320', { logins: 4, flagged: 1 }],
      ['7', { logins: 1, flagged: 1 }],
    ]),
  );
  t.equal(sums.get(dayOf(noonMs) - 1)?.logins, 1);
  t.end();
});

t.test('a day names so many places and goes on counting those', (t) => {
  const sums: SumsByDay = new Map();
  for (let asn = 0; asn < placesPerDayMax + 5; asn++) sumLogin(sums, login({ visit: visitOf('accountA', noonMs, { asn }) }));
  sumLogin(sums, login({ visit: visitOf('accountA', noonMs, { asn: 3 }) }));
  const day = sums.get(dayOf(noonMs));
  t.equal(day?.places.network.size, placesPerDayMax);
  t.equal(day?.places.network.get('3')?.logins, 2);
  t.equal(day?.logins, placesPerDayMax + 6);
  t.end();
});
