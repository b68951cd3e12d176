// The whole way over real connections, without a service around it: the operator's file, the explainer, a provider's wire, and back to a
// case's last word.
import { setTimeout as sleep } from 'node:timers/promises';
import { openModels } from '../../src/adapters/ai-sdk/open.ts';
import { openMemoryCases } from '../../src/adapters/memory/cases.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Reason } from '../../src/domain/assessment.ts';
import { readExplainerFile } from '../../src/parse/explainer-file.ts';
import { createExplainer } from '../../src/review/explain/explainer.ts';
import { type ExplainMeter, silentMeter } from '../../src/review/explain/meter.ts';
import { digest, english, isIdle, openCase, type World } from './explaining.ts';
import { fakeAccessKey, type FakeKind, fakeKey, fakeRegion, type Script } from './fake-providers/script.ts';
import { type FakeProvider, startFakeProvider } from './fake-providers/server.ts';
import { testRandom } from './ports.ts';

/** What `modelLine` names. */
export const fakeEnvironment: Readonly<Record<string, string>> = {
  KEY: fakeKey,
  AWS_ID: fakeAccessKey.id,
  AWS_SECRET: fakeAccessKey.secret,
  AWS_TOKEN: fakeAccessKey.sessionToken,
};

const modelIds: Readonly<Partial<Record<FakeKind, string>>> = { anthropic: 'claude-sonnet-4-5', bedrock: 'amazon.nova-lite-v1:0' };

/** A line of the explainer file's `models` for a fake; `more` are further fields of it, each with a comma behind. */
export function modelLine(name: string, kind: FakeKind, baseUrl: string, more = ''): string {
  const access = `region: ${fakeRegion}, access_key_env: { id: AWS_ID, secret: AWS_SECRET, session_token: AWS_TOKEN }`;
  const key = kind === 'bedrock' ? access : 'api_key_env: KEY';
  const provider = kind === 'azure-deployments' ? 'azure' : kind;
  const model = modelIds[kind] ?? 'my-deployment';
  return `  ${name}: { provider: ${provider}, model: "${model}", base_url: "${baseUrl}", ${key}, ${more} price: { input: 1, output: 2 } }\n`;
}

export interface Explained {
  readonly world: Pick<World, 'store' | 'log' | 'queue'>;
  readonly id: string;
  readonly servers: readonly FakeProvider[];
  readonly elapsedMs: number;
  close(): Promise<void>;
}

export interface ExplainedParts {
  /** As in `modelLine`. */
  readonly limits?: string;
  readonly meter?: ExplainMeter;
  readonly onProblem: (sentence: string) => void;
}

/** Explains one case with these providers in order, to its last word. A model has the name of its kind and its place. */
export async function explainedBy(
  fakes: readonly (readonly [FakeKind, Script])[],
  reasons: readonly Reason[],
  { limits = '', meter = silentMeter, onProblem }: ExplainedParts,
): Promise<Explained> {
  const servers = await Promise.all(fakes.map(([kind, script]) => startFakeProvider(kind, { script })));
  const names = fakes.map(([kind], i) => (fakes.findIndex((other) => other[0] === kind) === i ? kind : `${kind}-${i + 1}`));
  const lines = fakes.map(([kind], i) => modelLine(names[i] as string, kind, servers[i]?.baseUrl ?? '', limits));
  const text = `models:\n${lines.join('')}tiers: { high: { models: [${names.join(', ')}] } }`;
  const reading = readExplainerFile(text, (name) => fakeEnvironment[name]);
  if (!reading.ok) throw new Error(reading.problem);
  const models = await openModels(reading.plan.models, { clock: systemClock, onProblem });
  const world = openMemoryCases({ clock: systemClock, random: testRandom() });
  const explainer = createExplainer({
    ...world,
    plan: reading.plan,
    models,
    clock: systemClock,
    wording: english,
    digest,
    meter,
    onTold: () => undefined,
    onProblem,
    times: { leaseMs: 30_000, pollMs: 20 },
  });
  const id = await openCase({ ...world, clock: { ...systemClock, advance: () => undefined }, problems: [] }, 'a', { reasons });
  const startedMs = performance.now();
  explainer.start();
  while (!(await isIdle(world))) await sleep(5);
  return {
    world,
    id,
    servers,
    elapsedMs: performance.now() - startedMs,
    async close() {
      await explainer.stop();
      for (const model of models.values()) await model.close();
      for (const server of servers) await server.close();
    },
  };
}
