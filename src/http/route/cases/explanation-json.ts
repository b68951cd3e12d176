// Explanations as JSON in the words of the wire, the same where they are read and where they are followed. Every field that leaves is named
// here; what cannot be read is said to be unreadable.
import { type NextCheckId, nextCheckIds } from '../../../domain/explanation/next-checks.ts';
import type { Wording } from '../../../domain/explanation/wording.ts';
import type { JsonValue } from '../../../domain/json.ts';
import type { Telling } from '../../../ports/case/explanation-log.ts';
import type { ShownExplanation } from '../../../review/cases/explanations.ts';
import {
  type ExplanationBody,
  fieldsOf,
  numberOf,
  type Provenance,
  readBody,
  readToldFinding,
  textOf,
  type ToldFinding,
  tokensOf,
  type Tokens,
} from '../../../review/explain/told/body.ts';

export function explanationDocument({ version, source, final, atMs, body }: ShownExplanation, words: Wording): object {
  return { version, source, final, at: new Date(atMs).toISOString(), body: body === null ? null : bodyDocument(body, words) };
}

function bodyDocument(body: ExplanationBody, words: Wording): object {
  return {
    language: body.language,
    headline: body.headline,
    findings: body.findings.map(findingDocument),
    reassuring: body.reassuring.map(findingDocument),
    unknown: body.unknown.map(({ signals, sentence }) => ({ signals, sentence })),
    next_checks: checksDocument(body.nextChecks, words),
    origin: body.origin,
    provenance: body.provenance === null ? null : provenanceDocument(body.provenance),
  };
}

function findingDocument(finding: ToldFinding): object {
  return {
    id: finding.id,
    code: finding.code,
    codes: finding.codes,
    evidence_ids: finding.evidenceIds,
    direction: finding.direction,
    strength: finding.strength,
    sentence: finding.sentence,
    origin: finding.origin,
    model: finding.model,
  };
}

/** In the language of this service. A check of another version has no text. */
function checksDocument(ids: readonly string[], words: Wording): object[] {
  return ids.map((id) => ({ id, text: isCheck(id) ? words.say(`check.${id}`) : null }));
}

function isCheck(id: string): id is NextCheckId {
  return (nextCheckIds as readonly string[]).includes(id);
}

function provenanceDocument(made: Provenance): object {
  return {
    models: made.models,
    prompt_version: made.promptVersion,
    tokens: tokensDocument(made.tokens),
    money: made.money,
    calls: made.calls,
    calls_estimated: made.callsEstimated,
    attempts: made.attempts,
    dropped: made.dropped,
    shared: made.shared,
    cause: made.cause,
  };
}

function tokensDocument({ input, cacheRead, cacheWrite, output }: Tokens): object {
  return { input, cache_read: cacheRead, cache_write: cacheWrite, output };
}

/** What an event of the stream carries, as JSON on one line. */
export function tellingData({ kind, body }: Pick<Telling, 'kind' | 'body'>, words: Wording): string {
  const document = tellingDocument(kind, body, words);
  return document === null ? '{"unreadable":true}' : JSON.stringify(document);
}

/** See tellings.ts of whoever explains. Null for what this version did not write. */
function tellingDocument(kind: string, body: string, words: Wording): object | null {
  if (kind === 'template') {
    const read = readBody(body);
    return read === null ? null : bodyDocument(read, words);
  }
  try {
    const value = JSON.parse(body) as JsonValue;
    if (kind === 'finding') {
      const finding = readToldFinding(value);
      return finding === null ? null : findingDocument(finding);
    }
    if (kind === 'finding_dropped') return droppedDocument(value);
    if (kind === 'asking') return costDocument(value);
    if (kind === 'asked') return askedDocument(value);
    return kind === 'done' ? doneDocument(value, words) : null;
  } catch {
    return null;
  }
}

function droppedDocument(value: JsonValue): object {
  const { model, rules } = fieldsOf(value);
  const counts = Object.entries(fieldsOf(rules)).map(([rule, count]) => [rule, numberOf(count)] as const);
  return { model: textOf(model), rules: Object.fromEntries(counts) };
}

function costDocument(value: JsonValue): object {
  const { model, tokens, money } = fieldsOf(value);
  return { model: textOf(model), tokens: tokensDocument(tokensOf(tokens)), money: orNull(money, numberOf) };
}

function askedDocument(value: JsonValue): object {
  const { end, estimated } = fieldsOf(value);
  return { ...costDocument(value), end: textOf(end), estimated: estimated === true };
}

function doneDocument(value: JsonValue, words: Wording): object {
  const said = fieldsOf(value);
  return {
    version: numberOf(said['version']),
    origin: textOf(said['origin']),
    models: textsOf(said['models']),
    prompt_version: orNull(said['promptVersion'], textOf),
    tokens: tokensDocument(tokensOf(said['tokens'])),
    money: orNull(said['money'], numberOf),
    calls: numberOf(said['calls']),
    calls_estimated: numberOf(said['callsEstimated'] ?? 0),
    cause: orNull(said['cause'], textOf),
    next_checks: checksDocument(textsOf(said['nextChecks']), words),
  };
}

function orNull<T>(value: JsonValue | undefined, read: (value: JsonValue) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}

function textsOf(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return (value as readonly JsonValue[]).map(textOf);
}
