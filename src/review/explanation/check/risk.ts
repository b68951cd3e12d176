// What a sentence says of the risk itself, and of first and last: only what the contributions say.
import { negationOf } from './negation.ts';
import type { DropRule } from './rules.ts';
import { type CheckedSentence, clauseAround, notionOf } from './sentence.ts';
import type { Token } from './tokens.ts';

/** Words like "suspicious" and "reassuring", "raises" with "risk": their sign must be the contribution's. */
export function riskFault(sentence: CheckedSentence): DropRule | null {
  const { tokens, done, reasons } = sentence;
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'risk') continue;
    const sign = riskSign(tokens, at, token.role);
    if (sign === 'part') continue;
    if (sign === null) return 'unsupported';
    const negation = negationOf(sentence, at);
    const raises = (sign === 1) !== negation.odd;
    if (reasons.some((reason) => (reason.direction === 'raises') !== raises)) return 'sign';
    for (const negator of negation.at) done.add(negator);
    sentence.verified = true;
  }
  return null;
}

type RiskRole = (Token & { readonly kind: 'risk' })['role'];

/** 'part': said by another word. Null: raises or lowers, but not the risk. */
function riskSign(tokens: readonly Token[], at: number, role: RiskRole): 1 | -1 | 'part' | null {
  if (role === 'against') return 1;
  if (role === 'for') return -1;
  const [start, end] = clauseAround(tokens, at);
  const clause = tokens.slice(start, end + 1);
  if (role !== 'noun') return clause.some((token) => token.kind === 'risk' && token.role === 'noun') ? (role === 'raise' ? 1 : -1) : null;
  if (clause.some((token) => token.kind === 'risk' && (token.role === 'raise' || token.role === 'lower'))) return 'part';
  return /^(?:low|little|small|less)$/.test(tokens[at - 1]?.text ?? '') ? -1 : 1;
}

const afterFailures: ReadonlySet<string> = new Set(['SUCCESS_AFTER_FAILURES', 'NEW_DEVICE_AFTER_FAILURES', 'HOSTING_AFTER_FAILURES']);
const hasFailure = (tokens: readonly Token[]): boolean => tokens.some((token) => notionOf(token) === 'failure');

/** Before and after, where the order is what the reason tells; "the strongest reason", where it is not. */
export function orderFault({ tokens, done, reasons, story }: CheckedSentence): DropRule | null {
  const ordered = reasons.some((reason) => afterFailures.has(reason.code));
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'sense' && !done.has(at)) return 'order';
    if (token.text === 'than' && !done.has(at) && !tokens.some((other) => other.kind === 'sense')) return 'order';
    if (token.kind === 'order' && token.order === 'rank') {
      const isFirst = reasons.some((reason) => story.reasons.find((other) => other.direction === reason.direction) === reason);
      if (!isFirst) return 'order';
    }
    if (!ordered) {
      if (token.kind === 'order' && token.order === 'before') return 'order';
      continue;
    }
    const isAfter = (token.kind === 'order' && token.order === 'after') || (token.text === 'since' && at === 0);
    const isBefore =
      (token.kind === 'order' && token.order === 'before') ||
      (token.text === 'before' && at + 1 < tokens.length) ||
      token.text === 'then' ||
      token.text === 'until';
    const [, end] = clauseAround(tokens, at);
    if (isAfter && !hasFailure(tokens.slice(at + 1, end + 1))) return 'order';
    if (isBefore && (!hasFailure(tokens.slice(0, at)) || hasFailure(tokens.slice(at + 1, end + 1)))) return 'order';
    if (isBefore || isAfter) done.add(at);
  }
  return null;
}
