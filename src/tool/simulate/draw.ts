// Draws from named distributions, on top of the Random port.
import type { Random } from '../../ports/random.ts';

export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability;
}

/** Uniform in [low, high). */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** Uniform integer in [0, count). */
export function below(random: Random, count: number): number {
  return Math.floor(random.uniform() * count);
}

/** Throws on an empty list: a simulation without choices is a fault of its plan. */
export function pick<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0) throw new RangeError('Nothing to pick from.');
  return list[below(random, list.length)] as T;
}

export type Weighted<T> = readonly (readonly [T, number])[];

export function pickWeighted<T>(random: Random, choices: Weighted<T>): T {
  let total = 0;
  for (const [, weight] of choices) total += weight;
  let left = random.uniform() * total;
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new RangeError('Nothing to pick from.');
  return last[0];
}

/** Box-Muller; one of the pair is thrown away to keep streams simple. */
export function normal(random: Random, mean = 0, deviation = 1): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * random.uniform());
}

export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(normal(random, 0, sigma));
}

/** Every order of magnitude between the two is as likely as another. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.uniform();
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.uniform());
}

/** Knuth's product method; means here stay below ten. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let product = random.uniform();
  let count = 0;
  while (product > limit) {
    product *= random.uniform();
    count++;
  }
  return count;
}
