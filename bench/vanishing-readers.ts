// Does a reader that vanishes leave anything? Lets many follow an explanation and go, most of them under back-pressure, and compares what the
// process holds with what it held before.
//
//   node bench/vanishing-readers.ts [--readers 1000] [--at-once 100]
//
// The store and the log are the durable ones, on a disk. The case has more to tell than a socket takes, so that whoever does not
// read is under back-pressure; another case has nothing to tell, so that its readers wait. Readers go by a reset, by an end, before the first
// byte, in the middle of an event, or while they wait. Ends with exit code 1 when a listener, timer, descriptor, place or more than a
// little memory is left.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom } from '../src/adapters/crypto/random.ts';
import { keptKey } from '../src/adapters/crypto/key-file.ts';
import { openSqliteCases } from '../src/adapters/sqlite/open.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { createNewsDesk } from '../src/review/cases/news.ts';
import { caseWorld } from '../test/support/case-world.ts';
import { newCase } from '../test/support/cases.ts';
import { telling } from '../test/support/explanations.ts';
import { fakeDoor } from '../test/support/http-fake.ts';

const { values } = parseArgs({ options: { readers: { type: 'string', default: '1000' }, 'at-once': { type: 'string', default: '100' } } });
const readers = Number(values.readers);
const atOnce = Number(values['at-once']);

const directory = mkdtempSync(join(tmpdir(), 'portcullis-readers-'));
const random = createRandom(systemClock);
const cases = await openSqliteCases({
  directory,
  auditKey: keptKey(join(directory, 'audit.key')),
  clock: systemClock,
  random,
  onProblem: (sentence) => process.stderr.write(`${sentence}\n`),
});
await cases.store.open(['loud', 'quiet'].map((name) => ({ made: newCase(name), explanation: null, job: null })));
for (let n = 0; n < 100; n++) await cases.log.append('default', 'case-loud', [telling(n, 'finding', 60_000)]);

const news = createNewsDesk();
const { app } = await fakeDoor(
  { streams: { perTenant: atOnce, perProcess: atOnce } },
  { ...caseWorld().ports, ...cases, news },
  systemClock,
);
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as AddressInfo;
const connectionsMax = app.server.maxConnections;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function held(): Record<string, number> {
  const resources = Object.groupBy(process.getActiveResourcesInfo(), (name) => name);
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    listeners: news.listeners(),
    places: app.server.maxConnections - connectionsMax,
    ...Object.fromEntries(Object.entries(resources).map(([name, all]) => [`resource ${name}`, all?.length ?? 0])),
  };
}

const manners = ['reset', 'end', 'before the first byte', 'in the middle of an event', 'while waiting'] as const;

async function vanish(n: number): Promise<void> {
  const manner = manners[n % manners.length];
  const socket: Socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  const id = manner === 'while waiting' ? 'case-quiet' : 'case-loud';
  socket.write(`GET /v1/cases/${id}/explanation/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  if (manner === 'before the first byte') {
    await once(socket, 'connect');
    socket.destroy();
    return;
  }
  if (manner === 'in the middle of an event') {
    socket.once('data', () => socket.destroy());
    socket.resume();
    await once(socket, 'close');
    return;
  }
  await pause(200 + (n % 7) * 30);
  if (manner === 'reset') socket.resetAndDestroy();
  else socket.destroy();
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 200 && (news.listeners() > 0 || app.server.maxConnections > connectionsMax); turn++) await pause(25);
  await pause(100);
  collect();
}

async function wave(from: number, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => vanish(from + n)));
  await settled();
}

// Once before, for what is made once.
await wave(0, atOnce);
const before = held();
const heapBefore = process.memoryUsage().heapUsed;
let most = 0;
const watch = setInterval(() => {
  most = Math.max(most, news.listeners());
}, 20);
for (let gone = 0; gone < readers; gone += atOnce) await wave(gone, Math.min(atOnce, readers - gone));
clearInterval(watch);
await settled();
const after = held();
const grownMb = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20;

process.stdout.write(`${readers} readers vanished, ${atOnce} at once, at most ${most} of them followed\n`);
const names = new Set([...Object.keys(before), ...Object.keys(after)]);
for (const name of names) process.stdout.write(`${name.padEnd(28)} ${before[name] ?? 0} before, ${after[name] ?? 0} after\n`);
process.stdout.write(`heap after a collection      ${grownMb.toFixed(1)} MB more\n`);
const left = [...names].filter((name) => (after[name] ?? 0) > (before[name] ?? 0));
await app.close();
await cases.close();
rmSync(directory, { recursive: true });
if (left.length > 0 || grownMb > 8) {
  process.stdout.write(`left behind: ${left.join(', ')}\n`);
  process.exitCode = 1;
}
