// A file is read faster than a disk writes: what keeps the two together while history is loaded.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What is asked of the stores; see StoreHealth for the terms. */
export interface BusyStores {
  health(): { readonly pendingShare: number; readonly droppedChanges: number };
  settle(): Promise<void>;
}

/** Share of the memory for pending changes above which reading waits until all of them are in their records. */
const pendingShareMax = 0.5;

/** Gives the stores their turn, and waits while they are behind. Rejects when they had to give something up. */
export async function catchUp(stores: BusyStores): Promise<void> {
  await nextTurn();
  const { pendingShare, droppedChanges } = stores.health();
  if (droppedChanges > 0)
    throw new Error(
      `the store could not keep up and gave up ${droppedChanges} changes; free some room on its disk, move the data directory away and import again.`,
    );
  if (pendingShare > pendingShareMax) await stores.settle();
}
