// Is scoring as fast and as cheap while models explain cases, and while none can be reached? Three services, the same logins at half of what
// one can take, in interleaved bursts of one run:
//
//   none        cases are opened, and the template tells them
//   saturated   every worker of every tier has an answer of a slow fake under way, and more cases wait
//   dead        the provider's address refuses connections
//
//   node bench/explainer-cost.ts [--rounds 9] [--seconds 4] [--rate 0] [--profiles 20000] [--backlog 1500]
//     [--connections 16] [--core=0] [--json FILE]
//
// Measured of each burst: latency of an answer (median, 99th percentile), CPU of the scoring thread per request and of the whole process, from
// /proc. What counts is the ratio to "none" of the same round, and its spread over the rounds. While one service is measured the other two
// are stopped (SIGSTOP), so that a busy explainer disturbs no service but its own, and five flagged logins per second come to it beside the
// measured load, so that there is always something new to explain. A witness says how long the machine kept everybody waiting; a round
// in which it did so for longer than 50 ms is left out and counted.
//
// Ordinary people are scored: their logins are no cases. On a machine of two cores the services run on core 0, the load and the fakes on
// core 1 (`taskset -c 1` for the bench), so that the review thread and the scoring thread of a service share a core: the least favourable
// arrangement, in which whatever the explainer costs is taken from the scoring thread's turns. With `--core=-1` they go where the system puts
// them. Ends with exit code 1 when the median of the scoring thread's CPU ratio is above 1.1.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { testRandom } from '../test/support/ports.ts';
import { bodyOf } from './support/attempts.ts';
import { benchDirectory, depthsOf, inParallel, settingsIn, unfinished } from './support/explaining-process.ts';
import { flaggedBody, flaggingPolicy, tierPicker } from './support/flagged-logins.ts';
import { createClient } from './support/json-client.ts';
import { preload } from './support/preload.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';
import { startStallWitness } from './support/stall-witness.ts';
import { median, quantile, spread } from './support/statistics.ts';
import { startTellingProvider } from './support/telling-provider.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '4' },
    rate: { type: 'string', default: '0' },
    profiles: { type: 'string', default: '20000' },
    backlog: { type: 'string', default: '1500' },
    connections: { type: 'string', default: '16' },
    core: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const profiles = Number(values.profiles);
const backlog = Number(values.backlog);
const connections = Number(values.connections);
const core = Number(values.core);
const stallMsMax = 50;
const ratioMax = 1.1;
/** Everybody else is let through. */
const onlySome = flaggingPolicy
  .replace('client.id != "lenient"', 'client.id.startsWith("flagged-") && client.id != "flagged-lenient"')
  .replace('client.id == "strict"', 'client.id == "flagged-strict"');
const flaggedEveryMs = 200;
/** After it was stopped, until everything of it is under way again. */
const settleMs = 700;

const names = ['none', 'saturated', 'dead'] as const;
type Name = (typeof names)[number];

interface Burst {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mainMicros: number;
  readonly processMicros: number;
  readonly answered: number;
  readonly failed: number;
}

const tiers = `  critical: { models: [fake], workers: 4 }
  high: { models: [fake], workers: 2 }
  medium: { models: [fake], workers: 2, batch_max: 1 }
  low: { models: [fake], workers: 1, batch_max: 1, sample_one_in: 1 }
`;
const limits = 'first_text_ms: 10000, stall_ms: 10000, total_ms: 60000, concurrency: 16,';
const tierOfNext = tierPicker({ critical: 0.5, high: 0.3, medium: 0.15, low: 0.05 }, 1);
const figures = [
  ['p50Ms', 'latency, median', 'ms', 2],
  ['p99Ms', 'latency, 99th percentile', 'ms', 2],
  ['mainMicros', 'CPU of the scoring thread per request', 'us', 0],
  ['processMicros', 'CPU of the process per request', 'us', 0],
] as const;

const bodies = Array.from({ length: profiles }, (_, person) => Buffer.from(JSON.stringify(bodyOf(person))));
let flaggedSoFar = 10_000_000;

