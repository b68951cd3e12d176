// What the log tells of a case, and what is learnt of it when the work goes on after a break:
//
//   template         the body of the template's explanation; always the first
//   finding          a finding as it validates, and at the end those that the template adds
//   finding_dropped  how many of a model's findings were not shown, by rule
//   asked            a call is over: which model, how it ended, tokens, money
//   done             the last: which version of the stored explanations it is, and what it cost
import type { JsonValue } from '../../domain/json.ts';
import type { NewTelling, Telling } from '../../ports/explanation-log.ts';
import {
  addTokens,
  type ExplanationBody,
  fieldsOf,
  noTokens,
  numberOf,
  readToldFinding,
  type ToldFinding,
  type Tokens,
  tokensOf,
  writeBody,
} from './body.ts';
import type { AskEnd } from './meter.ts';

export function templateTelling(body: ExplanationBody, atMs: number): NewTelling {
  return { key: 'template', kind: 'template', body: writeBody(body), atMs };
}

export function findingTelling(finding: ToldFinding, atMs: number): NewTelling {
  return { key: `finding/${finding.id}`, kind: 'finding', body: JSON.stringify(finding), atMs };
}

/** What one call did for one case. */
export interface AskedPart {
  readonly model: string;
  readonly end: AskEnd;
  readonly tokens: Tokens;
  /** Null where the model has no price. */
  readonly money: number | null;
  readonly dropped: Readonly<Record<string, number>>;
}

/** `call` names the call, so that one that is reported twice counts once. */
export function askedTellings({ dropped, ...asked }: AskedPart, call: string, atMs: number): NewTelling[] {
  const tellings = [{ key: `asked/${call}`, kind: 'asked', body: JSON.stringify(asked), atMs }];
  if (Object.keys(dropped).length === 0) return tellings;
  const body = JSON.stringify({ model: asked.model, rules: dropped });
  return [{ key: `dropped/${call}`, kind: 'finding_dropped', body, atMs }, ...tellings];
}

/** How the telling ends, whoever began it: findings that were not told yet, and the last word. */
export function lastTellings(body: ExplanationBody, version: number, atMs: number): NewTelling[] {
  const { origin, provenance } = body;
  const said = {
    version,
    origin,
    models: provenance?.models ?? [],
    promptVersion: provenance?.promptVersion ?? null,
    tokens: provenance?.tokens ?? noTokens,
    money: provenance?.money ?? null,
    calls: provenance?.calls ?? 0,
    cause: provenance?.cause ?? null,
    nextChecks: body.nextChecks,
  };
  const added = origin === 'template' ? [] : [...body.findings, ...body.reassuring];
  return [...added.map((finding) => findingTelling(finding, atMs)), { key: 'done', kind: 'done', body: JSON.stringify(said), atMs }];
}

/** What earlier attempts have told and spent. */
export interface Course {
  /** A model's findings that were shown: they stay. */
  readonly findings: readonly ToldFinding[];
  readonly tokens: Tokens;
  readonly money: number | null;
  readonly calls: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What cannot be read was written by another version, and is left out. */
export function courseOf(tellings: readonly Pick<Telling, 'kind' | 'body'>[]): Course {
  const findings: ToldFinding[] = [];
  const dropped: Record<string, number> = {};
  let tokens = noTokens;
  let money: number | null = null;
  let calls = 0;
  for (const { kind, body } of tellings) {
    const value = jsonOf(body);
    if (kind === 'finding') {
      const finding = readToldFinding(value);
      if (finding?.origin === 'model') findings.push(finding);
    } else if (kind === 'asked') {
      const asked = askedOf(value);
      if (asked === null) continue;
      tokens = addTokens(tokens, asked.tokens);
      money = asked.money === null ? money : (money ?? 0) + asked.money;
      calls++;
    } else if (kind === 'finding_dropped') for (const [rule, count] of droppedOf(value)) dropped[rule] = (dropped[rule] ?? 0) + count;
  }
  return { findings, tokens, money, calls, dropped };
}

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

function askedOf(value: JsonValue): Pick<AskedPart, 'tokens' | 'money'> | null {
  try {
    const { tokens, money } = fieldsOf(value);
    return { tokens: tokensOf(tokens), money: money === null ? null : numberOf(money) };
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
