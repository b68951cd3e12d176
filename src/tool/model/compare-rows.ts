// Rows that break tree ensembles in practice, and the comparison of the two ways to score them.
import type { OnnxScorer } from '../../adapters/onnx/scorer.ts';
import { walkTrees } from '../../adapters/onnx/trees.ts';

const hostile = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1e-35,
  -1e-35,
  1e-38,
  1e-45,
  3.4e38,
  -3.4e38,
  1,
  -1,
];
const rowsPerRun = 512;

export interface Comparison {
  readonly rows: number;
  readonly hostileValues: number;
  readonly thresholds: number;
  readonly differences: number;
}

/** Scores `count` seeded rows, each value unknown, hostile, at or beside a threshold of its feature, or ordinary. Exact comparison. */
export async function compareRows(scorer: OnnxScorer, count: number, seed: number): Promise<Comparison> {
  const { trees } = scorer;
  const thresholds = thresholdsByFeature(scorer);
  const uniform = seeded(seed);
  let differences = 0;
  let hostileValues = 0;
  for (let done = 0; done < count; done += rowsPerRun) {
    const size = Math.min(rowsPerRun, count - done);
    const rows = new Float32Array(size * trees.featureCount);
    for (let i = 0; i < rows.length; i++) {
      const kind = uniform();
      if (kind < 0.25) hostileValues += 1;
      rows[i] = valueOf(kind, thresholds[i % trees.featureCount] as Float32Array, uniform);
    }
    const sums = await scorer.runtimeSums(rows, size);
    for (let row = 0; row < size; row++) {
      const walked = new Float64Array(trees.groupCount);
      walkTrees(trees, rows.subarray(row * trees.featureCount, (row + 1) * trees.featureCount), walked);
      const same = sums !== null && walked.every((sum, group) => Object.is(sum, sums[row * trees.groupCount + group]));
      if (!same) differences += 1;
    }
  }
  return { rows: count, hostileValues, thresholds: thresholds.reduce((total, of) => total + of.length, 0), differences };
}

function valueOf(kind: number, thresholds: Float32Array, uniform: () => number): number {
  if (kind < 0.25) return hostile[Math.floor(uniform() * hostile.length)] as number;
  if (kind < 0.75 && thresholds.length > 0) {
    const threshold = thresholds[Math.floor(uniform() * thresholds.length)] as number;
    const beside = Math.floor(uniform() * 3) - 1;
    return neighbour(threshold, beside);
  }
  return (uniform() - 0.3) * 20;
}

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

/** The next float32 up (+1) or down (-1), or the value itself (0). */
function neighbour(value: number, step: number): number {
  float[0] = value;
  if (step === 0 || !Number.isFinite(float[0])) return float[0];
  if (float[0] === 0) return step > 0 ? 1.401298464324817e-45 : -1.401298464324817e-45;
  word[0] = (word[0] as number) + (float[0] > 0 === step > 0 ? 1 : -1);
  return float[0] as number;
}

function thresholdsByFeature(scorer: OnnxScorer): Float32Array[] {
  const { feature, threshold, featureCount } = scorer.trees;
  const sets = Array.from({ length: featureCount }, () => new Set<number>());
  for (let node = 0; node < feature.length; node++)
    if ((feature[node] as number) >= 0) sets[feature[node] as number]?.add(threshold[node] as number);
  return sets.map((set) => Float32Array.from(set));
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface GoldenRow {
  readonly features: readonly (number | null)[];
  /** Contribution per group, centred. */
  readonly contributions: readonly number[];
}

/** Lines of {features, contributions}; null stands for unknown. Exact comparison, with what serves and with the runtime. */
export async function checkGolden(scorer: OnnxScorer, text: string): Promise<{ rows: number; differences: number }> {
  let differences = 0;
  const lines = text.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const golden = JSON.parse(line) as GoldenRow;
    const row = Float32Array.from(golden.features, (value) => value ?? Number.NaN);
    const scored = await scorer.score(row);
    const sums = await scorer.runtimeSums(row, 1);
    const { centres } = scorer.manifest;
    const same = golden.contributions.every(
      (value, group) => value === scored?.groups[group] && value === (sums?.[group] ?? Number.NaN) - (centres[group] as number),
    );
    if (!same) differences += 1;
  }
  return { rows: lines.length, differences };
}
