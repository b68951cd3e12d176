// Does a crash while cases are explained lose one, tell one twice, or ask a model twice? Kills the real service at random moments while
// models are telling, many times, and starts it again on the same data each time.
//
//   node bench/kill-explaining.ts [--kills 100] [--seed 1] [--per-second 5] [--grace-ms 1000] [--keep DIRECTORY]
//
// Two fakes of providers answer in the bench's process, slowly, piece by piece, with findings made from the prompt's lines; some of their
// answers fail on purpose. Flagged logins of all tiers keep coming. A kill waits until an answer is under way, and then a random time of up
// to a second and a half. A killed process cannot give its leases back: whoever comes after it takes those cases up when the leases have
// run out (30 s), some ten kills later, and is killed with some of them again. So nothing is waited for between kills; only after the last
// the bench waits until the queue is empty, and then asks of every case:
//
//   - a flagged login that was answered more than the grace before a kill (and the machine's own stall, see kill9.ts) is a case;
//   - the case has exactly one final explanation, and its log ends with "done", has it once, and no finding twice;
//   - no model was asked again about what it had told. Equal stories share calls, so this is counted by what the prompts say: of one
//     story there are at most as many whole answers as cases that tell it, and of what was left of a story after a cut at most as many as
//     cases of which it may be the rest. An answer that was under way at a kill, or had ended less than the grace before it, is the
//     attempt that was cut; it may be asked for once more, and so may one that failed on purpose.
//
// Ends with exit code 1 when one of these does not hold.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { testRandom } from '../test/support/ports.ts';
import { auditCases, auditPrompts, type CaseAccount } from './support/explanation-audit.ts';
import { benchDirectory, depthsOf, listedCases, settingsIn, unfinished } from './support/explaining-process.ts';
import { flaggedBody, tierPicker } from './support/flagged-logins.ts';
import { createClient, type JsonClient } from './support/json-client.ts';
import { endBy, startTimed } from './support/kill-rounds.ts';
import type { ServerProcess } from './support/server-process.ts';
import { startStallWitness } from './support/stall-witness.ts';
import { median, spread } from './support/statistics.ts';
import { type Asked, startTellingProvider } from './support/telling-provider.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    'per-second': { type: 'string', default: '5' },
    'grace-ms': { type: 'string', default: '1000' },
    keep: { type: 'string' },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const everyMs = 1000 / Number(values['per-second']);
const graceMs = Number(values['grace-ms']);
const random = testRandom(seed);
const tierOfNext = tierPicker({ critical: 0.4, high: 0.25, medium: 0.25, low: 0.1 }, seed);
/** After an answer was seen under way. */
const killWithinMs = 1500;
/** Longest wait for an answer to be under way, and for the queue to be empty at the end. */
const patienceMs = 30_000;
const drainMs = 15 * 60_000;

interface Promised {
  readonly caseId: string;
  readonly answeredMs: number;
}

const directory = benchDirectory('kill-explaining', values.keep);
const slow = { firstTextMs: 150, pauseMs: 25, faultShare: 0.06 };
const careful = await startTellingProvider({ kind: 'anthropic', seed, ...slow });
const other = await startTellingProvider({ kind: 'compatible', seed: seed + 1, ...slow });
const providers = [careful, other];
const limits = 'first_text_ms: 5000, stall_ms: 5000, total_ms: 20000, concurrency: 16,';
const env = settingsIn(
  directory,
  [
    { name: 'careful', kind: careful.kind, baseUrl: careful.baseUrl, more: limits },
    { name: 'other', kind: other.kind, baseUrl: other.baseUrl, more: limits },
  ],
  `  critical: { models: [careful, other], workers: 6 }
  high: { models: [careful, other], workers: 3 }
  medium: { models: [other, careful], workers: 2, batch_max: 3 }
  low: { models: [other], workers: 1, batch_max: 1, sample_one_in: 4 }
`,
);
const promised: Promised[] = [];
const killsMs: { readonly atMs: number; readonly exitedMs: number; readonly dueMs: number }[] = [];
const openAtKill: number[] = [];
const startsMs: number[] = [];
const problems: string[] = [];
let sent = 0;
let refused = 0;

const witness = startStallWitness(tmpdir());
try {
  for (let kill = 1; kill <= kills && problems.length === 0; kill++) {
    await witness.take();
    const service = await start();
    const stopped = loading(service);
    const times = await killWhileExplaining(service);
    await stopped;
    killsMs.push({ ...times, dueMs: graceMs + (await witness.take()) });
    if (kill % 10 === 0) print(kill);
  }
  const service = await start();
  const client = createClient(service.url, 16);
  try {
    await drain(client);
    await audit(client);
  } catch (error) {
    problems.push(
      `at the end: ${(error as Error).message}; the service (code ${service.child.exitCode}, signal ${service.child.signalCode}) said: ${service.output()}`,
    );
  }
  client.close();
  await service.stop();
} finally {
  witness.stop();
  await Promise.all(providers.map((each) => each.close()));
  if (values.keep === undefined) rmSync(directory, { recursive: true, force: true });
}
endBy(problems);

function start(): Promise<ServerProcess> {
  return startTimed(env, startsMs);
}

