// Runs work that is written as steps: at once where nobody waits, or in slices that let the event loop turn in between.
import { setImmediate } from 'node:timers/promises';
import type { Steps } from './range-table.ts';

export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Between two steps every other callback that is ready gets its turn. */
export async function inSlices<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}
