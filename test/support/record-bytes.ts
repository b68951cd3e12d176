// Events and texts of any kind, and records as bytes, for the tests of what is stored.
import fc from 'fast-check';
import type { AccountEvent } from '../../src/domain/profile/account.ts';
import { addToPopulation, emptyPopulation } from '../../src/domain/profile/population.ts';
import type { Expiry } from '../../src/domain/profile/expiry.ts';
import { shortKeyLetters } from '../../src/domain/profile/recent-set.ts';
import type { SourceEvent } from '../../src/domain/profile/source.ts';
import { ByteWriter } from '../../src/domain/record/byte-writer.ts';
import { anyVisit, noonMs } from './records.ts';

/** As much of a try as is stored; that it is enough, record/profiles.test.ts shows. */
const anyTry = anyVisit.map(({ atMs, host, asn, device }) => ({
  atMs,
  host,
  asn,
  device: device === null ? null : device.slice(0, shortKeyLetters),
}));
export const anyAccountEvent: fc.Arbitrary<AccountEvent | Expiry> = fc.oneof(
  fc.record({ type: fc.constant('attempted' as const), visit: anyTry, failed: fc.boolean() }, { noNullPrototype: true }),
  fc.record(
    { type: fc.constantFrom('learned' as const, 'learned' as const, 'unlearned' as const), visit: anyVisit },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constantFrom('failed' as const, 'challenge_failed' as const, 'expired' as const),
      atMs: fc.integer({ min: noonMs - 1e9, max: noonMs }),
    },
    { noNullPrototype: true },
  ),
);
export const anySourceEvent: fc.Arbitrary<SourceEvent | Expiry> = fc.oneof(
  fc.record(
    {
      type: fc.constant('attempted' as const),
      atMs: fc.nat(2 ** 31),
      account: fc.nat(2 ** 36),
      failed: fc.boolean(),
      machine: fc.constantFrom(null, 'Windows|Win32|1920x1080'),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('learned' as const), atMs: fc.nat(2 ** 31), account: fc.nat(5), machine: fc.constantFrom(null, 'machine') },
    { noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('unlearned' as const), atMs: fc.nat(2 ** 31), account: fc.nat(5) }, { noNullPrototype: true }),
  fc.record({ type: fc.constantFrom('failed' as const, 'expired' as const), atMs: fc.nat(2 ** 31) }, { noNullPrototype: true }),
);

export const anyText = fc.oneof(fc.string(), fc.constantFrom('München', '東京', '\u{1f600}', '\ud800', 'x'.repeat(400), 'ä'.repeat(400)));

/** Writes with a sealed checksum, as stores do, and hands out a copy. */
export function bytesOf<T>(write: (out: ByteWriter, value: T) => void, value: T, writer = new ByteWriter(16)): Uint8Array {
  writer.reset();
  write(writer, value);
  return writer.seal().written().slice();
}

export function tableOf(values: number) {
  const table = emptyPopulation();
  for (let i = 0; i < values; i++) addToPopulation(table, { values: [String(i)], amount: 1 });
  return table;
}

export function some<T>(value: T | null): T {
  if (value === null) throw new Error('expected a value');
  return value;
}
