// The event stream of an explanation, over real sockets.
import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import t from 'tap';
import type { NewTelling } from '../../../src/ports/explanation-log.ts';
import type { ServerOptions } from '../../../src/http/server.ts';
import { startOf } from '../../../src/http/stream/tell.ts';
import { StorageFailure } from '../../../src/domain/case/failure.ts';
import type { CasePorts } from '../../../src/review/cases/ports.ts';
import { type CaseWorld, caseWorld } from '../../support/case-world.ts';
import { type EventReader, type ReadEvent, readEvents } from '../../support/event-reader.ts';
import { apiKey, type FakeDoor, fakeDoor } from '../../support/http-fake.ts';

type Tap = { teardown: (close: () => unknown) => void };

interface Served extends FakeDoor {
  readonly port: number;
  stop(): Promise<void>;
}

async function serve(t: Tap, cases: CasePorts, options: Partial<ServerOptions> = {}): Promise<Served> {
  const door = await fakeDoor(options, cases);
  await door.app.listen({ port: 0, host: '127.0.0.1' });
  const stop = async (): Promise<void> => {
    door.app.server.closeIdleConnections();
    await door.app.close();
  };
  t.teardown(() => {
    door.app.server.closeAllConnections();
    return door.app.close();
  });
  return Object.assign(door, { port: (door.app.server.address() as AddressInfo).port, stop });
}

const telling = (n: number, kind = 'finding', size = 0): NewTelling => ({
  key: `${kind}-${n}`,
  kind,
  body: JSON.stringify({ n, sentence: 'x'.repeat(size) }),
  atMs: 0,
});

/** A case of which so many findings were told between the template and the end. */
async function toldCase(findings: number, size = 0): Promise<CaseWorld> {
  const world = caseWorld();
  await world.open('a');
  const between = Array.from({ length: findings }, (_, n) => telling(n, 'finding', size));
  await world.ports.log.append('default', 'case-a', [telling(0, 'template'), ...between, telling(0, 'done')]);
  return world;
}

const idsOf = (events: readonly ReadEvent[]): (string | null)[] => events.map((event) => event.id);
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

