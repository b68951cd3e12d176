// An assessment as JSON, in the order and casing of the contract. It names every field of its own that leaves the service; what is
// already in the contract's words (reasons with their evidence, what is missing, versions, stage times) is handed on as it is.
//
// One call for the whole answer: putting it together from texts takes as long and leaves twice the garbage.
import type { Assessment, StoredAssessment } from '../domain/assessment.ts';

export function assessmentJson(assessment: Assessment): string {
  return JSON.stringify(assessmentDocument(assessment));
}

/** What is kept of an assessment, for reading back: the answer as it was given, and what became of it. */
export function storedAssessmentJson(stored: StoredAssessment): string {
  const { assessment, occurredAtMs, outcomes, label } = stored;
  return JSON.stringify({ ...assessmentDocument(assessment), occurred_at: new Date(occurredAtMs).toISOString(), outcomes, label });
}

/** Numbers that are not finite become null on the way: JSON knows no others. */
export function assessmentDocument(a: Assessment): object {
  const { limitMs, elapsedMs, stagesMs } = a.budget;
  return {
    assessment_id: a.assessmentId,
    attempt_id: a.attemptId,
    verdict: a.verdict,
    score: a.score,
    level: a.level,
    log_odds: a.logOdds,
    base_log_odds: a.baseLogOdds,
    reasons: a.reasons,
    other_contributions: a.otherContributions,
    degraded: a.degraded,
    missing: a.missing,
    decided_by: a.decidedBy,
    policy_rule: a.policyRule,
    versions: a.versions,
    budget: { limit_ms: limitMs, elapsed_ms: elapsedMs, stages_ms: stagesMs },
    case_id: a.caseId,
  };
}
