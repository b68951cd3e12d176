// Lists of cases and campaigns, and how strictly their parameters are read.
import { deepStrictEqual } from 'node:assert/strict';
import t from 'tap';
import fc from 'fast-check';
import { caseOrders } from '../../../src/domain/case/query.ts';
import { type CaseWorld, caseWorld } from '../../support/case-world.ts';
import { fakeDoor } from '../../support/http-fake.ts';
import { noonMs } from '../../support/records.ts';

const minuteMs = 60_000;

interface Listed {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is the contract's, which the tests check field by field.
  readonly json: any;
}

async function listing(): Promise<CaseWorld & { list: (path: string) => Promise<Listed>; ids: (query: string) => Promise<string[]> }> {
  const world = caseWorld();
  const { app } = await fakeDoor({}, world.ports);
  const list = async (path: string): Promise<Listed> => {
    const response = await app.inject({ url: path, headers: { host: 'localhost' } });
    return { status: response.statusCode, json: response.json() };
  };
  return {
    ...world,
    list,
    ids: async (query) => (await list(`/v1/cases${query}`)).json.cases.map((found: { id: string }) => found.id),
  };
}

/** Three accounts on one rented machine: a campaign. Then one by itself. */
async function someCases(): Promise<Awaited<ReturnType<typeof listing>>> {
  const world = await listing();
  for (const [n, name] of ['a', 'b', 'c'].entries())
    await world.open(name, {
      atMs: noonMs + n * minuteMs,
      openedAtMs: noonMs + n * minuteMs,
      tier: 'high',
      account: `default-user-${name}`,
      visit: { host: 'serverA', asnClass: 'hosting', device: null, block: `block-${name}` },
    });
  await world.open('d', { atMs: noonMs + 3 * minuteMs, openedAtMs: noonMs + 3 * minuteMs, tier: 'critical', score: 0.999 });
  await world.open('elsewhere', { tenant: 'other' });
  return world;
}

t.test('each filter keeps what it says, and all must hold', async (t) => {
  const { ids, list, ports } = await someCases();
  await ports.store.resolve('default', 'case-b', { label: 'takeover', comment: '', by: 'ada', atMs: noonMs });
  await ports.store.resolve('default', 'case-c', { label: 'takeover', comment: '', by: 'ada', atMs: noonMs });
  await ports.store.reopen('default', 'case-c', 'ada', noonMs);
  const at = (minute: number): string => new Date(noonMs + minute * minuteMs).toISOString();
  t.same(await ids(''), ['case-d', 'case-c', 'case-b', 'case-a'], 'most urgent first');
  t.same(await ids('?order=newest'), ['case-d', 'case-c', 'case-b', 'case-a']);
  t.same(await ids('?order=oldest'), ['case-a', 'case-b', 'case-c', 'case-d']);
  t.same(await ids('?state=resolved'), ['case-b']);
  t.same(await ids('?state=open,reopened&order=oldest'), ['case-a', 'case-c', 'case-d']);
  t.same(await ids('?tier=critical'), ['case-d']);
  t.same(await ids('?verdict=deny'), []);
  t.same(await ids('?verdict=challenge,deny&tier=high&state=resolved'), ['case-b']);
  t.same(await ids('?account=b'), ['case-b'], 'by the user id as it was sent');
  t.same(await ids('?account=nobody'), []);
  t.same(await ids('?code=NEW_DEVICE&order=oldest&limit=2'), ['case-a', 'case-b']);
  t.same(await ids(`?opened_from=${at(1)}&opened_before=${at(3)}`), ['case-c', 'case-b']);
  t.same(await ids('?q=d%40example.com'), ['case-d']);
  t.same(await ids('?q=D@EXAMPLE.com+203.0.113'), ['case-d']);
  const [campaign] = (await list('/v1/campaigns')).json.campaigns;
  t.match(campaign, { cases: 3, accounts: 3, open_cases: 2, tier: 'high', shared_by: [{ kind: 'server' }] });
  t.same(await ids(`?campaign=${campaign.id}&order=oldest`), ['case-a', 'case-b', 'case-c']);
  t.same((await list(`/v1/campaigns/${campaign.id}`)).json, campaign);
  t.match((await list('/v1/cases/case-a')).json, { campaign_id: campaign.id, campaign });
  t.same((await list(`/v1/campaigns?active_from=${at(3)}`)).json.campaigns, []);
  t.equal((await list('/v1/campaigns?unresolved=true')).json.campaigns.length, 1);
});

