// Puts the parts together: the only file that names concrete adapters.
//
// `openCore` is everything but the door, shared by the service and the tools, so that history is loaded and past decisions
// are repeated by the code that serves.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keptKey } from './adapters/crypto/key-file.ts';
import { createPseudonyms } from './adapters/crypto/pseudonyms.ts';
import { createRandom } from './adapters/crypto/random.ts';
import type { IpDatabase } from './adapters/ip-database/ip-database.ts';
import { watchListDirectory } from './adapters/ip-database/list-directory.ts';
import { openIpDatabase } from './adapters/ip-database/open.ts';
import { type LmdbStores, openLmdbStores } from './adapters/lmdb/open.ts';
import { type OnnxScorer, openOnnxScorer } from './adapters/onnx/scorer.ts';
import { createPolicySource, type PolicyFileSource } from './adapters/policy-file/policy-source.ts';
import { systemClock } from './adapters/system/clock.ts';
import { keepThreadsSmall } from './adapters/system/small-threads.ts';
import { type AssessPorts, type AssessRequest, type AssessResult, createAssess } from './assess/assess.ts';
import { parseKeysFile } from './config/keys-file.ts';
import { type Environment, SettingsError } from './config/load.ts';
import { checkAccountFacts } from './compose/account-facts.ts';
import type { CaseSide } from './compose/case-side.ts';
import { eraseLeftCases, type KeptCases, keepCases } from './compose/cases.ts';
import { storeDirectory } from './compose/directories.ts';
import { readPlan } from './compose/explainer-plan.ts';
import { keepPolicy } from './compose/past-policies.ts';
import type { Settings } from './config/settings.ts';
import { schema } from './domain/feature/schema.ts';
import { type ApiKey, scopes } from './http/request/api-key.ts';
import type { Check, UseCases } from './http/dependencies.ts';
import { problemCodes } from './http/problem.ts';
import { createServer } from './http/server.ts';
import { describeAccount, type EraseCases, eraseAccount } from './learn/account-record.ts';
import { recordLabel, recordOutcome } from './learn/record-outcome.ts';
import type { Clock } from './ports/clock.ts';
import type { FlaggedLogins } from './ports/case/flagged-logins.ts';
import { Intake } from './review/open/intake.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { warmUp } from './warm-up.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export const schemaHash = `sha256:${createHash('sha256').update(schema.canonical).digest('hex')}`;

export interface CoreOptions {
  readonly clock?: Clock;
  /** One sentence for the operator about something that went on working with less. */
  readonly onProblem: (sentence: string) => void;
  /** Attempts come one after the other, each when the one before is done: loading history. Changes the cost, not one bit of the answers. */
  readonly oneByOne?: boolean;
  /** Where flagged logins go that become cases; absent: none do, as while history is loaded. */
  readonly flagged?: FlaggedLogins;
}

export interface Core {
  readonly ports: AssessPorts & { readonly scorer: OnnxScorer; readonly policy: PolicyFileSource };
  readonly ip: IpDatabase;
  readonly stores: LmdbStores;
  readonly assess: (request: AssessRequest) => Promise<AssessResult>;
  close(): Promise<void>;
}

