// The order in which pending events are folded: that of their keys, which is the order of their records on the disk.
//
// Writing one record of a large database costs the page that it is on. Of a hundred thousand waiting changes several fall on each page,
// so folding them in the order of their keys writes each page once, where folding them in the order in which they came would write
// a page for each. A sweep is one pass over everything that was durable when it began.
import type { EventIndex } from './event-index.ts';

/** Ends the tenant in a key; see key-buffer.ts. */
const tenantEnd = 0x0a;
/** Characters of a name that decide the order within a bucket: 28 bits. Names are pseudonyms, so that is enough to tell a million apart. */
const orderCharacters = 4;
/** A position is kept as its distance from the sweep's beginning in units of 8 bytes: 24 bits are 128 MB, more than is ever pending. */
const unitBytes = 8;
const unitsMax = 2 ** 24;

export class Sweep {
  readonly from: number;
  /** Events from here on are not part of it. */
  readonly to: number;
  /** Events that it found; a key may have several. */
  size = 0;
  private readonly index: EventIndex;
  private scanned: number;
  /** Waiting events by the beginning of their key, each as order and position in one number. */
  private readonly buckets = new Map<number, number[]>();
  private order: number[][] = [];
  private current = new Float64Array(0);
  private at = 0;

  constructor(index: EventIndex, from: number, to: number) {
    this.index = index;
    this.from = from;
    this.to = Math.min(to, from + unitsMax * unitBytes);
    this.scanned = index.settled(from);
  }

  /** Looks at up to `steps` more events; true when all have been seen and `next` may be called. */
  scan(steps: number): boolean {
    const { index } = this;
    for (let left = steps; left > 0 && this.scanned < this.to; left--) {
      if (!index.at(this.scanned).folded) this.place(this.scanned);
      this.scanned = index.next(this.scanned);
    }
    if (this.scanned < this.to) return false;
    if (this.order.length === 0 && this.buckets.size > 0) {
      this.order = [...this.buckets.values()];
      this.buckets.clear();
    }
    return true;
  }

  /** Position of the next event in the order of keys, 0 when there are no more. */
  next(): number {
    while (this.at === this.current.length) {
      const bucket = this.order.pop();
      if (bucket === undefined) return 0;
      // Sorted when its turn comes: a few thousand at once, never all.
      this.current = Float64Array.from(bucket).sort();
      this.at = 0;
    }
    return this.from + ((this.current[this.at++] as number) % unitsMax) * unitBytes;
  }

  private place(position: number): void {
    const { bytes, keyFrom, keyLength } = this.index.at(position);
    const end = keyFrom + keyLength;
    let at = keyFrom;
    let bucket = 0;
    while (at < end && bytes[at] !== tenantEnd) bucket = (Math.imul(bucket, 31) + (bytes[at++] as number)) | 0;
    // The kind and the first character of the name: two buckets that share a number only fold a little less in order.
    for (const last = Math.min(end, at + 3); at < last; at++) bucket = (Math.imul(bucket, 31) + (bytes[at] as number)) | 0;
    let order = 0;
    for (let i = 0; i < orderCharacters; i++) order = order * 128 + (at + i < end ? (bytes[at + i] as number) & 127 : 0);
    const entry = order * unitsMax + (position - this.from) / unitBytes;
    const found = this.buckets.get(bucket);
    if (found === undefined) this.buckets.set(bucket, [entry]);
    else found.push(entry);
    this.size++;
  }
}
