// Typing rhythms. Each person has a base speed and an own delay per key of the password; each sample is noisy.
//
// The noise is set so that, with three to ten enrolment samples, telling two people apart by rhythm has an equal error rate
// of about a quarter, as on real data (CMU keystrokes: 0.32 at 3 samples, 0.21 at 10; scaled Manhattan distance).
import type { Random } from '../../../ports/random.ts';
import { below, between, logNormal, normal } from '../draw.ts';
import { seededRandom } from '../seeded-random.ts';

export interface Rhythm {
  readonly dwellMs: readonly number[];
  readonly flightMs: readonly number[];
}

const betweenPeople = 0.22;
const betweenKeys = 0.22;
const withinSample = 0.32;
const withinSession = 0.13;

/** `length` keys; the keys' own difficulty is common to everybody who types the same secret. */
export function makeRhythm(random: Random, length = 8 + below(random, 9)): Rhythm {
  const dwellBase = logNormal(random, 95, betweenPeople);
  const flightBase = logNormal(random, 140, betweenPeople * 1.6);
  return {
    dwellMs: Array.from({ length }, () => logNormal(random, dwellBase, betweenKeys * 0.6)),
    flightMs: Array.from({ length: length - 1 }, () => logNormal(random, flightBase, betweenKeys * 1.8)),
  };
}

export function typeOnce(rhythm: Rhythm, random: Random): { dwell_ms: number[]; flight_ms: number[] } {
  const pace = Math.exp(normal(random, 0, withinSession));
  const noisy = (ms: number): number => Math.max(8, Math.round(ms * pace * Math.exp(normal(random, 0, withinSample))));
  return {
    dwell_ms: rhythm.dwellMs.map((ms) => noisy(ms)),
    // Fast typists press the next key before letting go of the last: a few negative flights.
    flight_ms: rhythm.flightMs.map((ms) => noisy(ms) - (random.uniform() < 0.06 ? Math.round(between(random, 60, 140)) : 0)),
  };
}

/** The same secret typed by somebody else: as many keys, another hand. */
export function impostorRhythm(of: Rhythm, seed: string): Rhythm {
  return makeRhythm(seededRandom(`rhythm/${seed}`), of.dwellMs.length);
}

/** A script that sends key events: constant, or with a uniform jitter that no hand has. */
export function scriptedTyping(random: Random, length: number): { dwell_ms: number[]; flight_ms: number[] } {
  const dwell = between(random, 0, 45);
  const flight = between(random, 1, 60);
  const jitter = random.uniform() < 0.5 ? 0 : between(random, 1, 8);
  const step = (ms: number): number => Math.max(0, Math.round((ms + jitter * (random.uniform() - 0.5)) * 10) / 10);
  return { dwell_ms: Array.from({ length }, () => step(dwell)), flight_ms: Array.from({ length: length - 1 }, () => step(flight)) };
}
