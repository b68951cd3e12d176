// Every number of a sentence against the evidence: it must be a reading of a cited line, with the line's unit and span of time, and the
// words around it must name what that line counts and nothing that it does not.
import type { CountWindow } from '../../../domain/explanation/evidence-declaration.ts';
import { type EvidenceMeaning, evidenceMeaning } from '../evidence-meanings.ts';
import type { Reading } from '../../../domain/explanation/evidence-reading.ts';
import { signalOf } from '../../../domain/explanation/evidence.ts';
import type { NumberSense, StoryItem, StoryValue } from '../story.ts';
import { isWhole, notionsIn, type Span, spanOf, windowOf } from './number-span.ts';
import { type CheckedSentence, clauseAround, notionOf } from './sentence.ts';
import type { DropRule } from './rules.ts';
import type { NumberToken, Token } from './tokens.ts';

/** A number as the search for its line needs it. */
interface Said {
  readonly at: number;
  readonly unit: NumberToken['unit'];
  readonly matches: (reading: Reading) => boolean;
  readonly time: CountWindow | 'other' | null;
  readonly timeAt: number | null;
  /** Whether it says that there is little or nothing, which holds only if it holds of every span of time. */
  readonly little: boolean;
  /** Whether it may be no count at all. */
  readonly optional: boolean;
}

type NumberItem = StoryItem & { readonly value: Extract<StoryValue, { readonly type: 'number' }> };

export function numberFault(sentence: CheckedSentence): DropRule | null {
  let previous: ReadonlySet<string> = new Set();
  for (let at = 0; at < sentence.tokens.length; at++) {
    const said = saidAt(sentence.tokens, at);
    if (said === null) continue;
    const fault = bind(sentence, said, previous);
    if (fault === null) previous = notionsIn(sentence.tokens, spanOf(sentence.tokens, at, said.unit === null));
    else if (!said.optional) return fault;
  }
  return leftWindowFault(sentence) ?? clockFault(sentence);
}

function saidAt(tokens: readonly Token[], at: number): Said | null {
  const token = tokens[at] as Token;
  const timeAt = windowOf(tokens, at);
  const time = timeAt === null ? null : (tokens[timeAt] as Token & { readonly kind: 'window' }).window;
  const counted = { at, unit: null, timeAt, time } as const;
  switch (token.kind) {
    case 'number':
      if (isBothEnds(tokens, at)) return null;
      return {
        ...counted,
        unit: token.unit,
        matches: (reading) => agrees(token, reading.value),
        little: token.value === 0,
        optional: false,
      };
    case 'vague':
      return { ...counted, matches: ({ value }) => value >= token.from && value <= token.to, little: token.from < 3, optional: false };
    case 'negator':
      // "No failures" counts none; "no new device" and "not known" count nothing and are left to the claims.
      return token.zero || token.text === 'never'
        ? { ...counted, matches: ({ value }) => value === 0, little: true, optional: true }
        : null;
    default:
      return null;
  }
}

/** "the two logins", "two places": the two ends that every comparison has. */
function isBothEnds(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  return tokens[at]?.text === 'two' && next?.kind === 'notion' && bothEnds.has(next.notion);
}

const bothEnds: ReadonlySet<string> = new Set(['place', 'login', 'clock', 'zone']);

/** Said of a value that is itself rounded: a twentieth either way for "about", a fifth for "more than". */
function agrees({ bound, value }: NumberToken, reading: number): boolean {
  switch (bound) {
    case 'exact':
      return Math.abs(reading - value) <= 1e-9 * Math.abs(reading);
    case 'about':
      return Math.abs(reading - value) <= 0.05 * Math.abs(reading);
    case 'least':
      return value <= reading && value >= 0.8 * reading;
    case 'below':
      return value > reading && value <= 1.25 * reading;
    case 'most':
      return value >= reading && value <= 1.25 * reading;
  }
}

/** Notions that narrow nothing. */
const loose: ReadonlySet<string> = new Set(['account', 'attempt', 'here', 'all', 'combination', 'ratio', 'failure_rate', 'half']);

