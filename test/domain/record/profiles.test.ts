// Profiles, their events and the tenant's counts of attributes, written and read.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { readAccount, writeAccount } from '../../../src/domain/profile/record/account-record.ts';
import { readAccountEvent, readSourceEvent, writeAccountEvent, writeSourceEvent } from '../../../src/domain/profile/record/event-record.ts';
import { evolveAccount, evolveSource } from '../../../src/domain/profile/evolve.ts';
import {
  addToPopulation,
  emptyPopulation,
  populationOf,
  populationValuesMax,
  readPopulation,
  readPopulationEvent,
  writePopulation,
  writePopulationEvent,
} from '../../../src/domain/profile/population.ts';
import { readSource, writeSource } from '../../../src/domain/profile/record/source-record.ts';
import { ByteReader } from '../../../src/domain/record/byte-reader.ts';
import { anyVisit, noonMs, visitOf } from '../../support/records.ts';
import { anyAccountEvent, anySourceEvent, bytesOf, tableOf, some } from '../../support/record-bytes.ts';

t.test('a learnt typing rhythm is read back as it was written', (t) => {
  const typing = { dwellMs: [91.5, 88, 120, 77, 90], flightMs: [120, -20, 99.25, 140] };
  const once = some(evolveAccount(null, { type: 'learned', visit: visitOf('a', noonMs, { typing }) }));
  const profile = some(evolveAccount(once, { type: 'learned', visit: visitOf('a', noonMs + 1, { typing }) }));
  t.ok(profile.typing);
  t.strictSame(readAccount(new ByteReader().openSealed(bytesOf(writeAccount, profile))), profile);
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
