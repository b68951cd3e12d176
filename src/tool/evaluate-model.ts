// Measures a trained model against Freeman's, our rules and simple novelty on the splits it has not seen, tries the product's
// promises on it, and writes the card and the checksums beside it.
//
//   node src/tool/evaluate-model.ts [--model models/login-risk/<version>] [--matrix models/train/out/matrix]
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openOnnxScorer, type OnnxScorer } from '../adapters/onnx/scorer.ts';
import { schema } from '../domain/feature/schema.ts';
import { rankOf } from '../domain/rank.ts';
import { dropUnobserved } from '../domain/reason/observed.ts';
import { type Evaluation, renderCard } from './evaluate/card.ts';
import { measureDetection, reauthentication, realisedByTenant, realisedShares, shareAbove } from './evaluate/measure.ts';
import { tryPromises } from './evaluate/promises.ts';
import { readSplit, type Split } from './evaluate/read-matrix.ts';
import { openReplayPorts } from './matrix/replay-ports.ts';

async function scoreAll(scorer: OnnxScorer, split: Split): Promise<Float64Array> {
  const width = schema.width;
  const rows = split.kind.length;
  const scores = new Float64Array(rows);
  for (let from = 0; from < rows; from += 1024) {
    const batch = Array.from({ length: Math.min(1024, rows - from) }, (_, i) =>
      scorer.score(split.features.slice((from + i) * width, (from + i + 1) * width)),
    );
    (await Promise.all(batch)).forEach((scored, i) => {
      if (scored === null) throw new Error('The scorer failed.');
      dropUnobserved(schema, split.features.subarray((from + i) * width, (from + i + 1) * width), scored.groups);
      scores[from + i] = scored.groups.reduce((sum, value) => sum + value, scored.base);
    });
  }
  return scores;
}

/** Median of several rounds, microseconds per row. */
async function timeRows(scorer: OnnxScorer, split: Split, batch: number): Promise<number> {
  const rows = Array.from({ length: batch }, (_, i) => split.features.slice(i * schema.width, (i + 1) * schema.width));
  const rounds: number[] = [];
  for (let round = 0; round < 300; round++) {
    const startedMs = performance.now();
    await Promise.all(rows.map((row) => scorer.score(row)));
    rounds.push(((performance.now() - startedMs) * 1000) / batch);
  }
  return rounds.sort((a, b) => a - b)[150] as number;
}

function countsOf(name: string, split: Split): Evaluation['splits'][number] {
  const genuine = split.kind.reduce((sum, kind) => sum + Number(kind === 0), 0);
  return { name, genuine, attacks: split.kind.length - genuine, tenants: new Set(split.tenant).size };
}

function reauthenticationLines(test: Split, scores: Float64Array): Evaluation['reauthentication'] {
  return ['naive', 'vpn', 'targeted', 'very_targeted'].flatMap((kind) =>
    [0.8, 0.9, 0.98].map((truePositive) => {
      const index = test.head.kinds.indexOf(kind as (typeof test.head.kinds)[number]);
      return {
        kind,
        truePositive,
        model: reauthentication(test, scores, index, truePositive),
        freeman: reauthentication(test, test.freemanAttributes, index, truePositive),
      };
    }),
  );
}

async function evaluate(model: string, matrix: string): Promise<Evaluation> {
  const scorer = await openOnnxScorer({
    directory: model,
    schemaHash: `sha256:${createHash('sha256').update(schema.canonical).digest('hex')}`,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  });
  const [train, calibration, test, late] = ['train', 'calibration', 'test', 'late'].map((name) => readSplit(join(matrix, name))) as [
    Split,
    Split,
    Split,
    Split,
  ];
  if (test.head.schema_hash !== scorer.identity.schemaHash)
    throw new Error('The matrix was made for other features than the model: run the matrix tool again.');
  const [testScores, lateScores] = [await scoreAll(scorer, test), await scoreAll(scorer, late)];
  const ranksOf = (scores: Float64Array): Float64Array => scores.map((score) => scorer.rank(score));
  const thresholds = [0.9, 0.95, 0.99, 0.995, 0.999];
  const [testRanks, lateRanks] = [ranksOf(testScores), ranksOf(lateScores)];
  const [onTest, onLate, byRules] = [testRanks, lateRanks, test.rules.map((score) => rankOf(scorer.manifest.rulesCalibration, score))].map(
    (ranks, i) => realisedShares(i === 1 ? late : test, ranks, thresholds),
  ) as [number[], number[], number[]];
  const world = await openReplayPorts();
  const ablation = join(matrix, '..', 'ablation.json');
  const evaluation: Evaluation = {
    manifest: scorer.manifest,
    trees: scorer.trees.start.length,
    splits: [countsOf('train', train), countsOf('calibration', calibration), countsOf('test', test), countsOf('late', late)],
    test: measureDetection(test, testScores),
    late: measureDetection(late, lateScores),
    settled: measureDetection(test, testScores, 5),
    reauthentication: reauthenticationLines(test, testScores),
    challengedByHistory: shareAbove(test, (row) => (testRanks[row] as number) > 0.99),
    budgets: thresholds.map((threshold, i) => ({
      threshold,
      test: onTest[i] as number,
      late: onLate[i] as number,
      rules: byRules[i] as number,
    })),
    byTenant: { test: realisedByTenant(test, testRanks, 0.99), late: realisedByTenant(late, lateRanks, 0.99) },
    promises: await tryPromises(world, scorer),
    ablation: existsSync(ablation) ? (JSON.parse(readFileSync(ablation, 'utf8')) as NonNullable<Evaluation['ablation']>) : null,
    microseconds: { one: await timeRows(scorer, test, 1), sixteen: await timeRows(scorer, test, 16) },
    source: test.head.source['simulation'] as Record<string, unknown>,
  };
  world.close();
  await scorer.close();
  return evaluation;
}

function writeChecksums(folder: string): void {
  const names = readdirSync(folder)
    .filter((name) => name !== 'SHA256SUMS')
    .sort();
  const lines = names.map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}  ${name}\n`,
  );
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

function activeModel(): string {
  const active = JSON.parse(readFileSync('models/ACTIVE.json', 'utf8')) as { active: string };
  return join('models', active.active);
}

const { values } = parseArgs({ options: { model: { type: 'string' }, matrix: { type: 'string', default: 'models/train/out/matrix' } } });
const model = values.model ?? activeModel();
const evaluation = await evaluate(model, values.matrix);
const card = renderCard(evaluation);
writeFileSync(join(model, 'card.md'), card);
writeChecksums(model);
process.stdout.write(card);
const broken = evaluation.promises.filter((each) => !each.kept);
const behind = [...evaluation.test, ...evaluation.late].filter(
  (result) => result.lead.freeman[0] <= 0 || result.lead.freeman_attributes[0] <= 0 || result.lead.rules[0] <= 0,
);
for (const each of broken) process.stderr.write(`Not kept: ${each.name} scored ${each.score.toFixed(4)}.\n`);
for (const result of behind) process.stderr.write(`No proven lead over Freeman or the rules: ${result.kind}.\n`);
if (broken.length + behind.length > 0) process.exitCode = 1;
