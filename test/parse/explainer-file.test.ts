// The operator's explainer file: what it may say, and what it is told when it says something else.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import type { ExplainerPlan } from '../../src/domain/explainer-plan.ts';
import { readExplainerFile } from '../../src/parse/explainer-file.ts';

const secret = 'sk-live-0123456789';
const environment = (name: string): string | undefined =>
  ({ ANTHROPIC_API_KEY: secret, OPENAI_API_KEY: secret, EMPTY: ' ', ODD: 'a\nb' })[name];

function planOf(text: string): ExplainerPlan {
  const reading = readExplainerFile(text, environment);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.plan;
}

function problemOf(text: string): string {
  const reading = readExplainerFile(text, environment);
  return reading.ok ? 'no problem' : reading.problem;
}

/** One model and one tier, with a change to either. */
const file = (model: string, tier = '', root = ''): string =>
  `models:\n  one: { provider: openai, model: m, api_key_env: OPENAI_API_KEY${model} }\ntiers:\n  high: { models: [one]${tier} }\n${root}`;
const provider = (fields: string): string => `models: { one: { ${fields} } }\ntiers: { high: { models: [one] } }`;

t.test('the example is read', (t) => {
  const plan = planOf(readFileSync(new URL('../../examples/explainer.yaml', import.meta.url), 'utf8'));
  t.strictSame(
    plan.models.map(({ name, provider, apiKey, structuredOutput }) => [name, provider, apiKey, structuredOutput]),
    [
      ['careful', 'anthropic', secret, true],
      ['second-opinion', 'openai', secret, true],
      ['own-server', 'compatible', null, true],
    ],
  );
  t.match(plan, { currency: 'USD', moneyPerHour: 5, tokensPerHour: 3_000_000 });
  t.strictSame(plan.models[1]?.price, { input: 0.25, cacheRead: 0.025, cacheWrite: 0.25, output: 2 });
  t.match(plan.models[2], { totalMs: 120_000, concurrency: 2, baseUrl: 'http://127.0.0.1:8000/v1' });
  t.match(plan.tiers.critical, { models: ['careful', 'second-opinion'], hedgeAfterMs: 4000, workers: 4, batchMax: 1, sampleOneIn: 1 });
  t.match(plan.tiers.medium, { batchMax: 6, workers: 1, hedgeAfterMs: null });
  t.match(plan.tiers.low, { batchMax: 8, sampleOneIn: 10, moneyPerHour: null });
  t.end();
});

