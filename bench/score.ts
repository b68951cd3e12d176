// What does scoring cost? The real service beside a bare Fastify that echoes the same body under the same schema, saturated
// by the same load, interleaved in one run. Prints ratios with their spread; absolute figures are of this machine and hour.
//
//   npm run bench -- [--rounds 7] [--seconds 4] [--connections 32] [--profiles 100000] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { testRandom } from '../test/support/ports.ts';
import { bodyOf } from './support/attempts.ts';
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
const warmAnswers = 40_000;
interface Round {
  readonly answered: number;
  readonly perSecond: number;
  /** CPU of all threads of the server per answered request. */
  readonly cpuMicros: number;
  readonly latencyMsMax: number;
  readonly failed: number;
}

/** Every person's body, made once: each request is from somebody drawn at random, as in a real crowd. */
const bodies = Array.from({ length: profiles }, (_, person) => Buffer.from(JSON.stringify(bodyOf(person))));

async function load(server: ServerProcess, rate: number | null): Promise<Round> {
  const random = testRandom(1);
  const setupRequest = (request: autocannon.Request): autocannon.Request => ({
    ...request,
    body: bodies[Math.floor(random.uniform() * profiles)] as Buffer,
  });
  const requests = [{ method: 'POST' as const, path: '/v1/score', headers: { 'content-type': 'application/json' }, setupRequest }];
  const cpuBefore = server.cpuMicros();
  const result = await autocannon({
    url: server.url,
    connections,
    duration: seconds,
    requests,
    ...(rate === null ? {} : { overallRate: rate, ignoreCoordinatedOmission: true }),
  });
  const cpu = server.cpuMicros() - cpuBefore;
  const answered = result['2xx'];
  return {
    answered,
    perSecond: answered / result.duration,
    cpuMicros: cpu / answered,
    latencyMsMax: result.latency.max,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

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
  // Warm: until the code that matters is compiled. The compiler works beside the service for its first thirty thousand answers, for a
  // third of what they cost, and then has done.
  for (const server of [echo, service]) for (let answered = 0; answered < warmAnswers; ) answered += (await load(server, null)).answered;
  const results = { saturated: await interleave(service, echo, null), half: [] as Pair[] };
  const halfRate = Math.floor(median(results.saturated.map((pair) => pair.service.perSecond)) / 2);
  results.half = await interleave(service, echo, halfRate);
  report('saturated', results.saturated);
  report(`at a fixed ${halfRate} requests per second (half of the service's capacity)`, results.half);
  process.stdout.write(
    `memory of the service: ${(service.ownMemoryBytes() / 2 ** 20).toFixed(0)} MiB of its own, ${(service.residentBytes() / 2 ** 20).toFixed(0)} MiB with mapped pages\n`,
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

async function interleave(service: ServerProcess, echo: ServerProcess, rate: number | null): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first alternates, so that a slow minute of the machine does not always hit the same one.
    if (round % 2 === 0) pairs.push({ echo: await load(echo, rate), service: await load(service, rate) });
    else pairs.push({ service: await load(service, rate), echo: await load(echo, rate) });
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
