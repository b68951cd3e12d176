// Waits for a promise, but never longer than its share of the budget. Late and failed are values.
import type { Clock } from '../ports/clock.ts';

/** Resolves to the promise's value, or to "late" after `limitMs`, or to "failed" when it rejects. Never rejects. */
export function within<T>(promise: Promise<T>, limitMs: number, clock: Clock): Promise<T | 'late' | 'failed'> {
  return new Promise((resolve) => {
    const cancel = clock.alarm(limitMs, () => resolve('late'));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      () => {
        cancel();
        resolve('failed');
      },
    );
  });
}
