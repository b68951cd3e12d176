// Events that are not yet part of their stored records, found by key.
//
// An update in place of a random record costs a database page each time; a login touches half a dozen. So changes are
// appended here and to the journal, and folded into the records later, when there is time or when memory is short, many
// events of one record at once. A read takes the stored record and adds the events it lacks.
//
// Everything lives outside the JavaScript heap: events are bytes in chunks of one megabyte, found through one hash table with
// linear probing; each event points to the one before it with the same key. Positions only grow; a chunk is
// reused when all of it has been folded. Nothing here knows what an event means.
import type { KeyBuffer } from './key-buffer.ts';

const chunkBytes = 1 << 20;
/** Events begin 8 bytes into a chunk, so that no position is a multiple of 32 GB, which a slot could not tell from an empty one. */
const unitBytes = 8;
/** hash, distance to the previous event of the key in units of 8 bytes (0: none), key length and flags, payload length. */
const headerBytes = 16;
const foldedFlag = 0x10000;
const hotFlag = 0x20000;
const endOfChunk = 0xffff_ffff;
const spareChunksMax = 4;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/** Events that one journal entry holds, in the order of their positions. `seq` is Infinity until the entry is durable. */
export interface EventRange {
  readonly from: number;
  to: number;
  seq: number;
  sent: boolean;
  /** Applied by this process. */
  readonly own: boolean;
}

/** Where the parts of an event are; one shared object, valid until the next look. */
export interface EventView {
  bytes: Uint8Array;
  keyFrom: number;
  keyLength: number;
  payloadFrom: number;
  payloadLength: number;
  previous: number;
  /** Its fold was handed to the database. */
  folded: boolean;
  /** Somebody keeps the state of its key as of this event. */
  hot: boolean;
}

export class EventIndex {
  /** Position after the newest event. */
  head = unitBytes;
  /** Position of the oldest event that is kept. */
  tail = unitBytes;
  readonly capacityBytes: number;
  ranges: EventRange[] = [];
  /** Bytes applied by this process and not yet taken for the journal. */
  unsentBytes = 0;
  /** Side by side from chunk number `firstChunk` on: they are begun and freed in the order of their positions. */
  private readonly chunks: Chunk[] = [];
  private firstChunk = 0;
  private spare: Chunk[] = [];
  private readonly slots: Uint32Array;
  private readonly mask: number;
  private count = 0;
  private readonly view: EventView = {
    bytes: new Uint8Array(0),
    keyFrom: 0,
    keyLength: 0,
    payloadFrom: 0,
    payloadLength: 0,
    previous: 0,
    folded: false,
    hot: false,
  };

  constructor(capacityBytes: number) {
    this.capacityBytes = Math.max(capacityBytes, 2 * chunkBytes);
    // One slot per 64 bytes: an event with its key takes about 100.
    const slots = 2 ** Math.ceil(Math.log2(this.capacityBytes / 64));
    this.slots = new Uint32Array(slots);
    this.mask = slots - 1;
  }

  /** Share of the capacity in use, by bytes or by keys, whichever is larger. */
  fullness(): number {
    return Math.max((this.head - this.tail) / this.capacityBytes, this.count / (this.slots.length * 0.75));
  }

  /** Appends an event of the key; false when it does not fit at all. Extends the range that is still open. */
  append(key: KeyBuffer, payload: Uint8Array, length: number): boolean {
    return this.place(key, payload, 0, length);
  }

  private place(key: KeyBuffer, payload: Uint8Array, from: number, length: number): boolean {
    const size = alignedSize(key.length, length);
    if (size > chunkBytes - unitBytes || this.count >= this.slots.length * 0.9) return false;
    const position = this.roomFor(size);
    const slot = this.slotOf(key);
    const previous = this.positionAt(slot);
    const chunk = this.chunkAt(position);
    const offset = position % chunkBytes;
    const word = offset >>> 2;
    chunk.words[word] = key.hash;
    chunk.words[word + 1] = previous === 0 ? 0 : (position - previous) / unitBytes;
    chunk.words[word + 2] = key.length;
    chunk.words[word + 3] = length;
    const { bytes } = chunk;
    let at = offset + headerBytes;
    for (let i = 0; i < key.length; i++) bytes[at++] = key.bytes[i] as number;
    for (let i = 0; i < length; i++) bytes[at++] = payload[from + i] as number;
    if (previous === 0) this.count++;
    this.slots[slot] = (position / unitBytes) >>> 0;
    this.head = position + size;
    this.extendRange(position);
    this.unsentBytes += size;
    return true;
  }

  /** Position of the newest event of the key, 0 when there is none. */
  newest(key: KeyBuffer): number {
    return this.positionAt(this.slotOf(key));
  }

