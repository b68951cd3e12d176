import t from 'tap';
import type { Assessment, Outcome } from '../../src/domain/assessment.ts';
import { describeAccount, eraseAccount } from '../../src/learn/account-record.ts';
import { recordLabel, recordOutcome } from '../../src/learn/record-outcome.ts';
import { countWithin, hour } from '../../src/domain/profile/window-counter.ts';
import type { AccountProfile } from '../../src/domain/profile/account.ts';
import { assessWorld, requestOf } from '../support/assess-world.ts';
import { attemptWith, minuteMs, nowMs } from '../support/facts.ts';

async function worldWith(credential: 'success' | 'failure' = 'success') {
  const world = assessWorld();
  const result = (await world.assess(requestOf(attemptWith({ credential: { result: credential } })))) as { assessment: Assessment };
  const assessmentId = result.assessment.assessmentId;
  return {
    ...world,
    assessmentId,
    outcome: (outcome: Outcome) =>
      recordOutcome({ tenant: 'default', target: { assessmentId }, outcome, occurredAtMs: nowMs + minuteMs }, world.ports),
    label: (label: 'genuine' | 'takeover') => recordLabel({ tenant: 'default', assessmentId, label }, world.ports),
    account: () => describeAccount('default', 'user-1', world.ports) as AccountProfile,
    failures: () =>
      Math.round(countWithin((describeAccount('default', 'user-1', world.ports) as AccountProfile).failures, hour, nowMs + minuteMs)),
    challenges: () =>
      Math.round(
        countWithin((describeAccount('default', 'user-1', world.ports) as AccountProfile).challengesFailed, hour, nowMs + minuteMs),
      ),
  };
}

t.test('a good end teaches once, however often it is reported', async (t) => {
  const world = await worldWith();
  t.equal(world.account().goodCount, 0);
  t.same(world.outcome('signed_in'), { kind: 'recorded', assessmentId: world.assessmentId });
  t.same(world.outcome('signed_in'), { kind: 'already', assessmentId: world.assessmentId });
  t.equal(world.outcome('challenge_passed').kind, 'recorded');
  t.equal(world.account().goodCount, 1);
});

t.test('a failed end is counted, unless the failed credential was counted already', async (t) => {
  const late = await worldWith('success');
  late.outcome('failed');
  t.equal(late.failures(), 1);
  const early = await worldWith('failure');
  t.equal(early.failures(), 1);
  early.outcome('failed');
  t.equal(early.failures(), 1);
});

t.test('failed and abandoned challenges feed the counter of push fatigue and nothing else', async (t) => {
  const world = await worldWith();
  world.outcome('challenge_failed');
  world.outcome('abandoned');
  t.equal(world.challenges(), 2);
  t.equal(world.account().goodCount, 0);
});

t.test('a failed credential cannot have ended with a sign-in', async (t) => {
  const world = await worldWith('failure');
  t.match(world.outcome('signed_in'), { kind: 'contradiction', detail: /failure/ });
  t.equal(world.account().goodCount, 0);
});

t.test('a takeover is unlearnt, and what was labelled so is not learnt afterwards', async (t) => {
  const world = await worldWith();
  world.outcome('signed_in');
  t.equal(world.label('takeover').kind, 'recorded');
  t.equal(world.label('takeover').kind, 'already');
  t.equal(world.account().goodCount, 0);
  world.outcome('challenge_passed');
  t.equal(world.account().goodCount, 0);
  const early = await worldWith();
  early.label('takeover');
  early.outcome('signed_in');
  t.equal(early.account().goodCount, 0);
});

t.test('a person cleared by a label becomes known at once, and once', async (t) => {
  const world = await worldWith();
  world.label('genuine');
  world.outcome('signed_in');
  t.equal(world.account().goodCount, 1);
  world.label('takeover');
  world.label('genuine');
  t.equal(world.account().goodCount, 1);
});

t.test('an outcome for an assessment that nobody made is refused', async (t) => {
  const world = await worldWith();
  t.same(recordOutcome({ tenant: 'default', target: { assessmentId: 'no' }, outcome: 'failed', occurredAtMs: nowMs }, world.ports), {
    kind: 'unknown_assessment',
  });
  t.same(
    recordOutcome({ tenant: 'other', target: { assessmentId: world.assessmentId }, outcome: 'failed', occurredAtMs: nowMs }, world.ports),
    { kind: 'unknown_assessment' },
  );
  t.same(recordLabel({ tenant: 'other', assessmentId: world.assessmentId, label: 'genuine' }, world.ports), { kind: 'unknown_assessment' });
});

t.test('an outcome sent by user id belongs to the newest attempt, if that is recent', async (t) => {
  const world = await worldWith();
  const report = (outcome: Outcome, atMs: number, userId = 'user-1') =>
    recordOutcome({ tenant: 'default', target: { userId }, outcome, occurredAtMs: atMs }, world.ports);
  t.same(report('signed_in', nowMs + 5 * minuteMs), { kind: 'recorded', assessmentId: world.assessmentId });
  t.same(report('signed_in', nowMs + 60 * minuteMs), { kind: 'unknown_assessment' });
  t.same(report('failed', nowMs + 60 * minuteMs), { kind: 'recorded', assessmentId: null });
  t.same(report('failed', nowMs, 'user-2'), { kind: 'recorded', assessmentId: null });
});

t.test('an erased person is a stranger, and erasing twice is the same as once', async (t) => {
  const world = await worldWith();
  world.outcome('signed_in');
  const asked: unknown[] = [];
  const eraseCases = async (...who: readonly string[]): Promise<number> => {
    asked.push(who);
    t.equal(world.ports.assessments.byId('default', world.assessmentId), null, 'no case can be opened from them any more');
    return 2;
  };
  const ports = { ...world.ports, eraseCases };
  t.same(await eraseAccount('default', 'user-1', 'admin', ports), { profile: true, assessments: 1, cases: 2 });
  t.equal(world.account(), null);
  t.equal(world.ports.assessments.byId('default', world.assessmentId), null);
  t.same(await eraseAccount('default', 'user-1', 'admin', ports), { profile: false, assessments: 0, cases: 2 });
  t.same(asked, Array(2).fill(['default', 'default-user-user-1', 'admin']));
});