/** Flagged logins at an even pace until the process is gone. */
async function loading(service: ServerProcess): Promise<void> {
  const client = createClient(service.url, 32);
  const under = new Set<Promise<void>>();
  while (service.child.exitCode === null && service.child.signalCode === null) {
    const login = sendOne(client).finally(() => under.delete(login));
    under.add(login);
    await pause(everyMs * 2 * random.uniform());
  }
  await Promise.all(under);
  client.close();
}

async function sendOne(client: JsonClient): Promise<void> {
  try {
    const { status, body } = await client.call('POST', '/v1/score', flaggedBody(++sent, tierOfNext(), Date.now()));
    if (status === 408) refused++;
    else if (status !== 200) problems.push(`score answered ${status}`);
    else if (typeof body['case_id'] !== 'string') problems.push(`a login was not flagged: ${JSON.stringify(body).slice(0, 200)}`);
    else promised.push({ caseId: body['case_id'], answeredMs: performance.now() });
  } catch {
    // The process was killed before it answered, and has promised nothing.
  }
}

async function killWhileExplaining(service: ServerProcess): Promise<{ readonly atMs: number; readonly exitedMs: number }> {
  const exited = once(service.child, 'exit');
  const untilMs = performance.now() + patienceMs;
  while (openAnswers() === 0 && performance.now() < untilMs) await pause(10);
  if (openAnswers() === 0)
    problems.push(`no model was asked within ${patienceMs / 1000} s of a start; the service says: ${service.output()}`);
  await pause(random.uniform() * killWithinMs);
  openAtKill.push(openAnswers());
  const atMs = performance.now();
  service.child.kill('SIGKILL');
  await exited;
  return { atMs, exitedMs: performance.now() };
}

function openAnswers(): number {
  return providers.reduce((sum, { open }) => sum + open, 0);
}

/** Flagged logins that crashes took are found again, leases run out, failures are tried again. */
async function drain(client: JsonClient): Promise<void> {
  const beganMs = performance.now();
  let quiet = 0;
  while (quiet < 5 && performance.now() - beganMs < drainMs) {
    await pause(1000);
    const depths = await depthsOf(client);
    const { body } = await client.call('GET', '/readyz');
    const said = body.checks?.find(({ name }) => name === 'cases')?.detail ?? '';
    quiet = depths !== null && unfinished(depths) === 0 && said.startsWith('open; 0 flagged') ? quiet + 1 : 0;
  }
  if (quiet < 5) problems.push(`the queue was not empty after ${drainMs / 60_000} minutes`);
  process.stdout.write(`after the last kill the queue was empty in ${((performance.now() - beganMs) / 1000).toFixed(0)} s\n`);
}

async function audit(client: JsonClient): Promise<void> {
  const listed = new Set((await listedCases(client)).map(({ id }) => id));
  let early = 0;
  for (const { caseId, answeredMs } of promised) {
    if (listed.has(caseId)) continue;
    const kill = killsMs.find(({ atMs }) => atMs >= answeredMs);
    const ageMs = kill === undefined ? Number.POSITIVE_INFINITY : kill.atMs - answeredMs;
    if (kill === undefined || ageMs > kill.dueMs) problems.push(`case ${caseId}, answered ${ageMs.toFixed(0)} ms before a kill, is lost`);
    else early++;
  }
  const accounts = await auditCases(client, [...listed], problems);
  // Its socket closes when the process is gone, and the fake hears of that a little later.
  const wasCut = ({ startedMs, endedMs }: Asked): boolean =>
    killsMs.some(({ atMs, exitedMs, dueMs }) => startedMs <= exitedMs && endedMs > atMs - dueMs);
  const asked = providers.flatMap((each) => each.asked);
  const calls = auditPrompts(asked, accounts, wasCut, problems);
  for (const { refusals, kind } of providers) for (const { message } of refusals) problems.push(`${kind} refused a request: ${message}`);
  report(accounts, early);
  process.stdout.write(
    `${asked.length} requests: ${calls.whole} whole, ${calls.cut} cut by a kill, ${calls.faulty} failed on purpose, ${calls.hungUp} hung up by the service; ` +
      `${calls.stories} cases were sent in whole answers, ${calls.rests} of these as the rest of a cut one\n`,
  );
}

function report(accounts: readonly CaseAccount[], early: number): void {
  const origins = Map.groupBy(accounts, ({ origin, cause }) => (cause === null ? origin : `${origin} (${cause})`));
  const said = [...origins].map(([origin, all]) => `${origin} ${all.length}`).sort();
  const again = accounts.filter(({ attempts }) => attempts > 1).length;
  process.stdout.write(
    `${promised.length} flagged logins answered, ${accounts.length} cases, each with one final explanation: ${said.join(', ')}\n` +
      `${again} of them took more than one attempt, at most ${Math.max(...accounts.map(({ attempts }) => attempts))}; ` +
      `${early} logins answered within the grace of a kill are no case; ${refused} answers of 408\n`,
  );
}

function print(kill: number): void {
  process.stdout.write(
    `${kill} kills, ${median(openAtKill)} (0 to ${Math.max(...openAtKill)}) answers under way at each, ${promised.length} flagged logins, ` +
      `${providers.reduce((sum, { asked }) => sum + asked.length, 0)} requests; start ${spread(startsMs, 0)} ms\n`,
  );
}
