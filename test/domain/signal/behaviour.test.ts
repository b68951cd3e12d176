import t from 'tap';
import type { BehaviorClaim, TypingSample } from '../../../src/domain/attempt.ts';
import type { AccountProfile } from '../../../src/domain/profile/account.ts';
import type { Visit } from '../../../src/domain/profile/visit.ts';
import { behaviourSignals } from '../../../src/domain/signal/behaviour/signals.ts';
import { behaviourRobot } from '../../../src/domain/signal/behaviour/robot.ts';
import { behaviourTyping } from '../../../src/domain/signal/behaviour/typing.ts';
import { accountWith, dayMs, type Derived, deriveSignal, factsWith, homeVisits, nowMs } from '../../support/facts.ts';
import { checkContract, checkDefinition } from '../../support/signal-contract.ts';
import { behaviorWith, person, typedBy, typedByMachine } from '../../support/typing.ts';

const her = person(11);

/** An account with good logins whose keys were typed like this. */
function typist(samples: readonly TypingSample[]): AccountProfile {
  return accountWith(homeVisits(samples.length).map((visit, i) => ({ ...visit, typing: samples[i] ?? null })));
}

function samplesOf(count: number): TypingSample[] {
  return Array.from({ length: count }, (_, i) => typedBy(her, i + 1));
}

function typing(
  typed: TypingSample,
  account: AccountProfile | null,
  behavior: Partial<BehaviorClaim> = {},
  visit: Partial<Visit> = {},
): Derived {
  return deriveSignal(behaviourTyping, factsWith({ account, visit, attempt: { behavior: behaviorWith({ typing: typed, ...behavior }) } }));
}

function robot(typed: TypingSample, behavior: Partial<BehaviorClaim> = {}, account: AccountProfile | null = null): Derived {
  return deriveSignal(behaviourRobot, factsWith({ account, attempt: { behavior: behaviorWith({ typing: typed, ...behavior }) } }));
}

t.test("the account's own rhythm speaks for the attempt and another's against it, the more the better the account is known", (t) => {
  const own = typedBy(her, 90);
  const other = typedBy(person(500), 90);
  const few = typist(samplesOf(3));
  const many = typist(samplesOf(15));
  const match = typing(own, many);
  const mismatch = typing(other, many);
  t.same(match.rules, ['typing_match']);
  t.same(mismatch.rules, ['typing_mismatch']);
  t.ok((mismatch.features['typing_mismatch'] as number) > (typing(other, few).features['typing_mismatch'] as number));
  t.ok((match.features['typing_mismatch'] as number) < 0);
  const { distance, confidence } = mismatch.explain(0.4).evidence as { distance: number; confidence: number };
  t.ok(Math.abs((mismatch.features['typing_mismatch'] as number) - confidence * (distance - 1.5)) < 0.02);
  t.equal(match.explain(-0.4).code, 'TYPING_MATCH');
  t.match(mismatch.explain(0.4), { code: 'TYPING_MISMATCH', evidence: { compared_by: 'key by key', keys: 12, samples_learnt: 15 } });
  t.end();
});

t.test('below three good samples there is no opinion on the rhythm', (t) => {
  for (const account of [null, accountWith(homeVisits(5)), typist(samplesOf(2))]) {
    const { cause, features, rules } = typing(typedBy(person(500), 90), account);
    t.equal(cause, 'no_history');
    t.ok(Number.isNaN(features['typing_mismatch']));
    t.same(rules, []);
  }
  t.end();
});

t.test('paste, autofill, touch, assistive input, phones and machines are no evidence of rhythm', (t) => {
  const account = typist(samplesOf(10));
  const other = typedBy(person(500), 90);
  const excused: Partial<BehaviorClaim>[] = [
    { pasted: true },
    { autofilled: true },
    { assistive: true },
    { pointer: { moves: 1, touch: true } },
  ];
  for (const behavior of excused) t.same([typing(other, account, behavior).cause, typing(other, account, behavior).rules], ['unknown', []]);
  t.equal(typing(other, account, {}, { deviceType: 'mobile' }).cause, 'unknown');
  t.equal(typing(typedByMachine(12, 2, 2), account).cause, 'unknown');
  t.equal(typing({ dwellMs: [90, 80], flightMs: [120] }, account).cause, 'unknown');
  t.equal(deriveSignal(behaviourTyping, factsWith({ account })).cause, 'not_sent');
  t.equal(deriveSignal(behaviourTyping, factsWith({ account, attempt: { behavior: behaviorWith() } })).cause, 'not_sent');
  t.equal(
    deriveSignal(behaviourTyping, factsWith({ profilesAbsent: 'late', attempt: { behavior: behaviorWith({ typing: other }) } })).cause,
    'late',
  );
  t.end();
});

