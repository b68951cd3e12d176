import t, { type Test } from 'tap';
import { assessmentJson } from '../../src/http/assessment-json.ts';
import { apiKey, type FakeDoor, fakeDoor, nowMs, sampleAssessment } from '../support/http-fake.ts';

const host = { host: '127.0.0.1' };
const body = { attempt_id: 'a-1', user: { id: 'u-1' }, ip: '8.8.4.4' };

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
}

async function send(door: FakeDoor, method: string, url: string, payload?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = payload === undefined || typeof payload === 'string' || payload instanceof Buffer ? payload : JSON.stringify(payload);
  const response = await door.app.inject({
    method: method as 'GET',
    url,
    headers: { ...host, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { payload: text as string }),
  });
  return {
    status: response.statusCode,
    json: response.body.startsWith('{') ? (response.json() as Record<string, unknown>) : {},
    headers: response.headers,
  };
}

async function refused(
  t: Test,
  door: FakeDoor,
  expected: { status: number; code: string; field?: string },
  ...request: [string, string, unknown?, Record<string, string>?]
): Promise<void> {
  const answer = await send(door, ...request);
  t.match(answer.json, expected, `${request[0]} ${request[1]} ${JSON.stringify(request[2])?.slice(0, 80)}`);
  t.equal(answer.status, expected.status);
  t.match(answer.headers['content-type'], 'application/problem+json');
  t.same(
    Object.keys(answer.json).filter((key) => !['type', 'title', 'status', 'code', 'detail', 'field'].includes(key)),
    [],
  );
}

t.test('an attempt is answered with exactly the fields of the contract', async (t) => {
  const door = await fakeDoor();
  const answer = await send(door, 'POST', '/v1/score', { ...body, deadline_ms: 20 });
  t.equal(answer.status, 200);
  t.match(answer.headers['content-type'], 'application/json');
  t.same(answer.json, {
    assessment_id: 'as-1',
    attempt_id: 'a-1',
    verdict: 'challenge',
    score: 0.9931,
    level: 'high',
    log_odds: 2.41,
    base_log_odds: -3.2,
    reasons: [
      {
        code: 'IMPOSSIBLE_TRAVEL',
        contribution: 3.1,
        evidence: { distance_km: 8900, from_country: 'DE', possible: false, via: ['DE', 'JP'], city: null },
      },
      { code: 'KNOWN_NETWORK', contribution: -0.7, evidence: {} },
    ],
    other_contributions: 3.21,
    degraded: false,
    missing: [{ signal: 'behaviour.typing', cause: 'not_sent' }],
    decided_by: 'model',
    policy_rule: null,
    versions: { model: 'login-risk/2026-12-01', features: 'sha256:ab', policy: '7' },
    budget: { limit_ms: 50, elapsed_ms: 0.8, stages_ms: { gather: 0.2, derive: 0.1, score: 0.1, decide: 0 } },
    case_id: null,
  });
  t.match(door.requests[0], {
    limitMs: 20,
    attempt: { tenant: 'default', attemptId: 'a-1', occurredAtMs: nowMs, user: { id: 'u-1' }, ip: { text: '8.8.4.4' } },
  });
});

t.test('any text in an assessment survives its writing, and no number makes the answer invalid', (t) => {
  for (const odd of ['"', '\\', '\n', 'é', '\u2028', '\ud800', '', 'a]b', 'x\u007f']) {
    const assessment = { ...sampleAssessment(odd), policyRule: odd, score: Number.NaN, logOdds: Number.POSITIVE_INFINITY };
    const json = JSON.parse(assessmentJson(assessment)) as Record<string, unknown>;
    t.match(json, { attempt_id: odd, policy_rule: odd, score: null, log_odds: null });
  }
  t.end();
});

t.test('a deadline may shorten the budget and never lengthen it', async (t) => {
  const door = await fakeDoor({ budgetMs: 40 });
  for (const deadline_ms of [1, 40, 60_000, null]) await send(door, 'POST', '/v1/score', { user: { id: 'u' }, ip: '8.8.4.4', deadline_ms });
  t.same(
    door.requests.map((request) => request.limitMs),
    [1, 40, 40, 40],
  );
});

