// What other hands, other programs and the disk do to the files of cases: found out, told in one sentence, or forgotten without a trace.
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { keptKey } from '../../../src/adapters/crypto/key-file.ts';
import type { Cases } from '../../../src/adapters/sqlite/open.ts';
import { applicationId, migrations } from '../../../src/adapters/sqlite/schema.ts';
import { itemsOf } from '../../contract/cases/questions.ts';
import { asset } from '../../support/assets.ts';
import { explanation, job, newCase, opening } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';
import { directoryFor, openCases, tamper, rejects } from '../../support/case-files.ts';

t.test('whoever edits, deletes, moves or cuts off an entry of the audit is found out', async (t) => {
  const cases: [string, string, number][] = [
    ['edited actor', "update audit set actor = 'eve' where sequence = 3", 3],
    ['edited time', 'update audit set at_ms = at_ms + 1 where sequence = 1', 1],
    ['edited detail', `update audit set detail = '{"n":99}' where sequence = 4`, 4],
    ['other spelling', `update audit set detail = '{ "n":4}' where sequence = 4`, 4],
    ['unreadable detail', "update audit set detail = 'x' where sequence = 5", 5],
    ['deleted', 'delete from audit where sequence = 4', 4],
    ['first deleted', 'delete from audit where sequence = 1', 1],
    ['all deleted', 'delete from audit', 1],
    ['last deleted', 'delete from audit where sequence = 6', 6],
    ['moved', 'update audit set sequence = 9 - sequence where sequence in (4, 5); update audit set sequence = sequence', 4],
    ['swapped content', 'update audit set subject = (select subject from audit b where b.sequence = 5) where sequence = 2', 2],
    ['inserted', "insert into audit select 7, at_ms, tenant, 'eve', action, subject, detail, hash from audit where sequence = 6", 7],
    [
      'end cut off with its note',
      'delete from audit where sequence > 3; update audit_end set sequence = 3, hash = (select hash from audit where sequence = 3)',
      4,
    ],
    ['note deleted', 'delete from audit_end', 7],
  ];
  const original = directoryFor(t);
  const first = await openCases(t, { directory: original });
  for (let n = 1; n <= 6; n++)
    await first.store.audit({ atMs: noonMs, tenant: 'default', actor: 'ada', action: 'case_viewed', subject: `case-${n}`, detail: { n } });
  const whole = await first.store.verifyAudit();
  t.equal(whole.intact, true);
  await first.close();
  for (const [name, sql, brokenAt] of cases) {
    const directory = directoryFor(t);
    for (const file of ['cases.sqlite', 'audit.key']) copyFileSync(join(original, file), join(directory, file));
    tamper(directory, (db) => {
      if (name === 'moved') {
        db.exec(
          'update audit set sequence = 40 where sequence = 4; update audit set sequence = 4 where sequence = 5; update audit set sequence = 5 where sequence = 40',
        );
      } else db.exec(sql);
    });
    const { store, close } = await openCases(t, { directory });
    const verdict = await store.verifyAudit();
    t.equal(verdict.intact ? 0 : verdict.brokenAt, brokenAt, `${name}: ${JSON.stringify(verdict)}`);
    await close();
  }
});

t.test('an old copy of the whole database is noticed by who noted a later end', async (t) => {
  const directory = directoryFor(t);
  const entry = { atMs: noonMs, tenant: 'default', actor: 'ada', action: 'exported' as const, subject: '', detail: {} };
  const first = await openCases(t, { directory });
  await first.store.audit(entry);
  await first.close();
  const copy = readFileSync(join(directory, 'cases.sqlite'));
  const second = await openCases(t, { directory });
  const anchor = await second.store.audit(entry);
  await second.close();
  writeFileSync(join(directory, 'cases.sqlite'), copy);
  const { store } = await openCases(t, { directory });
  t.equal((await store.verifyAudit()).intact, true, 'by itself it is whole');
  t.strictSame(await store.verifyAudit(anchor), { intact: false, brokenAt: 2, cause: 'anchor_missing' });
});

