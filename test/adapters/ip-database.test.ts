import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { type AddressRange, type AddressWords, parseAddress, parsePrefix } from '../../src/adapters/ip-database/address-text.ts';
import { classifyOrganisation } from '../../src/adapters/ip-database/asn/asn-class.ts';
import { createIpDatabase, type IpSources } from '../../src/adapters/ip-database/ip-database.ts';
import { assumedAccuracyKm } from '../../src/adapters/ip-database/location-error.ts';
import { readPlace } from '../../src/adapters/ip-database/mmdb-facts.ts';
import { type MmdbFile, mmdbFileOf, openMmdbFile } from '../../src/adapters/ip-database/mmdb-file.ts';
import { openIpDatabase } from '../../src/adapters/ip-database/open.ts';
import { buildRangeTable } from '../../src/adapters/ip-database/range-builder.ts';
import type { ReputationList } from '../../src/adapters/ip-database/reputation-list.ts';
import type { IpAddress } from '../../src/domain/attempt.ts';
import { encodeMmdbValue, type MmdbDraft, type MmdbValue, writeMmdb } from '../support/mmdb.ts';

const shared = new URL('../../../shared/data/', import.meta.url);
const skipShared = existsSync(shared) ? false : 'the MaxMind test databases are not on this machine';
const dayMs = 86_400_000;

function ip(text: string, scope: IpAddress['scope'] = 'public'): IpAddress {
  const words = parseAddress(text) as AddressWords;
  return { text, version: words.length === 1 ? 4 : 6, words, host: text, block: text, scope };
}

const mmdb = (draft: MmdbDraft): MmdbFile => mmdbFileOf(writeMmdb(draft), 'test.mmdb');

function database(sources: Partial<IpSources>): ReturnType<typeof createIpDatabase> {
  return createIpDatabase({
    places: [],
    asnTable: null,
    asnFile: null,
    classify: (_, name) => classifyOrganisation(name),
    anonymous: null,
    connection: null,
    snapshot: [],
    ...sources,
  });
}

function list(name: string, builtAtMs: number, prefixes: readonly string[], reports?: number): ReputationList {
  const table = buildRangeTable(prefixes.map((prefix) => ({ ...(parsePrefix(prefix) as AddressRange), value: reports ?? 0 })));
  return { name, builtAtMs, labels: [{ name, kind: 'blocklist' }], isCounted: reports !== undefined, table };
}

const flatBerlin = { country_code: 'DE', state1: 'Berlin', city: 'Berlin (Bezirk Mitte)', latitude: 52.5, longitude: 13.4, timezone: '' };

t.test('both schemas give the same facts; a radius that is not stated is assumed and said to be', (t) => {
  const nested = {
    country: { iso_code: 'DE' },
    city: { names: { en: 'Berlin', de: 'Berlin' } },
    subdivisions: [{ iso_code: 'BE', names: { en: 'Berlin' } }],
    location: { latitude: 52.5, longitude: 13.4, accuracy_radius: 20, time_zone: 'Europe/Berlin' },
  };
  const flat = database({ places: [mmdb({ type: 'city ipv4', ipVersion: 4, records: { '1.0.0.0/8': flatBerlin } })] });
  const maxmind = database({ places: [mmdb({ type: 'GeoIP2-City', ipVersion: 6, records: { '1.0.0.0/8': nested } })] });
  const geo = { country: 'DE', region: 'Berlin', city: 'Berlin', latitude: 52.5, longitude: 13.4, timeZone: 'Europe/Berlin' };
  t.strictSame(flat.lookup(ip('1.2.3.4'), 0).geo, { ...geo, accuracyKm: 60, accuracyStated: false });
  t.strictSame(maxmind.lookup(ip('1.2.3.4'), 0).geo, { ...geo, accuracyKm: 20, accuracyStated: true });
  t.strictSame(flat.lookup(ip('2.0.0.1'), 0), { geo: null, asn: null, lists: [] });
  t.end();
});

