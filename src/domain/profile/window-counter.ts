// Counts events in sliding windows of one minute, ten minutes, one hour and one day, in twelve numbers.
//
// Each window keeps two adjacent buckets; the sliding count weighs the older bucket by the share of it that the window
// still covers (the two-bucket approximation that large rate limiters use). Driven by the attempt's own time, so the
// same history always gives the same counts, whenever it is replayed.

export const counterWindowsMs = [60_000, 600_000, 3_600_000, 86_400_000] as const;
export type CounterWindow = 0 | 1 | 2 | 3;
export const minute: CounterWindow = 0;
export const tenMinutes: CounterWindow = 1;
export const hour: CounterWindow = 2;
export const day: CounterWindow = 3;

/** Per window: bucket index, count in that bucket, count in the one before. */
export type WindowCounter = number[];

export function emptyCounter(): WindowCounter {
  return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}

/** Adds `amount` events at `atMs`. An event older than both buckets of a window no longer matters to that window. */
export function addToCounter(counter: WindowCounter, atMs: number, amount = 1): void {
  for (let window = 0; window < 4; window++) {
    const at = window * 3;
    const bucket = Math.floor(atMs / counterWindowsMs[window as CounterWindow]);
    const current = counter[at] as number;
    if (bucket === current) {
      counter[at + 1] = (counter[at + 1] as number) + amount;
    } else if (bucket > current) {
      counter[at + 2] = bucket === current + 1 ? (counter[at + 1] as number) : 0;
      counter[at + 1] = amount;
      counter[at] = bucket;
    } else if (bucket === current - 1) {
      counter[at + 2] = (counter[at + 2] as number) + amount;
    }
  }
}

/** Events within the window that ends at `atMs`; a fraction where the window cuts a bucket. */
export function countWithin(counter: WindowCounter, window: CounterWindow, atMs: number): number {
  const widthMs = counterWindowsMs[window];
  const at = window * 3;
  const bucket = Math.floor(atMs / widthMs);
  const current = counter[at] as number;
  const passed = atMs / widthMs - bucket;
  if (bucket === current) return (counter[at + 1] as number) + (counter[at + 2] as number) * (1 - passed);
  if (bucket === current + 1) return (counter[at + 1] as number) * (1 - passed);
  if (bucket === current - 1) return counter[at + 2] as number;
  return 0;
}
