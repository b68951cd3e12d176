// Sums up each day of each tenant from the stored assessments, a window of ten minutes at a time, some minutes after it ended, so that what
// came of most logins is known. A page of a case then reads sums and counts nothing.
//
// Which logins are in a window is told by their ids, which begin with the time at which they were made; the store counts each window of a
// tenant once. So a window that a crash cut off is summed up again, and of two processes on one machine the slower one finds it done.
//
// Runs in the thread that opens cases, in steps of a few milliseconds with pauses, so that a case never waits behind a month of logins.
import { baselineDays, dayMs, dayOf, type SumsByDay, sumLogin } from '../../domain/baseline/day.ts';
import type { StoredAssessment } from '../../domain/assessment.ts';
import type { AssessmentLog } from '../../ports/assessment-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DailyBaselines, Window } from '../../ports/case/daily-baselines.ts';

export interface SummingOptions {
  /** `flush` is asked for before a round: what a slice holds is what is durable. */
  readonly log: Pick<AssessmentLog, 'slice' | 'flush'>;
  readonly clock: Clock;
  /** Sorts before every assessment id that was made at or after that moment. */
  readonly firstIdAt: (atMs: number) => string;
}

/** The part of the store that sums need. */
export type SumsStore = Pick<DailyBaselines, 'summedUntil' | 'add' | 'settle'>;

/** Never to be changed without forgetting the marks of the store: they are multiples of it. */
const windowMs = 10 * 60_000;
/** Outcomes come within minutes; a wall clock that was set back by less hides nothing. */
const lagMs = 5 * 60_000;
/** Assessed longer ago, logins are not looked for: after a long stop the days in between stay without sums. */
const reachMs = 30 * dayMs;
/** About 20 µs each to read. */
const recordsPerLook = 32;
const stepMs = 2;
const restMs = 2;
const tickMs = 60_000;
/** Windows without a login after which the store is told all the same. */
const quietWindowsMax = 144;

export class DailySumming {
  readonly #options: SummingOptions;
  #cancel: (() => void) | null = null;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #dueMs = Number.NEGATIVE_INFINITY;
  #stepEndMs = 0;

  constructor(options: SummingOptions) {
    this.#options = options;
  }

  /** Once, when the store is open. After a stop it does nothing. */
  start(store: SumsStore): void {
    const { clock } = this.#options;
    if (this.#stopped) return;
    const next = (): void => {
      if (!this.#stopped) this.#cancel = clock.alarm(tickMs, () => this.start(store));
    };
    // What fails is told by its store and tried again at the next tick, from the window that failed.
    this.#running = this.#round(store).then(next, next);
  }

  /** Resolves when nothing of it runs any more. What was not finished is summed up after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #round(store: SumsStore): Promise<void> {
    const { clock, log } = this.#options;
    const endMs = windowStart(clock.nowMs() - lagMs);
    if (endMs < this.#dueMs) return;
    const summedMs = await store.summedUntil();
    let fromMs = Math.max(summedMs ?? 0, windowStart(clock.nowMs() - reachMs));
    await log.flush();
    this.#beginStep();
    for (let quiet = 0; fromMs < endMs && !this.#stopped; ) {
      const window = { fromMs, untilMs: fromMs + windowMs };
      const some = await this.#sumUp(window, store);
      if (some === null) return;
      fromMs = window.untilMs;
      quiet = some ? 0 : quiet + 1;
      if (some || fromMs >= endMs || quiet % quietWindowsMax === 0) await store.settle(fromMs);
    }
    if (!this.#stopped) this.#dueMs = endMs + windowMs;
  }

  /** Whether there were any; null when it was stopped before it was counted. */
  async #sumUp(window: Window, store: SumsStore): Promise<boolean | null> {
    const { log, firstIdAt, clock } = this.#options;
    const [fromId, beforeId] = [firstIdAt(window.fromMs), firstIdAt(window.untilMs)];
    const firstDay = dayOf(clock.nowMs()) - baselineDays;
    let tenant: string | null = null;
    let sums: SumsByDay = new Map();
    let some = false;
    const tell = async (): Promise<void> => {
      if (tenant !== null) await store.add(tenant, window, [...sums.values()]);
    };
    const count = async (record: StoredAssessment): Promise<void> => {
      some = true;
      if (record.tenant !== tenant) {
        await tell();
        tenant = record.tenant;
        sums = new Map();
      }
      if (dayOf(record.occurredAtMs) >= firstDay) sumLogin(sums, record);
    };
    let place: string | null = null;
    do {
      await this.#rest();
      if (this.#stopped) return null;
      const { records, next } = log.slice(fromId, place, recordsPerLook, beforeId);
      for (const record of records) await count(record);
      place = next;
    } while (place !== null);
    await tell();
    return some;
  }

  #beginStep(): void {
    this.#stepEndMs = this.#options.clock.monotonicMs() + stepMs;
  }

  async #rest(): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonicMs() < this.#stepEndMs) return;
    await new Promise<void>((resolve) => void clock.alarm(restMs, resolve));
    this.#beginStep();
  }
}

function windowStart(atMs: number): number {
  return Math.floor(atMs / windowMs) * windowMs;
}
