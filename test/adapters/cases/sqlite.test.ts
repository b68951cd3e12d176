import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { tiers } from '../../../src/domain/case/tier.ts';
import { caseStoreContract } from '../../contract/case-store.ts';
import { itemsOf } from '../../contract/cases/questions.ts';
import { explanationLogContract } from '../../contract/explanation-log.ts';
import { jobQueueContract } from '../../contract/job-queue.ts';
import { asset } from '../../support/assets.ts';
import { explanation, job, newCase, opening } from '../../support/cases.ts';
import { testClock } from '../../support/ports.ts';
import { noonMs } from '../../support/records.ts';
import { directoryFor, openCases, rejects } from '../../support/case-files.ts';

const sourceOf = (path: string): string => new URL(path, import.meta.url).href;
const worker = fileURLToPath(new URL('../../support/case-worker.ts', import.meta.url));

t.test('cases in SQLite', (t) => {
  caseStoreContract(t, (t) => openCases(t));
  t.end();
});

t.test('what is told, in SQLite', (t) => {
  explanationLogContract(t, (t) => openCases(t));
  t.end();
});

t.test('jobs in SQLite', (t) => {
  jobQueueContract(t, async (t) => {
    const clock = testClock();
    return { ...(await openCases(t, { clock })), clock };
  });
  t.end();
});

t.test('what was acknowledged is there after the database is opened again, and its number goes on', async (t) => {
  const directory = directoryFor(t);
  const first = await openCases(t, { directory });
  await first.store.open([{ made: newCase('a'), explanation: explanation('template'), job: job('a') }]);
  await first.assets.keep('default', asset('web'));
  const head = await first.store.audit({ atMs: 1, tenant: 'default', actor: 'a', action: 'exported', subject: '', detail: {} });
  await first.close();
  await rejects(t, first.store.get('default', 'case-a'), 'unavailable', /closed/);
  const second = await openCases(t, { directory });
  t.equal((await second.store.get('default', 'case-a'))?.id, 'case-a');
  t.equal((await second.store.explanations('default', 'case-a')).length, 1);
  t.equal((await second.queue.claim({ tiers, limit: 1, leaseMs: 1 })).length, 1);
  t.strictSame(await second.assets.get('default', 'web'), asset('web'));
  t.strictSame(await second.store.verifyAudit(head), { intact: true, head });
  t.equal(statSync(join(directory, 'cases.sqlite')).mode & 0o077, 0, 'for nobody else');
});

const everything = { tiers, limit: 100, leaseMs: 1e9 };

/** Lets a worker run until it has said enough, kills it, and returns what it said in whole lines. */
async function killedAfter(t: Test, mode: string, directory: string, name: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', worker, mode, directory, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  return said.split('\n').slice(0, -1);
}

t.test('a process killed at any moment loses nothing that it acknowledged, and no work is done twice to its end', async (t) => {
  const directory = directoryFor(t);
  const acknowledged: string[] = [];
  for (const [i, lines] of [7, 40, 23, 61].entries()) acknowledged.push(...(await killedAfter(t, 'open', directory, `run${i}`, lines)));
  const done = (await killedAfter(t, 'work', directory, 'worker', 20)).filter((line) => line !== 'idle');
  t.ok(acknowledged.length >= 131 && done.length >= 20);
  const clock = testClock(Date.now() + 3_600_000);
  const { store, queue, log } = await openCases(t, { directory, clock });
  const missing: string[] = [];
  for (const id of acknowledged) {
    const found = await store.get('default', id);
    const explanations = await store.explanations('default', id);
    const finals = explanations.filter(({ final }) => final).length;
    if (found === null || explanations[0]?.key !== 'template' || finals > 1 || (done.includes(id) && finals !== 1)) missing.push(id);
    const keys = ((await log.after('default', id, 0, 9)) ?? []).map(({ sequence, key }) => `${sequence} ${key}`);
    if (keys[0] !== '1 template' || (done.includes(id) && keys[1] !== '2 done')) missing.push(`${id} told ${keys}`);
  }
  t.strictSame(missing, []);
  const left = new Set<string>();
  for (let claims = await queue.claim(everything); claims.length > 0; claims = await queue.claim(everything))
    for (const { job: claimed } of claims) left.add(claimed.subject);
  t.ok(
    acknowledged.filter((id) => !left.has(id) && !done.includes(id)).length <= 3,
    'every job is done or still there; at most the batch in hand was completed without a word',
  );
  t.strictSame(
    done.filter((id) => left.has(id)),
    [],
    'what was acknowledged as done does not come back',
  );
  t.equal((await store.verifyAudit()).intact, true);
});

