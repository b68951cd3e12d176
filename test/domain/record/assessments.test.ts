// Stored assessments and the words in them, also as earlier versions wrote them.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { ByteReader } from '../../../src/domain/record/byte-reader.ts';
import { ByteWriter } from '../../../src/domain/record/byte-writer.ts';
import { allSignals } from '../../../src/domain/signal/catalogue.ts';
import { readStoredAssessment, writeStoredAssessment } from '../../../src/domain/stored-assessment-record.ts';
import { isStoredWord, readWord, writeEndOfWords, writeWord } from '../../../src/domain/stored-words.ts';
import { deriveSignal } from '../../support/facts.ts';
import { noonMs, storedOf } from '../../support/records.ts';
import { anyFacts } from '../../support/signal-contract.ts';
import { anyText, bytesOf } from '../../support/record-bytes.ts';

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
