import t from 'tap';
import { createMemoryAssessmentLog } from '../../../src/adapters/memory/assessment-log.ts';
import { createRandom, firstIdAt } from '../../../src/adapters/crypto/random.ts';
import { CatchUp, type CatchUpOptions } from '../../../src/review/open/catch-up.ts';
import { Intake } from '../../../src/review/open/intake.ts';
import { flaggedRecord, listCourier, settled } from '../../support/flagged.ts';
import { testClock } from '../../support/ports.ts';
import { noonMs, storedOf } from '../../support/records.ts';

function catchUpWorld(options: Partial<CatchUpOptions> = {}, waitingMax = 200) {
  const clock = testClock(noonMs);
  const random = createRandom(clock);
  const log = createMemoryAssessmentLog();
  const intake = new Intake({ clock, waitingMax });
  const courier = listCourier();
  intake.connect(courier);
  const marks: number[] = [];
  const problems: string[] = [];
  const watermark = { read: async () => null, write: async (atMs: number) => void marks.push(atMs) };
  const catchUp = new CatchUp({
    intake,
    log,
    watermark,
    clock,
    firstIdAt,
    onProblem: (sentence) => void problems.push(sentence),
    ...options,
  });
  /** An assessment made now, with a case or without. */
  const assess = (flagged: boolean, tenant = 'default'): string => {
    const id = random.id();
    const record = flagged ? flaggedRecord(id) : storedOf(id, `account-${id}`);
    log.put({ ...record, tenant, assessment: { ...record.assessment, assessmentId: id } }, '');
    return id;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i += 50) {
      clock.advance(50);
      await settled(2);
    }
  };
  const found = (): string[] => courier.carried.map(({ login }) => login.assessment.assessmentId);
  return { clock, log, intake, courier, marks, problems, catchUp, assess, pass, found };
}

t.test('flagged logins since the last mark are offered again, of every tenant, and no others', async (t) => {
  const world = catchUpWorld();
  world.assess(true);
  world.clock.advance(3_600_000);
  const sinceMs = world.clock.nowMs();
  world.clock.advance(1000);
  const expected: string[] = [];
  for (let i = 0; i < 60; i++) {
    const flagged = i % 3 === 0;
    const id = world.assess(flagged, i % 2 === 0 ? 'default' : 'other');
    if (flagged) expected.push(id);
    world.clock.advance(10);
  }
  world.catchUp.start(sinceMs);
  await world.pass(2000);
  t.same(world.found().sort(), expected.sort());
  t.ok(world.courier.carried.every(({ login }) => login.sent === null));
  t.equal(world.catchUp.scans, 1);
  await world.catchUp.stop();
});

t.test('the mark stays before what was found until the cases stand, and then moves on to now', async (t) => {
  const world = catchUpWorld();
  const sinceMs = world.clock.nowMs();
  world.assess(true);
  world.clock.advance(500);
  world.catchUp.start(sinceMs);
  await world.pass(12_000);
  t.ok(world.marks.length > 1);
  t.ok(world.marks.every((mark) => mark <= sinceMs));
  world.intake.acknowledge(world.courier.carried.map(({ number }) => ({ number, kind: 'opened', tier: 'high' })));
  await world.catchUp.stop();
  t.equal(world.marks.at(-1), world.clock.nowMs());
});

t.test('what did not fit in a flood is found when there is room, all of it, however little room there is', async (t) => {
  const world = catchUpWorld({}, 20);
  world.catchUp.start(null);
  const expected = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const id = world.assess(true);
    expected.add(id);
    const record = world.log.byId('default', id);
    if (record !== null) world.intake.offer({ ...record, sent: null });
    world.clock.advance(1);
  }
  t.equal(world.intake.counts.overflowed, 280);
  const opened = new Set<string>();
  for (let i = 0; i < 200 && opened.size < expected.size; i++) {
    await world.pass(100);
    const carried = world.courier.carried.splice(0);
    for (const { login } of carried) opened.add(login.assessment.assessmentId);
    t.ok(world.intake.waiting <= 20);
    world.intake.acknowledge(carried.map(({ number }) => ({ number, kind: 'opened', tier: 'high' })));
  }
  t.same(opened, expected);
  await world.catchUp.stop();
});

t.test('a login that is erased while the search waits for room is not offered', async (t) => {
  const world = catchUpWorld({}, 16);
  for (let i = 0; i < 16; i++) world.intake.offer({ ...flaggedRecord(`filler-${i}`), sent: null });
  const sinceMs = world.clock.nowMs();
  const id = world.assess(true);
  world.catchUp.start(sinceMs);
  await world.pass(500);
  const account = world.log.byId('default', id)?.visit.account ?? '';
  await world.log.eraseAccount('default', account);
  world.intake.acknowledge(world.courier.carried.splice(0).map(({ number }) => ({ number, kind: 'opened', tier: 'high' })));
  await world.pass(3000);
  t.equal(world.catchUp.scans, 1);
  t.same(world.found(), []);
  await world.catchUp.stop();
});

t.test('a search that fails is said and done again; a mark that cannot be written is said once', async (t) => {
  const failing = catchUpWorld().log;
  let broken = true;
  const world = catchUpWorld({
    log: { ...failing, flush: () => (broken ? Promise.reject(new Error('no disk')) : Promise.resolve()) },
    watermark: { read: async () => null, write: () => Promise.reject(new Error('read-only')) },
  });
  world.catchUp.start(world.clock.nowMs());
  await world.pass(500);
  broken = false;
  await world.pass(20_000);
  t.ok(world.catchUp.scans >= 2);
  t.equal(world.problems.filter((sentence) => sentence.includes('no disk')).length, 1);
  t.equal(world.problems.filter((sentence) => sentence.includes('read-only')).length, 1);
  t.equal(world.intake.missedSinceMs, null);
  await world.catchUp.stop();
});

t.test('stopped in the middle of a search, the mark is from before it', async (t) => {
  const world = catchUpWorld({}, 40);
  const sinceMs = world.clock.nowMs();
  for (let i = 0; i < 100; i++) world.assess(true);
  world.clock.advance(10_000);
  world.catchUp.start(sinceMs);
  await world.pass(100);
  const stopping = world.catchUp.stop();
  await world.pass(200);
  await stopping;
  t.ok((world.marks.at(-1) as number) <= sinceMs);
});

t.test('what lies more than a day back is not looked for', async (t) => {
  const world = catchUpWorld();
  world.assess(true);
  world.clock.advance(25 * 3_600_000);
  const recent = world.assess(true);
  world.catchUp.start(0);
  await world.pass(1000);
  t.same(world.found(), [recent]);
  await world.catchUp.stop();
});
