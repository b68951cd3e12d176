// A sentence as a row of tokens: expressions of the lexicon, numbers with their units, spans of time, handles. What cannot be read is an
// 'unknown' token, which no finding may hold.
import type { CountWindow } from '../../../domain/explanation/evidence-declaration.ts';
import type { ReadingUnit } from '../../../domain/explanation/evidence-reading.ts';
import { expressionWordsMax, type Sense, senseOf } from './lexicon.ts';
import { readNumberWords } from './number-words.ts';

export interface NumberToken {
  readonly kind: 'number';
  readonly value: number;
  /** 'odd': a unit that evidence never has, such as miles. */
  readonly unit: ReadingUnit | 'odd';
  readonly bound: 'exact' | 'about' | 'least' | 'most' | 'below';
}

export type Token =
  | (Sense & { readonly text: string })
  | (NumberToken & { readonly text: string })
  /** A count's span of time; the same words may be a duration, so its number is kept. */
  | {
      readonly kind: 'window';
      readonly window: CountWindow | 'other';
      readonly value: number;
      readonly unit: ReadingUnit;
      readonly text: string;
    }
  | { readonly kind: 'handle'; readonly name: string; readonly text: string }
  | { readonly kind: 'clock'; readonly text: string }
  | { readonly kind: 'comma'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

const pieces =
  /(?<handle>[a-z]+(?:_[a-z]+)*_[0-9]+)|(?<clock>(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9:]))|(?<number>[0-9][0-9,]*(?:\.[0-9]+)?)|(?<word>km\/h|%|[a-z]+(?:_[a-z]+)+|[a-z]+(?:['-][a-z]+)*'?)|(?<comma>[,;:–—()-])|(?<blank>[ .])|(?<other>.)/gsu;

interface Piece {
  readonly kind: 'word' | 'number' | 'handle' | 'clock' | 'comma' | 'other';
  readonly text: string;
}

export function tokenize(sentence: string): Token[] {
  const read = piecesOf(sentence.toLowerCase().replaceAll('’', "'"));
  const tokens: Token[] = [];
  for (let at = 0; at < read.length; ) {
    const [token, length] = tokenAt(read, at, tokens.at(-1) ?? null);
    tokens.push(token);
    at += length;
  }
  return mergeBounds(tokens);
}

function piecesOf(text: string): Piece[] {
  const found: Piece[] = [];
  for (const match of text.matchAll(pieces)) {
    const groups = match.groups as Record<string, string | undefined>;
    for (const kind of ['handle', 'clock', 'number', 'comma', 'other'] as const) {
      const piece = groups[kind];
      if (piece !== undefined) found.push({ kind, text: piece });
    }
    if (groups['word'] !== undefined) found.push(...wordsOf(groups['word']));
  }
  return found;
}

/** "24-hour" came apart before; "network-wide" is taken apart only when the lexicon does not know it whole. */
function wordsOf(word: string): Piece[] {
  const whole = senseOf(word) !== null || !word.includes('-');
  return (whole ? [word] : word.split('-')).map((text) => ({ kind: 'word', text }));
}

function tokenAt(read: readonly Piece[], at: number, previous: Token | null): [Token, number] {
  const piece = read[at] as Piece;
  switch (piece.kind) {
    case 'handle':
      return [{ kind: 'handle', name: piece.text, text: piece.text }, 1];
    case 'clock':
      return [{ kind: 'clock', text: piece.text }, 1];
    case 'comma':
      return [{ kind: 'comma', text: piece.text }, 1];
    case 'number':
      return numberAt(read, at, digitsValue(piece.text), 1);
    case 'word':
      return wordAt(read, at, previous);
    case 'other':
      return [{ kind: 'unknown', text: piece.text }, 1];
  }
}

const grouped = /^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$/;
const plainDigits = /^[0-9]+(?:\.[0-9]+)?$/;

/** Null for "8,90" and whatever else could be read in two ways. */
function digitsValue(text: string): number | null {
  if (plainDigits.test(text)) return Number(text);
  return grouped.test(text) ? Number(text.replaceAll(',', '')) : null;
}

function wordAt(read: readonly Piece[], at: number, previous: Token | null): [Token, number] {
  const window = windowAt(read, at);
  if (window !== null) return window;
  const expression = expressionAt(read, at);
  if (expression !== null && expression[1] > 1) return expression;
  const spelled = readNumberWords(wordsFrom(read, at));
  if (spelled !== null && isNumberHere(read, at, spelled.words, previous)) return numberAt(read, at, spelled.value, spelled.words);
  return expression ?? [{ kind: 'unknown', text: (read[at] as Piece).text }, 1];
}

/** "one" is a number before a unit or a noun and in "one of 8", and a pronoun in "the one", "one of", "this one". */
function isNumberHere(read: readonly Piece[], at: number, words: number, previous: Token | null): boolean {
  if ((read[at] as Piece).text !== 'one' || words > 1) return true;
  if (isOneOfSoMany(read, at, previous)) return true;
  const next = read[at + 1];
  if (next === undefined || next.kind !== 'word') return false;
  return next.text === 'in'
    ? read[at + 2]?.kind === 'number'
    : !pronounNext.has(next.text) && !/^(the|this|that|which|usual|known|any|every)$/.test(previous?.text ?? '');
}

/** "One of three good logins", "only one of everybody's 79,387 good logins": how many of them, where the sentence begins with it. */
function isOneOfSoMany(read: readonly Piece[], at: number, previous: Token | null): boolean {
  if (read[at + 1]?.text !== 'of' || !(previous === null || /^(?:only|just|exactly)$/.test(previous.text))) return false;
  const whole = read[at + 2]?.kind === 'word' && senseOf(read[at + 2]?.text ?? '') !== null ? at + 3 : at + 2;
  return [at + 2, whole].some((i) => read[i]?.kind === 'number' || readNumberWords(wordsFrom(read, i)) !== null);
}

const pronounNext = new Set(['of', 'is', 'was', 'that', 'which', 'the', 'from', 'used', 'and', 'or', 'has', 'had', 'it']);

function wordsFrom(read: readonly Piece[], at: number): string[] {
  const words: string[] = [];
  for (let i = at; i < read.length && read[i]?.kind === 'word'; i++) words.push((read[i] as Piece).text);
  return words;
}

function expressionAt(read: readonly Piece[], at: number): [Token, number] | null {
  const words = wordsFrom(read, at).slice(0, expressionWordsMax);
  for (let length = words.length; length > 0; length--) {
    const text = words.slice(0, length).join(' ');
    const sense = senseOf(text);
    if (sense !== null) return [{ ...sense, text }, length];
  }
  return null;
}

const unitWords: ReadonlyMap<string, ReadingUnit | 'odd'> = new Map<string, ReadingUnit | 'odd'>([
  ...(['km', 'kilometre', 'kilometres', 'kilometer', 'kilometers'] as const).map((word) => [word, 'km'] as const),
  ...(['km/h', 'kmh', 'kph'] as const).map((word) => [word, 'km/h'] as const),
  ...(['%', 'percent', 'per cent'] as const).map((word) => [word, 'percent'] as const),
  ...(['ms', 'millisecond', 'milliseconds'] as const).map((word) => [word, 'ms'] as const),
  ...(['second', 'seconds'] as const).map((word) => [word, 'seconds'] as const),
  ...(['minute', 'minutes'] as const).map((word) => [word, 'minutes'] as const),
  ...(['hour', 'hours'] as const).map((word) => [word, 'hours'] as const),
  ...(['day', 'days'] as const).map((word) => [word, 'days'] as const),
  ...(['month', 'months'] as const).map((word) => [word, 'months'] as const),
  ...(['year', 'years'] as const).map((word) => [word, 'years'] as const),
  ...(['times', 'fold'] as const).map((word) => [word, 'times'] as const),
  ...'mile miles mph metre metres meter meters feet foot week weeks decade decades m s h degrees knots points'
    .split(' ')
    .map((word) => [word, 'odd'] as const),
]);

/** The number with what follows it: "km per hour", "in 8,300", "%". */
function numberAt(read: readonly Piece[], at: number, value: number | null, length: number): [Token, number] {
  const text = read
    .slice(at, at + length)
    .map((piece) => piece.text)
    .join(' ');
  if (value === null) return [{ kind: 'unknown', text }, length];
  const number = (unit: ReadingUnit | 'odd', more: number, amount = value): [Token, number] => [
    { kind: 'number', value: amount, unit, bound: 'exact', text },
    length + more,
  ];
  // "24-hour": the hyphen came as a piece of its own.
  const next = at + length + (read[at + length]?.text === '-' ? 1 : 0);
  const [first, second, third] = [read[next], read[next + 1], read[next + 2]].map((piece) => piece?.text ?? '');
  const skipped = next - at - length;
  if (value === 1 && (first === 'in' || first === 'out') && second !== undefined) return oneIn(read, next, first, second, skipped, number);
  if (first === 'per' && second === 'cent') return number('percent', skipped + 2);
  const unit = unitWords.get(first ?? '');
  if (unit === 'km' && (second === 'per' || second === 'an') && third === 'hour') return number('km/h', skipped + 3);
  if (unit === 'km' && second === 'an') return number('km/h', skipped + 3);
  if (unit === 'odd' && second === 'per') return number('odd', skipped + 3);
  if (unit === 'times') return number(isRatioNext(second ?? '') ? 'times' : null, skipped + 1);
  return unit === undefined ? number(null, 0) : number(unit, skipped + 1);
}

/** "3 times rarer", "3 times the usual"; otherwise "3 times" counts. */
function isRatioNext(word: string): boolean {
  const sense = senseOf(word);
  return sense?.kind === 'sense' || sense?.kind === 'claim' || /^(the|its|as|more|less|any|what)$/.test(word);
}

function oneIn(
  read: readonly Piece[],
  next: number,
  first: string,
  second: string,
  skipped: number,
  number: (unit: ReadingUnit | 'odd', more: number, amount?: number) => [Token, number],
): [Token, number] {
  const at = first === 'out' && second === 'of' ? next + 2 : next + 1;
  const approximate = /^(about|around|roughly|some)$/.test(read[at]?.text ?? '') ? 1 : 0;
  const piece = read[at + approximate];
  const whole = piece?.kind === 'number' ? digitsValue(piece.text) : null;
  return whole === null ? number(null, 0) : number('one_in', skipped + (at - next) + approximate + 1, whole);
}

const windowStarts = new Set([
  'last',
  'past',
  'previous',
  'preceding',
  'within',
  'in',
  'over',
  'during',
  'per',
  'an',
  'one',
  'single',
  'a',
  'the',
  'just',
  'only',
  'about',
]);
const spans: Readonly<Record<string, CountWindow>> = { minute: '1m', hour: '1h', day: '24h' };

/** "in the last 10 minutes", "past hour", "within an hour", "over 24 hours": the time in which something was counted. */
function windowAt(read: readonly Piece[], at: number): [Token, number] | null {
  let i = at;
  let said = false;
  while (i < read.length && windowStarts.has((read[i] as Piece).text)) {
    if (/^(last|past|previous|preceding|within|per)$/.test((read[i] as Piece).text)) said = true;
    i++;
  }
  if (!said) return null;
  const piece = read[i];
  if (piece === undefined) return null;
  const spelled = piece.kind === 'word' ? readNumberWords(wordsFrom(read, i)) : null;
  const amount = piece.kind === 'number' ? digitsValue(piece.text) : spelled !== null ? spelled.value : 1;
  if (piece.kind === 'number') i++;
  else if (spelled !== null) i += spelled.words;
  if (read[i]?.text === '-') i++;
  const unit = (read[i]?.text ?? '').replace(/s$/, '');
  if (!['minute', 'hour', 'day'].includes(unit) || amount === null) return null;
  const text = read
    .slice(at, i + 1)
    .map((one) => one.text)
    .join(' ');
  return [{ kind: 'window', window: windowOf(amount, unit), value: amount, unit: `${unit}s` as ReadingUnit, text }, i + 1 - at];
}

function windowOf(amount: number, unit: string): CountWindow | 'other' {
  if (amount === 1) return spans[unit] as CountWindow;
  const minutes = amount * (unit === 'minute' ? 1 : unit === 'hour' ? 60 : 1_440);
  return minutes === 10 ? '10m' : minutes === 60 ? '1h' : minutes === 1_440 ? '24h' : 'other';
}

/** "about 60 km" is one number; a word like "around" without a number behind it is only a preposition. */
function mergeBounds(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const bound = boundOf(token);
    const next = tokens[at + 1];
    if (bound === null) merged.push(token);
    else if (next?.kind === 'number') {
      merged.push({ ...next, bound, text: `${token.text} ${next.text}` });
      at++;
    } else if (next?.kind === 'compare') continue;
    else merged.push(token.kind !== 'compare' ? token : unbound(token.text));
  }
  return merged;
}

function boundOf(token: Token): Exclude<NumberToken['bound'], 'exact'> | null {
  if (token.kind === 'compare') return token.bound;
  if (token.kind !== 'link' || !token.soft) return null;
  return token.text === 'over' ? 'least' : token.text === 'under' ? 'below' : null;
}

/** "more than the owner" compares with something that is no number, and nothing checks that. */
function unbound(text: string): Token {
  return { kind: /\s|exceed/.test(text) ? 'unknown' : 'general', text };
}
