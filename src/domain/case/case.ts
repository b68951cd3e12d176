// A case: one flagged login as an analyst works it. It carries everything that its page shows, because the assessment log and
// the profiles may forget the login before the case is closed.
//
// A case is the one place where raw identifiers are stored, for as long as the retention setting says: an analyst who may not see
// the address and the user name cannot call the user. Everything else knows pseudonyms.
import type { Assessment, Label, Level, PolicyContext, Verdict } from '../assessment.ts';
import type { Visit } from '../profile/visit.ts';
import type { Tier } from './tier.ts';

/** What an analyst needs to see as it was sent. Each may have been written by an attacker: shown as inert text, given to no model. */
export interface ShownFacts {
  readonly userId: string;
  readonly ip: string;
  readonly userAgent: string | null;
  readonly acceptLanguage: string | null;
  readonly deviceId: string | null;
  /** The application that was signed in to. */
  readonly clientId: string | null;
  readonly organisation: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
}

/** "reopened" is open again after somebody had resolved it. */
export const caseStates = ['open', 'resolved', 'reopened'] as const;
export type CaseState = (typeof caseStates)[number];

export interface Resolution {
  readonly label: Label;
  readonly comment: string;
  /** Who, as the door knows them: the name of an API key or of an analyst. */
  readonly by: string;
  readonly atMs: number;
}

export interface Reopening {
  readonly by: string;
  readonly atMs: number;
}

/** One line of a list. */
export interface CaseSummary {
  readonly id: string;
  readonly tenant: string;
  readonly assessmentId: string;
  /** Pseudonym of the user. */
  readonly account: string;
  readonly occurredAtMs: number;
  readonly openedAtMs: number;
  readonly tier: Tier;
  readonly verdict: Verdict;
  readonly level: Level;
  readonly score: number;
  /** Reason codes as the answer named them, most important first. */
  readonly codes: readonly string[];
  readonly state: CaseState;
  /** Null while open, and after a reopening until somebody resolves it again. */
  readonly resolution: Resolution | null;
  readonly reopening: Reopening | null;
  /** Null unless the case shares enough with others; see campaign.ts. */
  readonly campaignId: string | null;
  readonly shown: ShownFacts;
}

export interface Case extends CaseSummary {
  readonly assessment: Assessment;
  readonly context: PolicyContext;
  readonly visit: Visit;
}

/** What a flagged login brings; the rest of a case comes to it. */
export interface NewCase {
  /** Made by the caller, so that the answer could name it before it was stored. */
  readonly id: string;
  readonly tenant: string;
  readonly openedAtMs: number;
  readonly tier: Tier;
  readonly assessment: Assessment;
  readonly context: PolicyContext;
  readonly visit: Visit;
  readonly shown: ShownFacts;
}

export function isOpen(state: CaseState): boolean {
  return state !== 'resolved';
}

/** Longest text kept of what a login sent; the door accepts 1,024 characters of a browser's text, and no analyst reads more. */
export const shownLengthMax = 1024;
export const commentLengthMax = 4000;
/** A login that was flagged waits no longer for its case, in whatever process: older ones are not looked for, and two days is what counts as fresh. */
export const erasedDays = 7;

/** The opening state of a case. Bounded, whatever the caller passes. */
export function openedCase(made: NewCase): Case {
  const { assessment, visit } = made;
  return {
    id: made.id,
    tenant: made.tenant,
    assessmentId: assessment.assessmentId,
    account: visit.account,
    occurredAtMs: visit.atMs,
    openedAtMs: made.openedAtMs,
    tier: made.tier,
    verdict: assessment.verdict,
    level: assessment.level,
    score: assessment.score,
    codes: assessment.reasons.map((reason) => reason.code),
    state: 'open',
    resolution: null,
    reopening: null,
    campaignId: null,
    shown: bounded(made.shown),
    assessment: { ...assessment, caseId: made.id },
    context: made.context,
    visit,
  };
}

function bounded(shown: ShownFacts): ShownFacts {
  const cut = (text: string | null): string | null => (text === null ? null : text.slice(0, shownLengthMax));
  return {
    userId: shown.userId.slice(0, shownLengthMax),
    ip: shown.ip.slice(0, shownLengthMax),
    userAgent: cut(shown.userAgent),
    acceptLanguage: cut(shown.acceptLanguage),
    deviceId: cut(shown.deviceId),
    clientId: cut(shown.clientId),
    organisation: cut(shown.organisation),
    country: cut(shown.country),
    region: cut(shown.region),
    city: cut(shown.city),
  };
}

/** What an analyst asks for; the store answers what became of it. */
export type ResolveStep = 'resolve' | 'already' | 'contradiction';

/**
 * Saying the same again is no news; saying otherwise needs a reopening first, so that of two analysts who decide at the same time
 * the second sees what the first said instead of undoing it unawares.
 */
export function stepToResolve(state: CaseState, standing: Label | null, label: Label): ResolveStep {
  if (isOpen(state)) return 'resolve';
  return standing === label ? 'already' : 'contradiction';
}
