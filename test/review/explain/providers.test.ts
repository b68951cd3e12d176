// The whole way over real connections: the operator's file, the explainer, the provider's wire, and back to a case's last word.
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openModels } from '../../../src/adapters/ai-sdk/open.ts';
import { openMemoryCases } from '../../../src/adapters/memory/cases.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { readExplainerFile } from '../../../src/parse/explainer-file.ts';
import { createExplainer } from '../../../src/review/explain/explainer.ts';
import { silentMeter } from '../../../src/review/explain/meter.ts';
import { answering, fakeAccessKey, type FakeKind, fakeKey, fakeRegion, type Script } from '../../support/fake-providers/script.ts';
import { type FakeProvider, startFakeProvider } from '../../support/fake-providers/server.ts';
import { digest, english, farAwayBut, faultOf, finalOf, isIdle, openCase, toldOf, truthful } from '../../support/explaining.ts';
import { testRandom } from '../../support/ports.ts';

const environment: Readonly<Record<string, string>> = {
  KEY: fakeKey,
  AWS_ID: fakeAccessKey.id,
  AWS_SECRET: fakeAccessKey.secret,
  AWS_TOKEN: fakeAccessKey.sessionToken,
};

const modelIds: Readonly<Partial<Record<FakeKind, string>>> = { anthropic: 'claude-sonnet-4-5', bedrock: 'amazon.nova-lite-v1:0' };

function modelLines(kind: FakeKind, { baseUrl }: FakeProvider): string {
  const access = `region: ${fakeRegion}, access_key_env: { id: AWS_ID, secret: AWS_SECRET, session_token: AWS_TOKEN }`;
  const key = kind === 'bedrock' ? access : 'api_key_env: KEY';
  const provider = kind === 'azure-deployments' ? 'azure' : kind;
  return `  ${kind}: { provider: ${provider}, model: "${modelIds[kind] ?? 'my-deployment'}", base_url: "${baseUrl}", ${key}, price: { input: 1, output: 2 } }\n`;
}

const truth: Script = (request) => answering(truthful({ ...request, schema: null, outputTokensMax: 0 }), { pieceLength: 40 });

/** Explains one case with these providers in order, and gives its id. */
async function explained(t: Test, fakes: readonly (readonly [FakeKind, Script])[]) {
  const servers: [FakeKind, FakeProvider][] = [];
  for (const [kind, script] of fakes) servers.push([kind, await startFakeProvider(kind, { script })]);
  const names = servers.map(([kind]) => kind).join(', ');
  const text = `models:\n${servers.map(([kind, server]) => modelLines(kind, server)).join('')}tiers: { high: { models: [${names}] } }`;
  const reading = readExplainerFile(text, (name) => environment[name]);
  if (!reading.ok) throw new Error(reading.problem);
  const models = await openModels(reading.plan.models, { clock: systemClock, onProblem: () => undefined });
  const world = openMemoryCases({ clock: systemClock, random: testRandom() });
  const explainer = createExplainer({
    ...world,
    plan: reading.plan,
    models,
    clock: systemClock,
    wording: english,
    digest,
    meter: silentMeter,
    onTold: () => undefined,
    onProblem: (sentence) => t.comment(sentence),
    times: { leaseMs: 30_000, pollMs: 20 },
  });
  t.teardown(async () => {
    await explainer.stop();
    for (const model of models.values()) await model.close();
    for (const [, server] of servers) await server.close();
  });
  const id = await openCase({ ...world, clock: { ...systemClock, advance: () => undefined }, problems: [] }, 'a', {
    reasons: farAwayBut(3),
  });
  explainer.start();
  while (!(await isIdle(world))) await sleep(5);
  return { world, id, servers: servers.map(([, server]) => server) };
}

t.test('every provider tells a case over its own wire', async (t) => {
  for (const kind of ['openai', 'anthropic', 'azure', 'azure-deployments', 'bedrock', 'ollama', 'compatible'] as const) {
    const { world, id, servers } = await explained(t, [[kind, truth]]);
    const body = await finalOf(world, id);
    t.equal(body.origin, 'model', kind);
    t.match(body.provenance, { models: [kind], tokens: { input: 1200, output: 60 }, calls: 1, cause: null });
    t.ok((body.provenance?.money ?? 0) > 0);
    t.equal(await faultOf(world, id), null);
    t.strictSame(servers[0]?.refusals, []);
  }
});

t.test('a provider that dies within its answer is followed by the next one, and what it had told stays', async (t) => {
  const dying: Script = async (request) => [...(await truth(request)).slice(0, 14), { do: 'die' }];
  const { world, id, servers } = await explained(t, [
    ['compatible', dying],
    ['anthropic', truth],
  ]);
  const body = await finalOf(world, id);
  t.strictSame(body.provenance?.models, ['compatible', 'anthropic']);
  t.notOk(servers[1]?.requests[0]?.text.includes('IMPOSSIBLE_TRAVEL'));
  t.ok((await toldOf(world, id)).some(({ kind, body: said }) => kind === 'asked' && said.includes('"end":"cut"')));
  t.equal(await faultOf(world, id), null);
});

t.test('errors, pages and garbage of a provider end with the next one', async (t) => {
  const bad: readonly Script[] = [
    () => [{ do: 'status', status: 429, headers: { 'retry-after': '30' } }],
    () => [{ do: 'status', status: 500 }],
    () => [{ do: 'page', status: 200, contentType: 'text/html', body: '<html>Sign in</html>' }],
    () => answering('I am sorry, there is nothing to say about this login.'),
    () => [{ do: 'open' }, { do: 'bytes', bytes: 'data: {"garbage\n\n' }, { do: 'end' }],
  ];
  for (const script of bad) {
    const { world, id } = await explained(t, [
      ['compatible', script],
      ['ollama', truth],
    ]);
    t.strictSame((await finalOf(world, id)).provenance?.models, ['ollama']);
    t.equal(await faultOf(world, id), null);
  }
});
