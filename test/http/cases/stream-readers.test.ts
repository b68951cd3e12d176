// The readers of event streams: how many there may be, how slow, and what is left of them.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import t from 'tap';
import { caseWorld } from '../../support/case-world.ts';
import { readEvents } from '../../support/event-reader.ts';
import { apiKey } from '../../support/http-fake.ts';
import { idsOf, numbers, serve, toldCase, until } from '../../support/streams.ts';

t.test('streams are bounded per tenant and process, and their end makes room', async (t) => {
  const world = caseWorld();
  await world.open('a');
  await world.open('b', { tenant: 'other' });
  const keys = [apiKey('one', ['analyst']), apiKey('two', ['analyst'], { tenant: 'other' }), apiKey('none', ['read'])];
  const { port, app } = await serve(t, world.ports, { keys, streams: { perTenant: 2, perProcess: 3, pollMs: 10 } });
  const as = (key: string): { headers: Record<string, string> } => ({ headers: { 'x-api-key': key } });
  const first = await readEvents(port, 'case-a', as('one'));
  const second = await readEvents(port, 'case-a', as('one'));
  const third = await readEvents(port, 'case-a', as('one'));
  await third.ended;
  t.equal(third.response.statusCode, 429);
  t.match(JSON.parse(third.text()), { code: 'too_many_streams' });
  t.equal(third.response.headers['retry-after'], '3');
  const other = await readEvents(port, 'case-b', as('two'));
  t.equal(other.response.statusCode, 200);
  const full = await readEvents(port, 'case-b', as('two'));
  await full.ended;
  t.match(JSON.parse(full.text()), { code: 'streams_unavailable', status: 503 });
  first.leave();
  await until(() => world.news.listeners() === 2);
  const room = await readEvents(port, 'case-b', as('two'));
  t.equal(room.response.statusCode, 200);
  room.leave();
  await until(() => world.news.listeners() === 2);
  // Neither a refusal nor a case that is not there keeps a place.
  for (let n = 0; n < 5; n++) t.equal((await readEvents(port, 'case-a', as('two'))).response.statusCode, 404);
  t.equal((await readEvents(port, 'case-a', as('none'))).response.statusCode, 403);
  t.equal((await readEvents(port, 'case-b', as('two'))).response.statusCode, 200);
  const head = await app.inject({ method: 'HEAD', url: '/v1/cases/case-a/explanation/stream', headers: { 'x-api-key': 'one' } });
  t.equal(head.statusCode, 405);
  second.leave();
  other.leave();
});

t.test('streams take no connection from scoring', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const { port, app } = await serve(t, world.ports, { connections: { maxConnections: 2 }, streams: { pollMs: 10 } });
  const readers = [];
  for (let n = 0; n < 6; n++) readers.push(await readEvents(port, 'case-a'));
  const scoring = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  for (const socket of scoring) {
    socket.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await once(socket, 'data');
  }
  const more = connect(port, '127.0.0.1');
  more.on('error', () => undefined);
  await once(more, 'close');
  t.equal(more.bytesRead, 0, 'the connections of scoring are bounded as before');
  for (const reader of readers) reader.leave();
  await until(() => app.server.maxConnections === 2);
  for (const socket of scoring) socket.destroy();
});

t.test('a slow reader gets everything, and another is served meanwhile', async (t) => {
  const world = await toldCase(150, 60_000);
  const { port } = await serve(t, world.ports);
  const slow = await readEvents(port, 'case-a');
  slow.response.pause();
  const quick = await readEvents(port, 'case-a');
  await quick.ended;
  t.same(idsOf(quick.events), numbers(1, 152));
  t.ok(slow.events.length < 152, 'the slow one did not have it all by then');
  slow.response.resume();
  await slow.ended;
  t.same(idsOf(slow.events), numbers(1, 152));
});

t.test('a reader that takes nothing is gone after a while, and goes on where it was', async (t) => {
  const world = await toldCase(150, 60_000);
  const { port } = await serve(t, world.ports, { streams: { stalledMs: 200 } });
  const stuck = await readEvents(port, 'case-a');
  stuck.response.pause();
  await until(() => world.news.listeners() === 0);
  stuck.response.resume();
  await stuck.ended;
  t.ok(stuck.events.length < 152);
  const next = await readEvents(port, 'case-a', { lastEventId: String(stuck.events.length) });
  await next.ended;
  t.same([...idsOf(stuck.events), ...idsOf(next.events)], numbers(1, 152));
});

t.test('readers that vanish leave nothing: no listener, timer, descriptor or place', async (t) => {
  const world = await toldCase(80, 60_000);
  const quiet = await world.open('quiet');
  const { port, app } = await serve(t, world.ports, { streams: { perTenant: 300, perProcess: 300, pollMs: 50 } });
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const resources = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name)).map(([name, all]) => [name, all?.length ?? 0]),
    );
  // Once before, for what is made once.
  const rehearsal = await readEvents(port, quiet);
  rehearsal.leave();
  await until(() => world.news.listeners() === 0 && app.server.maxConnections === 512);
  const before = { descriptors: descriptors(), resources: resources() };
  const request = (id: string): string => `GET /v1/cases/${id}/explanation/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  const sockets = Array.from({ length: 200 }, (_, n) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(request(n % 4 === 3 ? quiet : 'case-a'));
    // Some go before the first byte can have come.
    if (n % 4 === 0) setImmediate(() => socket.destroy());
    return socket;
  });
  await until(() => world.news.listeners() >= 150);
  for (const [n, socket] of sockets.entries()) {
    if (n % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
  }
  await until(() => world.news.listeners() === 0 && app.server.maxConnections === 512 && descriptors() <= before.descriptors);
  t.strictSame({ descriptors: descriptors(), resources: resources() }, before);
  const text = (await app.inject({ url: '/metrics', headers: { host: 'localhost' } })).body;
  t.match(text, 'portcullis_explanation_streams 0\n');
});
