// Two services on one data directory, as two workers of one machine: each a process, each sees what the other learns.
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { type Call, startOther } from '../support/other-service.ts';
import { type Answer, startTestService, withoutCases } from '../support/service.ts';

/** Between two writes of the journal. */
const flushIntervalMs = 200;

/** Far more than the fraction of a second that it takes; only a failing test waits this long. */
const patienceMs = 20_000;

/** Given to both, because they begin on an empty directory together. */
const pseudonymKey = { PORTCULLIS_PSEUDONYM_KEY: 'two processes share one key of their own' };

/** Asks again until the answer is as it should be, and returns the last answer. */
async function until(ask: () => ReturnType<Call>, good: (body: Answer) => boolean): Promise<Answer> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const { body } = await ask();
    if (good(body) || performance.now() > endMs) return body;
    await pause(50);
  }
}

const attempt = (n: number): object => ({
  attempt_id: `attempt-${n}`,
  user: { id: 'ada' },
  ip: '84.141.12.34',
  device: { id: 'ada-laptop', timezone: 'Europe/Berlin', platform: 'Win32', screen: '1920x1080x24' },
});

async function signIn(call: Call, n: number): Promise<Answer> {
  const { body } = await call('POST', '/v1/score', attempt(n));
  const { status } = await call('POST', '/v1/outcomes', { assessment_id: body.assessment_id, outcome: 'signed_in' });
  if (status !== 200) throw new Error(`the outcome was answered by ${status}`);
  return body;
}

t.test('two processes that share one data directory', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-two-'));
  const [first, second] = await Promise.all([
    startTestService({ ...pseudonymKey, ...withoutCases }, directory),
    startOther(t, directory, pseudonymKey),
  ]);
  t.teardown(async () => {
    second.child.kill('SIGTERM');
    if (second.child.exitCode === null) await once(second.child, 'exit');
    await first.end();
  });
  const { call } = first;

  await t.test('what one learns the other knows', async (t) => {
    for (let n = 0; n < 5; n++) await signIn(second.call, n);
    const here = await until(
      () => call('GET', '/v1/users/ada'),
      (body) => body.good_logins === 5,
    );
    t.equal(here.good_logins, 5);
    t.equal(here.devices.length, 1);
    const scored = await call('POST', '/v1/score', attempt(5));
    const codes = scored.body.reasons.map((reason) => reason.code);
    t.notOk(codes.includes('NEW_DEVICE'), codes.join(' '));
    for (let n = 6; n < 9; n++) await signIn(call, n);
    t.equal(
      (
        await until(
          () => second.call('GET', '/v1/users/ada'),
          (body) => body.good_logins === 8,
        )
      ).good_logins,
      8,
    );
  });

  await t.test('an attempt that one has answered is the same attempt for the other', async (t) => {
    const answered = (await second.call('POST', '/v1/score', attempt(100))).body;
    const read = await until(
      () => call('GET', `/v1/assessments/${answered.assessment_id}`),
      (body) => body.assessment_id !== undefined,
    );
    t.equal(read.assessment_id, answered.assessment_id);
    // Its name travels with the journal, which follows the record within a flush interval.
    await pause(2 * flushIntervalMs);
    t.strictSame((await call('POST', '/v1/score', attempt(100))).body, answered);
    t.equal((await call('POST', '/v1/score', { ...attempt(100), ip: '46.114.5.5' })).status, 409);
  });

  await t.test('both at once lose nothing and count nothing twice', async (t) => {
    const each = 60;
    await Promise.all(
      [call, second.call].map(async (one, i) => {
        for (let n = 0; n < each; n++) await signIn(one, 1000 * (i + 1) + n);
      }),
    );
    const total = 8 + 2 * each;
    for (const one of [call, second.call])
      t.equal(
        (
          await until(
            () => one('GET', '/v1/users/ada'),
            (body) => body.good_logins >= total,
          )
        ).good_logins,
        total,
      );
    await first.core.stores.settle();
    await pause(500);
    for (const one of [call, second.call]) t.equal((await one('GET', '/v1/users/ada')).body.good_logins, total, 'also when all is folded');
  });
});
