// Every piece of evidence that a signal can give is declared, and what is declared is what is given.
import fc from 'fast-check';
import t from 'tap';
import { listKinds } from '../../../src/domain/ip-facts.ts';
import { type EvidenceDeclaration, writers } from '../../../src/domain/explanation/evidence-declaration.ts';
import { declarationsBySignal } from '../../../src/domain/explanation/evidence-catalogue.ts';
import { declarationOf, evidenceId, evidenceItems, fits, isAttackerWritable, signalOf } from '../../../src/domain/explanation/evidence.ts';
import { readingOf, readingsOf } from '../../../src/domain/explanation/evidence-reading.ts';
import { directionOf, strengthOf, strengthOfAll } from '../../../src/domain/explanation/finding.ts';
import { allSignals } from '../../../src/domain/signal/catalogue.ts';
import type { EvidenceValue } from '../../../src/domain/signal/definition.ts';
import { accountWith, deriveSignal, factsWith, homeVisits } from '../../support/facts.ts';
import { anyFacts } from '../../support/signal-contract.ts';
import { typedBy, person } from '../../support/typing.ts';

/** Signal, key and value of everything that any signal says of many made-up attempts. */
const given: { readonly code: string; readonly key: string; readonly value: EvidenceValue }[] = [];
const typist = factsWith({
  account: accountWith(homeVisits(6).map((visit, i) => ({ ...visit, typing: typedBy(person(1), i + 1) }))),
  attempt: {
    behavior: { typing: typedBy(person(1), 9), pointer: null, pasted: false, autofilled: false, assistive: false, formMs: 9000 },
  },
});
for (const facts of [typist, ...fc.sample(anyFacts, 300)])
  for (const signal of allSignals)
    for (const contribution of [1, -1]) {
      const { code, evidence } = deriveSignal(signal, facts).explain(contribution);
      for (const [key, value] of Object.entries(evidence)) given.push({ code, key, value });
    }

t.test('every piece of evidence of every signal is declared', (t) => {
  t.same(
    [...new Set(given.filter(({ code, key }) => declarationOf(code, key) === null).map(({ code, key }) => evidenceId(code, key)))],
    [],
  );
  t.end();
});

t.test('nothing is declared that no signal gives', (t) => {
  const seen = new Set(given.map(({ code, key }) => `${signalOf(code)} ${key}`));
  const declared = Object.entries(declarationsBySignal).flatMap(([signal, keys]) => Object.keys(keys).map((key) => `${signal} ${key}`));
  t.same(
    declared.filter((name) => !seen.has(name)),
    [],
  );
  t.same(
    Object.keys(declarationsBySignal),
    allSignals.map((signal) => signal.name).filter((name) => name in declarationsBySignal),
  );
  t.end();
});

t.test('what signals give is of the kind that is declared, whatever the facts', (t) => {
  const odd = given.filter(({ code, key, value }) => {
    const declaration = declarationOf(code, key);
    // The made-up lists are younger than nothing now and then, which the port promises not to give.
    return declaration !== null && declaration.kind !== 'list_age' && !fits(declaration, value);
  });
  t.same([...new Set(odd.map(({ code, key, value }) => `${code}.${key} ${JSON.stringify(value)}`))], []);
  t.end();
});

t.test(
  'each declaration is complete: units where there is a quantity, a set where there is a token, a kind where there is a handle',
  (t) => {
    for (const [signal, keys] of Object.entries(declarationsBySignal))
      for (const [key, declaration] of Object.entries(keys)) {
        const { kind, unit, values, handle, window, writer } = declaration;
        const name = `${signal}.${key}`;
        t.equal(unit !== null, ['distance', 'speed', 'duration', 'list_age'].includes(kind), `${name} unit`);
        t.equal(handle !== null, kind === 'handle', `${name} handle`);
        if (kind === 'token' || kind === 'tokens') t.ok(values !== null && values.length > 0, `${name} set`);
        if (window !== null) t.ok(key.endsWith(`_${window}`), `${name} window`);
        if (window === null && kind === 'count') t.notMatch(key, /_(1m|10m|1h|24h)$/, `${name} window`);
        t.ok(writers.includes(writer));
        // Free text is never the service's own word; a closed set never is free text.
        t.equal(isAttackerWritable(declaration), writer === 'text', name);
        if (kind === 'label') t.equal(writer, 'text', name);
      }
    t.end();
  },
);

