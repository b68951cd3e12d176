// The explainer's course of a case: who tells it, what stands at the end, and what it costs.
import t from 'tap';
import type { ModelCall } from '../../../src/ports/case/explainer-model.ts';
import { guessTokens } from '../../../src/review/explain/asking/budget.ts';
import {
  answering,
  cutAfter,
  done,
  ending,
  explainerIn,
  failed,
  faultOf,
  finalOf,
  isIdle,
  memoryWorld,
  notingMeter,
  openCase,
  runUntil,
  type Script,
  scriptedModel,
  toldOf,
  truthful,
  usage,
  waitFor,
} from '../../support/explaining.ts';

const sentences = (list: readonly { readonly sentence: string }[]): string[] => list.map(({ sentence }) => sentence);

t.test('a model tells a case: findings as they validate, with real names, and the last word with what it cost', async (t) => {
  const world = memoryWorld();
  const news: string[] = [];
  const id = await openCase(world, 'a');
  const explainer = explainerIn(world, [scriptedModel('large')], { onTold: (_tenant, caseId) => void news.push(caseId) });
  explainer.start();
  await runUntil(world, () => isIdle(world));
  const body = await finalOf(world, id);
  t.strictSame(sentences(body.findings).slice(0, 2), [
    'The journey from Germany to United States covers 6,400 km in 2.1 hours, which is impossible.',
    'It would have taken a speed of 3,000 km/h, with a location error of only 70 km.',
  ]);
  t.strictSame(sentences(body.reassuring), ['No blocklist names the address.']);
  t.equal(body.findings[0]?.written, 'The journey from country_1 to country_2 covers 6,400 km in 2.1 hours, which is impossible.');
  t.equal(body.origin, 'model');
  t.match(body.provenance, { models: ['large'], tokens: usage, calls: 1, attempts: 1, dropped: {}, shared: false, cause: null });
  t.equal(body.provenance?.money, (1000 * 3 + 5000 * 0.3 + 300 * 15) / 1e6);
  t.equal(body.nextChecks[0], 'ask_user', 'what the model would do first, of what the rules find useful');
  t.strictSame(
    (await toldOf(world, id)).map(({ kind }) => kind),
    ['template', 'asking', 'finding', 'finding', 'finding', 'finding', 'finding', 'asked', 'done'],
  );
  t.equal(await faultOf(world, id), null);
  t.ok(news.length > 5 && news.every((caseId) => caseId === id));
  await explainer.stop();
});

t.test('a case from before there was a log is told from its template on', async (t) => {
  const world = memoryWorld();
  const id = await openCase(world, 'a', { templated: false });
  explainerIn(world, [scriptedModel('large')]).start();
  await runUntil(world, () => isIdle(world));
  t.equal(await faultOf(world, id), null);
});

t.test('what a model had told before it died stays, the next one tells the rest, the template what is then missing', async (t) => {
  const world = memoryWorld();
  const first = scriptedModel('first', cutAfter(0.3, failed('cut')));
  const second = scriptedModel('second', cutAfter(0.6, failed('cut')));
  const id = await openCase(world, 'a');
  explainerIn(world, [first, second], { meter: notingMeter() }).start();
  await runUntil(world, () => isIdle(world));
  const body = await finalOf(world, id);
  t.ok(first.calls[0]?.text.includes('IMPOSSIBLE_TRAVEL'));
  t.notOk(second.calls[0]?.text.includes('IMPOSSIBLE_TRAVEL'), 'what was told is not asked for again');
  t.strictSame(body.provenance?.models, ['first', 'second']);
  t.equal(await faultOf(world, id), null);
});

t.test('when no model gives an answer in time, the template has the last word', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const dead = scriptedModel('dead', ending(failed('overloaded')));
  const id = await openCase(world, 'a', { tier: 'critical' });
  explainerIn(world, [dead], { meter }).start();
  await runUntil(world, () => isIdle(world));
  const body = await finalOf(world, id);
  t.equal(body.origin, 'template');
  t.equal(body.provenance?.cause, 'failed');
  t.ok(dead.calls.length > 1, 'it was tried again');
  t.ok(meter.notes.includes('deadline critical true'));
  t.equal(await faultOf(world, id), null);
});

t.test('after its attempts a job is dead, which tells the operator; the case has its last word', async (t) => {
  const world = memoryWorld();
  const dead = scriptedModel('dead', ending(failed('overloaded')));
  const id = await openCase(world, 'a', { tier: 'low' });
  explainerIn(world, [dead]).start();
  await runUntil(world, () => isIdle(world));
  t.equal(dead.calls.length, 4);
  const [letter] = await world.queue.deadLetters('default', 9);
  t.match(letter?.error, /dead: overloaded/);
  t.equal((await finalOf(world, id)).provenance?.cause, 'failed');
  t.equal(await world.queue.requeue('default', letter?.id ?? '', 'op'), true);
  await runUntil(world, () => isIdle(world));
  t.equal(dead.calls.length, 4, 'requeued, it is found to be told');
  t.equal(await faultOf(world, id), null);
});

