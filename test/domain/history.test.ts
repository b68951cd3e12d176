import t from 'tap';
import fc from 'fast-check';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { historyChange } from '../../src/domain/signal/history/change.ts';
import { historyDepth } from '../../src/domain/signal/history/depth.ts';
import { historyDormancy } from '../../src/domain/signal/history/dormancy.ts';
import { hourLogRatio, nearestClockMinutes, uniformLogins } from '../../src/domain/signal/history/hour-density.ts';
import { historyHour } from '../../src/domain/signal/history/hour.ts';
import { historyLanguage } from '../../src/domain/signal/history/language.ts';
import { historySession } from '../../src/domain/signal/history/session.ts';
import { historySignals } from '../../src/domain/signal/history/signals.ts';
import { accountWith, attemptWith, dayMs, deriveSignal, factsWith, homeVisits, hourMs, nowMs, visitWith } from '../support/facts.ts';
import { checkContract, checkDefinition } from '../support/signal-contract.ts';

for (const signal of historySignals) {
  t.test(`${signal.name} keeps the contract of a signal for all facts`, (t) => {
    checkDefinition(signal);
    checkContract(signal, 150);
    t.end();
  });
}

const population = { total: 1000, counts: { language: 300 } };

t.test('the usual language lowers, a language new to the account raises, the more the more others use it', (t) => {
  const account = accountWith(homeVisits(20));
  const usual = deriveSignal(historyLanguage, factsWith({ account, population }));
  const changed = deriveSignal(
    historyLanguage,
    factsWith({ account, population: { total: 1000, counts: { language: 500 } }, visit: { language: 'en' } }),
  );
  t.same(usual.rules, ['language_usual']);
  t.same(changed.rules, ['language_new']);
  t.equal(changed.features['language_known_log'], 0);
  t.ok((changed.features['language_ratio_log'] as number) > 0 && (usual.features['language_ratio_log'] as number) < 0);
  t.match(changed.explain(1), {
    code: 'LANGUAGE_CHANGED',
    evidence: { language: 'en', usual_language: 'de', good_logins: 20, good_logins_with_it: 0, share_of_everybody: 0.5 },
  });
  t.match(usual.explain(-1), { code: 'USUAL_LANGUAGE', evidence: { good_logins_with_it: 20 } });
  t.end();
});

t.test('language is judged from the account, from everybody, or from neither, as far as they are known', (t) => {
  const young = deriveSignal(historyLanguage, factsWith({ population }));
  t.ok(Number.isNaN(young.features['language_known_log'] as number) && Number.isNaN(young.features['language_ratio_log'] as number));
  t.ok((young.features['language_surprise'] as number) > 1);
  const alone = deriveSignal(historyLanguage, factsWith({ account: accountWith(homeVisits(4)) }));
  t.ok(Number.isNaN(alone.features['language_surprise'] as number) && (alone.features['language_known_log'] as number) > 1);
  t.equal(alone.explain(-1).evidence['share_of_everybody'], null);
  t.equal(deriveSignal(historyLanguage, factsWith({})).cause, 'no_history');
  const silent = deriveSignal(historyLanguage, factsWith({ visit: { language: null }, population }));
  t.equal(silent.cause, 'not_sent');
  t.match(silent.explain(1).evidence, { good_logins_with_it: 0, usual_language: null });
  t.end();
});

const minuteOfTheWeek = fc.integer({ min: 0, max: 10_079 });

t.test('the density of hours is a density: its mean over the week is one, whatever the history', (t) => {
  fc.assert(
    fc.property(fc.array(minuteOfTheWeek, { maxLength: 48 }), (hours) => {
      let sum = 0;
      for (let minute = 0; minute < 10_080; minute++) sum += Math.exp(hourLogRatio(hours, minute));
      return Math.abs(sum / 10_080 - 1) < 1e-9;
    }),
    { numRuns: 20 },
  );
  t.end();
});

