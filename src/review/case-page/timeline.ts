// The account's logins around this one, newest first, and the flagged logins of others that share something with it.
import type { Label, Level, Outcome, StoredAssessment, Verdict } from '../../domain/assessment.ts';
import type { CaseState } from '../../domain/case/case.ts';
import type { RelationKind } from '../../domain/case/link.ts';
import type { Related } from '../../ports/case-store.ts';
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

export interface RelatedEntry {
  readonly caseId: string;
  readonly kind: RelationKind;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly level: Level;
  readonly score: number;
  readonly state: CaseState;
  readonly label: Label | null;
  /** Whether it is the same account. */
  readonly sameAccount: boolean;
  readonly country: string | null;
  readonly campaignId: string | null;
}

export function relatedEntries(related: readonly Related[], account: string): RelatedEntry[] {
  return related.map(({ kind, found }) => ({
    caseId: found.id,
    kind,
    atMs: found.occurredAtMs,
    verdict: found.verdict,
    level: found.level,
    score: found.score,
    state: found.state,
    label: found.resolution?.label ?? null,
    sameAccount: found.account === account,
    country: found.shown.country,
    campaignId: found.campaignId,
  }));
}
