// The same trees as model.onnx, as plain arrays, and the walk over them.
//
// Two uses: the oracle that the ONNX runtime is compared with, and the fallback scorer should the runtime fail. Nodes are in
// preorder, so a node's left child follows it; a leaf has feature -1. Comparison is in float32, the sum in float64 and in
// tree order, which is what the exported graph does, so both give the same bits.

export interface Trees {
  readonly featureCount: number;
  readonly groupCount: number;
  /** First node of each tree. */
  readonly start: Int32Array;
  /** Reason group of each tree. */
  readonly group: Int16Array;
  /** Per node: feature index, or -1 for a leaf. */
  readonly feature: Int16Array;
  readonly threshold: Float32Array;
  readonly right: Int32Array;
  /** 1 where an unknown value (NaN) goes left. */
  readonly missingLeft: Uint8Array;
  readonly value: Float64Array;
}

/** Adds each tree's leaf to its group's sum in `sums` (length `groupCount`, zeroed by the caller). */
export function walkTrees(trees: Trees, row: Float32Array, sums: Float64Array): void {
  const { start, group } = trees;
  for (let tree = 0; tree < start.length; tree++) {
    const target = group[tree] as number;
    sums[target] = (sums[target] as number) + walkTree(trees, row, tree);
  }
}

/** The leaf that a row comes to in one tree. */
export function walkTree({ start, feature, threshold, right, missingLeft, value }: Trees, row: Float32Array, tree: number): number {
  let node = start[tree] as number;
  let split = feature[node] as number;
  while (split >= 0) {
    const x = row[split] as number;
    // The only value that differs from itself is NaN.
    const left = x <= (threshold[node] as number) || (x !== x && missingLeft[node] === 1);
    node = left ? node + 1 : (right[node] as number);
    split = feature[node] as number;
  }
  return value[node] as number;
}

/** LightGBM reads values this small as zero; its float32 neighbour is the bound. */
const zeroBound = Math.fround(1e-35);

/** Brings a row to what the trees were trained on: tiny values are zero. Changes the row. */
export function normaliseRow(row: Float32Array, from = 0, to: number = row.length): void {
  for (let i = from; i < to; i++) {
    const x = row[i] as number;
    if (x !== 0 && x <= zeroBound && x >= -zeroBound) row[i] = 0;
  }
}

interface TreesFile {
  readonly format: 1;
  readonly features: number;
  readonly groups: number;
  readonly start: readonly number[];
  readonly group: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly (number | string)[];
  readonly right: readonly number[];
  readonly missing_left: readonly number[];
  readonly value: readonly number[];
}

const lists = ['start', 'group', 'feature', 'threshold', 'right', 'missing_left', 'value'] as const;

/** Parses the text of trees.json. Throws a TypeError that says what is wrong; a parsed ensemble cannot send the walk out of bounds. */
export function parseTrees(text: string): Trees {
  const file = JSON.parse(text) as TreesFile;
  if (file === null || typeof file !== 'object' || file.format !== 1)
    throw new TypeError('trees.json has an unknown format; this version reads format 1.');
  for (const list of lists) if (!Array.isArray(file[list])) throw new TypeError(`trees.json has no list "${list}".`);
  const trees: Trees = {
    featureCount: file.features,
    groupCount: file.groups,
    start: Int32Array.from(file.start),
    group: Int16Array.from(file.group),
    feature: Int16Array.from(file.feature),
    // JSON has no infinity: "inf" is a split that sends every number left.
    threshold: Float32Array.from(file.threshold, (value) => (value === 'inf' ? Number.POSITIVE_INFINITY : Number(value))),
    right: Int32Array.from(file.right),
    missingLeft: Uint8Array.from(file.missing_left),
    value: Float64Array.from(file.value),
  };
  assertWalkable(trees);
  return trees;
}

function assertWalkable(trees: Trees): void {
  const nodes = trees.feature.length;
  const sameLength =
    trees.threshold.length === nodes && trees.right.length === nodes && trees.missingLeft.length === nodes && trees.value.length === nodes;
  if (!sameLength || trees.group.length !== trees.start.length) throw new TypeError('trees.json has lists of different lengths.');
  for (let tree = 0; tree < trees.start.length; tree++) {
    const end = tree + 1 < trees.start.length ? (trees.start[tree + 1] as number) : nodes;
    const first = trees.start[tree] as number;
    // Trees follow each other without gap or overlap.
    if (!(end > first && (tree > 0 || first === 0)))
      throw new TypeError(`trees.json: tree ${tree} does not begin where the one before it ends.`);
    const group = trees.group[tree] as number;
    if (!(group >= 0 && group < trees.groupCount))
      throw new TypeError(`trees.json: tree ${tree} adds to group ${group}, which does not exist.`);
    for (let node = first; node < end; node++) {
      const feature = trees.feature[node] as number;
      if (feature < 0) {
        if (!Number.isFinite(trees.value[node])) throw new TypeError(`trees.json: leaf ${node} has no finite value.`);
        continue;
      }
      const right = trees.right[node] as number;
      const inside = feature < trees.featureCount && right > node + 1 && right < end && !Number.isNaN(trees.threshold[node]);
      if (!inside) throw new TypeError(`trees.json: node ${node} points outside its tree or compares an unknown feature.`);
    }
    if ((trees.feature[end - 1] as number) >= 0) throw new TypeError(`trees.json: tree ${tree} does not end in a leaf.`);
  }
}
