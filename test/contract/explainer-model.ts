// What every language model promises, whatever its provider. Run by test/adapters for each provider, over a fake of its wire format.
import { getEventListeners } from 'node:events';
import type { Test } from 'tap';
import type { ModelPlan } from '../../src/domain/explainer-plan.ts';
import type { CallFailure, ExplainerModel, ModelCall, ModelEvent } from '../../src/ports/case/explainer-model.ts';
import { answering, piecesOf, type Script, type Step, usualUsage } from '../support/fake-providers/script.ts';
import type { FakeProvider } from '../support/fake-providers/server.ts';
import { sampleAnswer, sampleCall } from '../support/model-plans.ts';

export interface ModelUnderTest {
  readonly fake: FakeProvider;
  readonly model: ExplainerModel;
}
export type OpenModel = (t: Test, script: Script, change?: Partial<ModelPlan>) => Promise<ModelUnderTest>;

export interface ContractOptions {
  readonly open: OpenModel;
  /** Bytes inside a stream that are not the provider's. */
  readonly garbage: string | Uint8Array;
  /** False where another provider's code of the SDK is used behind another door: what only costs time is not repeated then. */
  readonly hasOwnClient: boolean;
  /** Whether the wire tells what was written to the cache. */
  readonly tellsCacheWrites: boolean;
  readonly tellsCacheReads: boolean;
}

const never = new AbortController().signal;
const impatient = { firstTextMs: 40, stallMs: 40, totalMs: 40 };
const patient = 30_000;

export async function told(model: ExplainerModel, call: ModelCall = sampleCall, signal: AbortSignal = never): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.write(call, signal)) events.push(event);
  return events;
}

export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
}

export function failureOf(events: readonly ModelEvent[]): CallFailure | null {
  const last = events.at(-1);
  return last?.kind === 'failed' ? last.failure : null;
}

const open: Step = { do: 'open' };
const text = { do: 'text', text: '{"findings":[' } as const;
const hang: Step = { do: 'hang' };
const redirect = { do: 'page', status: 302, contentType: 'text/plain', body: '', headers: { location: 'http://127.0.0.1:9/' } } as const;
const html = '<!doctype html><html><body>Sign in to the hotel’s network</body></html>';

/** What happens, what that is called, and whether text came before. */
const faults: readonly [string, readonly Step[], CallFailure][] = [
  ['a request that it does not take', [{ do: 'status', status: 400 }], 'rejected'],
  ['a wrong key', [{ do: 'status', status: 401 }], 'rejected'],
  ['an unknown model', [{ do: 'status', status: 404 }], 'rejected'],
  ['a redirect', [redirect], 'rejected'],
  ['429', [{ do: 'status', status: 429 }], 'rate_limited'],
  ['500', [{ do: 'status', status: 500 }], 'overloaded'],
  ['503', [{ do: 'status', status: 503 }], 'overloaded'],
  ['529', [{ do: 'status', status: 529 }], 'overloaded'],
  ['a gateway’s page with 502', [{ do: 'page', status: 502, contentType: 'text/html', body: html }], 'overloaded'],
  ['a portal’s page with 200', [{ do: 'page', status: 200, contentType: 'text/html', body: html }], 'garbled'],
  ['JSON of something else', [{ do: 'page', status: 200, contentType: 'application/json', body: '{"ok":true}' }], 'garbled'],
  ['an empty answer', [{ do: 'page', status: 200, contentType: 'text/plain', body: '' }], 'garbled'],
  ['a cut before the headers', [{ do: 'die' }], 'unreachable'],
  ['a cut behind the headers', [open, { do: 'die' }], 'unreachable'],
  ['an error in the stream before text', [open, { do: 'error', error: 'overloaded' }, { do: 'end' }], 'overloaded'],
  ['too many requests said in the stream', [open, { do: 'error', error: 'rate_limited' }, { do: 'end' }], 'rate_limited'],
  ['an error in the stream after text', [text, { do: 'error', error: 'overloaded' }, { do: 'end' }], 'overloaded'],
  ['an error in a stream that stays open', [text, { do: 'error', error: 'rate_limited' }, hang], 'rate_limited'],
  ['a cut within the answer', [text, { do: 'die' }], 'cut'],
  ['an end within the answer', [text, { do: 'end' }], 'cut'],
];

