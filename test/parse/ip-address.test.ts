import t from 'tap';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { parseIpAddress } from '../../src/parse/ip-address.ts';

t.test('an IPv4 address is its own host, inside its /24', (t) => {
  t.same(parseIpAddress('8.8.4.255'), {
    text: '8.8.4.255',
    version: 4,
    words: [0x080804ff],
    host: '8.8.4.255',
    block: '8.8.4.0/24',
    scope: 'public',
  });
  t.end();
});

t.test('an IPv6 address belongs to its /64 and its /48, whatever its low half', (t) => {
  const a = parseIpAddress('2A00:1450:4001:0082::1');
  const b = parseIpAddress('2a00:1450:4001:82:ffff:eeee:dddd:cccc');
  t.equal(a?.text, '2a00:1450:4001:82::1');
  t.same(a?.words, [0x2a001450, 0x40010082, 0, 1]);
  t.equal(a?.host, '2a00:1450:4001:82::/64');
  t.equal(a?.block, '2a00:1450:4001::/48');
  t.equal(a?.host, b?.host);
  t.equal(a?.block, b?.block);
  t.end();
});

t.test('an IPv4-mapped IPv6 address is the IPv4 address', (t) => {
  for (const text of ['::ffff:8.8.4.1', '::FFFF:0808:0401', '0:0:0:0:0:ffff:8.8.4.1'])
    t.same(parseIpAddress(text), parseIpAddress('8.8.4.1'), text);
  t.end();
});

t.test('text that is not exactly one address is refused', (t) => {
  const bad = [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.256',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    ' 1.2.3.4',
    '1.2.3.4 ',
    '1.2.3.4/24',
    '0x7f.0.0.1',
    '2130706433',
    '::1%lo',
    'fe80::1%eth0',
    '[::1]',
    '::1/64',
    '::1::',
    '1:2:3',
    ':::',
    '::ffff:01.2.3.4',
    '１.2.3.4',
    'localhost',
    '1.2.3.4\0',
    '::'.padEnd(400, '0:'),
  ];
  for (const text of bad) t.equal(parseIpAddress(text), null, JSON.stringify(text));
  t.end();
});

t.test('scope tells the public internet from private and reserved ranges', (t) => {
  const scopes = {
    private: [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.1.1',
      '100.64.0.1',
      '::1',
      'fe80::1',
      'fd00::1',
    ],
    public: ['8.8.8.8', '172.32.0.1', '100.128.0.1', '223.255.255.255', '2a00::1', '2002:808:808::1', '2001:0:1::1'],
    reserved: ['0.0.0.0', '255.255.255.255', '224.0.0.1', '203.0.113.7', '198.19.0.1', '::', 'ff02::1', '2001:db8::1', '64:ff9b::1'],
  } as const;
  for (const [scope, texts] of Object.entries(scopes)) for (const text of texts) t.equal(parseIpAddress(text)?.scope, scope, text);
  t.end();
});

const octet = fc.integer({ min: 0, max: 255 });
const special = fc.constantFrom(
  '0',
  '10',
  '100.64',
  '127',
  '169.254',
  '172.16',
  '172.31',
  '192.0.0',
  '192.0.2',
  '192.88.99',
  '192.168',
  '198.18',
  '198.51.100',
  '203.0.113',
  '224',
  '240',
);

t.test('IPv4 by hand agrees with ipaddr.js on text, number and range', (t) => {
  const privateRanges = ['private', 'loopback', 'linkLocal', 'carrierGradeNat'];
  const addresses = fc.oneof(
    fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
    fc.tuple(special, octet, octet, octet).map(([start, ...rest]) => [...start.split('.'), ...rest].slice(0, 4).join('.')),
  );
  fc.assert(
    fc.property(addresses, (text) => {
      const ours = parseIpAddress(text);
      const theirs = ipaddr.IPv4.parse(text);
      const range = theirs.range();
      const scope = range === 'unicast' ? 'public' : privateRanges.includes(range) ? 'private' : 'reserved';
      return (
        ours !== null &&
        ours.text === text &&
        ours.scope === scope &&
        ours.words[0] === theirs.octets.reduce((word, each) => word * 256 + each, 0)
      );
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('no text throws, and the canonical text of an address is that address again', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), fc.string({ unit: fc.constantFrom(...'0123456789abcfF:.%/ ') }), fc.string()), (text) => {
      const address = parseIpAddress(text);
      if (address === null) return true;
      const again = parseIpAddress(address.text);
      return (
        again !== null &&
        again.text === address.text &&
        again.host === address.host &&
        again.block === address.block &&
        again.words.join() === address.words.join()
      );
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('IPv6 agrees with ipaddr.js on text, numbers, prefixes and range', (t) => {
  const group = fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 0, max: 0xffff }));
  const start = fc.constantFrom(
    '',
    '2001:db8:',
    '2001:',
    '2001:2:',
    '2001:10:',
    '2001:1ff:',
    '2001:200:',
    '2002:',
    '2003:',
    '2620:4f:8000:',
    '2a00:',
    '3ffe:',
    '3fff:',
    '64:ff9b:',
    'fc00:',
    'fd12:',
    'fe80:',
    'ff02:',
    '100:',
  );
  const addresses = fc.oneof(
    fc.ipV6(),
    fc
      .tuple(start, fc.array(group, { minLength: 8, maxLength: 8 }))
      .map(([text, groups]) => `${text}${groups.map((each) => each.toString(16)).join(':')}`.split(':').slice(0, 8).join(':')),
  );
  fc.assert(
    fc.property(addresses, (text) => {
      const ours = parseIpAddress(text);
      if (ours === null || ours.version === 4) return ipaddr.process(text).kind() === 'ipv4' || ours === null;
      // ipaddr.js takes the long dead "::1.2.3.4" form for IPv4.
      if (/^::[0-9.]+$/.test(text)) return true;
      const theirs = ipaddr.IPv6.parse(text);
      const prefix = (kept: number) => new ipaddr.IPv6(theirs.parts.map((part, at) => (at < kept ? part : 0))).toRFC5952String();
      const range = theirs.range();
      const scope = ['unicast', '6to4', 'teredo'].includes(range)
        ? 'public'
        : ['uniqueLocal', 'loopback', 'linkLocal'].includes(range)
          ? 'private'
          : 'reserved';
      const words = [0, 2, 4, 6].map((at) => (theirs.parts[at] as number) * 65_536 + (theirs.parts[at + 1] as number));
      return (
        ours.text === theirs.toRFC5952String() &&
        ours.host === `${prefix(4)}/64` &&
        ours.block === `${prefix(3)}/48` &&
        ours.scope === scope &&
        ours.words.join() === words.join()
      );
    }),
    { numRuns: 5000 },
  );
  t.equal(parseIpAddress('::1.2.3.4')?.text, '::102:304');
  t.end();
});
