// Ports: the way of a flagged login out of the scoring path and to whoever opens its case.
import type { FlaggedLogin } from '../../domain/case/flagged.ts';
import type { TierDepth } from '../../domain/case/job.ts';
import type { Tier } from '../../domain/case/tier.ts';

/**
 * Costs what putting a reference into a list costs, never waits, never throws. Bounded: what does not fit is found again among the
 * stored assessments, so nothing is lost by it.
 */
export interface FlaggedLogins {
  /** After the assessment was put into the log. Nothing of the login may change afterwards. */
  offer(login: FlaggedLogin): void;
}

/** A login with the number by which its end is told. */
export interface NumberedLogin {
  readonly number: number;
  readonly login: FlaggedLogin;
}

export interface LoginDone {
  readonly number: number;
  /** "already": its case was there. "impossible": the store refuses it whatever is done, it is no case, or its account was erased since. */
  readonly kind: 'opened' | 'already' | 'impossible';
  readonly tier: Tier | null;
}

/** Carries logins to the opener, which may be in another thread. It may vanish with all that it carries; another is made then. */
export interface LoginCourier {
  /** Takes one reference; never throws, never waits. */
  deliver(each: NumberedLogin): void;
}

export interface CaseName {
  readonly tenant: string;
  readonly caseId: string;
}

/** What the review side says of itself every few seconds, as far as its store lets it. */
export interface ReviewSample {
  /** Per tier, in order of urgency. */
  readonly depths: readonly TierDepth[];
  readonly damagedRows: number;
  /** Of what analysts see beside cases. */
  readonly context: {
    /** Null: no day is summed up yet. */
    readonly summedUntilMs: number | null;
    readonly daysKept: number;
    readonly assets: number;
    /** Null: no application was ever described. */
    readonly assetChangedAtMs: number | null;
  };
  /** What was counted of explaining; see telemetry/explain-metrics.ts. */
  readonly counted: readonly { readonly metric: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}
