// What of the adapter needs no provider: the circuit breaker, what is quoted of an error, when to come back, which plans can be used.
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type CallResult, type Circuit, createCircuit, firstWaitMs, longestWaitMs } from '../../src/adapters/ai-sdk/circuit.ts';
import { newExchange, retryAfterMs } from '../../src/adapters/ai-sdk/exchange.ts';
import { troubleOf } from '../../src/adapters/ai-sdk/failure.ts';
import { openModels } from '../../src/adapters/ai-sdk/open.ts';
import { quotable } from '../../src/adapters/ai-sdk/quote.ts';
import type { ModelPlan } from '../../src/domain/explainer-plan.ts';
import { told, failureOf, textOf } from '../contract/explainer-model.ts';
import { answering, type FakeKind, fakeKey, type Step } from '../support/fake-providers/script.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-providers/server.ts';
import { planFor, sampleAnswer, sampleCall } from '../support/model-plans.ts';
import { type TestClock, testClock } from '../support/ports.ts';

const worked: CallResult = { kind: 'worked' };
const failed: CallResult = { kind: 'failed', retryAfterMs: null };
const unknown: CallResult = { kind: 'unknown' };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Bench {
  readonly clock: TestClock;
  readonly circuit: Circuit;
  readonly said: string[];
}

function bench(): Bench {
  const clock = testClock();
  const said: string[] = [];
  const circuit = createCircuit({ clock, onSuspended: (waitMs) => said.push(`suspended ${waitMs}`), onBack: () => said.push('back') });
  return { clock, circuit, said };
}

async function calls(circuit: Circuit, ...results: readonly CallResult[]): Promise<number> {
  let admitted = 0;
  for (const result of results) {
    const leave = circuit.enter();
    if (leave !== null) admitted += 1;
    leave?.(result);
    await settled();
  }
  return admitted;
}

async function model(t: Test, kind: FakeKind, steps: readonly Step[], change: Partial<ModelPlan> = {}) {
  const fake: FakeProvider = await startFakeProvider(kind, { script: () => steps });
  const clock = testClock();
  const problems: string[] = [];
  const plan = planFor(kind, fake.baseUrl, change);
  const opened = (await openModels([plan], { clock, onProblem: (sentence) => problems.push(sentence) })).get(plan.name)!;
  t.teardown(async () => {
    await opened.close();
    await fake.close();
  });
  return { fake, clock, problems, model: opened };
}

