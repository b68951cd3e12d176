import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import type { AccountEvent } from '../../src/domain/profile/account.ts';
import { readAccount, writeAccount } from '../../src/domain/profile/account-record.ts';
import { readAccountEvent, readSourceEvent, writeAccountEvent, writeSourceEvent } from '../../src/domain/profile/event-record.ts';
import { evolveAccount, evolveSource } from '../../src/domain/profile/evolve.ts';
import {
  addToPopulation,
  emptyPopulation,
  populationOf,
  populationValuesMax,
  readPopulation,
  readPopulationEvent,
  writePopulation,
  writePopulationEvent,
} from '../../src/domain/profile/population.ts';
import { shortKeyLetters } from '../../src/domain/profile/recent-set.ts';
import type { SourceEvent } from '../../src/domain/profile/source.ts';
import { readSource, writeSource } from '../../src/domain/profile/source-record.ts';
import { ByteReader } from '../../src/domain/record/byte-reader.ts';
import { ByteWriter } from '../../src/domain/record/byte-writer.ts';
import { allSignals } from '../../src/domain/signal/catalogue.ts';
import { readStoredAssessment, writeStoredAssessment } from '../../src/domain/stored-assessment-record.ts';
import { isStoredWord, readWord, writeEndOfWords, writeWord } from '../../src/domain/stored-words.ts';
import { deriveSignal } from '../support/facts.ts';
import { anyVisit, noonMs, storedOf, visitOf } from '../support/records.ts';
import { anyFacts } from '../support/signal-contract.ts';

/** As much of a try as is stored; that it is enough, the next test shows. */
const anyTry = anyVisit.map(({ atMs, host, asn, device }) => ({
  atMs,
  host,
  asn,
  device: device === null ? null : device.slice(0, shortKeyLetters),
}));
const anyAccountEvent: fc.Arbitrary<AccountEvent> = fc.oneof(
  fc.record({ type: fc.constant('attempted' as const), visit: anyTry, failed: fc.boolean() }, { noNullPrototype: true }),
  fc.record(
    { type: fc.constantFrom('learned' as const, 'learned' as const, 'unlearned' as const), visit: anyVisit },
    { noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constantFrom('failed' as const, 'challenge_failed' as const), atMs: fc.integer({ min: noonMs - 1e9, max: noonMs }) },
    { noNullPrototype: true },
  ),
);
const anySourceEvent: fc.Arbitrary<SourceEvent> = fc.oneof(
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
  fc.record({ type: fc.constant('failed' as const), atMs: fc.nat(2 ** 31) }, { noNullPrototype: true }),
);

const anyText = fc.oneof(fc.string(), fc.constantFrom('München', '東京', '\u{1f600}', '\ud800', 'x'.repeat(400), 'ä'.repeat(400)));

/** Writes with a sealed checksum, as stores do, and hands out a copy. */
function bytesOf<T>(write: (out: ByteWriter, value: T) => void, value: T, writer = new ByteWriter(16)): Uint8Array {
  writer.reset();
  write(writer, value);
  return writer.seal().written().slice();
}

t.test('a writer and a reader can be used again, for records anywhere in a buffer', (t) => {
  const writer = new ByteWriter();
  const reader = new ByteReader();
  const buffer = new Uint8Array(200);
  for (const [i, text] of ['Chrome', 'Chrome', 'Firefox', 'München'].entries()) {
    writer.reset();
    writer.text(text);
    writer.number(0.1 + i);
    writer.text(text);
    buffer.set(writer.seal().written(), i * 50);
    reader.openSealed(buffer.subarray(i * 50, i * 50 + writer.at));
    t.strictSame([reader.text(), reader.number(), reader.text(), reader.complete()], [text, 0.1 + i, text, true]);
    reader.openSealed(buffer, i * 50, i * 50 + writer.at);
    t.strictSame([reader.text(), reader.number(), reader.text(), reader.complete()], [text, 0.1 + i, text, true]);
  }
  t.end();
});

