import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { download, type DownloadRequest, type DownloadResult } from '../../src/adapters/feeds/download.ts';
import { isPublicAddress, lookupPublic } from '../../src/adapters/feeds/public-address.ts';
import { type AddressWords, parseAddress } from '../../src/adapters/ip-database/address-text.ts';
import { readListFile, type ReputationList } from '../../src/adapters/ip-database/reputation-list.ts';
import { type Feed, readFeeds } from '../../src/tool/feeds/declaration.ts';
import { removeUndeclared, updateFeed } from '../../src/tool/feeds/update.ts';

type Undo = { teardown(undo: () => unknown): void };
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(t: Undo, answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.txt`;
}

async function folder(t: Undo): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-'));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}

const get = (url: string, changed: Partial<DownloadRequest> = {}): Promise<DownloadResult> =>
  download({ url, etag: null, lastModified: null, bytesMax: 10_000, timeoutMs: 30_000, isPrivateAllowed: true, ...changed });
const wordsOf = (text: string) => ({
  version: text.includes(':') ? (6 as const) : (4 as const),
  words: parseAddress(text) as AddressWords,
});

t.test('a file is fetched once and then only when it changed', async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await serve(t, (request, response) => {
    seen.push(request.headers['if-none-match']);
    if (request.headers['if-none-match'] === '"v1"' || request.headers['if-modified-since'] !== undefined) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"', 'last-modified': 'Sat, 22 Aug 2026 03:00:29 GMT' }).end('192.0.2.1\n');
  });
  const first = await get(url);
  t.match(first, { kind: 'body', etag: '"v1"', lastModified: 'Sat, 22 Aug 2026 03:00:29 GMT' });
  t.equal((first as { bytes: Buffer }).bytes.toString(), '192.0.2.1\n');
  t.match(await get(url, { etag: '"v1"' }), { kind: 'unchanged' });
  t.match(await get(url, { lastModified: 'Sat, 22 Aug 2026 03:00:29 GMT' }), { kind: 'unchanged' });
  t.strictSame(seen, [undefined, '"v1"', undefined]);
});

t.test('every way a download goes wrong is told in a clause', async (t) => {
  const answers: Record<string, Answer> = {
    error: (_, response) => response.writeHead(500).end('oops'),
    unasked: (_, response) => response.writeHead(304).end(),
    declared: (_, response) => response.writeHead(200, { 'content-length': '20000' }).end(Buffer.alloc(20_000, 'a')),
    streamed: (_, response) => {
      response.writeHead(200);
      for (let part = 0; part < 20; part += 1) response.write(Buffer.alloc(1000, 'a'));
      response.end();
    },
    truncated: (_, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('192.0.2.1\n', () => response.destroy());
    },
    broken: (_, response) => {
      response.writeHead(200);
      response.write('192.0.2.1\n', () => response.destroy());
    },
    gzip: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    slow: (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('#'), 20);
      response.on('close', () => clearInterval(timer));
    },
    silent: () => undefined,
    circle: (_, response) => response.writeHead(302, { location: '/circle' }).end(),
    nowhere: (_, response) => response.writeHead(302).end(),
    file: (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  };
  const url = await serve(t, (request, response) => answers[request.url?.slice(1) ?? '']?.(request, response));
  const problems: Record<string, RegExp> = {
    error: /answered 500/u,
    unasked: /answered 304/u,
    declared: /larger than 9 KiB/u,
    streamed: /larger than 9 KiB/u,
    truncated: /connection failed/u,
    broken: /connection failed/u,
    gzip: /encoding "gzip"/u,
    slow: /longer than 0\.3 s/u,
    silent: /longer than 0\.3 s/u,
    circle: /more than 5 times/u,
    nowhere: /no usable address/u,
    file: /no usable address/u,
  };
  for (const [path, problem] of Object.entries(problems))
    t.match(
      await get(new URL(`/${path}`, url).href, { timeoutMs: path === 'slow' || path === 'silent' ? 300 : 30_000 }),
      { kind: 'failed', problem },
      path,
    );
  t.match(await get('http://127.0.0.1:1/'), { kind: 'failed', problem: /connection failed/u });
  t.match(await get('ftp://192.0.2.1/'), { kind: 'failed', problem: /not an http/u });
});

t.test('a redirect is followed, but not to an address inside the network unless that is allowed', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/list.txt') response.writeHead(301, { location: '/moved' }).end();
    else response.end('192.0.2.1');
  });
  t.match(await get(url), { kind: 'body' });
  t.match(await get(url, { isPrivateAllowed: false }), { kind: 'failed', problem: /127\.0\.0\.1 is not a public address/u });
  t.match(await get(url.replace('127.0.0.1', 'localhost'), { isPrivateAllowed: false }), { kind: 'failed', problem: /not public/u });
  t.match(await get('http://[::ffff:127.0.0.1]/', { isPrivateAllowed: false }), { kind: 'failed', problem: /not a public address/u });
  t.match(
    await get('http://2130706433/', { isPrivateAllowed: false }),
    { kind: 'failed', problem: /not a public address/u },
    'an address written as a number',
  );
  for (const text of [
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '2002:7f00:1::',
    '64:ff9b::a00:1',
    'example.org',
    '',
  ])
    t.equal(isPublicAddress(text), false, text);
  for (const text of ['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '193.0.0.1']) t.equal(isPublicAddress(text), true, text);
  await new Promise<void>((resolve) =>
    lookupPublic('localhost', { all: true }, (error) => {
      t.match(error, { message: /not public/u });
      resolve();
    }),
  );
});

t.test('a feeds file says what is wrong with it', (t) => {
  const entry = 'name: a\n    url: https://example.org/a\n    kind: tor\n    format: plain';
  const read = (yaml: string): Feed[] => readFeeds(`feeds:\n  - ${yaml}\n`);
  t.match(read(entry), [
    { name: 'a', title: 'a', kind: 'tor', format: { kind: 'plain' }, bytesMax: 32 * 1_048_576, timeoutMs: 60_000, isPrivateAllowed: false },
  ]);
  t.match(read(entry.replace('plain', 'csv\n    column: 2')), [{ format: { kind: 'csv', column: 2 } }]);
  t.match(read(entry.replace('plain', 'counted\n    reports_min: 3')), [{ format: { kind: 'counted', reportsMin: 3 } }]);
  const wrong: readonly [string, RegExp][] = [
    [entry.replace('name: a', 'name: ../a'), /name must be/u],
    [entry.replace('https:', 'file:'), /url must begin/u],
    [entry.replace('tor', 'nice'), /kind must be one of tor, vpn/u],
    [entry.replace('plain', 'xml'), /format must be one of/u],
    [entry.replace('plain', 'csv'), /column must be a text/u],
    [`${entry}\n    column: 2`, /column belongs to the format csv/u],
    [`${entry}\n    reports_min: 2`, /reports_min belongs/u],
    [`${entry}\n    size_max_mib: 1000`, /from 1 to 256/u],
    [`${entry}\n    allow_private: maybe`, /allow_private must be true or false/u],
    [`${entry}\n    colour: red`, /unknown key "colour"/u],
    [`${entry}\n  - ${entry}`, /Two feeds/u],
    ['text', /must be a mapping/u],
  ];
  for (const [yaml, why] of wrong) t.throws(() => read(yaml), why);
  t.throws(() => readFeeds('feeds: []'), /at least one/u);
  t.throws(() => readFeeds('{'), /cannot be read/u);
  t.end();
});

const day = (text: string): number => Date.parse(`${text}T12:00:00Z`);

t.test('a feed is compiled, stays as it was through every failure, and is replaced by a good copy', async (t) => {
  const directory = await folder(t);
  const many = Array.from({ length: 100 }, (_, index) => `1.0.${index}.1\t${index + 1}`).join('\n');
  let result: DownloadResult = { kind: 'failed', problem: 'it answered 500' };
  const requests: DownloadRequest[] = [];
  const tools = {
    directory,
    nowMs: () => day('2026-11-22'),
    download: async (request: DownloadRequest) => {
      requests.push(request);
      return result;
    },
  };
  const feed = readFeeds(
    'feeds: [{name: bad, title: Bad addresses, url: "https://example.org/", kind: blocklist, format: counted}]',
  )[0] as Feed;
  const body = (text: string, validators: Partial<DownloadResult> = {}): DownloadResult =>
    ({ kind: 'body', bytes: Buffer.from(text), etag: null, lastModified: null, ...validators }) as DownloadResult;
  const read = (): Promise<ReputationList> => readListFile(join(directory, 'bad.list'));

  t.match(await updateFeed(feed, tools), { outcome: 'failed', detail: 'it answered 500; there is no earlier copy' });
  result = body(many, { etag: '"v1"', lastModified: 'Sat, 22 Aug 2026 03:00:29 GMT' });
  t.match(await updateFeed(feed, tools), { outcome: 'updated', detail: '100 ranges as of 2026-08-22' });
  t.match(await read(), {
    name: 'Bad addresses',
    builtAtMs: Date.UTC(2026, 7, 22, 3, 0, 29),
    isCounted: true,
    labels: [{ name: 'Bad addresses', kind: 'blocklist' }],
  });
  t.equal((await read()).table.find(wordsOf('1.0.4.1')), 5);

  const before = await readFile(join(directory, 'bad.list'));
  const failures: [DownloadResult, RegExp][] = [
    [{ kind: 'failed', problem: 'it took longer than 60 s' }, /it took longer than 60 s; the copy of 2026-08-22 stays/u],
    [body('<html>'), /not in the declared format/u],
    [body(''), /no entries/u],
    [body('1.0.0.1\t5\n'), /shrank from 100 to 1/u],
    [body(many.slice(0, many.length / 5)), /shrank|declared format/u],
  ];
  for (const [failure, detail] of failures) {
    result = failure;
    t.match(await updateFeed(feed, tools), { outcome: 'failed', detail });
    t.ok(before.equals(await readFile(join(directory, 'bad.list'))), 'the copy is the same, byte for byte');
  }
  t.match(requests[requests.length - 1], { etag: '"v1"', lastModified: 'Sat, 22 Aug 2026 03:00:29 GMT' });
  result = { kind: 'unchanged' };
  t.match(await updateFeed(feed, tools), { outcome: 'unchanged', detail: /2026-08-22 is current/u });

  result = body(many, { lastModified: 'Sat, 22 Aug 2099 03:00:29 GMT' });
  const stricter = { ...feed, format: { kind: 'counted' as const, reportsMin: 90 } };
  t.match(
    await updateFeed(stricter, tools),
    { outcome: 'updated', detail: '11 ranges as of 2026-11-22' },
    'another declaration, and a date in the future counts as none',
  );
  t.match(requests[requests.length - 1], { etag: null, lastModified: null }, 'the copy of another declaration proves nothing');

  await writeFile(join(directory, 'bad.state.json'), '{"etag": 3}');
  await updateFeed(stricter, tools);
  t.equal(requests[requests.length - 1]?.etag, null, 'a damaged state file costs a download');
  await writeFile(join(directory, 'own.list'), before);
  t.strictSame(await removeUndeclared([feed], directory), []);
  t.strictSame(await removeUndeclared([], directory), ['bad']);
  t.strictSame(await readdir(directory), ['own.list'], 'a list put there by hand stays');
});

t.test('the tool reports each feed on a line and ends with 1 when one failed', async (t) => {
  const directory = await folder(t);
  const url = await serve(t, (request, response) => {
    if (request.url === '/good') response.end('192.0.2.1\n198.51.100.0/24\n');
    else response.writeHead(404).end();
  });
  const at = (path: string): string => new URL(path, url).href;
  const declared = (names: readonly string[]): string =>
    `feeds:\n${names.map((name) => `  - {name: ${name}, url: "${at(`/${name}`)}", kind: vpn, format: plain, allow_private: true}\n`).join('')}`;
  const run = async (yaml: string): Promise<{ code: number | null; output: string }> => {
    await writeFile(join(directory, 'feeds.yaml'), yaml);
    const tool = fileURLToPath(new URL('../../src/tool/feeds.ts', import.meta.url));
    const child = spawn(process.execPath, [tool, '--feeds', join(directory, 'feeds.yaml'), '--into', join(directory, 'out')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, output };
  };
  t.strictSame(await run(declared(['good', 'missing'])), {
    code: 1,
    output: `good: updated, 2 ranges as of ${new Date().toISOString().slice(0, 10)}\nmissing: failed, it answered 404; there is no earlier copy\n`,
  });
  t.strictSame(await readdir(join(directory, 'out')), ['good.list', 'good.state.json']);
  t.match(await run(declared(['good']).replace('vpn', 'nice')), { code: 2, output: /kind must be one of/u });
});