t.test('a circuit', async (t) => {
  t.test('opens when more than half of the recent calls failed, not before five are known', async (t) => {
    const { circuit, said } = bench();
    t.equal(await calls(circuit, failed, failed, failed, failed), 4);
    t.equal(circuit.available(), true);
    t.equal(await calls(circuit, failed, failed, failed), 1);
    t.equal(circuit.available(), false);
    t.equal(circuit.enter(), null);
    t.strictSame(said, [`suspended ${firstWaitMs}`]);
  });

  t.test('stays closed while half of the calls work, and old calls are forgotten', async (t) => {
    const { circuit } = bench();
    for (let i = 0; i < 30; i++) await calls(circuit, worked, failed);
    t.equal(circuit.available(), true);
    for (let i = 0; i < 20; i++) await calls(circuit, worked);
    t.equal(await calls(circuit, ...Array.from({ length: 11 }, () => failed)), 11, 'eleven of the last twenty open it');
    t.equal(circuit.available(), false);
  });

  t.test('lets one call through after its wait, and closes when that works', async (t) => {
    const { circuit, clock, said } = bench();
    await calls(circuit, failed, failed, failed, failed, failed);
    clock.advance(firstWaitMs - 1);
    t.equal(circuit.enter(), null);
    t.equal(circuit.waitMs(), 1);
    clock.advance(1);
    t.equal(circuit.available(), true);
    const leave = circuit.enter();
    t.ok(leave);
    t.equal(circuit.available(), false, 'one at a time');
    t.equal(circuit.enter(), null);
    leave?.(worked);
    await settled();
    t.equal(circuit.available(), true);
    t.equal(await calls(circuit, failed, failed, worked, worked), 4, 'with a clean record');
    t.strictSame(said, [`suspended ${firstWaitMs}`, 'back']);
  });

  t.test('waits twice as long after each try that fails, up to a limit, and says so once', async (t) => {
    const { circuit, clock, said } = bench();
    await calls(circuit, failed, failed, failed, failed, failed);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      waits.push(circuit.waitMs());
      clock.advance(circuit.waitMs());
      t.equal(await calls(circuit, failed), 1);
    }
    t.strictSame(
      waits,
      [5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * 1000),
    );
    t.equal(said.length, 1);
  });

  t.test('waits as long as the provider asks, within its own limit', async (t) => {
    const { circuit, clock } = bench();
    await calls(circuit, failed, failed, failed, failed, { kind: 'failed', retryAfterMs: 60_000 });
    t.equal(circuit.waitMs(), 60_000);
    clock.advance(60_000);
    await calls(circuit, { kind: 'failed', retryAfterMs: 3_600_000 });
    t.equal(circuit.waitMs(), longestWaitMs);
  });

  t.test('learns nothing from callers who went away: a closed one counts them not, a try begins again', async (t) => {
    const { circuit, clock } = bench();
    await calls(circuit, ...Array.from({ length: 50 }, () => unknown));
    t.equal(await calls(circuit, failed, failed, failed, failed), 4);
    t.equal(circuit.available(), true, 'of fifty-four calls four are known');
    await calls(circuit, failed);
    clock.advance(firstWaitMs);
    t.equal(await calls(circuit, unknown), 1);
    t.equal(circuit.available(), false);
    t.equal(circuit.waitMs(), firstWaitMs, 'no longer than before');
  });
});

t.test('a model that fails is left alone, the operator is told, and it is asked again after its wait', async (t) => {
  const { fake, clock, problems, model: asked } = await model(t, 'compatible', [{ do: 'status', status: 503, message: 'loading' }]);
  for (let i = 0; i < 5; i++) t.equal(failureOf(await told(asked)), 'overloaded');
  await settled();
  t.equal(asked.available(), false);
  const [event] = await told(asked);
  t.match(event, { kind: 'failed', failure: 'suspended', detail: /it is tried again in 5 s\.$/ });
  t.equal(fake.requests.length, 5, 'not asked');
  clock.advance(firstWaitMs);
  fake.follow(() => answering(sampleAnswer));
  t.equal(textOf(await told(asked)), sampleAnswer);
  await settled();
  t.strictSame(problems, [
    'The model my compatible fails too often (The provider answered 503 ("loading")) and is left alone; it is tried again in 5 s.',
    'The model my compatible works again.',
  ]);
});

t.test('a wrong key is told at once and once, and does not suspend the model', async (t) => {
  const { fake, problems, model: asked } = await model(t, 'openai', answering(sampleAnswer), { apiKey: 'wrong-key' });
  for (let i = 0; i < 8; i++) t.equal(failureOf(await told(asked)), 'rejected');
  t.equal(fake.requests.length, 0);
  t.strictSame(problems, [
    'The model my openai refuses requests: The provider answered 401 ("Incorrect API key provided: wrong-ke*****************6789.").',
  ]);
  t.equal(asked.available(), true);
});

t.test('cached instructions are marked in each provider’s own way', async (t) => {
  const marks: [FakeKind, Partial<ModelPlan>, boolean][] = [
    ['openai', {}, true],
    ['azure', {}, true],
    ['azure-deployments', {}, false],
    ['anthropic', {}, true],
    ['bedrock', {}, true],
    ['bedrock', { model: 'meta.llama3-1-8b-instruct-v1:0' }, false],
    ['compatible', {}, false],
  ];
  for (const [kind, change, isMarked] of marks) {
    const { fake, model: asked } = await model(t, kind, answering(sampleAnswer), change);
    t.equal(textOf(await told(asked)), sampleAnswer);
    t.equal(fake.requests[0]?.isCacheMarked, isMarked, `${kind} ${change.model ?? ''}`);
  }
});

