// A flagged login on its way from the answer to its case: which logins go that way, and what is carried.
//
// The assessment's case id is the mark: it is given while the verdict is, named in the answer and stored with the assessment, so that
// whoever reads the assessments later knows which of them must have a case, whatever happened on the way.
import type { Assessment, Level, PolicyContext, Verdict } from '../assessment.ts';
import type { Visit } from '../profile/visit.ts';
import type { NewCase, ShownFacts } from './case.ts';
import { type Tier, tierOf } from './tier.ts';

/**
 * Older logins are history that is being loaded: nobody works a case of last year's log, and a million of them would bury today's.
 * Two days are far more than a live key may send, and enough for a caller that sends a day's logins after hours without a connection.
 */
export const caseAgeMsMax = 48 * 60 * 60_000;

/** What only the request said or the tables knew then. None of it is stored with the assessment. */
export interface SentFacts {
  readonly userAgent: string | null;
  readonly acceptLanguage: string | null;
  readonly organisation: string | null;
}

export interface FlaggedLogin {
  readonly tenant: string;
  /** Has a `caseId`. */
  readonly assessment: Assessment;
  readonly context: PolicyContext;
  readonly visit: Visit;
  /** Null where the login was found again among the stored assessments, after a crash or in a flood. */
  readonly sent: SentFacts | null;
}

/** Whether such a decision on a login of then becomes a case now. */
export function opensCase(verdict: Verdict, level: Level, occurredAtMs: number, nowMs: number): boolean {
  return tierOf(verdict, level) !== null && occurredAtMs >= nowMs - caseAgeMsMax;
}

export function shownOf({ context, visit, sent }: FlaggedLogin): ShownFacts {
  return {
    userId: context.userId,
    ip: context.ip,
    userAgent: sent === null ? null : sent.userAgent,
    acceptLanguage: sent === null ? null : sent.acceptLanguage,
    deviceId: context.deviceId,
    clientId: context.clientId,
    organisation: sent === null ? null : sent.organisation,
    country: visit.country,
    region: visit.region,
    city: visit.city,
  };
}

/** Null where the assessment has no case: then it is none of ours. */
export function newCaseOf(login: FlaggedLogin, openedAtMs: number): NewCase | null {
  const { tenant, assessment, context, visit } = login;
  const tier: Tier | null = tierOf(assessment.verdict, assessment.level);
  if (assessment.caseId === null || tier === null) return null;
  return { id: assessment.caseId, tenant, openedAtMs, tier, assessment, context, visit, shown: shownOf(login) };
}
