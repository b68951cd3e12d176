import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { hmacKey, hmacWords } from '../../src/adapters/crypto/hmac-sha256.ts';
import { keptKey } from '../../src/adapters/crypto/key-file.ts';
import { createPseudonyms } from '../../src/adapters/crypto/pseudonyms.ts';
import { createRandom, firstIdAt, madeAtMs } from '../../src/adapters/crypto/random.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';

const key = new Uint8Array(32).fill(7);

t.test('HMAC-SHA-256 is the same as the platform computes, for every key and message', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 300 }), (secret, message) => {
      const buffer = new Uint8Array(message.length + 72);
      buffer.set(message);
      const words = hmacWords(hmacKey(secret), buffer, message.length);
      const hex = [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
      return hex === createHmac('sha256', secret).update(message).digest('hex');
    }),
    { numRuns: 300 },
  );
  t.throws(() => hmacKey(new Uint8Array(65)), RangeError);
  t.end();
});

t.test('a pseudonym is the truncated HMAC of the value under the key of its tenant and kind', (t) => {
  const pseudonyms = createPseudonyms({ key });
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom('München', '東京', '\u{1f600}'.repeat(50), '')),
      fc.constantFrom('default', 'ä', ''),
      (value, tenant) => {
        const derived = createHmac('sha256', key).update(`user ${tenant}`).digest();
        const expected = createHmac('sha256', derived).update(value).digest().subarray(0, 16).toString('base64url');
        return pseudonyms.of(tenant, 'user', value) === expected && pseudonyms.of(tenant, 'user', value) === expected;
      },
    ),
  );
  t.end();
});

t.test('different values, kinds, tenants and keys have different pseudonyms', (t) => {
  const pseudonyms = createPseudonyms({ key });
  const other = createPseudonyms({ key: new Uint8Array(32).fill(8) });
  const long = 'x'.repeat(2000);
  const all = [
    pseudonyms.of('default', 'user', 'u-1'),
    pseudonyms.of('default', 'user', 'u-2'),
    pseudonyms.of('default', 'device', 'u-1'),
    pseudonyms.of('other', 'user', 'u-1'),
    other.of('default', 'user', 'u-1'),
    pseudonyms.of('default', 'attempt', long),
    pseudonyms.of('default', 'attempt', `${long}y`),
    pseudonyms.of(long, 'user', 'u-1'),
    pseudonyms.of(`${long}y`, 'user', 'u-1'),
  ];
  t.equal(new Set(all).size, all.length);
  for (const pseudonym of all) t.match(pseudonym, /^[\w-]{22}$/);
  t.not(pseudonyms.keyId, other.keyId);
  t.equal(createPseudonyms({ key }).keyId, pseudonyms.keyId);
  t.throws(() => createPseudonyms({ key: new Uint8Array(15) }), RangeError);
  t.end();
});

t.test('ids sort by time as text, are unguessable and carry the bits of a UUIDv7', (t) => {
  let nowMs = 0;
  const random = createRandom({ nowMs: () => nowMs });
  const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
  const ids: string[] = [];
  for (nowMs of [0, 1, 65_535, 65_536, 2 ** 32, Date.UTC(2026, 10, 22), 2 ** 48 - 1]) {
    const id = random.id();
    ids.push(id);
    let bits = 0n;
    for (const letter of id) bits = bits * 64n + BigInt(alphabet.indexOf(letter));
    bits >>= 4n;
    t.match(id, /^[\w-]{22}$/);
    t.equal(Number(bits >> 80n), nowMs);
    t.equal((bits >> 76n) & 15n, 7n, 'version');
    t.equal((bits >> 62n) & 3n, 2n, 'variant');
  }
  t.strictSame(ids.toSorted(), ids);
  nowMs = Date.UTC(2026, 10, 22);
  t.equal(new Set(Array.from({ length: 5000 }, () => random.id())).size, 5000);
  for (let i = 0; i < 5000; i++) {
    const value = random.uniform();
    if (value < 0 || value >= 1) t.fail('uniform numbers are in [0, 1)');
  }
  t.end();
});

t.test('the system clock rings once after the delay, and not at all when cancelled', async (t) => {
  t.ok(systemClock.nowMs() > Date.UTC(2025, 0));
  const beforeMs = systemClock.monotonicMs();
  const cancel = systemClock.alarm(-5, () => t.fail('cancelled'));
  cancel();
  await new Promise<void>((resolve) => systemClock.alarm(2, resolve));
  t.ok(systemClock.monotonicMs() > beforeMs);
});

t.test(
  'a kept key is made once, for its owner alone, and is the same ever after; what is no key is said to be none and left as it is',
  (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'portcullis-key-'));
    t.teardown(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'some.key');
    const first = keptKey(file);
    t.equal(first.bytes?.length, 32);
    t.equal(first.made, true);
    t.equal(statSync(file).mode & 0o777, 0o600);
    t.strictSame(readdirSync(directory), ['some.key'], 'nothing else is left behind');
    t.strictSame(keptKey(file), { ...first, made: false });
    t.notSame(keptKey(join(directory, 'other.key')).bytes, first.bytes);
    writeFileSync(file, 'short');
    for (let i = 0; i < 2; i++) t.strictSame(keptKey(file), { file, bytes: null, made: false });
    t.throws(() => keptKey(join(directory, 'no', 'directory')), { code: 'ENOENT' });
    t.end();
  },
);

t.test('the first id of a moment sorts after every earlier id and before every one from then on', (t) => {
  const moment = fc.integer({ min: 0, max: 2 ** 45 });
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      const [early, late] = a < b ? [a, b] : [b, a];
      const first = firstIdAt(late);
      return first <= createRandom({ nowMs: () => late }).id() && (early === late || createRandom({ nowMs: () => early }).id() < first);
    }),
    { numRuns: 500 },
  );
  for (const atMs of [0, 1, 65_535, 65_536, Date.UTC(2026, 10, 22), 2 ** 48 - 1])
    t.equal(madeAtMs(createRandom({ nowMs: () => atMs }).id()), atMs);
  t.ok(firstIdAt(-5) <= createRandom({ nowMs: () => 0 }).id());
  t.end();
});
