// What a sentence claims on the scales "new to known", "rare to common" and the like, with whatever negates it, held against what is true;
// what it says of the risk, held against the contribution's sign; and first and last, before and after.
import { negationOf } from './negation.ts';
import type { DropRule } from './rules.ts';
import { type CheckedSentence, clauseAround, endsClause, notionOf } from './sentence.ts';
import type { Token } from './tokens.ts';
import type { Truth } from './truths.ts';

type ClaimToken = Token & { readonly kind: 'claim' };

/**
 * What is said as a whole and is taken before the numbers are looked at: "Nobody could have travelled 6,400 km", and "one of its 3 devices",
 * which says more than that there are 3.
 */
export function wholeFault(sentence: CheckedSentence): DropRule | null {
  for (const at of sentence.tokens.keys()) {
    if (saysNobodyTravels(sentence, at)) sentence.done.add(at);
    const fault = memberFault(sentence, at);
    if (fault !== null) return fault;
  }
  return null;
}

export function claimFault(sentence: CheckedSentence): DropRule | null {
  const { tokens, done } = sentence;
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'claim' || done.has(at)) continue;
    const fault = oneClaimFault(sentence, at, token);
    if (fault !== null) return fault;
  }
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'negator' || done.has(at)) continue;
    if (!saysNeverSeen(sentence, at) && !saysUnlisted(sentence, at) && !setsApart(sentence, at)) return 'negation';
    done.add(at);
    sentence.verified = true;
  }
  return null;
}

function oneClaimFault(sentence: CheckedSentence, at: number, token: ClaimToken): DropRule | null {
  const { tokens, done } = sentence;
  if (isReference(tokens, at, token)) {
    done.add(at);
    return null;
  }
  const negation = negationOf(sentence, at);
  const contrast = contrastBefore(tokens, at, token);
  const odd = negation.odd !== (contrast !== null);
  const sign: 1 | -1 = (token.sign === 1) === odd ? -1 : 1;
  const subjects = withConjoined(tokens, at, subjectsOf(tokens, at));
  const verdicts = subjects.map((subject) => judge(sentence, { subject, axis: token.axis, sign }, contrast !== null));
  const fault =
    verdicts.find((verdict) => verdict !== null) ??
    (subjects.length === 0 ? judgeAny(sentence, token.axis, sign) : null) ??
    (token.axis === 'familiar' && sign === 1 ? whereKnownFault(sentence, at, subjects) : null);
  if (fault !== null) return fault;
  done.add(at);
  if (contrast !== null) done.add(contrast);
  for (const negator of negation.at) done.add(negator);
  sentence.verified = true;
  return null;
}

/**
 * "known from this network", "in this country the device is known": says of whatever is named with the claim that it was there before. Of what
 * the evidence says nothing the sentence may not either. A name (network_2) has a part of its own, which names.ts has checked.
 */
function whereKnownFault({ tokens, truths }: CheckedSentence, at: number, subjects: readonly string[]): DropRule | null {
  const [start, end] = withFragments(tokens, at);
  for (let i = start; i <= end; i++) {
    const subject = (tokens[i] as Token).kind === 'notion' ? subjectAt(tokens, i) : null;
    if (subject === null || !seeable.has(subject) || subjects.includes(subject) || (i < at && isModifier(tokens, i))) continue;
    const said = (truth: Truth): boolean => truth.subject === subject && (truth.axis === 'familiar' || truth.axis === 'same');
    if (truths.all.some((truth) => said(truth) && truth.sign === -1)) return 'contradiction';
    if (!truths.claimable.some(said)) return 'unsupported';
  }
  return null;
}

/** The clause around a claim, with neighbours that say nothing by themselves: "known, from this network", "known and used from there". */
function withFragments(tokens: readonly Token[], at: number): readonly [number, number] {
  let [start, end] = clauseAround(tokens, at);
  const isFragment = (from: number, to: number): boolean =>
    tokens
      .slice(from, to + 1)
      .every((token) => (token.kind === 'general' && !copulas.has(token.text)) || token.kind === 'notion' || endsClause(token));
  while (end + 1 < tokens.length) {
    const [, next] = clauseAround(tokens, end + 1);
    if (!isFragment(end + 1, next)) break;
    end = next;
  }
  while (start > 0) {
    const [before] = clauseAround(tokens, start - 1);
    if (before >= start || !isFragment(before, start - 1)) break;
    start = before;
  }
  return [start, end];
}

