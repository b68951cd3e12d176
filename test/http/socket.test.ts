// What only a real socket shows: pipelining, time limits, connection limits, bytes that are not HTTP, streams under pressure.
import t from 'tap';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { splitLines } from '../../src/http/route/batch.ts';
import type { ServerOptions } from '../../src/http/server.ts';
import { type FakeDoor, fakeDoor, sampleAssessment } from '../support/http-fake.ts';

interface Listening extends FakeDoor {
  readonly port: number;
}

async function listening(t: Tap, options: Partial<ServerOptions> = {}): Promise<Listening> {
  const door = await fakeDoor(options);
  await door.app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => {
    door.app.server.closeAllConnections();
    return door.app.close();
  });
  return Object.assign(door, { port: (door.app.server.address() as AddressInfo).port });
}

type Tap = { teardown: (close: () => unknown) => void };

interface Peer {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<unknown>;
}

function peer(port: number): Peer {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  return { socket, received: () => text, closed: once(socket, 'close') };
}

const attempt = (id: string): string => JSON.stringify({ attempt_id: id, user: { id: 'u-1' }, ip: '8.8.4.4' });
const post = (body: string, path = '/v1/score', type = 'application/json'): string =>
  `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

t.test('requests one after another on one connection are all answered', async (t) => {
  const door = await listening(t);
  const { socket, received } = peer(door.port);
  for (const id of ['a', 'b', 'c']) {
    socket.write(post(attempt(id)));
    while (!received().includes(`"attempt_id":"${id}"`)) await once(socket, 'data');
  }
  socket.write(post('{'));
  while (!received().includes('invalid_json')) await once(socket, 'data');
  socket.write(post(attempt('d')));
  while (!received().includes('"attempt_id":"d"')) await once(socket, 'data');
  socket.destroy();
});

t.test('a second request on a busy socket is refused after the first answer, and the socket closes', async (t) => {
  const door = await listening(t);
  door.assess = async ({ attempt: { attemptId } }) => {
    await pause(20);
    return { kind: 'assessed', assessment: sampleAssessment(attemptId) };
  };
  const { socket, received, closed } = peer(door.port);
  socket.write(['a', 'b', 'c', 'd'].map((id) => post(attempt(id))).join(''));
  await closed;
  t.match(received(), /^HTTP\/1.1 200 .*"attempt_id":"a".*HTTP\/1.1 400 .*"code":"pipelining"/s);
  t.equal(received().split('HTTP/1.1').length, 3);
  t.equal(door.requests.length, 1);
});

t.test('bytes that are not HTTP are answered with a problem document and closed', async (t) => {
  const door = await listening(t);
  const cases: [string, number, string][] = [
    ['\u0016\u0003\u0001 hello\r\n\r\n', 400, 'invalid_http'],
    ['GET /healthz HTTP/1.1\r\n\r\n', 400, 'invalid_http'],
    [`GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'y'.repeat(9000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['FOO / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', 400, 'invalid_http'],
    ['POST /v1/score HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'invalid_http'],
  ];
  for (const [bytes, status, code] of cases) {
    const { socket, received, closed } = peer(door.port);
    socket.end(bytes);
    await closed;
    t.match(received(), new RegExp(`^HTTP/1.1 ${status} `), JSON.stringify(bytes.slice(0, 60)));
    if (code !== '' && received().includes('{')) t.match(received(), `"code":"${code}"`);
  }
});

t.test('a request that does not arrive in time is ended, and so is one whose headers do not', async (t) => {
  const door = await listening(t, { connections: { headersTimeoutMs: 100, bodyTimeoutMs: 100, checkIntervalMs: 20 } });
  const slowHeaders = peer(door.port);
  slowHeaders.socket.write('POST /v1/score HTTP/1.1\r\nhost: 127.0.0.1\r\n');
  const slowBody = peer(door.port);
  slowBody.socket.write(post(attempt('a')).slice(0, -5));
  await Promise.all([slowHeaders.closed, slowBody.closed]);
  t.match(slowHeaders.received(), /^HTTP\/1.1 408 .*request_timeout/s);
  t.match(slowBody.received(), /^HTTP\/1.1 408 .*request_timeout/s);
  t.equal(door.requests.length, 0);
});

t.test('a batch may take longer than a body may', async (t) => {
  const door = await listening(t, { connections: { bodyTimeoutMs: 50, checkIntervalMs: 10 } });
  const { socket, received, closed } = peer(door.port);
  socket.write(
    'POST /v1/score/batch HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n',
  );
  for (const id of ['a', 'b', 'c']) {
    const line = `${attempt(id)}\n`;
    socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
    // Each answer comes although the next line has not been sent.
    while (!received().includes(`"attempt_id":"${id}"`)) await once(socket, 'data');
    await pause(40);
  }
  socket.write('0\r\n\r\n');
  await closed;
  t.match(received(), /^HTTP\/1.1 200 .*0\r\n\r\n$/s);
});

