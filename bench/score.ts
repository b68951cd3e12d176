// What does scoring cost? The real service beside a bare Fastify that echoes the same body under the same schema, saturated
// by the same load, interleaved in one run. Prints ratios with their spread; absolute figures are of this machine and hour.
//
//   npm run bench -- [--rounds 7] [--seconds 4] [--connections 32] [--profiles 100000] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLoad, type Round, warm } from './support/load.ts';
import { preload } from './support/preload.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';
import { median, spread } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    profiles: { type: 'string', default: '100000' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const profiles = Number(values.profiles);
const directory = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
try {
  process.stdout.write(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.versions.node}; ${connections} connections, ${rounds} rounds of ${seconds} s each\n`,
  );
  process.stdout.write(`loading ${profiles} profiles\n`);
  await preload(directory, profiles);
  const service = await startServer({
    script: 'src/start.js',
    core: 0,
    env: { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'warn' },
  });
  const echo = await startServer({ script: 'bench/support/echo-server.ts', core: 0 });
  const load = createLoad({ profiles, connections, seconds });
  for (const server of [echo, service]) await warm(server, load);
  const results = { saturated: await interleave(service, echo, (server) => load(server, null)), half: [] as Pair[] };
  const halfRate = Math.floor(median(results.saturated.map((pair) => pair.service.perSecond)) / 2);
  results.half = await interleave(service, echo, (server) => load(server, halfRate));
  report('saturated', results.saturated);
  report(`at a fixed ${halfRate} requests per second (half of the service's capacity)`, results.half);
  process.stdout.write(
    `memory of the service: ${(service.ownMemoryBytes() / 2 ** 20).toFixed(0)} MiB without the mapped database, ${(service.residentBytes() / 2 ** 20).toFixed(0)} MiB with it\n`,
  );
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      JSON.stringify({ node: process.versions.node, cpu: cpus()[0]?.model, connections, seconds, profiles, ...results }, null, 2),
    );
  await service.stop();
  await echo.stop();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

interface Pair {
  readonly service: Round;
  readonly echo: Round;
}

async function interleave(service: ServerProcess, echo: ServerProcess, load: (server: ServerProcess) => Promise<Round>): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first alternates, so that a slow minute of the machine does not always hit the same one.
    if (round % 2 === 0) pairs.push({ echo: await load(echo), service: await load(service) });
    else pairs.push({ service: await load(service), echo: await load(echo) });
  }
  return pairs;
}

function report(name: string, pairs: readonly Pair[]): void {
  const failed = pairs.reduce((sum, pair) => sum + pair.service.failed + pair.echo.failed, 0);
  process.stdout.write(`\n${name}: median (lowest to highest of ${pairs.length} rounds)\n`);
  process.stdout.write(
    `  CPU per request   service ${spread(
      pairs.map((pair) => pair.service.cpuMicros),
      1,
    )} us   echo ${spread(
      pairs.map((pair) => pair.echo.cpuMicros),
      1,
    )} us\n`,
  );
  process.stdout.write(`  CPU ratio         ${spread(pairs.map((pair) => pair.service.cpuMicros / pair.echo.cpuMicros))}\n`);
  process.stdout.write(
    `  requests per s    service ${spread(
      pairs.map((pair) => pair.service.perSecond),
      0,
    )}   echo ${spread(
      pairs.map((pair) => pair.echo.perSecond),
      0,
    )}\n`,
  );
  process.stdout.write(`  throughput ratio  ${spread(pairs.map((pair) => pair.service.perSecond / pair.echo.perSecond))}\n`);
  process.stdout.write(
    `  worst latency     service ${Math.max(...pairs.map((pair) => pair.service.latencyMsMax))} ms   echo ${Math.max(...pairs.map((pair) => pair.echo.latencyMsMax))} ms   answers that were not 2xx: ${failed}\n`,
  );
}