t.test('a long audit is followed slice by slice, also over its end', async (t) => {
  const { store } = await openCases(t);
  const entry = { atMs: noonMs, tenant: 'default', actor: 'ada', action: 'case_viewed' as const, subject: 'x', detail: {} };
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 400 }, () => store.audit(entry)));
  const verdict = await store.verifyAudit();
  t.equal(verdict.intact && verdict.head.sequence, 4000);
});

t.test('an erased user leaves nothing in the files', async (t) => {
  const directory = directoryFor(t);
  const { store, log, close } = await openCases(t, { directory });
  const shown = { userId: 'ToErase@example.com', ip: '198.51.100.99', userAgent: 'ToErase/1.0' };
  await store.open([
    {
      made: newCase('a', { account: 'accountToErase', shown }),
      explanation: explanation('x', { body: 'ToErase' }),
      job: job('a', { payload: 'ToErase' }),
    },
  ]);
  await store.open([opening('b')]);
  await store.resolve('default', 'case-a', { label: 'takeover', comment: 'rang ToErase', by: 'ada', atMs: noonMs });
  await store.giveFeedback('default', {
    caseId: 'case-a',
    version: 1,
    finding: null,
    by: 'ada',
    opinion: 'wrong',
    comment: 'ToErase',
    atMs: noonMs,
  });
  await log.append('default', 'case-a', [{ key: 'x', kind: 'finding', body: 'ToErase', atMs: noonMs }]);
  await store.eraseAccount('default', 'accountToErase', 'dpo', noonMs);
  for (const name of ['cases.sqlite', 'cases.sqlite-wal']) {
    const bytes = readFileSync(join(directory, name)).toString('latin1').toLowerCase();
    t.notMatch(bytes, /toerase|198\.51\.100\.99/, name);
  }
  await close();
});

