// What the review side forgets by itself, a little at a time: cases after their retention, with all that hangs on them, and jobs that are
// done, and days that nobody compares with any more. In a few steps per round, between which the store serves others.
import { baselineDays, dayMs, dayOf } from '../domain/baseline/day.ts';
import type { CaseStore } from '../ports/case/case-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DailyBaselines } from '../ports/case/daily-baselines.ts';
import type { JobQueue } from '../ports/case/job-queue.ts';

export interface HousekeepingOptions {
  readonly store: CaseStore;
  readonly queue: JobQueue;
  readonly baselines: Pick<DailyBaselines, 'expire'>;
  readonly clock: Clock;
  readonly caseRetentionDays: number;
}

const roundMs = 60_000;
/** A done job only remembers that it is not to be done again; nothing asks for that after days. */
const doneJobDays = 2;
const stepsPerRound = 50;

/** Begins with a round at once. Stops when the returned function is called and the step under way has ended. */
export function keepHouse(options: HousekeepingOptions): () => Promise<void> {
  const { clock } = options;
  let stopped = false;
  let cancel = (): void => undefined;
  let round = Promise.resolve();
  const begin = (): void => {
    round = tidy(options, () => stopped).then(() => {
      if (!stopped) cancel = clock.alarm(roundMs, begin);
    });
  };
  begin();
  return async () => {
    stopped = true;
    cancel();
    await round;
  };
}

/** Never rejects: the store says by itself when it cannot be used, and the next round tries again. */
async function tidy({ store, queue, baselines, clock, caseRetentionDays }: HousekeepingOptions, stopped: () => boolean): Promise<void> {
  const nowMs = clock.nowMs();
  try {
    await untilNothing(stopped, () => store.expire(nowMs - caseRetentionDays * dayMs, nowMs));
    await untilNothing(stopped, () => queue.forgetDone(nowMs - doneJobDays * dayMs));
    await untilNothing(stopped, () => baselines.expire(dayOf(nowMs) - baselineDays));
  } catch {
    // The store's own report has the reason.
  }
}

async function untilNothing(stopped: () => boolean, step: () => Promise<number>): Promise<void> {
  for (let i = 0; i < stepsPerRound && !stopped(); i++) if ((await step()) === 0) return;
}
