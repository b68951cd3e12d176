// Does scoring cost more the more people are remembered? The same service on data of three sizes, each size its own directory
// and its own process on one core, under the same load from the other, interleaved round by round.
//
//   node bench/growth.ts [--sizes 10000,100000,1000000] [--rounds 5] [--seconds 4] [--warm-up-seconds 15] [--connections 32] [--logins 3]
//     [--directory DIRECTORY]
//
// Profiles are made straight through the stores, which takes minutes for a million; with --directory they are kept, and what
// is there complete is used again. Every round asks about people spread over the whole size, so that a large store is not
// answered from a small warm part of it. Ends with exit code 1 when the largest costs over a fifth more than the smallest, or
// needs more memory of its own than is promised.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { bodyOf } from './support/attempts.ts';
import { preload } from './support/preload.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';
import { median, spread } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    'warm-up-seconds': { type: 'string', default: '15' },
    connections: { type: 'string', default: '32' },
    logins: { type: 'string', default: '3' },
    directory: { type: 'string' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
/** Long enough that the code is compiled: what compiling costs depends on the hour, not on the size. */
const warmUpSeconds = Number(values['warm-up-seconds']);
const connections = Number(values.connections);
const growthMax = 1.2;
const ownMiBMax = 400;
/** Different people per round; the next round asks about others. */
const bodiesMax = 4096;

interface Size {
  readonly profiles: number;
  readonly service: ServerProcess;
  readonly cpuMicros: number[];
  readonly perSecond: number[];
  failed: number;
}

const directory = values.directory ?? mkdtempSync(join(tmpdir(), 'portcullis-growth-'));
const running: Size[] = [];
try {
  for (const profiles of sizes) running.push(await open(profiles));
  for (let round = -1; round < rounds; round++) {
    // Whoever goes first changes, so that a slow minute of the machine does not always hit the same one.
    for (let i = 0; i < running.length; i++) await load(running[(i + Math.max(round, 0)) % running.length] as Size, round);
  }
  report();
} finally {
  for (const { service } of running) await service.stop();
  if (values.directory === undefined) rmSync(directory, { recursive: true, force: true });
}

async function open(profiles: number): Promise<Size> {
  const data = join(directory, `profiles-${profiles}`);
  const complete = join(data, 'complete');
  if (!existsSync(complete)) {
    rmSync(data, { recursive: true, force: true });
    const beganMs = performance.now();
    await preload(data, profiles, Number(values.logins));
    writeFileSync(complete, '');
    process.stdout.write(`${profiles} profiles made in ${((performance.now() - beganMs) / 1000).toFixed(0)} s\n`);
  }
  const env = { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: data, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'warn' };
  const service = await startServer({ script: 'src/start.js', core: 0, env });
  return { profiles, service, cpuMicros: [], perSecond: [], failed: 0 };
}

/** One round of closed-loop load. Rounds before the first only warm up. */
async function load(size: Size, round: number): Promise<void> {
  const { profiles, service } = size;
  const count = Math.min(bodiesMax, profiles);
  const step = profiles / count;
  const requests = Array.from({ length: count }, (_, i) => ({
    method: 'POST' as const,
    path: '/v1/score',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf((Math.floor(i * step) + (round + 1) * 7) % profiles)),
  }));
  const before = service.cpuMicros();
  const result = await autocannon({ url: service.url, connections, duration: round < 0 ? warmUpSeconds : seconds, requests });
  const cpu = service.cpuMicros() - before;
  if (round < 0) return;
  size.cpuMicros.push(cpu / result['2xx']);
  size.perSecond.push(result['2xx'] / result.duration);
  size.failed += result.non2xx + result.errors + result.timeouts;
}

function report(): void {
  const smallest = running[0] as Size;
  const faults: string[] = [];
  for (const { profiles, service, cpuMicros, perSecond, failed } of running) {
    const ratios = cpuMicros.map((micros, round) => micros / (smallest.cpuMicros[round] as number));
    const ownMiB = service.ownMemoryBytes() / 2 ** 20;
    process.stdout.write(
      `${profiles} profiles: ${spread(cpuMicros, 1)} us of CPU per request, ${spread(ratios)} of the smallest; ${spread(perSecond, 0)} per second; ` +
        `memory ${ownMiB.toFixed(0)} MiB without the mapped database, ${(service.residentBytes() / 2 ** 20).toFixed(0)} MiB with it; ${failed} failed\n`,
    );
    if (median(ratios) > growthMax)
      faults.push(`${profiles} profiles cost ${median(ratios).toFixed(2)} times as much as ${smallest.profiles}`);
    if (ownMiB > ownMiBMax) faults.push(`${profiles} profiles need ${ownMiB.toFixed(0)} MiB`);
    if (failed > 0) faults.push(`${failed} answers were not 2xx at ${profiles} profiles`);
  }
  process.stdout.write(faults.length === 0 ? 'Growth is within its bound.\n' : `Not as promised: ${faults.join('; ')}.\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
