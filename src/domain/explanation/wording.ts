// Port of the explanations: one language. Messages are data (messages/*.ts, ICU MessageFormat); whoever implements this fills them in
// and knows numbers, units, countries and lists of the language. See adapters/icu-messages.
import type { Reading } from './evidence-reading.ts';
import type { MessageId } from './messages/en.ts';

/** Texts among the arguments are the language's own words or inert names, never raw input. */
export type MessageArguments = Readonly<Record<string, number | string>>;

export interface Wording {
  /** "en", "de". */
  readonly language: string;
  say(id: MessageId, args?: MessageArguments): string;
  /** "8,900 km", "1.2 hours", "4%", "1 in 8,300", "3.6". */
  amount(reading: Reading): string;
  /** "3 days ago"; of a duration. */
  ago(reading: Reading): string;
  /** Name of an ISO 3166-1 code; the code itself where there is none. */
  country(code: string): string;
  /** Name of a language tag ("de"), likewise. */
  languageName(tag: string): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
}
