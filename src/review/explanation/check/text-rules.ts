// What a sentence must be as text, before any word is read: plain, short, one sentence, nothing that a console could render or follow.
import type { DropRule } from './rules.ts';

/** Characters of the finding's language and the few typographic ones that models write; no control, bidi, zero-width or tag characters. */
const plain = /^[A-Za-z0-9 .,:;%'’()/_–—+-]*$/;
const markup = /[<>`*#[\]{}|\\^~=$&@"“”„«»!?]|__|--|\/\/|\(\s*\)/;
/** Schemes, hosts, addresses, mail: whatever a reader or a console might follow. The names of countries end no word after a point. */
const link = /:\/\/|\bwww\b|@|\b[a-z0-9-]+\.[a-z][a-z0-9-]*\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:mailto|javascript|data|https?|ftp|file):/i;
/** Longer than any word of the lexicon: encoded bytes, tokens, keys. */
const wordLengthMax = 24;
const encoded = /\b(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[A-Za-z])[A-Za-z0-9+/]{10,}\b|\\x[0-9a-f]{2}|&#|%[0-9a-f]{2}/i;

export const sentenceLengthMin = 12;
export const sentenceLengthMax = 240;

export function textFault(sentence: string): DropRule | null {
  if (sentence.length < sentenceLengthMin || sentence.length > sentenceLengthMax) return 'length';
  if (link.test(sentence)) return 'link';
  if (markup.test(sentence)) return 'markup';
  if (!plain.test(sentence)) return 'characters';
  if (encoded.test(sentence) || sentence.split(/[ ,]+/).some((word) => word.length > wordLengthMax)) return 'characters';
  return isOneSentence(sentence) ? null : 'sentences';
}

/** One full stop, at the end; other points stand within numbers. */
function isOneSentence(sentence: string): boolean {
  if (!sentence.endsWith('.') || sentence !== sentence.trim()) return false;
  return !sentence
    .slice(0, -1)
    .replace(/[0-9]\.[0-9]/g, '')
    .includes('.');
}
