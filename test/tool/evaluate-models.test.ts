// The evaluation asks the models of the operator's file by its own arguments, over real connections to fakes of providers: what each is worth
// and costs, and that a dead, slow or silent one is a row of the page and never its end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { caseCount, evaluated, lying, setting, truth, unhurried } from '../support/evaluated-models.ts';
import { answering, type Script, usualUsage } from '../support/fake-providers/script.ts';

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
    { money: 0, answers: 0, run: { money: 0, tokens: { input: 0 } } },
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