t.test('a learnt typing rhythm is read back as it was written', (t) => {
  const typing = { dwellMs: [91.5, 88, 120, 77, 90], flightMs: [120, -20, 99.25, 140] };
  const once = some(evolveAccount(null, { type: 'learned', visit: visitOf('a', noonMs, { typing }) }));
  const profile = some(evolveAccount(once, { type: 'learned', visit: visitOf('a', noonMs + 1, { typing }) }));
  t.ok(profile.typing);
  t.strictSame(readAccount(new ByteReader().openSealed(bytesOf(writeAccount, profile))), profile);
  t.end();
});

t.test('a number is read back exactly as it was written, whatever it is', (t) => {
  const numbers = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 10_000),
    fc.constantFrom(-0, 0, 2 ** 49, -(2 ** 49), 2 ** 49 + 1, 1e12 + 0.5, Number.NaN, Number.POSITIVE_INFINITY),
  );
  fc.assert(
    fc.property(fc.array(fc.option(numbers)), (values) => {
      const writer = new ByteWriter(1);
      for (const value of values) writer.nullableNumber(value);
      const reader = new ByteReader().open(writer.written());
      return values.every((value) => Object.is(reader.nullableNumber(), value)) && reader.complete();
    }),
  );
  t.end();
});

t.test('texts, bytes and truth values are read back as they were written, and a repeated text takes one byte', (t) => {
  fc.assert(
    fc.property(fc.array(fc.option(anyText)), fc.uint8Array(), fc.option(fc.boolean()), (texts, bytes, flag) => {
      const writer = new ByteWriter(1);
      for (const text of texts) writer.text(text);
      writer.raw(bytes);
      writer.nullableBool(flag);
      const reader = new ByteReader().open(writer.written());
      deepStrictEqual(
        texts.map(() => reader.text()),
        texts,
      );
      deepStrictEqual(reader.raw(), bytes);
      deepStrictEqual(reader.nullableBool(), flag);
      return reader.complete();
    }),
  );
  const writer = new ByteWriter();
  writer.text('Europe/Berlin');
  const once = writer.at;
  writer.text('Europe/Berlin');
  t.equal(writer.at, once + 1);
  for (let i = 0; i < 100; i++) writer.text(`text ${i}`);
  writer.text('text 99');
  const reader = new ByteReader().open(writer.written());
  for (let i = 0; i < 102; i++) reader.text();
  t.equal(reader.text(), 'text 99', 'also one that came too late to be remembered');
  t.end();
});

