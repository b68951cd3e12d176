// The whole way over real connections: the operator's file, the explainer, the provider's wire, and back to a case's last word.
import t, { type Test } from 'tap';
import { answering, type FakeKind, type Script } from '../../support/fake-providers/script.ts';
import { farAwayBut, faultOf, finalOf, toldOf, truthful } from '../../support/explaining.ts';
import { explainedBy } from '../../support/provider-world.ts';

const truth: Script = (request) => answering(truthful({ ...request, schema: null, outputTokensMax: 0 }), { pieceLength: 40 });

/** Explains one case with these providers in order, and gives its id. */
async function explained(t: Test, fakes: readonly (readonly [FakeKind, Script])[]) {
  const run = await explainedBy(fakes, farAwayBut(3), { onProblem: (sentence) => t.comment(sentence) });
  t.teardown(() => run.close());
  return run;
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
