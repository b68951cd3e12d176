// What becomes of a case when a provider misbehaves? For each wire format and each fault, one case is explained from the operator's file to its
// last word over real connections to a fake provider: alone, and with a second provider behind it that works.
//
//   node bench/provider-faults.ts [--kinds openai,anthropic,azure,bedrock,compatible] [--faults all] [--seed 1]
//
// The model keeps the contract but for the fault: its findings are made from the lines of the prompt. Limits of the explainer file are short
// (first text 700 ms, a stall 700 ms, the whole 4 s), so that the times are of the explainer and not of patience. Ends with exit code 1 when
// a case has not exactly one last word, when the three strongest reasons are not told by somebody, when a lie is shown, when a lie is not
// dropped, or when what a second provider had to tell is missing.
import { parseArgs } from 'node:util';
import type { Story } from '../src/review/explanation/story.ts';
import { type ExplainMeter, silentMeter } from '../src/review/explain/meter.ts';
import { farAway, faultOf, finalOf } from '../test/support/explaining.ts';
import { answering, type FakeKind, type FakeRequest, fakeKinds, type Script, type Step } from '../test/support/fake-providers/script.ts';
import { falseFindings } from '../test/support/false-findings.ts';
import { testRandom } from '../test/support/ports.ts';
import { explainedBy } from '../test/support/provider-world.ts';
import type { MadeFinding } from '../test/support/true-findings.ts';
import { goodAnswer } from './support/good-model.ts';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'openai,anthropic,azure,bedrock,compatible' },
    faults: { type: 'string', default: 'all' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const limits = 'first_text_ms: 700, stall_ms: 700, total_ms: 4000,';
/** As with a model of some hundred tokens per second. */
const pace = { pieceLength: 20, pauseMs: 10 };
const second: FakeKind = 'ollama';

interface Fault {
  readonly script: Script;
  /** Sentences that were written and must not be shown. */
  readonly lies: string[];
}

const truth = (request: FakeRequest): Step[] => answering(goodAnswer(request.text, seed).text, pace);
const cutAt = (request: FakeRequest, share: number): Step[] => {
  const steps = truth(request);
  return steps.slice(0, Math.floor(steps.length * share));
};

/** One finding of an answer is replaced by a lie of that name, made as for the validator's own proof. */
function lying(lie: string): () => Fault {
  return () => {
    const lies: string[] = [];
    const script: Script = (request) => {
      for (let trial = seed; ; trial++) {
        const answer = answerWithLie(request.text, lie, trial);
        if (answer.lie === null && trial < seed + 50) continue;
        if (answer.lie !== null) lies.push(answer.lie);
        return answering(answer.text, pace);
      }
    };
    return { script, lies };
  };
}

function answerWithLie(prompt: string, name: string, trial: number): { readonly text: string; readonly lie: string | null } {
  const random = testRandom(trial);
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random.uniform() * options.length)] as T;
  let told: string | null = null;
  const change = (made: MadeFinding, story: Story): MadeFinding[] => {
    const lie = told === null ? falseFindings(story, made, pick).find((each) => each.lie === name) : undefined;
    if (lie !== undefined) told = lie.sentence;
    return [lie ?? made];
  };
  const { text } = goodAnswer(prompt, trial, change);
  return { text, lie: told };
}

const misbehaving = (script: Script) => (): Fault => ({ script, lies: [] });
const faults: Readonly<Record<string, () => Fault>> = {
  none: misbehaving(truth),
  'hangs before headers': misbehaving(() => [{ do: 'hang' }]),
  'hangs after headers': misbehaving(() => [{ do: 'open' }, { do: 'hang' }]),
  'stalls mid-stream': misbehaving((request) => [...cutAt(request, 0.6), { do: 'hang' }]),
  trickles: misbehaving((request) => answering(goodAnswer(request.text, seed).text, { pieceLength: 6, pauseMs: 100 })),
  'answers 429': misbehaving(() => [{ do: 'status', status: 429, headers: { 'retry-after': '1' } }]),
  'answers 500': misbehaving(() => [{ do: 'status', status: 500 }]),
  'dies mid-stream': misbehaving((request) => [...cutAt(request, 0.6), { do: 'die' }]),
  'error in the stream': misbehaving((request) => [...cutAt(request, 0.6), { do: 'error', error: 'overloaded' }, { do: 'end' }]),
  'garbage bytes': misbehaving((request) => [
    ...cutAt(request, 0.4),
    { do: 'bytes', bytes: Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 251) },
    { do: 'end' },
  ]),
  'prose for JSON': misbehaving(() => answering('I am sorry, there is nothing to say about this login.', pace)),
  HTML: misbehaving(() => [{ do: 'page', status: 200, contentType: 'text/html', body: '<html><body>Sign in to the proxy</body></html>' }]),
  'an unknown id': lying('unknown evidence'),
  'the wrong sign': lying('sign'),
  'a negated truth': lying('negated'),
  'another unit': lying('unit'),
};

