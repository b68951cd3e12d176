// What an analyst sees beside a flagged login, in the real service: account facts from an identity provider and what the inventory told.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createRandom } from '../../src/adapters/crypto/random.ts';
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { checkAccountFacts, openAccountFacts } from '../../src/compose/account-facts.ts';
import { type Environment, loadSettings, SettingsError } from '../../src/config/load.ts';
import { testClock } from '../support/ports.ts';
import { storedOf } from '../support/records.ts';
import { type Answer, startTestService, type TestService } from '../support/service.ts';

const strange = {
  attempt_id: 'attempt-1',
  user: { id: 'user/1' },
  ip: '185.220.101.4',
  device: { id: 'tool-1', user_agent: 'curl/8.5.0', accept_language: 'de' },
  client: { id: 'pay-7' },
};

/** Only a failing test waits so long. */
const patienceMs = 60_000;

async function pageOf(service: TestService, id: string): Promise<Answer> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(10)) {
    const { status, body } = await service.call('GET', `/v1/cases/${id}`);
    if (status === 200) return body;
  }
  throw new Error('no case was opened');
}

async function identityProvider(t: Test): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end('{"status":"locked","display_name":"Ada","mfa_enrolled":true,"roles":["payroll"]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/users/{user_id}`, asked };
}

t.test(
  'a page shows what the identity provider knows of the account and the inventory of the application, also after a restart',
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'portcullis-context-'));
    const { url, asked } = await identityProvider(t);
    const env = { PORTCULLIS_ACCOUNT_FACTS_URL: url, PORTCULLIS_ACCOUNT_FACTS_KEY: 'secret' };
    const first = await startTestService(env, directory);
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const { body: scored } = await first.call('POST', '/v1/score', strange);
    t.type(scored.case_id, 'string');
    const changedAt = new Date(Date.now() - 60_000).toISOString();
    const payroll = { client_id: 'pay-7', name: 'Payroll', owner: 'hr', sensitivity: 'critical', changed_at: changedAt };
    const untold = await pageOf(first, scored.case_id);
    t.same(untold.context.asset, { absent: 'unknown' });
    t.same((await first.call('POST', '/v1/context/assets', payroll)).body.result, 'stored');
    const { context } = await pageOf(first, scored.case_id);
    const described = { as_of: changedAt, client_id: 'pay-7', name: 'Payroll', owner: 'hr', sensitivity: 'critical' };
    t.match(context.asset, described);
    t.match(context.account, { status: 'locked', display_name: 'Ada', mfa_enrolled: true, roles: ['payroll'] });
    t.same(asked, ['/users/user%2F1 Bearer secret'], 'asked once for all pages');
    await first.end(true);
    const second = await startTestService({}, directory);
    t.teardown(() => second.end());
    const later = (await pageOf(second, scored.case_id)).context;
    t.match(later.asset, described);
    t.same(later.account, { absent: 'not_configured' });
    const told = new RegExp(
      `^portcullis_assets 1\\n\\n(#.*\\n)*portcullis_asset_change_timestamp_seconds ${Date.parse(changedAt) / 1000}$`,
      'm',
    );
    const metrics = async (): Promise<string> => await second.text('/metrics');
    let text = await metrics();
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs && !told.test(text); await pause(20))
      text = await metrics();
    t.match(text, told);
    t.match(text, /^portcullis_baseline_days \d+$/m);
  },
);

t.test('logins of before the start are summed up, and a page holds its day against them', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-context-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  // Only the ids say when they were assessed, and what is younger than some minutes is not summed up yet.
  const random = createRandom({ nowMs: () => Date.now() - 40 * 60_000 });
  const stores = openLmdbStores({
    directory: join(directory, 'store'),
    clock: systemClock,
    onProblem: (said) => t.fail(said),
  });
  // One of them on the next day where the test runs into midnight.
  for (const occurredAtMs of [Date.now(), Date.now(), Date.now() + patienceMs]) {
    const record = storedOf(random.id(), 'accountA', occurredAtMs);
    stores.assessments.put(record, '');
  }
  await stores.assessments.flush();
  await stores.close();
  const service = await startTestService({}, directory);
  t.teardown(() => service.end());
  const { body: scored } = await service.call('POST', '/v1/score', strange);
  let page = await pageOf(service, scored.case_id);
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs && 'absent' in page.context.baseline; await pause(20))
    page = await pageOf(service, scored.case_id);
  const { baseline } = page.context;
  t.equal(baseline.day, page.occurred_at.slice(0, 10));
  t.ok(baseline.logins.on_day >= 1 && baseline.logins.on_day <= 3, JSON.stringify(baseline));
  t.match(baseline, { days_before: Number, whole_day: Boolean, flagged: { usual: null }, accounts: { on_day: 1 }, places: Array });
});

t.test('settings of account facts that cannot be meant end the start with one sentence that does not show the key', (t) => {
  const sentence = (env: Environment, tenants = ['default']): string => {
    const settings = loadSettings(env, () => '');
    try {
      checkAccountFacts(settings, tenants);
    } catch (error) {
      if (error instanceof SettingsError) return error.message;
      throw error;
    }
    return 'no error';
  };
  const url = 'https://idp.example.com/users/{user_id}';
  t.equal(sentence({}), 'no error');
  t.equal(sentence({ PORTCULLIS_ACCOUNT_FACTS_URL: url, PORTCULLIS_ACCOUNT_FACTS_KEY: 'k' }), 'no error');
  t.equal(
    sentence({ PORTCULLIS_ACCOUNT_FACTS_KEY: 'hunter2' }),
    'PORTCULLIS_ACCOUNT_FACTS_KEY is set, but PORTCULLIS_ACCOUNT_FACTS_URL is not.',
  );
  t.match(sentence({ PORTCULLIS_ACCOUNT_FACTS_URL: 'http://idp.example.com/{user_id}' }), /URL cannot be used: it must begin with https/);
  t.match(sentence({ PORTCULLIS_ACCOUNT_FACTS_URL: url }, ['a', 'b']), /must hold \{tenant\}, because the keys are of 2 tenants/);
  t.equal(sentence({ PORTCULLIS_ACCOUNT_FACTS_URL: `${url}?t={tenant}` }, ['a', 'b']), 'no error');
  const broken = sentence({ PORTCULLIS_ACCOUNT_FACTS_URL: url, PORTCULLIS_ACCOUNT_FACTS_KEY: 'hunter2\nx' });
  t.match(broken, /visible ASCII/);
  t.notMatch(broken, /hunter2/);
  t.end();
});

t.test('account facts that nobody asked for are closed without having been opened', async (t) => {
  const settings = loadSettings({ PORTCULLIS_ACCOUNT_FACTS_URL: 'https://idp.example.com/{user_id}' }, () => '');
  await openAccountFacts(settings, ['default'], testClock())?.close();
  t.equal(
    openAccountFacts(
      loadSettings({}, () => ''),
      ['default'],
      testClock(),
    ),
    null,
  );
});
