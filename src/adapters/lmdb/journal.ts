// The journal: events in the order in which all processes agree they happened, durable before they are folded into records.
//
// An entry is what one process applied within a flush interval. Its number is one more than the newest; writing it is conditional
// on that (the version of the head record), so two processes never take the same number and a total order exists. Each
// process reads the entries of the others as they appear. Entries are removed once all their events are in their records.
import { randomBytes } from 'node:crypto';
import { getLastVersion } from 'lmdb';
import { answered, type Environment, type Table, watched } from './environment.ts';
import type { EventIndex } from './event-index.ts';
import { KeyBuffer } from './key-buffer.ts';

const headKey = Uint8Array.of(0x68);
const trimmedKey = Uint8Array.of(0x74);
const nothing = new Uint8Array(0);
/** Who wrote an entry, and which of its entries it is. */
const signatureBytes = 16;

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
  private readonly writer = randomBytes(8);
  private written = 0;
  /** Handed to the database and not known to be durable. Always the same bytes, however often it takes. */
  private unconfirmed: Uint8Array | null = null;

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
    // Or an old snapshot would be read: lmdb takes a new one by itself only after writes of this process that it heard the end of.
    this.table.resetReadTxn();
    const head = this.readHead();
    if (head < this.seen) this.goBack(head);
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
      else if (this.isOurs(entry)) this.confirm(seq);
      else this.damagedEvents += this.index.ingest(seq, entry.subarray(signatureBytes), this.key);
      this.seen = seq;
    }
    this.trimmed = Math.max(this.trimmed, trimmed);
    return true;
  }

  hasUnconfirmed(): boolean {
    return this.unconfirmed !== null;
  }

  /**
   * Writes what the index has not sent yet, or what was sent and not confirmed. False when another process was faster: its entry
   * has to be read first. Rejects when the disk refuses or does not answer; then the entry may or may not be there.
   */
  async write(): Promise<boolean> {
    const entry = this.unconfirmed ?? this.nextEntry();
    if (entry === null) return true;
    this.unconfirmed = entry;
    const seq = this.seen + 1;
    const written = watched(
      this.table.ifVersion(headKey, this.seen, () => {
        void watched(this.table.put(entryKey(seq), entry, seq));
        void watched(this.table.put(headKey, nothing, seq));
      }),
    );
    if (!(await answered(written))) return false;
    this.confirm(seq);
    return true;
  }

  private nextEntry(): Uint8Array | null {
    const entry = this.index.takeUnsent(signatureBytes);
    if (entry === null) return null;
    entry.set(this.writer);
    new DataView(entry.buffer).setFloat64(8, ++this.written);
    return entry;
  }

  /** After a disk error the database may have lost a commit that it had reported as done. */
  private goBack(head: number): void {
    this.seen = head;
    this.trimmed = Math.min(this.trimmed, head);
    this.unconfirmed = null;
    this.index.unsettleAfter(head);
    this.onGap();
  }

  private isOurs(entry: Uint8Array): boolean {
    const ours = this.unconfirmed;
    if (ours === null || entry.length !== ours.length) return false;
    for (let i = 0; i < signatureBytes; i++) if (entry[i] !== ours[i]) return false;
    return true;
  }

  private confirm(seq: number): void {
    this.unconfirmed = null;
    this.seen = seq;
    this.index.settleSent(seq);
  }

  /** Removes the entries up to `seq`. */
  async trim(seq: number): Promise<void> {
    if (seq <= this.trimmed) return;
    const from = this.trimmed + 1;
    const done: Promise<unknown>[] = [];
    for (let gone = from; gone <= seq; gone++) done.push(watched(this.table.remove(entryKey(gone))));
    done.push(watched(this.table.put(trimmedKey, nothing, seq)));
    await answered(Promise.all(done));
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
