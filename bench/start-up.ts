// How long from the start of the process to the first full verdict? Several starts on one data directory, each beside a Node
// that starts and does nothing, so that a slow hour of the machine can be told from a slow start.
//
//   node bench/start-up.ts [--runs 7] [--limit-ms 3000]
//
// A full verdict is by the model, with nothing missing through our own failure. The first start after an install or a change
// of code also fills the compile cache; it is shown apart. Ends with exit code 1 when the median is late.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bodyOf } from './support/attempts.ts';
import { createClient } from './support/json-client.ts';
import { startServer } from './support/server-process.ts';
import { median, spread } from './support/statistics.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' }, 'limit-ms': { type: 'string', default: '3000' } } });
const runs = Number(values.runs);
const limitMs = Number(values['limit-ms']);

interface Start {
  readonly listeningMs: number;
  readonly verdictMs: number;
  /** CPU of all threads until the first verdict. */
  readonly cpuMs: number;
  /** How long the first verdict took. */
  readonly answerMs: number;
  /** Answers until one was full: 1, unless the machine was too busy for the budget of the first. */
  readonly answers: number;
  /** A Node that does nothing, started and ended right before. */
  readonly emptyMs: number;
}

const directory = mkdtempSync(join(tmpdir(), 'portcullis-start-'));
const env = { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_LOG_LEVEL: 'warn' };
const starts: Start[] = [];
const answersMax = 100;
try {
  const first = await startOnce();
  process.stdout.write(`the first start, which makes what is kept: ${first.verdictMs.toFixed(0)} ms to the first verdict\n`);
  for (let run = 0; run < runs; run++) starts.push(await startOnce());
} finally {
  rmSync(directory, { recursive: true, force: true });
}

const of = (part: keyof Start): number[] => starts.map((start) => start[part]);
process.stdout.write(
  [
    `median (lowest to highest of ${runs} starts), milliseconds:`,
    `  until it listens           ${spread(of('listeningMs'), 0)}`,
    `  until the first verdict    ${spread(of('verdictMs'), 0)}, of which the answer itself ${spread(of('answerMs'), 1)} (number ${spread(of('answers'), 0)})`,
    `  CPU until the first verdict ${spread(of('cpuMs'), 0)}`,
    `  a Node that does nothing   ${spread(of('emptyMs'), 0)}; a start takes ${spread(
      starts.map((start) => start.verdictMs / start.emptyMs),
      1,
    )} times that`,
    '',
  ].join('\n'),
);
const inTime = median(of('verdictMs')) <= limitMs;
process.stdout.write(inTime ? `In time: under ${limitMs} ms.\n` : `Late: the median is above ${limitMs} ms.\n`);
process.exitCode = inTime ? 0 : 1;

async function startOnce(): Promise<Start> {
  const emptyMs = await emptyNode();
  const beganMs = performance.now();
  const service = await startServer({ script: 'src/start.js', core: -1, env });
  const listeningMs = performance.now() - beganMs;
  const client = createClient(service.url, 1);
  let answers = 0;
  let askedMs = 0;
  for (let full = false; !full; answers++) {
    if (answers === answersMax) throw new Error(`None of the first ${answersMax} answers was a full verdict.`);
    askedMs = performance.now();
    const { status, body } = await client.call('POST', '/v1/score', bodyOf(starts.length * answersMax + answers));
    full = status === 200 && body.decided_by === 'model' && body.degraded === false;
  }
  const endedMs = performance.now();
  const cpuMs = service.cpuMicros() / 1000;
  client.close();
  await service.stop();
  return { listeningMs, verdictMs: endedMs - beganMs, cpuMs, answerMs: endedMs - askedMs, answers, emptyMs };
}

async function emptyNode(): Promise<number> {
  const beganMs = performance.now();
  await once(spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }), 'exit');
  return performance.now() - beganMs;
}
