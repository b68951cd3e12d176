// What of the SDK a process loads. Other tests load all of it, so this one has a process of its own.
import { registerHooks } from 'node:module';
import t from 'tap';
import { openModels } from '../../src/adapters/ai-sdk/open.ts';
import { planFor } from '../support/model-plans.ts';
import { testClock } from '../support/ports.ts';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
const packagesLoaded = (): string[] =>
  ['ai', '@ai-sdk/openai', '@ai-sdk/anthropic', '@ai-sdk/amazon-bedrock', '@ai-sdk/openai-compatible', 'undici', 'cockatiel'].filter(
    (name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)),
  );

t.test('without a model nothing of the SDK is loaded, with one only what it needs', async (t) => {
  t.equal((await openModels([], { clock: testClock(), onProblem: t.fail })).size, 0);
  t.strictSame(packagesLoaded(), []);
  const models = await openModels([planFor('compatible', 'http://127.0.0.1:9/v1')], { clock: testClock(), onProblem: t.fail });
  t.strictSame(packagesLoaded(), ['ai', '@ai-sdk/openai-compatible', 'undici', 'cockatiel']);
  await models.get('my compatible')?.close();
});
