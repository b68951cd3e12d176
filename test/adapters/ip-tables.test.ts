import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { type AddressRange, type AddressWords, parseAddress, parsePrefix } from '../../src/adapters/ip-database/address-text.ts';
import { classifyOrganisation } from '../../src/adapters/ip-database/asn/asn-class.ts';
import { formatAsnClasses, openAsnClasses, parseAsnClasses } from '../../src/adapters/ip-database/asn/asn-class-table.ts';
import { openAsnTable } from '../../src/adapters/ip-database/asn/asn-table.ts';
import { atOnce } from '../../src/adapters/ip-database/in-slices.ts';
import { packFile, replaceFile, unpackFile, unpackRanges } from '../../src/adapters/ip-database/packed-file.ts';
import { buildRangeTable, type RangeEntry } from '../../src/adapters/ip-database/range-builder.ts';
import { RangeTable } from '../../src/adapters/ip-database/range-table.ts';
import { packList, readListFile, unpackList } from '../../src/adapters/ip-database/reputation-list.ts';
import { asnClasses } from '../../src/domain/ip-facts.ts';

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0, max: 12 }),
  fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff),
);
const words4 = word.map((w): AddressWords => [w]);
const words6 = fc.tuple(fc.constantFrom(0x20010db8, 0x2a000000), fc.integer({ min: 0, max: 3 }), word, word) as fc.Arbitrary<AddressWords>;

const toBigInt = (words: readonly number[]): bigint => words.reduce((sum, w) => (sum << 32n) | BigInt(w), 0n);
const addressOf = (words: readonly number[]) => ({ version: words.length === 1 ? (4 as const) : (6 as const), words });

function text6(words: readonly number[]): string {
  return words.flatMap((w) => [(w >>> 16).toString(16), (w & 0xffff).toString(16)]).join(':');
}

function text4(w: number): string {
  return [w >>> 24, (w >>> 16) & 255, (w >>> 8) & 255, w & 255].join('.');
}

t.test('a written address reads back as its words, also shortened, in capitals and with a dotted tail', (t) => {
  fc.assert(
    fc.property(words4, fc.tuple(word, word, word, word), (four, six) => {
      t.strictSame(parseAddress(text4(four[0])), four);
      const short = new URL(`http://[${text6(six)}]`).hostname.slice(1, -1);
      const isMapped = six[0] === 0 && six[1] === 0 && six[2] === 0xffff;
      const dotted = `${text6(six).split(':').slice(0, 6).join(':')}:${text4(six[3])}`;
      for (const text of [text6(six), short, short.toUpperCase(), dotted])
        t.strictSame(parseAddress(text), isMapped ? [six[3]] : six, text);
    }),
  );
  t.strictSame(parseAddress('::ffff:192.0.2.1'), [0xc0000201]);
  t.strictSame(parseAddress('::'), [0, 0, 0, 0]);
  t.equal(parseAddress('1:2:3:4::5:6:7:8'), null, '"::" stands for at least one group');
  t.end();
});