t.test('an IPv6 address is not looked up in a file of IPv4 addresses', (t) => {
  const file = mmdb({ type: 'city ipv4', ipVersion: 4, records: { '32.0.0.0/3': flatBerlin } });
  t.ok(file.get(ip('33.0.0.1')));
  t.equal(file.get(ip('2001:db8::1')), null);
  t.end();
});

t.test('pieces of a record that have the wrong type are absent, the others count, and nothing throws', (t) => {
  const odd: fc.Arbitrary<MmdbValue> = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant([]),
    fc.constant({}),
    fc.constant({ names: { en: 3 } }),
    fc.constant({ iso_code: 'xx' }),
  );
  const keys = ['country', 'city', 'location', 'subdivisions', 'country_code', 'state1', 'latitude', 'longitude', 'timezone', 'traits'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), odd), (record) => {
      const file: MmdbFile = { type: 'GeoIP2-City', roles: ['city', 'country'], builtAtMs: 0, get: () => record };
      const facts = database({ places: [file] }).lookup(ip('1.1.1.1'), 0);
      if (facts.geo === null) return true;
      const { country, latitude, longitude, accuracyKm } = facts.geo;
      return (
        (country === null || /^[A-Z]{2}$/u.test(country)) &&
        (latitude === null) === (longitude === null) &&
        (latitude === null || Math.abs(latitude) <= 90) &&
        accuracyKm > 0
      );
    }),
    { numRuns: 200 },
  );
  const place = readPlace({ country_code: 'FR', city: 'Pa\u0000r\u202eis', latitude: 91, longitude: 2 });
  t.match(place, { country: 'FR', city: 'Pa r is', latitude: null, longitude: null });
  t.equal(readPlace({ latitude: 0, longitude: 0 }), null, 'null island');
  t.equal(readPlace({ country_code: 'FR', timezone: 'x'.repeat(99) })?.timeZone, null);
  t.equal(readPlace({ city: { names: { en: 'Nowhere' } } }), null);
  t.equal(readPlace('text'), null);
  t.end();
});

t.test('a place known less well has a larger assumed error, and a country named otherwise elsewhere widens it', (t) => {
  const place = { country: 'US', region: 'Ohio', city: 'Dayton', latitude: 39.7, longitude: -84.2, accuracyKm: null, timeZone: null };
  const city = assumedAccuracyKm(place, false);
  const region = assumedAccuracyKm({ ...place, city: null }, false);
  const country = assumedAccuracyKm({ ...place, city: null, region: null, latitude: null, longitude: null }, false);
  t.ok(city < region && region < country);
  t.ok(assumedAccuracyKm({ ...place, country: 'DE' }, true) > assumedAccuracyKm({ ...place, country: 'DE' }, false));
  t.ok(assumedAccuracyKm({ ...place, country: 'MT', city: null, region: null }, false) < 100, 'small countries are small');
  t.ok(assumedAccuracyKm({ ...place, country: null, city: null, region: null }, false) >= country, 'an unknown country may be any');
  const other = mmdb({ type: 'country ipvAll', ipVersion: 6, records: { '1.0.0.0/8': { country_code: 'FR' } } });
  const same = mmdb({ type: 'country ipvAll', ipVersion: 6, records: { '1.0.0.0/8': { country_code: 'DE' } } });
  const first = mmdb({ type: 'city ipv4', ipVersion: 4, records: { '1.0.0.0/8': flatBerlin } });
  t.match(database({ places: [first, other] }).lookup(ip('1.1.1.1'), 0).geo, { country: 'DE', accuracyKm: 500 });
  t.match(database({ places: [first, same] }).lookup(ip('1.1.1.1'), 0).geo, { country: 'DE', accuracyKm: 60 });
  t.match(database({ places: [same] }).lookup(ip('1.1.1.1'), 0).geo, { country: 'DE', city: null, timeZone: null, accuracyKm: 300 });
  t.end();
});

