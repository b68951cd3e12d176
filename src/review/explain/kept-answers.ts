// Answers that were whole, kept by what they are an answer to, so that the same story reads the same twice and is paid for once. Handles
// are not resolved in them: they hold no name of anybody.
//
// In memory and bounded. After a restart they are asked for again, which the hourly budget bounds; kept on disk they would have to be
// found and erased by somebody, for a few calls saved.
import type { Finding } from '../../domain/explanation/finding.ts';
import type { NextCheckId } from '../../domain/explanation/next-checks.ts';

export interface KeptAnswer {
  /** The operator's name for the model. */
  readonly model: string;
  /** With handles in their sentences. */
  readonly findings: readonly Finding[];
  readonly nextChecks: readonly NextCheckId[];
}

export interface KeptAnswers {
  get(key: string): KeptAnswer | null;
  put(key: string, answer: KeptAnswer): void;
  readonly bytes: number;
}

export interface KeptLimits {
  readonly answersMax: number;
  readonly bytesMax: number;
}

const usualLimits: KeptLimits = { answersMax: 20_000, bytesMax: 32 * 1024 * 1024 };

/** The one that was not used for longest makes room. */
export function createKeptAnswers(limits: KeptLimits = usualLimits): KeptAnswers {
  const kept = new Map<string, { readonly answer: KeptAnswer; readonly bytes: number }>();
  let bytes = 0;

  function forget(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }

  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return null;
      kept.delete(key);
      kept.set(key, found);
      return found.answer;
    },
    put(key, answer) {
      // UTF-16 in memory, twice the units.
      const size = 2 * (key.length + JSON.stringify(answer).length);
      forget(key);
      if (size > limits.bytesMax) return;
      kept.set(key, { answer, bytes: size });
      bytes += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.answersMax && bytes <= limits.bytesMax) break;
        forget(oldest);
      }
    },
    get bytes() {
      return bytes;
    },
  };
}
