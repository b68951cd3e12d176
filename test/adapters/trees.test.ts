import fc from 'fast-check';
import t from 'tap';
import { openOnnxScorer } from '../../src/adapters/onnx/scorer.ts';
import { cheaperFor } from '../../src/adapters/onnx/batcher.ts';
import { normaliseRow, parseTrees, walkTrees } from '../../src/adapters/onnx/trees.ts';
import { activeModelDirectory, schemaHash } from '../../src/compose.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { testRandom } from '../support/ports.ts';

// Two trees: "x0 <= 0.5 ? 1 : (x1 <= inf ? 2 : 3)" adds to group 1, a lone leaf adds to group 0.
const file = {
  format: 1,
  features: 2,
  groups: 2,
  start: [0, 5],
  group: [1, 0],
  feature: [0, -1, 1, -1, -1, -1],
  threshold: [0.5, 0, 'inf', 0, 0, 0],
  right: [2, 0, 4, 0, 0, 0],
  missing_left: [0, 0, 0, 0, 0, 0],
  value: [0, 1, 0, 2, 3, 10],
};
const trees = parseTrees(JSON.stringify(file));

function sums(...row: number[]): number[] {
  const result = new Float64Array(2);
  walkTrees(trees, Float32Array.from(row), result);
  return [...result];
}

t.test('a value at the threshold goes left, the next float goes right', (t) => {
  t.same(sums(0.5, 0), [10, 1]);
  t.same(sums(Math.fround(0.5 + 2 ** -24), 0), [10, 2]);
  t.end();
});

t.test('an unknown value goes where the node says', (t) => {
  t.same(sums(Number.NaN, Number.NaN), [10, 3]);
  const left = parseTrees(JSON.stringify({ ...file, missing_left: [1, 0, 0, 0, 0, 0] }));
  const result = new Float64Array(2);
  walkTrees(left, Float32Array.from([Number.NaN, 0]), result);
  t.same([...result], [10, 1]);
  t.end();
});

t.test('tiny values are zero to the trees, everything else is left alone', (t) => {
  const row = Float32Array.from([1e-36, -1e-36, 1e-35, 1e-34, -2, Number.NaN, Number.POSITIVE_INFINITY]);
  normaliseRow(row);
  t.same([...row], [0, 0, 0, Math.fround(1e-34), -2, Number.NaN, Number.POSITIVE_INFINITY]);
  t.end();
});

t.test('a damaged tree file is refused with a sentence, never walked', (t) => {
  const damage: [string, object][] = [
    ['unknown format', { ...file, format: 2 }],
    ['no list "value"', { ...file, value: 3 }],
    ['different lengths', { ...file, value: [1] }],
    ['group 7', { ...file, group: [7, 0] }],
    ['points outside', { ...file, right: [9, 0, 4, 0, 0, 0] }],
    ['points outside', { ...file, feature: [5, -1, 1, -1, -1, -1] }],
    ['no finite value', { ...file, value: [0, null, 0, 2, 'x', 10] }],
    ['does not end in a leaf', { ...file, feature: [0, -1, 1, -1, -1, 0], right: [2, 0, 4, 0, 0, 6] }],
  ];
  for (const [message, damaged] of damage) t.throws(() => parseTrees(JSON.stringify(damaged)), TypeError, message);
  t.throws(() => parseTrees('null'), TypeError);
  t.end();
});

t.test('no change of one number of a tree file can send the walk out of bounds', (t) => {
  const keys = ['start', 'group', 'feature', 'right'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.nat(5),
      fc.integer({ min: -3, max: 12 }),
      fc.double(),
      fc.double(),
      (key, at, value, x0, x1) => {
        const list = [...(file[key] as number[])];
        list[at % list.length] = value;
        let parsed: ReturnType<typeof parseTrees>;
        try {
          parsed = parseTrees(JSON.stringify({ ...file, [key]: list }));
        } catch {
          return true;
        }
        const result = new Float64Array(2);
        walkTrees(parsed, Float32Array.from([x0, x1]), result);
        return result.every((sum) => Number.isFinite(sum));
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});

t.test('scoring one row after the other gives the bits that the runtime gives, and leaves the row as it was', async (t) => {
  const options = {
    directory: activeModelDirectory(),
    schemaHash,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  };
  const runtime = await openOnnxScorer({ ...options, batchesBy: 'runtime' });
  const oneByOne = await openOnnxScorer({ ...options, oneByOne: true });
  const random = testRandom(11);
  const values = [Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 1, -1, 1e30];
  let different = 0;
  for (let i = 0; i < 300; i++) {
    const row = Float32Array.from({ length: schema.width }, () =>
      random.uniform() < 0.3 ? (values[Math.floor(random.uniform() * values.length)] as number) : random.uniform() * 20 - 5,
    );
    const before = row.slice();
    const [a, b] = await Promise.all([runtime.score(row), oneByOne.score(row)]);
    const same = a !== null && b !== null && a.base === b.base && a.groups.every((value, group) => Object.is(value, b.groups[group]));
    if (!same || !row.every((value, at) => Object.is(value, before[at]))) different++;
  }
  t.equal(different, 0);
  t.equal(runtime.failures(), 0);
  await runtime.close();
  await oneByOne.close();
});

t.test('batches of a model of the shipped size are walked; now and then the runtime checks them, and they agree', async (t) => {
  const scorer = await openOnnxScorer({
    directory: activeModelDirectory(),
    schemaHash,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  });
  t.equal(cheaperFor(scorer.trees.start.length), 'walk');
  t.equal(cheaperFor(1001), 'runtime');
  const random = testRandom(12);
  let different = 0;
  const score = async (): Promise<void> => {
    const row = Float32Array.from({ length: schema.width }, () => random.uniform() * 20 - 5);
    const scored = await scorer.score(row);
    const walked = scorer.walk(row);
    if (scored === null || !scored.groups.every((value, group) => Object.is(value, walked.groups[group]))) different++;
    // The receiver's to change: a check must not see it.
    scored?.groups.fill(7);
  };
  for (let batch = 0; batch < 80; batch++) await Promise.all(Array.from({ length: 30 }, score));
  t.equal(different, 0);
  // Calls of the runtime come after each other: when this one is done, so are the checks.
  t.not(await scorer.runtimeSums(new Float32Array(schema.width), 1), null);
  t.equal(scorer.failures(), 0);
  await scorer.close();
  // Closed: the next check fails, is counted, and the walk goes on.
  for (let batch = 0; batch < 40; batch++) await Promise.all(Array.from({ length: 30 }, score));
  t.equal(await scorer.runtimeSums(new Float32Array(schema.width), 1), null);
  t.equal(scorer.failures(), 1);
});