t.test('an answer through a tool streams like any other, and one kept to a schema by the model itself too', async (t) => {
  const ways: [FakeKind, string, boolean][] = [
    ['anthropic', 'claude-3-haiku-20240307', true],
    ['anthropic', 'claude-sonnet-4-5', false],
    ['bedrock', 'amazon.nova-lite-v1:0', true],
    ['bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', false],
  ];
  for (const [kind, name, isByTool] of ways) {
    const { fake, model: asked } = await model(t, kind, [{ do: 'text', text: '{"findings":[' }, { do: 'hang' }], { model: name });
    for await (const event of asked.write(sampleCall, new AbortController().signal)) {
      t.strictSame(event, { kind: 'text', text: '{"findings":[' }, 'before the tool’s input has ended');
      break;
    }
    t.equal(fake.requests[0]?.isByTool, isByTool, name);
    fake.follow(() => answering(sampleAnswer));
    t.equal(textOf(await told(asked)), sampleAnswer);
  }
});

t.test('keys go where they belong and nowhere else, and the environment has no say', async (t) => {
  const names = [
    'OPENAI_API_KEY',
    'ANTHROPIC_API_KEY',
    'AZURE_API_KEY',
    'AWS_BEARER_TOKEN_BEDROCK',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ];
  const addresses = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'];
  for (const name of names) process.env[name] = fakeKey;
  for (const name of addresses) process.env[name] = 'http://127.0.0.1:9';
  t.teardown(() => {
    for (const name of [...names, ...addresses]) delete process.env[name];
  });
  const signed = await model(t, 'bedrock', answering(sampleAnswer));
  await told(signed.model);
  t.equal(signed.fake.requests[0]?.auth, 'signature');
  const keyed = await model(t, 'bedrock', answering(sampleAnswer), { apiKey: fakeKey, accessKey: null });
  await told(keyed.model);
  t.equal(keyed.fake.requests[0]?.auth, 'key');
  const open = await model(t, 'compatible', answering(sampleAnswer), { apiKey: null });
  await told(open.model);
  t.equal(open.fake.requests[0]?.auth, 'none');
  for (const kind of ['openai', 'anthropic', 'azure'] as const) {
    const { model: asked, fake } = await model(t, kind, answering(sampleAnswer), { apiKey: null });
    t.equal(failureOf(await told(asked)), 'rejected', `${kind} asks without a key`);
    t.equal(fake.requests.length, 0);
  }
  const forged = await model(t, 'bedrock', answering(sampleAnswer), {
    accessKey: { id: 'AKIDFAKE00000000', secret: 'another', sessionToken: 'fake-session-token' },
  });
  t.equal(failureOf(await told(forged.model)), 'rejected');
});

t.test('a query of the base URL goes with every request to a compatible server', async (t) => {
  const { fake, model: asked } = await model(t, 'compatible', answering(sampleAnswer));
  await asked.close();
  const plan = planFor('compatible', `${fake.baseUrl}?team=risk`);
  const opened = (await openModels([plan], { clock: testClock(), onProblem: t.fail })).get(plan.name)!;
  t.equal(textOf(await told(opened)), sampleAnswer);
  t.equal(fake.requests[0]?.path, '/v1/chat/completions?team=risk');
  await opened.close();
});

