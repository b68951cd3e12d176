// Reads the numbers, clock times and countries out of an explanation's English sentences, and asks whether the cited evidence holds them.
//
// Written apart from the code that makes or checks explanations, with its own idea of units: a yardstick that shares code with what it
// measures repeats its mistakes. It knows evidence by the endings of its keys, which are public (units last).
import type { Evidence, EvidenceValue } from '../../domain/signal/definition.ts';

export interface Cited {
  readonly key: string;
  readonly value: EvidenceValue;
}

export interface Claim {
  readonly text: string;
  readonly supported: boolean;
}

const number = /(?<![\w.])(?:AS\d+|\d+(?:,\d{3})*(?:\.\d+)?)/g;
const clockText = /^\d\d:\d\d$/;
const clock = /\b([01]\d|2[0-3]):[0-5]\d\b/g;
/** What a number is counted in, by the word behind it. */
const unitWords: readonly (readonly [RegExp, Unit])[] = [
  [/^\s?km\/h\b/, 'km/h'],
  [/^\s?km\b/, 'km'],
  [/^\s?ms\b/, 'ms'],
  [/^\s?%/, '%'],
  [/^[- ]seconds?\b/, 'seconds'],
  [/^[- ]minutes?\b/, 'minutes'],
  [/^[- ]hours?\b/, 'hours'],
  [/^[- ]days?\b/, 'days'],
  [/^[- ]months?\b/, 'months'],
  [/^[- ]years?\b/, 'years'],
];
type Unit = 'km/h' | 'km' | 'ms' | '%' | 'seconds' | 'minutes' | 'hours' | 'days' | 'months' | 'years';
const seconds: Readonly<Partial<Record<Unit, number>>> = {
  ms: 1e-3,
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  months: 30.4375 * 86_400,
  years: 365.25 * 86_400,
};

/** Every number, time and country that a sentence says, each with whether the cited evidence holds it. */
export function claimsOf(sentence: string, cited: readonly Cited[]): Claim[] {
  const claims: Claim[] = [];
  let rest = withoutNames(sentence, cited).replace(clock, (text) => {
    claims.push({ text, supported: cited.some(({ value }) => value === text) });
    return '';
  });
  for (const { name, word, codes } of countries) {
    if (!word.test(rest)) continue;
    claims.push({ text: name, supported: cited.some(({ value }) => typeof value === 'string' && codes.has(value)) });
    rest = rest.replaceAll(name, '');
  }
  for (const match of rest.matchAll(number)) claims.push(numberClaim(match[0], rest, match.index, cited));
  return claims;
}

/** Names of operators, cities and zones may hold numbers and countries. They are said as in the evidence, less some punctuation and a long end. */
function withoutNames(sentence: string, cited: readonly Cited[]): string {
  const names = cited.flatMap(({ value }) => (typeof value === 'string' && !clockText.test(value) ? [value, ...value.split('/')] : []));
  const wordsOf = (name: string): string[] => name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const patterns = names.map((name) => wordsOf(name).slice(0, nameWordsMax)).filter((found) => found.join('').length > 3);
  return patterns
    .sort((a, b) => b.length - a.length)
    .reduce((said, found) => said.replace(new RegExp(found.join('[^\\p{L}\\p{N}]+'), 'gu'), ''), sentence);
}

const nameWordsMax = 4;

/** English names of countries with every code of each, longest first. */
const countries: readonly { readonly name: string; readonly word: RegExp; readonly codes: ReadonlySet<string> }[] = (() => {
  const names = new Intl.DisplayNames('en-GB', { type: 'region', fallback: 'none' });
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const found = new Map<string, Set<string>>();
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    const name = names.of(code);
    if (name !== undefined && !/unknown/i.test(name)) found.set(name, (found.get(name) ?? new Set()).add(code));
  }
  const word = (name: string): RegExp => new RegExp(`(?<!\\p{L})${name.replace(/[.()]/g, '\\$&')}(?!\\p{L})`, 'u');
  return [...found].map(([name, codes]) => ({ name, word: word(name), codes })).sort((a, b) => b.name.length - a.name.length);
})();

function numberClaim(text: string, sentence: string, at: number, cited: readonly Cited[]): Claim {
  const behind = sentence.slice(at + text.length);
  const before = sentence.slice(0, at);
  if (text.startsWith('AS')) return { text, supported: cited.some(({ value }) => value === Number(text.slice(2))) };
  const said = Number(text.replaceAll(',', ''));
  const unit = unitWords.find(([word]) => word.test(behind))?.[1] ?? null;
  const supported = cited.some(({ key, value }) => holds(said, unit, before, key, value)) || isWindow(said, unit, cited);
  return { text: unit === null ? text : `${text} ${unit}`, supported };
}

/** "in the last 24 hours" of a count whose key says so. */
function isWindow(said: number, unit: Unit | null, cited: readonly Cited[]): boolean {
  const windows = { minutes: 'm', hours: 'h' } as const;
  const letter = unit === 'minutes' || unit === 'hours' ? windows[unit] : null;
  return letter !== null && cited.some(({ key }) => key.endsWith(`_${said}${letter}`));
}

function holds(said: number, unit: Unit | null, before: string, key: string, value: EvidenceValue): boolean {
  if (Array.isArray(value)) return unit === null && said === value.length;
  if (typeof value !== 'number') return false;
  if (unit === 'km/h') return key.endsWith('_kmh') && near(said, value);
  if (unit === 'km') return key.endsWith('_km') && near(said, value);
  if (unit === '%') return !hasUnit(key) && near(said, value * 100, 1);
  if (unit !== null) return duration(key, value) !== null && nearDuration(said, unit, duration(key, value) as number);
  if (hasUnit(key)) return false;
  if (/\b(1 in|one in) $/.test(before)) return near(said, 1 / value);
  const ratio = key.endsWith('_log') ? Math.exp(value) : value;
  return near(said, value) || (ratio > 0 && (near(said, ratio) || near(said, 1 / ratio))) || (said === 1 && value < 1 && value > 0);
}

function hasUnit(key: string): boolean {
  return /(?:^|_)(km|kmh|ms|minutes|hours|days|days_ago|hours_ago|minutes_of_day)$/.test(key);
}

/** Seconds; null for what is no duration. */
function duration(key: string, value: number): number | null {
  const unit = /(?:^|_)(ms|minutes|hours|days)(?:_ago|_of_day)?$/.exec(key)?.[1] as Unit | undefined;
  return unit === undefined ? null : value * (seconds[unit] as number);
}

/** A duration is said in whole units, or to two digits. */
function nearDuration(said: number, unit: Unit, spanSeconds: number): boolean {
  return near(said, spanSeconds / (seconds[unit] as number));
}

/** Equal once rounded to a whole number or to two digits, as numbers are said. */
function near(said: number, value: number, slack = 0): boolean {
  if (!Number.isFinite(value)) return false;
  return Math.abs(said - value) <= Math.max(0.5 + slack * 0.5, Math.abs(value) * 0.051);
}

/** Evidence ids are "CODE.key". */
export function citedIn(
  ids: readonly string[],
  reasons: readonly { readonly code: string; readonly evidence: Evidence }[],
): (Cited | null)[] {
  return ids.map((id) => {
    const dot = id.indexOf('.');
    const [code, key] = [id.slice(0, dot), id.slice(dot + 1)];
    const reason = reasons.find((one) => one.code === code);
    return reason === undefined || !Object.hasOwn(reason.evidence, key) ? null : { key, value: reason.evidence[key] as EvidenceValue };
  });
}
