// Threads that are started from now on get a young generation of a few megabytes. What the service is started with (32 MB, for the thread
// that scores) counts for every thread of the process, limits of a Worker notwithstanding: three threads that have little to do would
// take 170 MB.
import { setFlagsFromString } from 'node:v8';

/** Does not change the thread that calls it: a heap reads these when it is made. */
export function keepThreadsSmall(): void {
  setFlagsFromString('--min-semi-space-size=1');
  setFlagsFromString('--max-semi-space-size=4');
}
