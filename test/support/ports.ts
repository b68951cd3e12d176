// Ports for tests: a clock that moves only when told, and randomness that repeats.
import type { Clock } from '../../src/ports/clock.ts';
import type { Random } from '../../src/ports/random.ts';

export interface TestClock extends Clock {
  /** Moves both clocks on and rings what became due, in order. */
  advance(ms: number): void;
}

export function testClock(startMs = Date.UTC(2026, 10, 22, 10)): TestClock {
  let passedMs = 0;
  let alarms: { readonly dueMs: number; readonly ring: () => void }[] = [];
  return {
    nowMs: () => startMs + passedMs,
    monotonicMs: () => passedMs,
    alarm(delayMs, ring) {
      const alarm = { dueMs: passedMs + delayMs, ring };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
    advance(ms) {
      passedMs += ms;
      const due = alarms.filter((alarm) => alarm.dueMs <= passedMs).sort((a, b) => a.dueMs - b.dueMs);
      alarms = alarms.filter((alarm) => alarm.dueMs > passedMs);
      for (const alarm of due) alarm.ring();
    },
  };
}

/** Mulberry32: small, seeded, good enough to vary tests. */
export function testRandom(seed = 1): Random {
  let state = seed >>> 0;
  let ids = 0;
  function uniform(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    uniform,
    id() {
      ids += 1;
      return `id-${String(ids).padStart(19, '0')}`;
    },
  };
}