export function explainerModelContract(t: Test, options: ContractOptions): void {
  answers(t, options);
  failures(t, options);
  hangUps(t, options);
}

function answers(t: Test, { open: openModel, tellsCacheReads, tellsCacheWrites }: ContractOptions): void {
  t.test('the text comes whole, in order, piece by piece, and then its end with what was used', async (t) => {
    const usage = { input: 1300, cacheRead: 1000, cacheWrite: tellsCacheWrites ? 200 : 0, output: 60 };
    const { model } = await openModel(t, () => answering(sampleAnswer, { pieceLength: 12, usage }));
    const events = await told(model);
    t.equal(textOf(events), sampleAnswer);
    t.strictSame(
      events.slice(0, -1).map((event) => event.kind === 'text' && event.text),
      piecesOf(sampleAnswer, 12),
    );
    t.strictSame(events.at(-1), { kind: 'done', finish: 'stop', usage: tellsCacheReads ? usage : { ...usage, cacheRead: 0 } });
  });

  t.test('a piece is handed on while the answer is still being written', async (t) => {
    const { model, fake } = await openModel(t, () => [open, text, hang]);
    const events = model.write(sampleCall, never)[Symbol.asyncIterator]();
    t.strictSame(await events.next(), { done: false, value: { kind: 'text', text: text.text } });
    await events.return?.();
    await fake.socketsDownTo(0);
  });

  t.test('the provider is asked once, for this model, with the very bytes of the prompt and with the schema', async (t) => {
    const { model, fake } = await openModel(t, () => answering(sampleAnswer));
    await told(model);
    t.strictSame(fake.refusals, []);
    t.equal(fake.requests.length, 1);
    const [request] = fake.requests;
    t.equal(request?.instructions, sampleCall.instructions);
    t.equal(request?.text, sampleCall.text);
    t.equal(request?.model, model.model);
    t.strictSame(request?.schema, sampleCall.schema);
    t.equal(request?.outputTokensMax, 100, 'the smaller of the plan’s limit and the call’s');
  });

  t.test('without structured output JSON is asked for and no schema is sent', async (t) => {
    const { model, fake } = await openModel(t, () => answering(sampleAnswer), { structuredOutput: false });
    const events = await told(model);
    t.equal(textOf(events), sampleAnswer);
    t.equal(fake.requests[0]?.schema, null);
  });

  t.test('an answer that was cut short by its limit, or refused, has ended all the same', async (t) => {
    const { model, fake } = await openModel(t, () => answering('{"findings":[', { finish: 'limit' }));
    t.match((await told(model)).at(-1), { kind: 'done', finish: 'limit' });
    fake.follow(() => answering('', { finish: 'refused' }));
    t.match((await told(model)).at(-1), { kind: 'done', finish: 'refused' });
  });

  t.test('an answer without any text has ended', async (t) => {
    const { model } = await openModel(t, () => answering(''));
    const events = await told(model);
    t.match(events, [{ kind: 'done', finish: 'stop' }]);
  });

  t.test('as many connections as the plan says carry any number of calls, one after the other or at a time', async (t) => {
    const { model, fake } = await openModel(t, () => answering(sampleAnswer, { pieceLength: 60 }), { concurrency: 2 });
    for (let i = 0; i < 4; i++) await told(model);
    const all = await Promise.all(Array.from({ length: 4 }, () => told(model)));
    t.ok(all.every((events) => textOf(events) === sampleAnswer));
    t.equal(fake.socketsSoFar(), 2);
  });
}