/** "the usual network is network_2", "the nearest known device": speaks of the usual one, and claims nothing of this one. */
function isReference(tokens: readonly Token[], at: number, token: ClaimToken): boolean {
  if (token.sign !== 1) return false;
  const around = tokens.slice(Math.max(0, at - 3), at + 3);
  if (token.axis === 'familiar') return around.some((one) => notionOf(one) === 'nearest');
  if (token.axis !== 'usual') return false;
  return tokens.slice(at + 1, at + 7).some((one) => one.kind === 'handle') || isNamedBefore(tokens, at);
}

/** "network_2, the usual network" and "network_2 is the usual network": names.ts has checked that it is. */
function isNamedBefore(tokens: readonly Token[], at: number): boolean {
  for (let i = at - 1; i >= Math.max(0, at - 4); i--) {
    const token = tokens[i] as Token;
    if (token.kind === 'handle') return true;
    if (token.kind !== 'general' && token.kind !== 'comma') return false;
  }
  return false;
}

/** "differs from the usual …", "away from its usual …", "other than the known …": the word that turns the reference into a claim. */
function contrastBefore(tokens: readonly Token[], at: number, token: ClaimToken): number | null {
  if (token.sign !== 1 || (token.axis !== 'usual' && token.axis !== 'familiar')) return null;
  for (let i = at - 1; i >= Math.max(0, at - 5); i--) {
    const one = tokens[i] as Token;
    if (one.kind === 'claim' && one.axis === 'same' && one.sign === -1) return i;
    if (/^(?:than|away|outside|instead of|far|unlike)$/.test(one.text)) return i;
    if (one.kind !== 'general' && one.kind !== 'notion') return null;
  }
  return null;
}

const copulas = new Set([
  'is',
  'was',
  'are',
  'were',
  'be',
  'been',
  'being',
  'has',
  'have',
  'had',
  'seems',
  'looks',
  'remains',
  'appears',
  'both',
  'also',
]);
const fillers = new Set([
  'quite',
  'rather',
  'very',
  'completely',
  'entirely',
  'wholly',
  'fully',
  'too',
  'still',
  'also',
  'both',
  'a',
  'an',
  'the',
  'so',
  'and',
  'or',
  'its',
  'to',
  'somewhat',
]);

/**
 * What a claim is about. "a new device": the noun behind it. "The device is new": the noun that the verb joins to it, its own nouns of
 * "and" included. Otherwise the last noun before it in the clause that is not merely the account or the login, else in the sentence.
 */
function subjectsOf(tokens: readonly Token[], at: number): string[] {
  if (isFirstLogin.test((tokens[at] as Token).text)) return [comesAfter(tokens, at)];
  const next = nounAfter(tokens, at);
  if (next !== null) return [next];
  const [start] = clauseAround(tokens, at);
  const joined = joinedByVerb(tokens, start, at);
  if (joined !== null) return [joined];
  for (const from of [start, 0]) {
    for (let i = at - 1; i >= from; i--) {
      const subject = subjectAt(tokens, i);
      if (subject !== null && !ambient.has(subject) && !isModifier(tokens, i)) return [subject];
    }
  }
  for (let i = at - 1; i >= 0; i--) {
    const subject = subjectAt(tokens, i);
    if (subject !== null) return [subject];
  }
  for (let i = at + 1; i < tokens.length; i++) {
    const subject = subjectAt(tokens, i);
    if (subject !== null && !ambient.has(subject)) return [subject];
  }
  return [];
}

const isFirstLogin = /^first (?:login|sign-in) /;

/** "the first login from this network": the network, and nothing where no such thing is named. */
function comesAfter(tokens: readonly Token[], at: number): string {
  let next = at + 1;
  while (determiners.has(tokens[next]?.text ?? '')) next++;
  const subject = next < tokens.length ? subjectAt(tokens, next) : null;
  return subject !== null && seeable.has(subject) ? subject : 'nothing';
}

const ambient: ReadonlySet<string> = new Set([
  'account',
  'attempt',
  'login',
  'here',
  'everybody',
  'all',
  'combination',
  'share',
  'history',
]);

