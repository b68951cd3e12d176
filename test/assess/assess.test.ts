import t from 'tap';
import type { Assessment } from '../../src/domain/assessment.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { rulesBaseLogOdds } from '../../src/domain/rules.ts';
import { gatherNow } from '../../src/assess/gather.ts';
import { recompute } from '../../src/assess/recompute.ts';
import type { ProfileStore } from '../../src/ports/profile-store.ts';
import { recordOutcome } from '../../src/learn/record-outcome.ts';
import { assessWorld, homeFacts, requestOf, rulesRanks } from '../support/assess-world.ts';
import { attemptWith, dayMs, nowMs } from '../support/facts.ts';

async function assessed(world: ReturnType<typeof assessWorld>, request = requestOf()): Promise<Assessment> {
  const result = await world.assess(request);
  if (result.kind === 'conflict') throw new Error('unexpected conflict');
  return result.assessment;
}

t.test('base, reasons and the rest add up to the log-odds', async (t) => {
  const assessment = await assessed(assessWorld());
  const sum = assessment.reasons.reduce(
    (total, reason) => total + reason.contribution,
    assessment.baseLogOdds + assessment.otherContributions,
  );
  t.ok(Math.abs(sum - assessment.logOdds) < 1e-9);
  t.equal(assessment.decidedBy, 'model');
  t.equal(assessment.degraded, false);
  t.equal(assessment.score, 0.4);
  t.same(assessment.versions, { model: 'test/1', features: 'sha256:test', policy: '1-test' });
});

t.test('the same attempt sent twice gives one assessment; its name with another body is a conflict', async (t) => {
  const world = assessWorld();
  const first = await world.assess(requestOf());
  const again = await world.assess(requestOf());
  t.equal(first.kind, 'assessed');
  t.match(again, { kind: 'repeated', assessment: { assessmentId: (first as { assessment: Assessment }).assessment.assessmentId } });
  t.same(await world.assess(requestOf(attemptWith(), 'd2')), { kind: 'conflict' });
});

t.test('two copies under way at once are one assessment', async (t) => {
  const world = assessWorld();
  const [first, second, other] = await Promise.all([
    world.assess(requestOf()),
    world.assess(requestOf()),
    world.assess(requestOf(attemptWith(), 'd2')),
  ]);
  t.equal(first.kind, 'assessed');
  t.equal(second.kind, 'repeated');
  t.equal(other.kind, 'conflict');
  t.equal(world.questions.length, 1);
});

t.test('a group of which nothing was observed adds nothing, whatever the model makes of the gap', async (t) => {
  const template = assessWorld();
  const groups = new Float64Array(schema.signals.length).fill(5);
  const world = assessWorld({ scorer: { ...template.ports.scorer, score: async () => ({ base: -3, groups }) } });
  const bare = attemptWith({
    device: { id: null, software: null, language: null, timeZone: null, screen: null, platform: null, fingerprint: null, webdriver: null },
  });
  const assessment = await assessed(world, requestOf(bare));
  const absent = new Set(assessment.missing.map((missing) => missing.signal));
  t.ok(absent.has('travel.timezone'));
  t.equal(assessment.logOdds, -3 + 5 * schema.signals.filter((signal) => !absent.has(signal.name)).length);
});

t.test('attempts that the caller did not name are never taken for each other', async (t) => {
  const world = assessWorld();
  const first = await assessed(world, requestOf(attemptWith(), null));
  const second = await assessed(world, requestOf(attemptWith(), null));
  t.not(first.assessmentId, second.assessmentId);
});

t.test('an attempt sees what came before it and not itself', async (t) => {
  const world = assessWorld();
  const before = gatherNow(attemptWith(), world.ports);
  t.equal(before.account, null);
  await assessed(world);
  const after = gatherNow(attemptWith(), world.ports);
  t.equal(after.account?.goodCount, 0);
  t.ok((after.host?.accounts.members.length ?? 0) === 1);
});