t.test('a file that is not a case database, or cannot be one, ends the opening with one sentence and is left as it was', async (t) => {
  const directory = directoryFor(t);
  const file = join(directory, 'cases.sqlite');
  const problems: string[] = [];
  const opened = (): Promise<Cases> => openCases(t, { directory, onProblem: (sentence) => problems.push(sentence) });
  const foreign = (sql: string): void => {
    rmSync(file, { force: true });
    tamper(directory, (db) => db.exec(sql));
  };

  writeFileSync(file, 'this is not a database at all, but it is longer than a header would be. '.repeat(100));
  await rejects(t, opened(), 'damaged', /cases\.sqlite: The case database is damaged/);
  t.match(readFileSync(file, 'utf8'), /^this is not/);

  foreign('create table somebody_elses (x); insert into somebody_elses values (1)');
  const before = readFileSync(file);
  await rejects(t, opened(), 'damaged', /is not a case database of this service/);
  t.ok(before.equals(readFileSync(file)), 'not a byte of it was changed');

  foreign(`pragma application_id = ${0x5043554c}; pragma user_version = ${migrations.length + 1}; create table t (x)`);
  await rejects(t, opened(), 'unavailable', /written by a newer version of this service \(format 5, this one reads up to 4\)/);

  rmSync(file);
  await (await opened()).close();
  tamper(directory, (db) => db.exec('create trigger t after insert on flagged_case begin delete from audit; end'));
  await rejects(t, opened(), 'damaged', /is not a case database/);

  rmSync(file);
  const auditKey = keptKey(join(directory, 'audit.key'));
  const unusable = openCases(t, { directory: join(auditKey.file, 'no directory'), auditKey, onProblem: () => undefined });
  await rejects(t, unusable, 'unavailable', /cannot be used for cases/);
  writeFileSync(auditKey.file, 'short');
  await rejects(t, opened(), 'unavailable', /audit's key .* is damaged/);
});

t.test('a file of an earlier format is brought up to date and keeps what it holds', async (t) => {
  for (const version of migrations.keys()) {
    if (version === 0) continue;
    const directory = directoryFor(t);
    keptKey(join(directory, 'audit.key'));
    tamper(directory, (db) => {
      for (const step of migrations.slice(0, version)) db.exec(step);
      db.exec(`pragma application_id = ${applicationId}; pragma user_version = ${version}`);
      db.exec("insert into feedback values (1, 'default', 1, 1, '', 'ada', 'useful', 'kept', 1)");
    });
    const { store, log, assets, close } = await openCases(t, { directory });
    await store.open([opening('a')]);
    t.equal(await log.append('default', 'case-a', [{ key: '1', kind: 'done', body: '{}', atMs: 1 }]), 1);
    t.equal((await assets.keep('default', asset('web'))).kind, 'stored');
    await close();
    tamper(directory, (db) => {
      t.same({ ...db.prepare('select comment from feedback').get() }, { comment: 'kept' }, `from format ${version}`);
      t.same({ ...db.prepare('pragma user_version').get() }, { user_version: migrations.length });
    });
  }
});

t.test('a lost key is told to the operator, and the old entries cannot be verified', async (t) => {
  const directory = directoryFor(t);
  const first = await openCases(t, { directory });
  await first.store.audit({ atMs: 1, tenant: 'default', actor: 'a', action: 'exported', subject: '', detail: {} });
  await first.close();
  rmSync(join(directory, 'audit.key'));
  const problems: string[] = [];
  const { store } = await openCases(t, { directory, onProblem: (sentence) => problems.push(sentence) });
  t.match(problems, [/key .* is missing and was made anew/]);
  t.equal((await store.verifyAudit()).intact, false);
});

t.test('a damaged row is told where it is asked for, left out of lists and counted', async (t) => {
  const directory = directoryFor(t);
  const { store, damagedRows } = await openCases(t, { directory, onProblem: () => undefined });
  await store.open(['a', 'b', 'c', 'd', 'e'].map((name) => opening(name)));
  tamper(directory, (db) => {
    db.exec("update flagged_case set shown = '{' where id = 'case-a'; update flagged_case set tier = 77 where id = 'case-b'");
    db.exec("update case_body set visit = '[]', traces = 'x', words = '7' where seq = 3; delete from case_body where seq = 4");
  });
  const page = itemsOf(await store.list('default', { filter: {}, order: 'oldest', limit: 9, cursor: null }));
  t.strictSame(
    page.map((found) => found.id),
    ['case-c', 'case-d', 'case-e'],
  );
  t.equal(await damagedRows(), 2);
  for (const id of ['case-a', 'case-b', 'case-c', 'case-d']) await rejects(t, store.get('default', id), 'damaged', /is damaged/);
  for (const name of ['a', 'b', 'c', 'd'])
    t.equal(await store.eraseAccount('default', `account-${name}`, 'test', noonMs), 1, 'and can be erased');
  t.ok(await store.get('default', 'case-e'));
});

t.test('a file whose later half is damaged opens, gives failures and no crash, and the operator is told once', async (t) => {
  const directory = directoryFor(t);
  const problems: string[] = [];
  const first = await openCases(t, { directory });
  for (let i = 0; i < 20; i++) await first.store.open(Array.from({ length: 10 }, (_, j) => opening(`${i}-${j}`)));
  await first.close();
  const file = join(directory, 'cases.sqlite');
  const bytes = readFileSync(file);
  // The first half holds the schema, which is read when the file is opened.
  bytes.fill(0xa5, bytes.length >> 1);
  writeFileSync(file, bytes);
  const cases = await openCases(t, { directory, onProblem: (sentence) => problems.push(sentence) });
  await rejects(t, cases.store.open([opening('new')]), 'damaged', /damaged/);
  await rejects(t, cases.store.list('default', { filter: {}, order: 'severity', limit: 9, cursor: null }), 'damaged', /damaged/);
  t.equal(problems.length, 1);
  t.equal(cases.health().ok, false);
  t.match(cases.health().detail, /damaged/);
  truncateSync(file, 100);
  await cases.store.get('default', 'case-0-0').catch(() => null);
});