  /** The event at a position at or after `tail`. */
  at(position: number): EventView {
    const chunk = this.chunkAt(position);
    const offset = position % chunkBytes;
    const word = offset >>> 2;
    const view = this.view;
    const lengths = chunk.words[word + 2] as number;
    const distance = chunk.words[word + 1] as number;
    view.bytes = chunk.bytes;
    view.keyLength = lengths & 0xffff;
    view.folded = (lengths & foldedFlag) !== 0;
    view.hot = (lengths & hotFlag) !== 0;
    view.keyFrom = offset + headerBytes;
    view.payloadFrom = view.keyFrom + view.keyLength;
    view.payloadLength = chunk.words[word + 3] as number;
    const previous = distance === 0 ? 0 : position - distance * unitBytes;
    view.previous = previous < this.tail ? 0 : previous;
    return view;
  }

  /** The next event after `position`, or `head`. */
  next(position: number): number {
    const view = this.at(position);
    return this.skipEnd(position + alignedSize(view.keyLength, view.payloadLength));
  }

  /** The event at or after a position that was `head` once: the end of a chunk may lie between. */
  settled(position: number): number {
    return this.skipEnd(position);
  }

  setFolded(position: number, folded: boolean): void {
    const chunk = this.chunkAt(position);
    const word = ((position % chunkBytes) >>> 2) + 2;
    const lengths = chunk.words[word] as number;
    chunk.words[word] = folded ? lengths | foldedFlag : lengths & ~foldedFlag;
  }

  setHot(position: number): void {
    const chunk = this.chunkAt(position);
    const word = ((position % chunkBytes) >>> 2) + 2;
    chunk.words[word] = (chunk.words[word] as number) | hotFlag;
  }

