// The door to cases, over complete stores in memory.
import t, { type Test } from 'tap';
import type { ServerOptions } from '../../../src/http/server.ts';
import { StorageFailure } from '../../../src/domain/case/failure.ts';
import type { CasePorts } from '../../../src/review/cases/ports.ts';
import { noTokens, writeBody } from '../../../src/review/explain/told/body.ts';
import { type CaseWorld, caseWorld } from '../../support/case-world.ts';
import { explanation, job } from '../../support/cases.ts';
import { english, toldBody, toldFinding } from '../../support/explanations.ts';
import { apiKey, fakeDoor } from '../../support/http-fake.ts';
import { noonMs } from '../../support/records.ts';

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is the contract's, which the tests check field by field.
  readonly json: any;
  readonly headers: Record<string, unknown>;
}

type Send = (method: string, url: string, payload?: unknown, headers?: Record<string, string>) => Promise<Answer>;

async function doorTo(cases: CasePorts | null, options: Partial<ServerOptions> = {}): Promise<Send> {
  const { app } = await fakeDoor(options, cases);
  return async (method, url, payload, headers = {}) => {
    const text = payload === undefined || typeof payload === 'string' ? payload : JSON.stringify(payload);
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: { host: 'localhost', ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(text === undefined ? {} : { payload: text }),
    });
    return { status: response.statusCode, json: response.body === '' ? null : response.json(), headers: response.headers };
  };
}

async function openDoor(): Promise<CaseWorld & { send: Send }> {
  const world = caseWorld();
  return { ...world, send: await doorTo(world.ports) };
}

async function refused(
  t: Test,
  answer: Promise<Answer>,
  expected: { status: number; code: string; field?: string; detail?: RegExp },
): Promise<void> {
  const { json, headers, status } = await answer;
  t.match(json, expected);
  t.equal(status, expected.status);
  t.match(headers['content-type'], 'application/problem+json');
}

/** What the assessment log says of the login now. */
const judged = ({ label, outcomes }: Record<string, unknown>): unknown => ({ label, outcomes });

const told = toldBody({
  findings: [toldFinding('f1')],
  reassuring: [toldFinding('f2', { direction: 'lowers', origin: 'template', model: null })],
  nextChecks: ['ask_user'],
  provenance: {
    models: ['claude'],
    promptVersion: 'p1',
    tokens: { ...noTokens, cacheRead: 7 },
    money: 0.02,
    calls: 1,
    callsEstimated: 1,
    attempts: 2,
    dropped: { unknown_word: 2 },
    signature: 's',
    shared: false,
    cause: null,
  },
});
const body = writeBody(told);
/** The same as it leaves the service. */
const inWords = {
  headline: told.headline,
  findings: [{ id: 'f1', code: 'NEW_DEVICE', evidence_ids: ['NEW_DEVICE.devices'], sentence: 'The device is new.', model: 'claude' }],
  reassuring: [{ id: 'f2', origin: 'template', model: null }],
  next_checks: [{ id: 'ask_user', text: english.say('check.ask_user') }],
  provenance: { prompt_version: 'p1', tokens: { input: 0, cache_read: 7 }, money: 0.02, dropped: { unknown_word: 2 } },
};

t.test('the page of a case shows what is known of it, and that it was seen is recorded before it is shown', async (t) => {
  const world = await openDoor();
  await world.open('a', { visit: { host: 'serverA' } }, body);
  await world.open('b', { visit: { host: 'serverA' } });
  await world.ports.store.explain('default', 'case-a', explanation('model', { source: 'model', final: true, body: '[1]' }));
  const { status, json, headers } = await world.send('GET', '/v1/cases/case-a');
  t.equal(status, 200);
  t.equal(headers['cache-control'], 'no-store');
  t.match(json, {
    id: 'case-a',
    assessment_id: 'assessment-a',
    state: 'open',
    tier: 'high',
    verdict: 'challenge',
    codes: ['NEW_DEVICE'],
    occurred_at: new Date(noonMs).toISOString(),
    login: { user_id: 'a@example.com', ip: '203.0.113.7', user_agent: 'Mozilla/5.0', organisation: 'Deutsche Telekom AG' },
    resolution: null,
    reopening: null,
    campaign: null,
    assessment: { assessment_id: 'assessment-a', case_id: 'case-a', reasons: [{ code: 'NEW_DEVICE', evidence: { devices: 2 } }] },
    explanations: [
      { version: 2, source: 'model', final: true, body: null },
      { version: 1, source: 'template', final: false, body: inWords },
    ],
    related: [{ shared: 'by_address', case: { id: 'case-b' } }],
  });
  t.strictSame(judged(json), { label: null, outcomes: [] });
  await world.learning.assessments.eraseAccount('default', 'account-a');
  t.strictSame(judged((await world.send('GET', '/v1/cases/case-a')).json), { label: null, outcomes: null }, 'no longer kept');
  t.notMatch(JSON.stringify(json), /account-a|serverA/, 'no pseudonym leaves the service');
  const { json: audit } = await world.send('GET', '/v1/audit');
  t.match(audit.entries[0], { actor: 'keyless', action: 'case_viewed', subject: 'case-a', detail: { part: 'case' } });
  const mute = await doorTo(withStore(world.ports, { audit: failing }));
  await refused(t, mute('GET', '/v1/cases/case-a'), { status: 503, code: 'cases_unavailable' });
});

