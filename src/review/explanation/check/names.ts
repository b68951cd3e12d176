// Handles and words of closed sets: each must be a cited value, and in the part of the sentence that the value has. The journey from
// country_1 to country_2 is not the journey from country_2 to country_1.
import type { StoryItem } from '../story.ts';
import { negationOf } from './negation.ts';
import type { DropRule } from './rules.ts';
import { type CheckedSentence, clauseAround, notionOf } from './sentence.ts';
import type { Token } from './tokens.ts';

type Role = 'now' | 'past' | 'address';

/** What an earlier login, a habit or another device showed, by the evidence's key; the rest is about this login. */
function roleOf(item: StoryItem): Role {
  if (item.key === 'address_time_zone') return 'address';
  return /^(?:from_(?:country|network_class)|began_|last_|usual|nearest_)/.test(item.key) ? 'past' : 'now';
}

export function nameFault(sentence: CheckedSentence): DropRule | null {
  for (const [at, token] of sentence.tokens.entries()) {
    const fault =
      token.kind === 'handle'
        ? handleFault(sentence, at, token.name)
        : token.kind === 'value'
          ? valueFault(sentence, at, token.value)
          : null;
    if (fault !== null) return fault;
  }
  return null;
}

function handleFault(sentence: CheckedSentence, at: number, name: string): DropRule | null {
  const { items, cited } = sentence;
  const having = items.filter(({ value }) => value.type === 'handle' && value.name === name);
  if (having.length === 0) return 'handle';
  const citedOnes = having.filter((item) => cited.has(item.id));
  if (citedOnes.length === 0) return 'citation';
  const fault = roleFault(sentence, at, citedOnes);
  if (fault === null) sentence.verified = true;
  return fault;
}

function valueFault(sentence: CheckedSentence, at: number, value: string): DropRule | null {
  const { items, cited, truths, reasons, done } = sentence;
  const negation = negationOf(sentence, at);
  const having = items.filter((item) => item.value.type === 'tokens' && item.value.values.includes(value));
  if (negation.odd) {
    const open = reasons.some((reason) => reason.code === 'NOT_ANONYMOUS') && /^(?:tor|proxy|vpn|relay)$/.test(value);
    const isFlag = items.some((item) => cited.has(item.id) && item.key === value && item.value.type === 'flag' && !item.value.value);
    if (having.length > 0 || truths.values.has(value) || !(open || isFlag)) return 'value';
  } else if (!truths.values.has(value) && !isLookedUp(sentence, at, value)) {
    return having.length > 0 ? 'citation' : 'value';
  }
  for (const negator of negation.at) done.add(negator);
  const citedOnes = having.filter((item) => cited.has(item.id));
  const fault = citedOnes.length === 0 ? null : roleFault(sentence, at, citedOnes);
  if (fault === null) sentence.verified = true;
  return fault;
}

/** "The password is not breached": only passwords are looked up, so where that is told there was one, whatever else was used. */
function isLookedUp({ tokens, items, cited }: CheckedSentence, at: number, value: string): boolean {
  if (value !== 'password' || !items.some(({ id, key }) => key === 'breached' && cited.has(id))) return false;
  const [start, end] = clauseAround(tokens, at);
  return tokens.slice(start, end + 1).some((token) => token.kind === 'claim' && token.axis === 'breached');
}

function roleFault({ tokens }: CheckedSentence, at: number, items: readonly StoryItem[]): DropRule | null {
  const roles = new Set(items.map(roleOf));
  if (roles.has('address') || items.some((item) => item.key === 'device_time_zone')) return zoneFault(tokens, at, roles);
  if (roles.size > 1) return null;
  const [start, end] = clauseAround(tokens, at);
  const travels = tokens.slice(start, end + 1).some((token) => notionOf(token) === 'travel' || token.text === 'moved');
  const said: Role = isSaidOfPast(tokens, at, travels) ? 'past' : 'now';
  return roles.has(said) ? null : 'role';
}

/** Whose time zone it is: the nearer of device and address, before it or, failing that, after it. */
function zoneFault(tokens: readonly Token[], at: number, roles: ReadonlySet<Role>): DropRule | null {
  const [start, end] = clauseAround(tokens, at);
  const sides = [...Array.from({ length: at - start }, (_, i) => at - 1 - i), ...Array.from({ length: end - at }, (_, i) => at + 1 + i)];
  for (const i of sides) {
    const token = tokens[i] as Token;
    const notion = notionOf(token);
    if (notion === 'address' || notion === 'place') return roles.has('address') ? null : 'role';
    if (notion === 'device' || notion === 'client') return roles.has('now') ? null : 'role';
    if (isPastCue(token)) return roles.has('past') ? null : 'role';
  }
  return roles.has('address') && roles.size === 1 ? 'role' : null;
}

const pastWords =
  /^(?:earlier|previous|previously|past|prior|last|began|begun|started|began in|began on|started in|started on|first|most|mostly|before|formerly|home)$/;

function isPastCue(token: Token): boolean {
  if (token.kind === 'claim') return (token.axis === 'usual' && token.sign === 1) || token.text === 'before' || token.text === 'previously';
  const notion = notionOf(token);
  return notion === 'nearest' || notion === 'last' || notion === 'began' || pastWords.test(token.text);
}

/** Whether the words around a name say that it is the earlier or usual one. */
function isSaidOfPast(tokens: readonly Token[], at: number, travels: boolean): boolean {
  const [start, end] = clauseAround(tokens, at);
  const before = tokens[at - 1]?.text ?? '';
  if (before === 'to' || before === 'now') return false;
  const leads = tokens.slice(at + 1, end + 1).some((token, i, rest) => token.text === 'to' && rest[i + 1]?.kind === 'handle');
  if (before === 'from' && (travels || leads || isContrast(tokens, at - 1))) return true;
  if (before === 'instead of' || before === 'than' || before === 'not' || before === 'unlike') return true;
  for (let i = at - 1; i >= Math.max(start, at - 7); i--) {
    const token = tokens[i] as Token;
    if (token.kind === 'handle') break;
    if (isPastCue(token) || (token.kind === 'claim' && token.axis === 'familiar' && token.sign === 1)) return true;
    if (
      travels &&
      token.text === 'from' &&
      tokens.slice(i + 1, at).every((one) => one.kind === 'general' || one.kind === 'value' || one.kind === 'notion')
    )
      return true;
  }
  return isCuedAfter(tokens, at);
}

/** "differs from", "away from", "other than". */
function isContrast(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at - 1];
  return (token?.kind === 'claim' && token.axis === 'same') || token?.text === 'away' || token?.text === 'far';
}

/** "country_2 is the usual one", "country_2, where the session began". */
function isCuedAfter(tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1; i < Math.min(tokens.length, at + 6); i++) {
    const token = tokens[i] as Token;
    if (token.kind === 'negator' || token.kind === 'handle' || token.kind === 'number') return false;
    if ((token.kind === 'link' && !token.soft && token.text !== 'which') || token.text === 'instead of' || token.text === 'than')
      return false;
    if (token.kind === 'comma' && i > at + 1) return false;
    if (isPastCue(token) && token.text !== 'before' && token.text !== 'previously') return true;
  }
  return false;
}