t.test('an answer is the same whether it is the first or a repeated one', (t) => {
  const records = { '1.0.0.0/8': flatBerlin, '2.0.0.0/7': { country_code: 'FR', latitude: 46.1, longitude: 2.2 } };
  // Part of the addresses of one city are somewhere else for the second file.
  const second = mmdb({ type: 'country ipv4', ipVersion: 4, records: { '1.1.0.0/16': { country_code: 'FR' } } });
  const places = [mmdb({ type: 'city ipv4', ipVersion: 4, records }), second];
  const lists = [list('a', 0, ['1.1.0.0/16', '2001:db8::1']), list('b', dayMs, ['1.1.1.0/24'], 3)];
  const warm = database({ places, snapshot: lists });
  const text = fc.oneof(fc.constantFrom('1.1.1.1', '1.1.2.1', '1.2.0.0', '3.0.0.1', '9.9.9.9', '2001:db8::1', '2001:db8::2'), fc.ipV4());
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 90 }), (address, days) => {
      const again = warm.lookup(ip(address), days * dayMs);
      t.strictSame(again, database({ places, snapshot: lists }).lookup(ip(address), days * dayMs));
    }),
  );
  t.equal(warm.lookup(ip('2001:db8::1'), 0).lists.length, 1);
  t.equal(warm.lookup(ip('2001:db8::2'), 0).lists.length, 0, 'a neighbour in the same /64 is not on the list');
  t.end();
});

t.test('a hit tells the list, its count and its age at the attempt, which is never negative', (t) => {
  const db = database({ snapshot: [list('old', 0, ['1.1.1.1']), list('counted', 10 * dayMs, ['1.1.1.0/24'], 7)] });
  const hit = { kind: 'blocklist' as const };
  t.strictSame(db.lookup(ip('1.1.1.1'), 12.5 * dayMs).lists, [
    { ...hit, list: 'old', reports: null, ageDays: 12 },
    { ...hit, list: 'counted', reports: 7, ageDays: 2 },
  ]);
  t.equal(db.lookup(ip('1.1.1.2'), 0).lists[0]?.ageDays, 0, 'an attempt before the list was made');
  t.end();
});

t.test('a swap takes effect at once and leaves the shipped lists alone', (t) => {
  const db = database({ snapshot: [list('shipped', 0, ['1.1.1.1'])] });
  const names = (): string[] => db.lookup(ip('1.1.1.1'), 0).lists.map((hit) => hit.list);
  t.strictSame(names(), ['shipped']);
  db.swapLists([list('feed', 0, ['1.1.1.0/24'])]);
  t.strictSame(names(), ['shipped', 'feed']);
  t.strictSame(
    db.sources().map((source) => source.name),
    ['shipped', 'feed'],
  );
  db.swapLists([]);
  t.strictSame(names(), ['shipped']);
  db.close();
  t.end();
});

t.test('private and reserved addresses have no place and no operator, but lists may name them', (t) => {
  const places = [mmdb({ type: 'city ipv4', ipVersion: 4, records: { '10.0.0.0/8': flatBerlin } })];
  const db = database({ places, snapshot: [list('own', 0, ['10.0.0.0/8'])] });
  t.match(db.lookup(ip('10.1.1.1', 'private'), 0), { geo: null, asn: null, lists: [{ list: 'own' }] });
  t.end();
});

t.test('what is known of the very address refines the class of its network, but hosting stays hosting', (t) => {
  const type = (connection_type: string): MmdbFile =>
    mmdb({ type: 'GeoIP2-Connection-Type', ipVersion: 6, records: { '1.0.0.0/8': { connection_type } } });
  const network = (name: string): MmdbFile =>
    mmdb({
      type: 'GeoLite2-ASN',
      ipVersion: 6,
      records: { '1.0.0.0/8': { autonomous_system_number: 64500, autonomous_system_organization: name } },
    });
  const classOf = (name: string, connection: string): unknown =>
    database({ asnFile: network(name), connection: type(connection) }).lookup(ip('1.1.1.1'), 0).asn?.class;
  t.equal(classOf('Some Telecom', 'Cellular'), 'mobile');
  t.equal(classOf('Some Hosting', 'Cellular'), 'hosting');
  t.equal(classOf('John Doe', 'Cable/DSL'), 'isp');
  t.equal(classOf('Some Telecom', 'Corporate'), 'business');
  t.equal(classOf('Some University', 'Corporate'), 'education');
  t.equal(classOf('Some Telecom', 'Carrier pigeon'), 'isp');
  t.end();
});

