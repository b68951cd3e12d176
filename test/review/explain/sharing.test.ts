// Many cases and many models: who is asked beside whom, what is told by one call, who is left to the template, and what a stop leaves.
import t from 'tap';
import { tiers } from '../../../src/domain/case/tier.ts';
import {
  answering,
  cutAfter,
  done,
  ending,
  explainerIn,
  failed,
  farAwayBut,
  faultOf,
  finalOf,
  isIdle,
  memoryWorld,
  modelPlan,
  notingMeter,
  openCase,
  runUntil,
  type ScriptedModel,
  scriptedModel,
  tierPlan,
  toldOf,
  usage,
  waitFor,
  type World,
} from '../../support/explaining.ts';
import { createWording } from '../../../src/adapters/icu-messages/wording.ts';

/** Begins to answer after a time. */
const slowModel = (world: World, afterMs: number): ScriptedModel =>
  scriptedModel('slow', async function* (call, signal) {
    if (await waitFor(world.clock, afterMs, signal)) yield* answering(call);
    else yield failed('cancelled');
  });

t.test('a second model is asked beside a first that is slow to begin; the loser is hung up', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  let hungUp = false;
  const slow = scriptedModel('slow', async function* (_call, signal) {
    hungUp = !(await waitFor(world.clock, 50_000, signal));
    yield failed(hungUp ? 'cancelled' : 'first_text_late');
  });
  const quick = scriptedModel('quick');
  const id = await openCase(world, 'a', { tier: 'critical' });
  const plan = { critical: tierPlan(['slow', 'quick'], { hedgeAfterMs: 4000 }) };
  const startMs = world.clock.nowMs();
  explainerIn(world, [slow, quick], { tiers: plan, meter }).start();
  await runUntil(world, () => isIdle(world));
  t.ok(hungUp);
  t.ok(world.clock.nowMs() - startMs < 10_000);
  t.strictSame((await finalOf(world, id)).provenance?.models, ['quick']);
  t.ok(meter.notes.includes('asked slow cancelled') && meter.notes.includes('asked quick stop hedge'), meter.notes.join());
  t.equal(await faultOf(world, id), null);
});

t.test('a model that answers at once is not hedged', async (t) => {
  const world = memoryWorld();
  const other = scriptedModel('other');
  await openCase(world, 'a', { tier: 'critical' });
  const tiersPlan = { critical: tierPlan(['quick', 'other'], { hedgeAfterMs: 1000 }) };
  explainerIn(world, [scriptedModel('quick'), other], { tiers: tiersPlan }).start();
  await runUntil(world, () => isIdle(world));
  world.clock.advance(5000);
  t.equal(other.calls.length, 0);
});

t.test('similar cases share a call, and each is told and charged its part', async (t) => {
  const world = memoryWorld();
  const model = scriptedModel('small');
  const ids = [];
  for (let i = 2; i < 7; i++) ids.push(await openCase(world, `${i}`, { tier: 'medium', reasons: farAwayBut(i) }));
  explainerIn(world, [model], { tiers: { medium: tierPlan(['small'], { batchMax: 8, workers: 1 }) } }).start();
  await runUntil(world, () => isIdle(world));
  t.equal(model.calls.length, 1);
  let input = 0;
  for (const id of ids) {
    const body = await finalOf(world, id);
    t.equal(body.origin, 'model');
    input += body.provenance?.tokens.input ?? 0;
    t.equal(await faultOf(world, id), null);
  }
  t.equal(input, usage.input);
});

t.test('equal stories are told by one call, at the same time or later, each with its own names', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const model = scriptedModel('small');
  const to = (country: string) =>
    farAwayBut(3).map((reason) =>
      reason.code === 'IMPOSSIBLE_TRAVEL' ? { ...reason, evidence: { ...reason.evidence, to_country: country } } : reason,
    );
  const first = await openCase(world, 'a', { reasons: to('US') });
  const beside = await openCase(world, 'b', { reasons: to('BR') });
  const explainer = explainerIn(world, [model], { meter });
  explainer.start();
  await runUntil(world, () => isIdle(world));
  const later = await openCase(world, 'c', { reasons: to('JP') });
  explainer.wake('high');
  await runUntil(world, () => isIdle(world));
  t.equal(model.calls.length, 1);
  const heads = [];
  for (const id of [first, beside, later]) {
    const body = await finalOf(world, id);
    heads.push(body.findings[0]?.sentence.match(/to (.*) covers/)?.[1]);
    t.equal(body.provenance?.shared, id !== first);
    t.equal(await faultOf(world, id), null);
  }
  t.strictSame(heads, ['United States', 'Brazil', 'Japan']);
  t.strictSame(
    meter.notes.filter((note) => note.startsWith('shared')),
    ['shared high joined', 'shared high kept'],
  );
});