t.test('a batch whose sender falls silent is ended', async (t) => {
  const door = await listening(t, { batch: { idleMs: 50 } });
  const { socket, closed } = peer(door.port);
  socket.write(
    'POST /v1/score/batch HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  await closed;
  t.pass('closed');
});

t.test('more connections than allowed are dropped', async (t) => {
  const door = await listening(t, { connections: { maxConnections: 2 } });
  const kept = [peer(door.port), peer(door.port)];
  for (const { socket } of kept) {
    socket.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await once(socket, 'data');
  }
  const third = peer(door.port);
  await third.closed;
  t.equal(third.received(), '');
  for (const { socket } of kept) socket.destroy();
});

t.test('a batch answers each line in its place, and goes on after a bad one', async (t) => {
  const door = await fakeDoor({ batch: { concurrency: 4 } });
  let running = 0;
  let most = 0;
  door.assess = async ({ attempt: { attemptId } }) => {
    most = Math.max(most, ++running);
    await pause(attemptId === 'a-1' ? 15 : 1);
    running--;
    if (attemptId === 'a-9') throw new Error('a bug');
    return { kind: 'assessed', assessment: sampleAssessment(attemptId) };
  };
  const lines = [
    attempt('a-1'),
    '',
    '{',
    `${attempt('a-4')}\r`,
    `{"x":"${'y'.repeat(20_000)}"}`,
    '{"user":{"id":"u"},"ip":"1"}',
    attempt('a-7'),
    '\u0000',
    attempt('a-9'),
    attempt('a-10'),
  ];
  const response = await door.app.inject({
    method: 'POST',
    url: '/v1/score/batch',
    headers: { host: 'localhost', 'content-type': 'application/x-ndjson' },
    payload: lines.join('\n'),
  });
  t.equal(response.statusCode, 200);
  t.match(response.headers['content-type'], 'application/x-ndjson');
  const answers = response.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.same(
    answers.map((answer) => answer['attempt_id'] ?? `${answer['line']} ${answer['code']} ${answer['field'] ?? ''}`.trim()),
    ['a-1', '3 invalid_json', 'a-4', '5 too_large', '6 invalid_field ip', 'a-7', '9 internal', 'a-10'],
  );
  t.ok(most <= 4 && most > 1);
});

t.test('a batch has at most so many lines', async (t) => {
  const door = await fakeDoor({ batch: { linesMax: 2 } });
  const payload = ['a', 'b', 'c', 'd'].map(attempt).join('\n');
  const response = await door.app.inject({
    method: 'POST',
    url: '/v1/score/batch',
    headers: { host: 'localhost', 'content-type': 'application/x-ndjson' },
    payload,
  });
  const answers = response.body.trimEnd().split('\n');
  t.equal(answers.length, 3);
  t.match(JSON.parse(answers[2] as string), { line: 3, code: 'too_many_lines' });
  t.equal(door.requests.length, 2);
});

t.test('a batch reads no further than its answers are taken', async (t) => {
  const door = await listening(t, { batch: { concurrency: 8 } });
  const assessment = { ...sampleAssessment('a'), policyRule: 'x'.repeat(8000) };
  door.assess = async () => ({ kind: 'assessed', assessment });
  const { socket, received } = peer(door.port);
  socket.pause();
  const line = `${attempt('a')}\n`;
  const total = 4000;
  socket.write(
    `POST /v1/score/batch HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${line.length * total}\r\nconnection: close\r\n\r\n`,
  );
  socket.write(line.repeat(total));
  let before = -1;
  while (door.requests.length !== before || before === 0) {
    before = door.requests.length;
    await pause(100);
  }
  t.ok(before < total, `stopped after ${before}`);
  socket.resume();
  await once(socket, 'close');
  t.equal(door.requests.length, total);
  t.equal(received().split('"assessment_id"').length - 1, total);
});

t.test('lines are the same however the bytes are cut', async (t) => {
  const text = `one\n\n  two \r\n${'x'.repeat(16_384)}\n${'y'.repeat(16_385)}\nläst`;
  for (const size of [1, 2, 7, 1000, 100_000]) {
    const stream = new PassThrough();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
    stream.end();
    const lines: [number, string | null][] = [];
    for await (const line of splitLines(stream, 1000)) lines.push([line.number, line.bytes === null ? null : line.bytes.toString()]);
    t.same(
      lines,
      [
        [1, 'one'],
        [3, 'two'],
        [4, 'x'.repeat(16_384)],
        [5, null],
        [6, 'läst'],
      ],
      `${size}`,
    );
  }
});
