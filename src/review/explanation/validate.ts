// Holds what a model proposes against the evidence. A finding is shown only if everything it says is accounted for: each word is one that
// may be said, each number is a cited line's, each claim is true, each name is the right one. What cannot be checked is not shown; the
// template then tells it. Pure, and a function of the prompt's story alone, so that equal stories have equal findings.
import { claimFault, wholeFault } from './check/claims.ts';
import { nameFault } from './check/names.ts';
import { numberFault } from './check/numbers.ts';
import { orderFault, riskFault } from './check/risk.ts';
import type { DropRule } from './check/rules.ts';
import { type CheckedSentence, readSentence, staysOnTopic } from './check/sentence.ts';
import { textFault } from './check/text-rules.ts';
import { evidencePerFindingMax, type MalformedElement, type Proposed, type ProposedFinding } from './contract.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import type { NextCheckId } from '../../domain/explanation/next-checks.ts';
import type { PromptCase } from './prompt.ts';
import type { Story, StoryReason } from './story.ts';

/** Fewer say too little: the template tells the case instead. */
export const findingsMin = 2;
/** What an analyst reads; the rest is repetition. */
export const findingsMax = 8;
export const checksMax = 3;

export type FindingCheck = { readonly ok: true; readonly finding: Finding } | { readonly ok: false; readonly rule: DropRule };

/** One finding by itself, with handles still in its sentence. */
export function checkFinding(
  story: Story,
  proposed: Pick<ProposedFinding, 'evidence' | 'sentence' | 'direction' | 'strength'>,
): FindingCheck {
  const cited = new Set(proposed.evidence);
  if (cited.size === 0) return { ok: false, rule: 'no_evidence' };
  const reasons = story.reasons.filter((reason) => reason.items.some((item) => cited.has(item.id)));
  const known = reasons.reduce((sum, reason) => sum + reason.items.filter((item) => cited.has(item.id)).length, 0);
  if (known < cited.size || cited.size > evidencePerFindingMax) return { ok: false, rule: 'unknown_evidence' };
  const first = reasons[0] as StoryReason;
  const rule =
    directionFault(reasons, proposed) ??
    textFault(proposed.sentence) ??
    sentenceFault(readSentence(proposed.sentence, story, reasons, cited));
  if (rule !== null) return { ok: false, rule };
  const { direction, strength } = first;
  return {
    ok: true,
    finding: {
      code: first.code,
      codes: reasons.map((reason) => reason.code),
      evidenceIds: [...cited],
      direction,
      strength,
      sentence: proposed.sentence,
    },
  };
}

function directionFault(reasons: readonly StoryReason[], proposed: Pick<ProposedFinding, 'direction' | 'strength'>): DropRule | null {
  const first = reasons[0] as StoryReason;
  if (reasons.some((reason) => reason.direction !== first.direction)) return 'direction';
  if (proposed.direction !== null && proposed.direction !== first.direction) return 'direction';
  return proposed.strength !== null && proposed.strength !== first.strength ? 'strength' : null;
}

function sentenceFault(sentence: CheckedSentence): DropRule | null {
  return (
    wordFault(sentence) ??
    wholeFault(sentence) ??
    numberFault(sentence) ??
    nameFault(sentence) ??
    orderFault(sentence) ??
    riskFault(sentence) ??
    claimFault(sentence) ??
    emptyFault(sentence)
  );
}

function wordFault(sentence: CheckedSentence): DropRule | null {
  if (sentence.tokens.some((token) => token.kind === 'forbidden')) return 'forbidden';
  if (sentence.tokens.some((token) => token.kind === 'unknown')) return 'vocabulary';
  return staysOnTopic(sentence) ? null : 'topic';
}

function emptyFault({ verified }: CheckedSentence): DropRule | null {
  return verified ? null : 'empty';
}

export interface CaseReview {
  readonly id: string;
  /** In the order in which they came. */
  readonly findings: readonly Finding[];
  readonly nextChecks: readonly NextCheckId[];
  /** How many findings each rule dropped; the first rule that a finding breaks counts. */
  readonly dropped: Readonly<Partial<Record<DropRule, number>>>;
  /** Whether there are too few to be shown: then the template stands. */
  readonly tooFew: boolean;
}

export interface AnswerReview {
  readonly cases: readonly CaseReview[];
  /** Elements that had no shape, and findings of cases that were not asked for. */
  readonly malformed: Readonly<Partial<Record<MalformedElement['why'], number>>>;
  readonly unknownCases: number;
}

export type Reviewed =
  | { readonly kind: 'finding'; readonly caseId: string; readonly finding: Finding }
  | { readonly kind: 'dropped'; readonly caseId: string; readonly rule: DropRule }
  | { readonly kind: 'check'; readonly caseId: string; readonly check: NextCheckId }
  | { readonly kind: 'malformed'; readonly why: MalformedElement['why'] };

export interface Reviewer {
  /** Judges one element of the answer at once, so that a good finding can be shown while the model still writes. */
  take(proposed: Proposed): Reviewed;
  review(): AnswerReview;
}

interface OpenCase {
  readonly story: Story;
  readonly findings: Finding[];
  readonly nextChecks: NextCheckId[];
  readonly dropped: Partial<Record<DropRule, number>>;
}

/** Keeps the count over one answer to the cases of one prompt. */
export function createReviewer(cases: readonly PromptCase[]): Reviewer {
  const open = new Map<string, OpenCase>(cases.map((one) => [one.id, { story: one.story, findings: [], nextChecks: [], dropped: {} }]));
  const malformed: Partial<Record<MalformedElement['why'], number>> = {};
  let unknownCases = 0;

  function takeFinding(proposed: ProposedFinding): Reviewed {
    const { caseId } = proposed;
    const into = open.get(caseId);
    if (into === undefined) {
      unknownCases++;
      return { kind: 'dropped', caseId, rule: 'unknown_case' };
    }
    const checked = checkFinding(into.story, proposed);
    const rule = checked.ok ? crowdFault(into, checked.finding) : checked.rule;
    if (rule !== null) {
      into.dropped[rule] = (into.dropped[rule] ?? 0) + 1;
      return { kind: 'dropped', caseId, rule };
    }
    const { finding } = checked as FindingCheck & { readonly ok: true };
    into.findings.push(finding);
    return { kind: 'finding', caseId, finding };
  }

  return {
    take(proposed) {
      if (proposed.kind === 'finding') return takeFinding(proposed);
      if (proposed.kind === 'check') {
        const into = open.get(proposed.caseId);
        if (into !== undefined && into.nextChecks.length < checksMax && !into.nextChecks.includes(proposed.check))
          into.nextChecks.push(proposed.check);
        return proposed;
      }
      malformed[proposed.why] = (malformed[proposed.why] ?? 0) + 1;
      return proposed;
    },
    review: () => ({
      cases: [...open].map(([id, { findings, nextChecks, dropped }]) => ({
        id,
        findings: [...findings],
        nextChecks: [...nextChecks],
        dropped: { ...dropped },
        tooFew: findings.length < findingsMin,
      })),
      malformed: { ...malformed },
      unknownCases,
    }),
  };
}

function crowdFault({ findings }: OpenCase, finding: Finding): DropRule | null {
  const words = finding.sentence.toLowerCase();
  if (findings.some((other) => other.sentence.toLowerCase() === words)) return 'repeated';
  return findings.length >= findingsMax ? 'too_many' : null;
}