/** The ports with some methods of the store replaced. */
function withStore(ports: CasePorts, methods: Partial<CasePorts['store']>): CasePorts {
  const store = new Proxy(ports.store, {
    get: (target, name) => Reflect.get(methods, name) ?? (Reflect.get(target, name) as () => unknown).bind(target),
  });
  return { ...ports, store };
}

async function failing(): Promise<never> {
  throw new StorageFailure('busy', 'Another process holds /secret/cases.sqlite.');
}

t.test('what else helps to judge a case stands on its page', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const send = await doorTo(world.ports);
  const { context } = (await send('GET', '/v1/cases/case-a')).json;
  const now = new Date(world.clock.nowMs()).toISOString();
  t.match(context.usual, { as_of: now, rows: [{ aspect: 'device' }, { aspect: 'network', now: 3320 }] });
  t.match(context.timeline, { as_of: now, logins: [{ assessment_id: 'assessment-a', this: true }] });
  t.match(context.counterfactual, { result: 'absent', cause: 'version_gone' });
  t.ok(context.counterfactual.sentences[0]);
  t.same(context.account, { absent: 'not_configured' });
  t.match(context.place, { country: 'DE', asn: 3320 });
  t.match(context.lists, { as_of: now, now: [{ kind: 'vpn', since_login: true }], no_longer: [] });
});

t.test('the explanation that stands is the final one, or the newest while there is none', async (t) => {
  const world = await openDoor();
  await world.open('a', {}, body);
  await world.open('bare');
  const standing = async (): Promise<unknown> => (await world.send('GET', '/v1/cases/case-a/explanation')).json;
  t.match(await standing(), { version: 1, source: 'template', final: false, body: inWords });
  await world.ports.store.explain('default', 'case-a', explanation('second'));
  t.match(await standing(), { version: 2 });
  await world.ports.store.explain('default', 'case-a', explanation('third', { final: true, source: 'model' }));
  t.match(await standing(), { version: 3, final: true, source: 'model' });
  await refused(t, world.send('GET', '/v1/cases/case-bare/explanation'), { status: 404, code: 'unknown_explanation' });
  t.match((await world.send('GET', '/v1/audit?limit=1')).json.entries, [{ action: 'case_viewed', detail: { part: 'explanation' } }]);
});