/** Waits for what has no event of its own, by turns of the loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test('what was told comes in order, each event with its number, and the stream ends after the last word', async (t) => {
  const world = await toldCase(40);
  const { port } = await serve(t, world.ports);
  const reader = await readEvents(port, 'case-a');
  t.match(reader.response.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-cache, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  await reader.ended;
  t.same(idsOf(reader.events), numbers(1, 42));
  t.same(reader.events[0], { event: 'template', id: '1', data: { n: 0, sentence: '' } });
  t.equal(reader.events.at(-1)?.event, 'done');
  t.match(reader.text(), /^retry: 3000\n\n/);
  const [entry] = await world.ports.store.readAudit('default', { limit: 1 });
  t.match(entry, { action: 'case_viewed', subject: 'case-a', actor: 'keyless', detail: { part: 'stream' } });
  t.equal(world.news.listeners(), 0);
});

t.test('a reader that is cut off anywhere goes on without gap or repeat, also at another server on the same log', async (t) => {
  const findings = 20;
  const world = await toldCase(findings);
  const all = findings + 2;
  let door = await serve(t, world.ports);
  for (let cut = 0; cut < all; cut++) {
    const first = await readEvents(door.port, 'case-a');
    const had = (await first.have(cut)).slice(0, cut);
    first.leave();
    if (cut % 7 === 3) {
      await door.stop();
      door = await serve(t, world.ports);
    }
    const lastEventId = had.at(-1)?.id;
    const second = await readEvents(door.port, 'case-a', typeof lastEventId === 'string' ? { lastEventId } : {});
    await second.ended;
    deepStrictEqual(idsOf([...had, ...second.events]), numbers(1, all), `cut after ${cut}`);
  }
  const over = await readEvents(door.port, 'case-a', { lastEventId: String(all) });
  t.equal(over.response.statusCode, 204, 'who has had everything is told to stop');
});

t.test('a reader that was cut off in the middle of an event gets it whole when it comes back', async (t) => {
  const world = await toldCase(3);
  const { port } = await serve(t, world.ports);
  const whole = await readEvents(port, 'case-a');
  await whole.ended;
  for (let bytes = 0; bytes < whole.text().length; bytes += 11) {
    const part = whole.text().slice(0, bytes);
    const had = [...part.slice(0, part.lastIndexOf('\n\n') + 2).matchAll(/^id: (\d+)$/gm)].map((match) => match[1] as string);
    const lastEventId = had.at(-1);
    const rest = await readEvents(port, 'case-a', lastEventId === undefined ? {} : { lastEventId });
    await rest.ended;
    deepStrictEqual([...had, ...idsOf(rest.events)], numbers(1, 5), `cut after ${bytes} bytes`);
  }
  t.end();
});

t.test('what the reader says it had and the log does not know begins anew, with word to forget it', async (t) => {
  const world = await toldCase(2);
  const { port } = await serve(t, world.ports);
  for (const lastEventId of ['5', '999999999', '0', '-1', '1.5', ' 2x', 'null', '1e0', '00001', '9'.repeat(400)]) {
    const reader = await readEvents(port, 'case-a', { lastEventId });
    await reader.ended;
    t.same(idsOf(reader.events), ['', '1', '2', '3', '4'], lastEventId.slice(0, 20));
    t.equal(reader.events[0]?.event, 'reset');
  }
  const { log } = world.ports;
  t.same(await startOf({ tenant: 'default', caseId: 'case-a' }, '', log), { sequence: 0, reset: false, over: false });
  t.equal(await startOf({ tenant: 'other', caseId: 'case-a' }, '1', log), null);
});

t.test('what is told later arrives at the word of it, and without that word all the same', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const { port } = await serve(t, world.ports, { streams: { pollMs: 20 } });
  const patient = await serve(t, world.ports, { streams: { pollMs: 600_000 } });
  const readers = [await readEvents(port, 'case-a'), await readEvents(patient.port, 'case-a')];
  await until(() => world.news.listeners() === 2);
  await world.ports.log.append('default', 'case-a', [telling(0, 'template')]);
  await (readers[0] as EventReader).have(1);
  t.same((readers[1] as EventReader).events, []);
  world.news.told('default', 'case-b');
  world.news.told('other', 'case-a');
  world.news.told('default', 'case-a');
  await (readers[1] as EventReader).have(1);
  await world.ports.log.append('default', 'case-a', [telling(1), telling(0, 'done')]);
  world.news.told('default', 'case-a');
  for (const reader of readers) {
    await reader.ended;
    t.same(idsOf(reader.events), ['1', '2', '3']);
  }
  t.equal(world.news.listeners(), 0);
});

t.test('word that comes while the log is being read is not lost', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const { log } = world.ports;
  let reads = 0;
  const racing: CasePorts = {
    ...world.ports,
    log: {
      append: log.append,
      async after(...asked) {
        const answer = await log.after(...asked);
        // After what is answered was read, and before the answer arrives.
        if (++reads === 2) {
          await log.append('default', 'case-a', [telling(0, 'done')]);
          world.news.told('default', 'case-a');
        }
        return answer;
      },
    },
  };
  const { port } = await serve(t, racing, { streams: { pollMs: 600_000 } });
  const reader = await readEvents(port, 'case-a');
  await reader.ended;
  t.same(idsOf(reader.events), ['1']);
});

t.test('silence is broken by comments, which are no events', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const { port } = await serve(t, world.ports, { streams: { pollMs: 10, heartbeatMs: 30 } });
  const reader = await readEvents(port, 'case-a');
  await until(() => reader.text().split(':\n\n').length > 3);
  t.same(reader.events, []);
  reader.leave();
  await until(() => world.news.listeners() === 0);
});

t.test('a body that cannot be read takes its place all the same, and no text becomes a field of the stream', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const nasty = JSON.stringify({ sentence: 'a\nid: 77\nevent: done\r\n\r\ndata: {}\u2028' });
  await world.ports.log.append('default', 'case-a', [
    { key: 'a', kind: 'template', body: '{"broken', atMs: 0 },
    { key: 'b', kind: 'finding\ndata: {}\n\n', body: nasty.replace('{', '{\n\r'), atMs: 0 },
    telling(0, 'done'),
  ]);
  const { port } = await serve(t, world.ports);
  const reader = await readEvents(port, 'case-a');
  await reader.ended;
  t.same(reader.events, [
    { event: 'template', id: '1', data: { unreadable: true } },
    { event: 'finding data: {}  ', id: '2', data: JSON.parse(nasty) },
    { event: 'done', id: '3', data: { n: 0, sentence: '' } },
  ]);
});

t.test('a case that is erased ends its streams, and is unknown afterwards', async (t) => {
  const world = caseWorld();
  await world.open('a');
  const { port } = await serve(t, world.ports, { streams: { pollMs: 10 } });
  const reader = await readEvents(port, 'case-a');
  await world.ports.store.eraseAccount('default', 'account-a', 'ada', 0);
  await reader.ended;
  t.same(reader.events, [{ event: 'gone', id: '', data: {} }]);
  t.equal((await readEvents(port, 'case-a')).response.statusCode, 404);
});

t.test('a store that fails ends the stream with the word to come back, and the reader loses nothing', async (t) => {
  const world = await toldCase(40);
  const { log } = world.ports;
  let reads = 0;
  const failing: CasePorts = {
    ...world.ports,
    log: {
      append: log.append,
      after: async (...asked) => {
        if (++reads === 3) throw new StorageFailure('busy', 'Another process holds it.');
        return log.after(...asked);
      },
    },
  };
  const { port } = await serve(t, failing);
  const first = await readEvents(port, 'case-a');
  await first.ended;
  t.match(first.events.at(-1), { event: 'bye', id: null, data: { reason: 'unavailable' } });
  const lastEventId = idsOf(first.events).findLast((id) => id !== null) as string;
  const second = await readEvents(port, 'case-a', { lastEventId });
  await second.ended;
  t.same([...idsOf(first.events).slice(0, -1), ...idsOf(second.events)], numbers(1, 42));
  reads = 2;
  t.equal((await readEvents(port, 'case-a')).response.statusCode, 503, 'also before the first byte');
  t.equal(world.news.listeners(), 0);
});

t.test('a service that stops says goodbye, and its readers go on at the next one', async (t) => {
  const world = caseWorld();
  await world.open('a');
  await world.ports.log.append('default', 'case-a', [telling(0, 'template')]);
  const door = await serve(t, world.ports);
  const reader = await readEvents(door.port, 'case-a');
  await reader.have(1);
  await door.stop();
  await reader.ended;
  t.match(reader.events, [{ id: '1' }, { event: 'bye', id: null, data: { reason: 'stopping' } }]);
  await world.ports.log.append('default', 'case-a', [telling(0, 'done')]);
  const next = await readEvents((await serve(t, world.ports)).port, 'case-a', { lastEventId: '1' });
  await next.ended;
  t.same(idsOf(next.events), ['2']);
});

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
  const world = await toldCase(500, 60_000);
  const { port } = await serve(t, world.ports);
  const slow = await readEvents(port, 'case-a');
  slow.response.pause();
  const quick = await readEvents(port, 'case-a');
  await quick.ended;
  t.same(idsOf(quick.events), numbers(1, 502));
  t.ok(slow.events.length < 502, 'the slow one did not have it all by then');
  slow.response.resume();
  await slow.ended;
  t.same(idsOf(slow.events), numbers(1, 502));
});

t.test('a reader that takes nothing is gone after a while, and goes on where it was', async (t) => {
  const world = await toldCase(500, 60_000);
  const { port } = await serve(t, world.ports, { streams: { stalledMs: 200 } });
  const stuck = await readEvents(port, 'case-a');
  stuck.response.pause();
  await until(() => world.news.listeners() === 0);
  stuck.response.resume();
  await stuck.ended;
  t.ok(stuck.events.length < 502);
  const next = await readEvents(port, 'case-a', { lastEventId: String(stuck.events.length) });
  await next.ended;
  t.same([...idsOf(stuck.events), ...idsOf(next.events)], numbers(1, 502));
});

t.test('readers that vanish leave nothing: no listener, timer, descriptor or place', async (t) => {
  const world = await toldCase(200, 60_000);
  const quiet = await world.open('quiet');
  const { port, app } = await serve(t, world.ports, { streams: { perTenant: 300, perProcess: 300, pollMs: 50 } });
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const resources = (): Record<string, number> =>
    Object.fromEntries(
      Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name)).map(([name, all]) => [name, all?.length ?? 0]),
    );
  // Once before, for what is made once.
  const once = await readEvents(port, quiet);
  once.leave();
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