t.test('a wrong key is no reason to try again', async (t) => {
  const world = memoryWorld();
  const locked = scriptedModel('locked', ending(failed('rejected')));
  await openCase(world, 'a', { tier: 'medium' });
  explainerIn(world, [locked]).start();
  await runUntil(world, () => isIdle(world));
  t.equal(locked.calls.length, 1);
  t.equal((await world.queue.deadLetters('default', 9)).length, 1);
});

t.test('while no model can be asked cases keep their time for one, and only what is due is left to the template', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const down = scriptedModel('down');
  down.up = false;
  const urgent = await openCase(world, 'urgent', { tier: 'critical' });
  const other = await openCase(world, 'other', { tier: 'high' });
  explainerIn(world, [down], { meter }).start();
  const untilMs = world.clock.nowMs() + 30_000;
  await runUntil(world, () => world.clock.nowMs() >= untilMs);
  t.strictSame(
    (await world.queue.depths()).map(({ waiting }) => waiting),
    [1, 1, 0, 0],
    'nobody has claimed them',
  );
  t.strictSame(
    (await toldOf(world, urgent)).map(({ kind }) => kind),
    ['template'],
    'and nothing is noted',
  );
  await runUntil(world, async () => (await world.store.explanations('default', urgent)).some(({ final }) => final));
  t.equal((await finalOf(world, urgent)).provenance?.cause, 'failed');
  t.ok(meter.notes.includes('deadline critical true'));
  t.equal(down.calls.length, 0);
  down.up = true;
  await runUntil(world, () => isIdle(world));
  t.match((await finalOf(world, other)).provenance, { models: ['down'], attempts: 1, calls: 1 });
  t.strictSame(await Promise.all([urgent, other].map((id) => faultOf(world, id))), [null, null]);
});

t.test(
  'a model that refuses a moment after it was still to be asked costs the case no attempt, and the call that is made is told as it ended',
  async (t) => {
    const world = memoryWorld();
    const meter = notingMeter();
    const model = scriptedModel('closing', (call, signal, n) => (n < 3 ? ending(failed('suspended'))(call, signal, n) : answering(call)));
    const startMs = world.clock.nowMs();
    const id = await openCase(world, 'a');
    explainerIn(world, [model], { meter }).start();
    await runUntil(world, () => isIdle(world));
    t.ok(world.clock.nowMs() - startMs >= 2000, 'it is left alone for a while');
    t.match((await finalOf(world, id)).provenance, { attempts: 1, calls: 1 });
    t.strictSame(
      meter.notes.filter((note) => note.startsWith('asked')),
      ['asked closing stop'],
    );
    const asked = (await toldOf(world, id))
      .filter(({ kind }) => kind === 'asked')
      .map(({ body }) => (JSON.parse(body) as { end: string }).end);
    t.strictSame(asked, ['suspended', 'suspended', 'stop']);
  },
);

t.test("a provider's wish to be left alone is kept, where the case has the time", async (t) => {
  const world = memoryWorld();
  const busy = scriptedModel('busy', (call, _signal, n) =>
    n === 1 ? ending(failed('rate_limited', 60_000))(call, _signal, n) : answering(call),
  );
  const startMs = world.clock.nowMs();
  const id = await openCase(world, 'a', { tier: 'medium' });
  explainerIn(world, [busy]).start();
  await runUntil(world, () => isIdle(world));
  t.ok(world.clock.nowMs() - startMs >= 60_000);
  t.equal((await finalOf(world, id)).origin, 'model');
});

t.test('garbage, HTML, silence and lies are shown to nobody; the template tells the case', async (t) => {
  const lie = JSON.stringify({
    findings: [
      { case: 'case_1', evidence: ['NEW_DEVICE.devices_known'], sentence: 'The device is well known to the account.' },
      { case: 'case_1', evidence: ['TOR_EXIT.lists'], sentence: 'The address is a Tor exit.' },
      { case: 'case_9', evidence: ['NEW_DEVICE.devices_known'], sentence: 'The account knows 2 devices.' },
    ],
    next_checks: [],
  });
  for (const text of ['', '<html><body>502</body></html>', '{"findings":[', '{"findings":[[[[[[', 'x'.repeat(200_000), lie]) {
    const world = memoryWorld();
    const bad = scriptedModel('bad', ending(...(text === '' ? [] : [{ kind: 'text' as const, text }]), done));
    const id = await openCase(world, 'a');
    explainerIn(world, [bad]).start();
    await runUntil(world, () => isIdle(world));
    const body = await finalOf(world, id);
    t.equal(body.origin, 'template', text.slice(0, 40));
    t.equal(await faultOf(world, id), null);
  }
});