t.test('a named attempt sent twice is the same attempt; another body under its name is refused', async (t) => {
  const door = await fakeDoor();
  const first = await send(door, 'POST', '/v1/score', body);
  const second = await send(door, 'POST', '/v1/score', body);
  t.same(second.json, first.json);
  await refused(t, door, { status: 409, code: 'attempt_id_reused', field: 'attempt_id' }, 'POST', '/v1/score', { ...body, ip: '8.8.4.5' });
  await send(door, 'POST', '/v1/score', { user: { id: 'u' }, ip: '8.8.4.4' });
  t.equal(door.requests.at(-1)?.digest, null);
});

t.test('bad input is refused with its code and field', async (t) => {
  const door = await fakeDoor();
  const score = (payload: unknown, code: string, field?: string, status = 400) =>
    refused(t, door, { status, code, ...(field === undefined ? {} : { field }) }, 'POST', '/v1/score', payload);
  await score('', 'invalid_json');
  await score('{', 'invalid_json');
  await score('{"user":{"id":"u"},"ip":"8.8.4.4"} x', 'invalid_json');
  await score('null', 'invalid_field');
  await score('[]', 'invalid_field');
  await score({ ip: '8.8.4.4' }, 'invalid_field', 'user');
  await score({ user: { id: 'u' }, ip: '8.8.4' }, 'invalid_field', 'ip');
  await score({ ...body, extra: 1 }, 'invalid_field', 'extra');
  await score({ ...body, occurred_at: '2026-11-22T09:00:00' }, 'invalid_field', 'occurred_at');
  await score({ ...body, occurred_at: '2026-11-22T11:00:00Z' }, 'time_out_of_range', 'occurred_at', 422);
  await score('{"user":{"id":"u"},"ip":"8.8.4.4","ip":"8.8.4.5"}', 'duplicate_key', 'ip');
  await score('{"user":{"id":"u","id":"u"},"ip":"8.8.4.4"}', 'duplicate_key', 'id');
  await score('{"user":{"id":"u"},"ip":"8.8.4.4","\\u0069p":"8.8.4.4"}', 'duplicate_key', 'ip');
  await score('{"user":{"id":"u"},"ip":"8.8.4.4","__proto__":{"x":1}}', 'forbidden_key');
  await score('{"user":{"id":"u"},"ip":"8.8.4.4","\\u005f_proto__":1}', 'forbidden_key');
  await score('{"user":{"id":"u","constructor":{"prototype":{}}},"ip":"8.8.4.4"}', 'forbidden_key');
  await score('{"user":{"id":"u"},"ip":"8.8.4.4","device":{"client_hints":{"a":[{"prototype":1}]}}}', 'forbidden_key');
  await score('['.repeat(5000), 'too_deep');
  await score(`{"user":${'{"a":'.repeat(30)}1${'}'.repeat(30)}}`, 'too_deep');
  await score(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'invalid_encoding');
  await score(Buffer.from(`{"user":{"id":"u"},"ip":"8.8.4.4"}`, 'utf16le'), 'invalid_json');
  await score(`{"user":{"id":"${'x'.repeat(17_000)}"},"ip":"8.8.4.4"}`, 'too_large', undefined, 413);
  t.equal(door.requests.length, 0);
});

t.test('colons, braces and quotes inside strings do not count as keys', async (t) => {
  const door = await fakeDoor();
  const id = String.raw`a\":{[,]}\\` + `:":"`.replaceAll('"', String.raw`\"`);
  const answer = await send(
    door,
    'POST',
    '/v1/score',
    `{"user" \n : {"id":"${id}"},"ip":"8.8.4.4","device":{"client_hints":{"k":{"k":[{"k":1},{"k":2}]}}}}`,
  );
  t.equal(answer.status, 200);
});

t.test('only the types that are read here are read', async (t) => {
  const door = await fakeDoor();
  for (const type of ['text/plain', 'application/x-ndjson', 'application/x-www-form-urlencoded', 'application/jsonp', 'x']) {
    await refused(t, door, { status: 415, code: 'unsupported_media_type' }, 'POST', '/v1/score', body, { 'content-type': type });
  }
  await refused(t, door, { status: 415, code: 'unsupported_media_type' }, 'POST', '/v1/score/batch', body);
  t.equal((await send(door, 'POST', '/v1/score', body, { 'content-type': 'application/json; charset=UTF-8' })).status, 200);
});