t.test('a file that is damaged, of another kind or not there ends the start with a sentence that names it', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const good = writeMmdb({
    type: 'GeoIP2-City',
    ipVersion: 6,
    records: { '1.0.0.0/8': flatBerlin, '2.0.0.0/8': { ...flatBerlin, city: 'Ulm' } },
  });
  const path = join(directory, 'city.mmdb');
  const refused = async (bytes: Buffer, why: RegExp): Promise<void> => {
    await writeFile(path, bytes);
    await t.rejects(openMmdbFile(path), { name: 'MmdbError', message: why });
    await t.rejects(openMmdbFile(path), { message: /city\.mmdb/u });
  };
  await refused(Buffer.alloc(0), /damaged/u);
  await refused(Buffer.from('<html>not found</html>'), /damaged/u);
  await refused(good.subarray(0, good.length - 100), /damaged/u);
  await refused(good.subarray(300), /damaged/u);
  await refused(writeMmdb({ type: 'Weather', ipVersion: 6, records: { '1.0.0.0/8': flatBerlin } }), /type "Weather"/u);
  await refused(writeMmdb({ type: 'GeoIP2-City', ipVersion: 6, records: { '1.0.0.0/8': encodeMmdbValue('text') } }), /not a map/u);
  await t.rejects(openMmdbFile(join(directory, 'none.mmdb')), /none\.mmdb cannot be read/u);
  await writeFile(path, good);
  const options = { cacheDirectory: directory, cityFiles: [path] };
  await t.rejects(openIpDatabase({ ...options, asnFile: path }), /has no asn data/u);
  await t.rejects(openIpDatabase({ ...options, connectionFile: path }), /has no connection data/u);
  await t.rejects(
    openIpDatabase({ cacheDirectory: directory, cityFiles: [], asnFile: null, reputationFiles: [path] }),
    /city\.mmdb cannot be used: is not a compiled table/u,
  );
});

t.test('a crafted record that points at itself, fans out or runs off the end is null and takes no time', (t) => {
  // Not at the start of a /8, so that the check at opening does not meet it.
  const pointerTo = (offset: number): Buffer => Buffer.from([0b001_00_000 | (offset >> 8), offset & 255]);
  const width = 28;
  // The first record holds lists of pointers to the list before: 28^6 values from 350 bytes.
  const levelAt = (level: number): number => 2 + level * (2 + 2 * width);
  const levels = Array.from({ length: 6 }, (_, level) =>
    Buffer.concat([Buffer.from([width, 4]), ...Array.from({ length: width }, () => pointerTo(level === 0 ? 0 : levelAt(level - 1)))]),
  );
  const first = Buffer.concat([encodeMmdbValue('x'), ...levels]);
  // Twelve lists of 250 pointers: more than any honest record.
  const many = Buffer.concat([
    Buffer.from([12, 4]),
    ...Array.from({ length: 12 }, () => Buffer.concat([Buffer.from([29, 4, 221]), ...Array.from({ length: 250 }, () => pointerTo(0))])),
  ]);
  const cases: readonly Buffer[] = [
    pointerTo(first.length),
    Buffer.from([0x7f, 0xff, 0xff, 0xff]),
    Buffer.from([0xff]),
    pointerTo(levelAt(5)),
    many,
  ];
  for (const bytes of cases) {
    const file = mmdb({
      type: 'GeoIP2-City',
      ipVersion: 6,
      records: { '5.5.0.0/24': first, '5.5.5.0/24': bytes, '6.0.0.0/8': flatBerlin },
    });
    const before = process.cpuUsage().user;
    t.equal(readPlace(file.get(ip('5.5.5.5'))), null);
    if (bytes === many) t.equal(file.get(ip('5.5.5.5')), null, 'given up');
    t.ok(process.cpuUsage().user - before < 1_000_000, 'bounded work');
    t.ok(file.get(ip('6.1.1.1')), 'other records are still read');
  }
  t.end();
});