function failures(t: Test, { open: openModel, garbage }: ContractOptions): void {
  for (const [name, steps, failure] of faults) {
    t.test(`${name} is ${failure}`, async (t) => {
      const { model, fake } = await openModel(t, () => steps);
      const events = await told(model);
      t.equal(failureOf(events), failure);
      t.equal(events.filter((event) => event.kind !== 'text').length, 1, 'one last event');
      t.equal(textOf(events), steps.some((step) => step === text) ? text.text : '', 'what came before stays');
      t.equal(fake.requests.length, 1, 'no second try');
    });
  }

  t.test('a stream that ends at its beginning is no answer', async (t) => {
    const { model } = await openModel(t, () => [open, { do: 'end' }]);
    t.match(failureOf(await told(model)), /^(unreachable|garbled)$/);
  });

  t.test('bytes that are not the provider’s are garbled, at the beginning, within the answer and without end', async (t) => {
    const { model, fake } = await openModel(t, () => [{ do: 'bytes', bytes: garbage }, { do: 'end' }]);
    t.equal(failureOf(await told(model)), 'garbled');
    fake.follow(() => [text, { do: 'bytes', bytes: garbage }, { do: 'end' }]);
    const within = await told(model);
    t.equal(failureOf(within), 'garbled');
    t.ok(text.text.startsWith(textOf(within)), 'what had been read before stays');
    fake.follow(() => [{ do: 'bytes', bytes: 'x'.repeat(3_000_000) }, hang]);
    t.equal(failureOf(await told(model)), 'garbled');
    await fake.requests[2]?.hungUp;
  });

  t.test('how long the provider wants to be left alone is told', async (t) => {
    const { model } = await openModel(t, () => [{ do: 'status', status: 429, headers: { 'retry-after': '7' } }]);
    t.match((await told(model)).at(-1), { kind: 'failed', failure: 'rate_limited', retryAfterMs: 7000 });
  });

  t.test('nothing of the answer in time is first_text_late, before the headers and behind them', async (t) => {
    const { model, fake } = await openModel(t, () => [hang], { ...impatient, totalMs: patient });
    t.equal(failureOf(await told(model)), 'first_text_late');
    fake.follow(() => [open, hang]);
    t.equal(failureOf(await told(model)), 'first_text_late');
    await fake.socketsDownTo(0);
  });

  t.test('an answer that pauses too long has stalled, and what came of it stays', async (t) => {
    const { model, fake } = await openModel(t, () => [text, hang], { stallMs: 40 });
    const events = await told(model);
    t.equal(failureOf(events), 'stalled');
    t.equal(textOf(events), text.text);
    await fake.socketsDownTo(0);
  });

  t.test('an answer that trickles on and on ends as total_late', async (t) => {
    const drop: Step[] = [
      { do: 'pause', ms: 2 },
      { do: 'text', text: ' ' },
    ];
    const { model, fake } = await openModel(t, () => Array.from({ length: 5_000 }, () => drop).flat(), { totalMs: 100 });
    t.equal(failureOf(await told(model)), 'total_late');
    await fake.socketsDownTo(0);
  });

  t.test('a slow reader is not a slow provider', async (t) => {
    const { model } = await openModel(t, () => answering(sampleAnswer, { pieceLength: 60 }), { stallMs: 60 });
    const events: ModelEvent[] = [];
    for await (const event of model.write(sampleCall, never)) {
      events.push(event);
      if (events.length === 1) await new Promise((resolve) => setTimeout(resolve, 120));
    }
    t.equal(textOf(events), sampleAnswer);
    t.equal(events.at(-1)?.kind, 'done');
  });

  t.test('nobody listening there is unreachable', async (t) => {
    const { model, fake } = await openModel(t, () => []);
    await fake.close();
    const events = await told(model);
    t.equal(failureOf(events), 'unreachable');
    t.equal(events.length, 1);
  });

  t.test('a detail is one short line without key, prompt or answer, whatever the provider repeats', async (t) => {
    const { model, fake } = await openModel(t, (request) => {
      const key = Object.values(request.headers).find((value) => value.includes('test-key') || value.includes('AKID')) ?? '';
      return [{ do: 'status', status: 403, message: `No \u001b[31maccess\u202e\nwith ${key}` }];
    });
    const [denied] = await told(model);
    const plain = denied?.kind === 'failed' ? denied.detail : '';
    t.match(plain, /^The provider answered 403 \("No .*access with .*"\)\.$/);
    t.notMatch(plain, /test-key|AKIDFAKE|secret|[\p{Cc}\p{Cf}]/u);
    fake.follow((request) => [{ do: 'status', status: 400, message: `Cannot parse: ${request.text}` }]);
    const [malformed] = await told(model);
    t.equal(malformed?.kind === 'failed' && malformed.detail, 'The provider answered 400.');
  });
}

