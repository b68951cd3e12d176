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
import { openAccountFacts } from './account-facts.ts';
import { createCasePorts } from './case-ports.ts';
import type { KeepOptions } from './case-options.ts';
import { caseDirectory } from './directories.ts';
import { openCases } from './open-cases.ts';
import type { ReviewData } from './review.ts';
import type { ReviewSample } from '../ports/case/flagged-logins.ts';
import type { Watermark } from '../ports/case/watermark.ts';
import { createNewsDesk } from '../review/cases/news.ts';
import type { CasePorts } from '../review/cases/ports.ts';
import { settleRecent } from '../review/cases/resolve.ts';
import { CatchUp } from '../review/open/catch-up.ts';
import type { Intake } from '../review/open/intake.ts';
import type { CaseFigures } from '../telemetry/case-metrics.ts';

export interface CaseSideOptions extends KeepOptions {
  readonly watermark: Watermark;
  /** From when on flagged logins may have no case; null: none has been before this start. */
  readonly settledUntilMs: number | null;
}

export interface CaseSide {
  /** Null while the case database cannot be opened. */
  cases(): Cases | null;
  /** What the door works on cases with; null as above. */
  ports(): CasePorts | null;
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
  const { settings, plan, core, intake, watermark, onProblem } = options;
  const { dataDir, caseRetentionDays, explanationLanguage: language } = settings;
  const { clock, assessments } = core;
  const news = createNewsDesk();
  const accountFacts = openAccountFacts(settings, options.tenants, clock);
  const portsOf = createCasePorts({ core, dataDir, language, news, accountFacts });
  const door = openForDoor(options, (cases) => void settle(options, portsOf(cases)));
  const thread = new ReviewThread({
    entry: new URL('./review-thread.ts', import.meta.url),
    data: { dataDir, caseRetentionDays, language, plan } satisfies ReviewData,
    clock,
    memoryMb: reviewMemoryMb,
    onReady: (courier) => intake.connect(courier),
    onGone: () => intake.connect(null),
    onDone: (done) => intake.acknowledge(done),
    onFlush: () => assessments.flush(),
    onTold: (told) => told.forEach(({ tenant, caseId }) => news.told(tenant, caseId)),
    onProblem,
  });
  const catchUp = new CatchUp({ intake, log: assessments, watermark, clock, firstIdAt, onProblem });
  thread.start();
  catchUp.start(options.settledUntilMs);
  return {
    cases: door.cases,
    ports() {
      const cases = door.cases();
      return cases === null ? null : portsOf(cases);
    },
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
      await accountFacts?.close();
    },
  };
}

const settleWithinMs = 24 * 60 * 60_000;

/** An analyst's word whose teaching a crash cut off is taught now; never rejects. */
async function settle({ tenants, core, onProblem }: CaseSideOptions, ports: CasePorts): Promise<void> {
  try {
    for (const tenant of tenants) await settleRecent(tenant, core.clock.nowMs() - settleWithinMs, ports);
  } catch (error) {
    onProblem(`What analysts said before the last stop may not all be taught; saying it again teaches it: ${(error as Error).message}`);
  }
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
function openForDoor({ settings: { dataDir }, core: { clock }, onProblem }: CaseSideOptions, onOpen: (cases: Cases) => void) {
  let cases: Cases | null = null;
  let trouble: string | null = null;
  let closed = false;
  let cancel = (): void => undefined;
  const open = async (): Promise<void> => {
    try {
      cases = await openCases(dataDir, onProblem);
      trouble = null;
      onOpen(cases);
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