t.test('a model that fails is replaced by the rules, and the answer says so', async (t) => {
  const failing = assessWorld();
  const world = assessWorld({ scorer: { ...failing.ports.scorer, score: async () => null } });
  const assessment = await assessed(world);
  t.equal(assessment.decidedBy, 'rules');
  t.equal(assessment.degraded, true);
  t.equal(assessment.baseLogOdds, rulesBaseLogOdds);
  t.match(assessment.missing.at(-1), { signal: 'model', cause: 'unavailable' });
  t.equal(world.questions[0]?.degraded, true);

  const inProcess = assessWorld({ scorer: { ...failing.ports.scorer, inProcess: true, score: () => Promise.reject(new Error('broken')) } });
  t.match((await assessed(inProcess)).missing.at(-1), { signal: 'model', cause: 'unavailable' });
  const rejecting = assessWorld({ scorer: { ...failing.ports.scorer, score: () => Promise.reject(new Error('broken')) } });
  t.match((await assessed(rejecting)).missing.at(-1), { signal: 'model', cause: 'unavailable' });
});

t.test('a model that is late is replaced by the rules when its share of the budget is over', async (t) => {
  const template = assessWorld();
  const world = assessWorld({ scorer: { ...template.ports.scorer, score: () => new Promise(() => {}) } });
  const pending = assessed(world);
  await new Promise((resolve) => setImmediate(resolve));
  world.clock.advance(40);
  const assessment = await pending;
  t.equal(assessment.decidedBy, 'rules');
  t.match(assessment.missing.at(-1), { signal: 'model', cause: 'late' });
});

t.test('a request that is already late is answered by the rules at once', async (t) => {
  const world = assessWorld();
  world.clock.advance(45);
  const assessment = await assessed(world);
  t.equal(assessment.decidedBy, 'rules');
  t.equal(assessment.budget.elapsedMs, 45);
});

t.test('profiles that come late or fail are missing by name, and the policy is told that it is blind', async (t) => {
  const memory = assessWorld().ports.profiles;
  const stores: [string, ProfileStore['read']][] = [
    ['late', () => new Promise(() => {})],
    ['unavailable', () => Promise.reject(new Error('gone'))],
    [
      'unavailable',
      () => {
        throw new Error('gone');
      },
    ],
  ];
  for (const [cause, read] of stores) {
    const world = assessWorld({ profiles: { ...memory, read } });
    const pending = assessed(world);
    if (cause === 'late') world.clock.advance(16);
    const assessment = await pending;
    t.equal(assessment.verdict, 'challenge');
    t.equal(assessment.degraded, true);
    t.ok(
      assessment.missing.some((missing) => missing.signal === 'profiles' && missing.cause === cause),
      cause,
    );
    t.notOk(
      assessment.missing.some((missing) => missing.cause === 'no_history'),
      'what was out of reach is not called new',
    );
  }
});

t.test('a store that answers with a promise in time is as good as a local one', async (t) => {
  const memory = assessWorld().ports.profiles;
  const world = assessWorld({ profiles: { ...memory, read: async (keys) => memory.read(keys) } });
  t.equal((await assessed(world)).degraded, false);
  t.throws(() => gatherNow(attemptWith(), world.ports), /synchronously/);
});

t.test('an assessment computed again from its record is the same, by the model and by the rules', async (t) => {
  const template = assessWorld();
  for (const world of [template, assessWorld({ scorer: { ...template.ports.scorer, score: async () => null } })]) {
    const assessment = await assessed(world);
    const record = world.ports.assessments.byId('default', assessment.assessmentId);
    if (record === null) throw new Error('not recorded');
    const parts = { schema, rulesRanks, scorer: world.ports.scorer, policy: world.ports.policy.current() };
    t.strictSame(await recompute(record, parts), { kind: 'recomputed', assessment });
  }
});

