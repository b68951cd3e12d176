// The review thread as the service has it: real threads, a real database, and deaths of every kind.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ReviewThread } from '../../../src/adapters/review-thread/review-thread.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { openCases } from '../../../src/compose/open-cases.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Intake } from '../../../src/review/open/intake.ts';
import type { DyingData } from '../../support/dying-review.ts';
import { flaggedLogin } from '../../support/flagged.ts';
import { testClock } from '../../support/ports.ts';

const realEntry = new URL('../../../src/compose/review-thread.ts', import.meta.url);
const dyingEntry = new URL('../../support/dying-review.ts', import.meta.url);
/** Only a failing test waits so long. */
const patienceMs = 60_000;

async function until(good: () => boolean): Promise<boolean> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(5)) if (good()) return true;
  return false;
}

interface ThreadParts {
  readonly entry?: URL;
  readonly clock?: Clock;
  readonly diesBy?: DyingData['diesBy'];
  readonly memoryMb?: number;
}

function threadWorld(t: Test, { entry = realEntry, clock = systemClock, diesBy = 'exit', memoryMb = 128 }: ThreadParts = {}) {
  const root = mkdtempSync(join(tmpdir(), 'portcullis-review-'));
  const marker = join(root, 'died');
  const intake = new Intake({ clock });
  const problems: string[] = [];
  const thread = new ReviewThread({
    entry,
    data: { dataDir: root, caseRetentionDays: 3650, language: 'en', plan: null, diesBy, marker },
    clock,
    memoryMb,
    onReady: (courier) => intake.connect(courier),
    onGone: () => intake.connect(null),
    onDone: (done) => intake.acknowledge(done),
    onTold: () => undefined,
    onFlush: () => Promise.resolve(),
    onProblem: (sentence) => void problems.push(sentence),
  });
  t.teardown(async () => {
    await thread.close();
    rmSync(root, { recursive: true, force: true });
  });
  const read = () => openCases(root, () => undefined);
  return { directory: join(root, 'cases'), marker, intake, thread, problems, read };
}

t.test('logins become cases in the thread, those included that were flagged before it was there', async (t) => {
  const { intake, thread, problems, read } = threadWorld(t);
  intake.offer(flaggedLogin('early'));
  thread.start();
  for (let i = 0; i < 100; i++) intake.offer(flaggedLogin(`n${i}`));
  t.ok(await until(() => intake.waiting === 0));
  t.same(intake.counts, { opened: [0, 101, 0, 0], already: 0, impossible: 0, overflowed: 0 });
  const cases = await read();
  t.match(await cases.store.get('default', 'case-early'), { shown: { userAgent: 'curl/8.5.0' } });
  t.match(await cases.store.explanations('default', 'case-n99'), [{ source: 'template', final: true, body: /"headline"/ }]);
  await cases.close();
  t.same(problems, []);
  t.ok(await until(() => thread.sample !== null), 'it says how its queue is');
});

for (const diesBy of ['exit', 'error', 'memory'] as const)
  t.test(`a thread that ends by ${diesBy} is started again, said once, and nothing is lost`, async (t) => {
    const { intake, thread, problems } = threadWorld(t, { entry: dyingEntry, diesBy, memoryMb: 40 });
    thread.start();
    for (let i = 0; i < 50; i++) intake.offer(flaggedLogin(`n${i}`));
    t.ok(await until(() => intake.waiting === 0));
    t.equal(intake.counts.opened[1], 50);
    t.equal(thread.restarts, 1);
    t.equal(thread.trouble, null);
    t.match(problems, [/was lost/, 'Cases are opened again.']);
    t.equal(problems.length, 2);
  });

t.test('a thread that hangs is ended and started again', async (t) => {
  const clock = testClock();
  const { intake, thread, problems, marker } = threadWorld(t, { entry: dyingEntry, diesBy: 'silence', clock });
  intake.offer(flaggedLogin('a'));
  thread.start();
  t.ok(await until(() => existsSync(marker)), 'it hangs');
  // What it had said before is heard first.
  await pause(0);
  clock.advance(60_000);
  t.ok(await until(() => thread.restarts > 0));
  t.match(thread.trouble, /was lost/);
  clock.advance(1000);
  t.ok(await until(() => intake.waiting === 0));
  t.same(problems.length, 2);
});

t.test('while the database cannot be opened the thread is tried again, said once; then what waited is opened', async (t) => {
  const { directory, intake, thread, problems } = threadWorld(t);
  writeFileSync(directory, 'in the way');
  thread.start();
  intake.offer(flaggedLogin('a'));
  t.ok(await until(() => thread.restarts >= 2));
  t.match(problems, [/was lost \(.*cannot be used for cases/]);
  t.equal(problems.length, 1);
  rmSync(directory);
  t.ok(await until(() => intake.waiting === 0));
  t.equal(problems.at(-1), 'Cases are opened again.');
});

t.test('what is erased is not opened afterwards, wherever it waits', async (t) => {
  const { intake, thread, read } = threadWorld(t);
  thread.start();
  intake.offer(flaggedLogin('first', 'bob'));
  t.ok(await until(() => intake.waiting === 0));
  for (let i = 0; i < 200; i++) intake.offer(flaggedLogin(`n${i}`, i % 2 === 0 ? 'ada' : 'bob'));
  const cases = await read();
  intake.forget('default', 'ada');
  await thread.forget('default', 'ada');
  await cases.store.eraseAccount('default', 'ada', 'admin', systemClock.nowMs());
  t.ok(await until(() => intake.waiting === 0));
  for (let i = 0; i < 200; i++) t.equal((await cases.store.get('default', `case-n${i}`)) !== null, i % 2 === 1);
  await cases.close();
});

t.test('it can be closed at any time: before it was started, while it starts, twice', async (t) => {
  await threadWorld(t).thread.close();
  const { thread } = threadWorld(t);
  thread.start();
  await Promise.all([thread.close(), thread.close()]);
  await thread.forget('default', 'ada');
  t.pass();
});
