// The door to what operators tell of their applications, over complete stores in memory.
import t, { type Test } from 'tap';
import type { ServerOptions } from '../../../src/http/server.ts';
import type { CasePorts } from '../../../src/review/cases/ports.ts';
import { openMemoryCases } from '../../../src/adapters/memory/cases.ts';
import { asset } from '../../support/assets.ts';
import { caseWorld } from '../../support/case-world.ts';
import { apiKey, fakeDoor, nowMs } from '../../support/http-fake.ts';
import { testClock, testRandom } from '../../support/ports.ts';

interface Answer {
  readonly status: number;
  /** What the tests take out of answers; the rest they match as a whole. */
  readonly json: {
    readonly assets: readonly { readonly client_id: string }[];
    readonly next_cursor: string | null;
    readonly login: { readonly client_id: string };
    readonly context: { readonly asset: unknown };
  };
}

type Send = (method: string, url: string, payload?: unknown, key?: string) => Promise<Answer>;

async function doorTo(cases: CasePorts | null, options: Partial<ServerOptions> = {}): Promise<Send> {
  const { app } = await fakeDoor(options, cases);
  return async (method, url, payload, key) => {
    const headers = { host: 'localhost', ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: key === undefined ? headers : { ...headers, 'x-api-key': key },
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    });
    return { status: response.statusCode, json: response.json<Answer['json']>() };
  };
}

async function refused(t: Test, answer: Promise<Answer>, expected: { status: number; code: string; field?: string }): Promise<void> {
  const { json, status } = await answer;
  t.match(json, expected);
  t.equal(status, expected.status);
}

const url = '/v1/context/assets';
const now = new Date(nowMs).toISOString();
const minute = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();

t.test('an application is described, listed and removed, and the latest change stands in whatever order changes arrive', async (t) => {
  const send = await doorTo(caseWorld().ports);
  const payroll = {
    client_id: 'pay/roll',
    name: ' Payroll ',
    owner: 'hr',
    sensitivity: 'critical',
    environment: 'production',
    note: 'Bank details.\r\n\t<b>Ask first.',
    changed_at: minute(-5),
  };
  t.same(await send('POST', url, payroll), {
    status: 200,
    json: { client_id: 'pay/roll', result: 'stored', changed_at: minute(-5) },
  });
  t.match((await send('POST', url, payroll)).json, { result: 'already' });
  t.match((await send('POST', url, { ...payroll, name: 'Older', changed_at: minute(-6) })).json, {
    result: 'outdated',
    changed_at: minute(-5),
  });
  t.match((await send('POST', url, { client_id: 'web', name: null, owner: '' })).json, { result: 'stored', changed_at: now });
  const nothing = { name: null, owner: null, sensitivity: null, environment: null, note: null };
  t.same((await send('GET', url)).json, {
    assets: [
      { ...payroll, name: 'Payroll', note: 'Bank details.\n\t<b>Ask first.', by: 'keyless' },
      { client_id: 'web', ...nothing, changed_at: now, by: 'keyless' },
    ],
    next_cursor: null,
  });
  t.match((await send('DELETE', `${url}/pay%2Froll?changed_at=${minute(-4)}`)).json, {
    client_id: 'pay/roll',
    result: 'stored',
    changed_at: minute(-4),
  });
  t.match((await send('POST', url, payroll)).json, { result: 'outdated', changed_at: minute(-4) }, 'it does not come back');
  t.match((await send('DELETE', `${url}/web`)).json, { code: 'contradiction' }, 'two changes of one moment');
  t.match((await send('DELETE', `${url}/never`)).json, { result: 'stored', changed_at: now });
  t.same(
    (await send('GET', url)).json.assets.map(({ client_id }) => client_id),
    ['web'],
  );
});

t.test('the page of a case shows what was described of the application, of its own tenant, or why nothing', async (t) => {
  const world = caseWorld();
  const send = await doorTo(world.ports);
  const id = await world.open('a');
  const { client_id: clientId } = (await send('GET', `/v1/cases/${id}`)).json.login;
  const shown = async (): Promise<unknown> => (await send('GET', `/v1/cases/${id}`)).json.context.asset;
  await world.ports.assets.keep('other', asset(clientId));
  t.same(await shown(), { absent: 'unknown' });
  await send('POST', url, { client_id: clientId, name: 'Mail', owner: 'it', changed_at: minute(-5) });
  const described = { client_id: clientId, name: 'Mail', owner: 'it', sensitivity: null, environment: null, note: null, by: 'keyless' };
  t.same(await shown(), { as_of: minute(-5), ...described });
});

