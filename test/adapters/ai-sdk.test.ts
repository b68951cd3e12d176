import t, { type Test } from 'tap';
import { openModels } from '../../src/adapters/ai-sdk/open.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { ModelPlan } from '../../src/domain/explainer-plan.ts';
import { explainerModelContract, type ModelUnderTest } from '../contract/explainer-model.ts';
import { type FakeKind, fakeKinds, type Script } from '../support/fake-providers/script.ts';
import { startFakeProvider } from '../support/fake-providers/server.ts';
import { planFor } from '../support/model-plans.ts';

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

t.test('nothing was written to the console and no warning was given', (t) => {
  t.strictSame(written, []);
  t.end();
});