t.test('after a changed credential or another text only the general rhythm is compared', (t) => {
  const account = typist(samplesOf(10));
  const behavior = behaviorWith({ typing: typedBy(her, 90) });
  const changed = deriveSignal(
    behaviourTyping,
    factsWith({ account, attempt: { behavior, user: { credentialChangedAtMs: nowMs - 3_600_000 } } }),
  );
  const unchanged = deriveSignal(
    behaviourTyping,
    factsWith({ account, attempt: { behavior, user: { credentialChangedAtMs: nowMs - 30 * dayMs } } }),
  );
  t.equal(changed.explain(-1).evidence['compared_by'], 'general rhythm');
  t.equal(unchanged.explain(-1).evidence['compared_by'], 'key by key');
  t.equal(typing(typedBy(person(11, 8), 90), account).explain(-1).evidence['compared_by'], 'general rhythm');
  t.end();
});

t.test('an explanation of a rhythm that could not be compared says so instead of inventing numbers', (t) => {
  const none = deriveSignal(behaviourTyping, factsWith()).explain(0.1);
  t.match(none.evidence, { mismatch: null, distance: null, confidence: null, keys: 0, samples_learnt: 0 });
  t.match(typing(typedBy(her, 1), null).explain(0.1).evidence, { distance: null, keys: 12 });
  t.end();
});

t.test('a script that types and submits at once is inhuman', (t) => {
  for (const typed of [typedByMachine(12, 1, 1), typedByMachine(12, 100, 1), typedByMachine(16, 8, 4)]) {
    const { rules, features, explain } = robot(typed, { formMs: 1_700 });
    t.ok((features['robot_rhythm'] as number) > 0.25);
    t.equal(explain(0.5).code, 'INHUMAN_TIMING');
    t.same(rules.includes('robot_rhythm'), features['robot_rhythm'] === 1);
  }
  t.same(robot(typedByMachine(12, 1, 1), { formMs: 300 }).rules, ['robot_rhythm']);
  t.equal(robot(typedByMachine(12, 1, 1), { formMs: 300 }).explain(0.9).evidence['machine_rhythm'], 1);
  t.end();
});

t.test("a password manager that auto-types at its owner's command, or a habit of the account, reaches no rule", (t) => {
  const typed = typedByMachine(20, 1, 1);
  t.same(robot(typed, { formMs: 4_000 }).rules, []);
  t.same(robot(typed).rules, []);
  const habit = typist([1, 2, 3].map((seed) => typedByMachine(20, 1, 1, seed)));
  const usual = robot(typed, { formMs: 100 }, habit);
  t.same(usual.rules, []);
  t.equal(usual.explain(0.1).evidence['good_logins_typed_by_machine'], 3);
  t.end();
});

t.test('people, even the fastest, time like people', (t) => {
  for (let seed = 1; seed < 40; seed++) {
    const { features, rules, explain } = robot(typedBy(person(seed), seed), { formMs: 6_000 });
    t.same([features['robot_rhythm'], features['robot_form'], rules], [0, 0, []]);
    t.equal(explain(-0.1).code, 'HUMAN_TIMING');
  }
  const fast = typedBy({ dwells: new Array<number>(10).fill(70), flights: new Array<number>(9).fill(-25) }, 3);
  t.same(robot(fast, { formMs: 520 }).rules, []);
  t.end();
});

t.test('keys that claim to have taken longer than the form was open are not from this form', (t) => {
  const { rules, explain } = robot(typedBy(her, 1), { formMs: 200 });
  t.same(rules, ['robot_form']);
  const sample = typedBy(her, 1);
  const keysMs = sample.flightMs.reduce((sum, ms) => sum + ms, 0);
  t.same(robot(sample, { formMs: Math.round(keysMs) }).rules, [], 'clocks may differ a little');
  t.match(explain(0.9), { code: 'INHUMAN_TIMING', evidence: { form_too_short: true, form_ms: 200 } });
  t.end();
});

t.test('a form filled without keys, however fast, and any excused input are no evidence of a robot', (t) => {
  t.equal(
    deriveSignal(behaviourRobot, factsWith({ attempt: { behavior: behaviorWith({ formMs: 40, pasted: false, autofilled: false }) } }))
      .cause,
    'not_sent',
  );
  t.equal(deriveSignal(behaviourRobot, factsWith()).cause, 'not_sent');
  const typed = typedByMachine(12, 1, 1);
  const excused: Partial<BehaviorClaim>[] = [
    { pasted: true },
    { autofilled: true },
    { assistive: true },
    { pointer: { moves: null, touch: true } },
  ];
  for (const behavior of excused)
    t.same([robot(typed, { formMs: 40, ...behavior }).cause, robot(typed, { formMs: 40, ...behavior }).rules], ['unknown', []]);
  t.equal(robot(typedByMachine(7, 1, 1), { formMs: 40 }).cause, 'unknown');
  t.equal(robot({ dwellMs: new Array<number>(10).fill(100), flightMs: new Array<number>(9).fill(100) }).cause, 'unknown');
  t.match(deriveSignal(behaviourRobot, factsWith()).explain(0.1).evidence, { keys: 0, mean_hold_ms: null, form_ms: null });
  t.end();
});

t.test('the behaviour signals keep the contract of signals on any facts', (t) => {
  for (const signal of behaviourSignals) {
    checkDefinition(signal);
    checkContract(signal, 60);
  }
  t.end();
});