t.test('resolving and reopening teach, are repeatable, and contradictions name who said what', async (t) => {
  const world = await openDoor();
  await world.open('a');
  const resolve = (payload: unknown) => world.send('POST', '/v1/cases/case-a/resolve', payload);
  t.match((await resolve({ label: 'genuine', comment: 'Called her.', by: 'ada' })).json, {
    changed: true,
    profile: 'taught',
    case: { state: 'resolved', resolution: { label: 'genuine', comment: 'Called her.', by: 'keyless/ada' } },
  });
  t.equal(world.goodLogins('account-a'), 1);
  t.match((await resolve({ label: 'genuine', by: 'bob' })).json, {
    changed: false,
    profile: 'already',
    case: { resolution: { by: 'keyless/ada' } },
  });
  await refused(t, resolve({ label: 'takeover', by: 'bob' }), {
    status: 409,
    code: 'contradiction',
    detail: /"genuine" by keyless\/ada at 2026-11-22T12:01:00.000Z/,
  });
  t.strictSame(judged((await world.send('GET', '/v1/cases/case-a')).json), { label: 'genuine', outcomes: [] });
  t.match((await world.send('POST', '/v1/cases/case-a/reopen')).json, {
    changed: true,
    profile: 'withdrawn',
    case: { state: 'reopened', resolution: null, reopening: { by: 'keyless' } },
  });
  t.equal(world.goodLogins('account-a'), 0);
  t.match((await world.send('POST', '/v1/cases/case-a/reopen', { by: 'ada' })).json, { changed: false, profile: 'already' });
  t.match((await resolve({ label: 'takeover' })).json, { changed: true, case: { resolution: { label: 'takeover', by: 'keyless' } } });
  const { json } = await world.send('GET', '/v1/audit?subject=case-a');
  t.same(
    json.entries.map((entry: { action: string; actor: string }) => `${entry.action} ${entry.actor}`),
    [
      'profile_settled keyless',
      'case_resolved keyless',
      'profile_settled keyless',
      'case_reopened keyless',
      'case_viewed keyless',
      'profile_settled keyless/ada',
      'case_resolved keyless/ada',
    ],
  );
});

t.test('feedback speaks of a finding that was shown or of the whole, and the same person may change their mind', async (t) => {
  const world = await openDoor();
  await world.open('a', {}, body);
  const give = (payload: unknown) => world.send('POST', '/v1/cases/case-a/feedback', payload);
  t.match((await give({ opinion: 'useful' })).json, { version: 1, finding: null, opinion: 'useful', comment: '', by: 'keyless' });
  t.match((await give({ opinion: 'wrong', finding: 'f1', comment: 'It is old.', by: 'ada' })).json, { finding: 'f1' });
  t.equal((await give({ opinion: 'useless', finding: 'f2', version: 1 })).status, 200);
  t.equal((await give({ opinion: 'useless' })).status, 200);
  t.match((await world.send('GET', '/v1/cases/case-a/feedback')).json, {
    feedback: [
      { finding: null, opinion: 'useless', by: 'keyless' },
      { finding: 'f1', opinion: 'wrong', by: 'keyless/ada', comment: 'It is old.' },
      { finding: 'f2' },
    ],
  });
  await refused(t, give({ opinion: 'useful', finding: 'TOR' }), {
    status: 400,
    code: 'invalid_field',
    field: 'finding',
    detail: /version 1, which has the findings f1, f2/,
  });
  await refused(t, give({ opinion: 'useful', version: 7 }), {
    status: 404,
    code: 'unknown_explanation',
    field: 'version',
    detail: /version 1/,
  });
  await refused(t, give({ opinion: 'good' }), { status: 400, code: 'invalid_field', field: 'opinion' });
  await refused(t, give({ opinion: 'useful', version: 0 }), { status: 400, code: 'invalid_field', field: 'version' });
});

t.test('bodies and names are read strictly', async (t) => {
  const world = await openDoor();
  await world.open('a');
  const resolve = (payload: unknown) => world.send('POST', '/v1/cases/case-a/resolve', payload);
  await refused(t, resolve({ label: 'maybe' }), { status: 400, code: 'invalid_field', field: 'label' });
  await refused(t, resolve({}), { status: 400, code: 'invalid_field', field: 'label' });
  await refused(t, resolve({ label: 'genuine', note: 1 }), { status: 400, code: 'invalid_field', field: 'note' });
  await refused(t, resolve({ label: 'genuine', comment: 'x'.repeat(4001) }), { status: 400, code: 'invalid_field', field: 'comment' });
  await refused(t, resolve('{"label":"genuine","label":"takeover"}'), { status: 400, code: 'duplicate_key' });
  await refused(t, resolve(undefined), { status: 400, code: 'invalid_field' });
  await refused(t, world.send('POST', '/v1/cases/case-a/reopen', '{'), { status: 400, code: 'invalid_json' });
  for (const by of ['', ' ada', 'ada\n', 'a/b', 'ada\u202e', '<b>', 'x'.repeat(65)])
    await refused(t, resolve({ label: 'genuine', by }), { status: 400, code: 'invalid_field', field: 'by' });
  t.equal(world.record('a')?.label, null, 'nothing of it was done');
  t.equal((await resolve({ label: 'genuine', comment: null, by: 'Jörg O’Neil' })).status, 400);
  t.equal((await resolve({ label: 'genuine', comment: null, by: "Jörg O'Neil" })).status, 200);
});

