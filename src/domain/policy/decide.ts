// From score to verdict. Deny list, then allow list, then rules, then thresholds:
//
//   thresholds give a verdict; a matching `at_most` rule may lower it, a matching `at_least` rule may raise it; where the two
//   contradict each other the stricter, `at_least`, wins. `exactly` is both at once.
//
// A degraded score was made from less than we should have known, so it may be raised and is never lowered: `at_most` does not
// apply to it. The score itself is monotone: the loader refuses rules by which a worse score could soften the verdict.
import { type Level, type PolicyContext, type Verdict, verdicts } from '../assessment.ts';
import {
  type LevelBounds,
  type PolicyDocument,
  type PolicyRule,
  type RuleInput,
  type Sensitivity,
  sensitivities,
  type Thresholds,
} from './document.ts';

export interface PolicyQuestion {
  readonly score: number;
  readonly decidedBy: 'model' | 'rules';
  readonly degraded: boolean;
  /** True when nothing could be learnt about account and origin, so that the score says nothing. */
  readonly blind: boolean;
  /** Codes of the reasons named in the answer, most important first. */
  readonly codes: readonly string[];
  readonly context: PolicyContext;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly level: Level;
  /** The rule or list entry that moved the verdict, or null. */
  readonly policyRule: string | null;
}

export function strictness(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}

export function levelOf(score: number, bounds: LevelBounds): Level {
  if (score > bounds.criticalAbove) return 'critical';
  if (score > bounds.highAbove) return 'high';
  return score > bounds.mediumAbove ? 'medium' : 'low';
}

function byThresholds(score: number, thresholds: Thresholds): Verdict {
  if (score > thresholds.denyAbove) return 'deny';
  return score > thresholds.challengeAbove ? 'challenge' : 'allow';
}

function sensitivityFor(document: PolicyDocument, context: PolicyContext): Sensitivity {
  const ofClient = context.clientId === null ? undefined : document.clients.get(context.clientId);
  return ofClient ?? sensitivities.find((sensitivity) => sensitivity === context.sensitivity) ?? 'normal';
}

/** Pure; never throws. About a microsecond with the default policy. A score that is not a number counts as the worst. */
export function decide(question: PolicyQuestion, document: PolicyDocument): Decision {
  const { context, decidedBy, codes } = question;
  const score = Number.isNaN(question.score) ? 1 : question.score;
  const level = levelOf(score, document.levels);
  const denied = document.deny.find(context);
  if (denied !== null) return { verdict: 'deny', level, policyRule: denied.path };
  const allowed = document.allow.find(context);
  if (allowed !== null) return { verdict: 'allow', level, policyRule: allowed.path };

  const sensitivity = sensitivityFor(document, context);
  const degraded = question.degraded || question.blind;
  const input: RuleInput = { score, level, sensitivity, decidedBy, degraded, codes, context };
  let moved: Moved = { verdict: byThresholds(score, document.thresholds[sensitivity]), by: null };
  if (!degraded) moved = lower(moved, document.rules, input);
  moved = raise(moved, document.rules, input);
  if (question.blind) moved = raiseTo(moved, document.whenBlind, 'when_blind');
  // A deny list by network or country cannot be consulted while that is unknown through our own fault.
  if (degraded && document.deny.mightHold(context)) moved = raiseTo(moved, document.whenBlind, 'lists.deny');
  return { verdict: moved.verdict, level, policyRule: moved.by };
}

interface Moved {
  readonly verdict: Verdict;
  readonly by: string | null;
}

function raiseTo(moved: Moved, verdict: Verdict, by: string): Moved {
  return strictness(verdict) > strictness(moved.verdict) ? { verdict, by } : moved;
}

/** Rules that could not change the verdict are not evaluated. */
function lower(moved: Moved, rules: readonly PolicyRule[], input: RuleInput): Moved {
  let result = moved;
  for (const rule of rules) {
    if (rule.effect === 'at_least' || strictness(rule.verdict) >= strictness(result.verdict)) continue;
    if (rule.holds(input)) result = { verdict: rule.verdict, by: rule.name };
  }
  return result;
}

function raise(moved: Moved, rules: readonly PolicyRule[], input: RuleInput): Moved {
  let result = moved;
  for (const rule of rules) {
    if (rule.effect === 'at_most' || strictness(rule.verdict) <= strictness(result.verdict)) continue;
    if (rule.holds(input)) result = { verdict: rule.verdict, by: rule.name };
  }
  return result;
}
