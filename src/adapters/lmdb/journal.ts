// The journal: events in the order in which all processes agree they happened, durable before they are folded into records.
//
// An entry is what one process applied within a flush interval. Its number is one more than the newest; writing it is conditional
// on that (the version of the head record), so two processes never take the same number and a total order exists. Each
// process reads the entries of the others as they appear. Entries are removed once all their events are in their records.
import { getLastVersion } from 'lmdb';
import type { Environment, Table } from './environment.ts';
import type { EventIndex } from './event-index.ts';
import { KeyBuffer } from './key-buffer.ts';

const headKey = Uint8Array.of(0x68);
const trimmedKey = Uint8Array.of(0x74);
const nothing = new Uint8Array(0);

export class Journal {
  /** Newest entry whose events are in the index, or were folded. */
  seen = 0;
  /** All entries up to here are folded and gone. */
  trimmed = 0;
  damagedEvents = 0;
  private readonly table: Table;
  private readonly index: EventIndex;
  private readonly key = new KeyBuffer();
  private readonly onGap: () => void;

  constructor(environment: Environment, index: EventIndex, onGap: () => void) {
    this.table = environment.journal;
    this.index = index;
    this.onGap = onGap;
  }

  /** Takes in what was journalled and not yet folded, by this process's predecessor or by others. */
  open(): void {
    // In a transaction of its own, so that of two processes that begin a store together only one writes its head.
    this.table.transactionSync(() => {
      if (this.table.getBinaryFast(headKey) === undefined) this.table.putSync(headKey, nothing, 0);
    });
    this.seen = this.readTrimmed();
    this.trimmed = this.seen;
    this.tail();
  }

  /** Reads the entries that other processes wrote. Returns whether there were any. */
  tail(): boolean {
    const head = this.readHead();
    if (head <= this.seen) return false;
    const trimmed = this.readTrimmed();
    if (trimmed > this.seen) {
      // Others folded and removed entries before we read them: what we remember of the records is out of date.
      this.seen = trimmed;
      this.onGap();
    }
    for (let seq = this.seen + 1; seq <= head; seq++) {
      const entry = this.table.get(entryKey(seq));
      if (entry === undefined) this.onGap();
      else this.damagedEvents += this.index.ingest(seq, entry, this.key);
      this.seen = seq;
    }
    this.trimmed = Math.max(this.trimmed, trimmed);
    return true;
  }

  /** Writes an entry; false when another process was faster: read its entry and try again. Rejects when the disk refuses. */
  async write(entry: Uint8Array): Promise<boolean> {
    const seq = this.seen + 1;
    const written = await this.table.ifVersion(headKey, this.seen, () => {
      void this.table.put(entryKey(seq), entry, seq);
      void this.table.put(headKey, nothing, seq);
    });
    if (!written) return false;
    this.seen = seq;
    this.index.settleSent(seq);
    return true;
  }

  /** Removes the entries up to `seq`. */
  async trim(seq: number): Promise<void> {
    if (seq <= this.trimmed) return;
    const from = this.trimmed + 1;
    const marker = new Uint8Array(8);
    new DataView(marker.buffer).setFloat64(0, seq);
    const done: Promise<unknown>[] = [];
    for (let gone = from; gone <= seq; gone++) done.push(this.table.remove(entryKey(gone)));
    done.push(this.table.put(trimmedKey, marker, seq));
    await Promise.all(done);
    this.trimmed = seq;
  }

  private readHead(): number {
    return this.table.getBinaryFast(headKey) === undefined ? 0 : getLastVersion();
  }

  private readTrimmed(): number {
    return this.table.getBinaryFast(trimmedKey) === undefined ? 0 : getLastVersion();
  }
}

function entryKey(seq: number): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = 0x65;
  new DataView(key.buffer).setBigUint64(1, BigInt(seq));
  return key;
}
