import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open as openRaw } from 'lmdb';
import t, { type Test } from 'tap';
import { keyEncoder } from '../../src/adapters/lmdb/key-buffer.ts';
import { type LmdbOptions, type LmdbStores, openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { failedChanges, learnedChanges } from '../../src/domain/profile/change.ts';
import { countWithin, hour } from '../../src/domain/profile/window-counter.ts';
import { assessmentLogContract } from '../contract/assessment-log.ts';
import { profileStoreContract, readVisit } from '../contract/profile-store.ts';
import { noonMs, storedOf, visitOf } from '../support/records.ts';

const worker = fileURLToPath(new URL('../support/store-worker.ts', import.meta.url));

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
    const { profiles } = stores;
    profiles.flush = () => stores.settle();
    return Promise.resolve(profiles);
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

t.test('what was flushed is there after the store is opened again, folded or not', async (t) => {
  const directory = directoryFor(t);
  const visit = visitOf('accountA');
  for (const fold of [false, true]) {
    const stores = openStores(t, { directory });
    stores.profiles.apply('default', learnedChanges(visit));
    stores.assessments.put(storedOf(`id-${fold}`, 'accountA'), `attempt-${fold}`);
    await (fold ? stores.settle() : stores.profiles.flush());
    await stores.close();
  }
  const stores = openStores(t, { directory });
  const bundle = await readVisit(stores.profiles, 'default', visit);
  t.equal(bundle.account?.goodCount, 2);
  t.equal(bundle.asn?.goodCount, 2);
  t.equal(bundle.population.total, 2);
  t.equal(stores.assessments.byAccount('default', 'accountA', 9).length, 2);
  t.ok(stores.assessments.byAttempt('default', 'attempt-false'));
});

t.test('an erased account leaves nothing of itself in the files of the journal, the profiles and the log', async (t) => {
  const directory = directoryFor(t);
  const stores = openStores(t, { directory });
  stores.profiles.apply('default', learnedChanges(visitOf('accountToErase')));
  stores.assessments.put(storedOf('id-1', 'accountToErase'), 'attemptToErase');
  await stores.profiles.flush();
  await stores.assessments.eraseAccount('default', 'accountToErase');
  await stores.profiles.eraseAccount('default', 'accountToErase');
  await stores.close();
  const raw = openRaw<Uint8Array, string>({ path: directory, encoding: 'binary', noSubdir: false });
  for (const name of ['profiles', 'journal', 'assessments', 'attempts', 'accounts', 'times']) {
    const options = { name, encoding: 'binary' as const, keyEncoder, useVersions: ['profiles', 'journal', 'assessments'].includes(name) };
    for (const { key, value } of raw.openDB<Uint8Array, Uint8Array>(options).getRange({ start: new Uint8Array(1) })) {
      t.notOk(Buffer.from(key).includes('ToErase') || Buffer.from(value).includes('ToErase'), name);
    }
  }
  await raw.close();
});

t.test('forgotten profiles leave the files, and a walk that is longer than one call goes on where it ended', async (t) => {
  const directory = directoryFor(t);
  const stores = openStores(t, { directory });
  for (let i = 0; i < 2000; i++)
    stores.profiles.apply(
      'default',
      learnedChanges(visitOf(`accountOf${i}`, noonMs, { host: `hostOf${i}`, block: `blockOf${i}`, device: null })),
    );
  await stores.settle();
  const steps = [];
  do steps.push(await stores.profiles.expire(noonMs + 3_600_000));
  while (steps.at(-1)?.complete === false);
  t.ok(steps.length > 1 && steps.every(({ forgotten }) => forgotten < 6001));
  t.equal(
    steps.reduce((sum, { forgotten }) => sum + forgotten, 0),
    3 * 2000 + 1,
    'every account, host and block, and their network',
  );
  await stores.settle();
  await stores.close();
  const raw = openRaw<Uint8Array, string>({ path: directory, encoding: 'binary', noSubdir: false });
  const options = { name: 'profiles', encoding: 'binary' as const, keyEncoder, useVersions: true };
  const profiles = raw.openDB<Uint8Array, Uint8Array>(options);
  const left = [...profiles.getKeys({ start: new Uint8Array(1) })].map((key) => Buffer.from(key).toString());
  t.match(left, [/p$/], 'but what is known of everybody together');
  t.equal(left.length, 1);
  await raw.close();
});

t.test('two processes add to the same records at the same time and neither loses anything', async (t) => {
  const directory = directoryFor(t);
  const stores = openStores(t, { directory, flushIntervalMs: 20 });
  const visit = visitOf('accountA');
  const other = spawn(process.execPath, [worker, 'count', directory, '120'], { stdio: ['ignore', 'ignore', 'inherit'] });
  t.teardown(() => other.kill('SIGKILL'));
  const ended = once(other, 'exit');
  let mine = 0;
  while (other.exitCode === null && mine < 5000) {
    stores.profiles.apply('default', failedChanges({ ...visit, account: `my account${mine++}` }, noonMs));
    if (mine % 10 === 0) await readVisit(stores.profiles, 'default', visit);
    await (mine % 25 === 0 ? stores.settle() : stores.profiles.flush());
  }
  const [code] = await ended;
  t.equal(code, 0);
  await stores.settle();
  for (const again of [false, true]) {
    const fresh = again ? openStores(t, { directory }) : stores;
    const bundle = await readVisit(fresh.profiles, 'default', visit);
    t.equal(
      countWithin(bundle.host?.failures ?? [], hour, noonMs),
      mine + 120,
      again ? 'read anew' : 'in the process that was open all along',
    );
    t.equal(countWithin(bundle.asn?.failures ?? [], hour, noonMs), mine + 120);
    t.ok(fresh.profiles.readAccount('default', 'worker account119'));
  }
});

t.test('what was durable when a process was killed is there, once, and the store opens', async (t) => {
  const directory = directoryFor(t);
  const child = spawn(process.execPath, [worker, 'forever', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > 130) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const durable = Number(printed.split('\n').at(-2));
  t.ok(durable >= 100);
  const stores = openStores(t, { directory });
  const wrong: number[] = [];
  for (let i = 0; i <= durable; i++) {
    if (stores.profiles.readAccount('default', `account${i}`)?.goodCount !== 1) wrong.push(i);
    if (stores.assessments.byAttempt('default', `attempt-${String(i).padStart(12, '0')}`) === null) wrong.push(i);
  }
  t.strictSame(wrong, []);
});

t.test('while the disk is full, everything is kept in memory and told once; when there is room again, it is stored', async (t) => {
  const directory = directoryFor(t);
  const problems: string[] = [];
  let free = 1000 * 1024 * 1024;
  const stores = openStores(t, { directory, flushIntervalMs: 5, freeBytes: () => free, onProblem: (sentence) => problems.push(sentence) });
  free = 10 * 1024 * 1024;
  stores.profiles.apply('default', learnedChanges(visitOf('accountA')));
  stores.assessments.put(storedOf('id-1', 'accountA'), 'attempt-1');
  for (let i = 0; i < 3; i++)
    await t.rejects(stores.profiles.flush(), { message: 'The store cannot be written (only 10 MB are free on its disk).' });
  t.equal(stores.health().ok, false);
  t.match(stores.health().detail, 'only 10 MB are free');
  t.equal(stores.profiles.readAccount('default', 'accountA')?.goodCount, 1);
  t.ok(stores.assessments.byAttempt('default', 'attempt-1'));
  free = 1000 * 1024 * 1024;
  await stores.settle();
  t.equal(stores.health().ok, true);
  t.match(problems, [/^The store cannot be written \(.+\); scoring goes on from memory/, /^The store can be written again/]);
  t.equal(problems.length, 2);
  await stores.close();
  const again = openStores(t, { directory });
  t.equal(again.profiles.readAccount('default', 'accountA')?.goodCount, 1);
  t.ok(again.assessments.byAttempt('default', 'attempt-1'));
});

t.test('a damaged record is taken as absent and counted, and the next events begin a new one', async (t) => {
  const directory = directoryFor(t);
  const stores = openStores(t, { directory });
  stores.profiles.apply('default', learnedChanges(visitOf('accountA')));
  stores.assessments.put(storedOf('id-1', 'accountA'), 'attempt-1');
  await stores.settle();
  await stores.close();
  const raw = openRaw<Uint8Array, string>({ path: directory, encoding: 'binary', noSubdir: false });
  for (const name of ['profiles', 'assessments']) {
    const options = { name, encoding: 'binary' as const, keyEncoder, useVersions: true };
    const table = raw.openDB<Uint8Array, Uint8Array>(options);
    for (const { key, value } of table.getRange({ start: new Uint8Array(1) })) {
      const damaged = Uint8Array.from(value);
      damaged[5] = (damaged[5] as number) ^ 1;
      await table.put(key, damaged, 1);
    }
  }
  await raw.close();
  const again = openStores(t, { directory });
  const bundle = await readVisit(again.profiles, 'default', visitOf('accountA'));
  t.strictSame([bundle.account, bundle.host, bundle.asn, bundle.population.total], [null, null, null, 0]);
  t.equal(again.assessments.byId('default', 'id-1'), null);
  t.equal(again.health().damagedRecords, 7);
  again.profiles.apply('default', learnedChanges(visitOf('accountA')));
  await again.settle();
  t.equal(again.profiles.readAccount('default', 'accountA')?.goodCount, 1);
});

t.test('when memory is full and nothing can be folded, counters are given up before accounts, and that is counted', async (t) => {
  const stores = openStores(t, { pendingBytesMax: 1, flushIntervalMs: 1_000_000 });
  for (let i = 0; i < 12_000; i++) stores.profiles.apply('default', learnedChanges(visitOf(`account${i}`)));
  const { droppedChanges } = stores.health();
  t.ok(droppedChanges > 0);
  const host = (await readVisit(stores.profiles, 'default', visitOf('accountA'))).host;
  let accounts = 0;
  for (let i = 0; i < 12_000; i++) if (stores.profiles.readAccount('default', `account${i}`) !== null) accounts++;
  t.ok(accounts > (host?.goodCount ?? 0));
  t.ok(stores.health().pendingShare <= 1.01);
});

t.test('a store of a newer format is refused in one sentence', async (t) => {
  const directory = directoryFor(t);
  await openStores(t, { directory }).close();
  const raw = openRaw<Uint8Array, string>({ path: directory, encoding: 'binary', noSubdir: false });
  await raw.put('format', Buffer.from('2'));
  await raw.close();
  t.throws(() => openLmdbStores({ directory, onProblem: () => undefined }), {
    message: /^The store in .+ has format 2 and this release reads format 1: [^.]+\.$/,
  });
});

t.test('a store is not opened under another pseudonym key than the one it was made with', async (t) => {
  const directory = directoryFor(t);
  await openStores(t, { directory, keyId: 'first' }).close();
  await openStores(t, { directory, keyId: 'first' }).close();
  t.throws(() => openLmdbStores({ directory, keyId: 'second', onProblem: () => undefined }), {
    message: /^The store in .+ was made with the pseudonym key first, and the key given now is second: [^.]+\.$/,
  });
});

t.test('while the disk refuses and memory is full, an assessment is kept whole or given up and counted', async (t) => {
  const stores = openStores(t, { pendingBytesMax: 1, freeBytes: () => 0, flushIntervalMs: 1_000_000, onProblem: () => undefined });
  const count = 60_000;
  for (let i = 0; i < count; i++) stores.assessments.put(storedOf(`id-${i}`, `account${i}`), `attempt-${i}`);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const whole = stores.assessments.byId('default', `id-${i}`) !== null;
    const found = stores.assessments.byAttempt('default', `attempt-${i}`) !== null;
    if (whole) kept++;
    if (whole !== found) return t.fail(`assessment ${i} is ${whole ? 'kept' : 'lost'} and its attempt is ${found ? 'known' : 'unknown'}`);
  }
  t.ok(kept > 0 && kept < count);
  t.equal(stores.health().droppedChanges, count - kept);
});

t.test('a directory that cannot be used is refused in one sentence', (t) => {
  const directory = directoryFor(t);
  const file = join(directory, 'file');
  writeFileSync(file, 'no directory');
  t.throws(() => openLmdbStores({ directory: join(file, 'store'), onProblem: () => undefined }), {
    message: /^The store directory .+ cannot be written \(ENOTDIR\): [^.]+\.$/,
  });
  writeFileSync(join(directory, 'data.mdb'), 'this is no database'.repeat(1000));
  t.throws(() => openLmdbStores({ directory, onProblem: () => undefined }), {
    message: /^The store in .+ cannot be opened \(.+\): [^.]+\.$/,
  });
  t.end();
});

t.test('closing twice is closing once', async (t) => {
  const stores = openStores(t);
  stores.profiles.apply('default', learnedChanges(visitOf('accountA')));
  await Promise.all([stores.close(), stores.close()]);
  t.pass();
});