t.test('another model, schema or policy cannot recompute an assessment, and says which was meant', async (t) => {
  const world = assessWorld();
  const assessment = await assessed(world);
  const record = world.ports.assessments.byId('default', assessment.assessmentId);
  if (record === null) throw new Error('not recorded');
  const { scorer } = world.ports;
  const policy = world.ports.policy.current();
  const parts = { schema, rulesRanks, scorer, policy };
  t.match(await recompute(record, { ...parts, scorer: { ...scorer, identity: { ...scorer.identity, name: 'other/1' } } }), {
    kind: 'impossible',
    why: /test\/1/,
  });
  t.match(await recompute(record, { ...parts, scorer: { ...scorer, identity: { ...scorer.identity, schemaHash: 'sha256:x' } } }), {
    kind: 'impossible',
    why: /features/,
  });
  t.match(await recompute(record, { ...parts, policy: { ...policy, revision: '2' } }), { kind: 'impossible', why: /policy 1-test/ });
  t.match(await recompute(record, { ...parts, scorer: { ...scorer, score: async () => null } }), {
    kind: 'impossible',
    why: /could not score/,
  });
  const forgotten = { ...record, assessment: { ...assessment, reasons: [] } };
  const again = await recompute(forgotten, parts);
  t.ok(again.kind === 'recomputed' && again.assessment.reasons.every((reason) => reason.code.startsWith('UNRECORDED:')));
});

t.test('paste, autofill, assistive input and touch are no evidence of who types', async (t) => {
  const typing = { dwellMs: [90, 80], flightMs: [120] };
  const behavior = { typing, pointer: null, pasted: false, autofilled: false, assistive: false, formMs: 4000 };
  const world = assessWorld();
  const typed = (change: object) => gatherNow(attemptWith({ behavior: { ...behavior, ...change } }), world.ports).visit.typing;
  t.same(typed({}), typing);
  t.same(typed({ pointer: { moves: 3, touch: false } }), typing);
  t.equal(typed({ pasted: true }), null);
  t.equal(typed({ autofilled: true }), null);
  t.equal(typed({ assistive: true }), null);
  t.equal(typed({ pointer: { moves: 0, touch: true } }), null);
  t.equal(typed({ typing: null }), null);
  t.equal(typed({ typing: { dwellMs: [], flightMs: [] } }), null);
});

t.test('lists that hide a place make the visit anonymous, and each kind is told to the policy once', async (t) => {
  const hit = { list: 'a', reports: null, ageDays: 1 };
  const lists = [
    { ...hit, kind: 'hosting' as const },
    { ...hit, kind: 'vpn' as const },
    { ...hit, kind: 'vpn' as const },
  ];
  const world = assessWorld({ ip: { lookup: () => ({ ...homeFacts, lists }), sources: () => [] } });
  t.equal(gatherNow(attemptWith(), world.ports).visit.anonymous, true);
  await assessed(world);
  t.same(world.questions[0]?.context.lists, ['hosting', 'vpn']);
});

t.test('an attempt of which little is known has a visit of nulls, not of inventions', async (t) => {
  const world = assessWorld({ ip: { lookup: () => ({ geo: null, asn: null, lists: [] }), sources: () => [] } });
  const bare = attemptWith({
    device: { id: null, software: null, language: null, timeZone: null, screen: null, platform: null, fingerprint: null },
  });
  const { visit } = gatherNow(bare, world.ports);
  t.match(visit, {
    asn: null,
    asnClass: 'unknown',
    country: null,
    device: null,
    browser: null,
    screen: null,
    fingerprint: null,
    session: null,
    accuracyKm: 0,
  });
  const assessment = await assessed(world, requestOf(bare));
  t.ok(assessment.missing.length > 5);
  t.same(world.questions[0]?.context.asn, null);
  const withSession = attemptWith({ session: { id: 's1', startedAtMs: null } });
  t.equal(gatherNow(withSession, world.ports).visit.session, 'default-session-s1');
});

t.test('a good end makes the device known to the next attempt', async (t) => {
  const world = assessWorld();
  const assessment = await assessed(world);
  recordOutcome(
    { tenant: 'default', target: { assessmentId: assessment.assessmentId }, outcome: 'signed_in', occurredAtMs: nowMs },
    world.ports,
  );
  const next = gatherNow(attemptWith({ attemptId: 'next', occurredAtMs: nowMs + dayMs }), world.ports);
  t.equal(next.account?.goodCount, 1);
  t.equal(next.knownDevice?.count, 1);
  t.equal(next.population.total, 1);
});
