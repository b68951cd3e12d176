// Rows of one loop turn, scored in one call: by the runtime, or by the walk of the same trees, in the same bits.
//
// The runtime's call blocks the thread and costs as much overhead for one row as for sixteen, so rows that arrive in the
// same turn of the event loop share it. The cap keeps one call well under a millisecond. The walk has no such overhead, but the
// first row of several pays for bringing the trees into the processor's cache, so rows stay together for it too.
//
// Of the shipped model (300 trees) a run of the runtime takes about 20 us and 9 us a row, on a quiet core, and the walk 5 us a row:
// less for one row and for sixty-four. Its cost grows with the trees; where it reaches that of a run alone, the runtime is used.

export const batchRowsMax = 64;

/** Up to here the walk of a row costs less than a call of the runtime does before it has looked at one. */
const treesWalkedMax = 1000;

/** What scores batches of an ensemble of this size for less. */
export function cheaperFor(treeCount: number): 'runtime' | 'walk' {
  return treeCount <= treesWalkedMax ? 'walk' : 'runtime';
}

export interface Batch {
  /** Row-major, `count` rows of `width`. A copy: callers may not be affected by, nor affect, a call under way. */
  readonly rows: Float32Array;
  readonly count: number;
}

/** Scores a batch; resolves to one result per row, or to null when the batch could not be scored. Must not reject. */
export type RunBatch<T> = (batch: Batch) => readonly T[] | Promise<readonly T[] | null>;

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
