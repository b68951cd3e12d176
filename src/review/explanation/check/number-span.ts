// Which words of a sentence say what a number counts, and in which span of time.
import { endsClause, notionOf } from './sentence.ts';
import type { Token } from './tokens.ts';

export type Span = readonly [start: number, end: number];

/**
 * The words that say what a number counts. A count stands before its noun: "41 good logins from this network". A measure may stand behind
 * it: "a location error of 60 km". "0 of 41 good logins": the first takes the words of the second.
 */
export function spanOf(tokens: readonly Token[], number: number, isCount: boolean): Span {
  const stops = (i: number): boolean => {
    const token = tokens[i] as Token;
    return token.kind === 'number' || token.kind === 'vague' || endsClause(token) || (!isCount && token.kind === 'link');
  };
  let end = number;
  const partner = partnerOf(tokens, number);
  if (partner !== null) end = partner;
  while (end + 1 < tokens.length && !stops(end + 1)) end++;
  let start = number;
  const forward = hasNotion(tokens, number + 1, end);
  if (!isCount || !forward) while (start > 0 && !stops(start - 1)) start--;
  return [start, isWhole(tokens, number) ? beforePreposition(tokens, number, end) : end];
}

/** "N of (the|its|…) M": where M is. */
function partnerOf(tokens: readonly Token[], at: number): number | null {
  if (tokens[at + 1]?.text !== 'of') return null;
  for (let i = at + 2; i < Math.min(tokens.length, at + 6); i++) {
    const kind = (tokens[i] as Token).kind;
    if (kind === 'number') return i;
    if (kind !== 'general' && kind !== 'notion') return null;
  }
  return null;
}

/** M of "N of M". */
export function isWhole(tokens: readonly Token[], at: number): boolean {
  for (let i = at - 1; i >= Math.max(0, at - 5); i--) {
    const token = tokens[i] as Token;
    if (token.text === 'of') return i > 0 && (tokens[i - 1]?.kind === 'number' || tokens[i - 1]?.kind === 'negator');
    if (token.kind !== 'general' && token.kind !== 'notion') return false;
  }
  return false;
}

function beforePreposition(tokens: readonly Token[], at: number, end: number): number {
  for (let i = at + 1; i <= end; i++) {
    const token = tokens[i] as Token;
    if ((token.kind === 'link' && token.soft) || /^(from|by|on|came|were|was|have|has|used|show|shows|failed)$/.test(token.text))
      return i - 1;
  }
  return end;
}

function hasNotion(tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i <= to; i++) if (notionOf(tokens[i] as Token) !== null) return true;
  return false;
}

export function notionsIn(tokens: readonly Token[], [start, end]: Span): ReadonlySet<string> {
  const found = new Set<string>();
  for (let i = start; i <= end; i++) {
    const notion = notionOf(tokens[i] as Token);
    if (notion !== null) found.add(notion);
  }
  return found;
}

/** Where the span of time stands that a count is about: the next one before another number, else one that comes before all numbers. */
export function windowOf(tokens: readonly Token[], number: number): number | null {
  for (let i = number + 1; i < tokens.length && tokens[i]?.kind !== 'number'; i++) if (tokens[i]?.kind === 'window') return i;
  for (let i = 0; i < number && tokens[i]?.kind !== 'number'; i++) if (tokens[i]?.kind === 'window') return i;
  return null;
}
