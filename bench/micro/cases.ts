// What do cases cost? For the store's thread and for the main one: opening flagged logins one by one and in a burst, lists and searches over
// what is there, claiming and completing jobs; and the longest that the main thread's loop was held up meanwhile.
//
//   node bench/micro/cases.ts [--cases 20000] [--rounds 5]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { keptKey } from '../../src/adapters/crypto/key-file.ts';
import { createRandom } from '../../src/adapters/crypto/random.ts';
import { openSqliteCases } from '../../src/adapters/sqlite/open.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { explainWithinMs, tiers } from '../../src/domain/case/tier.ts';
import type { Opening } from '../../src/ports/case/case-store.ts';
import { storedOf, visitOf } from '../../test/support/records.ts';
import { quantile, spread } from '../support/statistics.ts';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '5' } } });
const total = Number(values.cases);
const rounds = Number(values.rounds);
const perRound = Math.floor(total / rounds);

const directory = mkdtempSync(join(tmpdir(), 'portcullis-cases-'));
const clock = systemClock;
const random = createRandom(clock);
const onProblem = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const auditKey = keptKey(join(directory, 'audit.key'));
const cases = await openSqliteCases({ directory, auditKey, clock, random, onProblem, waitingMax: 200_000 });
const { store, queue } = cases;
const stored = storedOf('', '');
const begunMs = clock.nowMs();
let made = 0;

/** One in three is part of one of a few attacks; the rest has nothing in common with anybody. */
function next(): Opening {
  const i = made++;
  const attack = i % 3 === 0;
  const atMs = begunMs + i * 50;
  const id = random.id();
  const tier = tiers[i % tiers.length] ?? 'low';
  const reasons = Array.from({ length: 6 }, (_, j) => ({ ...stored.assessment.reasons[0], code: `CODE_${j}` }));
  const apart = attack
    ? { host: `server-${i % 21}`, block: `rack-${i % 21}`, asnClass: 'hosting' as const, device: null, ja4: 'tool' }
    : { host: `host-${i}`, block: `block-${i % 5000}`, device: `device-${i}` };
  return {
    made: {
      id,
      tenant: 'default',
      openedAtMs: clock.nowMs(),
      tier,
      assessment: { ...stored.assessment, assessmentId: random.id(), reasons: reasons as never, score: 0.99 + (i % 100) / 10_000 },
      context: stored.context,
      visit: visitOf(`account-${i % 9000}`, atMs, apart),
      shown: {
        userId: `person.${i}@example.com`,
        ip: `203.0.${(i >> 8) & 255}.${i & 255}`,
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
        acceptLanguage: 'de-DE,de;q=0.9',
        deviceId: `device-${i}`,
        clientId: 'web',
        organisation: 'Hetzner Online GmbH',
        country: 'DE',
        region: 'Bavaria',
        city: 'Nürnberg',
      },
    },
    explanation: { source: 'template', key: 'template', final: true, body: JSON.stringify({ text: 'x'.repeat(1500) }), atMs },
    job: { tenant: 'default', tier, dedupeKey: id, subject: id, payload: id, deadlineMs: clock.nowMs() + explainWithinMs[tier] },
  };
}

async function measured(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

/** Twenty per turn of the loop, as fast as the store takes them: what a burst of logins looks like from here. */
async function inTurns(openings: readonly Opening[]): Promise<void> {
  const answers: Promise<unknown>[] = [];
  for (let i = 0; i < openings.length; i += 20) {
    for (const each of openings.slice(i, i + 20)) answers.push(store.open([each]));
    await new Promise((done) => setImmediate(done));
  }
  await Promise.all(answers);
}

function say(name: string, text: string): void {
  process.stdout.write(`${name.padEnd(38)}${text}\n`);
}

const single: number[] = [];
const burst: number[] = [];
const mainCpu: number[] = [];
const jobs: number[] = [];
const waits: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < 100; i++) single.push(await measured(() => store.open([next()])));
  const openings = Array.from({ length: perRound - 100 }, next);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.threadCpuUsage();
  const tookMs = await measured(() => inTurns(openings));
  const cpu = process.threadCpuUsage(before);
  delay.disable();
  waits.push(delay.max / 1e6);
  burst.push((openings.length / tookMs) * 1000);
  mainCpu.push((cpu.user + cpu.system) / openings.length);
  const doneMs = await measured(async () => {
    for (let left = 2000; left > 0; left -= 50) {
      const claims = await queue.claim({ tiers, limit: 50, leaseMs: 60_000 });
      await Promise.all(claims.map(({ job, lease }) => queue.complete(job.id, lease)));
    }
  });
  jobs.push((2000 / doneMs) * 1000);
}
say('open one, ms', `p50 ${quantile(single, 0.5).toFixed(2)}, p99 ${quantile(single, 0.99).toFixed(2)}`);
say('open in a burst, per second', spread(burst, 0));
say('  CPU of the main thread, µs each', spread(mainCpu, 0));
say('  longest wait of the main loop, ms', spread(waits, 1));
say('claim and complete jobs, per second', spread(jobs, 0));

const lists: readonly [string, object][] = [
  ['newest', { filter: {}, order: 'newest' }],
  ['open by severity', { filter: { states: ['open', 'reopened'] }, order: 'severity' }],
  ['one tier', { filter: { tiers: ['critical'] }, order: 'newest' }],
  ['search: one person', { filter: { search: 'person.77@' }, order: 'newest' }],
  ['search: everybody', { filter: { search: 'example.com' }, order: 'newest' }],
];
for (const [name, query] of lists) {
  const times: number[] = [];
  for (let i = 0; i < 30; i++) times.push(await measured(() => store.list('default', { limit: 50, cursor: null, ...query } as never)));
  say(`page of 50, ${name}, ms`, `p50 ${quantile(times, 0.5).toFixed(2)}, max ${Math.max(...times).toFixed(2)}`);
}
const others: readonly [string, () => Promise<unknown>][] = [
  ['campaigns, ms', () => store.campaigns('default', { limit: 50, cursor: null })],
  ['depths of the queue, ms', () => queue.depths()],
];
for (const [name, ask] of others) {
  const times: number[] = [];
  for (let i = 0; i < 30; i++) times.push(await measured(ask));
  say(name, `p50 ${quantile(times, 0.5).toFixed(2)}, max ${Math.max(...times).toFixed(2)}`);
}
say('database, bytes per case', (statSync(join(directory, 'cases.sqlite')).size / made).toFixed(0));
await cases.close();
rmSync(directory, { recursive: true });
