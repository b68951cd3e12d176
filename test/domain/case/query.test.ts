import fc from 'fast-check';
import t from 'tap';
import { openedCase } from '../../../src/domain/case/case.ts';
import { type CaseFilter, compareIn, matches, pageSize, readCursor, scopeOf, writeCursor } from '../../../src/domain/case/query.ts';
import { afterPrefix, queryWords, queryWordsMax, wordsOf } from '../../../src/domain/case/search.ts';
import { newCase, reason } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';

const anyPosition = fc.record(
  { severity: fc.double({ noNaN: true, noDefaultInfinity: true }), arrival: fc.maxSafeInteger() },
  { noNullPrototype: true },
);

t.test('a cursor leads back to exactly where it was written, in its own list only', (t) => {
  fc.assert(
    fc.property(anyPosition, fc.string(), fc.string(), (after, scope, other) => {
      const cursor = writeCursor(scope, after);
      const same = readCursor(scope, cursor);
      const right = same.ok && Object.is(same.after?.severity, after.severity) && same.after?.arrival === after.arrival;
      return right && /^[\w-]+$/.test(cursor) && (scope === other || !readCursor(other, cursor).ok);
    }),
  );
  t.strictSame(readCursor('x', null), { ok: true, after: null });
  t.end();
});

t.test('whatever is sent as a cursor is refused or leads somewhere, and never breaks', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{27}$/)), (text) => {
      const reading = readCursor('scope', text);
      return !reading.ok || reading.after !== null;
    }),
  );
  const notANumber = writeCursor('scope', { severity: Number.NaN, arrival: 1 });
  const noWholeNumber = writeCursor('scope', { severity: 1, arrival: 1.5 });
  for (const cursor of [notANumber, noWholeNumber, '', 'x']) t.strictSame(readCursor('scope', cursor), { ok: false });
  t.end();
});

t.test('a filter is the same however it is written, and another with any other part', (t) => {
  const scope = (filter: CaseFilter): string => scopeOf('default', { filter, order: 'newest' });
  t.equal(scope({ tiers: ['low', 'high'], states: [] }), scope({ tiers: ['high', 'low'] }));
  const filters: CaseFilter[] = [
    {},
    { states: ['open'] },
    { tiers: ['low'] },
    { verdicts: ['deny'] },
    { campaignId: 'x' },
    { account: 'x' },
    { code: 'x' },
    { openedFromMs: 1 },
    { openedBeforeMs: 1 },
    { search: 'x' },
  ];
  t.equal(new Set(filters.map(scope)).size, filters.length);
  t.end();
});

t.test('a case fits a filter when each part that is given holds', (t) => {
  const found = openedCase(newCase('a', { account: 'me', reasons: [reason('TOR_EXIT')], openedAtMs: noonMs }));
  const fits: CaseFilter[] = [
    {},
    { states: ['open'], tiers: ['high'], verdicts: ['challenge'] },
    { account: 'me', code: 'TOR_EXIT' },
    { openedFromMs: noonMs, openedBeforeMs: noonMs + 1 },
  ];
  const fitsNot: CaseFilter[] = [
    { states: ['resolved'] },
    { tiers: ['low'] },
    { verdicts: ['deny'] },
    { campaignId: 'x' },
    { account: 'you' },
    { code: 'NEW_DEVICE' },
    { openedFromMs: noonMs + 1 },
    { openedBeforeMs: noonMs },
  ];
  for (const filter of fits) t.equal(matches(filter, found), true, JSON.stringify(filter));
  for (const filter of fitsNot) t.equal(matches(filter, found), false, JSON.stringify(filter));
  t.end();
});

t.test('each order is a total one', (t) => {
  const a = { severity: 3, arrival: 1 };
  const b = { severity: 2, arrival: 2 };
  t.ok(compareIn('oldest', a, b) < 0);
  t.ok(compareIn('newest', a, b) > 0);
  t.ok(compareIn('severity', a, b) < 0);
  t.ok(compareIn('severity', { ...a, severity: 2 }, b) > 0, 'of equals the newest');
  t.end();
});

t.test('a page holds at least one case and at most two hundred', (t) => {
  t.strictSame([0, -5, Number.NaN, 1, 1.9, 50, 1e9].map(pageSize), [1, 1, 1, 1, 1, 50, 200]);
  t.end();
});

t.test('the words of a case are bounded, whatever its login wrote', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const words = wordsOf(openedCase(newCase('a', { shown: { userId: text, deviceId: text, ip: text, clientId: null } })));
      return words.length <= 45 && words.every((word) => word !== '' && word.length <= 256);
    }),
  );
  t.end();
});

t.test('a case is found by its whole user name, by its domain and by pieces, whatever the case of letters', (t) => {
  const words = wordsOf(openedCase(newCase('a', { shown: { userId: 'DOMAIN\\Ada.Lovelace@Example.com' } })));
  for (const word of ['domain\\ada.lovelace@example.com', 'ada.lovelace@example.com', 'lovelace@example.com', 'example.com', 'com'])
    t.ok(words.includes(word), word);
  t.notOk(words.includes('0.113.7'), 'but not by a number within its address');
  t.end();
});

t.test('a query has at most a handful of different words', (t) => {
  t.strictSame(queryWords('  Ada   ada\tLOVELACE '), ['ada', 'lovelace']);
  t.equal(queryWords('a b c d e f g h i').length, queryWordsMax);
  t.strictSame(queryWords(''), []);
  t.ok('ada\u{10fffe}' < afterPrefix('ada') && afterPrefix('ada') < 'adb');
  t.end();
});
