// Cases from end to end: the real service, its threads and its files, and what is left of it after a kill.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import type { Case } from '../../src/domain/case/case.ts';
import { startOther } from '../support/other-service.ts';
import { type Answer, startTestService, type TestService } from '../support/service.ts';

/** Only a failing test waits so long. */
const patienceMs = 60_000;

async function until<T>(ask: () => Promise<T | null> | T | null): Promise<T | null> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(5)) {
    const found = await ask();
    if (found !== null) return found;
  }
  return null;
}

/** From an exit of the Tor network, by a program, on an account of which nothing is known. */
const strange = (n: number): object => ({
  attempt_id: `attempt-${n}`,
  user: { id: `user-${n}` },
  ip: '185.220.101.4',
  device: { id: `tool-${n}`, user_agent: 'curl/8.5.0', accept_language: 'de' },
});

async function caseOf(service: TestService, id: string): Promise<Case | null> {
  const side = await service.cases();
  return (await side?.cases()?.store.get('default', id)) ?? null;
}

t.test('a flagged login is a case with its explanation moments later, and erased with its user', async (t) => {
  const service = await startTestService();
  t.teardown(() => service.end());
  const { body } = await service.call('POST', '/v1/score', strange(1));
  t.not(body.verdict, 'allow');
  t.type(body.case_id, 'string');
  const found = await until(() => caseOf(service, body.case_id));
  t.match(found, { assessmentId: body.assessment_id, verdict: body.verdict, state: 'open' });
  t.match(found?.shown, {
    userId: 'user-1',
    ip: '185.220.101.4',
    userAgent: 'curl/8.5.0',
    acceptLanguage: 'de',
    deviceId: 'tool-1',
    country: 'DE',
  });
  const store = (await service.cases())?.cases()?.store;
  const explanations = await store?.explanations('default', body.case_id);
  t.match(explanations, [{ source: 'template', final: true }]);
  t.match(JSON.parse(explanations?.[0]?.body ?? '{}'), { headline: /Tor/, origin: 'template' });
  const stream = await service.text(`/v1/cases/${body.case_id}/explanation/stream`);
  const followed = [...stream.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event, data]) => [event, JSON.parse(data as string)]);
  t.match(followed, [
    ['template', { headline: /Tor/ }],
    ['done', { version: 1, origin: 'template', models: [], calls: 0, money: null, next_checks: [{ text: /\w/ }] }],
  ]);
  t.equal(followed.length, 2);
  t.equal((await service.call('POST', '/v1/score', strange(1))).body.case_id, body.case_id, 'sent again it is the same case');
  t.equal((await service.call('GET', `/v1/assessments/${body.assessment_id}`)).body.case_id, body.case_id);

  const quiet = await service.call('POST', '/v1/score', { user: { id: 'ada' }, ip: '84.141.12.34' });
  t.equal(quiet.body.verdict, 'allow');
  t.equal(quiet.body.case_id, null);
  const old = await service.call('POST', '/v1/score', { ...strange(2), occurred_at: new Date(Date.now() - 3 * 86_400_000).toISOString() });
  t.not(old.body.verdict, 'allow');
  t.equal(old.body.case_id, null, 'loaded history opens no cases');

  const ready = (await service.call('GET', '/readyz')).body;
  t.match(ready.checks.at(-1), { name: 'cases', ok: true, required: false });
  const metrics = await service.text('/metrics');
  t.match(metrics, /^# TYPE portcullis_cases_opened_total counter$/m);
  t.match(metrics, new RegExp(`^portcullis_cases_opened_total\\{tier="${found?.tier}"\\} 1$`, 'm'));

  t.same((await service.call('DELETE', '/v1/users/user-1')).body, { erased: true, assessments: 1, cases: 1 });
  t.equal(await caseOf(service, body.case_id), null);
  t.match(await store?.readAudit('default', { limit: 1 }), [{ action: 'user_erased', actor: 'keyless', detail: { cases: 1 } }]);
});