t.test('of a backlog the template tells what cannot be told in time, so that nothing is late', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const slow = slowModel(world, 25_000);
  const each = { ...tierPlan(['slow']), workers: 1 };
  for (const tier of tiers) for (let i = 0; i < 30; i++) await openCase(world, `${tier}${i}`, { tier, reasons: farAwayBut(i + 2) });
  explainerIn(world, [slow], { meter, tiers: { critical: each, high: each, medium: each, low: each } }).start();
  await runUntil(world, () => isIdle(world), 500);
  const count = (start: string): number => meter.notes.filter((note) => note.startsWith(start)).length;
  t.equal(count('told'), 120);
  for (const tier of tiers) {
    t.ok(count(`told ${tier} model`) > 0, tier);
    t.equal(count(`deadline ${tier} true`), 30, tier);
  }
  t.ok(count('told critical template deadline') > count('told high template deadline'), 'who has the least time is left to it most');
});

t.test('an urgent case that comes late is told by a model all the same where nobody waits behind it', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const slow = slowModel(world, 25_000);
  const one = { ...tierPlan(['slow']), workers: 1 };
  for (const tier of ['critical', 'medium'] as const) await openCase(world, `late ${tier}`, { tier });
  world.clock.advance(3_600_000);
  explainerIn(world, [slow], { meter, tiers: { critical: one, medium: one } }).start();
  await runUntil(world, () => isIdle(world), 500);
  t.strictSame(meter.notes.filter((note) => note.startsWith('told')).sort(), ['told critical model null', 'told medium template deadline']);
});

t.test('a spent budget is not found out by making a prompt for each case, and an equal story is told all the same', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const model = scriptedModel('large');
  const one = { ...tierPlan(['large']), workers: 1, batchMax: 2 };
  const parts = { meter, tiers: { medium: one }, budget: { tokensPerHour: 12_000 } };
  for (let i = 0; i < 40; i++) await openCase(world, `${i}`, { tier: 'medium', reasons: farAwayBut(i + 2) });
  const equal = await openCase(world, 'equal', { tier: 'medium', reasons: farAwayBut(2) });
  explainerIn(world, [model], parts).start();
  await runUntil(world, () => isIdle(world));
  t.ok(model.calls.length < 3);
  t.ok(meter.notes.filter((note) => note === 'told medium template budget').length > 30);
  t.ok((await finalOf(world, equal)).provenance?.shared);
});

t.test('without a plan, in another language or without a reason that is known, the template tells it alone', async (t) => {
  const world = memoryWorld();
  const model = scriptedModel('large');
  const meter = notingMeter();
  await openCase(world, 'unplanned', { tier: 'low' });
  await openCase(world, 'unknown', { reasons: [{ code: 'OF_ANOTHER_VERSION', contribution: 2, evidence: {} }] });
  explainerIn(world, [model], { tiers: { high: tierPlan(['large']) }, meter }).start();
  await runUntil(world, () => isIdle(world));
  const german = memoryWorld();
  const id = await openCase(german, 'german');
  explainerIn(german, [model], { wording: createWording('de') }).start();
  await runUntil(german, () => isIdle(german));
  t.equal(model.calls.length, 0);
  t.equal((await finalOf(german, id)).language, 'de');
  t.same(
    new Set(meter.notes.filter((note) => note.startsWith('told'))),
    new Set(['told low template no_plan', 'told high template nothing_to_tell']),
  );
});

t.test('a model that cannot keep the contract is told once, and the others are asked before it', async (t) => {
  const world = memoryWorld();
  const weak = scriptedModel(
    'weak',
    ending({ kind: 'text', text: '{"findings":[{"case":"case_1","evidence":["X.y"],"sentence":"No."}]}' }, done),
  );
  const good = scriptedModel('good');
  const explainer = explainerIn(world, [weak, good]);
  explainer.start();
  for (let i = 0; i < 40; i++) await openCase(world, `${i}`, { reasons: farAwayBut(i + 2) });
  await runUntil(world, () => isIdle(world));
  t.equal(world.problems.length, 1);
  t.match(world.problems[0], /"weak" is too weak/);
  t.ok(weak.calls.length < 20 && good.calls.length >= 20, `${weak.calls.length} ${good.calls.length}`);
});