t.test('text is an address exactly when the platform says so', (t) => {
  const piece = fc.constantFrom(
    '0',
    '1',
    '00',
    '255',
    '256',
    '01',
    'f',
    'ffff',
    '12345',
    'g',
    '.',
    ':',
    '::',
    '1.2.3.4',
    '2001',
    ' ',
    '%1',
    '/',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
      const text = pieces.join('');
      // The platform also takes zone ids, which lists have no use for.
      return (parseAddress(text) !== null) === (isIP(text) !== 0 && !text.includes('%'));
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('a prefix covers exactly the addresses that share its first bits', (t) => {
  fc.assert(
    fc.property(fc.oneof(words4, words6), fc.nat(128), (words, wanted) => {
      const bits = words.length * 32;
      const length = Math.min(wanted, bits);
      const range = parsePrefix(`${words.length === 1 ? text4(words[0]) : text6(words)}/${length}`) as AddressRange;
      const size = 1n << BigInt(bits - length);
      const first = (toBigInt(words) / size) * size;
      return toBigInt(range.first) === first && toBigInt(range.last) === first + size - 1n;
    }),
  );
  for (const text of ['1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '1.2.3.4/08', '1.2.3.4/1/2', '::/129', '::ffff:1.2.3.4/95', 'x/8', '/8'])
    t.equal(parsePrefix(text), null, text);
  t.strictSame(parsePrefix('::ffff:10.1.2.3/104'), { first: [0x0a000000], last: [0x0affffff] });
  t.end();
});

const entry = (words: fc.Arbitrary<AddressWords>): fc.Arbitrary<RangeEntry> =>
  fc.tuple(words, fc.nat(128), fc.nat(3)).map(([at, length, value]) => {
    const range = parsePrefix(`${at.length === 1 ? text4(at[0]) : text6(at)}/${Math.min(length, at.length * 32)}`) as AddressRange;
    return { ...range, value };
  });
const span = fc
  .tuple(word, word, fc.nat(3))
  .map(([a, b, value]): RangeEntry => ({ first: [Math.min(a, b)], last: [Math.max(a, b)], value }));

function scan(entries: readonly RangeEntry[], words: readonly number[]): number {
  const at = toBigInt(words);
  let found = -1;
  for (const { first, last, value } of entries) {
    if (first.length === words.length && toBigInt(first) <= at && at <= toBigInt(last)) found = Math.max(found, value);
  }
  return found;
}

/** The edges of the ranges and their neighbours, where a search goes wrong first. */
function edges(entries: readonly RangeEntry[]): number[][] {
  return entries
    .flatMap(({ first, last }) => [first, last])
    .flatMap((words) =>
      [-1n, 0n, 1n].flatMap((step) => {
        const at = toBigInt(words) + step;
        if (at < 0n || at >> BigInt(words.length * 32) > 0n) return [];
        return [words.map((_, index) => Number((at >> BigInt((words.length - 1 - index) * 32)) & 0xffffffffn))];
      }),
    );
}

t.test('a table answers as a scan of its ranges does, at every edge and anywhere, whatever overlaps', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(entry(words4), entry(words6), span), { maxLength: 30 }),
      fc.array(fc.oneof(words4, words6), { maxLength: 20 }),
      (entries, probes) => {
        const table = buildRangeTable(entries);
        const packed = atOnce(unpackRanges(atOnce(unpackFile(packFile({}, { ...table.columns })))));
        for (const words of [...edges(entries), ...probes]) {
          const expected = scan(entries, words);
          if (table.find(addressOf(words)) !== expected || packed.find(addressOf(words)) !== expected) return false;
        }
        return true;
      },
    ),
    { numRuns: 300 },
  );
  t.end();
});

t.test('neighbours that say the same become one range', (t) => {
  const singles = Array.from(
    { length: 256 },
    (_, last): RangeEntry => ({ first: [0xc0000200 + last], last: [0xc0000200 + last], value: 1 }),
  );
  t.equal(buildRangeTable(singles).entries, 1);
  const repeats = [...singles, ...singles, { ...(parsePrefix('0.0.0.0/0') as AddressRange), value: 0 }];
  t.equal(buildRangeTable(repeats).entries, 3);
  t.end();
});

t.test('columns that are unsorted, overlapping or of different lengths are refused', (t) => {
  const six = { starts6: new Uint32Array(), ends6: new Uint32Array(), values6: new Uint32Array() };
  const four = (starts: number[], ends: number[], values = starts) => ({
    starts4: Uint32Array.from(starts),
    ends4: Uint32Array.from(ends),
    values4: Uint32Array.from(values),
    ...six,
  });
  t.throws(() => atOnce(RangeTable.check(four([5, 3], [6, 4]))), RangeError);
  t.throws(() => atOnce(RangeTable.check(four([1, 3], [3, 4]))), RangeError);
  t.throws(() => atOnce(RangeTable.check(four([4], [3]))), RangeError);
  t.throws(() => atOnce(RangeTable.check(four([4], [5, 6]))), RangeError);
  const none = four([], []);
  const at = (...w: number[]) => Uint32Array.from(w);
  t.throws(() => atOnce(RangeTable.check({ ...none, starts6: at(0, 0, 0, 2), ends6: at(0, 0, 0, 1), values6: at(0) })), RangeError);
  t.throws(
    () => atOnce(RangeTable.check({ ...none, starts6: at(0, 0, 0, 2, 0, 0, 0, 2), ends6: at(0, 0, 0, 2, 0, 0, 0, 3), values6: at(0, 0) })),
    RangeError,
  );
  t.throws(() => atOnce(RangeTable.check({ ...none, starts6: at(0, 0, 0), ends6: at(0, 0, 0, 2), values6: at(0) })), RangeError);
  t.end();
});

const plainList = { name: 'test', builtAtMs: 5, labels: [{ name: 'Test list', kind: 'blocklist' as const }], isCounted: true };

t.test('a compiled file with any byte changed, or cut short, is refused or says the same', (t) => {
  const entries = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'].map((text) => ({ ...(parsePrefix(text) as AddressRange), value: 7 }));
  const bytes = packList({ ...plainList, table: buildRangeTable(entries) }, { source: 's', licence: 'l' });
  t.equal(atOnce(unpackList(bytes)).table.find(addressOf([0x0a010203])), 7);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ change;
      t.throws(() => atOnce(unpackList(damaged)), { name: 'PackedFileError' });
      t.throws(() => atOnce(unpackList(bytes.subarray(0, at))), { name: 'PackedFileError' });
    }),
  );
  const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
  t.equal(atOnce(unpackList(shifted)).table.entries, 3, 'bytes at an odd place in memory');
  t.end();
});

