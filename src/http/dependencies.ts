// What the door needs from the rest: use cases and a clock. It knows no store and no model.
import type { AssessRequest, AssessResult } from '../assess/assess.ts';
import type { StoredAssessment } from '../domain/assessment.ts';
import type { AccountProfile } from '../domain/profile/account.ts';
import type { LabelReport, OutcomeReport, Recorded } from '../learn/record-outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { CasePorts } from '../review/cases/ports.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface Check {
  /** What was looked at, for instance "model" or "profiles". */
  readonly name: string;
  readonly ok: boolean;
  /** False: full verdicts can be given without it. */
  readonly required?: boolean;
  /** One sentence without any secret or path. */
  readonly detail: string;
}

export interface Erased {
  readonly profile: boolean;
  readonly assessments: number;
  readonly cases: number;
}

/** Who said that a label is true: "analyst", "user", or a name. Null when not sent. */
export interface LabelClaim extends LabelReport {
  readonly by: string | null;
}

export interface UseCases {
  assess(request: AssessRequest): Promise<AssessResult>;
  recordOutcome(report: OutcomeReport): Recorded | Promise<Recorded>;
  recordLabel(claim: LabelClaim): Recorded | Promise<Recorded>;
  readAssessment(tenant: string, assessmentId: string): StoredAssessment | null | Promise<StoredAssessment | null>;
  describeUser(tenant: string, userId: string): AccountProfile | null | Promise<AccountProfile | null>;
  /** `by`: who asked, for the audit. Rejects with a StorageFailure when the cases could not be erased; to be repeated then. */
  eraseUser(tenant: string, userId: string, by: string): Promise<Erased>;
  /** What working on cases needs, once it is open; null until then. Null or absent: cases are not kept here. */
  readonly cases?: (() => Promise<CasePorts | null>) | null;
  /** Everything ok that is required: ready. Cheap: asked every few seconds. */
  readiness(): readonly Check[];
}

export interface Dependencies {
  readonly useCases: UseCases;
  /** The parts of the ports that the door itself needs. */
  readonly clock: Clock;
  readonly random: { id(): string };
  readonly metrics: Metrics;
}
