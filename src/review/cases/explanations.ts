// The stored explanations of a case as they are shown. Their bodies are JSON that some version of this service wrote; what cannot be read is
// shown as missing, never guessed at.
import type { ExplanationSource, StoredExplanation } from '../../domain/case/explanation.ts';
import { type ExplanationBody, readBody } from '../explain/told/body.ts';

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
    body: readBody(body),
  }));
}
