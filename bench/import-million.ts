// Can a year of history be loaded before going live? Writes a file of logins, imports it with the tool in a process of its own,
// kills that process once at a random moment, resumes, and holds what is stored against what the file says.
//
//   node bench/import-million.ts [--lines 1000000] [--seed 1] [--limit-s 600] [--people-checked 2000] [--directory DIRECTORY]
//
// Prints the rate, what a million would take, and the memory of the importing process by tenths of the way. Ends with exit
// code 1 when anything was counted twice or lost, when memory grew, or when a million would take longer than the limit.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPseudonyms } from '../src/adapters/crypto/pseudonyms.ts';
import { openLmdbStores } from '../src/adapters/lmdb/open.ts';
import { fileName } from '../src/tool/import/checkpoint.ts';
import { testRandom } from '../test/support/ports.ts';
import { type ImportFile, writeImportFile } from './support/import-file.ts';
import { useOf } from './support/server-process.ts';
import { median, spread } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    'limit-s': { type: 'string', default: '600' },
    'people-checked': { type: 'string', default: '2000' },
    directory: { type: 'string' },
  },
});
const lines = Number(values.lines);
const seed = Number(values.seed);
const limitS = Number(values['limit-s']);
const random = testRandom(seed + 1);
/** Memory of the last tenth above that of the third: warm by then, and what grows would show. */
const growthMax = 1.15;
const sampleEveryMs = 250;

const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'portcullis-import-'));
const dataDirectory = join(directory, 'data');
const file = join(directory, 'logins.ndjson');
const faults: string[] = [];

interface Sample {
  readonly lines: number;
  readonly ownMiB: number;
  readonly residentMiB: number;
}

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly linesFrom: number;
  readonly linesTo: number;
  readonly samples: readonly Sample[];
  readonly output: string;
}