function bind(sentence: CheckedSentence, said: Said, previous: ReadonlySet<string>): DropRule | null {
  const { tokens } = sentence;
  const ofUnit = sentence.items.filter(
    (item): item is NumberItem => item.value.type === 'number' && readingsIn(item.value.readings, said.unit).length > 0,
  );
  const timed = ofUnit
    .filter((item) => !isTotalOfPart(tokens, said.at, item))
    .filter((item) => said.time === null || item.declaration.window === null || item.declaration.window === said.time);
  if (timed.length === 0) return ofUnit.length > 0 || said.unit !== null ? 'unit' : 'number';
  const span = spanOf(tokens, said.at, said.unit === null);
  const near = notionsIn(tokens, span);
  const wide = new Set([...near, ...notionsIn(tokens, clauseAround(tokens, said.at)), ...(near.size === 0 ? previous : [])]);
  const found =
    chosen(timed, near, near, said) ?? chosen(timed, near, wide, said) ?? chosen(timed, near, carriedOver(tokens, said.at, near), said);
  if (found === null)
    return timed.some((item) => isSaid(item, said)) ? 'counted' : said.unit === null ? 'number' : unitOrNumber(sentence, said);
  if (!sentence.cited.has(found.id)) return 'citation';
  return senseFault(tokens, said.at, found) ?? account(sentence, said, span, found);
}

/** "country_1 was used in 50 good logins" says of a part what is the number of all. */
function isTotalOfPart(tokens: readonly Token[], at: number, item: NumberItem): boolean {
  if (!/^(?:tenant_)?good_logins(?:_of_everybody)?$/.test(item.key) || !meaningOf(item).mayName.has('all') || isWhole(tokens, at))
    return false;
  const [start] = clauseAround(tokens, at);
  return start < at && [...notionsIn(tokens, [start, at - 1])].some((notion) => parts.has(notion));
}

const parts: ReadonlySet<string> = new Set([
  'network',
  'address',
  'block',
  'country',
  'region',
  'city',
  'place',
  'zone',
  'device',
  'client',
  'browser',
  'system',
  'language',
  'hour',
]);

/** "The nearest device was used today and has 64 good logins": a clause without a subject of its own goes on with the one before. */
function carriedOver(tokens: readonly Token[], at: number, near: ReadonlySet<string>): ReadonlySet<string> {
  const [start] = clauseAround(tokens, at);
  return start < at && notionsIn(tokens, [start, at - 1]).size > 0 ? near : new Set([...near, ...notionsIn(tokens, [0, at])]);
}

/** Null unless every line that the words fit agrees with the number, or differs from one that does in its span of time alone. */
function chosen(items: readonly NumberItem[], near: ReadonlySet<string>, must: ReadonlySet<string>, said: Said): NumberItem | null {
  const fitting = items.filter((item) => fitsWords(item, near, must, items.length === 1 && said.unit !== null));
  const right = fitting.filter((item) => isSaid(item, said));
  const first = right[0];
  if (first === undefined) return null;
  return fitting.every((item) => right.includes(item) || (said.time === null && !said.little && isSameCount(item, first))) ? first : null;
}

function isSameCount(a: StoryItem, b: StoryItem): boolean {
  return a.declaration.window !== null && b.declaration.window !== null && stem(a.key) === stem(b.key);
}

function stem(key: string): string {
  return key.replace(/_(?:1m|10m|1h|24h)$/, '');
}

function fitsWords(item: NumberItem, near: ReadonlySet<string>, must: ReadonlySet<string>, alone: boolean): boolean {
  const { mustName, mayName } = meaningOf(item);
  for (const notion of near) if (!mayName.has(notion) && !loose.has(notion)) return false;
  return (alone && near.size === 0) || mustName.every((group) => group.some((notion) => must.has(notion)));
}

function meaningOf(item: StoryItem): EvidenceMeaning {
  return evidenceMeaning(signalOf(item.id.slice(0, item.id.indexOf('.'))) as string, item.key);
}

function readingsIn(readings: readonly Reading[], unit: NumberToken['unit']): readonly Reading[] {
  return readings.filter((reading) => reading.unit === unit);
}

function isSaid(item: NumberItem, said: Said): boolean {
  return readingsIn(item.value.readings, said.unit).some(said.matches);
}

