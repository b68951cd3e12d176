// A file is read faster than a disk writes: history was once lost because nothing waited for the store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openLmdbStores } from '../../src/adapters/lmdb/open.ts';
import { learnedChanges } from '../../src/domain/profile/change.ts';
import { catchUp } from '../../src/tool/import/catch-up.ts';
import { nothingDone, type Progress } from '../../src/tool/import/checkpoint.ts';
import type { NumberedRecord } from '../../src/tool/import/read-records.ts';
import { type ImportPorts, runImport } from '../../src/tool/import/run-import.ts';
import { visitOf } from '../support/records.ts';

t.test('while reading catches up with a store of little memory, no change is given up', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-pace-'));
  const stores = openLmdbStores({ directory, pendingBytesMax: 1, onProblem: (sentence) => t.fail(sentence) });
  t.teardown(async () => {
    await stores.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const people = 12_000;
  for (let i = 0; i < people; i++) {
    stores.profiles.apply('default', learnedChanges(visitOf(`account${i}`)));
    if (i % 32 === 0) await catchUp(stores);
  }
  t.equal(stores.health().droppedChanges, 0);
  let known = 0;
  for (let i = 0; i < people; i++) if (stores.profiles.readAccount('default', `account${i}`)?.goodCount === 1) known++;
  t.equal(known, people);
});

t.test('what the stores gave up is told, with how much it is', async (t) => {
  const stores = { health: () => ({ pendingShare: 0.2, droppedChanges: 3 }), settle: () => Promise.reject(new Error('not asked for')) };
  await t.rejects(catchUp(stores), { message: /gave up 3 changes/ });
});

async function* lines(count: number): AsyncGenerator<NumberedRecord> {
  for (let line = 1; line <= count; line++) yield { line, part: 0, record: null, problem: 'no login' };
}

interface Watched {
  readonly saved: Progress[];
  /** Lines read between one turn of the stores and the next. */
  readonly between: number[];
}

/** Lines that are refused need no other port. */
async function imported(count: number, onTurn: () => Promise<void> = async () => undefined): Promise<Watched> {
  const saved: Progress[] = [];
  const between: number[] = [];
  let sinceTurn = 0;
  const catchUpOnce = async (): Promise<void> => {
    between.push(sinceTurn);
    sinceTurn = 0;
    await onTurn();
  };
  const ports = { catchUp: catchUpOnce, profiles: { flush: async () => undefined }, assessments: { flush: async () => undefined } };
  const write = async (progress: Progress): Promise<void> => {
    if (sinceTurn > 0) throw new Error(`${sinceTurn} lines since the stores had their turn`);
    saved.push({ ...progress });
  };
  const options = { tenant: 'default', name: 'file', checkpointLines: 50, onRefused: () => void sinceTurn++ };
  await runImport(lines(count), { read: async () => nothingDone, write }, ports as unknown as ImportPorts, options);
  return { saved, between };
}

t.test('the stores get their turn at least every 32 lines and before every checkpoint', async (t) => {
  const { saved, between } = await imported(200);
  t.ok(saved.length >= 4);
  t.ok(Math.max(...between) <= 32, `${Math.max(...between)} lines without a turn`);
  t.equal(
    between.reduce((sum, one) => sum + one, 0),
    200,
  );
});

t.test('an import ends without a checkpoint when a change was given up', async (t) => {
  let turns = 0;
  const saved: unknown[] = [];
  const failing = async (): Promise<void> => {
    if (++turns === 2) throw new Error('gave up 1 changes');
  };
  await t.rejects(
    imported(200, failing).then(({ saved: all }) => saved.push(...all)),
    { message: /gave up/ },
  );
  t.equal(turns, 2);
  t.equal(saved.length, 0);
});
