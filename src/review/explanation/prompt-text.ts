// Text that may go into a prompt. The type cannot be made from a string: only from words that are in this source, from the catalogue of
// signals, from numbers, from members of a closed set (the set's own copy, not the value's) and from handles. What somebody else wrote
// has no way in.
import type { Reading, ReadingUnit } from '../../domain/explanation/evidence-reading.ts';
import type { CountWindow, EvidenceDeclaration } from '../../domain/explanation/evidence-declaration.ts';
import type { NumberSense, Story, StoryItem, StoryReason, StoryValue } from './story.ts';

declare const promptText: unique symbol;
export type PromptText = string & { readonly [promptText]: true };

/** `string` is no literal, so that only words written in a source file are accepted. */
type Literal<T extends string> = string extends T ? never : T;

export function words<const T extends string>(text: Literal<T>): PromptText {
  return text as string as PromptText;
}

export function joined(...parts: readonly PromptText[]): PromptText {
  return parts.join('') as PromptText;
}

/** "case_3". */
export function caseName(index: number): PromptText {
  return `case_${Math.trunc(index) + 1}` as PromptText;
}

/** The lines that a model reads of one story; alike wherever it stands in a batch, so that equal stories are equal bytes. */
export function caseText(index: number, story: Story): PromptText {
  const reasons = story.reasons.map((reason) => joined(reasonLine(reason), ...reason.items.map(evidenceLine)));
  return joined(caseName(index), words(':\n'), ...reasons);
}

const strengthWords = { high: words('strongly: '), medium: words('somewhat: '), low: words('a little: ') } as const;

function reasonLine(reason: StoryReason): PromptText {
  const direction = reason.direction === 'raises' ? words('raises the risk ') : words('lowers the risk ');
  return joined(direction, strengthWords[reason.strength], catalogueName(reason.code), words('\n'));
}

/** "  IMPOSSIBLE_TRAVEL.distance_km = 8,900 km" */
function evidenceLine(item: StoryItem): PromptText {
  return joined(words('  '), catalogueName(item.id), words(' = '), valueText(item.value, item.declaration), words('\n'));
}

/** A story holds no reason and no item whose code and key the catalogue does not declare; see `storyOf`. */
function catalogueName(name: string): PromptText {
  return name as PromptText;
}

function valueText(value: StoryValue, declaration: EvidenceDeclaration): PromptText {
  switch (value.type) {
    case 'number':
      return numberText(value.readings[0] as Reading, value.sense, declaration.window);
    case 'flag':
      return value.value ? words('yes') : words('no');
    case 'tokens':
      return value.values.map((token) => memberOf(declaration, token)).join(', ') as PromptText;
    case 'clock':
      return clockText(value.value);
    case 'handle':
      return handleText(value.name);
  }
}

const windowWords: Readonly<Record<CountWindow, PromptText>> = {
  '1m': words(' in the last minute'),
  '10m': words(' in the last 10 minutes'),
  '1h': words(' in the last hour'),
  '24h': words(' in the last 24 hours'),
};

const senseWords: Readonly<Record<NumberSense, PromptText>> = {
  rarer: words(' rarer'),
  commoner: words(' more common'),
  longer: words(' longer than usual'),
  shorter: words(' shorter than usual'),
  wider: words(' the usual deviation'),
  closer: words(' closer than the usual deviation'),
};

function numberText(reading: Reading, sense: NumberSense | null, window: CountWindow | null): PromptText {
  const said = sense === null ? quantity(reading) : joined(quantity(reading), senseWords[sense]);
  return window === null ? said : joined(said, windowWords[window]);
}

const unitWords: Readonly<Record<Exclude<ReadingUnit, null | 'one_in'>, PromptText>> = {
  km: words(' km'),
  'km/h': words(' km/h'),
  percent: words(' %'),
  times: words(' times'),
  ms: words(' ms'),
  seconds: words(' seconds'),
  minutes: words(' minutes'),
  hours: words(' hours'),
  days: words(' days'),
  months: words(' months'),
  years: words(' years'),
};

/** A number as a reader of English expects it: "8,900 km", "12 %", "1 in 8,300". */
export function quantity(reading: Reading): PromptText {
  const number = decimal(reading.value);
  if (reading.unit === null) return number;
  return reading.unit === 'one_in' ? joined(words('1 in '), number) : joined(number, unitWords[reading.unit]);
}

/** Past this a number has no digits that anybody counted, and a computer writes it with an exponent. */
const plainMax = 1e15;
const plainMin = 1e-5;

function decimal(value: number): PromptText {
  const plain = value < plainMin ? '0' : value < plainMax ? String(value) : plainMax.toFixed(0);
  const [whole, fraction] = plain.split('.') as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return (fraction === undefined ? grouped : `${grouped}.${fraction}`) as PromptText;
}

/** The set's own bytes; "?" for what is not in it, which `fits` has sorted out before. */
function memberOf(declaration: EvidenceDeclaration, value: string): PromptText {
  const values = declaration.values ?? [];
  return (values[values.indexOf(value)] ?? '?') as PromptText;
}

/** Rebuilt from its numbers, so that nothing but digits and a colon is left. */
function clockText(value: string): PromptText {
  const [hours, minutes] = value.split(':').map(Number) as [number, number];
  return joined(twoDigits(hours), words(':'), twoDigits(minutes), words(' UTC'));
}

function twoDigits(value: number): PromptText {
  return String(value).padStart(2, '0') as PromptText;
}

/** A handle's name is made by the story, out of a kind and a number; see story.ts. */
function handleText(name: string): PromptText {
  return name as PromptText;
}