t.test('what is not there is a problem document as well', async (t) => {
  const door = await fakeDoor();
  await refused(t, door, { status: 404, code: 'not_found' }, 'GET', '/nothing');
  await refused(t, door, { status: 404, code: 'not_found' }, 'POST', '/v1/score/', body);
  await refused(t, door, { status: 405, code: 'method_not_allowed' }, 'GET', '/v1/score');
  await refused(t, door, { status: 405, code: 'method_not_allowed' }, 'OPTIONS', '/v1/score');
  await refused(t, door, { status: 405, code: 'method_not_allowed' }, 'PATCH', '/v1/users/u-1', {});
  t.equal((await send(door, 'PUT', '/v1/users/u-1', {})).headers['allow'], 'GET, HEAD, DELETE');
  t.equal((await send(door, 'HEAD', '/v1/score')).status, 405);
  t.equal((await send(door, 'HEAD', '/healthz')).status, 200);
  await refused(t, door, { status: 400, code: 'invalid_url' }, 'GET', '/v1/users/%zz');
  await refused(t, door, { status: 404, code: 'unknown_user' }, 'GET', '/v1/users/nobody');
  await refused(t, door, { status: 404, code: 'unknown_assessment' }, 'GET', '/v1/assessments/none');
});

t.test('a bug of ours is answered without its stack, and logged', async (t) => {
  const door = await fakeDoor();
  door.assess = async () => {
    throw new TypeError('secret of u-1');
  };
  const answer = await send(door, 'POST', '/v1/score', body);
  t.match(answer.json, { status: 500, code: 'internal' });
  t.notMatch(JSON.stringify(answer.json), /secret|TypeError|\.ts/);
  t.ok(door.logged.some((line) => line.includes('a request failed')));
});

t.test('outcomes and labels reach the use case in canonical form', async (t) => {
  const door = await fakeDoor();
  const { json } = await send(door, 'POST', '/v1/score', body);
  const assessment_id = json['assessment_id'];
  t.same((await send(door, 'POST', '/v1/outcomes', { assessment_id, outcome: 'signed_in' })).json, { assessment_id, recorded: true });
  t.same(
    (await send(door, 'POST', '/v1/outcomes', { user: { id: 'u-1' }, outcome: 'abandoned', occurred_at: '2026-11-22T09:00:00Z' })).json,
    { assessment_id: null, recorded: false },
  );
  t.same(door.outcomes, [
    { tenant: 'default', target: { assessmentId: assessment_id }, outcome: 'signed_in', occurredAtMs: nowMs },
    { tenant: 'default', target: { userId: 'u-1' }, outcome: 'abandoned', occurredAtMs: nowMs - 3_600_000 },
  ]);
  t.same((await send(door, 'POST', '/v1/labels', { assessment_id, label: 'takeover', by: 'analyst' })).json, {
    assessment_id,
    recorded: true,
  });
  t.same(door.labels, [{ tenant: 'default', assessmentId: assessment_id, label: 'takeover', by: 'analyst' }]);
  const outcome = (payload: unknown, expected: { status: number; code: string; field?: string }) =>
    refused(t, door, expected, 'POST', '/v1/outcomes', payload);
  await outcome({ outcome: 'signed_in' }, { status: 400, code: 'invalid_field', field: 'assessment_id' });
  await outcome(
    { assessment_id, user: { id: 'u-1' }, outcome: 'signed_in' },
    { status: 400, code: 'invalid_field', field: 'assessment_id' },
  );
  await outcome({ assessment_id, outcome: 'won' }, { status: 400, code: 'invalid_field', field: 'outcome' });
  await outcome({ assessment_id, outcome: 'failed', occurred_at: 'x' }, { status: 400, code: 'invalid_field', field: 'occurred_at' });
  await outcome({ assessment_id, outcome: 'failed', occurred_at: '2027-01-01T00:00:00Z' }, { status: 422, code: 'time_out_of_range' });
  await outcome({ assessment_id: 'none', outcome: 'failed' }, { status: 404, code: 'unknown_assessment' });
  await outcome({ assessment_id, outcome: 'challenge_passed' }, { status: 409, code: 'contradiction' });
  await refused(t, door, { status: 400, code: 'invalid_field', field: 'label' }, 'POST', '/v1/labels', { assessment_id });
  await refused(t, door, { status: 404, code: 'unknown_assessment' }, 'POST', '/v1/labels', { assessment_id: 'none', label: 'genuine' });
});