t.test('any damage to a file is refused or leaves look-ups that do not throw', { skip: skipShared }, async () => {
  const good = await readFile(new URL('GeoIP2-City-Test.mmdb', shared));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }), (changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      let file: MmdbFile;
      try {
        file = mmdbFileOf(bytes, 'x');
      } catch (error) {
        return (error as Error).name === 'MmdbError';
      }
      const db = database({ places: [file] });
      for (const text of ['81.2.69.142', '2.125.160.216', '2001:218::1', '89.160.20.112', '216.160.83.56']) db.lookup(ip(text), 0);
      return true;
    }),
    { numRuns: 60 },
  );
});

t.test("MaxMind's own test databases answer as MaxMind says", { skip: skipShared }, async (t) => {
  const path = (name: string): string => fileURLToPath(new URL(`${name}-Test.mmdb`, shared));
  const file = (name: string): Promise<MmdbFile> => openMmdbFile(path(name));
  const db = await openIpDatabase({
    cacheDirectory: tmpdir(),
    cityFiles: [path('GeoIP2-City')],
    asnFile: path('GeoLite2-ASN'),
    anonymousFile: path('GeoIP2-Anonymous-IP'),
    connectionFile: path('GeoIP2-Connection-Type'),
    reputationFiles: [],
  });
  t.match(db.lookup(ip('81.2.69.142'), 0).geo, {
    country: 'GB',
    city: 'London',
    accuracyKm: 10,
    accuracyStated: true,
    timeZone: 'Europe/London',
  });
  t.match(db.lookup(ip('1.128.0.0'), 0).asn, { asn: 1221, organisation: 'Telstra Pty Ltd', class: 'isp' });
  const kinds = (address: string): string[] => db.lookup(ip(address), 0).lists.map((hit) => hit.kind);
  t.strictSame(kinds('65.0.0.1'), ['tor']);
  t.strictSame(kinds('81.2.69.142'), ['tor', 'vpn', 'proxy', 'hosting']);
  const sources = db.sources().map((source) => source.kind);
  t.strictSame(sources, ['city', 'asn', 'anonymous', 'connection']);

  const enterprise = await file('GeoIP2-Enterprise');
  const all = database({ places: [enterprise], asnFile: enterprise, connection: enterprise });
  t.match(all.lookup(ip('214.78.0.40'), 0), { geo: { country: 'US', city: 'San Diego' }, asn: { asn: 5972 } });
  const country = database({ places: [await file('GeoLite2-Country')], asnFile: await file('GeoIP2-ISP') });
  t.match(country.lookup(ip('81.2.69.142'), 0).geo, { country: 'GB', city: null, latitude: null });
  t.match(country.lookup(ip('1.128.0.0'), 0).asn, { asn: 1221 });
  const plus = database({ anonymous: await file('GeoIP-Anonymous-Plus') });
  t.match(plus.lookup(ip('1.2.0.1'), 0).lists, [{ kind: 'vpn', list: 'GeoIP-Anonymous-Plus: foo' }]);
  const proxies = database({ anonymous: await file('GeoIP-Residential-Proxy') });
  t.match(proxies.lookup(ip('1.2.0.4'), 0).lists, [{ kind: 'proxy', list: 'GeoIP-Residential-Proxy: quickshift' }]);
  t.strictSame(proxies.lookup(ip('21.4.181.221'), 0).lists, [], 'one per cent of confidence is no claim');
  const risk = database({ anonymous: await file('GeoIP2-IP-Risk') });
  t.match(risk.lookup(ip('6.1.2.1'), 0).lists, [{ kind: 'vpn', list: 'GeoIP2-IP-Risk: Test VPN Service' }]);
  t.strictSame(risk.lookup(ip('55.0.0.1'), 0).lists, [], 'a risk number names no reason');
});
