// Compiles the `when` of a rule: CEL, type-checked against the declared variables, with every function that may be called
// named here. Not on the list are `matches` (a regular expression can take seconds), `cel.bind`, `map` and `filter` (nested,
// they build exponentially large values) and everything that leaves the type check behind (`dyn`, `type`).
//
// Cost is bounded before the first request: by the size of the tree, by one level of iteration, and by a measured run.
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { RuleEffect, RuleInput } from '../../domain/policy/document.ts';
import { parseIpRange, parseIpWords, rangeContains } from '../../domain/policy/ip-range.ts';
import type { Clock } from '../../ports/clock.ts';
import { childNodes, directionProblem } from './direction.ts';
import { Client, Device, RuleView, User, variables } from './rule-view.ts';
import { vocabularyProblem } from './vocabulary.ts';

export const expressionCharactersMax = 2000;
/** A list of two hundred countries and a few conditions fit; at about 30 ns a node this is some 10 microseconds. */
const astNodesMax = 400;
/** A rule that takes longer on a large attempt is refused. Usual rules take a hundredth; the rest is room for a busy machine. */
const evaluationMsMax = 0.25;

const iterations = new Set(['all', 'exists', 'exists_one']);
const callable = new Set([
  ...iterations,
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'lowerAscii',
  'upperAscii',
  'int',
  'double',
  'string',
  'timestamp',
  'duration',
  'getHours',
  'getMinutes',
  'getDayOfWeek',
  'getDate',
  'getMonth',
  'getFullYear',
  'inRange',
  'hourIn',
  'weekdayIn',
]);

/** The part of a clock that measures a run. */
export type Stopwatch = Pick<Clock, 'monotonicMs'>;

/** Every function that an expression may call, for the manual page. */
export const functionNames: readonly string[] = [...callable];

export type Expression =
  | { readonly ok: true; readonly holds: (input: RuleInput) => boolean }
  | { readonly ok: false; readonly problem: string };

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** One formatter per zone that some loaded expression names; making one costs fifty microseconds. */
const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = zoneFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
    if (zoneFormats.size < 64) zoneFormats.set(zone, format);
  }
  return format;
}

function partIn(at: Date, zone: string, type: 'hour' | 'weekday'): string {
  return (
    zoneFormat(zone)
      .formatToParts(at)
      .find((part) => part.type === type)?.value ?? ''
  );
}

const ranges = new Map<string, ReturnType<typeof parseIpRange>>();

function inRange(ip: string, text: string): boolean {
  let parsed = ranges.get(text);
  if (parsed === undefined) {
    parsed = parseIpRange(text);
    if (ranges.size < 1024) ranges.set(text, parsed);
  }
  const words = parseIpWords(ip);
  return parsed !== null && words !== null && rangeContains(parsed.range, words);
}

function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: astNodesMax, maxDepth: 24, maxListElements: 256, maxMapEntries: 0, maxCallArguments: 3 },
  })
    .registerType('User', { ctor: User, fields: { id: 'string', roles: 'list<string>', mfa_enrolled: 'bool', mfa_known: 'bool' } })
    .registerType('Device', { ctor: Device, fields: { id: 'string' } })
    .registerType('Client', { ctor: Client, fields: { id: 'string' } })
    .registerFunction('string.inRange(string): bool', inRange)
    .registerFunction('google.protobuf.Timestamp.hourIn(string): int', (at: Date, zone: string) => BigInt(partIn(at, zone, 'hour')))
    .registerFunction('google.protobuf.Timestamp.weekdayIn(string): int', (at: Date, zone: string) =>
      BigInt(weekdays.indexOf(partIn(at, zone, 'weekday'))),
    );
  for (const [name, type] of variables) environment.registerVariable(name, type);
  return environment;
}

const environment = createEnvironment();

/** A literal argument is checked at load, because at run time a wrong one could only fail to hold. */
function argumentProblem(name: string, argument: ASTNode | undefined): string | null {
  const text = argument?.op === 'value' && typeof argument.args === 'string' ? argument.args : null;
  if (text === null) return `${name}() takes a literal text`;
  if (name === 'inRange') return parseIpRange(text)?.exact === true ? null : `${JSON.stringify(text)} is not an address range`;
  try {
    zoneFormat(text);
    return null;
  } catch {
    return `${JSON.stringify(text)} is not a time zone`;
  }
}