t.test('two processes on one file: every case is there once, one attack is one campaign, the audit is one chain', async (t) => {
  const directory = directoryFor(t);
  const { store } = await openCases(t, { directory });
  const start = (name: string): ChildProcess => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', worker, 'count', directory, name], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    return child;
  };
  const children = ['one', 'two'].map(start);
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  for (let i = 0; i < 50; i++) {
    await store.open([opening(`mine-${i}`, { visit: { device: 'one tool' } })]);
    await store.resolve('default', `case-mine-${i}`, { label: 'takeover', comment: '', by: 'ada', atMs: noonMs });
  }
  t.strictSame(
    (await ended).map(([code]) => code),
    [0, 0],
  );
  const campaigns = itemsOf(await store.campaigns('default', { limit: 9, cursor: null }));
  t.equal(campaigns.length, 1);
  t.equal(campaigns[0]?.cases, 250);
  t.equal(campaigns[0]?.openCases, 200);
  t.equal((await store.verifyAudit()).intact, true);
});

t.test('two processes that start on an empty directory share one key and one database', async (t) => {
  const directory = directoryFor(t);
  const both = await Promise.all([openCases(t, { directory }), openCases(t, { directory })]);
  for (const [i, { store }] of both.entries())
    await store.audit({ atMs: i, tenant: 'default', actor: 'a', action: 'exported', subject: '', detail: {} });
  for (const { store } of both) t.equal((await store.verifyAudit()).intact, true);
});

t.test(
  'another program that holds the database is waited for; a write that cannot go through is a failure of that batch alone',
  async (t) => {
    const directory = directoryFor(t);
    const problems: string[] = [];
    const { store, health } = await openCases(t, { directory, busyMs: 400, onProblem: (sentence) => problems.push(sentence) });
    const other = new DatabaseSync(join(directory, 'cases.sqlite'), { timeout: 10_000 });
    t.teardown(() => other.isOpen && other.close());
    other.exec('begin immediate');
    const waiting = store.open([opening('a')]);
    await new Promise((done) => setTimeout(done, 100));
    other.exec('commit');
    t.strictSame(await waiting, [{ kind: 'opened', id: 'case-a' }]);
    other.exec('begin immediate');
    await rejects(t, store.open([opening('b')]), 'busy', /held by another process/);
    t.equal(health().ok, false);
    other.exec('rollback');
    other.close();
    t.strictSame(await store.open([opening('b')]), [{ kind: 'opened', id: 'case-b' }]);
    t.match(problems, [/held by another process/, /works again/]);
    t.equal(health().ok, true);
  },
);

