import t from 'tap';
import fc from 'fast-check';
import * as limits from '../../src/domain/limits.ts';
import { addToRecentSet, countRecent, emptyRecentSet, removeFromRecentSet, shortKey } from '../../src/domain/profile/recent-set.ts';
import { applyToSource, emptySource, type SourceEvent, type SourceProfile } from '../../src/domain/profile/source.ts';
import { addTally, findTally, removeTally, type Tally, tallyTotal, usualTally } from '../../src/domain/profile/tally.ts';
import { attributes, attributeValue, populationAttributes, sameScreen } from '../../src/domain/profile/visit.ts';
import { countWithin, day } from '../../src/domain/profile/window-counter.ts';
import { visitWith } from '../support/facts.ts';

const account = fc.nat(90);
const time = fc.integer({ min: 0, max: 1_000_000 });
const sourceEvents: fc.Arbitrary<SourceEvent> = fc.oneof(
  fc.record({ type: fc.constant('attempted' as const), atMs: time, account, failed: fc.boolean(), machine: fc.constant(null) }),
  fc.record({ type: fc.constant('learned' as const), atMs: time, account, machine: fc.constantFrom('a', 'b', null) }),
  fc.record({ type: fc.constant('unlearned' as const), atMs: time, account }),
  fc.record({ type: fc.constant('failed' as const), atMs: time }),
);

function sourceAfter(...list: readonly SourceEvent[]): SourceProfile {
  const source = emptySource(500);
  for (const event of list) applyToSource(source, event);
  return source;
}

t.test('a source stays within its bounds, whatever happens', (t) => {
  fc.assert(
    fc.property(fc.array(sourceEvents, { maxLength: 150 }), (list) => {
      const source = sourceAfter(...list);
      return (
        source.goodCount >= 0 &&
        source.accounts.members.length <= limits.accountsPerSourceMax &&
        source.goodAccounts.members.length <= limits.accountsPerSourceMax &&
        source.goodAccounts.members.length === source.goodAccounts.lastSeenMs.length &&
        (source.goodCount > 0 || (source.machine === null && source.lastGoodMs === 0 && source.goodAccounts.members.length === 0))
      );
    }),
  );
  t.end();
});

t.test('a source counts tries and failures, and remembers the machine of its first good login only', (t) => {
  const source = sourceAfter(
    { type: 'attempted', atMs: 100, account: 1, failed: true, machine: 'thief' },
    { type: 'attempted', atMs: 900, account: 2, failed: false, machine: 'owner' },
    { type: 'failed', atMs: 950 },
    { type: 'learned', atMs: 900, account: 2, machine: 'owner' },
    { type: 'learned', atMs: 800, account: 3, machine: 'other' },
  );
  t.match(source, {
    firstSeenMs: 100,
    machine: 'owner',
    goodCount: 2,
    lastGoodMs: 900,
    accounts: { members: [1, 2] },
    goodAccounts: { members: [2, 3] },
  });
  t.equal(countWithin(source.attempts, day, 1000), 2);
  t.equal(countWithin(source.failures, day, 1000), 2);
  t.end();
});

t.test('a good login taken back from a source no longer vouches for the account, unless it signed in well since', (t) => {
  const good = (atMs: number, member: number): SourceEvent => ({ type: 'learned', atMs, account: member, machine: 'm' });
  const back = (atMs: number, member: number): SourceEvent => ({ type: 'unlearned', atMs, account: member });
  t.match(sourceAfter(good(1, 7), good(2, 8), back(2, 8)), { goodCount: 1, goodAccounts: { members: [7] }, machine: 'm' });
  t.match(sourceAfter(good(1, 7), good(2, 8), good(3, 8), back(2, 8)), { goodCount: 2, goodAccounts: { members: [7, 8] } });
  t.match(sourceAfter(good(1, 7), good(2, 7), back(9, 8)), { goodCount: 1, goodAccounts: { members: [7] } });
  t.match(sourceAfter(good(1, 7), back(1, 7)), { goodCount: 0, goodAccounts: { members: [] }, machine: null, lastGoodMs: 0 });
  t.match(sourceAfter(back(1, 7)), { goodCount: 0 });
  t.end();
});

