// How often a value ended in a good login, and when last. Bounded: the value seen longest ago makes room.

export interface Tally {
  readonly value: string;
  count: number;
  lastMs: number;
}

export function findTally(tallies: readonly Tally[], value: string): Tally | null {
  for (const tally of tallies) if (tally.value === value) return tally;
  return null;
}

export function addTally(tallies: Tally[], value: string, atMs: number, limit: number): void {
  const known = findTally(tallies, value);
  if (known !== null) {
    known.count += 1;
    if (atMs > known.lastMs) known.lastMs = atMs;
    return;
  }
  if (tallies.length < limit) {
    tallies.push({ value, count: 1, lastMs: atMs });
    return;
  }
  let oldest = 0;
  for (let i = 1; i < tallies.length; i++) if ((tallies[i] as Tally).lastMs < (tallies[oldest] as Tally).lastMs) oldest = i;
  if (atMs > (tallies[oldest] as Tally).lastMs) tallies[oldest] = { value, count: 1, lastMs: atMs };
}

/** Takes one count back; a value that nothing supports any more is forgotten. */
export function removeTally(tallies: Tally[], value: string): void {
  const at = tallies.findIndex((tally) => tally.value === value);
  if (at < 0) return;
  const known = tallies[at] as Tally;
  known.count -= 1;
  if (known.count <= 0) tallies.splice(at, 1);
}

/** Good logins behind all values together. */
export function tallyTotal(tallies: readonly Tally[]): number {
  let total = 0;
  for (const tally of tallies) total += tally.count;
  return total;
}

/** The value seen most often, the latest of equals; null when there is none. */
export function usualTally(tallies: readonly Tally[]): Tally | null {
  let usual: Tally | null = null;
  for (const tally of tallies) {
    if (usual === null || tally.count > usual.count || (tally.count === usual.count && tally.lastMs > usual.lastMs)) usual = tally;
  }
  return usual;
}
