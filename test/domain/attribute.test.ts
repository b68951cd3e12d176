import t from 'tap';
import fc from 'fast-check';
import { buildSchema, type FeatureSchema } from '../../src/domain/feature/schema.ts';
import { reasonContributionMin, reasonsMax } from '../../src/domain/limits.ts';
import { attribute } from '../../src/domain/reason/attribute.ts';
import { dropUnobserved } from '../../src/domain/reason/observed.ts';
import { rulesBaseLogOdds, rulesContributions } from '../../src/domain/rules.ts';
import type { SignalDefinition } from '../../src/domain/signal/definition.ts';
import { factsWith } from '../support/facts.ts';

const facts = factsWith();

/** A signal of two features whose rules hold at 1 on either; `explained` collects who was asked to explain. */
function signalNamed(name: string, explained: string[] = []): SignalDefinition {
  return {
    name,
    title: name,
    describes: 'A signal of the test.',
    features: [
      { name: `${name}_a`, monotone: 0, sentence: 'One.' },
      { name: `${name}_b`, monotone: 0, sentence: 'Two.' },
    ],
    codes: { RAISED: { direction: 'raises', sentence: 'Up.' }, LOWERED: { direction: 'lowers', sentence: 'Down.' } },
    rules: [
      { name: `${name}_up`, points: 1.5, sentence: 'Up.', holds: (x, at) => x[at] === 1 },
      { name: `${name}_more`, points: 0.5, sentence: 'More.', holds: (x, at) => x[at + 1] === 1 },
      { name: `${name}_down`, points: -1, sentence: 'Down.', holds: (x, at) => x[at + 1] === -1 },
    ],
    derive: () => null,
    explain: (_facts, x, at, contribution) => {
      explained.push(name);
      return { code: contribution > 0 ? 'RAISED' : 'LOWERED', evidence: { name, first: x[at] ?? null } };
    },
  };
}

function schemaOf(count: number, explained: string[] = []): FeatureSchema {
  return buildSchema(Array.from({ length: count }, (_, i) => signalNamed(`s${i}`, explained)));
}

const contribution = fc.oneof(
  fc.double({ min: -8, max: 8, noNaN: true }),
  fc.constantFrom(0, -0, reasonContributionMin, -reasonContributionMin, reasonContributionMin / 2, 1, -1),
);

const row = fc.record({
  base: fc.double({ min: -12, max: 4, noNaN: true }),
  groups: fc.array(contribution, { minLength: 0, maxLength: 40, size: 'max' }),
});

t.test('base, reasons and the rest add up to the log-odds', (t) => {
  fc.assert(
    fc.property(row, ({ base, groups }) => {
      const schema = schemaOf(groups.length);
      const x = new Float32Array(schema.width);
      const { reasons, otherContributions, logOdds } = attribute(schema, facts, x, { base, groups });
      const sum = reasons.reduce((total, reason) => total + reason.contribution, base) + otherContributions;
      const plain = groups.reduce((total, value) => total + value, base);
      return Math.abs(sum - logOdds) <= 1e-9 && logOdds === plain;
    }),
  );
  t.end();
});

t.test('reasons are the largest groups, largest first, schema order at equal size, none too small and never too many', (t) => {
  fc.assert(
    fc.property(row, ({ base, groups }) => {
      const schema = schemaOf(groups.length);
      const { reasons } = attribute(schema, facts, new Float32Array(schema.width), { base, groups });
      const expected = groups
        .map((value, i) => ({ name: `s${i}`, value }))
        .filter(({ value }) => Math.abs(value) >= reasonContributionMin)
        .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
        .slice(0, reasonsMax);
      t.same(
        reasons.map((reason) => ({ name: reason.evidence['name'], value: reason.contribution })),
        expected,
      );
    }),
  );
  t.end();
});

t.test('only the groups that are named are asked to explain', (t) => {
  const explained: string[] = [];
  const schema = schemaOf(20, explained);
  const groups = Array.from({ length: 20 }, (_, i) => (i === 3 ? 0.001 : i === 7 ? -2 : i === 9 ? 1 : 0));
  const { reasons } = attribute(schema, facts, new Float32Array(schema.width), { base: -3, groups });
  t.same(explained, ['s7', 's9']);
  t.same(
    reasons.map((reason) => reason.code),
    ['LOWERED', 'RAISED'],
  );
  t.end();
});

t.test('a group of which nothing was observed contributes nothing and is not named; one known feature is enough to count', (t) => {
  const schema = schemaOf(3);
  const x = new Float32Array(schema.width);
  x.fill(Number.NaN, 2, 4);
  x[4] = Number.NaN;
  const groups = Float64Array.from([0.5, 2, 1]);
  dropUnobserved(schema, x, groups);
  t.same([...groups], [0.5, 0, 1]);
  const { reasons, otherContributions, logOdds } = attribute(schema, facts, x, { base: -3, groups });
  t.same(
    reasons.map((reason) => reason.evidence['name']),
    ['s2', 's0'],
  );
  t.equal(otherContributions, 0);
  t.equal(logOdds, -1.5);
  t.end();
});

t.test('the rules add the points of the lines that hold, per group', (t) => {
  const schema = schemaOf(3);
  const x = Float32Array.from([1, 1, Number.NaN, -1, Number.NaN, Number.NaN]);
  const { base, groups } = rulesContributions(x, schema);
  t.equal(base, rulesBaseLogOdds);
  t.same([...groups], [2, -1, 0]);
  t.end();
});
