// Finds the flagged logins that have no case yet among the stored assessments: after a crash, after a flood, after a long trouble of the
// case store. Which ones those are need not be known: opening is idempotent, so all of the time in question are offered again.
//
// Runs where logins are scored, in steps of well under a millisecond with pauses several times as long.
import type { StoredAssessment } from '../../domain/assessment.ts';
import type { AssessmentLog } from '../../ports/assessment-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Watermark } from '../../ports/case/watermark.ts';
import type { Intake } from './intake.ts';

export interface CatchUpOptions {
  readonly intake: Intake;
  readonly log: AssessmentLog;
  readonly watermark: Watermark;
  readonly clock: Clock;
  /** Sorts before every assessment id that was made at or after that moment. */
  readonly firstIdAt: (atMs: number) => string;
  /** One sentence for the operator. */
  readonly onProblem: (sentence: string) => void;
}

/** A wall clock that was set back by less than this hides nothing. */
const overlapMs = 60_000;
/** What lies longer ago is not looked for: nobody waits for an answer to it, and reading a week of assessments takes minutes. */
const reachMs = 24 * 60 * 60_000;
/** About 20 µs each to read. */
const recordsPerLook = 8;
const stepMs = 0.5;
const restMs = 4;
const noRoomMs = 50;
const tickMs = 1000;
const ticksPerMark = 5;

export class CatchUp {
  readonly #options: CatchUpOptions;
  #cancel: (() => void) | null = null;
  #stopped = false;
  #scanning: Promise<void> | null = null;
  /** From when the scan that runs looks; the mark stays before it. */
  #scanFromMs: number | null = null;
  #writing: Promise<void> = Promise.resolve();
  #markFailed = false;
  #ticks = 0;
  #scans = 0;
  #found = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  get scans(): number {
    return this.#scans;
  }

  /** Logins that scans have offered. */
  get found(): number {
    return this.#found;
  }

  get scanning(): boolean {
    return this.#scanning !== null;
  }

  /** Everything from `sinceMs` on is looked for, and from then on whatever the intake misses. Null: there is nothing older. */
  start(sinceMs: number | null): void {
    if (sinceMs !== null) this.#options.intake.missed(sinceMs);
    this.#tick();
  }

  /** Resolves when nothing of it runs any more and the mark is as late as it can be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#scanning;
    await this.#mark();
  }

  #tick(): void {
    const { intake, clock } = this.#options;
    if (this.#stopped) return;
    if (this.#scanning === null && intake.missedSinceMs !== null && intake.roomForOlder > 0) this.#scanning = this.#scan();
    if (this.#ticks++ % ticksPerMark === 0) void this.#mark();
    this.#cancel = clock.alarm(tickMs, () => this.#tick());
  }

  async #scan(): Promise<void> {
    const { intake, log, clock, onProblem, firstIdAt } = this.#options;
    const sinceMs = Math.max(intake.takeMissed() ?? clock.nowMs(), clock.nowMs() - reachMs);
    this.#scanFromMs = sinceMs;
    this.#scans++;
    try {
      await log.flush();
      const fromId = firstIdAt(sinceMs - overlapMs);
      let place: string | null = null;
      do {
        await this.#room();
        if (this.#stopped) break;
        place = this.#step(fromId, place, sinceMs);
        if (place !== null) await this.#pause(restMs);
      } while (place !== null);
    } catch (error) {
      intake.missed(sinceMs);
      onProblem(`Looking for flagged logins without a case failed and is tried again: ${(error as Error).message}`);
    }
    if (this.#stopped) intake.missed(sinceMs);
    this.#scanFromMs = null;
    this.#scanning = null;
  }

  /** Reading and offering are one piece, so that what is erased meanwhile is not offered afterwards. */
  #step(fromId: string, from: string | null, sinceMs: number): string | null {
    const { log, clock, intake } = this.#options;
    const endMs = clock.monotonicMs() + stepMs;
    let place = from;
    do {
      const { records, next } = log.slice(fromId, place, recordsPerLook);
      for (const record of records) if (record.assessment.caseId !== null) this.#offer(record, sinceMs);
      place = next;
    } while (place !== null && clock.monotonicMs() < endMs && intake.roomForOlder >= recordsPerLook);
    return place;
  }

  #offer({ tenant, assessment, context, visit }: StoredAssessment, sinceMs: number): void {
    this.#found++;
    this.#options.intake.offerOlder({ tenant, assessment, context, visit, sent: null }, sinceMs);
  }

  async #room(): Promise<void> {
    while (!this.#stopped && this.#options.intake.roomForOlder < recordsPerLook) await this.#pause(noRoomMs);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.alarm(delayMs, resolve));
  }

  /** One after the other; a mark that cannot be written only means that more is looked at after a crash. */
  #mark(): Promise<void> {
    const { intake, watermark, onProblem } = this.#options;
    const next = async (): Promise<void> => {
      const atMs = Math.min(intake.settledUntilMs, this.#scanFromMs ?? Number.POSITIVE_INFINITY);
      try {
        await watermark.write(atMs);
        this.#markFailed = false;
      } catch (error) {
        if (!this.#markFailed) onProblem(`How far cases have been opened cannot be noted: ${(error as Error).message}`);
        this.#markFailed = true;
      }
    };
    this.#writing = this.#writing.then(next);
    return this.#writing;
  }
}
