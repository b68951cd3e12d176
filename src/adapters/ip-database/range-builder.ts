// Turns ranges in any order, with overlaps, into the sorted disjoint columns of a range table. For tools and loading, not for
// the hot path.
//
// Where ranges overlap the greater value holds, because the values of a counted list are numbers of reports; neighbours with
// the same value become one range, so that a list of single addresses shrinks.
import type { AddressRange, AddressWords } from './address-text.ts';
import type { RangeColumns } from './range-table.ts';
import { RangeTable } from './range-table.ts';
import { atOnce } from './in-slices.ts';

export interface RangeEntry extends AddressRange {
  /** Unsigned 32-bit. */
  readonly value: number;
}

interface Span {
  readonly first: bigint;
  readonly last: bigint;
  readonly value: number;
}

export function buildRangeTable(entries: Iterable<RangeEntry>): RangeTable {
  const spans4: Span[] = [];
  const spans6: Span[] = [];
  for (const entry of entries) {
    const span = { first: toBigInt(entry.first), last: toBigInt(entry.last), value: entry.value };
    (entry.first.length === 1 ? spans4 : spans6).push(span);
  }
  const [starts4, ends4, values4] = toColumns(disjoint(spans4), 1);
  const [starts6, ends6, values6] = toColumns(disjoint(spans6), 4);
  return atOnce(RangeTable.check({ starts4, ends4, values4, starts6, ends6, values6 } satisfies RangeColumns));
}

function toBigInt(words: AddressWords): bigint {
  let result = 0n;
  for (const word of words) result = (result << 32n) | BigInt(word);
  return result;
}

function compareSpans(left: Span, right: Span): number {
  if (left.first !== right.first) return left.first < right.first ? -1 : 1;
  if (left.last !== right.last) return left.last > right.last ? -1 : 1;
  return right.value - left.value;
}

/** Sweeps from the left with the spans that are open; every edge closes one piece, which takes the greatest open value. */
function disjoint(spans: Span[]): Span[] {
  spans.sort(compareSpans);
  // Without repeats at most 129 prefixes can hold one address, so `open` stays short whatever a list contains.
  spans = spans.filter((span, index) => index === 0 || span.first !== spans[index - 1]?.first || span.last !== spans[index - 1]?.last);
  const pieces: Span[] = [];
  let open: Span[] = [];
  let from = 0n;
  let next = 0;
  while (next < spans.length || open.length > 0) {
    const upcoming = spans[next];
    if (open.length === 0 && upcoming !== undefined) from = upcoming.first;
    while (next < spans.length && (spans[next] as Span).first === from) {
      open.push(spans[next] as Span);
      next += 1;
    }
    let to = (open[0] as Span).last;
    let value = 0;
    for (const span of open) {
      if (span.last < to) to = span.last;
      if (span.value > value) value = span.value;
    }
    const following = spans[next];
    if (following !== undefined && following.first <= to) to = following.first - 1n;
    appendPiece(pieces, { first: from, last: to, value });
    from = to + 1n;
    open = open.filter((span) => span.last >= from);
  }
  return pieces;
}

function appendPiece(pieces: Span[], piece: Span): void {
  const before = pieces[pieces.length - 1];
  if (before !== undefined && before.value === piece.value && before.last + 1n === piece.first) {
    pieces[pieces.length - 1] = { first: before.first, last: piece.last, value: piece.value };
  } else {
    pieces.push(piece);
  }
}

function toColumns(pieces: readonly Span[], wordsEach: 1 | 4): [Uint32Array, Uint32Array, Uint32Array] {
  const starts = new Uint32Array(pieces.length * wordsEach);
  const ends = new Uint32Array(pieces.length * wordsEach);
  const values = new Uint32Array(pieces.length);
  for (const [index, piece] of pieces.entries()) {
    writeWords(starts, index * wordsEach, wordsEach, piece.first);
    writeWords(ends, index * wordsEach, wordsEach, piece.last);
    values[index] = piece.value;
  }
  return [starts, ends, values];
}

function writeWords(column: Uint32Array, at: number, wordsEach: 1 | 4, address: bigint): void {
  let rest = address;
  for (let word = wordsEach - 1; word >= 0; word -= 1) {
    column[at + word] = Number(rest & 0xffffffffn);
    rest >>= 32n;
  }
}