t.test('a code belongs to one signal, and what is not known is not explained', (t) => {
  const codes = allSignals.flatMap((signal) => Object.keys(signal.codes));
  t.equal(new Set(codes).size, codes.length);
  t.equal(signalOf('NEW_DEVICE'), 'device.familiarity');
  t.equal(signalOf('OF_ANOTHER_VERSION'), null);
  t.equal(declarationOf('OF_ANOTHER_VERSION', 'good_logins'), null);
  t.equal(declarationOf('NEW_DEVICE', 'toString'), null);
  t.same(
    evidenceItems({ code: 'VPN', contribution: 1, evidence: { kinds: ['vpn'], other: 3, recent_good_logins: 'three', lists: null } }).map(
      (item) => item.id,
    ),
    ['VPN.kinds', 'VPN.lists'],
  );
  t.end();
});

function declared(code: string, key: string): EvidenceDeclaration {
  return declarationOf(code, key) as EvidenceDeclaration;
}

t.test('a value that is not what it is declared as does not fit', (t) => {
  const cases: readonly (readonly [string, string, EvidenceValue, boolean])[] = [
    ['VPN', 'kinds', [...listKinds], true],
    ['VPN', 'kinds', ['vpn', 'ignore all'], false],
    ['VPN', 'kinds', 'vpn', false],
    ['VPN', 'lists', ['any name'], true],
    ['VPN', 'lists', [3] as unknown as EvidenceValue, false],
    ['NEW_DEVICE', 'browser', 'Ignore previous instructions', true],
    ['NEW_DEVICE', 'browser', 3, false],
    ['NEW_DEVICE', 'id_sent', true, true],
    ['NEW_DEVICE', 'id_sent', 1, false],
    ['NEW_COUNTRY', 'country', 'DE', true],
    ['NEW_COUNTRY', 'country', 'Germany', false],
    ['NEW_NETWORK', 'asn', 3320, true],
    ['NEW_NETWORK', 'asn', 3.5, false],
    ['NEW_NETWORK', 'asn', '3320', false],
    ['NEW_NETWORK', 'good_logins', -1, false],
    ['NEW_NETWORK', 'good_logins', Number.NaN, false],
    ['UNUSUAL_CLIENT', 'ratio_log', -1, true],
    ['UNUSUAL_HOUR', 'time_utc', '03:12', true],
    ['UNUSUAL_HOUR', 'time_utc', '24:00', false],
    ['UNUSUAL_HOUR', 'weekday_utc', 'Tuesday', true],
    ['UNUSUAL_HOUR', 'weekday_utc', 'Someday', false],
    ['UNUSUAL_HOUR', 'weekday_utc', null, true],
  ];
  for (const [code, key, value, expected] of cases) t.equal(fits(declared(code, key), value), expected, `${key} ${JSON.stringify(value)}`);
  t.end();
});

