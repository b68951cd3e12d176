import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type LmdbOptions, type LmdbStores, openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { assessmentLogContract } from '../contract/assessment-log.ts';
import { profileStoreContract } from '../contract/profile-store.ts';

function directoryFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-store-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function openStores(t: Test, options: Partial<LmdbOptions> = {}): LmdbStores {
  const stores = openLmdbStores({ directory: options.directory ?? directoryFor(t), onProblem: (sentence) => t.fail(sentence), ...options });
  t.teardown(() => stores.close());
  return stores;
}

t.test('profiles in LMDB', (t) => {
  profileStoreContract(t, (t) => Promise.resolve(openStores(t).profiles));
  t.end();
});

t.test('profiles in LMDB, every flush followed by folding', (t) => {
  profileStoreContract(t, (t) => {
    const stores = openStores(t);
    return Promise.resolve({ ...stores.profiles, flush: () => stores.settle() });
  });
  t.end();
});

t.test('assessments in LMDB', (t) => {
  assessmentLogContract(t, (t) => Promise.resolve(openStores(t).assessments));
  t.end();
});

t.test('assessments in LMDB, every flush followed by folding', (t) => {
  assessmentLogContract(t, (t) => {
    const stores = openStores(t);
    const log = stores.assessments;
    log.flush = () => stores.settle();
    return Promise.resolve(log);
  });
  t.end();
});