function callProblem(name: string, args: readonly ASTNode[], iterating: boolean): string | null {
  if (!callable.has(name)) return `${name}() may not be used`;
  if (iterating && iterations.has(name)) return `${name}() may not be nested`;
  if (name.startsWith('get') && args.length > 0) return `${name}() takes no time zone here; use hourIn or weekdayIn`;
  if (name === 'inRange' || name.endsWith('In')) return argumentProblem(name, args[0]);
  const variable = iterations.has(name) && args[0]?.op === 'id' ? args[0].args : null;
  return variables.some(([declared]) => declared === variable) ? `${name}() may not hide the variable ${variable}` : null;
}

function callsProblem(node: ASTNode, iterating: boolean): string | null {
  let inside = iterating;
  if (node.op === 'call' || node.op === 'rcall') {
    const name = node.args[0];
    const args = node.op === 'call' ? node.args[1] : node.args[2];
    const problem = callProblem(name, args, iterating);
    if (problem !== null) return problem;
    inside = iterating || iterations.has(name);
  }
  for (const child of childNodes(node)) {
    const problem = callsProblem(child, inside);
    if (problem !== null) return problem;
  }
  return null;
}

/** As large as an attempt can be made by its sender, so that the measured cost is an upper one. */
const largeInput: RuleInput = {
  score: 0.5,
  level: 'low',
  sensitivity: 'normal',
  decidedBy: 'model',
  degraded: false,
  codes: Array.from({ length: 12 }, (_, index) => `SOME_REASON_${index}`),
  context: {
    userId: 'u'.repeat(256),
    roles: Array.from({ length: 32 }, (_, index) => `role-${index}`.padEnd(64, 'x')),
    mfaEnrolled: null,
    ip: '2001:db8:1:2:3:4:5:6',
    asn: 64_500,
    asnClass: 'unknown',
    country: 'ZZ',
    deviceId: 'd'.repeat(256),
    method: 'password',
    result: 'success',
    breached: null,
    clientId: 'c'.repeat(256),
    sensitivity: 'normal',
    lists: ['tor', 'vpn', 'proxy', 'relay', 'hosting', 'cdn', 'blocklist'],
    occurredAtMs: 1_767_225_600_000,
  },
};

/** Least mean of several short runs: another process on the machine can only make one of them look slower. */
function evaluationMs(run: () => unknown, clock: Stopwatch): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 4; round++) {
    const fromMs = clock.monotonicMs();
    for (let repeat = 0; repeat < 8; repeat++) run();
    least = Math.min(least, (clock.monotonicMs() - fromMs) / 8);
  }
  return least;
}

function summary(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** Never throws. `onFailure` is told each time the expression fails at run time, which counts as not holding. */
export function compileExpression(text: string, effect: RuleEffect, clock: Stopwatch, onFailure: (problem: string) => void): Expression {
  if (text.length > expressionCharactersMax) return { ok: false, problem: `it is longer than ${expressionCharactersMax} characters` };
  try {
    const parsed = environment.parse(text);
    const problem = callsProblem(parsed.ast, false);
    if (problem !== null) return { ok: false, problem };
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problem: summary(checked.error) };
    if (checked.type !== 'bool') return { ok: false, problem: `it gives ${checked.type}, not bool` };
    const meaning = vocabularyProblem(parsed.ast) ?? directionProblem(parsed.ast, effect);
    if (meaning !== null) return { ok: false, problem: meaning };
    const holds = guarded(parsed, onFailure);
    const tookMs = evaluationMs(() => quietly(parsed), clock);
    return tookMs > evaluationMsMax
      ? { ok: false, problem: `it takes ${Math.round(tookMs * 1000)} µs, more than ${evaluationMsMax * 1000}` }
      : { ok: true, holds };
  } catch (error) {
    return { ok: false, problem: summary(error) };
  }
}

function quietly(parsed: (view: RuleView) => unknown): void {
  try {
    parsed(new RuleView(largeInput));
  } catch {
    // Only its cost is wanted; whether it fails on this made-up attempt means nothing.
  }
}

function guarded(parsed: (view: RuleView) => unknown, onFailure: (problem: string) => void): (input: RuleInput) => boolean {
  return (input) => {
    try {
      return parsed(viewOf(input)) === true;
    } catch (error) {
      onFailure(summary(error));
      return false;
    }
  };
}

// All rules of one decision ask about the same input, one after another: one remembered view serves them all.
let lastInput: RuleInput | null = null;
let lastView: RuleView = new RuleView(largeInput);

function viewOf(input: RuleInput): RuleView {
  if (input !== lastInput) {
    lastInput = input;
    lastView = new RuleView(input);
  }
  return lastView;
}
