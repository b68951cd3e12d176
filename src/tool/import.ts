// Loads last year's log before going live, through the code that serves, so that nobody starts cold.
//
//   npm run import -- FILE [--mapping FILE] [--tenant NAME] [--report]
//
// FILE is NDJSON of attempts (the body of /v1/score with occurred_at, optionally "outcome" and "label"), or CSV or log lines
// with a mapping file (examples/mappings); .gz is read as it is. Interrupted, it goes on where it was when called again.
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { openCore } from '../compose.ts';
import { loadSettings } from '../config/load.ts';
import { catchUp } from './import/catch-up.ts';
import { checkpointIn, fileName } from './import/checkpoint.ts';
import { createFlaggedReport } from './import/flagged-report.ts';
import { type Mapping, parseMapping } from './import/mapping.ts';
import { readRecords } from './import/read-records.ts';
import { runImport } from './import/run-import.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { mapping: { type: 'string' }, tenant: { type: 'string', default: 'default' }, report: { type: 'boolean', default: false } },
});
const file = positionals[0];
if (file === undefined || positionals.length !== 1)
  fail('name one file: npm run import -- FILE [--mapping FILE] [--tenant NAME] [--report]');

/** Refused lines shown one by one; the rest is counted. */
const refusedShownMax = 50;
const checkpointLines = 5000;
const reportRows = 40;

try {
  await main(file);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

async function main(path: string): Promise<void> {
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${error.code}).`);
  });
  const mapping: Mapping | null = values.mapping === undefined ? null : parseMapping(readFileSync(values.mapping, 'utf8'));
  const settings = loadSettings(process.env, (name) => readFileSync(name, 'utf8'));
  const core = await openCore(settings, { oneByOne: true, onProblem: (sentence) => process.stderr.write(`import: ${sentence}\n`) });
  const name = await fileName(path);
  const report = createFlaggedReport();
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{value} lines, {rate} per second, {refused} refused', clearOnComplete: false })
    : null;
  let refusedShown = 0;
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (stopping = true));
  const beganMs = core.ports.clock.monotonicMs();
  const checkpoint = checkpointIn(settings.dataDir, name);
  const firstLine = (await checkpoint.read()).lines;
  bar?.start(0, 0, { rate: 0, refused: 0 });
  const progress = await runImport(
    readRecords(path, mapping),
    checkpoint,
    { ...core.ports, assess: core.assess, catchUp: () => catchUp(core.stores) },
    {
      tenant: values.tenant,
      name,
      checkpointLines,
      onRefused(line, reason) {
        refusedShown += 1;
        if (refusedShown <= refusedShownMax) process.stderr.write(`line ${line}: ${reason}\n`);
      },
      onAssessed(result, record) {
        if (!values.report || result.kind !== 'assessed') return;
        const { user, ip, credential, outcome } = record as {
          user: { id: string };
          ip: string;
          credential?: { result?: string };
          outcome?: string;
        };
        report.add(ip, user.id, credential?.result === 'failure', outcome === 'signed_in', result.assessment);
      },
      onProgress(now) {
        const seconds = (core.ports.clock.monotonicMs() - beganMs) / 1000;
        const rate = Math.round((now.lines - firstLine) / Math.max(seconds, 0.001));
        if (bar === null) process.stderr.write(`${now.lines} lines, ${rate} per second, ${now.refused} refused\n`);
        else bar.update(now.lines, { rate, refused: now.refused });
      },
      stopping: () => stopping,
    },
  );
  bar?.stop();
  await core.close();
  if (refusedShown > refusedShownMax) process.stderr.write(`... and ${refusedShown - refusedShownMax} more refused lines\n`);
  process.stdout.write(
    `${progress.lines} lines read: ${progress.assessed} attempts loaded, ${progress.refused} refused, ${progress.unmatched} not about logins${stopping ? '; interrupted, call again to go on' : ''}.\n`,
  );
  if (values.report) process.stdout.write(report.text(reportRows));
}

function fail(message: string): never {
  process.stderr.write(`import: ${message}\n`);
  process.exit(1);
}
