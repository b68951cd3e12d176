// A disk that refuses in the middle of something: the parts that write are driven one step at a time here, because a whole store meets
// these orders of events only now and then.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { LmdbAssessmentLog } from '../../src/adapters/lmdb/assessments/assessment-log.ts';
import { type Environment, openEnvironment } from '../../src/adapters/lmdb/environment.ts';
import { EventIndex } from '../../src/adapters/lmdb/event-index.ts';
import { Journal } from '../../src/adapters/lmdb/journal.ts';
import { KeyBuffer } from '../../src/adapters/lmdb/key-buffer.ts';
import { type Fold, Maintenance } from '../../src/adapters/lmdb/maintenance.ts';
import { RecordStore } from '../../src/adapters/lmdb/record-store.ts';
import { storedOf } from '../support/records.ts';

function openFiles(t: Test): Environment {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-refusals-'));
  const environment = openEnvironment(directory, null);
  t.teardown(async () => {
    await environment.root.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return environment;
}

interface Kept {
  readonly index: EventIndex;
  readonly maintenance: Maintenance;
  readonly problems: string[];
}

/** Maintenance over an open store whose keys are folded by `fold`; its timer never comes, so that each step is the test's. */
function maintained(t: Test, fold: Fold): Kept {
  const environment = openFiles(t);
  const index = new EventIndex(4 << 20);
  const journal = new Journal(environment, index, () => undefined);
  journal.open();
  const problems: string[] = [];
  const maintenance = new Maintenance({
    index,
    journal,
    records: new RecordStore(environment, index, journal),
    companion: new LmdbAssessmentLog(environment, index),
    fold,
    pace: { flushIntervalMs: 1_000_000, freeBytes: () => Number.POSITIVE_INFINITY },
    onProblem: (sentence) => problems.push(sentence),
  });
  t.teardown(() => maintenance.close());
  return { index, maintenance, problems };
}

function append(index: EventIndex, names: readonly string[]): void {
  const key = new KeyBuffer();
  for (const name of names) {
    key.set('default', 'account', name);
    index.append(key, Uint8Array.of(1), 1);
  }
}

t.test('records that are refused while others are still being handed over are one sentence, not the end of the process', async (t) => {
  let started = 0;
  const { index, maintenance, problems } = maintained(t, (_kind, key) => ({
    position: index.newest(key),
    start() {
      started++;
      return Promise.reject(new Error('the disk refuses'));
    },
  }));
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  t.teardown(() => process.off('unhandledRejection', onUnhandled));
  // More than one turn of the loop is handed, so that the first ones have failed before the last ones are started.
  append(
    index,
    Array.from({ length: 1000 }, (_, i) => `account${i}`),
  );
  await t.rejects(maintenance.settle(), { message: 'The store cannot be written (the disk refuses).' });
  t.equal(started, 1000);
  t.strictSame(unhandled, []);
  t.equal(maintenance.trouble, 'the disk refuses');
  t.strictSame(problems, ['The store cannot be written (the disk refuses); scoring goes on from memory, and writing is tried again.']);
});

async function refused(submitted: readonly Promise<unknown>[]): Promise<boolean> {
  return (await Promise.allSettled(submitted)).some(({ status }) => status === 'rejected');
}

for (const known of [false, true])
  t.test(
    `an assessment replaced ${known ? 'after' : 'before'} it is known that its first writing failed is stored as replaced`,
    async (t) => {
      const environment = openFiles(t);
      const { assessments } = environment;
      const log = new LmdbAssessmentLog(environment, new EventIndex(4 << 20));
      const put = assessments.put.bind(assessments);
      assessments.put = () => Promise.reject(new Error('the disk refuses'));
      const record = storedOf('id-1', 'accountA');
      log.put(record, 'attempt-1');
      t.ok(await refused(log.submit()));
      if (known) log.settle(false);
      log.replace({ ...record, outcomes: ['signed_in'] });
      if (!known) log.settle(false);
      assessments.put = put;
      t.notOk(await refused(log.submit()));
      log.settle(true);
      t.notOk(log.pending());
      const readAnew = new LmdbAssessmentLog(environment, new EventIndex(4 << 20));
      t.strictSame(readAnew.byId('default', 'id-1')?.outcomes, ['signed_in']);
    },
  );
