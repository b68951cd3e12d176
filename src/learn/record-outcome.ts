// After the answer: what happened next, and what it truly was.
//
// Both take effect at once and only once. A good end teaches; a bad end counts; a label overrules the outcome, in both
// directions, so that a takeover is unlearnt and a wrongly refused person becomes known.
import type { Label, Outcome, StoredAssessment } from '../domain/assessment.ts';
import type { AssessmentLog } from '../ports/assessment-log.ts';
import type { ProfileStore } from '../ports/profile-store.ts';
import type { Pseudonyms } from '../ports/pseudonyms.ts';
import { failedChanges, learnedChanges, unlearnedChanges } from '../domain/profile/change.ts';

export interface LearnPorts {
  readonly profiles: ProfileStore;
  readonly assessments: AssessmentLog;
  readonly pseudonyms: Pseudonyms;
}

export type OutcomeTarget = { readonly assessmentId: string } | { readonly userId: string };

export interface OutcomeReport {
  readonly tenant: string;
  readonly target: OutcomeTarget;
  readonly outcome: Outcome;
  readonly occurredAtMs: number;
}

export type Recorded =
  | { readonly kind: 'recorded' | 'already'; readonly assessmentId: string | null }
  | { readonly kind: 'unknown_assessment' }
  | { readonly kind: 'contradiction'; readonly detail: string };

/** An outcome sent by user id belongs to the account's newest attempt, if that is no older than this (a slow second factor). */
const outcomeReachMs = 15 * 60_000;

const goodEnds: ReadonlySet<Outcome> = new Set(['signed_in', 'challenge_passed']);

export function recordOutcome(report: OutcomeReport, ports: LearnPorts): Recorded {
  const { tenant, target, outcome, occurredAtMs } = report;
  if ('assessmentId' in target) {
    const stored = ports.assessments.byId(tenant, target.assessmentId);
    return stored === null ? { kind: 'unknown_assessment' } : applyOutcome(stored, outcome, occurredAtMs, ports);
  }
  const account = ports.pseudonyms.of(tenant, 'user', target.userId);
  const newest = ports.assessments.byAccount(tenant, account, 1)[0];
  const reached = newest !== undefined && Math.abs(occurredAtMs - newest.occurredAtMs) <= outcomeReachMs;
  if (reached) return applyOutcome(newest, outcome, occurredAtMs, ports);
  if (outcome === 'failed') {
    ports.profiles.apply(tenant, [{ kind: 'account', key: account, event: { type: 'failed', atMs: occurredAtMs } }]);
    return { kind: 'recorded', assessmentId: null };
  }
  return { kind: 'unknown_assessment' };
}

function applyOutcome(stored: StoredAssessment, outcome: Outcome, atMs: number, ports: LearnPorts): Recorded {
  const assessmentId = stored.assessment.assessmentId;
  if (stored.outcomes.includes(outcome)) return { kind: 'already', assessmentId };
  const failedCredential = stored.context.result === 'failure';
  if (goodEnds.has(outcome) && failedCredential) {
    return {
      kind: 'contradiction',
      detail: `The attempt was sent with credential.result "failure", so it cannot have ended with "${outcome}".`,
    };
  }
  const learns = goodEnds.has(outcome) && !stored.learned && stored.label !== 'takeover';
  ports.assessments.replace({ ...stored, outcomes: [...stored.outcomes, outcome], learned: stored.learned || learns });
  if (learns) ports.profiles.apply(stored.tenant, learnedChanges(stored.visit));
  // A failed credential was counted when it was scored.
  if (outcome === 'failed' && !failedCredential) ports.profiles.apply(stored.tenant, failedChanges(stored.visit, atMs));
  if (outcome === 'challenge_failed' || outcome === 'abandoned') {
    ports.profiles.apply(stored.tenant, [{ kind: 'account', key: stored.visit.account, event: { type: 'challenge_failed', atMs } }]);
  }
  return { kind: 'recorded', assessmentId };
}

export interface LabelReport {
  readonly tenant: string;
  readonly assessmentId: string;
  readonly label: Label;
}

export function recordLabel(report: LabelReport, ports: LearnPorts): Recorded {
  const stored = ports.assessments.byId(report.tenant, report.assessmentId);
  if (stored === null) return { kind: 'unknown_assessment' };
  const assessmentId = report.assessmentId;
  if (stored.label === report.label) return { kind: 'already', assessmentId };
  if (report.label === 'genuine') {
    ports.assessments.replace({ ...stored, label: 'genuine', learned: true });
    if (!stored.learned) ports.profiles.apply(stored.tenant, learnedChanges(stored.visit));
  } else {
    ports.assessments.replace({ ...stored, label: 'takeover', learned: false });
    if (stored.learned) ports.profiles.apply(stored.tenant, unlearnedChanges(stored.visit));
  }
  return { kind: 'recorded', assessmentId };
}

export type LabelWithdrawn =
  | { readonly kind: 'withdrawn' | 'already' | 'unknown_assessment' }
  /** Somebody has said something else since, and that stands. */
  | { readonly kind: 'other_label'; readonly standing: Label };

/**
 * Takes a label back: the assessment is as if nobody had labelled it, and what its outcomes teach by themselves holds again.
 *
 * Exact for the label, for `learned` and for everything that is counted (good logins, places, devices, networks, hours, everybody's
 * counts). Three things cannot be brought back: a label that this one had overruled, because one label is kept; what fades by itself (the
 * usual gap, the typing rhythm, the looks of a device, see `unlearned` in domain/profile/account.ts); and what had made room for what was
 * learnt, in lists that were full.
 */
export function withdrawLabel(report: LabelReport, ports: LearnPorts): LabelWithdrawn {
  const stored = ports.assessments.byId(report.tenant, report.assessmentId);
  if (stored === null) return { kind: 'unknown_assessment' };
  if (stored.label === null) return { kind: 'already' };
  if (stored.label !== report.label) return { kind: 'other_label', standing: stored.label };
  const learned = stored.outcomes.some((outcome) => goodEnds.has(outcome));
  ports.assessments.replace({ ...stored, label: null, learned });
  if (learned !== stored.learned)
    ports.profiles.apply(stored.tenant, learned ? learnedChanges(stored.visit) : unlearnedChanges(stored.visit));
  return { kind: 'withdrawn' };
}
