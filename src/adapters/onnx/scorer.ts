// The scorer on onnxruntime-node, in process, with the plain walk of the same trees beside it.
//
// The model is loaded from bytes whose checksum the manifest states, so that what was hashed is what runs. One thread, no
// spinning: a small tree ensemble takes tens of microseconds, and idle worker threads would burn a core beside the service.
// Runtime and walk give the same bits. So each may do what it is cheaper at (batcher.ts), and each watches the other: if a call
// of the runtime fails, the walk scores its rows, and of the batches that are walked the runtime scores some too.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import './no-telemetry.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { rankOf } from '../../domain/rank.ts';
import type { Contributions, Scorer } from '../../ports/scorer.ts';
import { type Batch, cheaperFor, createBatcher } from './batcher.ts';
import { type ModelManifest, parseManifest } from './manifest.ts';
import { normaliseRow, parseTrees, type Trees, walkTrees } from './trees.ts';

export interface OnnxScorer extends Scorer {
  readonly manifest: ModelManifest;
  readonly trees: Trees;
  /** Sums per group of `count` rows straight from the runtime, before centring; null when it failed. Brings `rows` to what the trees read. */
  runtimeSums(rows: Float32Array, count: number): Promise<Float64Array | null>;
  /** One row by the plain walk of the trees: the same bits as the runtime gives. */
  walk(row: Float32Array): Contributions;
  /** Calls of the runtime that failed since the start, for which the walk answered, and checks in which the two differed. */
  failures(): number;
}

export interface OnnxOptions {
  readonly directory: string;
  /** What this build's features are and hash to; a model for other features is refused. */
  readonly schemaHash: string;
  readonly featureNames: readonly string[];
  readonly groupNames: readonly string[];
  /**
   * For work that scores one row after the other, as loading history does: the walk of the trees answers without waiting for others,
   * whatever the size of the ensemble. Default false.
   */
  readonly oneByOne?: boolean;
  /** Which of the two scores batches; not given: whichever is cheaper for an ensemble of this size (batcher.ts). */
  readonly batchesBy?: 'runtime' | 'walk';
}

/** Once in this many walked rows a batch is scored by the runtime as well. */
const rowsPerCheck = 1000;

const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
};

/** Loads, checks and warms the model. Throws an Error of one sentence when anything about it is not as it should be. */
export async function openOnnxScorer(options: OnnxOptions): Promise<OnnxScorer> {
  const { directory } = options;
  const manifest = await understand(directory, 'manifest.json', async () =>
    parseManifest((await read(directory, 'manifest.json')).toString('utf8')),
  );
  assertFits(manifest, options);
  const model = await readChecked(directory, 'model.onnx', manifest);
  const treesText = await readChecked(directory, 'trees.json', manifest);
  const trees = await understand(directory, 'trees.json', async () => parseTrees(treesText.toString('utf8')));
  if (trees.featureCount !== manifest.features.length || trees.groupCount !== manifest.groups.length) {
    throw new Error(`The model in ${directory} is unusable: trees.json has other features or groups than manifest.json.`);
  }
  const session = await understand(directory, 'model.onnx', () => InferenceSession.create(model, sessionOptions));
  const scorer = createScorer(session, manifest, trees, (options.batchesBy ?? cheaperFor(trees.start.length)) === 'walk');
  await selfCheck(scorer, directory);
  return options.oneByOne === true ? { ...scorer, score: (row) => Promise.resolve(scorer.walk(row)) } : scorer;
}

function assertFits(manifest: ModelManifest, options: OnnxOptions): void {
  const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);
  if (
    manifest.schemaHash === options.schemaHash &&
    same(manifest.features, options.featureNames) &&
    same(manifest.groups, options.groupNames)
  )
    return;
  throw new Error(
    `The model ${manifest.identity} was trained for features ${manifest.schemaHash}, but this build derives ${options.schemaHash}: use the model that belongs to this version, or retrain.`,
  );
}