function subjectAt(tokens: readonly Token[], at: number): string | null {
  const token = tokens[at] as Token;
  if (token.kind === 'notion') return token.notion === 'here' ? 'place' : token.notion;
  return token.kind === 'handle' ? notionOf(token) : null;
}

/** "The city and the country are known" speaks of both. */
function withConjoined(tokens: readonly Token[], at: number, subjects: readonly string[]): readonly string[] {
  const found = [...subjects];
  let [start] = clauseAround(tokens, at);
  while (start > 0 && isConjunction(tokens[start - 1] as Token)) {
    const [before, end] = clauseAround(tokens, Math.max(0, start - 2));
    const clause = tokens.slice(before, end + 1);
    if (end >= start || !clause.every((token) => token.kind === 'notion' || token.kind === 'handle' || determiners.has(token.text))) break;
    for (let i = before; i <= end; i++) {
      const subject = subjectAt(tokens, i);
      if (subject !== null && !found.includes(subject)) found.push(subject);
    }
    if (before >= start) break;
    start = before;
  }
  return found;
}

const determiners: ReadonlySet<string> = new Set(['the', 'a', 'an', 'this', 'that', 'its', 'both', 'also', 'of', 'their']);

function isConjunction(token: Token): boolean {
  return token.kind === 'comma' || token.text === 'and';
}

/** "the clock of the device": the device is not what is spoken of. */
function isModifier(tokens: readonly Token[], at: number): boolean {
  const [first, second, third] = [tokens[at - 1], tokens[at - 2], tokens[at - 3]];
  if (first?.text === 'of') return second?.kind === 'notion';
  return first?.kind === 'general' && second?.text === 'of' && third?.kind === 'notion';
}

/** The noun that an adjective stands before, with other adjectives or numbers between them at most. */
function nounAfter(tokens: readonly Token[], at: number): string | null {
  for (let i = at + 1; i < Math.min(tokens.length, at + 3); i++) {
    const token = tokens[i] as Token;
    const subject = subjectAt(tokens, i);
    if (subject !== null) return subject;
    const knows = i === at + 1 && /^knows?$/.test((tokens[at] as Token).text) && determiners.has(token.text);
    if (token.kind !== 'claim' && token.kind !== 'value' && !knows) return null;
  }
  return null;
}

