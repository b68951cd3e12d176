// A second process on a store, for the tests: `node store-worker.ts count DIR NUMBER` adds that many failures to one address.
// `node store-worker.ts forever DIR` applies logins until it is killed and prints each one's number once it is durable.
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { failedChanges, learnedChanges } from '../../src/domain/profile/change.ts';
import { noonMs, storedOf, visitOf } from './records.ts';

const [mode, directory, number] = process.argv.slice(2) as [string, string, string | undefined];
const stores = openLmdbStores({ directory, onProblem: (sentence) => process.stderr.write(`${sentence}\n`), flushIntervalMs: 20 });

function login(i: number): void {
  const name = String(i).padStart(12, '0');
  stores.assessments.put(storedOf(`id-${name}`, `account${i}`, noonMs + i), `attempt-${name}`);
  stores.profiles.apply('default', learnedChanges(visitOf(`account${i}`, noonMs + i, { host: `host${i}`, device: `device${i}` })));
}

async function count(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    stores.profiles.apply('default', failedChanges(visitOf(`worker account${i}`), noonMs));
    if (i % 10 === 0) await stores.settle();
  }
  await stores.close();
}

async function forever(): Promise<void> {
  for (let i = 0; ; i++) {
    login(i);
    await (i % 50 === 0 ? stores.settle() : stores.profiles.flush());
    process.stdout.write(`${i}\n`);
  }
}

await (mode === 'count' ? count(Number(number)) : forever());