try {
  const written = await writeImportFile(file, lines, seed, Date.now() - 60_000);
  process.stdout.write(`${lines} attempts of ${written.people} people\n`);
  const killAtLine = Math.floor(lines * (0.2 + 0.6 * random.uniform()));
  const first = await runImport(killAtLine);
  process.stdout.write(`killed behind line ${first.linesTo} of ${lines}, after ${first.seconds.toFixed(0)} s\n`);
  const second = await runImport(null);
  process.stdout.write(`resumed behind line ${second.linesFrom}: ${second.output.trim().split('\n').at(-1)}\n`);
  report([first, second]);
  await compare(written);
} finally {
  if (values.directory === undefined) rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(
  faults.length === 0 ? 'Nothing was lost and nothing was counted twice.\n' : `Not as promised:\n${faults.slice(0, 20).join('\n')}\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Runs the tool to the end, or until the first progress at or behind `killAtLine` and then a random moment more. */
async function runImport(killAtLine: number | null): Promise<Run> {
  const env = { ...process.env, PORTCULLIS_DATA_DIR: dataDirectory, PORTCULLIS_LOG_LEVEL: 'warn' };
  const beganMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import=./src/huge-pages.js', '--max-semi-space-size=16', 'src/tool/import.ts', file],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const seen = { from: -1, to: 0, cpuSeconds: 0 };
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    for (const [, count] of chunk.toString('utf8').matchAll(/^(\d+) lines, /gm)) {
      if (seen.from < 0) seen.from = Number(count);
      seen.to = Number(count);
    }
    if (killAtLine !== null && seen.to >= killAtLine) setTimeout(() => child.kill('SIGKILL'), random.uniform() * 1000);
  });
  const samples: Sample[] = [];
  const sampling = setInterval(() => sample(child, seen, samples), sampleEveryMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(sampling);
  if (killAtLine === null && code !== 0) faults.push(`the import ended with ${code}: ${output}`);
  return {
    seconds: (performance.now() - beganMs) / 1000,
    cpuSeconds: seen.cpuSeconds,
    linesFrom: seen.from,
    linesTo: seen.to,
    samples,
    output,
  };
}

function sample(child: ChildProcess, seen: { to: number; cpuSeconds: number }, samples: Sample[]): void {
  const use = useOf(child.pid as number);
  if (use === null) return;
  seen.cpuSeconds = use.cpuMicros / 1e6;
  samples.push({ lines: seen.to, ownMiB: use.ownBytes / 2 ** 20, residentMiB: use.residentBytes / 2 ** 20 });
}

function report(runs: readonly Run[]): void {
  const done = runs.reduce((sum, run) => sum + run.linesTo - Math.max(run.linesFrom, 0), 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const cpuSeconds = runs.reduce((sum, run) => sum + run.cpuSeconds, 0);
  const millionS = (seconds / done) * 1e6;
  process.stdout.write(
    `${(done / seconds).toFixed(0)} attempts per second with both starts; ${((cpuSeconds / done) * 1e6).toFixed(0)} us of CPU each; a million would take ${millionS.toFixed(0)} s, and ${((cpuSeconds / done) * 1e6).toFixed(0)} s of CPU\n`,
  );
  if (millionS > limitS) faults.push(`a million would take ${millionS.toFixed(0)} s`);
  for (const run of runs) {
    const tenths = tenthsOf(run.samples);
    const own = tenths.map((tenth) => median(tenth.map((each) => each.ownMiB)));
    process.stdout.write(
      `memory of its own by tenths: ${own.map((mib) => mib.toFixed(0)).join(' ')} MiB; with mapped pages ${spread(
        run.samples.map((each) => each.residentMiB),
        0,
      )} MiB\n`,
    );
    const [warm, last] = [own[2], own.at(-1)];
    if (warm !== undefined && last !== undefined && last > warm * growthMax)
      faults.push(`memory grew from ${warm.toFixed(0)} to ${last.toFixed(0)} MiB`);
  }
}

/** Samples of the lines under way, cut into ten equal parts of the time. */
function tenthsOf(samples: readonly Sample[]): Sample[][] {
  const working = samples.filter((each) => each.lines > 0);
  const size = Math.max(1, Math.ceil(working.length / 10));
  return Array.from({ length: Math.ceil(working.length / size) }, (_, i) => working.slice(i * size, (i + 1) * size));
}

/** What the store knows of people beside what the file says of them. */
async function compare(written: ImportFile): Promise<void> {
  const key = Buffer.from(readFileSync(join(dataDirectory, 'pseudonym.key'), 'utf8').trim(), 'base64');
  const pseudonyms = createPseudonyms({ key });
  const stores = openLmdbStores({ directory: join(dataDirectory, 'store'), onProblem: (sentence) => faults.push(sentence) });
  const step = Math.max(1, Math.floor(written.people / Number(values['people-checked'])));
  const sums = { people: 0, good: 0, stored: 0 };
  for (let person = 0; person < written.people; person += step) {
    const account = pseudonyms.of('default', 'user', `person-${person}`);
    const known = stores.profiles.readAccount('default', account)?.goodCount ?? 0;
    const stored = stores.assessments.byAccount('default', account, 10_000);
    const learned = stored.filter((record) => record.learned).length;
    const expected = written.good[person] as number;
    sums.people += 1;
    sums.good += known;
    sums.stored += learned;
    if (known !== expected || learned !== expected)
      faults.push(`person-${person}: the file has ${expected} good logins, the profile ${known}, the assessments ${learned}`);
  }
  process.stdout.write(
    `${sums.people} people checked: ${sums.good} good logins in profiles, ${sums.stored} in assessments, as the file says unless named below\n`,
  );
  if (stores.health().damagedRecords > 0) faults.push(`${stores.health().damagedRecords} damaged records`);
  const loaded = JSON.parse(readFileSync(join(dataDirectory, `import-${await fileName(file)}.json`), 'utf8')) as {
    lines: number;
    assessed: number;
  };
  if (loaded.lines !== written.lines || loaded.assessed !== written.lines)
    faults.push(`${loaded.assessed} attempts of ${loaded.lines} lines were counted as loaded, of ${written.lines} written`);
  await stores.close();
}
