import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { checkpointIn, fileName, nothingDone } from '../../src/tool/import/checkpoint.ts';
import { createTimeReader } from '../../src/tool/import/map-record.ts';
import { MappingError, parseMapping } from '../../src/tool/import/mapping.ts';
import { type NumberedRecord, readRecords } from '../../src/tool/import/read-records.ts';

const directory = mkdtempSync(join(tmpdir(), 'portcullis-import-'));

async function recordsOf(name: string, content: string | Buffer, mapping: string | null): Promise<NumberedRecord[]> {
  const file = join(directory, name);
  writeFileSync(file, content);
  const records: NumberedRecord[] = [];
  for await (const record of readRecords(file, mapping === null ? null : parseMapping(mapping))) records.push(record);
  return records;
}

t.test('a mapping with a mistake is refused by a sentence that names it', (t) => {
  const mistakes: [string, RegExp][] = [
    ['- a', /must be a map/],
    ['format: xml', /format: csv/],
    ['format: csv\nfeilds: {}', /unknown entry "feilds"/],
    ['format: lines', /needs "patterns"/],
    ['format: lines\npatterns: [{match: "("}]', /Pattern 1 is not a regular expression/],
    ['format: csv\nfields: {ip: {form: x}}', /ip has an unknown entry "form"/],
    ['format: csv\nfields: {ip: {type: number}}', /ip needs "from"/],
    ['format: csv\nyear: 12', /four-digit year/],
    ['format: csv\noffset: CET', /"offset"/],
    ['format: csv\ndelimiter: "||"', /one character/],
    ['a: [', /not readable/],
  ];
  for (const [text, message] of mistakes) t.throws(() => parseMapping(text), { name: 'MappingError', message });
  t.ok(new MappingError('x') instanceof Error);
  t.end();
});

t.test('times of logs become RFC 3339, and a syslog year turns when the month falls back', (t) => {
  const times = createTimeReader({ year: 2017, offset: '+01:00' });
  t.equal(times.read('2020-02-03 12:43:30.772'), '2020-02-03T12:43:30.772+01:00');
  t.equal(times.read('2020-02-03T12:43:30Z'), '2020-02-03T12:43:30Z');
  t.equal(times.read('2020-02-03 12:43:30,5 +0200'), '2020-02-03T12:43:30.5+02:00');
  t.equal(times.read('1580733810'), '2020-02-03T12:43:30.000Z');
  t.equal(times.read('1580733810772'), '2020-02-03T12:43:30.772Z');
  t.equal(times.read('Dec 31 23:59:59'), '2017-12-31T23:59:59+01:00');
  t.equal(times.read('Jan  1 00:00:01'), '2018-01-01T00:00:01+01:00');
  t.equal(times.read('yesterday'), null);
  t.equal(createTimeReader({ year: null, offset: '+00:00' }).read('Jan  1 00:00:01'), null);
  t.end();
});

t.test('an OpenSSH log becomes attempts: accepted, failed, and repeated lines as often as they say', async (t) => {
  const log = [
    'Mar 27 13:08:09 host sshd[1361]: Accepted publickey for ubuntu from 85.245.107.41 port 54259 ssh2: RSA SHA256:abc',
    'Mar 27 14:00:00 host sshd[1362]: Failed password for invalid user admin from 201.177.23.130 port 4 ssh2',
    'Mar 27 14:00:01 host sshd[1362]: message repeated 3 times: [ Failed password for root from 201.177.23.130 port 4 ssh2]',
    'Mar 27 14:00:02 host systemd: Started session.',
  ];
  const records = await recordsOf('auth.log.gz', gzipSync(`${log.join('\n')}\n`), readFileSync('examples/mappings/openssh.yaml', 'utf8'));
  t.match(records[0]?.record, {
    occurred_at: '2017-03-27T13:08:09+00:00',
    user: { id: 'ubuntu' },
    ip: '85.245.107.41',
    credential: { result: 'success', method: 'certificate' },
    outcome: 'signed_in',
  });
  t.match(records[1]?.record, { user: { id: 'admin' }, credential: { result: 'failure', method: 'password' } });
  t.same(
    records.slice(2, 5).map((item) => [item.line, item.part]),
    [
      [3, 0],
      [3, 1],
      [3, 2],
    ],
  );
  t.match(records[5], { line: 4, record: null, problem: 'unmatched' });
  t.equal(records.length, 6);
});

t.test('a CSV row becomes an attempt; what cannot be translated stays absent', async (t) => {
  const csv =
    'Login Timestamp,User ID,Round-Trip Time [ms],IP Address,User Agent String,Login Successful,Is Account Takeover\n2020-02-03 12:43:30.772,7,,10.0.0.1,"A, B",True,False\n2020-02-03 12:43:31,8,41.5,10.0.0.2,C,Perhaps,True\n';
  const records = await recordsOf('rba.csv', csv, readFileSync('examples/mappings/rba-dataset.yaml', 'utf8'));
  t.same(records[0]?.record, {
    occurred_at: '2020-02-03T12:43:30.772+00:00',
    user: { id: '7' },
    ip: '10.0.0.1',
    device: { user_agent: 'A, B' },
    credential: { method: 'password', result: 'success' },
    outcome: 'signed_in',
  });
  t.match(records[1]?.record, { network: { rtt_ms: 41.5 }, label: 'takeover' });
  t.notOk(Object.hasOwn(records[1]?.record?.['credential'] as object, 'result'));
});

t.test('a line of NDJSON that is no object is a problem of its own line, and the others go on', async (t) => {
  const records = await recordsOf('a.ndjson', `{"a":1}\n\nnonsense\n[1]\n${'x'.repeat(70_000)}\n{"b":2}\n`, null);
  t.same(
    records.map((item) => [item.line, item.problem]),
    [
      [1, null],
      [3, 'the line is not JSON'],
      [4, 'the line is not a JSON object'],
      [5, 'the line is longer than 65536 characters'],
      [6, null],
    ],
  );
});

t.test('a mapping cannot reach into what every object shares', async (t) => {
  await recordsOf(
    'p.csv',
    'a\nx\n',
    'format: csv\nfields: { "__proto__.polluted": { from: a }, "constructor.prototype.polluted": { from: a } }',
  );
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

t.test('a checkpoint comes back as it was written, and a damaged one counts as none', async (t) => {
  const checkpoint = checkpointIn(directory, 'x');
  t.same(await checkpoint.read(), nothingDone);
  await checkpoint.write({ lines: 5, assessed: 3, refused: 1, unmatched: 1 });
  t.same(await checkpoint.read(), { lines: 5, assessed: 3, refused: 1, unmatched: 1 });
  writeFileSync(join(directory, 'import-x.json'), '{"lines":-1}');
  t.same(await checkpoint.read(), nothingDone);
});

t.test('a log that has grown since is still the same log', async (t) => {
  for (const size of [100, 5000]) {
    const file = join(directory, `grow-${size}.log`);
    writeFileSync(file, `first line ${size}\nsecond\nthird\n${'x'.repeat(size)}`);
    const before = await fileName(file);
    writeFileSync(file, `first line ${size}\nsecond\nthird\n${'x'.repeat(size)}more\n${'y'.repeat(5000)}`);
    t.equal(await fileName(file), before);
  }
});