async function read(directory: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, name));
  } catch (error) {
    throw new Error(
      `The model in ${directory} is unusable: ${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    );
  }
}

async function readChecked(directory: string, name: string, manifest: ModelManifest): Promise<Buffer> {
  const bytes = await read(directory, name);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (manifest.files[name] !== digest)
    throw new Error(`The model in ${directory} is unusable: ${name} does not have the checksum that manifest.json states.`);
  return bytes;
}

async function understand<T>(directory: string, name: string, parse: () => Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith('The model in ')) throw error;
    throw new Error(`The model in ${directory} is unusable: ${name}: ${message.split('\n')[0]}`);
  }
}

function createScorer(session: InferenceSession, manifest: ModelManifest, trees: Trees, walked: boolean): OnnxScorer {
  const width = manifest.features.length;
  const groups = manifest.groups.length;
  const input = session.inputNames[0] as string;
  const output = session.outputNames[0] as string;
  const centres = Float64Array.from(manifest.centres);
  let failures = 0;
  let untilCheck = rowsPerCheck;

  async function runtimeSums(rows: Float32Array, count: number): Promise<Float64Array | null> {
    normaliseRow(rows);
    try {
      const results = await session.run({ [input]: new Tensor('float32', rows, [count, width]) });
      const sums = results[output]?.data;
      return sums instanceof Float64Array && sums.length === count * groups ? sums : null;
    } catch {
      return null;
    }
  }

  async function runBatch(batch: Batch): Promise<Contributions[]> {
    const sums = await runtimeSums(batch.rows, batch.count);
    if (sums === null) failures += 1;
    return contributionsOf(sums ?? walkBatch(batch.rows, batch.count));
  }

  /** Now and then the runtime scores the batch too: often enough to notice a difference within minutes, too seldom to cost. */
  function walkAndCheck({ rows, count }: Batch): Contributions[] {
    normaliseRow(rows);
    const sums = walkBatch(rows, count);
    untilCheck -= count;
    if (untilCheck <= 0) {
      untilCheck = rowsPerCheck;
      // A copy: the receivers of the sums may change them.
      void check(rows, count, sums.slice());
    }
    return contributionsOf(sums);
  }

  async function check(rows: Float32Array, count: number, expected: Float64Array): Promise<void> {
    const sums = await runtimeSums(rows, count);
    if (sums === null || !sums.every((value, i) => Object.is(value, expected[i]))) failures += 1;
  }

  function contributionsOf(sums: Float64Array): Contributions[] {
    const results: Contributions[] = [];
    for (let from = 0; from < sums.length; from += groups) {
      for (let group = 0; group < groups; group++) sums[from + group] = (sums[from + group] as number) - (centres[group] as number);
      // Each row has its own part of the one array: nobody else reads or writes it.
      results.push({ base: manifest.baseLogOdds, groups: sums.subarray(from, from + groups) });
    }
    return results;
  }

  /** Rows as the trees read them. */
  function walkBatch(rows: Float32Array, count: number): Float64Array {
    const sums = new Float64Array(count * groups);
    for (let i = 0; i < count; i++)
      walkTrees(trees, rows.subarray(i * width, (i + 1) * width), sums.subarray(i * groups, (i + 1) * groups));
    return sums;
  }

  return {
    identity: { name: manifest.identity, schemaHash: manifest.schemaHash },
    inProcess: true,
    manifest,
    trees,
    score: createBatcher(width, walked ? walkAndCheck : runBatch),
    runtimeSums,
    walk(row) {
      const copy = row.slice();
      normaliseRow(copy);
      return contributionsOf(walkBatch(copy, 1))[0] as Contributions;
    },
    rank: (logOdds) => rankOf(manifest.calibration, logOdds),
    failures: () => failures,
    close: () => session.release(),
  };
}

/** Scores a few rows by both ways before serving: a runtime that disagrees with the trees on this machine must not answer. */
async function selfCheck(scorer: OnnxScorer, directory: string): Promise<void> {
  const width = scorer.manifest.features.length;
  for (const filling of [Number.NaN, 0, 1, -1, 1e6]) {
    const row = new Float32Array(width).fill(filling);
    const walked = new Float64Array(scorer.manifest.groups.length);
    walkTrees(scorer.trees, row, walked);
    const sums = await scorer.runtimeSums(row, 1);
    if (sums === null || !sums.every((value, group) => value === walked[group]))
      throw new Error(`The model in ${directory} is unusable: model.onnx and trees.json give different numbers on this machine.`);
  }
}
