import t, { type Test } from 'tap';
import { openModels } from '../../src/adapters/ai-sdk/open.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { ModelPlan } from '../../src/domain/explainer-plan.ts';
import type { ExplainerModel, ModelEvent } from '../../src/ports/case/explainer-model.ts';
import { explainerModelContract, type ModelUnderTest } from '../contract/explainer-model.ts';
import { type FakeKind, fakeKinds, type Script, type Step } from '../support/fake-providers/script.ts';
import { startFakeProvider } from '../support/fake-providers/server.ts';
import { planFor, sampleCall } from '../support/model-plans.ts';

async function open(t: Test, kind: FakeKind, script: Script, change: Partial<ModelPlan> = {}): Promise<ModelUnderTest> {
  const fake = await startFakeProvider(kind, { script });
  const plan = planFor(kind, fake.baseUrl, change);
  const models = await openModels([plan], { clock: systemClock, onProblem: () => undefined });
  const model = models.get(plan.name);
  t.ok(model);
  t.teardown(async () => {
    await model?.close();
    await fake.close();
  });
  return { fake, model: model! };
}

// Whoever is told nothing by the SDK on stderr is told nothing twice.
const written: unknown[] = [];
for (const name of ['error', 'warn', 'log', 'info'] as const) console[name] = (...words: unknown[]) => void written.push(words);
process.on('warning', (warning) => written.push(warning));

const notOfChat = 'data: {"choices": 7}\n\ndata: {not json\n\n';
/** A frame's length, and then anything but a frame. */
const notAFrame = new Uint8Array(64).fill(7);
notAFrame.set([0, 0, 0, 32], 0);

for (const kind of fakeKinds) {
  t.test(kind, (t) => {
    explainerModelContract(t, {
      open: (t, script, change) => open(t, kind, script, change),
      garbage: kind === 'bedrock' ? notAFrame : notOfChat,
      hasOwnClient: kind !== 'azure' && kind !== 'ollama',
      tellsCacheReads: kind !== 'ollama',
      tellsCacheWrites: kind === 'anthropic' || kind === 'bedrock',
    });
    t.end();
  });
}

const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

t.test('what Anthropic counts before its answer is told of an answer that is cut, where it is a count', async (t) => {
  const begun = (usage: unknown): string =>
    event('message_start', {
      message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage },
    }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const counted = { input_tokens: 900, cache_read_input_tokens: 7000, cache_creation_input_tokens: 100, output_tokens: 2 };
  const script =
    (usage: unknown, last: Step): Script =>
    () => [{ do: 'bytes', bytes: begun(usage) }, { do: 'text', text: '{"findings":[' }, last];
  const ends: readonly (readonly [Step, Partial<ModelPlan>, string])[] = [
    [{ do: 'die' }, {}, 'cut'],
    [{ do: 'end' }, {}, 'cut'],
    [{ do: 'error', error: 'overloaded' }, {}, 'overloaded'],
    [{ do: 'hang' }, { stallMs: 50 }, 'stalled'],
  ];
  for (const [last, limits, failure] of ends) {
    const { model } = await open(t, 'anthropic', script(counted, last), limits);
    t.match(await lastOf(model), { failure, usage: { input: 8000, cacheRead: 7000, cacheWrite: 100, output: 2 } }, failure);
  }
  const { model } = await open(t, 'anthropic', script({ ...counted, input_tokens: 1e300, cache_read_input_tokens: -5 }, { do: 'die' }));
  t.match(await lastOf(model), { failure: 'cut', usage: { input: 100, cacheRead: 0 } }, 'nonsense is no count');
});

async function lastOf(model: ExplainerModel): Promise<ModelEvent | null> {
  let last: ModelEvent | null = null;
  for await (const each of model.write(sampleCall, new AbortController().signal)) last = each;
  return last;
}

t.test('nothing was written to the console and no warning was given', (t) => {
  t.strictSame(written, []);
  t.end();
});
