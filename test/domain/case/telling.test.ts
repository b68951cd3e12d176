import fc from 'fast-check';
import t from 'tap';
import { lastKind, tellingsMax, tellingsToKeep } from '../../../src/domain/case/telling.ts';

const anyTelling = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), kind: fc.constantFrom('finding', lastKind) });
const anyTellings = fc.array(anyTelling, { maxLength: 12 });

t.test('what is kept is new, told once, in order, and within the bound', (t) => {
  fc.assert(
    fc.property(
      anyTellings,
      fc.subarray(['a', 'b', 'c']),
      fc.integer({ min: tellingsMax - 9, max: tellingsMax }),
      (made, known, stored) => {
        const kept = tellingsToKeep({ count: stored, isOver: false, isKnown: (key) => known.includes(key) }, made);
        const keys = kept.map(({ key }) => key);
        return (
          stored + kept.length <= tellingsMax &&
          new Set(keys).size === keys.length &&
          !keys.some((key) => known.includes(key)) &&
          kept.slice(0, -1).every(({ kind }) => kind !== lastKind) &&
          kept.every((one, i) => i === 0 || made.indexOf(one) > made.indexOf(kept[i - 1] as typeof one))
        );
      },
    ),
  );
  t.end();
});

t.test('nothing is told after the end', (t) => {
  fc.assert(fc.property(anyTellings, (made) => tellingsToKeep({ count: 2, isOver: true, isKnown: () => false }, made).length === 0));
  t.end();
});

t.test('the last place is left to what ends a telling', (t) => {
  const made = (kind: string, key: string) => ({ kind, key });
  const keep = (stored: number, kinds: readonly string[]): string[] =>
    tellingsToKeep(
      { count: stored, isOver: false, isKnown: () => false },
      kinds.map((kind, i) => made(kind, String(i))),
    ).map(({ kind }) => kind);
  t.strictSame(keep(tellingsMax - 2, ['finding', 'finding', lastKind]), ['finding', lastKind]);
  t.strictSame(keep(tellingsMax - 1, ['finding', lastKind, lastKind]), [lastKind]);
  t.strictSame(keep(tellingsMax, ['finding', lastKind]), []);
  t.end();
});