t.test('a plan that no provider could make anything of is refused at the start, in one sentence', async (t) => {
  const wrong: [Partial<ModelPlan>, RegExp][] = [
    [{ provider: 'ollama', baseUrl: null }, /^The model m cannot be used: ollama needs a base URL\.$/],
    [{ provider: 'azure', baseUrl: null }, /azure needs a base URL/],
    [{ provider: 'compatible', baseUrl: 'localhost:8080' }, /its base URL is not an http or https address/],
    [{ provider: 'compatible', baseUrl: 'http://me:secret@host/v1' }, /holds a password/],
    [{ provider: 'openai', baseUrl: 'https://host/v1?x=1' }, /a base URL for openai has no query/],
    [{ provider: 'openai', apiKey: 'sk-abc\n' }, /its key is empty or holds a blank, a line break/],
    [{ provider: 'openai', apiKey: '' }, /its key is empty/],
    [{ provider: 'bedrock', baseUrl: null, apiKey: 'k' }, /bedrock needs a region/],
    [{ provider: 'bedrock', baseUrl: 'https://vpce.example', apiKey: null, accessKey: null }, /bedrock needs an API key or an access key/],
  ];
  for (const [change, sentence] of wrong) {
    const plan = { ...planFor('compatible', 'http://127.0.0.1/v1'), name: 'm', ...change };
    await t.rejects(openModels([plan], { clock: testClock(), onProblem: t.fail }), { message: sentence });
  }
});

t.test('when to come back is read from seconds, milliseconds and dates, within an hour, and nonsense is none', (t) => {
  const nowMs = Date.UTC(2026, 10, 22, 10);
  const read = (headers: Record<string, string>): number | null => retryAfterMs((name) => headers[name] ?? null, nowMs);
  t.equal(read({}), null);
  t.equal(read({ 'retry-after': '3' }), 3000);
  t.equal(read({ 'retry-after': '0.25' }), 250);
  t.equal(read({ 'retry-after': '3', 'retry-after-ms': '1200' }), 1200);
  t.equal(read({ 'retry-after': 'Sun, 22 Nov 2026 10:00:20 GMT' }), 20_000);
  t.equal(read({ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }), 0);
  t.equal(read({ 'retry-after': '999999' }), 3_600_000);
  for (const nonsense of ['', 'soon', '-5', 'NaN', '1e9x'])
    t.equal(read({ 'retry-after': nonsense, 'retry-after-ms': nonsense }), null, nonsense);
  t.end();
});

t.test('what is quoted never holds a secret, a control character or a piece of the prompt, and is short', (t) => {
  const secret = 'sk-live-abcdefghijk';
  const prompt = 'case_1: raises the risk strongly: IMPOSSIBLE_TRAVEL';
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  const property = fc.property(anyText, fc.constantFrom('', secret, prompt), anyText, (before, inside, after) => {
    const said = quotable(before + inside + after, { secrets: [secret, ''], texts: [prompt] });
    return (
      said === null || (!said.includes(secret) && !said.includes(prompt) && said.length <= 200 && !/[\p{Cc}\p{Cf}\p{Cs}"\n]/u.test(said))
    );
  });
  fc.assert(property, { numRuns: 500 });
  t.equal(quotable('\u0000\u202e', { secrets: [], texts: [] }), null);
  t.equal(quotable('Wrong key sk-proj-ab****yz', { secrets: [], texts: [] }), 'Wrong key …');
  t.equal(quotable('a'.repeat(900), { secrets: [], texts: [] })?.length, 200);
  t.end();
});

t.test('whatever is thrown becomes one failure with one sentence', (t) => {
  const exchange = fc.record({
    isSent: fc.boolean(),
    status: fc.option(fc.integer({ min: 200, max: 599 })),
    retryAfterMs: fc.constant(null),
    isTooLong: fc.boolean(),
    isUnderstood: fc.boolean(),
    hasText: fc.boolean(),
  });
  const thrown = fc.oneof(
    fc.anything(),
    fc.record({ message: fc.anything(), code: fc.anything(), type: fc.anything(), statusCode: fc.anything(), cause: fc.anything() }),
  );
  fc.assert(
    fc.property(thrown, exchange, (error, seen) => {
      const { failure, detail } = troubleOf(error, { ...newExchange(), ...seen }, { secrets: [], texts: [] });
      return failure.length > 0 && /^[A-Z][^\n]*\.$/.test(detail) && detail.length < 400;
    }),
  );
  const circular: { cause?: unknown } = new Error('around');
  circular.cause = circular;
  t.match(troubleOf(circular, { ...newExchange(), isSent: true }, { secrets: [], texts: [] }), { failure: 'unreachable' });
  t.end();
});
