// The account's logins around this one, newest first.
import type { Label, Level, Outcome, StoredAssessment, Verdict } from '../../domain/assessment.ts';
import { featureAt } from '../counterfactual/login.ts';

export interface TimelineEntry {
  readonly assessmentId: string;
  readonly caseId: string | null;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly level: Level;
  readonly score: number;
  readonly outcomes: readonly Outcome[];
  readonly label: Label | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly asn: number | null;
  /** Whether the device was known to the account then; null where it could not be told. */
  readonly deviceKnown: boolean | null;
  /** Whether it is the device of the case's login; null where either has none. */
  readonly sameDevice: boolean | null;
  readonly isThis: boolean;
}

const deviceKnownAt = featureAt('device_known_log');

/** `records` are of one account, newest first, as the assessment log gives them; those of a later version lack what they lack. */
export function timelineOf(records: readonly StoredAssessment[], of: { assessmentId: string; device: string | null }): TimelineEntry[] {
  return records.map(({ assessment, visit, occurredAtMs, outcomes, label, features }) => {
    const known = features[deviceKnownAt] ?? Number.NaN;
    return {
      assessmentId: assessment.assessmentId,
      caseId: assessment.caseId,
      atMs: occurredAtMs,
      verdict: assessment.verdict,
      level: assessment.level,
      score: assessment.score,
      outcomes,
      label,
      country: visit.country,
      city: visit.city,
      asn: visit.asn,
      deviceKnown: Number.isNaN(known) ? null : known > 0,
      sameDevice: visit.device === null || of.device === null ? null : visit.device === of.device,
      isThis: assessment.assessmentId === of.assessmentId,
    };
  });
}
