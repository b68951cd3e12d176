// What the log tells of a case, and what is learnt of it when the work goes on after a break:
//
//   template         the body of the template's explanation; always the first
//   finding          a finding as it validates, and at the end those that the template adds
//   finding_dropped  how many of a model's findings were not shown, by rule
//   asking           a call begins: which model, and what its prompt costs by the look of it
//   asked            a call is over: which model, how it ended, tokens, money
//   done             the last: which version of the stored explanations it is, and what it cost
import { lastKind } from '../../../domain/case/telling.ts';
import type { JsonValue } from '../../../domain/json.ts';
import type { NewTelling, Telling } from '../../../ports/case/explanation-log.ts';
import {
  addTokens,
  type ExplanationBody,
  fieldsOf,
  noTokens,
  numberOf,
  readToldFinding,
  textOf,
  type ToldFinding,
  type Tokens,
  tokensOf,
  writeBody,
} from './body.ts';
import type { AskEnd } from '../meter.ts';

export function templateTelling(body: ExplanationBody, atMs: number): NewTelling {
  return { key: 'template', kind: 'template', body: writeBody(body), atMs };
}

export function findingTelling(finding: ToldFinding, atMs: number): NewTelling {
  return { key: `finding/${finding.id}`, kind: 'finding', body: JSON.stringify(finding), atMs };
}

/** What a call costs for one case. */
export interface CallCost {
  readonly model: string;
  readonly tokens: Tokens;
  /** Null where the model has no price. */
  readonly money: number | null;
}

/** What one call did for one case. */
export interface AskedPart extends CallCost {
  readonly end: AskEnd;
  /** The provider did not count it, or not to its end: told by the length of what went to and fro. */
  readonly estimated: boolean;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Before a call that may be cut with its process: a provider bills what it was sent, and nobody may be left to say so. */
export function askingTelling(cost: CallCost, call: string, atMs: number): NewTelling {
  return { key: `asking/${call}`, kind: 'asking', body: JSON.stringify({ ...cost, call }), atMs };
}

/** `call` names the call, so that one that is reported twice counts once. */
export function askedTellings({ dropped, ...asked }: AskedPart, call: string, atMs: number): NewTelling[] {
  const tellings = [{ key: `asked/${call}`, kind: 'asked', body: JSON.stringify({ ...asked, call }), atMs }];
  if (Object.keys(dropped).length === 0) return tellings;
  const body = JSON.stringify({ model: asked.model, rules: dropped });
  return [{ key: `dropped/${call}`, kind: 'finding_dropped', body, atMs }, ...tellings];
}

/** How the telling ends, whoever began it: findings that were not told yet, and the last word. */
export function lastTellings(body: ExplanationBody, version: number, atMs: number): NewTelling[] {
  const added = body.origin === 'template' ? [] : [...body.findings, ...body.reassuring];
  return [...added.map((finding) => findingTelling(finding, atMs)), lastTelling(body, version, atMs)];
}

/** Null: the case has no explanation, because even the template could not tell it. */
export function lastTelling(body: ExplanationBody | null, version: number, atMs: number): NewTelling {
  const provenance = body?.provenance ?? null;
  const said = {
    version,
    origin: body?.origin ?? 'template',
    models: provenance?.models ?? [],
    promptVersion: provenance?.promptVersion ?? null,
    tokens: provenance?.tokens ?? noTokens,
    money: provenance?.money ?? null,
    calls: provenance?.calls ?? 0,
    callsEstimated: provenance?.callsEstimated ?? 0,
    cause: provenance?.cause ?? null,
    nextChecks: body?.nextChecks ?? [],
  };
  return { key: lastKind, kind: lastKind, body: JSON.stringify(said), atMs };
}

/** What earlier attempts have told and spent. */
export interface Course {
  /** A model's findings that were shown: they stay. */
  readonly findings: readonly ToldFinding[];
  readonly tokens: Tokens;
  readonly money: number | null;
  /** Those that were cut with their process included. */
  readonly calls: number;
  readonly callsEstimated: number;
  /** Names that calls were given, also those that were then not made: the next one needs another. */
  readonly named: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What was suspended a moment before it was to be made was none. */
export function isCall({ end }: { readonly end: string }): boolean {
  return end !== 'suspended';
}

/** A call more. */
export function withCall<T extends Pick<Course, 'tokens' | 'money' | 'calls' | 'callsEstimated'>>(
  course: T,
  call: Pick<AskedPart, 'tokens' | 'money' | 'estimated'>,
): T {
  const { tokens, money, calls, callsEstimated } = course;
  return {
    ...course,
    tokens: addTokens(tokens, call.tokens),
    money: call.money === null ? money : (money ?? 0) + call.money,
    calls: calls + 1,
    callsEstimated: callsEstimated + (call.estimated ? 1 : 0),
  };
}

/** What cannot be read was written by another version, and is left out. */
export function courseOf(tellings: readonly Pick<Telling, 'kind' | 'body'>[]): Course {
  const findings: ToldFinding[] = [];
  const dropped: Record<string, number> = {};
  const open = new Map<string, Called>();
  const named = new Set<string>();
  let course: Omit<Course, 'named'> = { findings, tokens: noTokens, money: null, calls: 0, callsEstimated: 0, dropped };
  for (const { kind, body } of tellings) {
    const value = jsonOf(body);
    if (kind === 'finding') {
      const finding = readToldFinding(value);
      if (finding?.origin === 'model') findings.push(finding);
    } else if (kind === 'asking' || kind === 'asked') {
      const called = calledOf(value);
      if (called === null) continue;
      named.add(called.call);
      if (kind === 'asking') open.set(called.call, called);
      else {
        open.delete(called.call);
        if (called.isMade) course = withCall(course, called);
      }
    } else if (kind === 'finding_dropped') for (const [rule, count] of droppedOf(value)) dropped[rule] = (dropped[rule] ?? 0) + count;
  }
  for (const cut of open.values()) course = withCall(course, { ...cut, estimated: true });
  // Before calls had names they were counted alone.
  return { ...course, named: Math.max(named.size, course.calls) };
}

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

interface Called extends Pick<AskedPart, 'tokens' | 'money' | 'estimated'> {
  /** Empty in what was written before calls had names. */
  readonly call: string;
  /** See `isCall`. */
  readonly isMade: boolean;
}

function calledOf(value: JsonValue): Called | null {
  try {
    const { tokens, money, estimated, call, end } = fieldsOf(value);
    return {
      call: call === undefined ? '' : textOf(call),
      tokens: tokensOf(tokens),
      money: money === null ? null : numberOf(money),
      estimated: estimated === true,
      isMade: isCall({ end: end === undefined ? '' : textOf(end) }),
    };
  } catch {
    return null;
  }
}

function droppedOf(value: JsonValue): (readonly [string, number])[] {
  try {
    return Object.entries(fieldsOf(fieldsOf(value)['rules'])).map(([rule, count]) => [rule, numberOf(count)] as const);
  } catch {
    return [];
  }
}
