// The table says what the evidence of the moment says, else what the profile says, else that it is absent; never a number from nowhere.
import fc from 'fast-check';
import t from 'tap';
import { absenceCauses } from '../../../src/domain/absence.ts';
import { usualAspects, type UsualRow, usualTable } from '../../../src/review/case-page/usual.ts';
import { timelineOf } from '../../../src/review/case-page/timeline.ts';
import { accountWith, factsWith, homeVisits } from '../../support/facts.ts';
import { judgedRecord, policyFrom } from '../../support/judged.ts';
import { reason } from '../../support/cases.ts';
import { anyFacts } from '../../support/signal-contract.ts';

const policy = policyFrom('policies/default.yaml');

function byAspect(rows: readonly UsualRow[]): Record<string, UsualRow> {
  return Object.fromEntries(rows.map((row) => [row.aspect, row]));
}

const home = accountWith(homeVisits(40));
const abroad = factsWith({
  visit: { country: 'JP', region: 'Tokyo', city: 'Tokyo', asn: 2516, language: 'ja', latitude: 35.68, longitude: 139.69 },
  account: home,
});

t.test('a login from elsewhere stands beside home, with how often each was seen', (t) => {
  const record = judgedRecord(abroad, policy);
  const rows = byAspect(usualTable({ assessment: record.assessment, visit: abroad.visit, record, profile: home }));
  t.match(rows['country'], { now: 'JP', usual: 'DE', seen: 0, of: 40 });
  t.match(rows['city'], { now: 'Tokyo', usual: 'Berlin', seen: 0 });
  t.match(rows['network'], { now: 2516, usual: 3320, seen: 0 });
  t.match(rows['device'], { now: 'known', usual: 'Firefox, Windows', seen: 40, of: 40 });
  t.match(rows['hour'], { now: '09:00', usual: '09:00', seen: 40, of: 40 });
  t.match(rows['browser'], { now: 'Firefox', usual: 'Firefox', seen: 40 });
  t.match(rows['interval_days'], { now: 1, usual: 1, from: 'assessment' });
  t.match(rows['account_failures_24h'], { now: 0, usual: null, usualAbsent: 'unknown' });
  t.end();
});

t.test('the evidence of the moment goes before the profile of now', (t) => {
  const record = judgedRecord(abroad, policy);
  const evidence = { country: 'JP', usual_country: 'FR', good_logins: 7, good_logins_in_country: 2 };
  const assessment = { ...record.assessment, reasons: [reason('NEW_COUNTRY', evidence)] };
  const rows = byAspect(usualTable({ assessment, visit: abroad.visit, record, profile: home }));
  t.match(rows['country'], { usual: 'FR', seen: 2, of: 7, from: 'assessment' });
  t.match(rows['language'], { usual: 'de', seen: 0, of: 40, from: 'profile' });
  t.end();
});

t.test('without evidence and profile, each line says why', (t) => {
  const bare = factsWith({
    attempt: { device: { id: null, language: null, timeZone: null, software: null, fingerprint: null } },
    visit: { country: null, city: null, asn: null, asnClass: 'unknown' },
  });
  const record = judgedRecord(bare, policy);
  const assessment = { ...record.assessment, reasons: [] };
  const rows = byAspect(usualTable({ assessment, visit: bare.visit, record: null, profile: 'late' }));
  t.match(rows['country'], { now: null, nowAbsent: 'unknown', usual: null, usualAbsent: 'late', seen: null, from: null });
  t.match(rows['language'], { now: null, nowAbsent: 'not_sent', usualAbsent: 'late' });
  t.match(rows['device'], { now: null, nowAbsent: 'not_sent' });
  t.match(rows['interval_days'], { nowAbsent: 'unavailable', usualAbsent: 'unavailable' });
  t.match(byAspect(usualTable({ assessment, visit: bare.visit, record, profile: null }))['country'], { usualAbsent: 'no_history' });
  t.end();
});

t.test('whatever the login, every line is there, and null never stands without its cause', (t) => {
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(null, ...absenceCauses), fc.boolean(), (facts, absent, stored) => {
      const record = judgedRecord(facts, policy);
      const rows = usualTable({
        assessment: record.assessment,
        visit: facts.visit,
        record: stored ? record : null,
        profile: absent ?? facts.account,
      });
      return (
        rows.map(({ aspect }) => aspect).join() === usualAspects.join() &&
        rows.every((row) => (row.now === null) === (row.nowAbsent !== null) && (row.usual === null) === (row.usualAbsent !== null)) &&
        rows.every(({ seen, of }) => seen === null || (seen >= 0 && (of === null || of >= 0)))
      );
    }),
    { numRuns: 150 },
  );
  t.end();
});

t.test('the timeline marks this login, and says of each whether the device was known and is the same', (t) => {
  const record = judgedRecord(abroad, policy);
  const other = { ...judgedRecord(factsWith({ attempt: { device: { id: 'other' } }, account: home }), policy) };
  const older = {
    ...other,
    occurredAtMs: 1,
    label: 'takeover' as const,
    assessment: { ...other.assessment, assessmentId: 'older', caseId: 'case-1' },
  };
  const [first, second] = timelineOf([record, older], { assessmentId: record.assessment.assessmentId, device: 'device-home' });
  t.match(first, { isThis: true, deviceKnown: true, sameDevice: true, country: 'JP', label: null });
  t.match(second, { isThis: false, deviceKnown: false, sameDevice: false, caseId: 'case-1', label: 'takeover', atMs: 1 });
  t.match(timelineOf([{ ...record, features: new Float32Array(0) }], { assessmentId: 'x', device: null })[0], {
    deviceKnown: null,
    sameDevice: null,
  });
  t.end();
});
