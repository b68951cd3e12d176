// Does a crash lose anything that was promised? Kills the real service under load, many times, at random moments, and starts
// it again on the same data each time.
//
//   node bench/kill9.ts [--rounds 200] [--seed 1] [--connections 4] [--grace-ms 1000] [--keep DIRECTORY]
//
// After each start: it is ready, no record is damaged, every assessment that was answered more than the grace before the kill
// reads back as it was answered, accounts know at least the good logins acknowledged by then and at most those sent, and an
// attempt sent again by name gives its first assessment. Every eighth kill hits a service that is still starting. At the
// end everything ever promised is read once more. Ends with exit code 1 when a promise was broken.
//
// A machine that gives nobody a turn for two seconds gives the service none to write in. A witness, a process that only asks for
// its turn and for the disk, measures that; its longest wait in a round is added to the grace of that round and reported.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { testRandom } from '../test/support/ports.ts';
import { Acknowledged, type Audit } from './support/acknowledged.ts';
import { bodyOf } from './support/attempts.ts';
import { type Answer, createClient, type JsonClient } from './support/json-client.ts';
import { endBy, startTimed } from './support/kill-rounds.ts';
import type { ServerProcess } from './support/server-process.ts';
import { type StallWitness, startStallWitness } from './support/stall-witness.ts';
import { median, spread } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    connections: { type: 'string', default: '4' },
    'grace-ms': { type: 'string', default: '1000' },
    keep: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const connections = Number(values.connections);
const graceMs = Number(values['grace-ms']);
const random = testRandom(Number(values.seed));
const people = 400;
/** Long enough that something is older than the grace when the kill comes. */
const loadMsMin = graceMs + 100;
const loadMsMax = graceMs + 1100;
/** One request in so many is a failed login, and one good login in so many gets no outcome. */
const failedShare = 0.1;
const silentShare = 0.1;
/** Between two attempts of one connection: the kills are what is tested, not the throughput. */
const thinkMsMax = 4;

const directory = values.keep ?? mkdtempSync(join(tmpdir(), 'portcullis-kill9-'));
const env = { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'warn' };
const told = new Acknowledged();
const startsMs: number[] = [];
const lostAgesMs: number[] = [];
const stallsMs: number[] = [];
const problems: string[] = [];
const sums = { assessments: 0, accounts: 0, lostRecent: 0 };
let attempts = 0;
let starvations = 0;
/** Longest time after a start until it was ready. */
let readyMs = 0;
let said = '';

const witness: StallWitness = startStallWitness(tmpdir());
try {
  let service = await start();
  for (let round = 1; round <= rounds; round++) {
    if (round % 8 === 0) await killWhileStarting();
    const from = told.size;
    await witness.take();
    const killedMs = await loadAndKill(service);
    const stallMs = await witness.take();
    const dueMs = graceMs + stallMs;
    stallsMs.push(stallMs);
    service = await start();
    const client = createClient(service.url, 16);
    problems.push(...(await readiness(client)));
    add(await told.audit(client, from, killedMs, dueMs));
    const again = await told.repeated(client, from, killedMs, dueMs);
    if (again !== null) problems.push(again);
    client.close();
    if (round % 10 === 0 || problems.length > 0) print(round);
    if (problems.length > 0) {
      problems.push(`in that round: ${told.pace(from)}; the service said: ${said === '' ? 'nothing of its store' : said}`);
      break;
    }
  }
  if (problems.length === 0) await readAll(service);
  await service.stop();
} finally {
  witness.stop();
  if (values.keep === undefined) rmSync(directory, { recursive: true, force: true });
}
endBy(problems);

function start(): Promise<ServerProcess> {
  return startTimed(env, startsMs);
}

/** Several connections of attempts and their outcomes until the process is gone. Returns the monotonic time of the kill. */
async function loadAndKill(service: ServerProcess): Promise<number> {
  const client = createClient(service.url, connections);
  const exited = once(service.child, 'exit');
  const walkers = Array.from({ length: connections }, () => walk(client));
  await pause(loadMsMin + random.uniform() * (loadMsMax - loadMsMin));
  const killedMs = performance.now();
  service.child.kill('SIGKILL');
  await exited;
  await Promise.all(walkers);
  client.close();
  said = /cannot be written.*/.exec(service.output())?.[0] ?? '';
  return killedMs;
}

