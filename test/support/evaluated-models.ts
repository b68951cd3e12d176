// What the tests of evaluating models work with: recorded cases, fakes of providers, and an explainer file that names them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openCases } from '../../src/compose/open-cases.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EvaluationResult, ExplainerResult } from '../../src/tool/evaluate-explanations/evaluate.ts';
import { runEvaluation } from '../../src/tool/evaluate-explanations/run.ts';
import { opening } from './cases.ts';
import { farAwayBut, truthful } from './explaining.ts';
import { answering, type FakeKind, type FakeRequest, type Script } from './fake-providers/script.ts';
import { type FakeProvider, startFakeProvider } from './fake-providers/server.ts';
import { fakeEnvironment, modelLine } from './provider-world.ts';

export const caseCount = 6;
/** Waits between two tries are short, and so are the limits of a model that is given none. */
const hurried: Clock = { ...systemClock, alarm: (delayMs, ring) => systemClock.alarm(delayMs / 40, ring) };
export const unhurried = 'first_text_ms: 600000, stall_ms: 600000, total_ms: 600000,';

const told = (request: FakeRequest): string => truthful({ ...request, schema: null, outputTokensMax: 0 });
export const truth: Script = (request) => answering(told(request), { pieceLength: 100 });
/** Two of its findings are false, and one has no shape. */
export const lying: Script = (request) => {
  const { findings } = JSON.parse(told(request)) as { findings: { sentence: string }[] };
  const lies = ['The journey is possible.', 'The journey covers 31,337 km.'].map((sentence) => ({ ...findings[0], sentence }));
  return answering(JSON.stringify({ findings: [...lies, ...findings, 'and so on'], next_checks: [] }), { pieceLength: 100 });
};

export type Fakes = Readonly<Record<string, readonly [kind: FakeKind, script: Script | 'dead', more?: string]>>;

export interface Setting {
  readonly directory: string;
  readonly servers: ReadonlyMap<string, FakeProvider>;
  /** The arguments that every run has. */
  readonly args: readonly string[];
}

export async function setting(t: Test, fakes: Fakes): Promise<Setting> {
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

export async function evaluated(
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
