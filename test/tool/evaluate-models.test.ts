// The evaluation asks the models of the operator's file by its own arguments, over real connections to fakes of providers: what each is worth
// and costs, and that a dead, slow or silent one is a row of the page and never its end.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openCases } from '../../src/compose/open-cases.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EvaluationResult, ExplainerResult } from '../../src/tool/evaluate-explanations/evaluate.ts';
import { runEvaluation } from '../../src/tool/evaluate-explanations/run.ts';
import { opening } from '../support/cases.ts';
import { farAwayBut, truthful } from '../support/explaining.ts';
import { answering, type FakeKind, type FakeRequest, type Script, usualUsage } from '../support/fake-providers/script.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-providers/server.ts';
import { fakeEnvironment, modelLine } from '../support/provider-world.ts';

const caseCount = 6;
/** Waits between two tries are short, and so are the limits of a model that is given none. */
const hurried: Clock = { ...systemClock, alarm: (delayMs, ring) => systemClock.alarm(delayMs / 40, ring) };
const unhurried = 'first_text_ms: 600000, stall_ms: 600000, total_ms: 600000,';

const told = (request: FakeRequest): string => truthful({ ...request, schema: null, outputTokensMax: 0 });
const truth: Script = (request) => answering(told(request), { pieceLength: 100 });
/** Two of its findings are false, and one has no shape. */
const lying: Script = (request) => {
  const { findings } = JSON.parse(told(request)) as { findings: { sentence: string }[] };
  const lies = ['The journey is possible.', 'The journey covers 31,337 km.'].map((sentence) => ({ ...findings[0], sentence }));
  return answering(JSON.stringify({ findings: [...lies, ...findings, 'and so on'], next_checks: [] }), { pieceLength: 100 });
};

type Fakes = Readonly<Record<string, readonly [kind: FakeKind, script: Script | 'dead', more?: string]>>;

interface Setting {
  readonly directory: string;
  readonly servers: ReadonlyMap<string, FakeProvider>;
  /** The arguments that every run has. */
  readonly args: readonly string[];
}

async function setting(t: Test, fakes: Fakes): Promise<Setting> {
  const directory = t.testdir({ data: {} });
  const cases = await openCases(join(directory, 'data'), () => undefined);
  await cases.store.open(Array.from({ length: caseCount }, (_, i) => opening(`${i}`, { reasons: farAwayBut(i + 2) })));
  await cases.close();
  const servers = new Map<string, FakeProvider>();
  const lines: string[] = [];
  for (const [name, [kind, script, more = unhurried]] of Object.entries(fakes)) {
    const server = await startFakeProvider(kind, { script: script === 'dead' ? truth : script });
    if (script === 'dead') await server.close();
    else t.teardown(() => server.close());
    servers.set(name, server);
    lines.push(modelLine(name, kind, server.baseUrl, more));
  }
  const file = join(directory, 'explainer.yaml');
  writeFileSync(file, `models:\n${lines.join('')}tiers: { high: { models: [${[...servers.keys()].join(', ')}] } }`);
  return { directory, servers, args: ['--data', join(directory, 'data'), '--explainer', file, '--output', join(directory, 'measured')] };
}