/** "The device of the account is new": the account is no subject there. */
function joinedByVerb(tokens: readonly Token[], start: number, at: number): string | null {
  let i = at - 1;
  let verb = false;
  for (; i >= start; i--) {
    const token = tokens[i] as Token;
    if (copulas.has(token.text)) verb = true;
    else if (token.kind !== 'negator' && token.kind !== 'claim' && !fillers.has(token.text)) break;
  }
  if (!verb || i < start) return null;
  const subject = subjectAt(tokens, i);
  if (subject === null || !ambient.has(subject)) return subject;
  const introduced = tokens
    .slice(Math.max(start, i - 3), i)
    .some((token) => /^(?:of|by|for|to|from|in|with|uses|used|this login's)$/.test(token.text));
  return introduced ? null : subject;
}

function judge(sentence: CheckedSentence, claim: Truth, contrast: boolean): DropRule | null {
  const { truths } = sentence;
  const same = (truth: Truth): boolean => truth.axis === claim.axis && (truth.subject === claim.subject || truth.subject === '*');
  if (truths.all.some((truth) => same(truth) && truth.sign !== claim.sign)) return 'contradiction';
  if (truths.claimable.some((truth) => same(truth) && truth.sign === claim.sign)) return null;
  // "differs from the usual browser" may also mean only that the two are not the same.
  if (
    contrast &&
    claim.sign === -1 &&
    truths.claimable.some((truth) => truth.axis === 'same' && truth.subject === claim.subject && truth.sign === -1)
  )
    return null;
  return 'unsupported';
}

/** A claim about nothing in particular ("it is new") must hold of everything that its reasons say on that scale. */
function judgeAny({ truths }: CheckedSentence, axis: string, sign: 1 | -1): DropRule | null {
  const said = truths.claimable.filter((truth) => truth.axis === axis);
  if (said.length === 0) return 'unsupported';
  return truths.all.every((truth) => truth.axis !== axis || truth.sign === sign) ? null : 'contradiction';
}

const seeable: ReadonlySet<string> = new Set(
  'device id network address block country region city place zone clock language client browser system screen type version'.split(' '),
);

/**
 * "has never signed in from this network with this device": every thing named must be new. "Was not used" is another thing: it speaks of
 * this login; and where the clause calls something new by itself, the negation denies more than that.
 */
function saysNeverSeen(sentence: CheckedSentence, at: number): boolean {
  const { tokens } = sentence;
  const { text } = tokens[at] as Token;
  const perfect = text === 'not' && /^(?:has|have|had)$/.test(tokens[at - 1]?.text ?? '');
  if (!perfect && !/^(?:never|no|none|hasn't|haven't|without|nobody|no one|not a single|nothing)$/.test(text)) return false;
  const [start, end] = clauseAround(tokens, at);
  const clause = tokens.slice(start, end + 1);
  if (clause.some((token) => token.kind === 'claim')) return false;
  // "2 good logins, but none from this network": what there is none of was named before.
  const isRest = text === 'none' && /^(?:from|with|by)$/.test(tokens[at + 1]?.text ?? '');
  const used = (isRest ? tokens.slice(0, end + 1) : clause).some(
    (token) => notionOf(token) === 'login' || /^(?:used|use|uses|seen|see|appeared|come|came|observed)$/.test(token.text),
  );
  const named = clause.map((_, i) => subjectAt(tokens, start + i)).filter((notion) => notion !== null && seeable.has(notion));
  return (
    used &&
    named.length > 0 &&
    named.every((subject) => judge(sentence, { subject: subject as string, axis: 'familiar', sign: -1 }, false) === null)
  );
}

/** "Nobody could have travelled …" */
function saysNobodyTravels({ tokens, truths }: CheckedSentence, at: number): boolean {
  if (!/^(?:nobody|no one|no)$/.test((tokens[at] as Token).text)) return false;
  const [, end] = clauseAround(tokens, at);
  const travels = tokens
    .slice(at, end + 1)
    .some((token) => notionOf(token) === 'travel' || token.text === 'come' || token.text === 'covered');
  return travels && truths.claimable.some((truth) => truth.axis === 'impossible' && truth.sign === 1);
}

/** "The device is one of the 3 that the account has used" says that it is known, "not one of the 3" that it is new. */
function memberFault(sentence: CheckedSentence, at: number): DropRule | null {
  const { tokens, done } = sentence;
  const { text } = tokens[at] as Token;
  if ((text !== 'one' && text !== 'not one') || tokens[at + 1]?.text !== 'of') return null;
  if (!/^(?:is|was|are|were)$/.test(tokens[at - 1]?.text ?? '')) return null;
  const [, end] = clauseAround(tokens, at);
  const named = tokens.slice(0, end + 1).map((_, i) => subjectAt(tokens, i));
  const seen = named.filter((notion) => notion !== null && seeable.has(notion));
  const odd = text === 'not one';
  const sign = odd ? -1 : 1;
  const fault = seen
    .map((subject) => judge(sentence, { subject: subject as string, axis: 'familiar', sign }, false))
    .find((verdict) => verdict !== null);
  if (fault !== undefined) return fault;
  // With anything else negated, or without the thing and its kind, the usual rules decide.
  const others = tokens.some((token, i) => token.kind === 'negator' && i !== at);
  if (odd && seen.length > 1 && !others) done.add(at);
  return null;
}

/** "is not on any blocklist" */
function saysUnlisted({ tokens, truths }: CheckedSentence, at: number): boolean {
  const [, end] = clauseAround(tokens, at);
  const named = tokens.slice(at, end + 1).some((token) => token.kind === 'notion' && token.notion === 'list');
  return named && tokens[at]?.text === 'not' && truths.all.some((truth) => truth.axis === 'listed' && truth.sign === -1);
}

/** "usually from country_2, not from country_1": names.ts has checked that each is in its place. */
function setsApart({ tokens }: CheckedSentence, at: number): boolean {
  const next = tokens[at + 1]?.kind === 'general' ? tokens[at + 2] : tokens[at + 1];
  if (next?.kind !== 'handle' || tokens[at]?.text !== 'not') return false;
  return (
    tokens.slice(0, at).some((token) => token.kind === 'handle' && token.name !== next.name) &&
    tokens.slice(0, at).some((token) => token.kind === 'claim' && token.axis === 'usual')
  );
}