t.test('the week has no end: shifting history and attempt alike changes nothing', (t) => {
  fc.assert(
    fc.property(fc.array(minuteOfTheWeek, { minLength: 1, maxLength: 48 }), minuteOfTheWeek, minuteOfTheWeek, (hours, minute, shift) => {
      const turned = hours.map((hour) => (hour + shift) % 10_080);
      return Math.abs(hourLogRatio(turned, (minute + shift) % 10_080) - hourLogRatio(hours, minute)) < 1e-9;
    }),
  );
  const midnight = new Array<number>(12).fill(0);
  t.ok(Math.abs(hourLogRatio(midnight, 10_075) - hourLogRatio(midnight, 5)) < 1e-12, 'Sunday 23:55 is ten minutes before Monday 00:05');
  t.end();
});

t.test('no hour is impossible, and little history says little', (t) => {
  fc.assert(
    fc.property(fc.array(minuteOfTheWeek, { maxLength: 48 }), minuteOfTheWeek, (hours, minute) => {
      const ratio = hourLogRatio(hours, minute);
      return ratio >= Math.log(uniformLogins / (hours.length + uniformLogins)) - 1e-12 && ratio < 3.5;
    }),
  );
  t.equal(hourLogRatio([], 100), 0);
  const noon = (logins: number): number => hourLogRatio(new Array<number>(logins).fill(720), 720 + 12 * 60);
  t.ok(noon(48) < noon(8) && noon(8) < 0);
  t.end();
});

t.test('the hour and the day of a habit are usual, the hour on another day less so, the dead of night unusual', (t) => {
  const workdays = Array.from({ length: 40 }, (_, i) => (i % 5) * 1440 + 9 * 60);
  const monday = hourLogRatio(workdays, 9 * 60);
  const saturday = hourLogRatio(workdays, 5 * 1440 + 9 * 60);
  const night = hourLogRatio(workdays, 3 * 60);
  t.ok(monday > saturday && saturday > 0 && night < -1.39);
  t.ok(hourLogRatio(workdays, 10 * 60) > 0.69, 'an hour of daylight saving is no change of habit');
  t.end();
});

t.test('the clock distance to the nearest login ignores the day and goes round midnight', (t) => {
  t.equal(nearestClockMinutes([1430], 1440 * 3 + 10), 20);
  t.ok(Number.isNaN(nearestClockMinutes([], 5)));
  fc.assert(
    fc.property(fc.array(minuteOfTheWeek, { minLength: 1, maxLength: 48 }), minuteOfTheWeek, (hours, minute) => {
      const nearest = nearestClockMinutes(hours, minute);
      return nearest >= 0 && nearest <= 720;
    }),
  );
  t.end();
});

t.test('the hour is silent until eight good logins, then names day and time in its evidence', (t) => {
  t.equal(deriveSignal(historyHour, factsWith({ account: accountWith(homeVisits(7)) })).cause, 'no_history');
  t.equal(deriveSignal(historyHour, factsWith({})).cause, 'no_history');
  const account = accountWith(homeVisits(40));
  const usual = deriveSignal(historyHour, factsWith({ account }));
  t.same(usual.rules, ['hour_usual']);
  t.match(usual.explain(-1), {
    code: 'USUAL_HOUR',
    evidence: { time_utc: '09:00', weekday_utc: 'Wednesday', good_logins_compared: 40, nearest_minutes_of_day: 0 },
  });
  const night = deriveSignal(historyHour, factsWith({ account, attempt: { occurredAtMs: nowMs + 14 * hourMs } }));
  t.same(night.rules, ['hour_unusual']);
  t.match(night.explain(1), { code: 'UNUSUAL_HOUR', evidence: { time_utc: '23:00', nearest_minutes_of_day: 600 } });
  t.equal(deriveSignal(historyHour, factsWith({})).explain(1).evidence['good_logins_compared'], 0);
  t.end();
});