t.test('pages follow each other without gap or repeat, whatever arrives meanwhile', async (t) => {
  for (const order of caseOrders) {
    const world = await listing();
    for (let n = 0; n < 11; n++) await world.open(`n${n}`, { score: 0.9 + (n % 3) / 100 });
    const there = await world.ids(`?order=${order}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { json }: Listed = await world.list(`/v1/cases?order=${order}&limit=3${query}`);
      seen.push(...json.cases.map((found: { id: string }) => found.id));
      cursor = json.next_cursor;
      await world.open(`late${seen.length}`, { score: 0.9 });
    } while (cursor !== null);
    t.same(
      seen.filter((id) => !id.includes('late')),
      there,
    );
    t.equal(new Set(seen).size, seen.length);
  }
});

t.test('a parameter that is unknown, wrong or given twice is refused by name with what would be right', async (t) => {
  const { list } = await someCases();
  const { json } = await list('/v1/cases?limit=1');
  const cases: [string, string, RegExp][] = [
    ['?sort=newest', 'sort', /not known\. Known here are state, tier, /],
    ['?state=closed', 'state', /one or more of open, resolved, reopened/],
    ['?state=', 'state', /one or more of/],
    ['?state=open,', 'state', /one or more of/],
    ['?state=open&state=resolved', 'state', /twice/],
    ['?tier=High', 'tier', /critical, high, medium, low/],
    ['?verdict=block', 'verdict', /allow, challenge, deny/],
    ['?code=new_device', 'code', /such as NEW_DEVICE/],
    ['?order=score', 'order', /newest, oldest, severity/],
    ['?limit=0', 'limit', /from 1 to 200/],
    ['?limit=201', 'limit', /from 1 to 200/],
    ['?limit=1e2', 'limit', /from 1 to 200/],
    ['?opened_from=yesterday', 'opened_from', /2026-11-22T10:00:00Z/],
    ['?opened_from=2026-11-22T10:00:00+01:00', 'opened_from', /%2B/],
    ['?opened_from=2026-11-22T11:00:00Z&opened_before=2026-11-22T10:00:00Z', 'opened_before', /later than opened_from/],
    ['?q=', 'q', /1 to 256 characters/],
    ['?q=%20', 'q', /1 to 6 words/],
    ['?q=a+b+c+d+e+f+g', 'q', /1 to 6 words/],
    [`?account=${'x'.repeat(257)}`, 'account', /1 to 256 characters/],
    ['?cursor=abc', 'cursor', /next_cursor/],
    [`?order=newest&cursor=${json.next_cursor}`, 'cursor', /same filter and order/],
    ['?__proto__=1', '__proto__', /not known/],
    ['?constructor=1', 'constructor', /not known/],
    ['?%00%0d=1', '??', /not known/],
  ];
  for (const [query, field, detail] of cases) {
    const answer = await list(`/v1/cases${query}`);
    t.match(answer, { status: 400, json: { code: 'invalid_parameter', field, detail } }, query);
  }
  t.match(await list('/v1/cases?q=%ff'), { status: 400, json: { code: 'invalid_parameter', detail: /percent-encoding/ } });
  t.match(await list('/v1/campaigns?unresolved=yes'), { status: 400, json: { field: 'unresolved', detail: /true or false/ } });
  t.match(await list('/v1/campaigns?cursor=abc'), { status: 400, json: { field: 'cursor' } });
  t.match(await list('/v1/jobs/depths?x=1'), { status: 400, json: { field: 'x', detail: /takes no query parameters/ } });
  t.equal((await list('/v1/cases?&limit=1&')).status, 200);
});

t.test('no query string makes anything but a list or a refusal', async () => {
  const { list } = await someCases();
  const names = fc.constantFrom('state', 'tier', 'q', 'account', 'limit', 'cursor', 'opened_from', 'campaign', 'order', 'x');
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('open', 'high', '1', 'oldest', '%', '%zz', '%c3%28', '\ud800'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(names, value), { maxLength: 4 }), fc.boolean(), async (pairs, encoded) => {
      const text = pairs.map(([name, given]) => `${name}=${encoded ? encodeURIComponent(given.toWellFormed()) : given}`).join('&');
      const url = `/v1/cases?${text.replace(/[^\x21-\x7e]|#/g, '')}`;
      const { status, json } = await list(url);
      deepStrictEqual(
        status === 200 ? Object.keys(json) : [status, json.code],
        status === 200 ? ['cases', 'next_cursor'] : [400, 'invalid_parameter'],
      );
    }),
    { numRuns: 150 },
  );
});