const directories = new Map<Name, string>();
const services = new Map<Name, ServerProcess>();
const provider = await startTellingProvider({ kind: 'compatible', seed: 1, firstTextMs: 300, pauseMs: 40, faultShare: 0 });
const witness = startStallWitness(tmpdir());
try {
  process.stdout.write(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${rounds} rounds of ${seconds} s, services on core ${core}\n`,
  );
  for (const name of names) await prepare(name);
  for (const name of names) await begin(name);
  const rate = Number(values.rate) > 0 ? Number(values.rate) : Math.floor((await capacity()) / 2);
  await fill('saturated');
  await fill('dead');
  report(rate, await measured(rate));
} finally {
  witness.stop();
  for (const service of services.values()) service.child.kill('SIGKILL');
  await provider.close();
  for (const directory of directories.values()) rmSync(directory, { recursive: true, force: true });
}

/** The same people in each, copied before any service has written. */
async function prepare(name: Name): Promise<void> {
  const directory = benchDirectory(`explainer-cost-${name}`);
  directories.set(name, directory);
  const data = join(directory, 'data');
  const first = directories.get('none');
  if (name === 'none' || first === undefined) await preload(data, profiles);
  else cpSync(join(first, 'data'), data, { recursive: true });
  writeFileSync(join(directory, 'policy.yaml'), onlySome);
}

async function begin(name: Name): Promise<void> {
  const directory = directories.get(name) as string;
  const baseUrl = name === 'dead' ? `http://127.0.0.1:${await freePort()}/v1` : provider.baseUrl;
  const env = settingsIn(directory, [{ name: 'fake', kind: 'compatible', baseUrl, more: limits }], name === 'none' ? null : tiers);
  services.set(name, await startServer({ script: 'src/start.js', core, env }));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function serviceOf(name: Name): ServerProcess {
  return services.get(name) as ServerProcess;
}

/** Requests per second that the service without an explainer answers, after what is compiled is compiled. */
async function capacity(): Promise<number> {
  for (const name of names) for (let i = 0; i < 3; i++) await load(serviceOf(name), 3, null);
  const perSecond: number[] = [];
  for (let i = 0; i < 3; i++) perSecond.push((await load(serviceOf('none'), 3, null)).answered / 3);
  return median(perSecond);
}

/** So many cases wait that every worker is busy to the end of the run. */
async function fill(name: Name): Promise<void> {
  const client = createClient(serviceOf(name).url, 8);
  await inParallel(
    Array.from({ length: backlog }, () => null),
    8,
    () => flag(client),
  );
  for (let tries = 0; tries < 60; tries++) {
    await pause(500);
    const depths = await depthsOf(client);
    if (depths !== null && depths.reduce((sum, { ended }) => sum + ended, 0) + unfinished(depths) >= backlog) break;
  }
  client.close();
}

async function flag(client: ReturnType<typeof createClient>): Promise<void> {
  const made = flaggedBody(++flaggedSoFar, tierOfNext(), Date.now()) as { client?: { id: string } };
  const { id } = made.client ?? { id: 'web' };
  const { body, status } = await client.call('POST', '/v1/score', { ...made, client: { id: `flagged-${id}` } });
  if (status === 200 && typeof body['case_id'] !== 'string')
    throw new Error(`a login was not flagged: ${JSON.stringify(body).slice(0, 200)}`);
}

async function measured(rate: number): Promise<readonly Readonly<Record<Name, Burst>>[]> {
  for (const name of names) serviceOf(name).child.kill('SIGSTOP');
  const kept: Record<Name, Burst>[] = [];
  let stalled = 0;
  for (let round = 0; round < rounds; round++) {
    await witness.take();
    const bursts = {} as Record<Name, Burst>;
    // Whoever goes first changes, so that a slow minute of the machine does not always hit the same one.
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length] as Name;
      bursts[name] = await awake(serviceOf(name), () => load(serviceOf(name), seconds, rate));
    }
    if ((await witness.take()) > stallMsMax) stalled++;
    else kept.push(bursts);
  }
  process.stdout.write(
    `${kept.length} of ${rounds} rounds count; in ${stalled} the machine kept everybody waiting for more than ${stallMsMax} ms\n`,
  );
  return kept;
}

/** Runs a stopped service for one burst, with some flagged logins beside it. */
async function awake(service: ServerProcess, burst: () => Promise<Burst>): Promise<Burst> {
  service.child.kill('SIGCONT');
  await pause(settleMs);
  const client = createClient(service.url, 2);
  const flagging = setInterval(() => void flag(client).catch(() => undefined), flaggedEveryMs);
  try {
    return await burst();
  } finally {
    clearInterval(flagging);
    client.close();
    service.child.kill('SIGSTOP');
  }
}

async function load(server: ServerProcess, duration: number, rate: number | null): Promise<Burst> {
  const random = testRandom(1);
  const setupRequest = (request: autocannon.Request): autocannon.Request => ({
    ...request,
    body: bodies[Math.floor(random.uniform() * profiles)] as Buffer,
  });
  const requests = [{ method: 'POST' as const, path: '/v1/score', headers: { 'content-type': 'application/json' }, setupRequest }];
  const mainBefore = server.mainMicros();
  const processBefore = server.cpuMicros();
  const limited = rate === null ? {} : { overallRate: rate, ignoreCoordinatedOmission: true };
  const latencies: number[] = [];
  const options = { url: server.url, connections, duration, requests, ...limited };
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(options, (error, ended) => (error === null ? resolve(ended) : reject(error)));
    // Its own figures are in whole milliseconds.
    running.on('response', (_client, _status, _bytes, elapsedMs) => void latencies.push(elapsedMs));
  });
  const answered = result['2xx'];
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    mainMicros: (server.mainMicros() - mainBefore) / answered,
    processMicros: (server.cpuMicros() - processBefore) / answered,
    answered,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

function report(rate: number, bursts: readonly Readonly<Record<Name, Burst>>[]): void {
  if (bursts.length === 0) {
    process.stdout.write('No round counts: the machine was too busy.\n');
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${rate} requests per second; median (lowest to highest round), and as a ratio to "none" of the same round\n`);
  for (const [figure, title, unit, digits] of figures) {
    process.stdout.write(`${title}\n`);
    for (const name of names) {
      const own = bursts.map((round) => round[name][figure]);
      const ratios = bursts.map((round) => round[name][figure] / round.none[figure]);
      process.stdout.write(
        `  ${name.padEnd(10)} ${`${spread(own, digits)} ${unit}`.padEnd(34)} ${name === 'none' ? '' : spread(ratios)}\n`,
      );
      if (figure === 'mainMicros' && median(ratios) > ratioMax) process.exitCode = 1;
    }
  }
  const failed = names.map((name) => `${name} ${bursts.reduce((sum, round) => sum + round[name].failed, 0)}`);
  const calls = Map.groupBy(provider.asked, ({ end }) => end);
  process.stdout.write(
    `answers that were not 2xx: ${failed.join(', ')}; the fake was asked ${provider.asked.length} times: ${[...calls].map(([end, all]) => `${end} ${all.length}`).join(', ')}\n`,
  );
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ rate, rounds, seconds, core, bursts }, null, 2));
}