/** Throws an Error of one sentence when a part cannot be opened; what was open by then is closed again. */
export async function openCore(settings: Settings, options: CoreOptions): Promise<Core> {
  const clock = options.clock ?? systemClock;
  const dataDirectory = openDataDirectory(settings.dataDir);
  const pseudonyms = createPseudonyms({ key: pseudonymKey(settings, dataDirectory) });
  const { keyId } = pseudonyms;
  const stores = openLmdbStores({ directory: storeDirectory(dataDirectory), clock, keyId, onProblem: options.onProblem });
  try {
    const [ip, scorer] = await Promise.all([openIp(settings), openModel(settings, options.oneByOne ?? false)]);
    const feeds = await watchListDirectory({
      directory: join(dataDirectory, 'feeds'),
      intervalMs: feedsPollMs,
      onLists: (lists) => ip.swapLists(lists),
      onProblem: options.onProblem,
    });
    const policy = openPolicy(settings, dataDirectory, clock, options.onProblem);
    const ports = {
      ip,
      profiles: stores.profiles,
      assessments: stores.assessments,
      pseudonyms,
      scorer,
      policy,
      clock,
      random: createRandom(clock),
      flagged: options.flagged ?? null,
    };
    const assessOptions = { schema, schemaHash, rulesRanks: scorer.manifest.rulesCalibration };
    await warmUp(ports, assessOptions);
    const assess = createAssess(ports, assessOptions);
    return {
      ports,
      ip,
      stores,
      assess,
      async close() {
        policy.close();
        feeds.close();
        await stores.close();
        await scorer.close();
        ip.close();
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

function openDataDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    const probe = join(directory, '.writable');
    writeFileSync(probe, '');
    return directory;
  } catch (error) {
    throw new SettingsError(
      `The data directory ${directory} cannot be written (${(error as NodeJS.ErrnoException).code}): make it writable or name another in PORTCULLIS_DATA_DIR.`,
    );
  }
}

/** How soon a running service takes over a newly downloaded list. */
const feedsPollMs = 15_000;

function openIp(settings: Settings): Promise<IpDatabase> {
  return openIpDatabase({
    cacheDirectory: join(root, 'node_modules', '.cache', 'portcullis'),
    cityFiles: settings.cityFiles,
    asnFile: settings.asnFile,
    anonymousFile: settings.anonymousFile,
    connectionFile: settings.connectionFile,
  });
}

function openModel(settings: Settings, oneByOne: boolean): Promise<OnnxScorer> {
  return openOnnxScorer({
    oneByOne,
    directory: settings.modelDir ?? activeModelDirectory(),
    schemaHash,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  });
}

/** Where the shipped model that decides is. */
export function activeModelDirectory(): string {
  const active = JSON.parse(readFileSync(join(root, 'models', 'ACTIVE.json'), 'utf8')) as { active: string };
  return join(root, 'models', active.active);
}

/** Each revision that was ever in force is kept beside the data, so that its decisions can be repeated. */
function openPolicy(settings: Settings, dataDirectory: string, clock: Clock, onError: (sentence: string) => void): PolicyFileSource {
  const file = settings.policyFile ?? join(root, 'policies', 'default.yaml');
  const keep = (revision: string): void => keepPolicy(dataDirectory, revision, file);
  const source = createPolicySource({ file, clock, onError, onChange: keep, pollMs: policyPollMs });
  keep(source.current().revision);
  return source;
}

const policyPollMs = 2000;

function pseudonymKey(settings: Settings, dataDirectory: string): Uint8Array {
  if (settings.pseudonymKey !== null) return createHash('sha256').update(settings.pseudonymKey).digest();
  const { file, bytes } = keptKey(join(dataDirectory, 'pseudonym.key'));
  if (bytes !== null) return bytes;
  throw new SettingsError(`The pseudonym key ${file} is damaged: restore it from a backup; with another key everybody is a stranger.`);
}

export interface Service {
  readonly url: string;
  /** What a person who starts the service by hand wants to read. */
  readonly greeting: string;
  readonly core: Core;
  /** Null: no cases are kept. */
  readonly cases: () => Promise<CaseSide | null>;
  close(): Promise<void>;
}

/** `environment` holds the keys of language models, which the explainer file names. */
export async function startService(settings: Settings, environment: Environment = {}): Promise<Service> {
  keepThreadsSmall();
  const keys = readKeys(settings);
  const plan = readPlan(settings.explainerFile, environment);
  checkAccountFacts(settings, tenantsOf(keys));
  const onProblem = (sentence: string): void => void process.stderr.write(`portcullis: ${sentence}\n`);
  const intake = settings.cases ? new Intake({ clock: systemClock }) : null;
  const core = await openCore(settings, { onProblem, ...(intake === null ? {} : { flagged: intake }) });
  let cases: KeptCases | null = null;
  try {
    cases = intake === null ? null : await keepCases({ core: core.ports, settings, plan, tenants: tenantsOf(keys), intake, onProblem });
    const metrics = createMetrics({ signals: schema.signals.map((signal) => signal.name), problemCodes });
    observe(core, metrics);
    let open = false;
    // What the rehearsal is refused is nobody's fault and is not counted.
    const counted = { ...metrics, refused: (code: string) => (open ? metrics.refused(code) : undefined) };
    const app = await createServer(
      { useCases: useCasesOf(core, settings, cases), clock: core.ports.clock, random: core.ports.random, metrics: counted },
      {
        version: packageVersion(),
        host: settings.host,
        keys,
        budgetMs: settings.budgetMs,
        rateLimitPerMinute: settings.rateLimit,
        metrics: settings.metrics,
        log: { level: settings.logLevel },
        connections: { maxConnections: settings.maxConnections },
        batch: { concurrency: settings.batchConcurrency },
      },
    );
    await rehearseDoor(app);
    open = true;
    // Written before anybody waits, and not at the end: a service that is killed never comes to its end.
    flushCompileCache();
    const url = await app.listen({ host: settings.host, port: settings.port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        throw new SettingsError(
          `Port ${settings.port} on ${settings.host} is in use: stop what uses it or set PORTCULLIS_PORT to another.`,
        );
      throw error;
    });
    cases?.open(metrics);
    const expiry = setInterval(() => void expireOnce(core, settings), expiryIntervalMs);
    expiry.unref();
    return {
      url,
      greeting: greetingOf(url, keys === null),
      core,
      cases: () => cases?.side() ?? Promise.resolve(null),
      async close() {
        clearInterval(expiry);
        const impatience = setTimeout(() => app.server.closeAllConnections(), settings.drainMs);
        await app.close();
        clearTimeout(impatience);
        await cases?.close();
        await core.close();
      },
    };
  } catch (error) {
    await cases?.close();
    await core.close();
    throw error;
  }
}

const rehearsals = 30;

/** The door's own first times: attempts that are read, checked and refused, so that nothing is remembered. */
async function rehearseDoor(app: Awaited<ReturnType<typeof createServer>>): Promise<void> {
  const payload = JSON.stringify({ user: { id: 'warm-up' }, ip: '192.0.2.1', occurred_at: '2999-01-01T00:00:00Z' });
  const headers = { 'content-type': 'application/json', host: 'localhost' };
  const { level } = app.log;
  app.log.level = 'silent';
  for (let i = 0; i < rehearsals; i++) await app.inject({ method: 'POST', url: '/v1/score', payload, headers });
  app.log.level = level;
}

function readKeys(settings: Settings): ApiKey[] | null {
  if (settings.keysFile === null) return null;
  let text: string;
  try {
    text = readFileSync(settings.keysFile, 'utf8');
  } catch (error) {
    throw new SettingsError(`The keys file ${settings.keysFile} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  return parseKeysFile(text, settings.keysFile, scopes) as ApiKey[];
}

function tenantsOf(keys: readonly ApiKey[] | null): readonly string[] {
  return keys === null ? ['default'] : [...new Set(keys.map(({ tenant }) => tenant))];
}

export function useCasesOf(core: Core, settings: Settings, cases: KeptCases | null = null): UseCases {
  const { ports } = core;
  const eraseCases: EraseCases = cases?.erase ?? ((...whose) => eraseLeftCases(settings, ...whose));
  return {
    assess: core.assess,
    recordOutcome: (report) => recordOutcome(report, ports),
    recordLabel: (claim) => recordLabel(claim, ports),
    readAssessment: (tenant, id) => ports.assessments.byId(tenant, id),
    describeUser: (tenant, userId) => describeAccount(tenant, userId, ports),
    eraseUser: (tenant, userId, by) => eraseAccount(tenant, userId, by, { ...ports, eraseCases }),
    cases: cases === null ? null : cases.ports,
    readiness: () => [...readiness(core), ...(cases === null ? [] : [cases.check()])],
  };
}

function readiness(core: Core): Check[] {
  const { scorer, policy } = core.ports;
  const health = core.stores.health();
  return [
    { name: 'model', ok: true, detail: `${scorer.identity.name}, ${scorer.failures()} failed runs` },
    { name: 'policy', ok: true, detail: `revision ${policy.current().revision}` },
    { name: 'store', ok: health.ok, detail: health.detail },
    ...core.ip
      .sources()
      .map((source) => ({ name: `ip:${source.name}`, ok: true, detail: `built ${new Date(source.builtAtMs).toISOString().slice(0, 10)}` })),
  ];
}

function observe(core: Core, metrics: ReturnType<typeof createMetrics>): void {
  metrics.gauge({
    name: 'portcullis_ip_source_age_seconds',
    help: 'Age of each source of facts about addresses.',
    read: () =>
      core.ip.sources().map((source) => ({ labels: { source: source.name }, value: (core.ports.clock.nowMs() - source.builtAtMs) / 1000 })),
  });
  metrics.gauge({
    name: 'portcullis_model_failures',
    help: 'Runs of the model that failed and were answered by the walk of the same trees.',
    read: () => [{ labels: {}, value: core.ports.scorer.failures() }],
  });
  metrics.gauge({
    name: 'portcullis_store_ok',
    help: '1 while changes are being stored, 0 while the last attempt to store failed.',
    read: () => [{ labels: {}, value: core.stores.health().ok ? 1 : 0 }],
  });
}

const expiryIntervalMs = 60_000;
const dayMs = 86_400_000;

async function expireOnce(core: Core, settings: Settings): Promise<void> {
  const { assessments, profiles, clock } = core.ports;
  const before = (days: number): number => clock.nowMs() - days * dayMs;
  await assessments.expire(before(settings.retentionDays)).catch(() => 0);
  await profiles.expire(before(settings.profileRetentionDays)).catch(() => null);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

function greetingOf(url: string, keyless: boolean): string {
  const attempt = '{"user":{"id":"ada"},"ip":"84.141.12.34","device":{"id":"ada-laptop","timezone":"Europe/Berlin"}}';
  const key = keyless ? '' : ` -H "authorization: Bearer $PORTCULLIS_KEY"`;
  return [
    `Portcullis listens on ${url}${keyless ? ', on this machine only, because no API keys are configured' : ''}. API reference: ${url}/docs`,
    'Score a login:',
    `curl -s ${url}/v1/score -H 'content-type: application/json'${key} -d '${attempt}'`,
    '',
  ].join('\n');
}