t.test('tallies count values, forget the one used longest ago when full, and never keep a count of zero', (t) => {
  const tallies: Tally[] = [];
  addTally(tallies, 'a', 10, 2);
  addTally(tallies, 'a', 5, 2);
  t.same(findTally(tallies, 'a'), { value: 'a', count: 2, lastMs: 10 });
  addTally(tallies, 'b', 20, 2);
  addTally(tallies, 'c', 1, 2);
  t.equal(findTally(tallies, 'c'), null, 'older than all that is remembered');
  addTally(tallies, 'a', 30, 2);
  addTally(tallies, 'd', 25, 2);
  t.same(
    tallies.map((tally) => tally.value),
    ['a', 'd'],
  );
  t.equal(tallyTotal(tallies), 4);
  removeTally(tallies, 'd');
  removeTally(tallies, 'never');
  removeTally(tallies, 'a');
  t.same(tallies, [{ value: 'a', count: 2, lastMs: 30 }]);
  t.end();
});

t.test('the usual value is the one seen most often, the latest among equals', (t) => {
  t.equal(usualTally([]), null);
  const tallies = [
    { value: 'a', count: 2, lastMs: 9 },
    { value: 'b', count: 3, lastMs: 1 },
    { value: 'c', count: 3, lastMs: 2 },
    { value: 'd', count: 3, lastMs: 1 },
  ];
  t.equal(usualTally(tallies)?.value, 'c');
  t.end();
});

t.test('a recent set holds each member once, counts those seen in a window, and makes room for newer ones only', (t) => {
  const set = emptyRecentSet();
  addToRecentSet(set, 1, 100, 2);
  addToRecentSet(set, 1, 50, 2);
  addToRecentSet(set, 2, 200, 2);
  t.same(set, { members: [1, 2], lastSeenMs: [100, 200] });
  addToRecentSet(set, 3, 100, 2);
  t.same(set.members, [1, 2], 'no newer than the oldest');
  addToRecentSet(set, 1, 300, 2);
  addToRecentSet(set, 3, 250, 2);
  t.same(set, { members: [1, 3], lastSeenMs: [300, 250] });
  t.equal(countRecent(set, 300, 100), 2);
  t.equal(countRecent(set, 300, 50), 1, 'a window does not hold its own beginning');
  t.equal(countRecent(set, 299, 100), 1, 'what happens later is not counted');
  t.equal(countRecent(set, 300, 100, 1), 1);
  removeFromRecentSet(set, 9);
  removeFromRecentSet(set, 1);
  t.same(set, { members: [3], lastSeenMs: [250] });
  t.end();
});

t.test('a short key is the first 36 bits of a pseudonym, exact in a double, and total for any text', (t) => {
  t.equal(shortKey('AAAAAA'), 0);
  t.equal(shortKey('AAAABA'), 64);
  t.equal(shortKey('______zzz'), 2 ** 36 - 1);
  t.equal(shortKey('------'), shortKey('------and the rest'));
  fc.assert(fc.property(fc.string(), (text) => Number.isInteger(shortKey(text)) && shortKey(text) >= 0 && shortKey(text) < 2 ** 36));
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9_-]{6}$/),
      fc.stringMatching(/^[A-Za-z0-9_-]{6}$/),
      (a, b) => (shortKey(a) === shortKey(b)) === (a === b),
    ),
  );
  t.end();
});

t.test('regions and cities are named within their country, versions within their browser, and parts unknown are null', (t) => {
  const home = visitWith();
  t.same(
    [...attributes, ...populationAttributes].map((attribute) => attributeValue(home, attribute)),
    [
      '198.51.100.7',
      '198.51.100.0/24',
      '3320',
      'DE',
      'DE/Berlin',
      'DE/Berlin/Berlin',
      'Firefox',
      'Windows',
      'desktop',
      'de',
      'Europe/Berlin',
      '3320',
      'DE',
      'Firefox',
      'Firefox 139',
      'Windows',
      'desktop',
      'de',
      'Europe/Berlin',
    ],
  );
  t.equal(attributeValue(visitWith({ region: null }), 'city'), 'DE//Berlin');
  for (const [attribute, missing] of [
    ['asn', { asn: null }],
    ['region', { region: null }],
    ['region', { country: null }],
    ['city', { city: null }],
    ['city', { country: null }],
    ['browser_version', { browser: null }],
    ['browser_version', { browserMajor: null }],
  ] as const) {
    t.equal(attributeValue(visitWith(missing), attribute), null);
  }
  t.end();
});

t.test('a screen is the same when turned, and unlike any other', (t) => {
  t.ok(sameScreen('412x915', '915x412'));
  t.ok(sameScreen(null, null));
  for (const other of ['412x916', '915x4122', '', 'x', null]) t.notOk(sameScreen('412x915', other));
  t.notOk(sameScreen(null, '412x915'));
  t.notOk(sameScreen('x12', '12x'), 'half a screen is none');
  t.notOk(sameScreen('abc', 'cba'));
  t.end();
});
