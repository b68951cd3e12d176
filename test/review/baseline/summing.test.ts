// Days are summed up from the stored assessments, each login once, whatever happens on the way.
import t from 'tap';
import { createRandom, firstIdAt } from '../../../src/adapters/crypto/random.ts';
import { createMemoryAssessmentLog } from '../../../src/adapters/memory/assessment-log.ts';
import { createMemoryDailyBaselines } from '../../../src/adapters/memory/daily-baselines.ts';
import { dayMs, dayOf } from '../../../src/domain/baseline/day.ts';
import { DailySumming, type SumsStore } from '../../../src/review/baseline/summing.ts';
import { settled } from '../../support/flagged.ts';
import { testClock, testRandom } from '../../support/ports.ts';
import { noonMs, storedOf } from '../../support/records.ts';

const today = dayOf(noonMs);

function summingWorld() {
  const clock = testClock(noonMs);
  const random = createRandom(clock);
  const log = createMemoryAssessmentLog();
  const baselines = createMemoryDailyBaselines();
  return {
    clock,
    log,
    baselines,
    summing: () => new DailySumming({ log, clock, firstIdAt }),
    /** Assessed now, and occurred so long ago. */
    assess(tenant = 'default', agoMs = 0): void {
      const id = random.id();
      const record = storedOf(id, `account-${id}`, clock.nowMs() - agoMs);
      log.put({ ...record, tenant, assessment: { ...record.assessment, assessmentId: id } }, '');
    },
    async pass(ms: number, stepMs = 10_000): Promise<void> {
      for (let i = 0; i < ms; i += stepMs) {
        clock.advance(stepMs);
        await settled(4);
      }
    },
    logins: async (tenant = 'default'): Promise<Record<number, number>> =>
      Object.fromEntries((await baselines.days(tenant, 0, today + 9)).map(({ day, logins }) => [day - today, logins])),
  };
}

const hourMs = 3_600_000;

t.test('each login is counted once, on the day it occurred, in its tenant, minutes after it was assessed', async (t) => {
  const world = summingWorld();
  const summing = world.summing();
  for (let i = 0; i < 25; i++) world.assess(i % 5 === 0 ? 'other' : 'default', i % 2 === 0 ? 0 : dayMs);
  summing.start(world.baselines);
  await settled(9);
  t.same(await world.logins(), {}, 'the window is not over');
  await world.pass(16 * 60_000);
  t.same(await world.logins(), { 0: 10, [-1]: 10 });
  t.same(await world.logins('other'), { 0: 3, [-1]: 2 });
  t.equal(await world.baselines.summedUntil(), noonMs + 600_000);
  world.assess('default');
  world.assess('default', 91 * dayMs);
  await world.pass(hourMs);
  t.same(await world.logins(), { 0: 11, [-1]: 10 }, 'what is long past counts for no day that is kept');
  await summing.stop();
  world.assess();
  await world.pass(hourMs);
  t.equal((await world.logins())[0], 11, 'nothing is done after the stop');
  summing.start(world.baselines);
  await world.pass(hourMs);
  t.equal((await world.logins())[0], 11);
});

t.test('a store that fails at any moment and two that sum up at once change no sum', async (t) => {
  const world = summingWorld();
  for (let i = 0; i < 6; i++) {
    world.assess('default');
    world.assess(`tenant-${i % 3}`);
    world.clock.advance(7 * 60_000);
  }
  await world.baselines.settle(noonMs);
  const chance = testRandom();
  let failed = 0;
  /** Every second call fails, some of them after they were done. */
  const flaky = (store: SumsStore): SumsStore => {
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      const fate = chance.uniform();
      if (fate < 0.5) failed++;
      if (fate < 0.25) throw new Error('refused');
      const done = await work();
      if (fate < 0.5) throw new Error('no answer');
      return done;
    };
    return {
      summedUntil: () => call(() => store.summedUntil()),
      add: (...args) => call(() => store.add(...args)),
      settle: (untilMs) => call(() => store.settle(untilMs)),
    };
  };
  const both = [world.summing(), world.summing()];
  for (const each of both) each.start(flaky(world.baselines));
  await world.pass(3 * hourMs);
  for (const each of both) await each.stop();
  t.same(await world.logins(), { 0: 6 });
  for (const tenant of ['tenant-0', 'tenant-1', 'tenant-2']) t.same(await world.logins(tenant), { 0: 2 }, tenant);
  t.ok(failed > 20, `${failed}`);
});

t.test('nothing counts as summed up while what was assessed cannot be made durable', async (t) => {
  const world = summingWorld();
  world.assess();
  await world.baselines.settle(noonMs);
  let durable = false;
  const log = {
    flush: () => (durable ? world.log.flush() : Promise.reject(new Error('not durable'))),
    slice: (...args: Parameters<typeof world.log.slice>) => (durable ? world.log.slice(...args) : { records: [], next: null }),
  };
  const summing = new DailySumming({ log, clock: world.clock, firstIdAt });
  summing.start(world.baselines);
  await world.pass(hourMs);
  t.equal(await world.baselines.summedUntil(), noonMs);
  durable = true;
  await world.pass(120_000);
  await summing.stop();
  t.same(await world.logins(), { 0: 1 });
});

t.test('after a stop it goes on where it was, and what was not summed up is, as far back as a month', async (t) => {
  const world = summingWorld();
  world.assess();
  world.clock.advance(dayMs);
  const first = world.summing();
  first.start(world.baselines);
  await world.pass(120_000);
  await first.stop();
  t.same(await world.logins(), { 0: 1 });
  world.assess();
  world.clock.advance(2 * dayMs);
  world.assess();
  world.clock.advance(hourMs);
  const second = world.summing();
  second.start(world.baselines);
  await world.pass(120_000);
  await second.stop();
  t.same(await world.logins(), { 0: 1, 1: 1, 3: 1 });
});

t.test('however many logins there are, none is read between two pauses but a few', async (t) => {
  const world = summingWorld();
  for (let i = 0; i < 1000; i++) world.assess();
  world.clock.advance(20 * 60_000);
  let read = 0;
  let longest = 0;
  // Each look takes longer than a step may.
  const log = {
    flush: () => world.log.flush(),
    slice(...args: Parameters<typeof world.log.slice>) {
      const slice = world.log.slice(...args);
      read += slice.records.length;
      longest = Math.max(longest, slice.records.length);
      world.clock.advance(1);
      return slice;
    },
  };
  await world.baselines.settle(noonMs);
  const summing = new DailySumming({ log, clock: world.clock, firstIdAt });
  summing.start(world.baselines);
  await settled(9);
  t.ok(read > 0 && read <= 64, `${read}`);
  await world.pass(300, 10);
  t.equal(read, 1000);
  t.ok(longest <= 32);
  t.same(await world.logins(), { 0: 1000 });
  await summing.stop();
});
