// A story is what several reasons of one direction say together, told once: a new device in a new country on a new network is one event,
// not three codes. Each reason code belongs to exactly one story.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';

/** The reasons of one story that an assessment names. */
export interface Found {
  /** Null when the assessment does not name the code. */
  view(code: string): EvidenceView | null;
  has(code: string): boolean;
  /** The first of these codes that is named. */
  any(codes: readonly string[]): EvidenceView | null;
  /** The name, where this explanation has not told it before: an operator that four findings are about is named once. */
  once(name: string | null): string | null;
}

export interface Story {
  readonly name: string;
  readonly codes: readonly string[];
  /** Whole sentences, most important first; never none. Only the first few are shown. */
  readonly tell: (found: Found, words: Wording) => readonly string[];
  /** The story in a few words, in the nominative without a full stop; null: never a headline, as of what lowers the risk. */
  readonly headline: ((found: Found, words: Wording) => string) | null;
}

/** The sentences that could be made. */
export function only(...sentences: readonly (string | null)[]): string[] {
  return sentences.filter((sentence) => sentence !== null);
}

/** A sentence that begins with an argument. */
export function capital(sentence: string): string {
  return sentence.replace(/^./u, (first) => first.toUpperCase());
}

/** "AS3320, Deutsche Telekom AG"; what is known of it. */
export function operatorOf(view: EvidenceView | null): string | null {
  const network = view?.name('asn') ?? null;
  const organisation = view?.name('organisation') ?? null;
  return network === null || organisation === null ? (network ?? organisation) : `${network}, ${organisation}`;
}

/** "Firefox on Windows"; what is known of it. */
export function clientOf(view: EvidenceView | null, words: Wording, browserKey = 'browser', systemKey = 'os'): string | null {
  const browser = view?.name(browserKey) ?? null;
  const system = view?.name(systemKey) ?? null;
  return browser === null || system === null ? (browser ?? system) : words.say('client', { browser, system });
}

/** The message with the name in brackets, or the one without where there is no name. */
export function named(words: Wording, id: MessageId, name: string | null): string {
  const thing = words.say(id);
  return name === null ? thing : words.say('with_name', { thing, name });
}

/** "Windows instead of macOS"; null unless both are known and differ. */
export function instead(words: Wording, now: string | null, before: string | null): string | null {
  return now === null || before === null || now === before ? null : words.say('instead', { now, before });
}