/** The right number with the wrong unit is worth telling apart. */
function unitOrNumber({ items }: CheckedSentence, said: Said): DropRule {
  return items.some((item) => item.value.type === 'number' && item.value.readings.some(said.matches)) ? 'unit' : 'number';
}

/** "3 times rarer for the account than for everybody": the side of the ratio, and which of the two is measured by the other. */
function senseFault(tokens: readonly Token[], at: number, item: NumberItem): DropRule | null {
  const { sense } = item.value;
  if (sense === null) return null;
  const [, end] = clauseAround(tokens, at);
  const said = tokens.slice(at + 1, end + 1).find((token) => token.kind === 'sense');
  if (said === undefined ? !moreSenses.has(sense) : said.sense !== sense) return 'order';
  if (item.declaration.kind !== 'ratio_log') return null;
  const than = tokens.findIndex((token) => token.text === 'than');
  const everybody = tokens.findIndex((token) => notionOf(token) === 'everybody');
  const account = tokens.findIndex((token, i) => than >= 0 && i > than && notionOf(token) === 'account');
  return (everybody >= 0 && everybody < than) || (account >= 0 && everybody < 0) || (account >= 0 && everybody > account) ? 'order' : null;
}

/** "3 times the usual interval" says more, not less. */
const moreSenses: ReadonlySet<NumberSense> = new Set(['commoner', 'longer', 'wider']);

/** Marks what the number's line vouches for; a word within the span that says the opposite of the line is a fault. */
function account(sentence: CheckedSentence, said: Said, span: Span, item: NumberItem): DropRule | null {
  const { tokens, done } = sentence;
  const before = tokens[said.at - 1];
  if (before?.kind === 'negator' && !said.optional) return 'negation';
  // "knows three networks": the verb belongs to what it counts.
  if (before?.kind === 'claim' && meaningOf(item).mayName.has(before.axis)) {
    if (before.sign !== claimSign(item.key, before.axis) || tokens[said.at - 2]?.kind === 'negator') return 'contradiction';
    done.add(said.at - 1);
  }
  for (let i = span[0]; i <= span[1]; i++) {
    const token = tokens[i] as Token;
    if (token.kind === 'negator' && i !== said.at && !done.has(i) && !namesNever(item.key)) return 'negation';
    if (token.kind === 'claim' && token.sign !== claimSign(item.key, token.axis)) return 'contradiction';
    done.add(i);
  }
  done.add(said.at);
  if (said.timeAt !== null && item.declaration.window !== null) done.add(said.timeAt);
  if (item.value.sense !== null) for (let i = said.at; i < tokens.length; i++) if (tokens[i]?.kind === 'sense') done.add(i);
  sentence.verified = true;
  return null;
}

/** Keys that count what never happened before: "accounts that never signed in from it". */
function namesNever(key: string): boolean {
  return /^(?:strange|without|unknown)_/.test(key);
}

/** What a word of a scale says beside the number when it agrees with the line: known devices are known, unknown addresses are not. */
function claimSign(key: string, axis: string): 1 | -1 {
  if (axis === 'familiar') return namesNever(key) || key.includes('new') ? -1 : 1;
  if (axis === 'human' || axis === 'plausible') return -1;
  return 1;
}

/** A span of time that no count took is a duration, or it is made up. */
function leftWindowFault(sentence: CheckedSentence): DropRule | null {
  const { tokens, done, items, cited } = sentence;
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'window' || done.has(at)) continue;
    const isDuration = items.some(
      (item) =>
        cited.has(item.id) &&
        item.value.type === 'number' &&
        item.declaration.kind === 'duration' &&
        item.value.readings.some((reading) => reading.unit === token.unit && reading.value === token.value),
    );
    if (!isDuration) return 'unit';
    sentence.verified = true;
  }
  return null;
}

/** "9:40" is "09:40". */
function clockFault(sentence: CheckedSentence): DropRule | null {
  const said = sentence.tokens.filter((token) => token.kind === 'clock');
  for (const { text } of said) {
    const item = sentence.items.find(({ value }) => value.type === 'clock' && value.value === text.padStart(5, '0'));
    if (item === undefined) return 'number';
    if (!sentence.cited.has(item.id)) return 'citation';
    sentence.verified = true;
  }
  return null;
}