t.test('a file with a good checksum and senseless content is refused', (t) => {
  const table = buildRangeTable([{ first: [1], last: [2], value: 1 }]);
  const meta = { kind: 'list', format: 1, ...plainList };
  const refused = (changed: Record<string, unknown>, columns: Record<string, Uint32Array | Uint8Array> = { ...table.columns }): void => {
    t.throws(() => atOnce(unpackList(packFile({ ...meta, ...changed }, columns))), { name: 'PackedFileError' }, JSON.stringify(changed));
  };
  refused({ kind: 'asn' });
  refused({ format: 2 });
  refused({ name: 3 });
  refused({ builtAtMs: 'now' });
  refused({ labels: [] });
  refused({ labels: [{ name: 'x', kind: 'nice' }] });
  refused({
    labels: [
      { name: 'x', kind: 'tor' },
      { name: 'y', kind: 'tor' },
    ],
  });
  refused({ isCounted: false });
  refused({}, { ...table.columns, starts4: Uint32Array.from([3]) });
  refused({}, { ...table.columns, values4: Uint8Array.from([1]) });
  refused({}, {});
  t.end();
});

t.test('a file is replaced whole or not at all, and nothing is left behind', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const path = join(directory, 'a');
  await replaceFile(path, Buffer.from('one'));
  await Promise.all([replaceFile(path, Buffer.from('two')), replaceFile(path, Buffer.from('two'))]);
  t.equal(await readFile(path, 'utf8'), 'two');
  await mkdir(join(directory, 'b'));
  await t.rejects(replaceFile(join(directory, 'b'), Buffer.from('x')));
  t.strictSame((await readdir(directory)).sort(), ['a', 'b']);
});

async function asnPackage(t: { teardown(undo: () => Promise<void>): void }, csv4: string, csv6 = ''): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-'));
  t.teardown(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'package.json'), JSON.stringify({ version: '2.3.2026061719' }));
  await writeFile(join(directory, 'asn-ipv4-num.csv'), csv4);
  await writeFile(join(directory, 'asn-ipv6.csv'), csv6);
  return directory;
}

t.test('ASN ranges compile once into a cache that answers with number, name and class', async (t) => {
  const packageDirectory = await asnPackage(
    t,
    '16777216,16777471,64500,"Example ""Cloud"", Inc."\n16777472,16777500,64501,Späť Telecom\n16777480,16777600,64500,overlaps\n',
    '2001:db8::,2001:db8::ffff,64501,ignored second name\n',
  );
  const cacheDirectory = join(packageDirectory, 'cache');
  let classified = 0;
  const classify = (_: number, name: string) => {
    classified += 1;
    return classifyOrganisation(name);
  };
  const options = { cacheDirectory, classify, classesVersion: 'v1', packageDirectory };
  const table = await openAsnTable(options);
  const find = (text: string) => table.find({ ...addressOf(parseAddress(text) as AddressWords) } as Parameters<typeof table.find>[0]);
  t.strictSame(find('1.0.0.255'), { asn: 64500, organisation: 'Example "Cloud", Inc.', class: 'hosting' });
  t.strictSame(find('2001:db8::1'), { asn: 64501, organisation: 'Späť Telecom', class: 'isp' });
  t.equal(find('1.0.1.29'), null);
  t.equal(find('2001:db8::1:0'), null);
  t.equal(table.builtAtMs, Date.UTC(2026, 5, 17));
  t.equal(classified, 2);
  await openAsnTable(options);
  t.equal(classified, 2, 'the second start reads the cache');
  const [name] = await readdir(cacheDirectory);
  await writeFile(join(cacheDirectory, name as string), 'damaged');
  t.equal((await openAsnTable(options)).entries, 3, 'a damaged cache is compiled again');
  await openAsnTable({ ...options, classesVersion: 'v2' });
  t.equal((await readdir(cacheDirectory)).length, 1, 'the cache of other classes is gone');
});