function hangUps(t: Test, { open: openModel, hasOwnClient }: ContractOptions): void {
  const endless: readonly Step[] = [text, hang];

  t.test('leaving the loop hangs up', async (t) => {
    const { model, fake } = await openModel(t, () => endless);
    for await (const event of model.write(sampleCall, never)) {
      t.equal(event.kind, 'text');
      break;
    }
    await fake.requests[0]?.hungUp;
    await fake.socketsDownTo(0);
  });

  t.test('leaving while a piece is being waited for hangs up and ends the waiting', async (t) => {
    const { model, fake } = await openModel(t, () => endless);
    const events = model.write(sampleCall, never)[Symbol.asyncIterator]();
    await events.next();
    const waiting = events.next();
    await events.return?.();
    t.strictSame(await waiting, { done: true, value: undefined });
    await fake.socketsDownTo(0);
  });

  t.test('the caller’s signal ends a call before it is asked, before the headers and within the answer', async (t) => {
    const { model, fake } = await openModel(t, () => [hang]);
    t.equal(failureOf(await told(model, sampleCall, AbortSignal.abort())), 'cancelled');
    t.equal(fake.requests.length, 0);
    for (const steps of [[hang], [open, hang]] as const) {
      const leaving = new AbortController();
      fake.follow(() => {
        setImmediate(() => leaving.abort());
        return steps;
      });
      t.equal(failureOf(await told(model, sampleCall, leaving.signal)), 'cancelled');
      await fake.socketsDownTo(0);
    }
    const leaving = new AbortController();
    fake.follow(() => endless);
    const kinds: string[] = [];
    for await (const event of model.write(sampleCall, leaving.signal)) {
      kinds.push(event.kind === 'failed' ? event.failure : event.kind);
      leaving.abort();
    }
    t.strictSame(kinds, ['text', 'cancelled']);
    await fake.socketsDownTo(0);
  });

  const manyCalls = hasOwnClient ? 100 : 10;
  t.test(`${manyCalls} calls that were given up leave no socket and no listener, and the next one is answered`, async (t) => {
    const { model, fake } = await openModel(t, () => endless);
    const { signal } = new AbortController();
    for (let batch = 0; batch < manyCalls / 10; batch++) {
      const calls = Array.from({ length: 10 }, async (_, i) => {
        const events = model.write(sampleCall, signal)[Symbol.asyncIterator]();
        const first = events.next();
        if (i % 2 === 0) await first;
        await events.return?.();
        await first;
      });
      await Promise.all(calls);
    }
    t.equal(getEventListeners(signal, 'abort').length, 0);
    await fake.socketsDownTo(0);
    fake.follow(() => answering(sampleAnswer, { usage: usualUsage }));
    t.equal(textOf(await told(model)), sampleAnswer);
    t.equal(model.available(), true);
  });

  t.test('closing ends what is under way, and nothing is asked afterwards', async (t) => {
    const { model, fake } = await openModel(t, () => endless);
    const kinds: string[] = [];
    for await (const event of model.write(sampleCall, never)) {
      kinds.push(event.kind === 'failed' ? event.failure : event.kind);
      if (event.kind === 'text') await model.close();
    }
    t.strictSame(kinds, ['text', 'cancelled']);
    await fake.socketsDownTo(0);
    t.equal(failureOf(await told(model)), 'cancelled');
    t.equal(model.available(), false);
    t.equal(fake.requests.length, 1);
  });
}