t.test('what is not there is a 404 that says what, and a parameter too many is refused', async (t) => {
  const world = await openDoor();
  await world.open('other', { tenant: 'other' });
  for (const id of ['none', 'case-other', encodeURIComponent('é/../x')]) {
    await refused(t, world.send('GET', `/v1/cases/${id}`), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('GET', `/v1/cases/${id}/explanation`), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('GET', `/v1/cases/${id}/feedback`), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('POST', `/v1/cases/${id}/resolve`, { label: 'genuine' }), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('POST', `/v1/cases/${id}/reopen`), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('POST', `/v1/cases/${id}/feedback`, { opinion: 'useful' }), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('GET', `/v1/cases/${id}/explanation/stream`), { status: 404, code: 'unknown_case' });
    await refused(t, world.send('GET', `/v1/campaigns/${id}`), { status: 404, code: 'unknown_campaign' });
    await refused(t, world.send('POST', `/v1/jobs/${id}/requeue`), { status: 404, code: 'unknown_job' });
  }
  await refused(t, world.send('GET', `/v1/cases/${'x'.repeat(65)}`), { status: 400, code: 'invalid_field', field: 'id' });
  await refused(t, world.send('GET', '/v1/cases/none?full=1'), { status: 400, code: 'invalid_parameter', field: 'full' });
  await refused(t, world.send('POST', '/v1/cases/none/resolve?force', { label: 'genuine' }), { status: 400, code: 'invalid_parameter' });
});

const routes: readonly (readonly [string, string, unknown?])[] = [
  ['GET', '/v1/cases'],
  ['GET', '/v1/cases/case-a'],
  ['GET', '/v1/cases/case-a/explanation'],
  ['GET', '/v1/cases/case-a/explanation/stream'],
  ['GET', '/v1/cases/case-a/feedback'],
  ['POST', '/v1/cases/case-a/feedback', { opinion: 'useful' }],
  ['POST', '/v1/cases/case-a/resolve', { label: 'genuine' }],
  ['POST', '/v1/cases/case-a/reopen'],
  ['GET', '/v1/campaigns'],
  ['GET', '/v1/campaigns/c'],
  ['GET', '/v1/audit'],
  ['GET', '/v1/audit/verify'],
  ['GET', '/v1/jobs/dead'],
  ['GET', '/v1/jobs/depths'],
  ['POST', '/v1/jobs/j/requeue'],
];

t.test('while cases are being opened every route says to come back, and where none are kept that there are none', async (t) => {
  const opening = await fakeDoor();
  opening.useCases.cases = async () => null;
  for (const [method, url] of routes.filter(([way]) => way === 'GET')) {
    const answer = await opening.app.inject({ method: method as 'GET', url, headers: { host: 'localhost' } });
    t.match({ status: answer.statusCode, ...answer.json() }, { status: 503, code: 'cases_unavailable' }, url);
  }
  const send = await doorTo(null);
  for (const [method, url, payload] of routes) await refused(t, send(method, url, payload), { status: 404, code: 'cases_off' });
});

t.test('analysts work on cases, and only administrators see the audit and the queue', async (t) => {
  const world = caseWorld();
  const keys = [
    apiKey('scorer', ['score', 'outcome', 'read', 'backfill']),
    apiKey('analyst', ['analyst']),
    apiKey('boss', ['admin']),
    apiKey('stranger', ['admin'], { tenant: 'other' }),
  ];
  await world.open('a');
  const send = await doorTo(world.ports, { keys });
  const as = (key: string) => ({ 'x-api-key': key });
  for (const [method, url, payload] of routes) {
    if (url.endsWith('/stream')) continue;
    const operator = /audit|jobs/.test(url);
    await refused(t, send(method, url, payload), { status: 401, code: 'unauthenticated' });
    await refused(t, send(method, url, payload, as('scorer')), { status: 403, code: 'missing_scope' });
    t.equal((await send(method, url, payload, as('analyst'))).status === 403, operator, `analyst ${method} ${url}`);
    t.not((await send(method, url, payload, as('boss'))).status, 403, `admin ${method} ${url}`);
  }
  t.match((await send('POST', '/v1/cases/case-a/resolve', { label: 'takeover', by: 'boss' }, as('analyst'))).json, {
    case: { resolution: { by: 'analyst/boss' } },
  });
  t.same((await send('GET', '/v1/cases', undefined, as('stranger'))).json, { cases: [], next_cursor: null });
  t.same((await send('GET', '/v1/audit', undefined, as('stranger'))).json, { entries: [], next_before: null });
});