  /** The journal sequence number of the event: Infinity while it is not durable. */
  seqAt(position: number): number {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.ranges[middle] as EventRange).from <= position) low = middle;
      else high = middle - 1;
    }
    return this.ranges[low]?.seq ?? Number.POSITIVE_INFINITY;
  }

  /** Every event before the returned position has a sequence number of at most `seq`. */
  floorOf(seq: number): number {
    let floor = this.tail;
    for (const range of this.ranges) {
      if (range.seq > seq) return floor;
      floor = range.to;
    }
    return floor;
  }

  /** Marks what was appended since the last call as sent and returns it as one journal entry, after `room` bytes; null when there is nothing. */
  takeUnsent(room = 0): Uint8Array | null {
    const pieces: Uint8Array[] = [];
    for (const range of this.ranges) {
      if (range.seq !== Number.POSITIVE_INFINITY || range.sent) continue;
      range.sent = true;
      this.addPieces(range, pieces);
    }
    this.unsentBytes = 0;
    if (pieces.length === 0) return null;
    let total = room;
    for (const piece of pieces) total += piece.length;
    const entry = new Uint8Array(total);
    let at = room;
    for (const piece of pieces) {
      entry.set(piece, at);
      at += piece.length;
    }
    return entry;
  }

  /** The bytes of a range: its events lie side by side, except where one chunk ends. */
  private addPieces(range: EventRange, pieces: Uint8Array[]): void {
    let from = this.settled(range.from);
    while (from < range.to) {
      let to = from;
      let next = from;
      while (next === to && next < range.to) {
        const view = this.at(to);
        to += alignedSize(view.keyLength, view.payloadLength);
        next = this.skipEnd(to);
      }
      const offset = from % chunkBytes;
      pieces.push(this.chunkAt(from).bytes.subarray(offset, offset + to - from));
      from = next;
    }
  }

  /** What was sent is durable under `seq`. */
  settleSent(seq: number): void {
    for (const range of this.ranges) if (range.seq === Number.POSITIVE_INFINITY && range.sent) range.seq = seq;
  }

  /**
   * The database went back to entry `seq` (it reported as durable what it then lost): what we applied after that is sent again; what
   * others applied is theirs to send.
   */
  unsettleAfter(seq: number): void {
    for (const range of this.ranges) {
      if (range.seq <= seq || (range.own && !range.sent)) continue;
      range.seq = range.own ? Number.POSITIVE_INFINITY : 0;
      range.sent = !range.own;
      if (range.own) this.unsentBytes += range.to - range.from;
    }
  }

  /** Takes in a journal entry that this process did not write. Returns how many events could not be read. */
  ingest(seq: number, entry: Uint8Array, key: KeyBuffer): number {
    const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
    const from = this.head;
    const before = this.ranges.length;
    const { unsentBytes } = this;
    let damaged = 0;
    let at = 0;
    while (at + headerBytes <= entry.length) {
      const keyLength = view.getUint32(at + 8, true) & 0xffff;
      const length = view.getUint32(at + 12, true);
      const size = alignedSize(keyLength, length);
      if (keyLength === 0 || keyLength > key.bytes.length || at + size > entry.length) break;
      key.copy(entry, at + headerBytes, keyLength);
      if (!this.place(key, entry, at + headerBytes + keyLength, length)) damaged++;
      at += size;
    }
    if (at !== entry.length) damaged++;
    this.unsentBytes = unsentBytes;
    const range = this.ranges.at(-1);
    if (range === undefined || this.head === from) return damaged;
    // The events joined the range that was open, or began one that looks like ours: give them their own.
    const foreign = { from: Math.max(from, range.from), to: range.to, seq, sent: true, own: false };
    if (this.ranges.length > before) this.ranges.pop();
    else range.to = from;
    this.ranges.push(foreign);
    return damaged;
  }

  /** Forgets events before `position`. */
  release(position: number): void {
    while (this.tail < position) {
      const at = this.tail;
      const chunk = this.chunkAt(at);
      const next = this.next(at);
      this.removeSlot(chunk.words[(at % chunkBytes) >>> 2] as number, at);
      this.tail = next;
      if (Math.floor(at / chunkBytes) !== Math.floor(next / chunkBytes)) this.freeOldestChunk();
    }
    let gone = 0;
    while (gone < this.ranges.length && (this.ranges[gone] as EventRange).to <= this.tail) gone++;
    if (gone > 0) this.ranges = this.ranges.slice(gone);
  }

  private freeOldestChunk(): void {
    const chunk = this.chunks.shift();
    this.firstChunk++;
    if (chunk !== undefined && this.spare.length < spareChunksMax) this.spare.push(chunk);
  }

  private extendRange(from: number): void {
    const last = this.ranges.at(-1);
    if (last !== undefined && last.seq === Number.POSITIVE_INFINITY && !last.sent) last.to = this.head;
    else this.ranges.push({ from, to: this.head, seq: Number.POSITIVE_INFINITY, sent: false, own: true });
  }

  /** Where an event of this size goes; begins a new chunk when it does not fit in the current one. */
  private roomFor(size: number): number {
    const position = this.head;
    const offset = position % chunkBytes;
    if (offset >= unitBytes && offset + size <= chunkBytes) return position;
    if (offset >= unitBytes && offset + headerBytes <= chunkBytes) this.chunkAt(position).words[(offset >>> 2) + 2] = endOfChunk;
    // An event may have ended exactly where its chunk does.
    const start = position - offset + (offset === 0 ? 0 : chunkBytes) + unitBytes;
    if (this.tail === this.head) {
      // Nothing is kept: go on in the new chunk, so that the tail is an event again.
      this.tail = start;
      if (offset !== 0) this.freeOldestChunk();
    }
    return start;
  }

  private skipEnd(position: number): number {
    if (position >= this.head) return this.head;
    const offset = position % chunkBytes;
    if (offset >= unitBytes && offset + headerBytes <= chunkBytes && this.chunkAt(position).words[(offset >>> 2) + 2] !== endOfChunk)
      return position;
    return position - offset + (offset === 0 ? 0 : chunkBytes) + unitBytes;
  }

  private chunkAt(position: number): Chunk {
    return this.chunks[Math.floor(position / chunkBytes) - this.firstChunk] ?? this.nextChunk();
  }

  private nextChunk(): Chunk {
    const buffer = this.spare.length === 0 ? new ArrayBuffer(chunkBytes) : null;
    const chunk = buffer === null ? (this.spare.pop() as Chunk) : { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
    this.chunks.push(chunk);
    return chunk;
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  private slotOf(key: KeyBuffer): number {
    let slot = key.hash & this.mask;
    for (;;) {
      const position = this.positionAt(slot);
      if (position === 0) return slot;
      if (this.hasKey(position, key)) return slot;
      slot = (slot + 1) & this.mask;
    }
  }

  private hasKey(position: number, key: KeyBuffer): boolean {
    const chunk = this.chunkAt(position);
    const offset = position % chunkBytes;
    const word = offset >>> 2;
    if (chunk.words[word] !== key.hash || ((chunk.words[word + 2] as number) & 0xffff) !== key.length) return false;
    const from = offset + headerBytes;
    for (let i = 0; i < key.length; i++) if (chunk.bytes[from + i] !== key.bytes[i]) return false;
    return true;
  }

  /** Slots hold the low 32 bits of a position in units; the high ones follow from `head`, which is never 32 GB ahead. */
  private positionAt(slot: number): number {
    const units = this.slots[slot] as number;
    if (units === 0) return 0;
    const headUnits = this.head / unitBytes;
    return (headUnits - (((headUnits >>> 0) - units) >>> 0)) * unitBytes;
  }

  /** Empties the slot of the event if it is the newest of its key, and moves what probing had pushed behind it. */
  private removeSlot(hash: number, position: number): void {
    let slot = hash & this.mask;
    for (;;) {
      const at = this.positionAt(slot);
      if (at === 0) return;
      if (at === position) break;
      slot = (slot + 1) & this.mask;
    }
    this.count--;
    let empty = slot;
    let probe = slot;
    for (;;) {
      probe = (probe + 1) & this.mask;
      const at = this.positionAt(probe);
      if (at === 0) break;
      const home = (this.chunkAt(at).words[(at % chunkBytes) >>> 2] as number) & this.mask;
      const stays = empty <= probe ? empty < home && home <= probe : empty < home || home <= probe;
      if (stays) continue;
      this.slots[empty] = this.slots[probe] as number;
      empty = probe;
    }
    this.slots[empty] = 0;
  }
}

function alignedSize(keyLength: number, payloadLength: number): number {
  return (headerBytes + keyLength + payloadLength + unitBytes - 1) & ~(unitBytes - 1);
}
