// Puts together what the service's main thread has to do with cases: the handle by which the door reads and resolves them, the thread that
// opens them, and the search for those that a crash or a flood left behind. Loaded after the door is open, so that no start waits for it.
//
// Nothing here can make scoring fail: a case database that cannot be used is reported and tried again, and flagged logins wait for it.
import { existsSync } from 'node:fs';
import { firstIdAt } from '../adapters/crypto/random.ts';
import { ReviewThread } from '../adapters/review-thread/review-thread.ts';
import type { Cases } from '../adapters/sqlite/open.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { StorageFailure } from '../domain/case/failure.ts';
import { caseDirectory, openCases } from './open-cases.ts';
import type { ReviewData } from './review.ts';
import type { AssessmentLog } from '../ports/assessment-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReviewSample } from '../ports/flagged-logins.ts';
import type { Watermark } from '../ports/watermark.ts';
import { CatchUp } from '../review/open/catch-up.ts';
import type { Intake } from '../review/open/intake.ts';
import type { CaseFigures } from '../telemetry/case-metrics.ts';

export interface CaseSideOptions {
  readonly dataDir: string;
  readonly caseRetentionDays: number;
  readonly clock: Clock;
  readonly intake: Intake;
  readonly assessments: AssessmentLog;
  readonly watermark: Watermark;
  /** From when on flagged logins may have no case; null: none has been before this start. */
  readonly settledUntilMs: number | null;
  readonly onProblem: (sentence: string) => void;
}

export interface CaseSide {
  /** Null while the case database cannot be opened. */
  cases(): Cases | null;
  /** Null while all is well. */
  trouble(): string | null;
  readonly restarts: number;
  readonly scans: number;
  readonly scanning: boolean;
  readonly sample: ReviewSample | null;
  /** Forgets every case of the account, also one that is just being opened. Rejects with a StorageFailure. */
  eraseAccount(tenant: string, account: string, by: string): Promise<number>;
  close(): Promise<void>;
}

/** The review side's own objects: a few thousand waiting logins, explanations under way. Its database has a limit of its own. */
const reviewMemoryMb = 256;
const reopenMs = 5000;

export function caseFigures(side: CaseSide, intake: Intake): CaseFigures {
  const { opened, impossible, overflowed } = intake.counts;
  const { sample, scans, restarts } = side;
  const { waiting, oldestAgeMs } = intake;
  const depths = sample?.depths ?? null;
  return { opened, impossible, overflowed, waiting, oldestAgeMs, scans, restarts, depths, damagedRows: sample?.damagedRows ?? 0 };
}

export function openCaseSide(options: CaseSideOptions): CaseSide {
  const { dataDir, caseRetentionDays, clock, intake, assessments, watermark, onProblem } = options;
  const door = openForDoor(options);
  const thread = new ReviewThread({
    entry: new URL('./review-thread.ts', import.meta.url),
    data: { dataDir, caseRetentionDays } satisfies ReviewData,
    clock,
    memoryMb: reviewMemoryMb,
    onReady: (courier) => intake.connect(courier),
    onGone: () => intake.connect(null),
    onDone: (done) => intake.acknowledge(done),
    onProblem,
  });
  const catchUp = new CatchUp({ intake, log: assessments, watermark, clock, firstIdAt, onProblem });
  thread.start();
  catchUp.start(options.settledUntilMs);
  return {
    cases: door.cases,
    trouble: () => thread.trouble ?? door.trouble(),
    get restarts() {
      return thread.restarts;
    },
    get scans() {
      return catchUp.scans;
    },
    get scanning() {
      return catchUp.scanning;
    },
    get sample() {
      return thread.sample;
    },
    async eraseAccount(tenant, account, by) {
      intake.forget(tenant, account);
      await thread.forget(tenant, account);
      const cases = await door.opened();
      if (cases === null) throw new StorageFailure('unavailable', 'The case database is not open.');
      return cases.store.eraseAccount(tenant, account, by, clock.nowMs());
    },
    async close() {
      await thread.close();
      await catchUp.stop();
      await door.close();
    },
  };
}

/** Erases what an earlier start kept, if any, where nothing else has the cases open. Rejects with a StorageFailure. */
export async function eraseFrom(dataDir: string, tenant: string, account: string, by: string): Promise<number> {
  if (!existsSync(caseDirectory(dataDir))) return 0;
  const cases = await openCases(dataDir, () => undefined);
  try {
    return await cases.store.eraseAccount(tenant, account, by, systemClock.nowMs());
  } finally {
    await cases.close();
  }
}

/** The door's own handle, opened again and again until it is; afterwards it looks after itself. */
function openForDoor({ dataDir, clock, onProblem }: CaseSideOptions) {
  let cases: Cases | null = null;
  let trouble: string | null = null;
  let closed = false;
  let cancel = (): void => undefined;
  const open = async (): Promise<void> => {
    try {
      cases = await openCases(dataDir, onProblem);
      trouble = null;
    } catch (error) {
      if (trouble === null) onProblem(`Cases cannot be read, and scoring goes on without them: ${(error as Error).message}`);
      trouble = (error as Error).message;
      if (!closed) cancel = clock.alarm(reopenMs, () => void (opening = open()));
    }
  };
  let opening = open();
  return {
    cases: () => cases,
    /** After the try that is under way. */
    async opened() {
      await opening;
      return cases;
    },
    trouble: () => {
      const health = cases?.health();
      return health === undefined || health.ok ? trouble : health.detail;
    },
    async close() {
      closed = true;
      cancel();
      await opening;
      await cases?.close();
    },
  };
}