t.test('every flagged login of a batch becomes a case', async (t) => {
  const service = await startTestService();
  t.teardown(() => service.end());
  const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify(strange(100 + i))).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${service.url}/v1/score/batch`, { method: 'POST', headers, body: lines });
  const answers = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  const flagged = answers.filter(({ verdict }) => verdict !== 'allow');
  t.ok(flagged.length > 30);
  for (const { case_id: id } of flagged) t.ok(await until(() => caseOf(service, id)));
});

t.test('killed between the answer and the opening, no case is lost', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-killed-'));
  const key = { PORTCULLIS_PSEUDONYM_KEY: 'the killed one and its successor share this key' };
  const killed = await startOther(t, directory, key);
  const first = (await killed.call('POST', '/v1/score', strange(0))).body;
  const file = join(directory, 'cases', 'cases.sqlite');
  const rows = (): number => {
    if (!existsSync(file)) return 0;
    const reader = new DatabaseSync(file, { readOnly: true });
    try {
      return Number(reader.prepare('select count(*) as n from flagged_case').get()?.['n']);
    } catch {
      return 0;
    } finally {
      reader.close();
    }
  };
  t.ok(await until(() => (rows() === 1 ? true : null)), 'it opens cases');

  // The service may be writing at this moment, and a connection without this does not wait its turn.
  const held = new DatabaseSync(file, { timeout: 10_000 });
  t.teardown(() => held.isOpen && held.close());
  held.exec('begin immediate');
  const answers: Answer[] = [first];
  for (let n = 1; n <= 40; n++) answers.push((await killed.call('POST', '/v1/score', strange(n))).body);
  const stores = openLmdbStores({ directory: join(directory, 'store'), onProblem: () => undefined });
  t.teardown(() => stores.close());
  const last = answers.at(-1);
  t.ok(await until(() => stores.assessments.byId('default', last?.assessment_id ?? '')), 'the answers are durable');
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  await stores.close();
  t.equal(rows(), 1, 'none of them is a case');
  held.exec('rollback');
  held.close();

  const service = await startTestService(key, directory);
  t.teardown(() => service.end());
  for (const { case_id: id, assessment_id: assessmentId } of answers.filter(({ case_id: id }) => id !== null)) {
    const found = await until(() => caseOf(service, id));
    t.equal(found?.assessmentId, assessmentId);
    t.equal(found?.shown.userAgent, id === first.case_id ? 'curl/8.5.0' : null, 'what only the request said is not known any more');
  }
  t.equal((await service.cases())?.scans, 1);
});

t.test('scoring goes on without a usable case database, and is ready; flagged logins wait for it', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-no-cases-'));
  writeFileSync(join(directory, 'cases'), 'in the way');
  const service = await startTestService({}, directory);
  t.teardown(() => service.end());
  const { status, body } = await service.call('POST', '/v1/score', strange(1));
  t.equal(status, 200);
  const ready = () => service.call('GET', '/readyz');
  t.ok(await until(async () => ((await ready()).body.checks.at(-1)?.ok === false ? true : null)));
  t.match(await ready(), { status: 200, body: { status: 'ready' } });
  const refused = await service.call('DELETE', '/v1/users/nobody');
  t.match(refused, { status: 503, body: { code: 'cases_unavailable' } });
  rmSync(join(directory, 'cases'));
  t.ok(await until(() => caseOf(service, body.case_id)));
  t.match((await ready()).body.checks.at(-1), { ok: true, detail: /open; 0/ });
});

t.test('switched off, nothing is kept but what an earlier start left, which is erased with its user', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-off-'));
  const before = await startTestService({}, directory);
  const { body } = await before.call('POST', '/v1/score', strange(1));
  t.ok(await until(() => caseOf(before, body.case_id)));
  await before.end(true);
  const off = await startTestService({ PORTCULLIS_CASES: 'false' }, directory);
  t.teardown(() => off.end());
  t.equal((await off.call('POST', '/v1/score', strange(2))).body.case_id, null);
  t.equal(await off.cases(), null);
  t.notOk((await off.call('GET', '/readyz')).body.checks.some(({ name }: { name: string }) => name === 'cases'));
  t.same((await off.call('DELETE', '/v1/users/user-1')).body, { erased: true, assessments: 1, cases: 1 });
  t.same((await off.call('DELETE', '/v1/users/user-1')).body, { erased: false, assessments: 0, cases: 0 });
});
