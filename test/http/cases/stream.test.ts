// The event stream of an explanation, over real sockets: what a reader hears, whatever happens in between.
import { deepStrictEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { keptKey } from '../../../src/adapters/crypto/key-file.ts';
import { openSqliteCases } from '../../../src/adapters/sqlite/open.ts';
import { StorageFailure } from '../../../src/domain/case/failure.ts';
import { startOf } from '../../../src/http/stream/tell.ts';
import type { CasePorts } from '../../../src/review/cases/ports.ts';
import { caseWorld } from '../../support/case-world.ts';
import { opening } from '../../support/cases.ts';
import { type EventReader, readEvents } from '../../support/event-reader.ts';
import { testRandom } from '../../support/ports.ts';
import { english, telling, toldBody, toldFinding } from '../../support/explanations.ts';
import { idsOf, numbers, serve, toldCase, until } from '../../support/streams.ts';

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
  t.match(reader.events[0], { event: 'template', id: '1', data: { origin: 'template', headline: toldBody().headline } });
  const { written: _written, evidenceIds, ...shown } = toldFinding('f0', { sentence: '' });
  t.strictSame(reader.events[1]?.data, { ...shown, evidence_ids: evidenceIds });
  t.strictSame(reader.events.at(-1), {
    event: 'done',
    id: '42',
    data: {
      version: 2,
      origin: 'model',
      models: ['claude'],
      prompt_version: 'p1',
      tokens: { input: 0, cache_read: 7, cache_write: 0, output: 0 },
      money: 0.01,
      calls: 1,
      calls_estimated: 0,
      cause: null,
      next_checks: [
        { id: 'ask_user', text: english.say('check.ask_user') },
        { id: 'of_another_version', text: null },
      ],
    },
  });
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
  const sentence = 'a\nid: 77\nevent: done\r\n\r\ndata: {}\u2028';
  const tellings: [string, string][] = [
    ['template', '{"broken'],
    ['finding', JSON.stringify(toldFinding('f1', { sentence }), null, '\r\n ')],
    ['finding', JSON.stringify({ ...toldFinding('f2'), direction: 'sideways' })],
    ['finding_dropped', JSON.stringify({ model: 'claude', rules: { unknown_word: 2, NEW: -1 } })],
    ['finding_dropped', JSON.stringify({ model: 'claude', rules: { unknown_word: 2 } })],
    ['asked', JSON.stringify({ model: 'claude', end: 'stop', tokens: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4 }, money: null })],
    ['of another\ndata: {}\n\nversion', '{"secret":1}'],
    ['done', '[]'],
  ];
  await world.ports.log.append(
    'default',
    'case-a',
    tellings.map(([kind, body], n) => ({ key: `k${n}`, kind, body, atMs: 0 })),
  );
  const { port } = await serve(t, world.ports);
  const reader = await readEvents(port, 'case-a');
  await reader.ended;
  const unreadable = { unreadable: true };
  t.match(reader.events, [
    { event: 'template', id: '1', data: unreadable },
    { event: 'finding', id: '2', data: { id: 'f1', sentence } },
    { event: 'finding', id: '3', data: unreadable },
    { event: 'finding_dropped', id: '4', data: unreadable },
    { event: 'finding_dropped', id: '5', data: { model: 'claude', rules: { unknown_word: 2 } } },
    { event: 'asked', id: '6', data: { model: 'claude', end: 'stop', tokens: { cache_read: 2, cache_write: 3 }, money: null } },
    { event: 'of another data: {}  version', id: '7', data: unreadable },
    { event: 'done', id: '8', data: unreadable },
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

t.test('a reader goes on where it was when the service and its store were started anew, with what was told before and after', async (t) => {
  const world = caseWorld();
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-stream-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const open = () =>
    openSqliteCases({
      directory,
      auditKey: keptKey(join(directory, 'audit.key')),
      clock: world.clock,
      random: testRandom(),
      onProblem: () => undefined,
    });
  const first = await open();
  await first.store.open([{ ...opening('a'), tellings: [telling(0, 'template')] }]);
  await first.log.append('default', 'case-a', [telling(1), telling(2)]);
  const before = await serve(t, { ...world.ports, ...first });
  const reader = await readEvents(before.port, 'case-a');
  await reader.have(2);
  reader.leave();
  await before.stop();
  await first.close();
  const second = await open();
  await second.log.append('default', 'case-a', [telling(2), telling(3), telling(0, 'done')]);
  const after = await serve(t, { ...world.ports, ...second });
  const again = await readEvents(after.port, 'case-a', { lastEventId: '2' });
  await again.ended;
  t.same(
    again.events.map(({ event, id }) => `${id} ${event}`),
    ['3 finding', '4 finding', '5 done'],
  );
  await after.stop();
  await second.close();
});
