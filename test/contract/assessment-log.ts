// What every assessment log promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import type { AssessmentLog } from '../../src/ports/assessment-log.ts';
import { noonMs, storedOf } from '../support/records.ts';

export type OpenAssessmentLog = (t: Test) => Promise<AssessmentLog>;

export function assessmentLogContract(t: Test, open: OpenAssessmentLog): void {
  t.test('an assessment is found by id, by attempt and by account, before and after a flush', async (t) => {
    const log = await open(t);
    const record = storedOf('id-1', 'accountA');
    log.put(record, 'attempt-1');
    for (const when of ['before', 'after']) {
      t.strictSame(log.byId('default', 'id-1'), record, when);
      t.strictSame(log.byAttempt('default', 'attempt-1'), record, when);
      t.strictSame(log.byAccount('default', 'accountA', 5), [record], when);
      await log.flush();
    }
    t.equal(log.byId('default', 'id-2'), null);
    t.equal(log.byAttempt('default', 'attempt-2'), null);
    t.strictSame(log.byAccount('default', 'accountB', 5), []);
    t.equal(log.byId('default', 'x'.repeat(5000)), null, 'whatever a caller asks for');
  });

  t.test('an attempt that the caller did not name is found by id only', async (t) => {
    const log = await open(t);
    log.put(storedOf('id-1', 'accountA'), '');
    t.equal(log.byAttempt('default', ''), null);
    t.ok(log.byId('default', 'id-1'));
  });

  t.test('a replaced assessment is the new one wherever it is found, also when replaced twice before a flush', async (t) => {
    const log = await open(t);
    const record = storedOf('id-1', 'accountA');
    log.put(record, 'attempt-1');
    log.replace({ ...record, outcomes: ['signed_in'] });
    t.strictSame(log.byAttempt('default', 'attempt-1')?.outcomes, ['signed_in']);
    await log.flush();
    log.replace({ ...record, outcomes: ['signed_in', 'challenge_passed'], learned: true });
    for (const when of ['before', 'after']) {
      t.strictSame(log.byId('default', 'id-1')?.outcomes, ['signed_in', 'challenge_passed'], when);
      t.equal(log.byAttempt('default', 'attempt-1')?.learned, true, when);
      t.equal(log.byAccount('default', 'accountA', 1)[0]?.learned, true, when);
      await log.flush();
    }
    log.replace(storedOf('id-9', 'accountA'));
    await log.flush();
    t.equal(log.byId('default', 'id-9'), null, 'what is not there, perhaps erased, is not made by replacing it');
  });

  t.test("an account's assessments come newest first by the time they occurred, at most as many as asked for", async (t) => {
    const log = await open(t);
    const times = [5, 1, 9, 3, 7];
    for (const [i, time] of times.entries()) {
      log.put(storedOf(`id-${i}`, 'accountA', noonMs + time), `attempt-${i}`);
      if (i === 2) await log.flush();
    }
    const found = (): number[] => log.byAccount('default', 'accountA', 4).map((record) => record.occurredAtMs - noonMs);
    t.strictSame(found(), [9, 7, 5, 3]);
    await log.flush();
    t.strictSame(found(), [9, 7, 5, 3]);
    t.equal(log.byAccount('default', 'accountA', 100).length, 5);
  });

  t.test('nothing that one tenant stores is found in another, however alike their names', async (t) => {
    const log = await open(t);
    const tenants = ['default', 'default2', 'def', 'a', 'a b', 'ä', 'A'];
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tenants), fc.constantFrom(...tenants), async (mine, theirs) => {
        fc.pre(mine !== theirs);
        const id = `id-${run}`;
        log.put({ ...storedOf(id, `account${run}`), tenant: mine }, `attempt-${run}`);
        deepStrictEqual(
          [log.byId(theirs, id), log.byAttempt(theirs, `attempt-${run}`), log.byAccount(theirs, `account${run}`, 9)],
          [null, null, []],
        );
        deepStrictEqual(log.byId(mine, id)?.tenant, mine);
        if (run % 5 === 0) await log.flush();
        run++;
      }),
      { numRuns: 40 },
    );
  });

  t.test('erasing an account removes its assessments and their attempts, of that tenant only, and is idempotent', async (t) => {
    const log = await open(t);
    for (let i = 0; i < 6; i++) {
      log.put(storedOf(`id-${i}`, i < 4 ? 'accountA' : 'accountAB', noonMs + i), `attempt-${i}`);
      if (i === 2) await log.flush();
    }
    log.put({ ...storedOf('id-other', 'accountA'), tenant: 'other' }, 'attempt-1');
    t.equal(await log.eraseAccount('default', 'accountA'), 4);
    t.equal(await log.eraseAccount('default', 'accountA'), 0);
    for (let i = 0; i < 4; i++) {
      t.equal(log.byId('default', `id-${i}`), null);
      t.equal(log.byAttempt('default', `attempt-${i}`), null);
    }
    t.strictSame(log.byAccount('default', 'accountA', 9), []);
    t.equal(log.byAccount('default', 'accountAB', 9).length, 2);
    t.equal(log.byAttempt('other', 'attempt-1')?.tenant, 'other');
    log.replace(storedOf('id-0', 'accountA', noonMs, { outcomes: ['failed'] }));
    await log.flush();
    t.equal(log.byId('default', 'id-0'), null, 'a late outcome does not bring an erased assessment back');
  });

  t.test('what occurred before the retention limit is removed, in bounded steps, and nothing else', async (t) => {
    const log = await open(t);
    const dayMs = 86_400_000;
    for (let i = 0; i < 60; i++) {
      log.put(storedOf(`id-${String(i).padStart(2, '0')}`, `account${i % 3}`, noonMs - ((i * 7) % 60) * dayMs), `attempt-${i}`);
      if (i === 30) await log.flush();
    }
    const beforeMs = noonMs - 30 * dayMs;
    let expired = 0;
    for (let step = await log.expire(beforeMs); step > 0; step = await log.expire(beforeMs)) expired += step;
    t.equal(expired, 29);
    for (let i = 0; i < 60; i++) {
      const kept = (i * 7) % 60 <= 30;
      t.equal(log.byId('default', `id-${String(i).padStart(2, '0')}`) !== null, kept);
      t.equal(log.byAttempt('default', `attempt-${i}`) !== null, kept);
    }
    t.equal(
      log.byAccount('default', 'account0', 99).length +
        log.byAccount('default', 'account1', 99).length +
        log.byAccount('default', 'account2', 99).length,
      31,
    );
  });

  assessmentSlicesContract(t, open);

  t.test('a change made to a record after it was stored does not reach the log', async (t) => {
    const log = await open(t);
    const record = storedOf('id-1', 'accountA');
    const outcomes = ['failed' as const];
    log.put({ ...record, outcomes }, 'attempt-1');
    record.features.fill(9);
    outcomes.length = 0;
    await log.flush();
    t.strictSame(log.byId('default', 'id-1')?.features, storedOf('id-1', 'accountA').features);
    t.strictSame(log.byId('default', 'id-1')?.outcomes, ['failed']);
  });
}

