// A start after a kill finds entries whose events are in their records already: they must neither count twice nor cost again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openEnvironment } from '../../src/adapters/lmdb/environment.ts';
import { EventIndex } from '../../src/adapters/lmdb/event-index.ts';
import { Journal } from '../../src/adapters/lmdb/journal.ts';
import { KeyBuffer } from '../../src/adapters/lmdb/key-buffer.ts';
import { networkKind } from '../../src/adapters/lmdb/record-kinds.ts';
import { RecordStore } from '../../src/adapters/lmdb/record-store.ts';
import { writeSourceEvent } from '../../src/domain/profile/record/event-record.ts';
import { ByteWriter } from '../../src/domain/record/byte-writer.ts';
import { noonMs } from '../support/records.ts';

const key = new KeyBuffer();
key.set('default', 'asn', '3320');

function opened(environment: ReturnType<typeof openEnvironment>) {
  const index = new EventIndex(1 << 20);
  const journal = new Journal(environment, index, () => undefined);
  journal.open();
  return { index, journal, records: new RecordStore(environment, index, journal) };
}

function append(index: EventIndex, count: number): void {
  const writer = new ByteWriter();
  for (let i = 0; i < count; i++) {
    writeSourceEvent(writer.reset(), { type: 'learned', atMs: noonMs + i, account: i, machine: null });
    index.append(key, writer.bytes, writer.at);
  }
}

function marked(index: EventIndex): { events: number; folded: number } {
  const seen = { events: 0, folded: 0 };
  for (let position = index.newest(key); position !== 0; ) {
    const { folded, previous } = index.at(position);
    seen.events++;
    if (folded) seen.folded++;
    position = previous;
  }
  return seen;
}

t.test('one look at a record is enough for all of its events that it holds already', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-restart-'));
  const environment = openEnvironment(directory, null);
  t.teardown(async () => {
    await environment.root.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const first = opened(environment);
  append(first.index, 300);
  await first.journal.write();
  t.equal(await first.records.fold(networkKind, key)?.start(), true);

  const restarted = opened(environment);
  t.strictSame(marked(restarted.index), { events: 300, folded: 0 }, 'the journal was not trimmed yet');
  t.equal(restarted.records.fold(networkKind, key), null, 'there is nothing to write');
  t.strictSame(marked(restarted.index), { events: 300, folded: 300 });

  append(restarted.index, 20);
  await restarted.journal.write();
  append(restarted.index, 3);
  t.equal(await restarted.records.fold(networkKind, key)?.start(), true);
  t.strictSame(marked(restarted.index), { events: 323, folded: 320 }, 'what is not durable is not folded');
  t.equal(restarted.records.read(networkKind, key)?.goodCount, 323);
});