t.test('a store that cannot answer is a 503 without its sentence, which may name a path', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const send = await doorTo(withStore(world.ports, { list: failing, resolve: failing }));
  for (const answer of [await send('GET', '/v1/cases'), await send('POST', '/v1/cases/case-a/resolve', { label: 'genuine' })]) {
    t.match(answer, { status: 503, json: { code: 'cases_unavailable' }, headers: { 'retry-after': '2' } });
    t.notMatch(JSON.stringify(answer.json), /secret|sqlite/);
  }
});

t.test('the audit is read page by page, verified, and held against an end that was noted before', async (t) => {
  const world = await openDoor();
  await world.open('a');
  for (let n = 0; n < 5; n++) await world.send('GET', '/v1/cases/case-a');
  const first = (await world.send('GET', '/v1/audit?limit=3')).json;
  const second = (await world.send('GET', `/v1/audit?limit=3&before=${first.next_before}`)).json;
  t.same(
    [...first.entries, ...second.entries].map((entry) => entry.sequence),
    [5, 4, 3, 2, 1],
  );
  t.equal(second.next_before, null);
  const { json } = await world.send('GET', '/v1/audit/verify');
  t.match(json, { intact: true, head: { sequence: 5, hash: first.entries[0].hash }, broken_at: null, cause: null });
  const verify = (sequence: number, hash: string) => world.send('GET', `/v1/audit/verify?anchor_sequence=${sequence}&anchor_hash=${hash}`);
  t.match((await verify(5, json.head.hash)).json, { intact: true });
  t.match((await verify(4, json.head.hash)).json, { intact: false, broken_at: 4, cause: 'entry', head: null });
  t.match((await verify(9, json.head.hash)).json, { intact: false, broken_at: 6, cause: 'anchor_missing' });
  await refused(t, world.send('GET', '/v1/audit/verify?anchor_sequence=1'), {
    status: 400,
    code: 'invalid_parameter',
    field: 'anchor_hash',
  });
  await refused(t, world.send('GET', '/v1/audit?before=0'), { status: 400, code: 'invalid_parameter', field: 'before' });
});

t.test('dead jobs are listed page by page and tried again, and the depths of the queue are shown', async (t) => {
  const world = await openDoor();
  const { queue } = world.ports;
  await queue.enqueue([1, 2, 3, 4, 5].map((n) => job(`j${n}`)));
  for (const { job: claimed, lease } of await queue.claim({ tiers: ['high'], limit: 5, leaseMs: 1000 }))
    await queue.fail(claimed.id, lease, { error: `provider said no to ${claimed.dedupeKey}`, hopeless: true });
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { json }: Answer = await world.send('GET', `/v1/jobs/dead?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...json.jobs.map((dead: { id: string }) => dead.id));
    t.match(json.jobs[0] ?? { tier: 'high', attempts: 1 }, { tier: 'high', attempts: 1 });
    t.notMatch(JSON.stringify(json), 'payload');
    cursor = json.next_cursor;
  }
  t.equal(new Set(seen).size, 5);
  for (const bad of ['x', 'MTIz', Buffer.from('1 2 3').toString('base64url')])
    await refused(t, world.send('GET', `/v1/jobs/dead?cursor=${bad}`), { status: 400, code: 'invalid_parameter', field: 'cursor' });
  t.same((await world.send('POST', `/v1/jobs/${seen[0]}/requeue`, { by: 'ada' })).json, { requeued: true });
  await refused(t, world.send('POST', `/v1/jobs/${seen[0]}/requeue`, { by: 'ada' }), { status: 404, code: 'unknown_job' });
  t.match((await world.send('GET', '/v1/audit?limit=1')).json.entries, [
    { action: 'job_requeued', actor: 'keyless/ada', subject: seen[0] },
  ]);
  t.match((await world.send('GET', '/v1/jobs/depths')).json.tiers[1], { tier: 'high', waiting: 1, dead: 4, oldest_age_ms: 0, ended: 5 });
});
