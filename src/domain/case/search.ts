// What a case is found by. An analyst pastes a user name, part of one, an address or an id; each word of the query must be the beginning of a
// word of the case.
//
// The words are made here and not by a database's full-text search, so that every store finds the same, and so that erasing a
// case erases its words with it.
import type { Case } from './case.ts';

export const queryWordsMax = 6;
const wordLengthMax = 128;

/**
 * Letters of any script written alike are one word: full-width forms, ligatures, capitals. Bounded, and well-formed, because a
 * database would change what is not and then find two words to be one.
 */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().slice(0, textLengthMax).toWellFormed();
}

const textLengthMax = 1024;

function cut(word: string): string {
  return word.slice(0, wordLengthMax).toWellFormed();
}

/** Whole and in pieces: "ada@example.com" is found by itself, by "example.com" and by "com". */
export function wordsOf(found: Case): string[] {
  const { shown, context } = found;
  const words = new Set<string>([found.id, found.assessmentId, found.assessment.attemptId].map((id) => fold(id).slice(0, wordLengthMax)));
  // Country, application and reason codes have a filter each; as words they would only make every case as large again.
  const texts = [shown.userId, shown.deviceId, shown.organisation, shown.city];
  for (const text of texts) if (text !== null) for (const word of piecesOf(text)) words.add(word);
  // An address is found by its beginning, not by a number within it.
  for (const ip of [shown.ip, context.ip]) words.add(cut(fold(ip)));
  words.delete('');
  return [...words];
}

function piecesOf(text: string): string[] {
  const whole = cut(fold(text));
  const pieces: string[] = [];
  for (const word of whole.split(/\s+/)) {
    pieces.push(word);
    // What follows an @ or a separator, to its end: beginnings are matched, so its own end need not be cut off.
    for (const match of word.matchAll(/[^\p{L}\p{N}]+(?=[\p{L}\p{N}])/gu)) pieces.push(word.slice(match.index + match[0].length));
  }
  return pieces.slice(0, piecesMax);
}

/** A user id of 256 separators must not make a case of 256 words. */
const piecesMax = 12;

/** The words of a query, at most as many as a store looks up; empty when it holds none. */
export function queryWords(query: string): string[] {
  return [
    ...new Set(
      fold(query)
        .split(/\s+/)
        .filter((word) => word !== '')
        .map(cut),
    ),
  ].slice(0, queryWordsMax);
}

/** The first text after every text that begins with `prefix`, in the order of code points; what a range look-up ends at. */
export function afterPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
