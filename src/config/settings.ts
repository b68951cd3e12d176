// Every setting, declared once: name, type, unit, default, range, sentence, whether it is a secret. The environment name is
// the name in capitals behind "PORTCULLIS_" (`rateLimit` is PORTCULLIS_RATE_LIMIT), the key in a settings file is the name
// in snake case (`rate_limit`), and docs/settings.md is generated from here.
import type { Declaration, ValueOf } from './declaration.ts';

export const declarations = {
  port: {
    type: 'integer',
    unit: 'TCP port, 0 = any free one',
    default: 7450,
    min: 0,
    max: 65_535,
    sentence: 'Port that the service listens on.',
  },
  host: {
    type: 'text',
    default: '127.0.0.1',
    sentence:
      'Address that the service listens on. Without a keys file only a loopback address is accepted, because anybody who reaches the port could score and teach.',
  },
  dataDir: {
    type: 'path',
    default: './data',
    sentence:
      'Directory of everything that is remembered: profiles, assessments, downloaded lists, the generated pseudonym key. Created when absent; must be writable.',
  },
  keysFile: {
    type: 'path',
    default: null,
    whenAbsent: 'no keys; loopback only',
    sentence: 'File of API keys (stored as hashes) with tenant and scopes.',
  },
  rateLimit: {
    type: 'integer',
    unit: 'requests per minute per key, 0 = off',
    default: 60_000,
    min: 0,
    max: 100_000_000,
    sentence: 'How many requests one API key may send in a minute before it gets 429. A guard against a caller gone wild, not a quota.',
  },
  policyFile: {
    type: 'path',
    default: null,
    whenAbsent: 'the shipped policies/default.yaml',
    sentence:
      'Policy document: thresholds, lists, rules. Read again when it changes; a faulty new version is reported and the old one stays in force.',
  },
  modelDir: {
    type: 'path',
    default: null,
    whenAbsent: 'the shipped model',
    sentence:
      'Directory of the model that decides, with its manifest. The service refuses to start on a model that does not fit its features.',
  },
  budgetMs: {
    type: 'number',
    unit: 'milliseconds',
    default: 50,
    min: 1,
    max: 50,
    sentence: 'Most time that one answer may take. A request may ask for less with deadline_ms, never for more.',
  },
  maxConnections: {
    type: 'integer',
    unit: 'connections',
    default: 512,
    min: 1,
    max: 10_000,
    sentence:
      'Connections open at once in one process; more are refused. With one outstanding request per connection it bounds the longest wait: above 1000 the promise of 50 ms no longer follows from it.',
  },
  batchConcurrency: {
    type: 'integer',
    unit: 'attempts',
    default: 64,
    min: 1,
    max: 1024,
    sentence:
      'Attempts of one /v1/score/batch request that are worked on at once. More fill the model’s batches better and make other callers wait longer.',
  },
  cityFiles: {
    type: 'paths',
    default: [],
    whenAbsent: 'DB-IP City Lite and the country table from npm',
    sentence: 'MaxMind-format city or country databases, asked in this order; the first that knows the address answers.',
  },
  asnFile: {
    type: 'path',
    default: null,
    whenAbsent: 'the table compiled from npm',
    sentence: 'MaxMind-format ASN or ISP database to use in place of the shipped table.',
  },
  anonymousFile: {
    type: 'path',
    default: null,
    whenAbsent: 'none',
    sentence: 'MaxMind-format Anonymous-IP database, used beside the shipped lists.',
  },
  connectionFile: {
    type: 'path',
    default: null,
    whenAbsent: 'none',
    sentence: 'MaxMind-format Connection-Type database; refines whether an address is mobile, consumer or corporate.',
  },
  feedsFile: {
    type: 'path',
    default: null,
    whenAbsent: 'no feeds',
    sentence: 'List of the reputation feeds that the feeds tool downloads and the service reads.',
  },
  retentionDays: {
    type: 'integer',
    unit: 'days',
    default: 90,
    min: 1,
    max: 3650,
    sentence: 'How long assessments and their evidence are kept, counted from the attempt.',
  },
  cases: {
    type: 'switch',
    default: true,
    sentence:
      'Whether flagged logins become cases for analysts. Off, nothing of them is kept but their assessments, and no thread is started for them.',
  },
  explainerFile: {
    type: 'path',
    default: null,
    whenAbsent: 'no model is asked, the template explains every case',
    sentence:
      'Which language models explain which cases, how soon and for how much: see explainer.md. Read at the start; a faulty one ends it.',
  },
  explanationLanguage: {
    type: 'choice',
    default: 'en',
    choices: ['en', 'de'],
    sentence: 'Language of explanations and of what analysts are told to check. Models tell in English only.',
  },
  profileRetentionDays: {
    type: 'integer',
    unit: 'days',
    default: 400,
    min: 30,
    max: 3650,
    sentence:
      'How long an account, address, network or device is remembered that nobody signs in with, counted from its newest attempt. A year and a month, so that who comes once a year is known.',
  },
  caseRetentionDays: {
    type: 'integer',
    unit: 'days',
    default: 90,
    min: 1,
    max: 3650,
    sentence:
      'How long cases are kept, counted from their opening, resolved or not. They are the only place of raw addresses, user ids and user agents beside the assessments.',
  },
  accountFactsUrl: {
    type: 'text',
    default: null,
    whenAbsent: 'nobody is asked',
    sentence:
      'Where your identity provider answers what it knows of an account, for analysts: a URL with `{user_id}`, and `{tenant}` where keys of several tenants are in use; https, except to this machine. Asked when a case is looked at, never while a login waits. docs/cases.md has the form of the answer.',
  },
  accountFactsKey: {
    type: 'text',
    default: null,
    secret: true,
    whenAbsent: 'no key is sent',
    sentence: 'Sent to the identity provider as `Authorization: Bearer`.',
  },
  accountFactsMinutes: {
    type: 'integer',
    unit: 'minutes',
    default: 60,
    min: 1,
    max: 1440,
    sentence: 'How long account facts are kept, in memory only: about the length of an investigation.',
  },
  accountFactsTimeoutMs: {
    type: 'integer',
    unit: 'milliseconds',
    default: 2000,
    min: 100,
    max: 3000,
    sentence: 'How long the identity provider may take. A page that waited in vain is shown without its facts and says so.',
  },
  pseudonymKey: {
    type: 'text',
    default: null,
    secret: true,
    lengthMin: 32,
    whenAbsent: 'generated once into the data directory',
    sentence:
      'Key of the keyed hashes that stand in for user ids, addresses and devices in everything stored. Another key makes everybody a stranger.',
  },
  metrics: {
    type: 'switch',
    default: true,
    sentence: 'Whether /metrics answers, in Prometheus text format.',
  },
  logLevel: {
    type: 'choice',
    choices: ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'info',
    sentence: 'Least severe line that is logged. Error means that a person must act.',
  },
  drainMs: {
    type: 'integer',
    unit: 'milliseconds',
    default: 5000,
    min: 0,
    max: 120_000,
    sentence: 'How long a stopping service waits for requests in flight before it closes their connections.',
  },
} as const satisfies Record<string, Declaration>;

export type SettingName = keyof typeof declarations;
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof declarations)[N]> };

/** A name among `declarations` that is not one itself: where the one optional settings file is. Environment only. */
export const configFileEnvName = 'PORTCULLIS_CONFIG';

export const settingNames = Object.keys(declarations) as readonly SettingName[];

/** "rateLimit" -> "rate_limit". */
export function fileKey(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** "rateLimit" -> "PORTCULLIS_RATE_LIMIT". */
export function envName(name: SettingName): string {
  return `PORTCULLIS_${fileKey(name).toUpperCase()}`;
}