t.test('an ASN file that is not what the package describes ends with its line number', async (t) => {
  for (const line of ['nonsense', '1,2,x,y', '1,4294967296,64500,y', '1,2']) {
    const packageDirectory = await asnPackage(t, `1,2,64500,y\n${line}\n`);
    await t.rejects(
      openAsnTable({ cacheDirectory: join(packageDirectory, 'cache'), classify: () => 'unknown', classesVersion: 'v', packageDirectory }),
      /line 2/u,
    );
  }
});

t.test('the class table reads back what was written and refuses what it does not know', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.integer({ min: 1, max: 0xffffffff }).map(String), fc.constantFrom(...asnClasses)), (record) => {
      const classes = new Map(Object.entries(record).map(([asn, name]) => [Number(asn), name]));
      const again = parseAsnClasses(formatAsnClasses(['a comment'], classes));
      return again.size === classes.size && [...classes].every(([asn, name]) => again.get(asn) === name);
    }),
  );
  t.throws(() => parseAsnClasses('friendly 1'));
  t.throws(() => parseAsnClasses('isp 1 !'));
  t.throws(() => parseAsnClasses('isp 5\nhosting 5'));
  t.throws(() => parseAsnClasses('isp zzzzzzz'));
  t.end();
});

t.test('names say what a network is, and lists do not overrule a plain name', (t) => {
  const cases: readonly [string, number, string][] = [
    ['Hetzner Online GmbH', 0, 'hosting'],
    ['Example Cloud Services LLC', 0, 'hosting'],
    ['Comcast Cable Communications, LLC', 0, 'isp'],
    ['Hosting Telecom S.A.', 0, 'isp'],
    ['T-Mobile USA, Inc.', 0, 'mobile'],
    ['Exxon Mobil Corporation', 0, 'business'],
    ['Universität Zürich', 0, 'education'],
    ['Ministry of Defence', 0, 'government'],
    ['Bank of America', 0, 'business'],
    ['John Doe', 0, 'unknown'],
    ['John Doe', 1, 'hosting'],
    ['Landmark University', 2, 'education'],
    ['Small Town Telecom', 1, 'isp'],
    ['Small Town Telecom', 2, 'hosting'],
  ];
  for (const [name, lists, expected] of cases) t.equal(classifyOrganisation(name, { lists }), expected, name);
  t.end();
});

t.test('the committed tables open, are dated, and know the networks that everybody knows', async (t) => {
  const { classify } = await openAsnClasses();
  const known: readonly [number, string][] = [
    [16509, 'hosting'],
    [24940, 'hosting'],
    [9009, 'hosting'],
    [7922, 'isp'],
    [3320, 'isp'],
    [3215, 'isp'],
    [21928, 'mobile'],
    [6167, 'mobile'],
    [55836, 'mobile'],
    [3, 'education'],
    [749, 'government'],
    [10794, 'business'],
  ];
  for (const [asn, expected] of known) t.equal(classify(asn, ''), expected, `AS${asn}`);
  t.equal(classify(4_200_000_000, 'Some University'), 'education', 'a network newer than the table');
  const directory = new URL('../../assets/ip/', import.meta.url);
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await readFile(new URL(name, directory))).length;
  t.ok(bytes < 1_500_000, 'the tables stay small in the repository');
  const origin = await readListFile(new URL('reputation-iporigin.bin', directory).pathname);
  t.ok(origin.builtAtMs > Date.UTC(2026, 0));
  const labelOf = (text: string) => origin.labels[origin.table.find(addressOf(parseAddress(text) as AddressWords))];
  t.match(labelOf('3.5.140.2'), { kind: 'hosting', name: /Amazon AWS/u });
  t.match(labelOf('172.224.226.1'), { kind: 'relay', name: /Apple/u });
  t.match(labelOf('104.16.0.1'), { kind: 'cdn', name: /Cloudflare/u });
  t.equal(labelOf('84.112.0.1'), undefined, 'a home connection');
  for (const provider of ['Akamai', 'Cogent', 'Contabo', 'DataCamp', 'Vercel', 'CDN77', 'BunnyCDN'])
    t.notOk(
      origin.labels.some(({ name }) => name.startsWith(provider)),
      `${provider} is not ours to ship`,
    );
});
