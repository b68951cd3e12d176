// The machine's own clock and timers.
import type { Clock } from '../../ports/clock.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  alarm(delayMs, ring) {
    const timer = setTimeout(ring, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
