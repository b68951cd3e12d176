// Answers of models as they came, in a file beside the page, so that an evaluation that was stopped goes on where it was, and one with other
// checks or measures costs nothing. A line is an answer; what cannot be read is not there. They hold no name of anybody, as prompts do not.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { TokenUsage } from '../../ports/case/explainer-model.ts';

/** A whole answer; what was cut or refused a connection is asked again. */
export interface KeptText {
  readonly text: string;
  readonly finish: 'stop' | 'limit' | 'refused';
  /** Null where the provider counted nothing. */
  readonly usage: TokenUsage | null;
  /** Null where no text came. */
  readonly firstTextMs: number | null;
  readonly elapsedMs: number;
}

export interface KeptTexts {
  get(key: string): KeptText | null;
  put(key: string, kept: KeptText): void;
}

/** Throws when the file is there and cannot be read, or cannot be written. */
export function openKeptTexts(file: string): KeptTexts {
  const kept = new Map<string, KeptText>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of lines) {
    const read = lineOf(line);
    if (read !== null) kept.set(read.key, read);
  }
  return {
    get: (key) => kept.get(key) ?? null,
    put(key, one) {
      kept.set(key, one);
      appendFileSync(file, `${JSON.stringify({ key, ...one })}\n`);
    },
  };
}

function lineOf(line: string): (KeptText & { readonly key: string }) | null {
  try {
    const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const { key, text, finish, usage, firstTextMs, elapsedMs } = value;
    if (typeof key !== 'string' || typeof text !== 'string' || !isCount(elapsedMs)) return null;
    if (finish !== 'stop' && finish !== 'limit' && finish !== 'refused') return null;
    if ((firstTextMs !== null && !isCount(firstTextMs)) || (usage !== null && !isUsage(usage))) return null;
    return { key, text, finish, usage, firstTextMs, elapsedMs };
  } catch {
    // The last line of a run that was cut.
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isUsage(value: unknown): value is TokenUsage {
  if (typeof value !== 'object' || value === null) return false;
  const usage = value as Readonly<Record<string, unknown>>;
  return ['input', 'cacheRead', 'cacheWrite', 'output'].every((name) => isCount(usage[name]));
}
