// One language of the explanations, by intl-messageformat for the messages and the runtime's own Intl for numbers, units, countries and
// lists. Messages are read when they are first said and kept: there are a few hundred per language.
import { IntlMessageFormat } from 'intl-messageformat';
import type { Reading, ReadingUnit } from '../../domain/explanation/evidence-reading.ts';
import { de } from '../../domain/explanation/messages/de.ts';
import { en, type MessageId } from '../../domain/explanation/messages/en.ts';
import type { Wording } from '../../domain/explanation/wording.ts';

/** `locale` is the country's way of writing the language: the wording is British. */
interface Language {
  readonly locale: string;
  readonly messages: Readonly<Record<MessageId, string>>;
}

const known: ReadonlyMap<string, Language> = new Map<string, Language>([
  ['en', { locale: 'en-GB', messages: en }],
  ['de', { locale: 'de-DE', messages: de }],
]);

/** Languages that explanations can be written in; the first is the one to fall back to. */
export const languages: readonly string[] = [...known.keys()];

type TimeUnit = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';
const timeUnits: Readonly<Partial<Record<NonNullable<ReadingUnit>, TimeUnit>>> = {
  seconds: 'second',
  minutes: 'minute',
  hours: 'hour',
  days: 'day',
  months: 'month',
  years: 'year',
};

/** Units as CLDR names them. */
const measures: Readonly<Partial<Record<NonNullable<ReadingUnit>, string>>> = {
  ...timeUnits,
  km: 'kilometer',
  'km/h': 'kilometer-per-hour',
  ms: 'millisecond',
};

/** The wording of a language, or of the first one where there is none of that name ("de-AT" is "de"). */
export function createWording(language: string): Wording {
  const base = language.toLowerCase().split('-')[0] as string;
  const name = known.has(base) ? base : (languages[0] as string);
  return wordingOf(name, known.get(name) as Language);
}

function wordingOf(language: string, { locale, messages }: Language): Wording {
  const formats = new Map<MessageId, IntlMessageFormat>();
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const tongues = new Intl.DisplayNames(locale, { type: 'language' });
  const listing = new Intl.ListFormat(locale, { type: 'conjunction' });
  const since = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const say: Wording['say'] = (id, args) => {
    let format = formats.get(id);
    if (format === undefined) {
      format = new IntlMessageFormat(messages[id], locale);
      formats.set(id, format);
    }
    return String(format.format(args));
  };
  return {
    language,
    say,
    amount({ value, unit }: Reading) {
      if (value === 0 && unit === 'seconds') return say('no_time');
      const measure = unit === null ? undefined : measures[unit];
      if (measure !== undefined) return numberOf(locale, measure).format(value);
      if (unit === 'percent') return percents.format(value / 100);
      return unit === 'one_in' ? say('one_in', { n: value }) : numbers.format(value);
    },
    ago({ value, unit }: Reading) {
      const time = unit === null ? undefined : timeUnits[unit];
      return time === undefined || value === 0 ? say('just_now') : since.format(-value, time);
    },
    country: (code) => nameIn(regions, code),
    languageName: (tag) => nameIn(tongues, tag),
    list: (items) => listing.format(items),
  };
}

const unitFormats = new Map<string, Intl.NumberFormat>();

/** "1.2 hours" in full, "8,900 km" as everybody writes it. */
function numberOf(locale: string, measure: string): Intl.NumberFormat {
  const key = `${locale} ${measure}`;
  let format = unitFormats.get(key);
  if (format === undefined) {
    const short = measure.startsWith('kilometer') || measure === 'millisecond';
    format = new Intl.NumberFormat(locale, { style: 'unit', unit: measure, unitDisplay: short ? 'short' : 'long' });
    unitFormats.set(key, format);
  }
  return format;
}

/** The code itself where the runtime knows no name, or refuses the code. */
function nameIn(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