t.test('a full disk is a failure that changes nothing, and passes when there is room again', async (t) => {
  const directory = directoryFor(t);
  // A shell that may write files of 600 blocks only stands for a disk without room: SQLite's write fails half way.
  const script = join(directory, 'full.ts');
  writeFileSync(
    script,
    `
    import { keptKey } from ${JSON.stringify(sourceOf('../../../src/adapters/crypto/key-file.ts'))};
    import { openSqliteCases } from ${JSON.stringify(sourceOf('../../../src/adapters/sqlite/open.ts'))};
    import { testClock, testRandom } from ${JSON.stringify(sourceOf('../../support/ports.ts'))};
    import { opening } from ${JSON.stringify(sourceOf('../../support/cases.ts'))};
    process.on('SIGXFSZ', () => undefined);
    const onProblem = (sentence: string) => console.log(sentence);
    const directory = ${JSON.stringify(directory)};
    const auditKey = keptKey(directory + '/audit.key');
    const cases = await openSqliteCases({ directory, auditKey, clock: testClock(), random: testRandom(), onProblem });
    const troubles = new Set<string>();
    const ten = (i: number) => Array.from({ length: 10 }, (_, j) => opening(i + ' ' + j));
    for (let i = 0; i < 40; i++) await cases.store.open(ten(i)).catch((error) => troubles.add(error.trouble));
    console.log([...troubles].join());
    await cases.close();
    `,
  );
  const child = spawn('sh', ['-c', 'ulimit -f 600; exec "$0" --disable-warning=ExperimentalWarning "$1"', process.execPath, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  t.strictSame(await once(child, 'exit'), [0, null]);
  t.match(said, /disk is full/);
  t.match(said, /\nfull\n$/);
  const { store } = await openCases(t, { directory });
  const page = itemsOf(await store.list('default', { filter: {}, order: 'newest', limit: 200, cursor: null }));
  t.equal(page.length % 10, 0, 'each call was stored whole or not at all');
  t.ok(page.length > 0);
  t.strictSame(await store.open([opening('room again')]), [{ kind: 'opened', id: 'case-room again' }]);
});

t.test('of requests that travel together one that fails takes nothing of the others with it', async (t) => {
  const { store } = await openCases(t);
  await store.open([opening('a')]);
  const clash = { ...opening('b'), made: { ...newCase('b'), id: 'case-a' } };
  const together = await Promise.allSettled([store.open([opening('c')]), store.open([opening('d'), clash]), store.open([opening('e')])]);
  t.strictSame(
    together.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  const page = itemsOf(await store.list('default', { filter: {}, order: 'oldest', limit: 9, cursor: null }));
  t.strictSame(
    page.map((found) => found.id),
    ['case-a', 'case-c', 'case-e'],
    'and of its own openings none is stored',
  );
});

t.test('what cannot be sent to the thread fails alone', async (t) => {
  const { store } = await openCases(t);
  const unsendable = { ...opening('x'), made: { ...newCase('x'), shown: { userId: () => 'x' } } } as never;
  const together = await Promise.allSettled([store.open([opening('a')]), store.open([unsendable]), store.open([opening('b')])]);
  t.strictSame(
    together.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  await rejects(t, store.open([unsendable]), 'failed', /cannot be sent/);
});

t.test('more than fits in memory is refused at once, and the rest is served', async (t) => {
  const { store, health } = await openCases(t, { waitingMax: 10 });
  const together = Array.from({ length: 30 }, (_, i) => store.open([opening(`${i}`)]));
  t.equal(health().waiting, 10);
  const settled = await Promise.allSettled(together);
  t.equal(settled.filter(({ status }) => status === 'fulfilled').length, 10);
  await rejects(t, together[20] ?? Promise.resolve(), 'overloaded', /waiting/);
  t.equal(
    (await store.open(Array.from({ length: 20 }, (_, i) => opening(`more ${i}`)))).length,
    20,
    'one large request fits when nothing waits',
  );
  t.equal(health().waiting, 0);
});

t.test('a thread that ends unasked fails what is under way, is told once, and is started again, though not in a loop', async (t) => {
  const clock = testClock();
  const problems: string[] = [];
  const threads: Worker[] = [];
  const seen = (thread: Worker): void => void threads.push(thread);
  process.on('worker', seen);
  t.teardown(() => process.off('worker', seen));
  const { store, health, close } = await openCases(t, { clock, onProblem: (sentence) => problems.push(sentence) });
  await store.open([opening('a')]);
  const underWay = store.open([opening('b')]);
  await Promise.all([rejects(t, underWay, 'unavailable', /thread of the case database ended/), threads[0]?.terminate()]);
  t.equal(health().ok, false);
  await rejects(t, store.get('default', 'case-a'), 'unavailable', /about to be opened again/);
  clock.advance(1001);
  t.equal((await store.get('default', 'case-a'))?.id, 'case-a', 'nothing that was acknowledged is lost');
  t.equal(threads.length, 2);
  t.match(problems, [/thread of the case database ended/, /works again/]);
  await threads[1]?.terminate();
  await close();
  await rejects(t, store.get('default', 'case-a'), 'unavailable', /closed/);
});

t.test('closing serves what waits, and is idempotent', async (t) => {
  const { store, close } = await openCases(t);
  const opened = store.open([opening('a')]);
  const closed = close();
  t.strictSame(await opened, [{ kind: 'opened', id: 'case-a' }]);
  await Promise.all([closed, close()]);
  await rejects(t, store.open([opening('b')]), 'unavailable', /closed/);
});

t.test('an open database does not keep a process alive', async (t) => {
  const script = `
    import { keptKey } from ${JSON.stringify(sourceOf('../../../src/adapters/crypto/key-file.ts'))};
    import { openSqliteCases } from ${JSON.stringify(sourceOf('../../../src/adapters/sqlite/open.ts'))};
    import { testClock, testRandom } from ${JSON.stringify(sourceOf('../../support/ports.ts'))};
    const directory = ${JSON.stringify(directoryFor(t))};
    const auditKey = keptKey(directory + '/audit.key');
    const cases = await openSqliteCases({ directory, auditKey, clock: testClock(), random: testRandom(), onProblem() {} });
    await cases.store.get('default', 'x');`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], {
    stdio: 'inherit',
  });
  t.strictSame(await once(child, 'exit'), [0, null]);
});