interface Outcome {
  readonly firstMs: number | null;
  readonly lastMs: number;
  readonly calls: number;
  readonly ends: string;
  readonly tokens: string;
  readonly shown: number;
  readonly dropped: string;
  readonly origin: string;
  readonly problems: readonly string[];
}

async function outcomeOf(kinds: readonly FakeKind[], make: () => Fault): Promise<Outcome> {
  const fault = make();
  const ends = new Map<string, number>();
  const droppedRules = new Map<string, number>();
  let firstMs: number | null = null;
  const meter: ExplainMeter = {
    ...silentMeter,
    asked: ({ end }) => void ends.set(end, (ends.get(end) ?? 0) + 1),
    dropped: (_model, rule, count) => void droppedRules.set(rule, (droppedRules.get(rule) ?? 0) + count),
    firstFinding: (_tier, afterMs) => (firstMs ??= afterMs),
  };
  const scripts = kinds.map((kind, i) => [kind, i === 0 ? fault.script : truth] as const);
  const run = await explainedBy(scripts, farAway, { limits, meter, onProblem: () => undefined });
  try {
    const body = await finalOf(run.world, run.id);
    const broken = await faultOf(run.world, run.id);
    const shown = [...body.findings, ...body.reassuring].filter(({ origin }) => origin === 'model');
    const refused = run.servers.flatMap(({ refusals }) => refusals.map(({ message }) => `the fake refused a request: ${message}`));
    const problems = [...(broken === null ? [] : [broken]), ...refused];
    for (const lie of fault.lies) if (shown.some(({ written }) => written === lie)) problems.push(`a lie was shown: ${lie}`);
    if (fault.lies.length > 0 && droppedRules.size === 0) problems.push('a lie was told and nothing dropped');
    if (kinds.length > 1 && shown.length === 0) problems.push('the second provider told nothing');
    const { tokens, cause, calls } = body.provenance ?? { tokens: { input: 0, output: 0 }, cause: null, calls: 0 };
    return {
      firstMs,
      lastMs: run.elapsedMs,
      calls,
      ends: counted(ends),
      tokens: `${tokens.input}/${tokens.output}`,
      shown: shown.length,
      dropped: counted(droppedRules),
      origin: cause === null ? body.origin : `${body.origin}, ${cause}`,
      problems,
    };
  } finally {
    await run.close();
  }
}

function counted(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0 ? '-' : [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ');
}

const columns = [
  ['wire', 10],
  ['fault', 21],
  ['first ms', 9],
  ['last ms', 8],
  ['calls', 38],
  ['tokens in/out', 14],
  ['shown', 6],
  ['dropped by rule', 26],
  ['last word', 22],
] as const;

function row(cells: readonly string[]): string {
  return `${cells.map((cell, i) => cell.padEnd(columns[i]?.[1] ?? 0)).join(' ')}\n`;
}

function cellsOf(kind: string, fault: string, outcome: Outcome): string[] {
  const { firstMs, lastMs, calls, ends, tokens, shown, dropped, origin } = outcome;
  return [kind, fault, firstMs?.toFixed(0) ?? '-', lastMs.toFixed(0), `${calls}: ${ends}`, tokens, String(shown), dropped, origin];
}

const kinds = values.kinds.split(',');
const unknown = kinds.find((kind) => !(fakeKinds as readonly string[]).includes(kind));
const chosen = values.faults === 'all' ? Object.keys(faults) : values.faults.split(',');
const strange = chosen.find((name) => faults[name] === undefined);
if (unknown !== undefined || strange !== undefined) {
  process.stderr.write(`--kinds takes ${fakeKinds.join(', ')}; --faults takes ${Object.keys(faults).join(', ')}.\n`);
  process.exit(2);
}
let broken = 0;
// Once before, for what is loaded and compiled once.
for (const kind of [...(kinds as FakeKind[]), second]) await outcomeOf([kind], faults['none'] as () => Fault);
for (const [title, withSecond] of [
  ['alone: whatever it does, the case has its last word', false],
  [`with a second provider (${second}) that works`, true],
] as const) {
  process.stdout.write(`\n${title}\n${row(columns.map(([name]) => name))}`);
  for (const kind of kinds as FakeKind[]) {
    const asked = withSecond ? [kind, second] : [kind];
    // Most of the time is waiting, so the faults of one wire are tried side by side.
    const outcomes = await Promise.all(chosen.map((name) => outcomeOf(asked, faults[name] as () => Fault)));
    for (const [i, outcome] of outcomes.entries()) {
      process.stdout.write(row(cellsOf(kind, chosen[i] as string, outcome)));
      for (const problem of outcome.problems) process.stdout.write(`  BROKEN: ${problem}\n`);
      broken += outcome.problems.length;
    }
  }
}
process.stdout.write(
  broken === 0 ? '\nEvery case had exactly one last word, and no lie was in it.\n' : `\n${broken} promises were broken.\n`,
);
process.exitCode = broken === 0 ? 0 : 1;
