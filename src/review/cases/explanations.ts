// The stored explanations of a case as they are shown. Their bodies are JSON that some version of this service wrote; what cannot be read is
// shown as missing, never guessed at.
import type { ExplanationSource, StoredExplanation } from '../../domain/case/explanation.ts';
import type { JsonValue } from '../../domain/json.ts';
import { parseStrictJson } from '../explanation/strict-json.ts';

export type ExplanationBody = { readonly [key: string]: JsonValue };

export interface ShownExplanation {
  readonly version: number;
  readonly source: ExplanationSource;
  readonly final: boolean;
  readonly atMs: number;
  /** Null where it cannot be read. */
  readonly body: ExplanationBody | null;
}

/** `stored` oldest first. The one that stands is first: the final one, or while there is none the newest. Then the others, newest first. */
export function standingFirst(stored: readonly StoredExplanation[]): ShownExplanation[] {
  const newestFirst = stored.toReversed();
  const standing = newestFirst.find((each) => each.final) ?? newestFirst[0];
  const others = newestFirst.filter((each) => each !== standing);
  return [...(standing === undefined ? [] : [standing]), ...others].map(({ version, source, final, atMs, body }) => ({
    version,
    source,
    final,
    atMs,
    body: bodyOf(body),
  }));
}

function bodyOf(text: string): ExplanationBody | null {
  const reading = parseStrictJson(text);
  return reading.ok && isObject(reading.value) ? reading.value : null;
}

function isObject(value: JsonValue | undefined): value is ExplanationBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What each finding of it is called, in order. */
export function findingNames(body: ExplanationBody | null): string[] {
  const lists = [body?.['findings'], body?.['reassuring']];
  return lists
    .flatMap((list) => (Array.isArray(list) ? (list as readonly JsonValue[]) : []))
    .map((finding) => (isObject(finding) ? finding['code'] : null))
    .filter((code) => typeof code === 'string');
}
