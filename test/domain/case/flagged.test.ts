import t from 'tap';
import { levels, verdicts } from '../../../src/domain/assessment.ts';
import { caseAgeMsMax, newCaseOf, opensCase, shownOf } from '../../../src/domain/case/flagged.ts';
import { tierOf } from '../../../src/domain/case/tier.ts';
import { flaggedLogin } from '../../support/flagged.ts';
import { noonMs } from '../../support/records.ts';

t.test('a login of now becomes a case exactly where its verdict and level have a tier', (t) => {
  for (const verdict of verdicts)
    for (const level of levels) t.equal(opensCase(verdict, level, noonMs, noonMs), tierOf(verdict, level) !== null, `${verdict} ${level}`);
  t.end();
});

t.test('history that is being loaded opens no cases, whatever it was', (t) => {
  t.equal(opensCase('deny', 'critical', noonMs - caseAgeMsMax, noonMs), true);
  t.equal(opensCase('deny', 'critical', noonMs - caseAgeMsMax - 1, noonMs), false);
  t.end();
});

t.test('a case shows what was sent, and of a login found again that it is not known', (t) => {
  const login = flaggedLogin('a');
  const { context, visit } = login;
  const known = {
    userId: context.userId,
    ip: context.ip,
    deviceId: context.deviceId,
    clientId: context.clientId,
    country: visit.country,
    region: visit.region,
    city: visit.city,
  };
  t.same(shownOf(login), { ...known, userAgent: 'curl/8.5.0', acceptLanguage: 'de', organisation: 'Example Ltd' });
  t.same(shownOf({ ...login, sent: null }), { ...known, userAgent: null, acceptLanguage: null, organisation: null });
  t.end();
});

t.test('a case has the id that the answer named, and the tier of its verdict and level', (t) => {
  const login = flaggedLogin('a');
  t.match(newCaseOf(login, noonMs), {
    id: 'case-a',
    tenant: 'default',
    openedAtMs: noonMs,
    tier: 'high',
    shown: { userAgent: 'curl/8.5.0' },
  });
  const { assessment } = login;
  t.equal(newCaseOf({ ...login, assessment: { ...assessment, caseId: null } }, noonMs), null);
  t.equal(newCaseOf({ ...login, assessment: { ...assessment, verdict: 'allow', level: 'low' } }, noonMs), null);
  t.end();
});
