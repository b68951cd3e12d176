// What every log of tellings promises, whatever it is made of. Run by test/adapters for each adapter.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { Test } from 'tap';
import { StorageFailure } from '../../src/domain/case/failure.ts';
import { tellingBytesMax, tellingsMax } from '../../src/domain/case/telling.ts';
import type { CaseStore } from '../../src/ports/case/case-store.ts';
import type { ExplanationLog, NewTelling } from '../../src/ports/case/explanation-log.ts';
import { opening } from '../support/cases.ts';
import { noonMs } from '../support/records.ts';

export type OpenLog = (t: Test) => Promise<{ readonly store: CaseStore; readonly log: ExplanationLog }>;

function told(key: string, change: Partial<NewTelling> = {}): NewTelling {
  return { key, kind: 'finding', body: `{"key":"${key}"}`, atMs: noonMs, ...change };
}

export function explanationLogContract(t: Test, open: OpenLog): void {
  t.test('tellings are numbered from 1 without gaps and read back as they were, from any number on', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a'), opening('b')]);
    t.equal(await log.append('default', 'case-a', []), 0);
    t.equal(await log.append('default', 'case-a', [told('1', { kind: 'template', body: '{"ä":"\\u0000"}' }), told('2')]), 2);
    t.equal(await log.append('default', 'case-b', [told('1')]), 1);
    t.equal(await log.append('default', 'case-a', [told('3', { atMs: noonMs + 5 })]), 3);
    const all = [
      { ...told('1', { kind: 'template', body: '{"ä":"\\u0000"}' }), sequence: 1 },
      { ...told('2'), sequence: 2 },
      { ...told('3', { atMs: noonMs + 5 }), sequence: 3 },
    ];
    t.strictSame(await log.after('default', 'case-a', 0, 100), all);
    t.strictSame(await log.after('default', 'case-a', 1, 100), all.slice(1));
    t.strictSame(await log.after('default', 'case-a', 0, 2), all.slice(0, 2));
    t.strictSame(await log.after('default', 'case-a', 3, 100), []);
    t.strictSame(await log.after('default', 'case-a', 0, 0), []);
    t.strictSame(await log.after('default', 'case-a', 0, -1), [], 'less than none is none');
  });

  t.test('a case that is opened with its first tellings has them from the first moment, once', async (t) => {
    const { store, log } = await open(t);
    await store.open([{ ...opening('a'), tellings: [told('template'), told('done', { kind: 'done' })] }]);
    await store.open([{ ...opening('a'), tellings: [told('again')] }]);
    t.equal(await log.append('default', 'case-a', [told('template')]), 2);
    t.strictSame(
      (await log.after('default', 'case-a', 0, 9))?.map(({ key }) => key),
      ['template', 'done'],
    );
  });

  t.test('the same key is the same telling, in one call or later; the first one counts', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a')]);
    t.equal(await log.append('default', 'case-a', [told('x'), told('x', { body: 'other' })]), 1);
    t.equal(await log.append('default', 'case-a', [told('x', { body: 'third' }), told('y')]), 2);
    t.strictSame(
      (await log.after('default', 'case-a', 0, 9))?.map(({ body }) => body),
      ['{"key":"x"}', '{"key":"y"}'],
    );
  });

  t.test('of a case that is not there nothing is told, and tenants are apart', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a'), opening('b', { tenant: 'other' })]);
    t.equal(await log.append('default', 'case-z', [told('x')]), null);
    t.equal(await log.append('other', 'case-a', [told('x')]), null);
    t.equal(await log.append('default', 'case-b', [told('x')]), null);
    t.equal(await log.after('other', 'case-a', 0, 9), null);
    t.strictSame(await log.after('other', 'case-b', 0, 9), []);
  });

  t.test('a case can be told only so much, and its end always finds a place', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a')]);
    await log.append(
      'default',
      'case-a',
      Array.from({ length: tellingsMax - 3 }, (_, i) => told(`${i}`)),
    );
    t.equal(
      await log.append(
        'default',
        'case-a',
        ['p', 'q', 'r', 's'].map((key) => told(key)),
      ),
      tellingsMax - 1,
    );
    t.equal(await log.append('default', 'case-a', [told('t')]), tellingsMax - 1, 'left out');
    t.equal(await log.append('default', 'case-a', [told('u'), told('end', { kind: 'done' })]), tellingsMax);
    t.equal(await log.append('default', 'case-a', [told('end too', { kind: 'done' })]), tellingsMax);
    const all = await log.after('default', 'case-a', 0, tellingsMax + 9);
    t.equal(all?.length, tellingsMax);
    t.strictSame(
      all?.slice(-3).map(({ key }) => key),
      ['p', 'q', 'end'],
    );
  });

  t.test('after the end nothing more is told, in the same call or later', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a')]);
    t.equal(await log.append('default', 'case-a', [told('x'), told('end', { kind: 'done' }), told('late')]), 2);
    t.equal(await log.append('default', 'case-a', [told('later'), told('end too', { kind: 'done' })]), 2);
    t.strictSame(
      (await log.after('default', 'case-a', 0, 9))?.map(({ key }) => key),
      ['x', 'end'],
    );
  });

  t.test('a telling that is too large is refused with all of its call', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a')]);
    const large = told('large', { body: 'ä'.repeat(tellingBytesMax / 2 + 1) });
    const failure = await log.append('default', 'case-a', [told('small'), large]).catch((error: unknown) => error);
    t.ok(failure instanceof StorageFailure && failure.trouble === 'failed', String(failure));
    t.strictSame(await log.after('default', 'case-a', 0, 9), []);
    t.equal(await log.append('default', 'case-a', [told('fits', { body: 'x'.repeat(tellingBytesMax) })]), 1);
  });

  t.test('what was told is forgotten with its case, and a new case of the same name begins anew', async (t) => {
    const { store, log } = await open(t);
    await store.open([opening('a', { account: 'accountA' }), opening('b', { openedAtMs: noonMs - 10 }), opening('c')]);
    for (const id of ['case-a', 'case-b', 'case-c']) await log.append('default', id, [told('x'), told('y')]);
    await store.eraseAccount('default', 'accountA', 'dpo', noonMs);
    await store.expire(noonMs, noonMs);
    t.equal(await log.after('default', 'case-a', 0, 9), null);
    t.equal(await log.after('default', 'case-b', 0, 9), null);
    t.equal((await log.after('default', 'case-c', 0, 9))?.length, 2);
    await store.open([opening('a', { account: 'accountA' })]);
    t.strictSame(await log.after('default', 'case-a', 0, 9), []);
  });

  t.test('whoever tells at the same time and again, each key has one number and no number is missing', async (t) => {
    const { store, log } = await open(t);
    let run = 0;
    const calls = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(calls, async (keys) => {
        const name = `r${run++}`;
        await store.open([opening(name)]);
        const answers = await Promise.all(
          keys.map((each) =>
            log.append(
              'default',
              `case-${name}`,
              each.map((key) => told(key)),
            ),
          ),
        );
        const all = (await log.after('default', `case-${name}`, 0, 99)) ?? [];
        deepStrictEqual(
          all.map(({ sequence }) => sequence),
          all.map((_, i) => i + 1),
        );
        deepStrictEqual(new Set(all.map(({ key }) => key)), new Set(keys.flat()));
        deepStrictEqual(all.length, new Set(keys.flat()).size);
        deepStrictEqual(Math.max(...answers.map(Number)), all.length);
      }),
      { numRuns: 40 },
    );
  });
}