t.test('an assessment is read back with what became of it, an account is described and forgotten', async (t) => {
  const door = await fakeDoor();
  const { json } = await send(door, 'POST', '/v1/score', body);
  t.same((await send(door, 'GET', `/v1/assessments/${json['assessment_id']}`)).json, {
    ...json,
    occurred_at: '2026-11-22T10:00:00.000Z',
    outcomes: [],
    label: null,
  });
  t.match((await send(door, 'GET', '/v1/users/u-1')).json, {
    user: { id: 'u-1' },
    good_logins: 0,
    familiar: { host: { distinct: 0 }, country: [] },
  });
  t.same((await send(door, 'DELETE', '/v1/users/u-1')).json, { erased: true, assessments: 0, cases: 0 });
  t.same((await send(door, 'DELETE', '/v1/users/u-1')).json, { erased: false, assessments: 0, cases: 0 });
  const long = 'é/'.repeat(128);
  await send(door, 'POST', '/v1/score', { user: { id: long }, ip: '8.8.4.4' });
  t.match((await send(door, 'GET', `/v1/users/${encodeURIComponent(long)}`)).json, { user: { id: long } });
});

t.test('readiness says what is missing', async (t) => {
  const door = await fakeDoor();
  t.match(await send(door, 'GET', '/readyz'), { status: 200, json: { status: 'ready' } });
  door.checks.push({ name: 'cases', ok: false, required: false, detail: 'the disk is full' });
  t.match(await send(door, 'GET', '/readyz'), {
    status: 200,
    json: { status: 'ready', checks: [{ required: true }, { name: 'cases', ok: false, required: false, detail: 'the disk is full' }] },
  });
  door.checks.pop();
  door.checks.push({ name: 'profiles', ok: false, detail: 'not open' });
  t.match(await send(door, 'GET', '/readyz'), {
    status: 503,
    json: { status: 'not_ready', checks: [{ ok: true }, { name: 'profiles', ok: false }] },
  });
  t.match(await send(door, 'GET', '/healthz'), { status: 200, json: { status: 'ok' } });
});

