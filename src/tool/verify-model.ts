// Proves that a model directory is sound: checksums, the same numbers from the ONNX runtime and from the plain walk of the
// trees on hostile rows, and the golden scores that were written when it was trained.
//
//   npm run verify-model -- [--directory DIR] [--rows 100000] [--seed 1]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openOnnxScorer } from '../adapters/onnx/scorer.ts';
import { activeModelDirectory, schemaHash } from '../compose.ts';
import { schema } from '../domain/feature/schema.ts';
import { checkGolden, compareRows } from './model/compare-rows.ts';

const { values } = parseArgs({
  options: { directory: { type: 'string' }, rows: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const directory = values.directory ?? activeModelDirectory();
try {
  const scorer = await openOnnxScorer({
    directory,
    schemaHash,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  });
  const compared = await compareRows(scorer, Number(values.rows), Number(values.seed));
  process.stdout.write(
    `${scorer.identity.name}: ${compared.rows} rows (${compared.hostileValues} hostile values, ${compared.thresholds} thresholds), ${compared.differences} differences between runtime and walk\n`,
  );
  const golden = await checkGolden(scorer, readFileSync(join(directory, 'golden.ndjson'), 'utf8'));
  process.stdout.write(`${golden.rows} golden scores, ${golden.differences} differ\n`);
  await scorer.close();
  process.exitCode = compared.differences + golden.differences === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`verify-model: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