t.test('an account profile is read back as it was written, after any history', (t) => {
  fc.assert(
    fc.property(fc.array(anyAccountEvent, { minLength: 1, maxLength: 60 }), (events) => {
      const profile = events.reduce(evolveAccount, evolveAccount(null, { type: 'failed', atMs: noonMs }));
      if (profile === null) return false;
      const read = readAccount(new ByteReader().openSealed(bytesOf(writeAccount, profile)));
      deepStrictEqual(read, profile);
      return true;
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('a source profile is read back as it was written, after any history', (t) => {
  fc.assert(
    fc.property(fc.array(anySourceEvent, { minLength: 1, maxLength: 90 }), (events) => {
      const profile = events.reduce(evolveSource, evolveSource(null, { type: 'failed', atMs: noonMs }));
      if (profile === null) return false;
      deepStrictEqual(readSource(new ByteReader().openSealed(bytesOf(writeSource, profile))), profile);
      return true;
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('an event is read back as it was written', (t) => {
  fc.assert(
    fc.property(anyAccountEvent, (event) =>
      deepStrictEqual(readAccountEvent(new ByteReader().openSealed(bytesOf(writeAccountEvent, event))), event),
    ),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(anySourceEvent, (event) =>
      deepStrictEqual(readSourceEvent(new ByteReader().openSealed(bytesOf(writeSourceEvent, event))), event),
    ),
    { numRuns: 60 },
  );
  const event = { values: ['3320', 'DE', null, null, 'Windows', 'desktop', 'de', null], amount: -1 as const };
  t.strictSame(readPopulationEvent(new ByteReader().openSealed(bytesOf(writePopulationEvent, event))), event);
  t.end();
});

t.test('a try read back has the same effect as the try that was written', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ type: fc.constant('attempted' as const), visit: anyVisit, failed: fc.boolean() }), { maxLength: 40 }),
      (events) => {
        let live = evolveAccount(null, { type: 'learned', visit: visitOf('a') });
        let replayed = evolveAccount(null, { type: 'learned', visit: visitOf('a') });
        for (const event of events) {
          const read = readAccountEvent(new ByteReader().openSealed(bytesOf(writeAccountEvent, event)));
          if (typeof read === 'string') return false;
          live = evolveAccount(live, event);
          replayed = evolveAccount(replayed, read);
        }
        deepStrictEqual(replayed, live);
        return true;
      },
    ),
    { numRuns: 40 },
  );
  t.end();
});

t.test('nothing can be taken back from a profile that is not remembered', (t) => {
  t.equal(evolveAccount(null, { type: 'unlearned', visit: visitOf('a') }), null);
  t.equal(evolveSource(null, { type: 'unlearned', atMs: noonMs, account: 1 }), null);
  t.end();
});

t.test('a stored assessment is read back exactly: doubles, 32-bit features and evidence', (t) => {
  const plain = storedOf('id-1', 'accountA');
  const full = storedOf('id-2', 'accountA', noonMs, {
    outcomes: ['signed_in', 'challenge_passed'],
    label: 'takeover',
    learned: true,
    assessment: { ...plain.assessment, degraded: true, decidedBy: 'rules', policyRule: 'vip', caseId: 'case-1', logOdds: 0.1 + 0.2 },
    context: { ...plain.context, result: 'failure', mfaEnrolled: null, breached: true },
  });
  for (const record of [plain, full])
    t.strictSame(readStoredAssessment(new ByteReader().openSealed(bytesOf(writeStoredAssessment, record))), record);
  t.end();
});

/** `storedOf('id-1', 'a')` as the first version wrote it, every name in full. */
const firstVersion =
  'AQEOZGVmYXVsdICglMiBogMMZGlnZXN0FAAAwD8AAMB/AAAAgJtWXzEAAIB/gKCUyIGiAwJhLGhvc3RBQUFBQUFBQUFBQUFBQUFBQUEsYmxvY2tBQUFBQUFBQUFB' +
  'QUFBQUFBQcDPAQEAAQRERQEOQmF2YXJpYQEPAE0A/ABuAGMAaABlAG7xhesB2cI4oAEBLGRldmljZUFBQUFBQUFBQUFBQUFBQUEBDENocm9tZfAIAQ5XaW5kb3dz' +
  'AQ5kZXNrdG9wAQRkZQEaRXVyb3BlL0JlcmxpbgESMTkyMHgxMDgwAQpXaW4zMgAAAAAGdS0xAQEKYWRtaW4BFjIwMy4wLjExMy43wM8BAQZpc3ADAAEQcGFzc3dv' +
  'cmQBAgEGd2ViAQxub3JtYWwBAQ5ob3N0aW5ngKCUyIGiAwhpZC0xHmF0dGVtcHQgb2YgaWQtMQHZ7AQCoeIL/c8PARRORVdfREVWSUNFwZEPBg5kZXZpY2VzAxAK' +
  'a25vd24BCmxpc3RzBQIBBnRvcgEGdnBuCG5hbWUEAQJ4CG5vbmUABnllcwL9fAABHmJlaGF2aW9yLnR5cGluZwABACpsb2dpbi1yaXNrLzIwMjYtMTItMDESc2hh' +
  'MjU2OjAwAjeQA4H0A4F9wT7BPgAAAAIAWXC5Fw==';

t.test('a stored assessment of the first version is still read, exactly', (t) => {
  const bytes = Buffer.from(firstVersion, 'base64');
  t.strictSame(readStoredAssessment(new ByteReader().openSealed(bytes)), storedOf('id-1', 'a'));
  t.end();
});

t.test('every name that the service can write into an assessment is a stored word, and any other is written out', (t) => {
  const named = new Set<string>(['model', 'profiles']);
  for (const signal of allSignals) for (const name of [signal.name, ...Object.keys(signal.codes)]) named.add(name);
  for (const facts of fc.sample(anyFacts, 300))
    for (const signal of allSignals)
      for (const contribution of [1, -1])
        for (const name of Object.keys(deriveSignal(signal, facts).explain(contribution).evidence)) named.add(name);
  t.strictSame(
    [...named].filter((name) => !isStoredWord(name)),
    [],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, fc.constantFrom(...named))), (list) => {
      const writer = new ByteWriter(1);
      for (const word of list) writeWord(writer, word);
      writeEndOfWords(writer);
      const reader = new ByteReader().open(writer.written());
      deepStrictEqual([...list, null], [...list.map(() => readWord(reader)), readWord(reader)]);
      return reader.complete();
    }),
  );
  t.end();
});

t.test('the number of a word never changes, because stored records hold it', (t) => {
  const numberOf = (word: string): number => {
    const writer = new ByteWriter();
    writeWord(writer, word);
    return new ByteReader().open(writer.written()).uint();
  };
  t.strictSame(
    ['good_logins', 'NEW_DEVICE', 'behaviour.typing', 'unknown_networks_24h', 'device.inconsistency'].map(numberOf),
    [2, 154, 82, 168, 317],
  );
  t.end();
});

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

t.test('evidence named like a prototype is data', (t) => {
  const plain = storedOf('id-1', 'a');
  const evidence = JSON.parse('{"__proto__": "x", "constructor": 1}');
  const record = { ...plain, assessment: { ...plain.assessment, reasons: [{ code: 'NEW_DEVICE', contribution: 1, evidence }] } };
  const read = readStoredAssessment(new ByteReader().openSealed(bytesOf(writeStoredAssessment, record)));
  if (typeof read === 'string') return t.fail(read);
  t.equal(Object.getPrototypeOf(read.assessment.reasons[0]?.evidence), Object.prototype);
  t.strictSame(Object.keys(read.assessment.reasons[0]?.evidence ?? {}), ['__proto__', 'constructor']);
  t.end();
});

t.test('population counts go up and down, never below zero, and say zero of what they do not know', (t) => {
  const table = emptyPopulation();
  addToPopulation(table, { values: ['3320', 'DE'], amount: 1 });
  addToPopulation(table, { values: ['3320', null], amount: 1 });
  t.strictSame(populationOf(table, ['3320', 'DE']), { total: 2, counts: [2, 1, 0, 0, 0, 0, 0, 0] });
  addToPopulation(table, { values: ['3320', 'DE'], amount: -1 });
  addToPopulation(table, { values: ['3320', 'DE'], amount: -1 });
  addToPopulation(table, { values: ['3320', 'DE'], amount: -1 });
  t.strictSame(populationOf(table, ['3320', 'DE']), { total: 0, counts: [0, 0, 0, 0, 0, 0, 0, 0] });
  t.strictSame(populationOf(null, ['3320']), { total: 0, counts: [0, 0, 0, 0, 0, 0, 0, 0] });
  t.end();
});

t.test('a full population attribute forgets its rarest value, not a common one', (t) => {
  const table = tableOf(populationValuesMax);
  addToPopulation(table, { values: ['0'], amount: 1 });
  addToPopulation(table, { values: ['new'], amount: 1 });
  t.equal(table.counts[0]?.size, populationValuesMax);
  t.equal(table.counts[0]?.get('0'), 2);
  t.equal(table.counts[0]?.get('new'), 1);
  t.notOk(table.counts[0]?.has('1'), 'the first of the rarest made room');
  for (const value of table.counts[0]?.keys() ?? []) addToPopulation(table, { values: [value], amount: 1 });
  addToPopulation(table, { values: ['newer'], amount: 1 });
  t.equal(table.counts[0]?.size, populationValuesMax, 'also when no value was seen only once');
  t.strictSame(readPopulation(new ByteReader().openSealed(bytesOf(writePopulation, table))), table);
  t.end();
});

function tableOf(values: number) {
  const table = emptyPopulation();
  for (let i = 0; i < values; i++) addToPopulation(table, { values: [String(i)], amount: 1 });
  return table;
}

function some<T>(value: T | null): T {
  if (value === null) throw new Error('expected a value');
  return value;
}
