// Explanations of a case as they are stored: numbered versions, of which at most one is final, for ever.
//
// The work that writes them is done at least once, so the same version may arrive twice: its key says that it is the same. A final
// one ends the matter; whatever a second worker still brings is refused, so that two analysts never read two last words.

export const explanationSources = ['template', 'model'] as const;
export type ExplanationSource = (typeof explanationSources)[number];

export interface NewExplanation {
  readonly source: ExplanationSource;
  /** The same key again is the same explanation, for instance job and attempt. */
  readonly key: string;
  readonly final: boolean;
  /** JSON text in the form of whoever explains; the store does not look into it. */
  readonly body: string;
  readonly atMs: number;
}

export interface StoredExplanation extends NewExplanation {
  /** 1, 2, 3 within a case. */
  readonly version: number;
}

export const explanationBytesMax = 64 * 1024;
/** A worker that loops must not fill the disk; the highest honest count is a handful of attempts with a handful of parts each. */
export const explanationVersionsMax = 64;

export type ExplanationStep =
  | { readonly kind: 'store'; readonly version: number }
  | { readonly kind: 'already'; readonly version: number }
  | { readonly kind: 'final_exists'; readonly version: number }
  | { readonly kind: 'too_many' };

/** What becomes of a new one beside those that are there, oldest first. The last place is kept for a final one. */
export function stepToExplain(
  existing: readonly { readonly version: number; readonly key: string; readonly final: boolean }[],
  made: NewExplanation,
): ExplanationStep {
  const same = existing.find((other) => other.key === made.key);
  if (same !== undefined) return { kind: 'already', version: same.version };
  const final = existing.find((other) => other.final);
  if (final !== undefined) return { kind: 'final_exists', version: final.version };
  const version = (existing.at(-1)?.version ?? 0) + 1;
  if (version > explanationVersionsMax || (version === explanationVersionsMax && !made.final)) return { kind: 'too_many' };
  return { kind: 'store', version };
}

/** What an analyst thinks of an explanation or of one finding in it. Kept for evaluation; it never changes a verdict. */
export interface Feedback {
  readonly caseId: string;
  /** The version that was read. */
  readonly version: number;
  /** Null: the case as a whole. */
  readonly finding: string | null;
  readonly by: string;
  readonly opinion: Opinion;
  readonly comment: string;
  readonly atMs: number;
}

export const opinions = ['useful', 'useless', 'wrong'] as const;
export type Opinion = (typeof opinions)[number];