async function evaluated(
  args: readonly string[],
): Promise<{ result: EvaluationResult; of: (name: string) => ExplainerResult; said: string[] }> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const result = await runEvaluation(args, { env: fakeEnvironment, clock: hurried, say, warn: say });
  const of = (name: string): ExplainerResult => {
    const found = result.explainers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not evaluated`);
    return found;
  };
  return { result, of, said };
}

t.test('template and models are measured over the same cases, with what held, how long it took and what it cost', async (t) => {
  const { directory, args, servers } = await setting(t, { good: ['anthropic', truth], liar: ['openai', lying] });
  const { result, of, said } = await evaluated([...args, '--changed', '1']);
  t.strictSame(
    result.explainers.map(({ name, explained }) => [name, explained]),
    [
      ['template', caseCount],
      ['good', caseCount],
      ['liar', caseCount],
    ],
  );
  const [good, liar] = [of('good').asked, of('liar').asked];
  t.equal(of('template').asked, null);
  t.match(good, { usable: { value: 1, count: caseCount }, held: { value: 1 } });
  t.match(good?.account, { provider: 'anthropic', ends: { stop: caseCount }, dropped: {}, answers: caseCount, lastFailure: null });
  t.match(liar?.account.dropped, { contradiction: caseCount, number: caseCount, malformed: caseCount });
  t.ok((liar?.held.value ?? 1) < 0.8 && (liar?.held.low ?? 1) < (liar?.held.high ?? 0), 'a share with its interval');
  t.equal(of('liar').measures.unsupported.value, 0, 'what is shown held up');
  t.equal(good?.account.tokens.input, caseCount * usualUsage.input);
  // Of the price in the file, the cache's included.
  t.ok(Math.abs((good?.account.money ?? 0) - (caseCount * (usualUsage.input + 2 * usualUsage.output)) / 1e6) < 1e-12);
  const asked = servers.get('good')?.requests.length ?? 0;
  t.ok(asked > caseCount && asked <= caseCount + 6, 'one case was told changed, too');
  t.match(good?.account.run, { calls: asked, tokens: { input: asked * usualUsage.input }, callsEstimated: 0 });
  t.ok(of('good').measures.sign_flip.count > 0 && of('good').measures.sign_flip.value === 1);
  t.equal(good?.account.firstTextMs.length, caseCount);
  t.ok(good?.account.elapsedMs.every((ms, i) => ms >= (good.account.firstTextMs[i] ?? Number.POSITIVE_INFINITY)));
  const page = readFileSync(join(directory, 'measured.html'), 'utf8');
  for (const words of ['Usable answers', 'Findings that held', 'Dropped findings by rule', 'good', 'liar', 'USD', 'malformed'])
    t.ok(page.includes(words), words);
  t.ok(said.some((line) => line.startsWith('good: 6 of 6 cases, 6 usable')));
});

t.test('a model is asked with the prompt and the schema that the service asks it with', async (t) => {
  const { args, servers } = await setting(t, {
    good: ['compatible', truth],
    loose: ['compatible', truth, `${unhurried} structured_output: false,`],
  });
  await evaluated([...args, '--changed', '0', '--cases', '1']);
  const [request] = servers.get('good')?.requests ?? [];
  t.match(JSON.stringify(request?.schema), /IMPOSSIBLE_TRAVEL\.distance_km/);
  t.equal(request?.outputTokensMax, 1500);
  t.notMatch(`${request?.instructions}${request?.text}`, /example\.com|203\.0\.113|München/);
  t.equal(servers.get('loose')?.requests[0]?.schema ?? null, null);
});

t.test('a dead, a slow, a failing and a silent provider are rows that say so', async (t) => {
  const { directory, args, servers } = await setting(t, {
    dead: ['compatible', 'dead'],
    slow: ['ollama', () => [{ do: 'hang' }], 'first_text_ms: 4000,'],
    locked: ['openai', () => [{ do: 'status', status: 401, message: 'no such key' }]],
    page: ['compatible', () => [{ do: 'page', status: 200, contentType: 'text/html', body: '<html>Sign in</html>' }]],
    mute: ['anthropic', () => answering('{"findings":[],"next_checks":[]}')],
    good: ['azure', truth],
  });
  const { result, of, said } = await evaluated([...args, '--concurrency', '1']);
  t.strictSame(
    result.explainers.filter(({ explained }) => explained > 0).map(({ name }) => name),
    ['template', 'good'],
  );
  const endsOf = (name: string) => of(name).asked?.account.ends;
  t.strictSame(endsOf('slow'), { first_text_late: 5, given_up: 1 });
  t.strictSame(endsOf('locked'), { rejected: 5, given_up: 1 });
  t.strictSame(endsOf('mute'), { stop: 6 }, 'to say nothing is an answer');
  t.equal(of('mute').asked?.usable.value, 0);
  t.equal(endsOf('page')?.given_up, 1);
  const dead = endsOf('dead');
  t.equal((dead?.unreachable ?? 0) + (dead?.suspended ?? 0), 5);
  t.equal(dead?.given_up, 1);
  t.match(
    of('dead').asked?.account,
    { money: null, answers: 0, run: { money: null, tokens: { input: 0 } } },
    'without a connection nothing is spent',
  );
  t.ok((of('slow').asked?.account.run.callsEstimated ?? 0) > 0, 'what was sent is counted by its length');
  t.equal(servers.get('locked')?.requests.length, 5, 'a wrong key is not tried again');
  t.match(of('locked').asked?.account.lastFailure, /401.*no such key/);
  const html = readFileSync(join(directory, 'measured.html'), 'utf8');
  for (const words of [
    'no connection',
    'nothing came in time',
    'the provider refused the request',
    'not asked, the model was given up',
    'no such key',
  ])
    t.ok(html.includes(words), words);
  t.notMatch(html, /<html>Sign in/);
  t.ok(said.some((line) => /last failure: .*no such key/.test(line)));
});

t.test('a fault that passes costs a case nothing but time', async (t) => {
  const flaky: Script = (request) => (request.number === 1 ? [{ do: 'status', status: 503 }] : truth(request));
  const { args } = await setting(t, { flaky: ['compatible', flaky] });
  const { of } = await evaluated([...args, '--changed', '0', '--concurrency', '1']);
  t.match(of('flaky').asked, { usable: { value: 1 }, account: { ends: { stop: caseCount }, run: { calls: caseCount + 1 } } });
});

t.test('answers are kept: a run that was stopped goes on, and the same again costs nothing', async (t) => {
  const { directory, args, servers } = await setting(t, { good: ['openai', truth] });
  const kept = join(directory, 'measured.answers.ndjson');
  await evaluated([...args, '--changed', '0', '--cases', '2']);
  const first = await evaluated([...args, '--changed', '1']);
  const asked = servers.get('good')?.requests.length ?? 0;
  t.equal(first.of('good').asked?.account.run.calls, asked - 2);
  // As a run that was killed while it wrote, and one of another version, leave it.
  writeFileSync(kept, `${readFileSync(kept, 'utf8')}{"key":"x"}\n{"key":"y","text":`);
  const again = await evaluated([...args, '--changed', '1']);
  t.equal(servers.get('good')?.requests.length, asked);
  t.match(again.of('good').asked?.account, {
    run: { calls: 0, reused: asked, money: null },
    tokens: { input: caseCount * usualUsage.input },
  });
  t.strictSame(again.of('good').measures.sign_agreement, first.of('good').measures.sign_agreement);
  const page = readFileSync(kept, 'utf8');
  t.notMatch(page, /example\.com|203\.0\.113|München/, 'they hold no name of anybody');
});

t.test('no more is spent than the arguments or the file allow; cases that were not asked are counted', async (t) => {
  const { args } = await setting(t, { good: ['compatible', truth] });
  const { of } = await evaluated([...args, '--changed', '0', '--concurrency', '1', '--tokens', '14000']);
  const { account } = of('good').asked ?? {};
  t.ok((account?.ends.stop ?? 0) > 0 && (account?.ends.budget ?? 0) > 0, JSON.stringify(account?.ends));
  t.equal((account?.ends.stop ?? 0) + (account?.ends.budget ?? 0), caseCount);
  t.ok((account?.run.tokens.input ?? 0) + (account?.run.tokens.output ?? 0) <= 14_000);
});

t.test('arguments that cannot be meant are refused before anybody is asked', async (t) => {
  const { directory, args, servers } = await setting(t, { good: ['compatible', truth] });
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['--models', 'good,best'], /names "best", which the explainer file does not have; there are good/],
    [['--cases', 'many'], /--cases must be a whole number, 1 or more/],
    [['--changed', '-1'], /--changed/],
    [['--money', '0'], /--money must be a number above 0/],
    [['--explainer', join(directory, 'none.yaml')], /cannot be read/],
    [['--tenant', 'other'], /there are no cases of tenant other/],
  ];
  for (const [more, message] of refused) await t.rejects(evaluated([...args, ...more]), { message }, more.join(' '));
  t.notOk(existsSync(join(directory, 'measured.html')));
  t.equal(servers.get('good')?.requests.length, 0);
  const { result } = await evaluated([...args, '--template-only']);
  t.strictSame(
    result.explainers.map(({ name }) => name),
    ['template'],
  );
});

t.test('the command takes the setting of the service, and ends with one sentence when it cannot', async (t) => {
  const { directory, args } = await setting(t, { good: ['compatible', truth] });
  const [data, file, output] = [args[1], args[3], args[5]] as [string, string, string];
  const run = (env: Readonly<Record<string, string>>): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        'src/tool/evaluate-explanations.ts',
        '--data',
        data,
        '--output',
        output,
        '--changed',
        '0',
        '--cases',
        '2',
      ],
      { env: { PATH: process.env['PATH'] ?? '', ...fakeEnvironment, ...env } },
    );
  const { stdout } = await run({ PORTCULLIS_EXPLAINER_FILE: file });
  t.match(stdout, /^good: 2 of 2 cases explained$/m);
  t.match(stdout, /^ {2}usable 1\.0000 \(/m);
  t.ok(existsSync(join(directory, 'measured.json')));
  await t.rejects(run({ PORTCULLIS_EXPLAINER_FILE: `${file}.none` }), {
    code: 1,
    stderr: /^evaluate:explanations: The explainer file .* cannot be read/,
  });
});
