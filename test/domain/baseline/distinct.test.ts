import fc from 'fast-check';
import t from 'tap';
import {
  addDistinct,
  countDistinct,
  distinctText,
  mergeDistinct,
  noneDistinct,
  readDistinct,
} from '../../../src/domain/baseline/distinct.ts';

function sketchOf(names: readonly string[]) {
  const sketch = noneDistinct();
  for (const name of names) addDistinct(sketch, name);
  return sketch;
}

t.test('however many there are, the count is right to a few parts in a hundred, and small counts nearly exactly', (t) => {
  t.equal(countDistinct(noneDistinct()), 0);
  for (const many of [1, 10, 50, 300, 2500, 3000, 20_000, 300_000]) {
    const count = countDistinct(sketchOf(Array.from({ length: many }, (_, i) => `account-${i}`)));
    t.ok(Math.abs(count - many) <= Math.max(1, many * 0.1), `${many}: ${count}`);
  }
  t.end();
});

t.test('who comes again is not counted again, and two sketches together count as one of all', (t) => {
  const names = fc.array(fc.string(), { maxLength: 200 });
  fc.assert(
    fc.property(names, names, (some, others) => {
      const merged = sketchOf(some);
      mergeDistinct(merged, sketchOf(others));
      t.same(merged, sketchOf([...others, ...some, ...some]));
    }),
    { numRuns: 30 },
  );
  t.end();
});

t.test('a sketch comes back from its text, and what is none counts nobody', (t) => {
  const sketch = sketchOf(Array.from({ length: 5000 }, (_, i) => `${i}`));
  t.same(readDistinct(distinctText(sketch)), sketch);
  const text = distinctText(sketch);
  for (const damaged of ['', 'x', text.slice(1), `z${text.slice(1)}`, `\u1000${text.slice(1)}`, `!${text.slice(1)}`])
    t.equal(countDistinct(readDistinct(damaged)), 0);
  t.end();
});
