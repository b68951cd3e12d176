// Case databases in directories of their own, for the tests of what happens to files, processes and threads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Test } from 'tap';
import { keptKey } from '../../src/adapters/crypto/key-file.ts';
import { type Cases, openSqliteCases, type SqliteCasesOptions } from '../../src/adapters/sqlite/open.ts';
import { StorageFailure, type StorageTrouble } from '../../src/domain/case/failure.ts';
import { testClock, testRandom } from './ports.ts';

export function directoryFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-cases-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export async function openCases(t: Test, options: Partial<SqliteCasesOptions> = {}): Promise<Cases> {
  const directory = options.directory ?? directoryFor(t);
  const cases = await openSqliteCases({
    directory,
    auditKey: options.auditKey ?? keptKey(join(directory, 'audit.key')),
    clock: testClock(),
    random: testRandom(),
    onProblem: (sentence) => t.fail(sentence),
    ...options,
  });
  t.teardown(() => cases.close());
  return cases;
}

/** What another program does to the file. */
export function tamper(directory: string, change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(directory, 'cases.sqlite'), { timeout: 10_000 });
  change(db);
  db.close();
}

export async function rejects(t: Test, promise: Promise<unknown>, trouble: StorageTrouble, sentence: RegExp): Promise<void> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  t.ok(failure instanceof StorageFailure, String(failure));
  if (!(failure instanceof StorageFailure)) return;
  t.equal(failure.trouble, trouble, failure.message);
  t.match(failure.message, sentence);
  t.notMatch(failure.message, /\n/, 'one line');
}
