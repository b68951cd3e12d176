// What the device's clock says of where it is, against what the address says.
import t from 'tap';
import { travelTimezone } from '../../../src/domain/signal/travel/timezone.ts';
import { zoneOffsetMinutes } from '../../../src/domain/signal/travel/zone-offset.ts';
import { accountWith, dayMs, deriveSignal, type FactsOptions, factsWith, homeVisits, nowMs } from '../../support/facts.ts';

t.test('zone offsets follow the clock changes, halves of hours included, and unknown zones are null', (t) => {
  const offset = (zone: string, iso: string) => zoneOffsetMinutes(zone, Date.parse(iso));
  t.equal(offset('Europe/Berlin', '2026-06-10T09:00:00Z'), 120);
  t.equal(offset('Europe/Berlin', '2026-06-11T09:00:00Z'), 120, 'from memory');
  t.equal(offset('Europe/Berlin', '2026-12-10T09:00:00Z'), 60);
  t.equal(offset('Europe/Berlin', '2026-03-29T00:59:59Z'), 60, 'the last second of winter time');
  t.equal(offset('Europe/Berlin', '2026-03-29T01:00:00Z'), 120);
  t.equal(offset('Europe/Berlin', '2026-03-28T12:00:00Z'), 60, 'earlier in the week of the change');
  t.equal(offset('Asia/Kolkata', '2026-06-10T09:00:00Z'), 330);
  t.equal(offset('America/St_Johns', '2026-01-10T09:00:00Z'), -210);
  t.equal(offset('UTC', '2026-06-10T09:00:00Z'), 0);
  t.equal(offset('No/Such_Zone', '2026-06-10T09:00:00Z'), null);
  t.equal(offset('No/Such_Zone', '2026-06-10T09:00:00Z'), null);
  t.equal(zoneOffsetMinutes('Europe/Berlin', Number.NaN), null);
  t.equal(zoneOffsetMinutes('Europe/Berlin', 8.64e15), null);
  t.end();
});

t.test('zone offsets stay right when more zones and weeks are asked for than are remembered', (t) => {
  for (const zone of Intl.supportedValuesOf('timeZone').slice(0, 80)) zoneOffsetMinutes(zone, nowMs);
  for (let i = 0; i < 1100; i++) zoneOffsetMinutes(i % 2 === 0 ? 'Europe/Berlin' : `No/Zone_${i}`, nowMs - i * 7 * dayMs);
  // Spellings of known zones: the runtime accepts any case, so only the bound keeps them out.
  for (let i = 0; i < 1100; i++)
    zoneOffsetMinutes([...'europe/berlin'].map((letter, at) => ((i >> at) & 1 ? letter.toUpperCase() : letter)).join(''), nowMs);
  t.equal(zoneOffsetMinutes('Europe/Berlin', nowMs), 120);
  t.equal(zoneOffsetMinutes('Asia/Tokyo', nowMs), 540);
  t.end();
});

function zoned(timeZone: string | null, options: FactsOptions = {}) {
  return deriveSignal(travelTimezone, factsWith({ account: accountWith(homeVisits(10)), ...options, attempt: { device: { timeZone } } }));
}

t.test('a clock that does not fit the address raises, unless the account knows the zone', (t) => {
  const attacker = zoned('Asia/Tokyo');
  t.equal(attacker.features['timezone_difference_hours'], Math.fround(7 - 0.02));
  t.same(attacker.rules, ['timezone_mismatch']);
  t.match(attacker.explain(1), {
    code: 'TIMEZONE_MISMATCH',
    evidence: {
      device_time_zone: 'Asia/Tokyo',
      address_time_zone: 'Europe/Berlin',
      usual_time_zone: 'Europe/Berlin',
      difference_hours: 7,
      good_logins_in_zone: 0,
    },
  });
  t.equal(attacker.explain(-1).code, 'TIMEZONE_UNREMARKABLE');
  const traveller = zoned('Europe/Berlin', {
    visit: { country: 'JP', region: 'Tokyo', city: 'Tokyo', latitude: 35.68, longitude: 139.69 },
  });
  t.same(traveller.rules, ['timezone_away', 'usual_timezone']);
  t.equal(traveller.points, 0);
  t.equal(traveller.explain(-1).code, 'USUAL_TIMEZONE');
  const home = zoned('Europe/Berlin');
  t.equal(home.features['timezone_difference_hours'], 0);
  t.equal(home.explain(-1).code, 'TIMEZONE_MATCH');
  t.equal(home.explain(1).code, 'TIMEZONE_IN_DOUBT');
  t.equal(zoned('Europe/Vienna').explain(1).code, 'NEW_TIMEZONE');
  t.equal(zoned('Europe/Vienna').points, 0);
  t.end();
});

t.test('location error explains hours, the date line does not make a day, and twelve hours are the most', (t) => {
  t.equal(zoned('Europe/London', { visit: { accuracyKm: 1000 } }).features['timezone_difference_hours'], 0);
  const samoa = {
    geo: {
      country: 'WS',
      region: null,
      city: null,
      latitude: -13.8,
      longitude: -171.8,
      accuracyKm: 0,
      accuracyStated: true,
      timeZone: 'Pacific/Apia',
    },
  };
  t.equal(
    zoned('Pacific/Pago_Pago', { ip: samoa, visit: { accuracyKm: 0 } }).features['timezone_difference_hours'],
    0,
    'thirteen hours ahead and eleven behind show the same time',
  );
  t.equal(zoned('America/Los_Angeles', { ip: samoa, visit: { accuracyKm: 0 } }).features['timezone_difference_hours'], 4);
  t.end();
});

t.test('privacy browsers, hidden and unknown places and unsent zones say nothing about the clock', (t) => {
  const difference = (timeZone: string | null, options: FactsOptions = {}) =>
    zoned(timeZone, options).features['timezone_difference_hours'] as number;
  t.ok(Number.isNaN(difference('UTC')));
  t.ok(Number.isNaN(difference('Asia/Tokyo', { lists: ['vpn'] })));
  t.ok(Number.isNaN(difference('Asia/Tokyo', { ip: { geo: null } })));
  t.ok(Number.isNaN(difference('No/Such_Zone')));
  t.equal(zoned(null).cause, 'not_sent');
  t.equal(zoned(null).explain(1).evidence['good_logins_in_zone'], null);
  t.equal(zoned('UTC', { account: null }).cause, 'unknown');
  t.same(zoned('Asia/Tokyo', { account: null }).rules, ['timezone_away']);
  t.equal(zoned('UTC').cause, null, 'whether the account uses the zone is known');
  t.same(zoned('UTC').rules, []);
  t.end();
});
