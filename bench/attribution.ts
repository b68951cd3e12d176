// Where does the CPU of a scored login go? The real service under saturating load, warm, with a profile of its main thread and the
// clocks of its other threads: every microsecond is in one line. Beside it the bare echo of bench/score.ts on the same core.
//
//   node bench/attribution.ts [--profiles 100000] [--seconds 20] [--connections 32]
//
// The profiler takes a few percent itself and is not counted. Shares hold on a busy machine, microseconds are of this one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Part, profileIn, sharesOf } from './support/cpu-profile.ts';
import { createLoad, warm } from './support/load.ts';
import { preload } from './support/preload.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const { values } = parseArgs({
  options: {
    profiles: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '32' },
  },
});
const profiles = Number(values.profiles);
const load = createLoad({ profiles, connections: Number(values.connections), seconds: Number(values.seconds) });

/** The first that claims a function has it. */
const parts: readonly Part[] = [
  { name: 'garbage collection', claims: /^\(garbage/ },
  { name: 'fold changes into records', claims: /^(?:foldKeys|collectJobs|finish|handOver|trim|findWork) src\/adapters\/lmdb/, whole: true },
  {
    name: 'write the journal and assessments',
    claims: /^(?:tick|writeNow|submit) src\/adapters\/lmdb|src\/adapters\/lmdb\/journal/,
    whole: true,
  },
  { name: 'read JSON strictly', claims: /src\/http\/request\/json-body/, whole: true },
  { name: 'check the schema', claims: /^isScoreRequest |^check_\d/, whole: true },
  { name: 'parse the attempt', claims: /src\/parse\// },
  { name: 'look up the address', claims: /^lookup src\/adapters\/ip-database/, whole: true },
  { name: 'make the visit', claims: /^visitOf /, whole: true },
  { name: 'read the profiles', claims: /^read src\/adapters\/lmdb\/profile-store/, whole: true },
  { name: 'derive features', claims: /src\/assess\/derive/, whole: true },
  { name: 'score', claims: /src\/adapters\/onnx/, whole: true },
  { name: 'attribute and explain', claims: /^attribute /, whole: true },
  { name: 'decide', claims: /^decide |policyContext/, whole: true },
  { name: 'record the assessment', claims: /^put src\/adapters\/lmdb\/assessments/, whole: true },
  { name: 'record the try', claims: /^apply src\/adapters\/lmdb\/profile-store|attemptedChanges/, whole: true },
  { name: 'write the answer', claims: /^assessmentJson /, whole: true },
  { name: 'hear from the database', claims: /node_modules\/lmdb/ },
  { name: 'put the stages together', claims: /src\/assess\/|src\/http\/route|src\/telemetry/ },
  { name: 'HTTP: our hooks', claims: /src\/http\// },
  { name: 'HTTP: Fastify', claims: /node_modules\/(?:fastify|find-my-way)/ },
  {
    name: 'HTTP: Node, sockets and streams',
    claims: /node:_http|node:net|node:events|node:internal\/(?:stream|timers|js_stream)|node:buffer|writeUtf8String/,
  },
  { name: 'promises and turns of the loop', claims: /task_queues|async_hooks|runMicrotasks|promise/ },
  { name: 'native code and the system', claims: /^\(program\)/ },
];

/** Of every thread, in microseconds per answer. The profiler's own thread is not part of the service. */
async function measure(server: ServerProcess): Promise<{ threads: Map<string, number>; fromMicros: number; toMicros: number }> {
  await warm(server, load);
  const before = server.threadMicros();
  const fromMicros = Number(process.hrtime.bigint() / 1000n);
  const { answered } = await load(server, null);
  const toMicros = Number(process.hrtime.bigint() / 1000n);
  const threads = new Map<string, number>();
  for (const [name, micros] of server.threadMicros())
    if (!name.startsWith('v8:Prof')) threads.set(name, (micros - (before.get(name) ?? 0)) / answered);
  return { threads, fromMicros, toMicros };
}

const threadNames: ReadonlyMap<string, string> = new Map([
  ['V8Worker', "V8's threads: collector, compiler"],
  ['libuv-worker', "database's threads: pages, disk"],
]);

function print(title: string, threads: ReadonlyMap<string, number>, shares: ReadonlyMap<string, number>): void {
  const total = [...threads.values()].reduce((sum, micros) => sum + micros, 0);
  const main = threads.get('MainThread') ?? 0;
  const rows = [...shares].map(([name, share]): [string, number] => [name, share * main]);
  for (const [name, micros] of threads) if (name !== 'MainThread' && micros > 0) rows.push([threadNames.get(name) ?? name, micros]);
  process.stdout.write(`\n${title.padEnd(38)} ${total.toFixed(1).padStart(7)} us\n`);
  for (const [name, micros] of rows.sort((a, b) => b[1] - a[1]))
    process.stdout.write(`  ${name.padEnd(36)} ${micros.toFixed(1).padStart(7)} us ${((100 * micros) / total).toFixed(1).padStart(5)} %\n`);
}

const directory = mkdtempSync(join(tmpdir(), 'portcullis-attribution-'));
try {
  await preload(directory, profiles);
  for (const [title, script] of [
    ['echo', 'bench/support/echo-server.ts'],
    ['service', 'src/start.js'],
  ] as const) {
    const profileDirectory = join(directory, `profile-${title}`);
    const server = await startServer({
      script,
      core: 0,
      flags: ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${profileDirectory}`],
      env: { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'warn' },
    });
    const { threads, fromMicros, toMicros } = await measure(server);
    await server.stop();
    print(title, threads, sharesOf(profileIn(profileDirectory), parts, fromMicros, toMicros));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
