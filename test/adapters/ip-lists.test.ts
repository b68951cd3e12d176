import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { type AddressRange, parsePrefix } from '../../src/adapters/ip-database/address-text.ts';
import { inSlices } from '../../src/adapters/ip-database/in-slices.ts';
import { watchListDirectory } from '../../src/adapters/ip-database/list-directory.ts';
import { type ListFormat, readListText } from '../../src/adapters/ip-database/list-text.ts';
import { buildRangeTable } from '../../src/adapters/ip-database/range-builder.ts';
import { packList, type ReputationList, unpackList } from '../../src/adapters/ip-database/reputation-list.ts';

const shared = new URL('../../../shared/data/', import.meta.url);
const skipShared = existsSync(shared) ? false : 'the real lists are not on this machine';
type Undo = { teardown(undo: () => unknown): void };
async function folder(t: Undo): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-'));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}

function listOf(name: string, prefixes: readonly string[]): Buffer {
  const table = buildRangeTable(prefixes.map((prefix) => ({ ...(parsePrefix(prefix) as AddressRange), value: 0 })));
  return packList({ name, builtAtMs: 0, labels: [{ name, kind: 'vpn' }], isCounted: false, table }, { source: '', licence: '' });
}

t.test('the three formats read as their publishers write them', (t) => {
  const spans = (text: string, format: ListFormat): [string, number][] =>
    readListText(text, format).entries.map((entry) => [`${entry.first.join('.')}-${entry.last.join('.')}`, entry.value]);
  t.strictSame(spans('\uFEFF# list\r\n1.0.0.0/24 ; SBL1\r\n\n; x\n// y\n2001:db8::1 # why\n', { kind: 'plain' }), [
    ['16777216-16777471', 0],
    ['536939960.0.0.1-536939960.0.0.1', 0],
  ]);
  t.strictSame(spans('# ip n\n1.0.0.1\t10\n1.0.0.2\t2\n', { kind: 'counted', reportsMin: 3 }), [['16777217-16777217', 10]]);
  t.strictSame(spans('fingerprint, ipaddr, port\nA, "1.0.0.1", 444\n', { kind: 'csv', column: 'ipaddr' }), [['16777217-16777217', 0]]);
  t.strictSame(spans('"a ""b"", c",1.0.0.1\n', { kind: 'csv', column: 2 }), [['16777217-16777217', 0]]);
  t.end();
});

t.test('what is no list of the declared format is refused', (t) => {
  const refused = (text: string, format: ListFormat, why: RegExp): void =>
    t.throws(() => readListText(text, format), { name: 'ListTextError', message: why }) as unknown as void;
  const html = '<!doctype html>\n<html>\n<body>404</body></html>\n';
  refused(html, { kind: 'plain' }, /not in the declared format, the first is line 1/u);
  refused(html, { kind: 'csv', column: 'ip' }, /no column "ip"/u);
  refused('', { kind: 'plain' }, /no entries/u);
  refused('# nothing\n', { kind: 'plain' }, /no entries/u);
  refused('1.0.0.1\n1.0.0.2\n', { kind: 'counted', reportsMin: 1 }, /2 of its lines/u);
  refused('0.0.0.0/0\n', { kind: 'plain' }, /1 of its lines/u);
  const good = Array.from({ length: 30 }, (_, index) => `1.0.0.${index}`).join('\n');
  t.equal(readListText(`${good}\n::/0\n`, { kind: 'plain' }).refusedLines, 1, 'one slip is left out');
  t.end();
});

t.test('no text makes the reader throw anything but its own refusal', (t) => {
  const line = fc.oneof(fc.string({ maxLength: 30 }), fc.ipV4(), fc.ipV6(), fc.constantFrom('1.1.1.1/8\t5', 'ip,port', '"', '::/128'));
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.constantFrom<ListFormat>(
        { kind: 'plain' },
        { kind: 'counted', reportsMin: 2 },
        { kind: 'csv', column: 'ip' },
        { kind: 'csv', column: 3 },
      ),
      (lines, format) => {
        try {
          return readListText(lines.join('\n'), format).entries.length > 0;
        } catch (error) {
          return (error as Error).name === 'ListTextError';
        }
      },
    ),
    { numRuns: 500 },
  );
  t.end();
});

