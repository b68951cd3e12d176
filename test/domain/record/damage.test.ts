// Bytes that are not what was written: refused as damaged or foreign, never an exception and never half a record.
import fc from 'fast-check';
import t from 'tap';
import { readAccount, writeAccount } from '../../../src/domain/profile/record/account-record.ts';
import { readAccountEvent, readSourceEvent, writeAccountEvent, writeSourceEvent } from '../../../src/domain/profile/record/event-record.ts';
import { evolveAccount, evolveSource } from '../../../src/domain/profile/evolve.ts';
import { readPopulation, readPopulationEvent, writePopulation, writePopulationEvent } from '../../../src/domain/profile/population.ts';
import { readSource, writeSource } from '../../../src/domain/profile/record/source-record.ts';
import { ByteReader } from '../../../src/domain/record/byte-reader.ts';
import { ByteWriter } from '../../../src/domain/record/byte-writer.ts';
import { readStoredAssessment, writeStoredAssessment } from '../../../src/domain/stored-assessment-record.ts';
import { readWord } from '../../../src/domain/stored-words.ts';
import { noonMs, storedOf, visitOf } from '../../support/records.ts';
import { bytesOf, tableOf, some } from '../../support/record-bytes.ts';

const samples: readonly (readonly [string, Uint8Array, (from: ByteReader) => unknown])[] = [
  [
    'account',
    bytesOf(
      writeAccount,
      some(
        evolveAccount(null, { type: 'learned', visit: visitOf('a', noonMs, { session: 's', typing: { dwellMs: [91.5], flightMs: [] } }) }),
      ),
    ),
    readAccount,
  ],
  [
    'source',
    bytesOf(writeSource, some(evolveSource(null, { type: 'attempted', atMs: noonMs, account: 7, failed: true, machine: 'm' }))),
    readSource,
  ],
  ['account event', bytesOf(writeAccountEvent, { type: 'attempted', visit: visitOf('a'), failed: true }), readAccountEvent],
  ['account event without a visit', bytesOf(writeAccountEvent, { type: 'failed', atMs: noonMs }), readAccountEvent],
  ['source event', bytesOf(writeSourceEvent, { type: 'attempted', atMs: noonMs, account: 7, failed: true, machine: 'm' }), readSourceEvent],
  ['population', bytesOf(writePopulation, tableOf(3)), readPopulation],
  ['population event', bytesOf(writePopulationEvent, { values: ['3320'], amount: 1 as const }), readPopulationEvent],
  ['assessment', bytesOf(writeStoredAssessment, storedOf('id-1', 'a')), readStoredAssessment],
];

t.test('a record with any one byte changed, or cut anywhere, is refused as damaged', (t) => {
  const reader = new ByteReader();
  for (const [name, bytes, read] of samples) {
    const wrong: unknown[] = [];
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] = (changed[i] as number) ^ (1 + (i % 255));
      if (read(reader.openSealed(changed)) !== 'damaged') wrong.push(i);
      if (read(reader.openSealed(bytes, 0, i)) !== 'damaged') wrong.push(-i);
    }
    t.strictSame(wrong, [], name);
  }
  t.end();
});

t.test('bytes that no release wrote are refused without an exception, even when their checksum is right', (t) => {
  const random = fc.uint8Array({ maxLength: 200 });
  for (const [name, bytes, read] of samples) {
    fc.assert(
      fc.property(random, fc.nat(bytes.length - 5), fc.boolean(), (noise, cut, keepStart) => {
        const writer = new ByteWriter();
        for (const byte of keepStart ? bytes.subarray(0, cut) : []) writer.bytes[writer.at++] = byte;
        for (const byte of noise) writer.bytes[writer.at++] = byte;
        const result = read(new ByteReader().openSealed(writer.seal().written()));
        return result === 'damaged' || result === 'foreign' || typeof result === 'object';
      }),
      { numRuns: 200 },
    );
    t.pass(name);
  }
  t.end();
});

t.test('a record of a version that this release does not know is refused as foreign', (t) => {
  for (const [name, bytes, read] of samples) {
    const writer = new ByteWriter();
    writer.uint(99);
    for (const byte of bytes.subarray(1, -4)) writer.bytes[writer.at++] = byte;
    t.equal(read(new ByteReader().openSealed(writer.seal().written())), 'foreign', name);
  }
  t.end();
});

t.test('a list that claims to be longer than its bound, or a number too large, is damage', (t) => {
  const writer = new ByteWriter();
  for (let i = 0; i < 9; i++) writer.bytes[writer.at++] = 255;
  t.equal(new ByteReader().open(writer.written()).uint(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127)).uint(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(5)).count(4), 0);
  t.equal(new ByteReader().open(Uint8Array.of(5)).bool(), false);
  t.equal(new ByteReader().open(Uint8Array.of(5)).nullableBool(), null);
  t.equal(new ByteReader().open(Uint8Array.of(9)).text(), null);
  t.equal(new ByteReader().open(Uint8Array.of(0)).someText(), '');
  t.equal(new ByteReader().open(Uint8Array.of(7)).nullableNumber(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(3)).number(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(2, 0)).number(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(5, 1)).raw().length, 0);
  t.equal(new ByteReader().open(Uint8Array.of(10, 65)).plainText(), '');
  t.equal(new ByteReader().open(Uint8Array.of(10, 65)).uint(), 10);
  t.equal(new ByteReader().open(new Uint8Array(0)).uint(), 0);
  t.equal(new ByteReader().open(Uint8Array.of(128, 128, 128, 128, 128, 128, 128, 128, 1)).uint(), 0);
  t.end();
});

t.test('a place in a fixed list that does not exist is damage, even when its checksum is right', (t) => {
  const sealed = (write: (out: ByteWriter) => void): ByteReader => {
    const writer = new ByteWriter();
    write(writer);
    return new ByteReader().openSealed(writer.seal().written());
  };
  const unknown = (out: ByteWriter): void => {
    out.uint(1);
    out.uint(9);
  };
  t.equal(readWord(sealed((out) => out.uint(4096))), null);
  t.equal(readAccountEvent(sealed(unknown)), 'damaged');
  t.equal(readSourceEvent(sealed(unknown)), 'damaged');
  const record = storedOf('id-1', 'a');
  const wrongClass = { ...record, visit: visitOf('a', noonMs, { asnClass: 'none' as never }) };
  t.equal(readStoredAssessment(sealed((out) => writeStoredAssessment(out, wrongClass))), 'damaged');
  const wrongVerdict = { ...record, assessment: { ...record.assessment, verdict: 'none' as never } };
  t.equal(readStoredAssessment(sealed((out) => writeStoredAssessment(out, wrongVerdict))), 'damaged');
  const oddFeatures = { ...record, features: new Uint8Array(7) as never };
  t.equal(readStoredAssessment(sealed((out) => writeStoredAssessment(out, oddFeatures))), 'damaged');
  const missing = (signal: string) => {
    const assessment = { ...record.assessment, missing: [{ signal, cause: 'late' as const }] };
    return bytesOf(writeStoredAssessment, { ...record, assessment }).slice(0, -4);
  };
  const [bytes, other] = [missing('history.change'), missing('history.hour')];
  const noSignal = bytes.map((byte, i) => (byte === other[i] ? byte : 0));
  t.equal(readStoredAssessment(sealed((out) => noSignal.forEach((byte) => (out.bytes[out.at++] = byte)))), 'damaged');
  t.end();
});
