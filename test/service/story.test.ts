// The whole service on real data: what a person at home, a traveller and an attacker meet.
import t from 'tap';
import { type Answer, startTestService, type TestService, withoutCases } from '../support/service.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const now = Date.now();

const laptop = {
  id: 'ada-laptop',
  user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  accept_language: 'de-DE,de;q=0.9,en;q=0.8',
  timezone: 'Europe/Berlin',
  screen: '1920x1080x24',
  platform: 'Win32',
  webdriver: false,
};
const strangeDevice = {
  id: 'somebody-elses',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  accept_language: 'en-US,en;q=0.9',
  timezone: 'America/New_York',
  screen: '1280x720x24',
  platform: 'Linux x86_64',
};
/** Deutsche Telekom, a consumer line; DigitalOcean in New Jersey; Telefonica, another German carrier. */
const home = '84.141.12.34';
const hosting = '167.99.10.1';
const otherCarrier = '46.114.5.5';

function attempt(userId: string, ip: string, atMs: number, more: object = {}): object {
  return {
    occurred_at: new Date(atMs).toISOString(),
    user: { id: userId, mfa_enrolled: true },
    ip,
    credential: { method: 'password', result: 'success' },
    device: userId === 'ada' ? laptop : { ...laptop, id: `${userId}-laptop` },
    client: { id: 'web' },
    ...more,
  };
}

async function signIn(service: TestService, body: object): Promise<Answer> {
  const scored = await service.call('POST', '/v1/score', body);
  if (scored.status !== 200) throw new Error(JSON.stringify(scored.body));
  const { occurred_at } = body as { occurred_at: string };
  const outcome = await service.call('POST', '/v1/outcomes', {
    assessment_id: scored.body.assessment_id,
    outcome: 'signed_in',
    occurred_at,
  });
  if (outcome.status >= 300) throw new Error(JSON.stringify(outcome.body));
  return scored.body;
}

/** Forty working days of good logins in the morning. */
async function livesAtHome(service: TestService, userId: string, ip = home): Promise<void> {
  for (let day = 56; day >= 1; day--) {
    const atMs = now - day * dayMs - (day % 5) * 7 * minuteMs;
    if (day % 7 < 5) await signIn(service, attempt(userId, ip, atMs));
  }
}

function assertExact(t: { ok(value: unknown, message: string): unknown }, body: Answer): void {
  const sum = body.reasons.reduce((total: number, reason) => total + reason.contribution, body.base_log_odds + body.other_contributions);
  t.ok(Math.abs(sum - body.log_odds) < 1e-9, 'base and contributions are the log-odds');
}

t.test('the story of one account', async (t) => {
  const service = await startTestService();
  t.teardown(() => service.end());
  await livesAtHome(service, 'ada');

  await t.test('a known person at home is allowed, in the lower half of all genuine logins', async (t) => {
    const { body } = await service.call('POST', '/v1/score', attempt('ada', home, now));
    t.equal(body.verdict, 'allow');
    t.ok(body.score < 0.5, `score ${body.score}`);
    t.equal(body.decided_by, 'model');
    t.equal(body.degraded, false);
    assertExact(t, body);
  });

  await t.test('on the known device, another carrier alone does not ask for more', async (t) => {
    const { body } = await service.call('POST', '/v1/score', attempt('ada', otherCarrier, now + minuteMs));
    t.equal(body.verdict, 'allow', JSON.stringify(body));
  });

  await t.test('on the known device, an address without coordinates alone does not ask for more', async (t) => {
    const { body } = await service.call('POST', '/v1/score', attempt('ada', '10.20.30.40', now + minuteMs));
    t.equal(body.verdict, 'allow', JSON.stringify(body));
    t.ok(body.missing.some((missing) => missing.signal === 'travel.speed'));
  });

  await t.test('after thirty failures from a hosting network abroad, a right password on a new device is not enough', async (t) => {
    for (let i = 0; i < 30; i++) {
      const failed = attempt(i % 3 === 0 ? 'ada' : `victim-${i}`, `167.99.10.${1 + (i % 6)}`, now - 9 * minuteMs + i * 10_000, {
        credential: { method: 'password', result: 'failure' },
        device: strangeDevice,
      });
      t.equal((await service.call('POST', '/v1/score', failed)).status, 200);
    }
    const { body } = await service.call('POST', '/v1/score', attempt('ada', hosting, now + 2 * minuteMs, { device: strangeDevice }));
    t.not(body.verdict, 'allow', JSON.stringify(body));
    assertExact(t, body);
    const raising = body.reasons.filter((reason) => reason.contribution > 0).map((reason) => reason.code);
    const about = (pattern: RegExp): boolean => raising.some((code: string) => pattern.test(code));
    t.ok(about(/TRAVEL|COUNTRY/), `travel in ${raising.join()}`);
    t.ok(about(/NETWORK|HOSTING/), `network in ${raising.join()}`);
    t.ok(about(/DEVICE/), `device in ${raising.join()}`);
    t.ok(about(/FAILURES|SPRAY/), `failures in ${raising.join()}`);
  });
});

t.test('an IPv6 subscriber whose address rotates inside the same block stays at home', async (t) => {
  const service = await startTestService(withoutCases);
  t.teardown(() => service.end());
  await livesAtHome(service, 'ada', '2003:e1:1234:5600::1');
  for (const ip of ['2003:e1:1234:5600:aaaa:bbbb:cccc:dddd', '2003:e1:1234:56ff::1']) {
    const { body } = await service.call('POST', '/v1/score', attempt('ada', ip, now));
    t.equal(body.verdict, 'allow', `${ip}: ${JSON.stringify(body)}`);
  }
});

t.test("a corporate egress abroad that the tenant's other accounts use does not alone challenge a known device", async (t) => {
  const service = await startTestService(withoutCases);
  t.teardown(() => service.end());
  const egress = '167.99.10.77';
  await livesAtHome(service, 'ada');
  for (let colleague = 0; colleague < 12; colleague++) {
    for (const day of [20, 12, 5])
      await signIn(service, attempt(`colleague-${colleague}`, egress, now - day * dayMs + colleague * minuteMs));
  }
  const { body } = await service.call('POST', '/v1/score', attempt('ada', egress, now));
  t.equal(body.verdict, 'allow', JSON.stringify(body));
});

t.test('the same attempt sent twice gives one assessment, also after a restart; its name with another body is refused', async (t) => {
  const first = await startTestService(withoutCases);
  const named = { ...attempt('ada', home, now), attempt_id: 'login-1' };
  const one = await first.call('POST', '/v1/score', named);
  const two = await first.call('POST', '/v1/score', named);
  t.strictSame(two.body, one.body);
  t.equal((await first.call('POST', '/v1/score', { ...named, ip: hosting })).status, 409);
  await first.end(true);
  const second = await startTestService(withoutCases, first.directory);
  t.teardown(() => second.end());
  t.strictSame((await second.call('POST', '/v1/score', named)).body, one.body);
  const read = await second.call('GET', `/v1/assessments/${one.body.assessment_id}`);
  t.equal(read.status, 200);
  t.equal((await second.call('DELETE', '/v1/users/ada')).status, 200);
  t.equal((await second.call('GET', `/v1/assessments/${one.body.assessment_id}`)).status, 404);
});