t.test('a watched folder hands over new, changed and removed lists, and keeps the good copy of a damaged one', async (t) => {
  const directory = join(await folder(t), 'feeds');
  const handed: string[][] = [];
  const problems: string[] = [];
  const watch = await watchListDirectory({
    directory,
    intervalMs: 3_600_000,
    onLists: (lists) => handed.push(lists.map((list) => `${list.name} ${list.table.entries}`)),
    onProblem: (sentence) => problems.push(sentence),
  });
  t.teardown(() => watch.close());
  t.strictSame([handed, problems], [[], []], 'no folder, no lists, no complaint');
  await mkdir(directory);
  await writeFile(join(directory, 'b.list'), listOf('b', ['10.0.0.0/8']));
  await writeFile(join(directory, 'b.state.json'), '{}');
  await watch.reload();
  await watch.reload();
  t.strictSame(handed, [['b 1']], 'handed over once');
  await writeFile(join(directory, 'a.list'), listOf('a', ['10.0.0.0/8', '12.0.0.0/8']));
  await Promise.all([watch.reload(), watch.reload()]);
  t.strictSame(handed[1], ['a 2', 'b 1']);
  await writeFile(join(directory, 'b.list'), 'damaged');
  await watch.reload();
  await watch.reload();
  t.equal(handed.length, 2);
  t.strictSame(problems.length, 1, 'told once');
  t.match(problems[0], /b\.list cannot be used, the copy before it stays: is not a compiled table\./u);
  await writeFile(join(directory, 'b.list'), listOf('b', ['10.0.0.0/8', '12.0.0.0/8', '14.0.0.0/8']));
  await rm(join(directory, 'a.list'));
  await watch.reload();
  t.strictSame(handed[2], ['b 3']);
  await rm(directory, { recursive: true });
  await watch.reload();
  t.strictSame(handed[3], []);
});

t.test('a large list is checked in slices, between which other callbacks run', async (t) => {
  const count = 400_000;
  const starts4 = Uint32Array.from({ length: count }, (_, index) => index * 4);
  const six = { starts6: new Uint32Array(), ends6: new Uint32Array(), values6: new Uint32Array() };
  const table = { columns: { starts4, ends4: starts4, values4: new Uint32Array(count), ...six } } as ReputationList['table'];
  const bytes = packList(
    { name: 'large', builtAtMs: 0, labels: [{ name: 'large', kind: 'vpn' }], isCounted: false, table },
    { source: '', licence: '' },
  );
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const list = await inSlices(unpackList(bytes));
  isDone = true;
  t.equal(list.table.entries, count);
  t.ok(turns >= 10, `${turns} turns of the loop`);
});

t.test('the real lists are read whole and answer as a scan of their lines', { skip: skipShared }, async (t) => {
  const text = (name: string): Promise<string> => readFile(new URL(name, shared), 'utf8');
  const check = async (name: string, format: ListFormat, entriesMin: number): Promise<void> => {
    const { entries, refusedLines } = readListText(await text(name), format);
    t.ok(entries.length >= entriesMin && refusedLines === 0, `${name}: ${entries.length} entries, ${refusedLines} refused`);
    const table = buildRangeTable(entries);
    for (const entry of entries)
      if (table.find({ version: entry.first.length === 1 ? 4 : 6, words: entry.last }) < entry.value) t.fail(name);
  };
  await check('ipsum.txt', { kind: 'counted', reportsMin: 1 }, 120_000);
  await check('tor_exits.csv', { kind: 'csv', column: 'ipaddr' }, 5_000);
  await check('x4bnet_vpn_ipv4.txt', { kind: 'plain' }, 10_000);
  await check('x4bnet_datacenter_ipv6.txt', { kind: 'plain' }, 8_000);
});
