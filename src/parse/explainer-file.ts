// Reads the operator's explainer file: which language models explain which cases, how soon and for how much. What does not fit is refused
// with what would be right, because a tier that silently has no model is worse than a service that does not start.
//
// Keys are never in the file, only the names of the environment variables that hold them, so that it can be kept with other files. No
// message repeats a value that could be a key.
import { tiers as allTiers, type Tier } from '../domain/case/tier.ts';
import {
  type ExplainerPlan,
  modelProviders,
  type ModelPlan,
  type ModelPrice,
  type ModelProvider,
  type TierPlan,
} from '../domain/explainer-plan.ts';
import { readYaml } from './yaml-text.ts';

export type ExplainerFileReading =
  | { readonly ok: true; readonly plan: ExplainerPlan }
  /** One clause without a full stop, with the place in the file. */
  | { readonly ok: false; readonly problem: string };

/** Gives the value of an environment variable. */
export type Environment = (name: string) => string | undefined;

/** Never throws. */
export function readExplainerFile(text: string, environment: Environment): ExplainerFileReading {
  const reading = readYaml(text);
  if (!reading.ok) return { ok: false, problem: reading.problem };
  try {
    return { ok: true, plan: planOf(reading.value, environment) };
  } catch (error) {
    if (error instanceof ExplainerProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class ExplainerProblem extends Error {
  override readonly name = 'ExplainerProblem';
}

function refuse(problem: string): never {
  throw new ExplainerProblem(problem);
}

type Fields = Readonly<Record<string, unknown>>;

const modelFields = [
  'provider',
  'model',
  'base_url',
  'api_key_env',
  'region',
  'access_key_env',
  'structured_output',
  'output_tokens_max',
  'first_text_ms',
  'stall_ms',
  'total_ms',
  'concurrency',
  'price',
] as const;
const tierFields = ['models', 'workers', 'hedge_after_ms', 'batch_max', 'sample_one_in', 'tokens_per_hour', 'money_per_hour'] as const;
const priceFields = ['input', 'cache_read', 'cache_write', 'output'] as const;
const accessFields = ['id', 'secret', 'session_token'] as const;

const modelsMax = 16;
const nameForm = /^[A-Za-z0-9][\w.-]{0,39}$/;
/** Cases that the contract of an answer has room for; see answerLengthMax. */
const batchLimit = 8;

function planOf(value: unknown, environment: Environment): ExplainerPlan {
  const file = fieldsOf(value, '', ['currency', 'tokens_per_hour', 'money_per_hour', 'models', 'tiers']);
  const models = entriesOf(file['models'], 'models').map(([name, model]) => modelOf(name, model, environment));
  if (models.length === 0) refuse('models must name at least one model; to use none, do not set an explainer file');
  if (models.length > modelsMax) refuse(`models has ${models.length} entries, more than ${modelsMax}`);
  const tiers = tiersOf(file['tiers'], models);
  const moneyPerHour = amountOf(file['money_per_hour'], 'money_per_hour');
  const { currency = 'USD' } = file;
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) refuse('currency must be three capital letters, for instance USD');
  const plan = { models, tiers, tokensPerHour: countOf(file['tokens_per_hour'], 'tokens_per_hour', null), moneyPerHour, currency };
  refuseUncountedMoney(plan);
  return plan;
}

function modelOf(name: string, value: unknown, environment: Environment): ModelPlan {
  const path = `models.${name}`;
  if (!nameForm.test(name)) refuse(`models has a name that is not 1 to 40 letters, digits, ".", "_" or "-"`);
  const model = fieldsOf(value, path, modelFields, ['api_key', 'key', 'secret', 'token']);
  const provider = choiceOf(model['provider'], `${path}.provider`, modelProviders);
  const apiKey = secretOf(model['api_key_env'], `${path}.api_key_env`, environment);
  const baseUrl = urlOf(model['base_url'], `${path}.base_url`, apiKey !== null);
  const accessKey = accessKeyOf(model['access_key_env'], `${path}.access_key_env`, environment);
  const region = model['region'] === undefined ? null : textOf(model['region'], `${path}.region`, 'a region like eu-central-1');
  const plan: ModelPlan = {
    name,
    provider,
    model: textOf(model['model'], `${path}.model`, "the provider's own name for the model"),
    baseUrl,
    apiKey,
    region,
    accessKey,
    structuredOutput: flagOf(model['structured_output'], `${path}.structured_output`, true),
    outputTokensMax: countOf(model['output_tokens_max'], `${path}.output_tokens_max`, 1500, 100, 32_000),
    firstTextMs: countOf(model['first_text_ms'], `${path}.first_text_ms`, 10_000, 100, 600_000),
    stallMs: countOf(model['stall_ms'], `${path}.stall_ms`, 10_000, 100, 600_000),
    totalMs: countOf(model['total_ms'], `${path}.total_ms`, 45_000, 100, 600_000),
    concurrency: countOf(model['concurrency'], `${path}.concurrency`, 4, 1, 256),
    price: priceOf(model['price'], `${path}.price`),
  };
  const problem = providerProblem(plan);
  return problem === null ? plan : refuse(`${path} ${problem}`);
}

const needsAddress: readonly ModelProvider[] = ['azure', 'ollama', 'compatible'];
const needsKey: readonly ModelProvider[] = ['openai', 'anthropic', 'azure'];

/** What a provider needs and does not have, or has and cannot use. */
function providerProblem({ provider, baseUrl, apiKey, accessKey, region }: ModelPlan): string | null {
  if (needsAddress.includes(provider) && baseUrl === null) return `needs base_url, because ${provider} has no address of its own`;
  if (baseUrl?.includes('?') === true && !needsAddress.includes(provider))
    return `has a base_url with a query, which ${provider} does not take`;
  if (needsKey.includes(provider) && apiKey === null) return `needs api_key_env, the name of the environment variable with its key`;
  if (provider === 'bedrock') {
    if (region === null) return 'needs region, for instance eu-central-1';
    if ((apiKey === null) === (accessKey === null)) return 'needs either api_key_env or access_key_env';
    return null;
  }
  return region !== null || accessKey !== null ? `has region or access_key_env, which only bedrock uses` : null;
}

function tiersOf(value: unknown, models: readonly ModelPlan[]): ExplainerPlan['tiers'] {
  const given = fieldsOf(value, 'tiers', allTiers);
  const planned = allTiers.filter((tier) => given[tier] !== undefined).map((tier) => [tier, tierOf(tier, given[tier], models)] as const);
  if (planned.length === 0) refuse(`tiers must have at least one of ${allTiers.join(', ')}`);
  return Object.fromEntries(planned);
}

/** What most want: urgent cases one by one, the others gathered, and of the least urgent a part. */
const usual: Readonly<Record<Tier, { readonly workers: number; readonly batchMax: number; readonly sampleOneIn: number }>> = {
  critical: { workers: 4, batchMax: 1, sampleOneIn: 1 },
  high: { workers: 2, batchMax: 1, sampleOneIn: 1 },
  medium: { workers: 1, batchMax: 6, sampleOneIn: 1 },
  low: { workers: 1, batchMax: batchLimit, sampleOneIn: 10 },
};

function tierOf(tier: Tier, value: unknown, models: readonly ModelPlan[]): TierPlan {
  const path = `tiers.${tier}`;
  const fields = fieldsOf(value, path, tierFields);
  const names = listOf(fields['models'], `${path}.models`);
  for (const name of names)
    if (!models.some((model) => model.name === name))
      refuse(
        `${path}.models names "${name.slice(0, 40)}", which is not under models; there are ${models.map((model) => model.name).join(', ')}`,
      );
  if (new Set(names).size < names.length) refuse(`${path}.models names a model twice`);
  const hedgeAfterMs = countOf(fields['hedge_after_ms'], `${path}.hedge_after_ms`, null, 100, 600_000);
  if (hedgeAfterMs !== null && names.length < 2) refuse(`${path}.hedge_after_ms needs a second model to ask`);
  return {
    models: names,
    workers: countOf(fields['workers'], `${path}.workers`, usual[tier].workers, 1, 64),
    hedgeAfterMs,
    batchMax: countOf(fields['batch_max'], `${path}.batch_max`, usual[tier].batchMax, 1, batchLimit),
    sampleOneIn: countOf(fields['sample_one_in'], `${path}.sample_one_in`, usual[tier].sampleOneIn, 1, 1_000_000),
    tokensPerHour: countOf(fields['tokens_per_hour'], `${path}.tokens_per_hour`, null),
    moneyPerHour: amountOf(fields['money_per_hour'], `${path}.money_per_hour`),
  };
}

/** A budget in money that counts nothing would be no budget. */
function refuseUncountedMoney({ models, tiers, moneyPerHour }: ExplainerPlan): void {
  for (const [tier, plan] of Object.entries(tiers)) {
    if (moneyPerHour === null && plan.moneyPerHour === null) continue;
    const unpriced = plan.models.find((name) => models.find((model) => model.name === name)?.price === null);
    if (unpriced !== undefined)
      refuse(`models.${unpriced} needs price, because tier ${tier} has a budget in money; for a model of your own write zeros`);
  }
}

function priceOf(value: unknown, path: string): ModelPrice | null {
  if (value === undefined) return null;
  const fields = fieldsOf(value, path, priceFields);
  const of = (name: (typeof priceFields)[number], fallback?: number): number =>
    amountOf(fields[name], `${path}.${name}`) ?? fallback ?? refuse(`${path}.${name} must be the price of a million tokens`);
  const input = of('input');
  // A provider without a cache counts nothing as read from it.
  return { input, cacheRead: of('cache_read', input), cacheWrite: of('cache_write', input), output: of('output') };
}

function accessKeyOf(value: unknown, path: string, environment: Environment): ModelPlan['accessKey'] {
  if (value === undefined) return null;
  const fields = fieldsOf(value, path, accessFields);
  const id = secretOf(fields['id'], `${path}.id`, environment);
  const secret = secretOf(fields['secret'], `${path}.secret`, environment);
  if (id === null || secret === null) return refuse(`${path} must name the environment variables of id and secret`);
  return { id, secret, sessionToken: secretOf(fields['session_token'], `${path}.session_token`, environment) };
}

function fieldsOf(value: unknown, path: string, known: readonly string[], secrets: readonly string[] = []): Fields {
  const place = path === '' ? 'the file' : path;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(`${place} must be a mapping of ${known.join(', ')}`);
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const at = path === '' ? key.slice(0, 40) : `${path}.${key.slice(0, 40)}`;
    if (secrets.includes(key))
      refuse(`${at}: a key does not belong in this file; put it in an environment variable and its name in api_key_env`);
    refuse(`${at} is not known; ${place} may have ${known.join(', ')}`);
  }
  return value as Fields;
}

function entriesOf(value: unknown, path: string): (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(`${path} must be a mapping of your own names to models`);
  return Object.entries(value);
}

function listOf(value: unknown, path: string): readonly string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return isList ? (value as readonly string[]) : refuse(`${path} must be a list of names from models, the preferred one first`);
}