t.test('a key does what its scopes say, in its own tenant', async (t) => {
  const keys = [
    apiKey('k-score', ['score']),
    apiKey('k-read', ['read'], { tenant: 'other' }),
    apiKey('k-admin', ['admin']),
    apiKey('k-back', ['score', 'backfill']),
  ];
  const door = await fakeDoor({ keys, host: '0.0.0.0' });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}`, host: 'risk.example' });
  await refused(t, door, { status: 401, code: 'unauthenticated' }, 'POST', '/v1/score', body);
  for (const key of ['', 'k-scor', 'k-score ', 'x'.repeat(5000)])
    await refused(t, door, { status: 401, code: 'unauthenticated' }, 'POST', '/v1/score', body, bearer(key));
  await refused(t, door, { status: 401, code: 'unauthenticated' }, 'POST', '/v1/score', body, { authorization: 'Basic k-score' });
  t.equal((await send(door, 'GET', '/v1/users/u', undefined)).headers['www-authenticate'], 'Bearer');
  const scored = await send(door, 'POST', '/v1/score', body, bearer('k-score'));
  t.equal(scored.status, 200);
  t.equal((await send(door, 'POST', '/v1/score', body, { 'x-api-key': 'k-score' })).status, 200);
  await refused(t, door, { status: 403, code: 'missing_scope' }, 'POST', '/v1/score', body, bearer('k-read'));
  await refused(t, door, { status: 403, code: 'missing_scope' }, 'GET', '/v1/users/u-1', undefined, bearer('k-read'));
  await refused(
    t,
    door,
    { status: 404, code: 'unknown_assessment' },
    'GET',
    `/v1/assessments/${scored.json['assessment_id']}`,
    undefined,
    bearer('k-read'),
  );
  t.equal((await send(door, 'GET', `/v1/assessments/${scored.json['assessment_id']}`, undefined, bearer('k-admin'))).status, 200);
  const old = { user: { id: 'u' }, ip: '8.8.4.4', occurred_at: '2020-01-01T00:00:00Z' };
  await refused(t, door, { status: 422, code: 'time_out_of_range' }, 'POST', '/v1/score', old, bearer('k-score'));
  t.equal((await send(door, 'POST', '/v1/score', old, bearer('k-back'))).status, 200);
  for (const url of ['/healthz', '/readyz', '/openapi.json']) t.equal((await send(door, 'GET', url)).status, 200, url);
  await refused(t, door, { status: 401, code: 'unauthenticated' }, 'GET', '/metrics');
  t.notMatch(door.logged.join(''), /k-scor |k-score "|xxxx|8\.8\.4|risk\.example/);
  t.ok(door.logged.some((line) => line.includes('unauthenticated')));
});

t.test('without keys nobody but this machine is served, and no web page of another site', async (t) => {
  await t.rejects(fakeDoor({ host: '0.0.0.0' }), /loopback/);
  await t.rejects(fakeDoor({ host: '10.0.0.1' }), /loopback/);
  for (const address of ['localhost', '127.0.0.5', '::1']) await t.resolves(fakeDoor({ host: address }));
  const door = await fakeDoor();
  const headers = (more: Record<string, string>) => ['POST', '/v1/score', body, more] as [string, string, unknown, Record<string, string>];
  for (const name of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])
    await refused(t, door, { status: 403, code: 'foreign_origin' }, ...headers({ host: name }));
  await refused(t, door, { status: 403, code: 'foreign_origin' }, ...headers({ origin: 'https://evil.example' }));
  await refused(t, door, { status: 403, code: 'foreign_origin' }, ...headers({ origin: 'null' }));
  await refused(t, door, { status: 403, code: 'foreign_origin' }, ...headers({ 'sec-fetch-site': 'cross-site' }));
  for (const ok of [
    { host: 'localhost:7450' },
    { host: '[::1]:7450' },
    { host: '127.0.0.1:1', origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' },
  ]) {
    t.equal((await send(door, ...headers(ok as unknown as Record<string, string>))).status, 200);
  }
});

t.test('a key has its own rate, and strangers cannot use up or evict anybody’s', async (t) => {
  const door = await fakeDoor({
    keys: [apiKey('a', ['score'], { ratePerMinute: 3 }), apiKey('b', ['score']), apiKey('c', ['score'], { ratePerMinute: 0 })],
    rateLimitPerMinute: 5,
  });
  const statuses = async (key: string, count: number): Promise<number[]> => {
    const all: number[] = [];
    for (let i = 0; i < count; i++)
      all.push((await send(door, 'POST', '/v1/score', { user: { id: 'u' }, ip: '8.8.4.4' }, { 'x-api-key': key })).status);
    return all;
  };
  t.same(await statuses('a', 4), [200, 200, 200, 429]);
  for (let i = 0; i < 1100; i++) await send(door, 'POST', '/v1/score', body, { 'x-api-key': `stranger-${i}` });
  t.same(await statuses('a', 1), [429]);
  t.same(await statuses('b', 6), [200, 200, 200, 200, 200, 429]);
  t.notOk((await statuses('c', 20)).includes(429));
  const limited = await send(door, 'POST', '/v1/score', body, { 'x-api-key': 'a' });
  t.match(limited.json, { code: 'rate_limited', status: 429 });
  t.ok(Number(limited.headers['retry-after']) > 0);
});

t.test('metrics count what happened, with labels from closed lists only', async (t) => {
  const door = await fakeDoor();
  await send(door, 'POST', '/v1/score', body);
  await send(door, 'POST', '/v1/score', body);
  await send(door, 'POST', '/v1/score', '{');
  await send(door, 'POST', '/v1/outcomes', { user: { id: 'u-1' }, outcome: 'signed_in' });
  const text = (await door.app.inject({ url: '/metrics', headers: host })).body;
  for (const line of [
    'portcullis_scores_total{verdict="challenge",decided_by="model",degraded="false"} 1',
    'portcullis_repeats_total 1',
    'portcullis_answer_milliseconds_count 2',
    'portcullis_answer_milliseconds_bucket{le="+Inf"} 2',
    'portcullis_stage_milliseconds_bucket{stage="gather",le="0.1"} 0',
    'portcullis_stage_milliseconds_bucket{stage="gather",le="0.25"} 1',
    'portcullis_missing_total{signal="behaviour.typing",cause="not_sent"} 1',
    'portcullis_problems_total{code="invalid_json"} 1',
    'portcullis_outcomes_total{outcome="signed_in"} 1',
  ]) {
    t.ok(text.includes(`${line}\n`), line);
  }
  t.notMatch(text, /u-1|8\.8\.4/);
});