t.test('a model that has nothing to say is asked once, and nobody after it; one whose answer has no shape, again', async (t) => {
  const said: readonly (readonly [string, number, number, string])[] = [
    ['{"findings":[],"next_checks":[]}', 1, 0, 'too_few'],
    ['{"findings":[],"next_checks":[{"case":"case_1","check":"ask_user"}]}', 1, 0, 'too_few'],
    ['{"findings":[', 4, 4, 'failed'],
    ['{"findings":["none"],"next_checks":[]}', 4, 4, 'failed'],
    ['There is nothing to say.', 4, 4, 'failed'],
  ];
  for (const [text, firstCalls, secondCalls, cause] of said) {
    const world = memoryWorld();
    const models = ['first', 'second'].map((name) => scriptedModel(name, ending({ kind: 'text', text }, done)));
    const id = await openCase(world, 'a', { tier: 'low' });
    explainerIn(world, models).start();
    await runUntil(world, () => isIdle(world));
    const { origin, provenance } = await finalOf(world, id);
    t.match({ origin, cause: provenance?.cause }, { origin: 'template', cause }, text);
    t.strictSame(
      models.map(({ calls }) => calls.length),
      [firstCalls, secondCalls],
      text,
    );
    t.match(provenance, { calls: firstCalls + secondCalls, tokens: { output: (firstCalls + secondCalls) * usage.output } });
  }
});

const begins: Script = async function* begins(call, signal) {
  for await (const event of cutAfter(0.3, done)(call, signal, 1)) if (event.kind === 'text') yield event;
  await waitFor(memoryWorld().clock, 1e9, signal);
  yield failed('cancelled');
};
const never: Script = async function* never() {
  await new Promise(() => undefined);
  yield done;
};

t.test('a call that was cut is in the account of its case, by the length of what went to and fro and marked as such', async (t) => {
  const price = { input: 3, output: 15 };
  const prompt = (model: { readonly calls: readonly ModelCall[] }): number =>
    guessTokens((model.calls[0]?.instructions.length ?? 0) + (model.calls[0]?.text.length ?? 0), 0).input;
  const cut: readonly (readonly [string, Script, boolean])[] = [
    ['its limit', cutAfter(0.3, failed('total_late')), true],
    ['a stop', begins, true],
    ['a kill', never, false],
  ];
  for (const [how, script, answers] of cut) {
    const world = memoryWorld();
    const first = scriptedModel('first', script);
    const id = await openCase(world, 'a');
    const killed = { ...world, clock: { ...world.clock, alarm: () => () => undefined } };
    const explainer = explainerIn(how === 'a kill' ? killed : world, [first]);
    explainer.start();
    if (how === 'its limit') await runUntil(world, async () => (await toldOf(world, id)).some(({ kind }) => kind === 'asked'), 1);
    else await runUntil(world, async () => (await toldOf(world, id)).some(({ kind }) => kind === (answers ? 'finding' : 'asking')), 1);
    if (how !== 'a kill') await explainer.stop();
    const second = scriptedModel('second');
    explainerIn(world, [second]).start();
    await runUntil(world, () => isIdle(world));
    const { provenance } = await finalOf(world, id);
    t.match(provenance, { calls: 2, callsEstimated: 1, tokens: { input: prompt(first) + usage.input, cacheRead: usage.cacheRead } }, how);
    t.equal((provenance?.tokens.output ?? 0) > usage.output, answers, `${how}: what had come is counted`);
    const least = (prompt(first) * price.input + usage.output * price.output) / 1e6;
    t.ok((provenance?.money ?? 0) > least, `${how}: ${provenance?.money} > ${least}`);
    t.equal(await faultOf(world, id), null, how);
  }
});

t.test('who was not asked after all costs nothing', async (t) => {
  const world = memoryWorld();
  const models = [scriptedModel('busy', ending(failed('rate_limited'))), scriptedModel('other')];
  const id = await openCase(world, 'a');
  explainerIn(world, models).start();
  await runUntil(world, () => isIdle(world));
  t.match((await finalOf(world, id)).provenance, { calls: 2, callsEstimated: 0, tokens: usage });
});

t.test('dropped findings are counted by rule, in the explanation and in the log', async (t) => {
  const world = memoryWorld();
  const meter = notingMeter();
  const half = scriptedModel('half', (call) => {
    const answer = JSON.parse(truthful(call)) as { findings: { sentence: string }[]; next_checks: object[] };
    answer.findings.push({ ...answer.findings[0], sentence: 'The journey is possible.' });
    return ending({ kind: 'text', text: JSON.stringify(answer) }, done)(call, new AbortController().signal, 1);
  });
  const id = await openCase(world, 'a');
  explainerIn(world, [half], { meter }).start();
  await runUntil(world, () => isIdle(world));
  t.strictSame((await finalOf(world, id)).provenance?.dropped, { contradiction: 1 });
  const dropped = (await toldOf(world, id)).find(({ kind }) => kind === 'finding_dropped');
  t.strictSame(JSON.parse(dropped?.body ?? ''), { model: 'half', rules: { contradiction: 1 } });
  t.ok(meter.notes.includes('dropped half contradiction 1'));
});