function textOf(value: unknown, path: string, wanted: string): string {
  return typeof value === 'string' && value.length > 0 && value.length <= 300 ? value : refuse(`${path} must be ${wanted}`);
}

function choiceOf<const T extends string>(value: unknown, path: string, choices: readonly T[]): T {
  return choices.find((item) => item === value) ?? refuse(`${path} must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
}

function flagOf(value: unknown, path: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  return typeof value === 'boolean' ? value : refuse(`${path} must be true or false`);
}

const countMax = 1e12;

function countOf<T extends number | null>(value: unknown, path: string, fallback: T, min = 1, max = countMax): number | T {
  if (value === undefined || value === null) return fallback;
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return fits ? value : refuse(`${path} must be a whole number from ${min} to ${max}`);
}

function amountOf(value: unknown, path: string): number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' && value >= 0 && value <= countMax ? value : refuse(`${path} must be a number, 0 or more`);
}

/** Null where no variable is named; the value is what the variable holds. */
function secretOf(value: unknown, path: string, environment: Environment): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(value))
    return refuse(`${path} must be the name of an environment variable, not the key itself`);
  const secret = environment(value)?.trim() ?? '';
  if (secret === '') return refuse(`${path}: the environment variable ${value} is not set`);
  return /^[\x21-\x7e]+$/.test(secret) ? secret : refuse(`${path}: the environment variable ${value} holds something that is no key`);
}

function urlOf(value: unknown, path: string, keyed: boolean): string | null {
  if (value === undefined || value === null) return null;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return refuse(`${path} must be an address like https://host/v1`);
  if (url.username !== '' || url.password !== '') return refuse(`${path} must not hold a name or password; use api_key_env`);
  if (url.hash !== '') return refuse(`${path} must not hold a #`);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (keyed && url.protocol === 'http:' && !isLocal) return refuse(`${path} must begin with https, because a key is sent to it`);
  return url.search === '' ? url.href.replace(/\/+$/, '') : url.href;
}
