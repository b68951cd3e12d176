// The trees of the model, sorted by the group they add to, so that one group can be scored without the other thirty.
import { rankOf } from '../../domain/rank.ts';
import type { ModelWalk } from '../../ports/model-walk.ts';
import type { OnnxScorer } from './scorer.ts';
import { normaliseRow, type Trees, walkTree } from './trees.ts';

/** Adds the trees of a group in the order of the file, as the whole walk does: floating-point sums depend on it. */
export function createModelWalk(scorer: Pick<OnnxScorer, 'identity' | 'manifest' | 'trees'>): ModelWalk {
  const { identity, manifest, trees } = scorer;
  const treesOf = Array.from({ length: trees.groupCount }, (_, group) =>
    Int32Array.from(trees.group.keys()).filter((tree) => trees.group[tree] === group),
  );
  const readers = readersByFeature(trees);
  const readBy = Array.from({ length: trees.groupCount }, (_, group) =>
    Int16Array.from(readers.flatMap((groups, feature) => (groups.includes(group) ? [feature] : []))),
  );
  const normal = new Float32Array(trees.featureCount);
  return {
    identity,
    base: manifest.baseLogOdds,
    readersOf: (feature) => readers[feature] ?? [],
    group(row, group) {
      for (const feature of readBy[group] as Int16Array) {
        normal[feature] = row[feature] as number;
        normaliseRow(normal, feature, feature + 1);
      }
      let sum = 0;
      for (const tree of treesOf[group] as Int32Array) sum += walkTree(trees, normal, tree);
      return sum - (manifest.centres[group] as number);
    },
    rank: (logOdds) => rankOf(manifest.calibration, logOdds),
  };
}

function readersByFeature(trees: Trees): readonly (readonly number[])[] {
  const readers = Array.from({ length: trees.featureCount }, () => new Set<number>());
  for (let tree = 0; tree < trees.start.length; tree++) {
    const end = tree + 1 < trees.start.length ? (trees.start[tree + 1] as number) : trees.feature.length;
    for (let node = trees.start[tree] as number; node < end; node++) {
      const feature = trees.feature[node] as number;
      if (feature >= 0) readers[feature]?.add(trees.group[tree] as number);
    }
  }
  return readers.map((groups) => [...groups]);
}