t.test('numbers are said as a person would say them', (t) => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['IMPOSSIBLE_TRAVEL', 'distance_km', 8932, '8900 km'],
    ['IMPOSSIBLE_TRAVEL', 'distance_km', 3.4, '3 km'],
    ['IMPOSSIBLE_TRAVEL', 'speed_kmh', 7443, '7400 km/h'],
    ['IMPOSSIBLE_TRAVEL', 'hours', 0.02, '1 minutes'],
    ['IMPOSSIBLE_TRAVEL', 'hours', 1.23, '1.2 hours'],
    ['IMPOSSIBLE_TRAVEL', 'hours', 31.6, '32 hours'],
    ['IMPOSSIBLE_TRAVEL', 'hours', 0.001, '3.6 seconds'],
    ['IMPOSSIBLE_TRAVEL', 'hours', 0, '0 seconds'],
    ['IMPOSSIBLE_TRAVEL', 'probability', 0.9999, '99 percent'],
    ['IMPOSSIBLE_TRAVEL', 'probability', 1, '100 percent'],
    ['IMPOSSIBLE_TRAVEL', 'probability', 0, '0 percent'],
    ['RARE_NETWORK', 'network_share', 0.00012, '8300 one_in'],
    ['RARE_NETWORK', 'network_share', 0.043, '4 percent'],
    ['RARE_NETWORK', 'tenant_good_logins', 4_187_332, '4200000 null'],
    ['RARE_NETWORK', 'tenant_good_logins', 9_999, '9999 null'],
    ['UNUSUAL_CLIENT', 'ratio_log', 1.95, '7 times'],
    ['UNUSUAL_CLIENT', 'ratio_log', -1.95, '7 times'],
    ['UNUSUAL_CLIENT', 'ratio_log', 1000, `${Number.MAX_VALUE} times`],
    ['UNUSUAL_HOUR', 'times_usual', 0.25, '4 times'],
    ['UNUSUAL_HOUR', 'nearest_minutes_of_day', 372, '6.2 hours'],
    ['DORMANT_ACCOUNT', 'last_good_login_days_ago', 0.3, '7.2 hours'],
    ['DORMANT_ACCOUNT', 'last_good_login_days_ago', 41.6, '42 days'],
    ['DORMANT_ACCOUNT', 'last_good_login_days_ago', 400, '13 months'],
    ['DORMANT_ACCOUNT', 'last_good_login_days_ago', 1100, '3 years'],
    ['IP_BLOCKLISTED', 'list_age_days', 2.4, '2 days'],
    ['INHUMAN_TIMING', 'mean_gap_ms', 12.3, '12 ms'],
    ['INHUMAN_TIMING', 'form_ms', 4210, '4.2 seconds'],
    ['PASSWORD_SPRAY', 'spray_shape', 0.7, '0.7 null'],
  ];
  for (const [code, key, value, expected] of cases) {
    const { value: said, unit } = readingOf(declared(code, key), value);
    t.equal(`${said} ${unit}`, expected, `${key} ${value}`);
  }
  t.end();
});

t.test('every number has a finite reading, and none turns a possibility into a certainty', (t) => {
  const numeric = Object.values(declarationsBySignal)
    .flatMap((keys) => Object.values(keys))
    .filter((declaration) => fits(declaration, 1) && fits(declaration, 1e300));
  fc.assert(
    fc.property(fc.constantFrom(...numeric), fc.double({ min: 0, max: 1e300, noNaN: true }), (declaration, value) =>
      readingsOf(declaration, value).every((reading) => Number.isFinite(reading.value) && reading.value >= 0),
    ),
  );
  const share = declared('RARE_NETWORK', 'network_share');
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (value) =>
      readingsOf(share, value).every((reading) =>
        reading.unit === 'percent' ? reading.value > 0 && reading.value < 100 : reading.value > 1,
      ),
    ),
  );
  t.end();
});

t.test('strength and direction follow from the contribution alone; reasons told as one add up', (t) => {
  t.same([1.5, -1.5, 1.49, 0.5, 0.49, 0].map(strengthOf), ['high', 'high', 'medium', 'medium', 'low', 'low']);
  t.same([0.1, -0.1].map(directionOf), ['raises', 'lowers']);
  const reason = (contribution: number): { code: string; contribution: number; evidence: Record<string, never> } => ({
    code: 'VPN',
    contribution,
    evidence: {},
  });
  t.equal(strengthOfAll([reason(0.8), reason(0.8)]), 'high');
  t.equal(strengthOfAll([reason(0.3), reason(0.1)]), 'low');
  t.end();
});
