// A flagged login told by a language model, from end to end: the operator's file, the real service with its threads, a provider's wire, the page
// of the case and the stream.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { truthful } from '../support/explaining.ts';
import { answering, fakeKey, type Script } from '../support/fake-providers/script.ts';
import { startFakeProvider } from '../support/fake-providers/server.ts';
import { type Answer, startTestService, type TestService } from '../support/service.ts';

const strange = (n: number): object => ({
  attempt_id: `attempt-${n}`,
  user: { id: `user-${n}` },
  ip: '185.220.101.4',
  device: { id: `tool-${n}`, user_agent: 'curl/8.5.0', accept_language: 'de' },
});

const truth: Script = (request) => answering(truthful({ ...request, schema: null, outputTokensMax: 0 }), { pieceLength: 40 });

/** The key reaches the service as an operator's would. */
process.env['EXPLAINING_TEST_KEY'] = fakeKey;

async function explainingService(t: Test, script: Script) {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-explaining-'));
  const provider = await startFakeProvider('compatible', { script });
  const file = join(directory, 'explainer.yaml');
  writeFileSync(
    file,
    `models:
  local: { provider: compatible, model: m, base_url: "${provider.baseUrl}", api_key_env: EXPLAINING_TEST_KEY, price: { input: 1, output: 2 } }
tiers:
${['critical', 'high', 'medium', 'low'].map((tier) => `  ${tier}: { models: [local], batch_max: 1, sample_one_in: 1 }\n`).join('')}`,
  );
  const service = await startTestService({ PORTCULLIS_EXPLAINER_FILE: file }, directory);
  t.teardown(async () => {
    await service.end(true);
    await provider.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { service, provider };
}

/** Only a failing test waits so long. */
const patienceMs = 60_000;

async function finalOf(service: TestService, id: string): Promise<Answer> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(10)) {
    const { body } = await service.call('GET', `/v1/cases/${id}`);
    if (body.explanations?.[0]?.final === true) return body;
  }
  throw new Error('no final explanation came');
}

t.test('a case has the words of a model that hold, and its stream ends with what they cost', async (t) => {
  const { service, provider } = await explainingService(t, truth);
  const scored = (await service.call('POST', '/v1/score', strange(1))).body;
  t.type(scored.case_id, 'string');
  const page = await finalOf(service, scored.case_id);
  const [standing, template] = page.explanations;
  t.match(standing, { source: 'model', final: true, body: { provenance: { models: ['local'], calls: 1 } } });
  t.match(template, { source: 'template', final: false });
  t.ok(standing?.body.findings.some((finding) => finding.origin === 'model'));
  t.match(page.context.counterfactual, { result: /^(found|none)$/ }, 'what would have changed the verdict is computed');
  t.equal(provider.requests.length, 1);
  const sent = JSON.stringify(provider.requests);
  for (const written of ['185.220.101.4', 'curl/8.5.0', 'user-1', 'tool-1']) t.notOk(sent.includes(written), `${written} stays here`);

  const stream = await (await fetch(`${service.url}/v1/cases/${scored.case_id}/explanation/stream`)).text();
  const events = [...stream.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
  t.equal(events[0], 'template');
  t.ok(events.includes('finding'));
  t.equal(events.at(-1), 'done');
  t.equal(events.filter((name) => name === 'done').length, 1);

  const other = (await service.call('POST', '/v1/score', strange(2))).body;
  await finalOf(service, other.case_id);
  t.ok(provider.requests.length <= 2, 'an equal story needs no second call');
});

t.test('a provider that refuses leaves the template the last word, and scoring does not notice', async (t) => {
  const { service } = await explainingService(t, () => [{ do: 'status', status: 401 }]);
  const scored = (await service.call('POST', '/v1/score', strange(1))).body;
  const page = await finalOf(service, scored.case_id);
  t.match(page.explanations[0], { source: 'template', final: true, body: { provenance: { cause: 'failed' } } });
  t.equal((await service.call('GET', '/readyz')).status, 200);
});