t.test('stopping hangs up, keeps what was told and gives the rest back uncounted', async (t) => {
  const world = memoryWorld();
  const stuck = scriptedModel('stuck', async function* (call, signal) {
    for await (const event of cutAfter(0.3, done)(call, signal, 1)) if (event.kind === 'text') yield event;
    await waitFor(world.clock, 1e9, signal);
    yield failed('cancelled');
  });
  const id = await openCase(world, 'a');
  const first = explainerIn(world, [stuck]);
  first.start();
  await runUntil(world, async () => (await toldOf(world, id)).some(({ kind }) => kind === 'finding'), 1);
  await first.stop();
  t.strictSame(first.busy(), [0, 0, 0, 0]);
  const [, high] = await world.queue.depths();
  t.match(high, { waiting: 1, leased: 0 });
  explainerIn(world, [scriptedModel('large')]).start();
  await runUntil(world, () => isIdle(world));
  const body = await finalOf(world, id);
  t.strictSame(body.provenance?.models, ['stuck', 'large']);
  t.equal(body.provenance?.attempts, 1);
  t.equal(await faultOf(world, id), null);
});

t.test('a process that slept while another did its work changes nothing when it wakes up', async (t) => {
  const world = memoryWorld();
  const wakeUp = Promise.withResolvers<void>();
  const sleeper = scriptedModel('sleeper', async function* (call) {
    await wakeUp.promise;
    yield* answering(call);
  });
  const id = await openCase(world, 'a');
  const asleep = { ...world, clock: { ...world.clock, alarm: () => () => undefined } };
  const first = explainerIn(asleep, [sleeper]);
  first.start();
  await runUntil(world, () => sleeper.calls.length === 1);
  world.clock.advance(31_000);
  explainerIn(world, [scriptedModel('other', cutAfter(0.3, failed('cut')))], { tiers: { high: tierPlan(['other']) } }).start();
  await runUntil(world, () => isIdle(world));
  const before = await toldOf(world, id);
  wakeUp.resolve();
  await runUntil(world, () => first.busy()[1] === 0, 0);
  t.strictSame(await toldOf(world, id), before);
  t.strictSame((await finalOf(world, id)).provenance?.models, ['other']);
  t.equal(await faultOf(world, id), null);
});

t.test('a case that is erased while it is explained leaves nothing behind', async (t) => {
  const world = memoryWorld();
  const model = scriptedModel('large', async function* (call) {
    await world.store.eraseAccount('default', 'account-a', 'dpo', world.clock.nowMs());
    yield* answering(call);
  });
  const id = await openCase(world, 'a');
  explainerIn(world, [model]).start();
  await runUntil(world, () => isIdle(world));
  t.equal(await world.log.after('default', id, 0, 9), null);
  t.strictSame(await world.store.explanations('default', id), []);
});

t.test('a model without a price costs tokens and no money; a model that is unavailable is asked last', async (t) => {
  const world = memoryWorld();
  const [down, local] = [scriptedModel('down'), scriptedModel('local')];
  down.up = false;
  const id = await openCase(world, 'a');
  explainerIn(world, [down, local], { modelPlans: [modelPlan('down'), modelPlan('local', { price: null })] }).start();
  await runUntil(world, () => isIdle(world));
  t.equal(down.calls.length, 0);
  t.match((await finalOf(world, id)).provenance, { money: null, tokens: usage });
});

t.test('what the hour has left is spent on the urgent, the others are told by the template, and each is counted', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const model = scriptedModel('large');
  for (const [t, tier] of tiers.entries())
    for (let i = 0; i < 12; i++) await openCase(world, `${tier}${i}`, { tier, reasons: farAwayBut(12 * t + i + 2) });
  const each = tierPlan(['large'], { workers: 1 });
  const tierPlans = { critical: each, high: each, medium: each, low: { ...each, tokensPerHour: 14_000 } };
  explainerIn(world, [model], { meter, tiers: tierPlans, budget: { tokensPerHour: 150_000 } }).start();
  await runUntil(world, () => isIdle(world));
  const count = (note: string): number => meter.notes.filter((each) => each === note).length;
  const told = tiers.map((tier) => count(`told ${tier} model null`));
  t.strictSame(
    tiers.map((tier, i) => (told[i] as number) + count(`told ${tier} template budget`)),
    [12, 12, 12, 12],
  );
  t.ok(model.calls.length * 6300 <= 150_000 + 6300, `${model.calls.length} calls`);
  t.ok((told[3] as number) <= 2, 'the tier has a budget of its own');
  t.ok((told[0] as number) >= (told[2] as number), `${told}`);
});