/** Of whatever else reads what a log has stored, too. */
export function assessmentSlicesContract(t: Test, open: OpenAssessmentLog): void {
  t.test('slices from an id on hold every later assessment of every tenant once, in order, whatever their size', async (t) => {
    const log = await open(t);
    const tenants = ['default', 'other', 'a b', 'ä'];
    const name = (i: number): string => `id-${String(i).padStart(3, '0')}`;
    for (const tenant of tenants) {
      for (let i = 0; i < 30; i++) log.put({ ...storedOf(name(i), `account${i % 4}`), tenant }, i % 2 === 0 ? `attempt-${i}` : '');
      await log.flush();
    }
    await log.eraseAccount('other', 'account1');
    await log.flush();
    const read = (fromId: string, limit: number, beforeId?: string): string[] => {
      const found: string[] = [];
      let from: string | null = null;
      do {
        const slice = log.slice(fromId, from, limit, beforeId);
        t.ok(slice.records.length <= limit);
        found.push(...slice.records.map(({ tenant, assessment }) => `${tenant} ${assessment.assessmentId}`));
        from = slice.next;
      } while (from !== null);
      return found;
    };
    for (const first of [0, 7, 29])
      for (const limit of [1, 3, 1000]) {
        const found = read(name(first), limit);
        for (const tenant of tenants) {
          const expected = Array.from({ length: 30 - first }, (_, i) => i + first).filter((i) => tenant !== 'other' || i % 4 !== 1);
          t.strictSame(
            found.filter((one) => one.startsWith(`${tenant} `)),
            expected.map((i) => `${tenant} ${name(i)}`),
            `${tenant} from ${first} by ${limit}`,
          );
        }
        t.equal(found.length, new Set(found).size);
      }
    t.strictSame(read('id-030', 4), [], 'nothing is later');
    for (const [first, before] of [
      [0, 0],
      [0, 1],
      [7, 9],
      [7, 30],
    ] as const)
      for (const limit of [1, 3, 1000]) {
        const found = read(name(first), limit, name(before));
        t.strictSame(
          [...found].sort(),
          read(name(first), 1000)
            .filter((one) => one.slice(-6) < name(before))
            .sort(),
          `${first} to before ${before} by ${limit}`,
        );
      }
    t.strictSame((await open(t)).slice('', null, 9), { records: [], next: null });
  });
}