async function walk(client: JsonClient): Promise<void> {
  for (;;) {
    const person = Math.floor(random.uniform() * people);
    const failed = random.uniform() < failedShare;
    attempts += 1;
    const attemptId = `attempt-${attempts}`;
    const credential = { method: 'password', result: failed ? 'failure' : 'success' };
    const body = (): Record<string, unknown> => ({ ...bodyOf(person), attempt_id: attemptId, credential });
    const promised = told.attempt(person, body);
    try {
      const scored = await client.call('POST', '/v1/score', body());
      if (starved(scored)) continue;
      if (scored.status !== 200) throw new Error(`score answered ${scored.status}`);
      told.answered(promised, scored.body);
      if (!failed && random.uniform() >= silentShare) {
        told.outcomeSent(promised);
        const recorded = await client.call('POST', '/v1/outcomes', { assessment_id: scored.body.assessment_id, outcome: 'signed_in' });
        if (starved(recorded)) continue;
        if (recorded.status !== 200) throw new Error(`outcome answered ${recorded.status}`);
        told.outcomeAnswered(promised);
      }
    } catch (error) {
      // A killed service loses its connections; an answer that is no 200 is a fault of its own.
      if (/ answered /.test((error as Error).message)) problems.push((error as Error).message);
      return;
    }
    await pause(random.uniform() * thinkMsMax);
  }
}

/** A machine too busy to let the service read a request within its time gets 408, which promises nothing. */
function starved(answer: Answer): boolean {
  if (answer.status !== 408) return false;
  starvations += 1;
  return true;
}

/** Somewhere in the first second and a half of a start, which is where stores are opened and journals read. */
async function killWhileStarting(): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/start.js'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  await pause(100 + random.uniform() * 1500);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A disk that is busy with what others wrote may keep the first write waiting: ready within the limit is what is asked. */
const readyMsMax = 15_000;
const readyPollMs = 250;

async function readiness(client: JsonClient): Promise<string[]> {
  const beganMs = performance.now();
  let { status, body } = await client.call('GET', '/readyz');
  while (status !== 200 && performance.now() - beganMs < readyMsMax) {
    await pause(readyPollMs);
    ({ status, body } = await client.call('GET', '/readyz'));
    readyMs = Math.max(readyMs, performance.now() - beganMs);
  }
  const store = body.checks?.find((check) => check.name === 'store')?.detail ?? 'nothing';
  const faults = status === 200 ? [] : [`/readyz answered ${status}: ${JSON.stringify(body)}`];
  return / 0 damaged records/.test(store) ? faults : [...faults, `the store says: ${store}`];
}

function add(audit: Audit): void {
  problems.push(...audit.broken);
  sums.assessments += audit.assessmentsDue;
  sums.accounts += audit.accountsDue;
  sums.lostRecent += audit.lostRecent;
  lostAgesMs.push(audit.lostAgeMs);
}

async function readAll(service: ServerProcess): Promise<void> {
  const client = createClient(service.url, 16);
  const audit = await told.audit(client, 0, Number.POSITIVE_INFINITY, 0);
  problems.push(...audit.broken, ...(await readiness(client)));
  client.close();
  process.stdout.write(`at the end: ${audit.assessmentsDue} assessments and ${audit.accountsDue} accounts of all rounds read back\n`);
}

function print(round: number): void {
  process.stdout.write(
    `${round} kills: ${attempts} attempts; kept ${sums.assessments} assessments and ${sums.accounts} accounts that were due; ` +
      `lost ${sums.lostRecent} that were not, the oldest ${Math.max(...lostAgesMs).toFixed(0)} ms before its kill; ` +
      `the machine's longest stall in a round ${median(stallsMs).toFixed(0)} (at worst ${Math.max(...stallsMs).toFixed(0)}) ms; start ${spread(startsMs, 0)} ms, ready at most ${readyMs.toFixed(0)} ms later; ${starvations} answers of 408\n`,
  );
}
