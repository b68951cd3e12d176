// What every job queue promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import { attemptsMax, errorLengthMax, lostLeasesMax, payloadBytesMax } from '../../src/domain/case/job.ts';
import { tiers } from '../../src/domain/case/tier.ts';
import type { CaseStore } from '../../src/ports/case/case-store.ts';
import type { JobQueue } from '../../src/ports/case/job-queue.ts';
import { job } from '../support/cases.ts';
import type { TestClock } from '../support/ports.ts';

export type OpenQueue = (t: Test) => Promise<{ readonly queue: JobQueue; readonly store: CaseStore; readonly clock: TestClock }>;

const all = { tiers, limit: 100, leaseMs: 30_000 };

async function idOf(queue: JobQueue, key: string, change: object = {}): Promise<string> {
  const [added] = await queue.enqueue([job(key, change)]);
  ok(added?.kind === 'added');
  return added.id;
}

async function claimOne(queue: JobQueue): Promise<{ id: string; lease: string; attempts: number }> {
  const [claim] = await queue.claim({ ...all, limit: 1 });
  ok(claim);
  return { id: claim.job.id, lease: claim.lease, attempts: claim.job.attempts };
}

export function jobQueueContract(t: Test, open: OpenQueue): void {
  t.test('a job is claimed by one worker, once, with what it was enqueued with', async (t) => {
    const { queue, clock } = await open(t);
    const [added] = await queue.enqueue([job('a')]);
    const [claim, ...others] = await queue.claim(all);
    t.strictSame(others, []);
    t.strictSame(claim?.job, { ...job('a'), id: added?.kind === 'added' && added.id, enqueuedAtMs: clock.nowMs(), attempts: 1 });
    t.equal(claim?.leaseUntilMs, clock.nowMs() + all.leaseMs);
    t.strictSame(await queue.claim(all), []);
    t.strictSame(await queue.enqueue([]), []);
  });

  t.test('the same key is the same job, in one call or later, also when it is done, and per tenant', async (t) => {
    const { queue } = await open(t);
    const [first, second] = await queue.enqueue([job('a'), job('a', { payload: 'other' })]);
    t.equal(first?.kind, 'added');
    t.strictSame(second, { ...first, kind: 'duplicate' });
    const { id, lease } = await claimOne(queue);
    await queue.complete(id, lease);
    t.equal((await queue.enqueue([job('a')]))[0]?.kind, 'duplicate');
    t.equal((await queue.enqueue([job('a', { tenant: 'other' })]))[0]?.kind, 'added');
    t.strictSame(await queue.enqueue([job('large', { payload: 'ä'.repeat(payloadBytesMax / 2 + 1) })]), [{ kind: 'too_large' }]);
  });

  t.test('tiers are served in the order that the worker names, within a tier the nearest deadline first', async (t) => {
    const { queue, clock } = await open(t);
    const inMs = (ms: number): { deadlineMs: number } => ({ deadlineMs: clock.nowMs() + ms });
    await queue.enqueue([
      job('low', { tier: 'low', ...inMs(1) }),
      job('high late', { tier: 'high', ...inMs(300) }),
      job('high soon', { tier: 'high', ...inMs(100) }),
      job('high soon too', { tier: 'high', ...inMs(100) }),
      job('critical', { tier: 'critical', ...inMs(900) }),
    ]);
    const keys = async (request: object): Promise<string[]> =>
      (await queue.claim({ ...all, ...request })).map((claim) => claim.job.dedupeKey);
    t.strictSame(await keys({ tiers: ['medium'] }), []);
    t.strictSame(await keys({ limit: 2 }), ['critical', 'high soon']);
    t.strictSame(await keys({ tiers: ['low', 'high'], limit: 2 }), ['low', 'high soon too']);
    t.strictSame(await keys({ limit: 0 }), []);
    t.strictSame(await keys({}), ['high late']);
  });

  t.test('of those that wait a worker may take only what is due soon', async (t) => {
    const { queue, clock } = await open(t);
    const dueMs = clock.nowMs() + 100;
    await queue.enqueue([
      job('later', { tier: 'high', deadlineMs: dueMs + 1 }),
      job('then', { tier: 'high', deadlineMs: dueMs }),
      job('soon', { tier: 'low', deadlineMs: dueMs - 1 }),
    ]);
    const keys = async (request: object): Promise<string[]> =>
      (await queue.claim({ ...all, ...request })).map((claim) => claim.job.dedupeKey);
    t.strictSame(await keys({ dueBeforeMs: dueMs }), ['soon']);
    t.strictSame(await keys({ dueBeforeMs: dueMs + 1 }), ['then']);
    t.strictSame(await keys({}), ['later']);
  });

  t.test('a lease that is not renewed runs out, and the next worker has the job', async (t) => {
    const { queue, clock } = await open(t);
    await idOf(queue, 'a');
    const first = await claimOne(queue);
    clock.advance(20_000);
    t.equal(await queue.heartbeat(first.id, first.lease, 30_000), true);
    clock.advance(20_000);
    t.strictSame(await queue.claim(all), []);
    clock.advance(10_000);
    const second = await claimOne(queue);
    t.equal(second.attempts, 2);
    t.equal(await queue.heartbeat(first.id, first.lease, 30_000), false);
    t.equal(await queue.complete(first.id, first.lease), 'lost');
    t.strictSame(await queue.fail(first.id, first.lease, { error: 'late' }), { kind: 'lost' });
    t.equal(await queue.release(first.id, first.lease), false);
    t.equal(await queue.complete(second.id, second.lease), 'completed');
    t.equal(await queue.complete(second.id, second.lease), 'already');
    t.equal(await queue.complete('unknown', second.lease), 'lost');
  });

  t.test('work that ended after its lease, before anybody else began it, counts', async (t) => {
    const { queue, clock } = await open(t);
    await idOf(queue, 'a');
    const first = await claimOne(queue);
    clock.advance(31_000);
    await idOf(queue, 'b', { tier: 'critical' });
    t.strictSame(
      (await queue.claim({ ...all, limit: 1 })).map((claim) => claim.job.dedupeKey),
      ['b'],
    );
    t.equal(await queue.complete(first.id, first.lease), 'completed');
    t.strictSame(await queue.claim(all), []);
  });

  t.test('a worker that stops gives its job back, uncounted', async (t) => {
    const { queue } = await open(t);
    await idOf(queue, 'a');
    const first = await claimOne(queue);
    t.equal(await queue.release(first.id, first.lease), true);
    t.equal((await claimOne(queue)).attempts, 1);
  });

  t.test('a failed job comes back after a jittered wait that grows, and is dead after its last attempt', async (t) => {
    const { queue, clock } = await open(t);
    const id = await idOf(queue, 'a');
    for (let attempt = 1; attempt < attemptsMax; attempt++) {
      const { lease, attempts } = await claimOne(queue);
      t.equal(attempts, attempt);
      const failed = await queue.fail(id, lease, { error: `attempt ${attempt}` });
      const waitMs = failed.kind === 'retry' ? failed.atMs - clock.nowMs() : -1;
      t.ok(waitMs >= 0 && waitMs <= 1000 * 2 ** (attempt - 1), `${waitMs}`);
      clock.advance(waitMs - 1);
      t.strictSame(await queue.claim(all), [], 'not before its time');
      clock.advance(1);
    }
    const { lease } = await claimOne(queue);
    t.strictSame(await queue.fail(id, lease, { error: 'x'.repeat(9999) }), { kind: 'dead' });
    t.strictSame(await queue.claim(all), []);
    t.equal(await queue.complete(id, lease), 'lost');
    const [dead] = await queue.deadLetters('default', 10);
    t.equal(dead?.error.length, errorLengthMax);
    t.equal(dead?.attempts, attemptsMax);
    t.equal(dead?.diedAtMs, clock.nowMs());
  });

  t.test("a provider's wish to wait is respected, and a hopeless job dies at once", async (t) => {
    const { queue, clock } = await open(t);
    const id = await idOf(queue, 'a');
    const first = await claimOne(queue);
    const failed = await queue.fail(id, first.lease, { error: '429', retryAfterMs: 60_000 });
    t.ok(failed.kind === 'retry' && failed.atMs >= clock.nowMs() + 60_000);
    clock.advance(62_000);
    const second = await claimOne(queue);
    t.strictSame(await queue.fail(id, second.lease, { error: 'bad', hopeless: true }), { kind: 'dead' });
  });

  t.test('a job that kills every worker is dead after its last lease', async (t) => {
    const { queue, clock } = await open(t);
    await idOf(queue, 'a');
    for (let attempt = 1; attempt <= lostLeasesMax; attempt++) {
      t.equal((await claimOne(queue)).attempts, attempt);
      clock.advance(30_001);
    }
    t.strictSame(await queue.claim(all), []);
    t.match((await queue.deadLetters('default', 10))[0]?.error, /lease/);
  });

  t.test('dead jobs are listed newest first, page by page, and an operator brings one back', async (t) => {
    const { queue, store, clock } = await open(t);
    for (const key of ['a', 'b', 'c']) {
      const id = await idOf(queue, key);
      await queue.fail(id, (await claimOne(queue)).lease, { error: key, hopeless: true });
      clock.advance(key === 'a' ? 0 : 1000);
    }
    const first = await queue.deadLetters('default', 2);
    const last = first.at(-1);
    ok(last);
    const rest = await queue.deadLetters('default', 2, last);
    t.strictSame([...first, ...rest].map((dead) => dead.error).sort(), ['a', 'b', 'c']);
    t.equal(first[0]?.error, 'c');
    t.strictSame(await queue.deadLetters('other', 9), []);
    const id = first[0]?.id ?? '';
    t.equal(await queue.requeue('other', id, 'op'), false);
    t.equal(await queue.requeue('default', id, 'op'), true);
    t.equal(await queue.requeue('default', id, 'op'), false);
    t.strictSame(await claimOne(queue).then(({ attempts }) => attempts), 1, 'with fresh attempts');
    const [entry] = await store.readAudit('default', { limit: 1 });
    t.strictSame([entry?.action, entry?.actor, entry?.subject], ['job_requeued', 'op', id]);
  });

  t.test('depth, age and missed deadlines are counted per tier', async (t) => {
    const { queue, clock } = await open(t);
    const soon = { deadlineMs: clock.nowMs() + 5000 };
    await queue.enqueue(['a', 'b', 'c', 'd', 'e'].map((key) => job(key, soon)));
    await queue.enqueue([job('other', { tier: 'low', deadlineMs: clock.nowMs() + 60_000 })]);
    const claims = await queue.claim({ ...all, limit: 4 });
    const [one, two, three] = claims;
    ok(one && two && three);
    await queue.complete(one.job.id, one.lease);
    clock.advance(10_000);
    await queue.complete(two.job.id, two.lease);
    await queue.fail(three.job.id, three.lease, { error: 'x', hopeless: true });
    const [critical, high, , low] = await queue.depths();
    t.strictSame(high, { tier: 'high', waiting: 1, leased: 1, delayed: 0, dead: 1, oldestAgeMs: 10_000, late: 2, ended: 3, missed: 2 });
    t.strictSame(critical, { tier: 'critical', waiting: 0, leased: 0, delayed: 0, dead: 0, oldestAgeMs: 0, late: 0, ended: 0, missed: 0 });
    t.equal(low?.waiting, 1);
    t.equal(low?.late, 0);
  });

  t.test('done jobs are forgotten in time, and with them their keys', async (t) => {
    const { queue, clock } = await open(t);
    await idOf(queue, 'a');
    await idOf(queue, 'b');
    const { id, lease } = await claimOne(queue);
    await queue.complete(id, lease);
    t.equal(await queue.forgetDone(clock.nowMs()), 0);
    t.equal(await queue.forgetDone(clock.nowMs() + 1), 1);
    t.equal(await queue.forgetDone(clock.nowMs() + 1), 0);
    t.equal((await queue.enqueue([job('a')]))[0]?.kind, 'added');
    t.equal((await queue.enqueue([job('b')]))[0]?.kind, 'duplicate');
  });

  t.test('whatever workers do, no job is with two of them, and every job ends', async (t) => {
    const { queue, clock } = await open(t);
    let run = 0;
    const step = fc.record({ what: fc.constantFrom('claim', 'complete', 'fail', 'release', 'heartbeat', 'wait'), which: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const tenant = `tenant ${run++}`;
        await queue.enqueue(
          Array.from({ length: 6 }, (_, i) => job(`${i}`, { tenant, tier: tiers[i % 4] ?? 'low', deadlineMs: clock.nowMs() })),
        );
        const held = new Map<string, { lease: string; untilMs: number }>();
        const completed = new Set<string>();
        const claim = async (): Promise<void> => {
          for (const each of await queue.claim({ ...all, limit: 2 })) {
            const before = held.get(each.job.id);
            ok(before === undefined || before.untilMs <= clock.nowMs(), 'nobody else holds it');
            ok(!completed.has(each.job.id), 'what is done is not done again');
            held.set(each.job.id, { lease: each.lease, untilMs: each.leaseUntilMs });
          }
        };
        for (const { what, which } of steps) {
          const [id, hold] = [...held][which % Math.max(1, held.size)] ?? ['', null];
          if (what === 'claim') await claim();
          if (what === 'wait') clock.advance(which * 4000);
          if (hold === null) continue;
          if (what === 'heartbeat' && (await queue.heartbeat(id, hold.lease, 30_000))) hold.untilMs = clock.nowMs() + 30_000;
          if (what === 'complete' && (await queue.complete(id, hold.lease)) === 'completed') completed.add(id);
          if (what === 'fail') await queue.fail(id, hold.lease, { error: 'x' });
          if (what === 'release') await queue.release(id, hold.lease);
          if (['complete', 'fail', 'release'].includes(what)) held.delete(id);
        }
        for (let i = 0; i < 200 && completed.size < 6; i++) {
          clock.advance(600_000);
          for (const each of await queue.claim(all))
            if ((await queue.complete(each.job.id, each.lease)) === 'completed') completed.add(each.job.id);
          for (const dead of await queue.deadLetters(tenant, 9)) completed.add(dead.id);
        }
        deepStrictEqual(completed.size, 6);
      }),
      { numRuns: 30 },
    );
  });
}
