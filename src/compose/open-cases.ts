// One way to open the case database, for the door's handle, the review thread's and tools.
import { join } from 'node:path';
import { keptKey } from '../adapters/crypto/key-file.ts';
import { createRandom } from '../adapters/crypto/random.ts';
import { type Cases, openSqliteCases } from '../adapters/sqlite/open.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { caseDirectory } from './directories.ts';

/**
 * The audit's key is kept beside the directory of cases, so that a copy of that directory does not carry the means to forge it. Rejects with
 * one sentence when the directory, the key or the database cannot be used.
 */
export async function openCases(dataDir: string, onProblem: (sentence: string) => void): Promise<Cases> {
  return openSqliteCases({
    directory: caseDirectory(dataDir),
    clock: systemClock,
    random: createRandom(systemClock),
    auditKey: keptKey(join(dataDir, 'audit.key')),
    onProblem,
  });
}