t.test('depth counts good logins and their age; nothing known is zero, out of reach is unknown', (t) => {
  const none = deriveSignal(historyDepth, factsWith({}));
  t.same(none.rules, ['account_without_history']);
  t.ok(Number.isNaN(none.features['history_account_age_days_log'] as number));
  t.match(none.explain(0.2), {
    code: 'NEW_ACCOUNT',
    evidence: { good_logins: 0, first_good_login_days_ago: null, account_age_days: null },
  });
  const deep = deriveSignal(
    historyDepth,
    factsWith({ account: accountWith(homeVisits(40)), attempt: { user: { createdAtMs: nowMs - 400 * dayMs } } }),
  );
  t.same(deep.rules, ['account_established']);
  t.match(deep.explain(-0.2), {
    code: 'ESTABLISHED_ACCOUNT',
    evidence: { good_logins: 40, first_good_login_days_ago: 40, account_age_days: 400 },
  });
  t.equal(deriveSignal(historyDepth, factsWith({ account: accountWith([]) })).features['history_good_logins_log'], 0);
  t.equal(deriveSignal(historyDepth, factsWith({ profilesAbsent: 'late' })).cause, 'no_history');
  const late = deriveSignal(historyDepth, factsWith({ profilesAbsent: 'late', attempt: { user: { createdAtMs: nowMs + dayMs } } }));
  t.same(
    [late.cause, late.features['history_good_logins_log'], late.features['history_account_age_days_log']],
    [null, Number.NaN, 0],
    'a creation in the future is now',
  );
  t.end();
});

t.test('dormancy is measured by the account’s own habit: yearly visitors are not dormant after months', (t) => {
  const daily = accountWith(homeVisits(30, {}, dayMs, nowMs - 120 * dayMs));
  const yearly = accountWith(homeVisits(4, {}, 330 * dayMs, nowMs));
  t.same(deriveSignal(historyDormancy, factsWith({ account: daily })).rules, ['account_dormant']);
  t.same(deriveSignal(historyDormancy, factsWith({ account: yearly })).rules, []);
  const active = deriveSignal(historyDormancy, factsWith({ account: accountWith(homeVisits(30)) }));
  t.same(active.rules, ['account_active']);
  t.ok(Math.abs(active.features['dormancy_ratio_log'] as number) < 1e-6);
  t.match(deriveSignal(historyDormancy, factsWith({ account: daily })).explain(1), {
    code: 'DORMANT_ACCOUNT',
    evidence: { last_good_login_days_ago: 121, usual_interval_days: 1, good_logins: 30, times_usual: 61 },
  });
  t.equal(active.explain(-1).code, 'ACTIVE_ACCOUNT');
  t.end();
});

t.test('one good login has no interval, none at all no dormancy, and a clock that runs backwards no time', (t) => {
  const once = deriveSignal(historyDormancy, factsWith({ account: accountWith(homeVisits(1)) }));
  t.ok(Number.isNaN(once.features['dormancy_ratio_log'] as number));
  t.match(once.explain(1).evidence, { usual_interval_days: null, times_usual: null });
  t.equal(deriveSignal(historyDormancy, factsWith({})).cause, 'no_history');
  t.match(deriveSignal(historyDormancy, factsWith({})).explain(1).evidence, { last_good_login_days_ago: null, good_logins: 0 });
  t.equal(deriveSignal(historyDormancy, factsWith({ account: accountWith([]) })).cause, 'no_history');
  t.equal(deriveSignal(historyDormancy, factsWith({ account: accountWith([{ atMs: nowMs + hourMs }]) })).features['dormancy_days_log'], 0);
  t.end();
});

const changedAt = (
  credentialChangedAtMs: number | null,
  createdAtMs: number | null = null,
): { readonly user: { credentialChangedAtMs: number | null; createdAtMs: number | null } } => ({
  user: { credentialChangedAtMs, createdAtMs },
});

t.test('a fresh credential raises, the more if nobody known signed in since; an old one does not', (t) => {
  const account = accountWith(homeVisits(10));
  const fresh = deriveSignal(historyChange, factsWith({ account, attempt: changedAt(nowMs - hourMs) }));
  t.same(fresh.rules, ['credential_changed_today', 'credential_change_unproven']);
  t.match(fresh.explain(1), {
    code: 'RECENT_CREDENTIAL_CHANGE',
    evidence: { changed_hours_ago: 1, good_login_since: false, first_credential: false },
  });
  const proven = deriveSignal(historyChange, factsWith({ account, attempt: changedAt(nowMs - 30 * hourMs) }));
  t.same(proven.rules, []);
  t.equal(proven.explain(1).evidence['good_login_since'], true);
  const old = deriveSignal(historyChange, factsWith({ account, attempt: changedAt(nowMs - 900 * dayMs) }));
  t.ok(Math.abs((old.features['change_hours_log'] as number) - Math.log(8761)) < 1e-5, 'beyond a year age says no more');
  t.equal(old.explain(-1).code, 'NO_RECENT_CREDENTIAL_CHANGE');
  t.end();
});

