// A thread that reads all stored assessments again and again, and says after each round how many there were.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { AssessmentReader } from '../../src/adapters/lmdb/assessments/assessment-reader.ts';

const reader = new AssessmentReader(workerData as string, (sentence) => {
  throw new Error(sentence);
});
for (;;) {
  let found = 0;
  let place: string | null = null;
  do {
    const { records, next } = reader.slice('', place, 32);
    found += records.length;
    place = next;
  } while (place !== null);
  parentPort?.postMessage(found);
  await nextTurn();
}
