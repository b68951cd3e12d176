// Sorted, disjoint address ranges with a number each, and the binary search over them: the shape of every table in memory.
//
// Typed arrays instead of objects: half a million ranges take 9 MB and one allocation per column, and a look-up touches
// about 19 cache lines. IPv6 addresses are four 32-bit words, compared from the left; no BigInt after the build.
import type { IpAddress } from '../../domain/attempt.ts';

export interface RangeColumns {
  readonly starts4: Uint32Array;
  readonly ends4: Uint32Array;
  readonly values4: Uint32Array;
  /** Four words per range. */
  readonly starts6: Uint32Array;
  readonly ends6: Uint32Array;
  readonly values6: Uint32Array;
}

/** Work that pauses every so often, so that a caller with a loop to keep alive can let it turn. See in-slices.ts. */
export type Steps<Result> = Generator<void, Result, void>;

// About half a millisecond of checking.
const rangesPerStep = 65_536;

export class RangeTable {
  readonly columns: RangeColumns;

  private constructor(columns: RangeColumns) {
    this.columns = columns;
  }

  /**
   * For columns that this program wrote and a checksum protects: half a million ranges need not be compared at every start.
   * Unsorted ones would give wrong answers, never a fault. Throws a RangeError when lengths do not fit together.
   */
  static trust(columns: RangeColumns): RangeTable {
    checkLengths(columns);
    return new RangeTable(columns);
  }

  /** Throws a RangeError that names the fault when the columns do not belong together, are unsorted or overlap. */
  static *check(columns: RangeColumns): Steps<RangeTable> {
    yield* checkColumns(columns);
    return new RangeTable(columns);
  }

  get entries(): number {
    return this.columns.values4.length + this.columns.values6.length;
  }

  /** The value of the range that holds the address, or -1. */
  find(ip: Pick<IpAddress, 'version' | 'words'>): number {
    const words = ip.words;
    if (ip.version === 4) return this.find4(words[0] as number);
    return this.find6(words[0] as number, words[1] as number, words[2] as number, words[3] as number);
  }

  find4(word: number): number {
    const { starts4, ends4, values4 } = this.columns;
    let low = 0;
    let high = starts4.length;
    // Invariant: ranges before `low` start at or before the word, ranges from `high` on start after it.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts4[middle] as number) <= word) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    return index >= 0 && word <= (ends4[index] as number) ? (values4[index] as number) : -1;
  }

  find6(w0: number, w1: number, w2: number, w3: number): number {
    const { starts6, ends6, values6 } = this.columns;
    let low = 0;
    let high = values6.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAtOrBefore(starts6, middle, w0, w1, w2, w3)) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    if (index < 0) return -1;
    return isBefore(ends6, index, w0, w1, w2, w3) ? -1 : (values6[index] as number);
  }
}

function isAtOrBefore(column: Uint32Array, index: number, w0: number, w1: number, w2: number, w3: number): boolean {
  const at = index * 4;
  const c0 = column[at] as number;
  if (c0 !== w0) return c0 < w0;
  const c1 = column[at + 1] as number;
  if (c1 !== w1) return c1 < w1;
  const c2 = column[at + 2] as number;
  if (c2 !== w2) return c2 < w2;
  return (column[at + 3] as number) <= w3;
}

function isBefore(column: Uint32Array, index: number, w0: number, w1: number, w2: number, w3: number): boolean {
  const at = index * 4;
  if (column[at] === w0 && column[at + 1] === w1 && column[at + 2] === w2 && column[at + 3] === w3) return false;
  return isAtOrBefore(column, index, w0, w1, w2, w3);
}

function checkLengths({ starts4, ends4, values4, starts6, ends6, values6 }: RangeColumns): void {
  if (starts4.length !== values4.length || ends4.length !== values4.length) throw new RangeError('IPv4 columns differ in length');
  if (starts6.length !== values6.length * 4 || ends6.length !== values6.length * 4) throw new RangeError('IPv6 columns differ in length');
}

function* checkColumns(columns: RangeColumns): Steps<void> {
  checkLengths(columns);
  const { starts4, ends4, starts6, ends6, values6 } = columns;
  let before = -1;
  for (let index = 0; index < starts4.length; index += 1) {
    const start = starts4[index] as number;
    if (start <= before || (ends4[index] as number) < start) throw new RangeError(`IPv4 ranges are not sorted at ${index}`);
    before = ends4[index] as number;
    if (index % rangesPerStep === rangesPerStep - 1) yield;
  }
  for (let index = 0; index < values6.length; index += 1) {
    const at = index * 4;
    const w0 = starts6[at] as number;
    const w1 = starts6[at + 1] as number;
    const w2 = starts6[at + 2] as number;
    const w3 = starts6[at + 3] as number;
    const isSorted = index === 0 || isBefore(ends6, index - 1, w0, w1, w2, w3);
    if (!isSorted || isBefore(ends6, index, w0, w1, w2, w3)) throw new RangeError(`IPv6 ranges are not sorted at ${index}`);
    if (index % rangesPerStep === rangesPerStep - 1) yield;
  }
}