t.test('every provider can be named with what it needs, and not with less', (t) => {
  const whole: readonly string[] = [
    'provider: openai, model: m, api_key_env: OPENAI_API_KEY',
    'provider: anthropic, model: m, api_key_env: ANTHROPIC_API_KEY',
    'provider: azure, model: m, base_url: "https://x.openai.azure.com/openai/v1", api_key_env: OPENAI_API_KEY',
    'provider: azure, model: m, base_url: "https://x.openai.azure.com/openai?api-version=2024-10-21", api_key_env: OPENAI_API_KEY',
    'provider: bedrock, model: m, region: eu-central-1, api_key_env: OPENAI_API_KEY',
    'provider: bedrock, model: m, region: eu-central-1, access_key_env: { id: OPENAI_API_KEY, secret: OPENAI_API_KEY }',
    'provider: ollama, model: m, base_url: "http://localhost:11434/v1/"',
    'provider: compatible, model: m, base_url: "http://[::1]:8000/v1", api_key_env: OPENAI_API_KEY',
  ];
  for (const fields of whole) t.equal(problemOf(provider(fields)), 'no problem', fields);
  t.equal(planOf(provider(whole[6] ?? '')).models[0]?.baseUrl, 'http://localhost:11434/v1', 'without the slash at the end');
  t.match(planOf(provider(whole[5] ?? '')).models[0]?.accessKey, { id: secret, secret, sessionToken: null });
  const less: readonly (readonly [string, RegExp])[] = [
    ['provider: openai, model: m', /models\.one needs api_key_env, the name of the environment variable/],
    ['provider: azure, model: m, api_key_env: OPENAI_API_KEY', /models\.one needs base_url, because azure has no address/],
    ['provider: bedrock, model: m, api_key_env: OPENAI_API_KEY', /needs region, for instance/],
    ['provider: bedrock, model: m, region: x', /needs either api_key_env or access_key_env/],
    [
      'provider: bedrock, model: m, region: x, access_key_env: { id: OPENAI_API_KEY }',
      /access_key_env must name the environment variables of id and secret/,
    ],
    ['provider: ollama, model: m', /needs base_url/],
    ['provider: openai, model: m, api_key_env: OPENAI_API_KEY, region: x', /which only bedrock uses/],
    ['provider: gpt, model: m', /models\.one\.provider must be openai, anthropic, azure, bedrock, ollama or compatible/],
    ['provider: openai, api_key_env: OPENAI_API_KEY', /models\.one\.model must be the provider's own name/],
    [
      'provider: compatible, model: m, base_url: "http://example.com/v1", api_key_env: OPENAI_API_KEY',
      /must begin with https, because a key is sent/,
    ],
    ['provider: compatible, model: m, base_url: "ftp://example.com"', /must be an address like https/],
    ['provider: compatible, model: m, base_url: "https://me:pw@example.com"', /must not hold a name or password/],
    ['provider: compatible, model: m, base_url: "https://example.com/#x"', /must not hold a #/],
    [
      'provider: openai, model: m, api_key_env: OPENAI_API_KEY, base_url: "https://example.com/?k=1"',
      /a query, which openai does not take/,
    ],
  ];
  for (const [fields, problem] of less) t.match(problemOf(provider(fields)), problem, fields);
  t.end();
});

t.test('what does not fit is refused with its place and what would be right', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /the file must be a mapping of currency/],
    ['models: [a', /line 1/],
    ['modles: {}', /^modles is not known; the file may have currency, tokens_per_hour, money_per_hour, models, tiers$/],
    ['models: []', /models must be a mapping of your own names/],
    ['models: {}', /at least one model/],
    ['models: { "a b": {} }', /a name that is not 1 to 40 letters/],
    [
      `models: {${Array.from({ length: 17 }, (_, i) => `m${i}: { provider: ollama, model: m, base_url: "http://localhost/v1" }`).join()}}`,
      /17 entries/,
    ],
    [file(', temperature: 1'), /models\.one\.temperature is not known; models\.one may have provider, model/],
    [file(', total_ms: soon'), /models\.one\.total_ms must be a whole number from 100 to 600000/],
    [file(', structured_output: 1'), /must be true or false/],
    [file(', price: 3'), /models\.one\.price must be a mapping of input/],
    [file(', price: { input: 3 }'), /models\.one\.price\.output must be the price of a million tokens/],
    [file(', price: { input: -3, output: 1 }'), /price\.input must be a number, 0 or more/],
    [file('', ', models: [two]'), /line 4/],
    [file('').replace('[one]', '[two]'), /tiers\.high\.models names "two", which is not under models; there are one/],
    [file('').replace('[one]', '[one, one]'), /names a model twice/],
    [file('').replace('[one]', '[]'), /must be a list of names/],
    [file('').replace('high', 'urgent'), /tiers\.urgent is not known; tiers may have critical, high, medium, low/],
    ['models: { one: { provider: openai, model: m, api_key_env: OPENAI_API_KEY } }\ntiers: {}', /tiers must have at least one/],
    [file('', ', hedge_after_ms: 3000'), /needs a second model to ask/],
    [file('', ', batch_max: 9'), /batch_max must be a whole number from 1 to 8/],
    [file('', ', workers: 0'), /workers must be a whole number from 1/],
    [file('', ', money_per_hour: 3'), /models\.one needs price, because tier high has a budget in money/],
    [file('', '', 'money_per_hour: 3'), /models\.one needs price/],
    [file('', '', 'currency: dollars'), /three capital letters/],
    [file('', '', 'tokens_per_hour: 1.5'), /tokens_per_hour must be a whole number/],
  ];
  for (const [text, problem] of cases) t.match(problemOf(text), problem, text.slice(0, 80));
  t.end();
});

t.test('a key in the file, or in the wrong place, is refused and not repeated', (t) => {
  for (const text of [
    provider(`provider: openai, model: m, api_key: ${secret}`),
    provider(`provider: openai, model: m, api_key_env: ${secret}`),
    provider(`provider: openai, model: m, api_key_env: MISSING`),
    provider(`provider: openai, model: m, api_key_env: EMPTY`),
    provider(`provider: openai, model: m, api_key_env: ODD`),
  ]) {
    const problem = problemOf(text);
    t.match(problem, /not belong in this file|not the key itself|MISSING is not set|EMPTY is not set|ODD holds something that is no key/);
    t.notOk(problem.includes(secret));
  }
  t.end();
});

t.test('whatever the file holds, it is a plan or one clause', (t) => {
  const value = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.string()),
  );
  const model = fc.dictionary(fc.constantFrom('provider', 'model', 'base_url', 'price', 'total_ms', 'x'), value);
  const root = fc.record(
    { models: fc.oneof(value, fc.dictionary(fc.string(), model)), tiers: value, currency: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(root, (given) => {
      const reading = readExplainerFile(JSON.stringify(given), environment);
      return reading.ok || (reading.problem.length > 0 && !reading.problem.includes('\n') && !reading.problem.endsWith('.'));
    }),
  );
  t.end();
});
