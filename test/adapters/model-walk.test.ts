// Group by group, the model gives the same bits as all at once.
import fc from 'fast-check';
import t from 'tap';
import { createModelWalk } from '../../src/adapters/onnx/model-walk.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { scorer } from '../support/judged.ts';

const anyValue = fc.oneof(
  fc.double({ min: -10, max: 20, noNaN: true }),
  fc.constantFrom(Number.NaN, 0, -0, 1e-36, 1, Number.POSITIVE_INFINITY),
);
const anyRow = fc.array(anyValue, { minLength: schema.width, maxLength: schema.width }).map((values) => Float32Array.from(values));

t.test('each group of any row is the group of the whole walk, to the last bit, and the row stays as it was', (t) => {
  const walk = createModelWalk(scorer);
  fc.assert(
    fc.property(anyRow, (row) => {
      const before = row.slice();
      const whole = scorer.walk(row);
      const same = schema.signals.every((_, group) => Object.is(walk.group(row, group), whole.groups[group]));
      return same && walk.base === whole.base && row.every((value, at) => Object.is(value, before[at]));
    }),
  );
  t.end();
});

t.test('a change of a feature changes no group but those that read it', (t) => {
  const walk = createModelWalk(scorer);
  fc.assert(
    fc.property(anyRow, fc.nat(schema.width - 1), anyValue, (row, at, value) => {
      const changed = row.with(at, value);
      const before = scorer.walk(row).groups;
      const after = scorer.walk(changed).groups;
      return before.every((sum, group) => Object.is(sum, after[group]) || walk.readersOf(at).includes(group));
    }),
  );
  t.end();
});

t.test('the model ranks as its scorer does', (t) => {
  const walk = createModelWalk(scorer);
  for (const logOdds of [-9, -2.5, 0, 3, Number.NaN]) t.equal(walk.rank(logOdds), scorer.rank(logOdds));
  t.same(walk.identity, scorer.identity);
  t.end();
});
