// What could not be looked at, and why, so that nobody takes silence for an all-clear. By cause, our own failures first.
import type { AbsenceCause } from '../absence.ts';
import type { Missing } from '../assessment.ts';
import type { Unknown } from './finding.ts';
import { en, type MessageId } from './messages/en.ts';
import type { Wording } from './wording.ts';

const inOrder: readonly AbsenceCause[] = ['unavailable', 'late', 'unknown', 'no_history', 'not_sent'];
/** Names in one sentence; the rest is counted. */
const namesMax = 6;

export function unknowns(missing: readonly Missing[], words: Wording): readonly Unknown[] {
  return inOrder.flatMap((cause) => {
    const signals = missing.filter((one) => one.cause === cause).map((one) => one.signal);
    return signals.length === 0 ? [] : [{ signals, sentence: words.say(`unknown.${cause}`, { things: thingsOf(signals, words) }) }];
  });
}

function thingsOf(signals: readonly string[], words: Wording): string {
  const named = [...new Set(signals.map((signal) => words.say(nameOf(signal))))];
  // One more is as short as saying that there is one more.
  if (named.length <= namesMax + 1) return words.list(named);
  return words.list([...named.slice(0, namesMax), words.say('unknown.more', { count: named.length - namesMax })]);
}

function nameOf(signal: string): MessageId {
  const id = `signal.${signal}`;
  return Object.hasOwn(en, id) ? (id as MessageId) : 'signal.other';
}
