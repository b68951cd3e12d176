// Typing samples for tests: seeded people with a rhythm of their own, and the machines that type for or against them.
import type { BehaviorClaim, TypingSample } from '../../src/domain/attempt.ts';

/** Uniform numbers in [0, 1), repeatable. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A person: her usual dwell and flight per key of a text. */
export function person(seed: number, keys = 12): { readonly dwells: number[]; readonly flights: number[] } {
  const random = seeded(seed);
  const dwell = 60 + 80 * random();
  const flight = 60 + 180 * random();
  return {
    dwells: Array.from({ length: keys }, () => dwell * (0.7 + 0.6 * random())),
    flights: Array.from({ length: keys - 1 }, () => flight * (0.5 + random())),
  };
}

/** One repetition by a person, each time off by about a tenth (dwells) or a fifth (flights). */
export function typedBy(who: ReturnType<typeof person>, seed: number): TypingSample {
  const random = seeded(seed);
  return {
    dwellMs: who.dwells.map((ms) => ms * (0.9 + 0.2 * random())),
    flightMs: who.flights.map((ms) => ms * (0.75 + 0.5 * random())),
  };
}

/** Keys pressed with a fixed delay, as a browser driver does; timers are late by up to a millisecond. */
export function typedByMachine(keys: number, dwellMs: number, flightMs: number, seed = 1): TypingSample {
  const random = seeded(seed);
  return {
    dwellMs: Array.from({ length: keys }, () => dwellMs + random()),
    flightMs: Array.from({ length: keys - 1 }, () => flightMs + random()),
  };
}

export function behaviorWith(options: Partial<BehaviorClaim> = {}): BehaviorClaim {
  return { typing: null, pointer: null, pasted: null, autofilled: null, assistive: null, formMs: null, ...options };
}