t.test('a first credential is no change, a change after the login is ignored, and what is out of reach is unknown', (t) => {
  const created = nowMs - 2 * hourMs;
  const first = deriveSignal(historyChange, factsWith({ attempt: changedAt(created + 60_000, created) }));
  t.same(first.rules, []);
  t.equal(first.explain(-1).evidence['first_credential'], true);
  t.equal(deriveSignal(historyChange, factsWith({ attempt: changedAt(created + hourMs, created) })).rules[0], 'credential_changed_today');
  t.equal(deriveSignal(historyChange, factsWith({ attempt: changedAt(nowMs + dayMs) })).cause, 'unknown');
  t.equal(deriveSignal(historyChange, factsWith({ attempt: changedAt(nowMs + 60_000) })).features['change_hours_log'], 0, 'clocks differ');
  t.equal(deriveSignal(historyChange, factsWith({})).cause, 'not_sent');
  t.match(deriveSignal(historyChange, factsWith({})).explain(1).evidence, { changed_hours_ago: null, good_login_since: null });
  t.ok(
    Number.isNaN(
      deriveSignal(historyChange, factsWith({ profilesAbsent: 'late', attempt: changedAt(nowMs - hourMs) })).features[
        'change_unproven'
      ] as number,
    ),
  );
  t.equal(
    deriveSignal(historyChange, factsWith({ attempt: changedAt(nowMs - hourMs), account: accountWith([]) })).features['change_unproven'],
    0,
    'an account without good logins has nobody to miss',
  );
  t.end();
});

const attempt = attemptWith({ session: { id: 'session-1', startedAtMs: null } });
const began = (visit: Partial<Visit>): ReturnType<typeof accountWith> =>
  accountWith([
    visitWith({ atMs: nowMs - hourMs, session: 'session-0' }),
    visitWith({ ...visit, atMs: nowMs - hourMs, session: 'session-1' }),
  ]);
const session = (visit: Partial<Visit>, now: Partial<Visit> = {}): ReturnType<typeof deriveSignal> =>
  deriveSignal(historySession, factsWith({ account: began(visit), attempt, visit: now }));

t.test('a session goes on where it began, or it was carried away', (t) => {
  t.same(session({}).rules, ['session_continues']);
  t.same(session({ country: 'US' }).rules, ['session_country_changed']);
  t.same(session({ device: 'device-other' }).rules, ['session_machine_changed']);
  t.same(session({ device: null, os: 'Android' }).rules, ['session_machine_changed']);
  t.same(session({ asn: 1 }).features, { session_country_changed: 0, session_machine_changed: 0, session_network_changed: 1 });
  t.same(session({ asn: 1 }).rules, ['session_continues'], 'a phone that leaves the house');
  t.match(session({ country: 'US', os: 'Android' }).explain(1), {
    code: 'SESSION_CONTEXT_CHANGED',
    evidence: { country: 'DE', began_in_country: 'US', began_on_os: 'Android', same_device_id: true },
  });
  t.equal(session({}).explain(-1).code, 'SESSION_CONTINUES');
  t.equal(session({ device: null }).explain(-1).evidence['same_device_id'], null);
  t.end();
});

t.test('a session is compared only in what both of its ends showed, and only when it is remembered', (t) => {
  t.equal(session({ country: null, asn: null, device: null, os: null }).cause, 'unknown');
  t.same(session({ country: null }).features, {
    session_country_changed: Number.NaN,
    session_machine_changed: 0,
    session_network_changed: 0,
  });
  t.equal(session({ device: null }, { os: null, country: null, asn: null }).cause, 'unknown');
  t.equal(session({ asn: null, device: null, os: null }).cause, null);
  t.equal(session({ country: null, device: null, os: null }).cause, null);
  t.equal(deriveSignal(historySession, factsWith({ account: accountWith(homeVisits(3)), attempt })).cause, 'no_history');
  t.equal(deriveSignal(historySession, factsWith({ attempt })).cause, 'no_history');
  t.equal(deriveSignal(historySession, factsWith({})).cause, 'not_sent');
  t.match(deriveSignal(historySession, factsWith({ attempt })).explain(1).evidence, {
    began_in_country: null,
    same_device_id: null,
    began_days_ago: null,
  });
  t.end();
});
