// Rows of one loop turn, scored in one call.
//
// The runtime's call blocks the thread and costs as much overhead for one row as for sixteen, so rows that arrive in the
// same turn of the event loop share it. The cap keeps one call well under a millisecond.

export const batchRowsMax = 64;

export interface Batch {
  /** Row-major, `count` rows of `width`. A copy: callers may not be affected by, nor affect, a call under way. */
  readonly rows: Float32Array;
  readonly count: number;
}

/** Scores a batch; resolves to one result per row, or to null when the batch could not be scored. Must not reject. */
export type RunBatch<T> = (batch: Batch) => Promise<readonly T[] | null>;

interface Waiting<T> {
  readonly row: Float32Array;
  readonly resolve: (result: T | null) => void;
}

export function createBatcher<T>(width: number, run: RunBatch<T>): (row: Float32Array) => Promise<T | null> {
  let waiting: Waiting<T>[] = [];

  function runWaiting(): void {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += batchRowsMax) {
      void runSome(all.length <= batchRowsMax ? all : all.slice(from, from + batchRowsMax));
    }
  }

  async function runSome(some: readonly Waiting<T>[]): Promise<void> {
    const rows = new Float32Array(some.length * width);
    for (let i = 0; i < some.length; i++) rows.set((some[i] as Waiting<T>).row, i * width);
    const results = await run({ rows, count: some.length });
    for (let i = 0; i < some.length; i++) (some[i] as Waiting<T>).resolve(results?.[i] ?? null);
  }

  return (row) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(runWaiting);
      waiting.push({ row, resolve });
    });
}
