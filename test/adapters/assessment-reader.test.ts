// Stored assessments are read by another thread than the one that stores them, whatever becomes of that thread.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { open as openRaw } from 'lmdb';
import t, { type Test } from 'tap';
import { AssessmentReader } from '../../src/adapters/lmdb/assessments/assessment-reader.ts';
import { keyEncoder } from '../../src/adapters/lmdb/key-buffer.ts';
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { assessmentSlicesContract } from '../contract/assessment-log.ts';
import { testRandom } from '../support/ports.ts';
import { storedOf } from '../support/records.ts';

const entry = new URL('../support/reading-worker.ts', import.meta.url);

function storeWorld(t: Test) {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-reader-'));
  const problems: string[] = [];
  const reader = new AssessmentReader(directory, (sentence) => void problems.push(sentence));
  t.teardown(async () => {
    await reader.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const openStores = () => {
    const stores = openLmdbStores({ directory, onProblem: (sentence) => t.fail(sentence) });
    t.teardown(() => stores.close());
    return stores;
  };
  return { directory, reader, problems, openStores };
}

t.test('a reader beside the log', (t) => {
  assessmentSlicesContract(t, async (t) => {
    const { reader, openStores } = storeWorld(t);
    const { assessments } = openStores();
    assessments.slice = reader.slice.bind(reader);
    return assessments;
  });
  t.end();
});

t.test('threads that are ended while they read leave nothing behind, and what is stored meanwhile is stored', async (t) => {
  const { directory, openStores } = storeWorld(t);
  const { assessments } = openStores();
  let stored = 0;
  const store = async (): Promise<void> => {
    for (let i = 0; i < 200; i++) assessments.put(storedOf(`id-${stored++}`, `account${i}`), '');
    await assessments.flush();
  };
  await store();
  const others = openRaw({ path: directory, readOnly: true });
  t.teardown(() => others.close());
  const readers = (): number => others.readerList().trim().split('\n').length;
  const before = readers();
  const chance = testRandom();
  for (let i = 0; i < 6; i++) {
    const worker = new Worker(entry, { workerData: directory, execArgv: [] });
    await once(worker, 'message');
    await Promise.all([store(), pause(chance.uniform() * 5)]);
    if (i === 0) t.ok(readers() > before, 'one that reads is seen');
    await worker.terminate();
  }
  t.equal(readers(), before);
  const last = new Worker(entry, { workerData: directory, execArgv: [] });
  const [found] = (await once(last, 'message')) as [number];
  t.equal(found, stored);
  await last.terminate();
});

t.test('a record that cannot be read is left out', async (t) => {
  const { directory, reader, problems, openStores } = storeWorld(t);
  const { assessments } = openStores();
  for (const id of ['id-1', 'id-2']) assessments.put(storedOf(id, 'accountA'), '');
  await assessments.flush();
  const raw = openRaw({ path: directory, encoding: 'binary' });
  const options = { name: 'assessments', encoding: 'binary' as const, useVersions: true, keyEncoder };
  const table = raw.openDB<Uint8Array, Uint8Array>(options);
  const [key] = table.getKeys({ limit: 1 });
  await table.put(key as Uint8Array, Uint8Array.of(1, 2, 3), 1);
  await raw.close();
  t.match(reader.slice('', null, 9), { records: [{ assessment: { assessmentId: 'id-2' } }], next: null });
  t.same(problems, []);
});

t.test('where nothing was stored there is nothing to read, and what is no store is said once', async (t) => {
  const { directory, reader, problems } = storeWorld(t);
  t.same(reader.slice('', null, 9), { records: [], next: null });
  writeFileSync(join(directory, 'data.mdb'), 'in the way');
  for (let i = 0; i < 2; i++) t.throws(() => reader.slice('', null, 9), /cannot be read/);
  t.match(problems, [/^The store in .* cannot be read \(data\.mdb is not a database\)\.$/]);
  t.equal(problems.length, 1);
});
