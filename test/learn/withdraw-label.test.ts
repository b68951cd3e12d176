import { deepStrictEqual, equal } from 'node:assert/strict';
import t from 'tap';
import fc from 'fast-check';
import type { Assessment, Label, Outcome } from '../../src/domain/assessment.ts';
import type { AccountProfile } from '../../src/domain/profile/account.ts';
import { describeAccount, eraseAccount } from '../../src/learn/account-record.ts';
import { recordLabel, recordOutcome, withdrawLabel } from '../../src/learn/record-outcome.ts';
import { createTeaching } from '../../src/learn/teaching.ts';
import { assessWorld, requestOf } from '../support/assess-world.ts';
import { attemptWith, minuteMs, nowMs } from '../support/facts.ts';

async function worldWith() {
  const world = assessWorld();
  // A good login before, so that taking something back leaves something.
  const before = (await world.assess(requestOf(attemptWith({ attemptId: 'before', occurredAtMs: nowMs - 60 * minuteMs })))) as {
    assessment: Assessment;
  };
  const report = { tenant: 'default', target: { assessmentId: before.assessment.assessmentId }, outcome: 'signed_in' as const };
  recordOutcome({ ...report, occurredAtMs: nowMs - 60 * minuteMs }, world.ports);
  const result = (await world.assess(requestOf(attemptWith({ attemptId: 'this' }), 'd2'))) as { assessment: Assessment };
  const assessmentId = result.assessment.assessmentId;
  return {
    ports: world.ports,
    assessmentId,
    outcome: (outcome: Outcome) =>
      recordOutcome({ tenant: 'default', target: { assessmentId }, outcome, occurredAtMs: nowMs + minuteMs }, world.ports),
    label: (label: Label) => recordLabel({ tenant: 'default', assessmentId, label }, world.ports),
    withdraw: (label: Label) => withdrawLabel({ tenant: 'default', assessmentId, label }, world.ports),
    stored: () => world.ports.assessments.byId('default', assessmentId),
    account: () => describeAccount('default', 'user-1', world.ports) as AccountProfile,
  };
}

type World = Awaited<ReturnType<typeof worldWith>>;

/** Everything that is counted; what fades by itself is left out. */
function counted({ account, stored }: World): unknown {
  const { goodCount, firstGoodMs, lastGoodMs, places, devices, tallies, recent, hours, sessions, failures, challengesFailed } = account();
  return {
    label: stored()?.label,
    learned: stored()?.learned,
    outcomes: stored()?.outcomes,
    goodCount,
    firstGoodMs,
    lastGoodMs,
    places: places.map(({ country, count }) => ({ country, count })),
    devices: devices.map(({ device, count }) => ({ device, count })),
    tallies: tallies.map((each) => each.map(({ value, count }) => ({ value, count }))),
    recent: recent.map(({ atMs, host }) => ({ atMs, host })),
    hours: hours.toSorted((a, b) => a - b),
    sessions: sessions.map(({ session }) => session),
    failures,
    challengesFailed,
  };
}

t.test('a label that was given and taken back leaves what its outcomes alone would have left, whenever it was given', async () => {
  const outcomes = fc.constantFrom<Outcome>('signed_in', 'failed', 'challenge_passed', 'challenge_failed', 'abandoned');
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcomes, { maxLength: 3 }),
      fc.array(outcomes, { maxLength: 2 }),
      fc.array(outcomes, { maxLength: 2 }),
      fc.array(fc.constantFrom<Label>('genuine', 'takeover'), { minLength: 1, maxLength: 3 }),
      async (before, during, after, labels) => {
        const plain = await worldWith();
        for (const outcome of [...before, ...during, ...after]) plain.outcome(outcome);
        const world = await worldWith();
        for (const outcome of before) world.outcome(outcome);
        for (const label of labels) world.label(label);
        for (const outcome of during) world.outcome(outcome);
        equal(world.withdraw(labels.at(-1) as Label).kind, 'withdrawn');
        for (const outcome of after) world.outcome(outcome);
        deepStrictEqual(counted(world), counted(plain));
      },
    ),
    { numRuns: 60 },
  );
});

t.test('taking back twice is the same as once', async (t) => {
  const world = await worldWith();
  world.label('genuine');
  t.same(world.withdraw('genuine'), { kind: 'withdrawn' });
  const once = counted(world);
  t.same(world.withdraw('genuine'), { kind: 'already' });
  t.strictSame(counted(world), once);
});

t.test('what somebody else has said since stands', async (t) => {
  const world = await worldWith();
  world.label('genuine');
  world.label('takeover');
  const before = counted(world);
  t.same(world.withdraw('genuine'), { kind: 'other_label', standing: 'takeover' });
  t.strictSame(counted(world), before);
});

t.test('nothing can be taken back of an assessment that nobody made, of another tenant, or of an erased user', async (t) => {
  const { ports, assessmentId, label } = await worldWith();
  label('genuine');
  t.same(withdrawLabel({ tenant: 'other', assessmentId, label: 'genuine' }, ports), { kind: 'unknown_assessment' });
  t.same(withdrawLabel({ tenant: 'default', assessmentId: 'none', label: 'genuine' }, ports), { kind: 'unknown_assessment' });
  await eraseAccount('default', 'user-1', 'admin', { ...ports, eraseCases: async () => 0 });
  const teaching = createTeaching(ports);
  t.equal(await teaching.teach('default', assessmentId, 'genuine'), 'forgotten');
  t.equal(await teaching.withdraw('default', assessmentId, 'genuine'), 'forgotten');
});

t.test('teaching answers when the profile and the assessment are durable, and says what it found', async (t) => {
  const { ports, assessmentId, account, label } = await worldWith();
  const flushed: string[] = [];
  const teaching = createTeaching({
    ...ports,
    assessments: { ...ports.assessments, flush: async () => void flushed.push('assessments') },
    profiles: { ...ports.profiles, flush: async () => void flushed.push('profiles') },
  });
  t.equal(await teaching.teach('default', assessmentId, 'genuine'), 'taught');
  t.equal(await teaching.teach('default', assessmentId, 'genuine'), 'already');
  t.equal(account().goodCount, 2);
  t.equal(await teaching.withdraw('default', assessmentId, 'genuine'), 'withdrawn');
  t.equal(await teaching.withdraw('default', assessmentId, 'genuine'), 'already');
  t.equal(account().goodCount, 1);
  t.same(flushed, Array(4).fill(['assessments', 'profiles']).flat());
  label('takeover');
  t.equal(await teaching.withdraw('default', assessmentId, 'genuine'), 'relabelled');
});
