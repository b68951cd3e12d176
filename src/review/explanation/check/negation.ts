// Which negating words reach a word: those before it in its clause that no other word has taken.
import { type CheckedSentence, clauseAround } from './sentence.ts';

export interface Negation {
  /** Their positions. */
  readonly at: readonly number[];
  /** Two make none. */
  readonly odd: boolean;
}

export function negationOf({ tokens, done }: CheckedSentence, at: number): Negation {
  const [start] = clauseAround(tokens, at);
  const found: number[] = [];
  for (let i = start; i < at; i++) if (tokens[i]?.kind === 'negator' && !done.has(i)) found.push(i);
  return { at: found, odd: found.length % 2 === 1 };
}
