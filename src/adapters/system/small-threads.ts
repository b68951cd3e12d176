// Threads that are started from now on get a young generation of a few megabytes. What the service is started with (16 MB, for the thread
// that scores) counts for every thread of the process, limits of a Worker notwithstanding: each thread that has little to do would
// take up to 32 MB.
import { setPriority } from 'node:os';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

/** Does not change the thread that calls it: a heap reads these when it is made. */
export function keepThreadsSmall(): void {
  setFlagsFromString('--min-semi-space-size=1');
  setFlagsFromString('--max-semi-space-size=4');
}

/** As far as a thread can step back and still get on where another one takes all that it can get. */
const niceness = 10;

/**
 * The thread that calls it, and those that it starts, get a core only when nobody else of the process wants one. Linux alone has a priority per
 * thread (setpriority(2), "C library/kernel differences"); elsewhere it would be the whole process's.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, niceness);
  } catch {
    // Forbidden where it runs: then it competes.
  }
}
