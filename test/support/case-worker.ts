// A second process on a case database, for the tests: `node case-worker.ts MODE DIR NAME` runs until it is killed or done.
//
//   open     opens cases with their jobs and prints each one's id once it was acknowledged
//   work     claims and completes jobs and prints each one's id once its completion was acknowledged
//   count    opens 100 cases of one attack and ends
import { join } from 'node:path';
import { keptKey } from '../../src/adapters/crypto/key-file.ts';
import { createRandom } from '../../src/adapters/crypto/random.ts';
import { openSqliteCases } from '../../src/adapters/sqlite/open.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { tiers } from '../../src/domain/case/tier.ts';
import type { NewTelling } from '../../src/ports/case/explanation-log.ts';
import { explanation, job, newCase } from './cases.ts';

const [mode, directory, name] = process.argv.slice(2) as [string, string, string];
const onProblem = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
const auditKey = keptKey(join(directory, 'audit.key'));
const random = createRandom(systemClock);
const { store, queue, log, close } = await openSqliteCases({ directory, auditKey, clock: systemClock, random, onProblem });

function told(key: string): NewTelling {
  return { key, kind: key, body: '{}', atMs: systemClock.nowMs() };
}

async function openOne(i: number, visit: object = {}): Promise<string> {
  const made = newCase(`${name}-${i}`, { visit });
  const [opened] = await store.open([
    { made, explanation: explanation('template'), job: job(made.id, { subject: made.id }), tellings: [told('template')] },
  ]);
  return opened?.id ?? '';
}

async function openForever(): Promise<void> {
  for (let i = 0; ; i += 5) {
    const ids = await Promise.all([0, 1, 2, 3, 4].map((j) => openOne(i + j)));
    process.stdout.write(`${ids.join('\n')}\n`);
  }
}

async function workForever(): Promise<void> {
  for (;;) {
    const claims = await queue.claim({ tiers, limit: 3, leaseMs: 50 });
    for (const { job: claimed, lease } of claims) {
      await store.explain('default', claimed.subject, explanation(claimed.id, { final: true }));
      await log.append('default', claimed.subject, [told('done')]);
      if ((await queue.complete(claimed.id, lease)) === 'completed') process.stdout.write(`${claimed.subject}\n`);
    }
    if (claims.length === 0) process.stdout.write('idle\n');
  }
}

async function count(): Promise<void> {
  for (let i = 0; i < 100; i++) await openOne(i, { device: 'one tool' });
  await close();
}

await (mode === 'open' ? openForever() : mode === 'work' ? workForever() : count());
