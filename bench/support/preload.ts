// Fills a data directory with profiles of people who have each signed in well a few times, straight through the stores.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPseudonyms } from '../../src/adapters/crypto/pseudonyms.ts';
import { openIpDatabase } from '../../src/adapters/ip-database/open.ts';
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { visitOf } from '../../src/assess/gather.ts';
import { attemptedChanges, learnedChanges } from '../../src/domain/profile/change.ts';
import { parseAttempt } from '../../src/parse/attempt.ts';
import type { ScoreRequest } from '../../src/parse/score-request.ts';
import { bodyOf } from './attempts.ts';

const dayMs = 86_400_000;
/** Good logins per person: enough that no profile is trivially small. */
const usualLogins = 3;
const flushEvery = 200;

/** Writes `count` profiles and the pseudonym key under `directory`, as the service would have. */
export async function preload(directory: string, count: number, loginsEach = usualLogins): Promise<void> {
  const key = Buffer.alloc(32, 7);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'pseudonym.key'), `${key.toString('base64')}\n`, { mode: 0o600 });
  const pseudonyms = createPseudonyms({ key });
  const ip = await openIpDatabase({ cacheDirectory: 'node_modules/.cache/portcullis' });
  const stores = openLmdbStores({ directory: join(directory, 'store'), onProblem: (sentence) => process.stderr.write(`${sentence}\n`) });
  const now = Date.now();
  for (let person = 0; person < count; person++) {
    const body = bodyOf(person) as ScoreRequest;
    for (let login = loginsEach; login >= 1; login--) {
      const atMs = now - login * 3 * dayMs - (person % 1000) * 60_000;
      const parsed = parseAttempt(body, { tenant: 'default', nowMs: atMs, attemptId: '', anyPast: true });
      if (!parsed.ok) throw new Error(`${parsed.field} ${parsed.message}`);
      const visit = visitOf(parsed.attempt, ip.lookup(parsed.attempt.ip, atMs), pseudonyms);
      stores.profiles.apply('default', [...attemptedChanges(visit, false), ...learnedChanges(visit)]);
    }
    if (person % flushEvery === flushEvery - 1) await stores.profiles.flush();
  }
  await stores.settle();
  await stores.close();
  ip.close();
}