t.test('a list comes in pages', async (t) => {
  const send = await doorTo(caseWorld().ports);
  const ids = ['a', 'b', 'ä'.repeat(256)];
  for (const id of ids) await send('POST', url, { client_id: id });
  const seen: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const { json } = await send('GET', `${url}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
    seen.push(...json.assets.map(({ client_id }) => client_id));
    cursor = json.next_cursor;
    if (cursor === null) break;
  }
  t.same(seen, ids);
  for (const cursor of ['A', '!', Buffer.from([0xff]).toString('base64url'), Buffer.from('a\nb').toString('base64url')])
    await refused(t, send('GET', `${url}?cursor=${cursor}`), { status: 400, code: 'invalid_parameter', field: 'cursor' });
});

t.test('what is wrong is refused by name and changes nothing', async (t) => {
  const send = await doorTo(caseWorld().ports);
  const wrong = async (body: object, field: string): Promise<void> =>
    refused(t, send('POST', url, body), { status: 400, code: 'invalid_field', field });
  await wrong({ name: 'x' }, 'client_id');
  await wrong({ client_id: '' }, 'client_id');
  await wrong({ client_id: 'x'.repeat(257) }, 'client_id');
  await wrong({ client_id: 'a\nb' }, 'client_id');
  await wrong({ client_id: '\ud800' }, 'client_id');
  await wrong({ client_id: 'a', name: 'x'.repeat(201) }, 'name');
  await wrong({ client_id: 'a', name: 'two\nlines' }, 'name');
  await wrong({ client_id: 'a', owner: '\udc00' }, 'owner');
  await wrong({ client_id: 'a', note: 'bell\u0007' }, 'note');
  await wrong({ client_id: 'a', sensitivity: 'extreme' }, 'sensitivity');
  await wrong({ client_id: 'a', colour: 'red' }, 'colour');
  await wrong({ client_id: 'a', changed_at: '2026-11-22' }, 'changed_at');
  await refused(t, send('POST', url, { client_id: 'a', changed_at: minute(6) }), { status: 422, code: 'time_out_of_range' });
  await refused(t, send('DELETE', `${url}/a?changed_at=${minute(6)}`), { status: 422, code: 'time_out_of_range' });
  await refused(t, send('DELETE', `${url}/a?changed_at=now`), { status: 400, code: 'invalid_parameter', field: 'changed_at' });
  await refused(t, send('DELETE', `${url}/${'x'.repeat(257)}`), { status: 400, code: 'invalid_field', field: 'id' });
  await refused(t, send('DELETE', `${url}/a%0Ab`), { status: 400, code: 'invalid_field', field: 'client_id' });
  await send('POST', url, { client_id: 'a', name: 'one', changed_at: minute(0) });
  await refused(t, send('POST', url, { client_id: 'a', name: 'two', changed_at: minute(0) }), {
    status: 409,
    code: 'contradiction',
    field: 'changed_at',
  });
  t.match((await send('GET', url)).json, { assets: [{ client_id: 'a', name: 'one' }] });
});

t.test('only who may administer tells, each of their own tenant, and no more applications than may be', async (t) => {
  const world = caseWorld();
  const { assets } = openMemoryCases({ clock: testClock(), random: testRandom(), assetsMax: 1 });
  const keys = [apiKey('ada', ['analyst']), apiKey('ops', ['admin']), apiKey('theirs', ['admin'], { tenant: 'other' })];
  const send = await doorTo({ ...world.ports, assets }, { keys });
  for (const [method, path] of [
    ['POST', url],
    ['GET', url],
    ['DELETE', `${url}/a`],
  ] as const) {
    const body = method === 'POST' ? { client_id: 'a' } : undefined;
    await refused(t, send(method, path, body), { status: 401, code: 'unauthenticated' });
    await refused(t, send(method, path, body, 'ada'), { status: 403, code: 'missing_scope' });
  }
  t.match((await send('POST', url, { client_id: 'a' }, 'ops')).json, { result: 'stored' });
  await refused(t, send('POST', url, { client_id: 'b' }, 'ops'), { status: 409, code: 'too_many_assets' });
  t.same((await send('GET', url, undefined, 'theirs')).json, { assets: [], next_cursor: null });
  t.match((await send('GET', url, undefined, 'ops')).json, { assets: [{ client_id: 'a', by: 'ops' }] });
  await refused(t, (await doorTo(null))('GET', url), { status: 404, code: 'cases_off' });
});
