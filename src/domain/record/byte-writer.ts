// Writes small records as bytes: whole numbers as variable-length integers, other numbers exactly, short texts once per record.
//
// Stored records are read and written on every attempt, so their size and the time to encode them are paid thousands of times
// a second: a profile of a few hundred bytes shares its database page with others, one of a few kilobytes does not.
// Nothing is rounded: what is read back is the number that was written, bit for bit.
import { checksum } from './checksum.ts';

/** Whole numbers up to here fit the variable-length form with two tag bits and a sign bit. */
export const wholeMax = 2 ** 49;
/** Coordinates come with up to four decimals; as a multiple of 1/10,000 they take five bytes instead of nine. */
export const decimalScale = 10_000;
/** More distinct texts than this in one record are not searched for a repetition. */
const internedMax = 64;

export class ByteWriter {
  bytes: Uint8Array;
  at = 0;
  private view: DataView;
  private texts: string[] = [];

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Begins a new record at the start of the buffer; what was written before may be overwritten. */
  reset(): this {
    this.at = 0;
    if (this.texts.length > 0) this.texts = [];
    return this;
  }

  /** The record written so far. A view: copy it to keep it beyond the next `reset`. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  /** Appends a checksum of everything since `reset`, so that a damaged record is noticed. */
  seal(): this {
    if (this.at + 4 > this.bytes.length) this.grow(4);
    this.view.setUint32(this.at, checksum(this.bytes, 0, this.at));
    this.at += 4;
    return this;
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void {
    if (this.at + 8 > this.bytes.length) this.grow(8);
    const { bytes } = this;
    let { at } = this;
    if (value > 0x0fff_ffff) {
      // The low 28 bits first, so that the rest is 32-bit arithmetic.
      const high = Math.floor(value / 0x1000_0000);
      const low = value - high * 0x1000_0000;
      bytes[at++] = (low & 127) | 128;
      bytes[at++] = ((low >>> 7) & 127) | 128;
      bytes[at++] = ((low >>> 14) & 127) | 128;
      bytes[at++] = (low >>> 21) | 128;
      value = high;
    }
    while (value > 127) {
      bytes[at++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.at = at;
  }

  /** Any number, exactly; small whole ones are short. */
  number(value: number): void {
    const whole = value | 0;
    if (whole === value && whole < 0x0400_0000 && whole >= -0x0400_0000 && (whole !== 0 || !Object.is(value, -0))) {
      this.uint((((whole << 1) ^ (whole >> 31)) << 2) >>> 0);
      return;
    }
    this.otherNumber(value);
  }

  private otherNumber(value: number): void {
    if (value <= wholeMax && value >= -wholeMax && value !== 0) {
      if (Math.floor(value) === value) {
        this.uint((value >= 0 ? value * 2 : -value * 2 - 1) * 4);
        return;
      }
      const scaled = Math.round(value * decimalScale);
      if (scaled / decimalScale === value && scaled < wholeMax && scaled > -wholeMax) {
        this.uint((scaled >= 0 ? scaled * 2 : -scaled * 2 - 1) * 4 + 1);
        return;
      }
    }
    this.uint(2);
    if (this.at + 8 > this.bytes.length) this.grow(8);
    this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  nullableNumber(value: number | null): void {
    if (value === null) this.uint(3);
    else this.number(value);
  }

  bool(value: boolean): void {
    this.uint(value ? 1 : 0);
  }

  nullableBool(value: boolean | null): void {
    this.uint(value === null ? 2 : value ? 1 : 0);
  }

  /** A text that may occur again in this record: later occurrences take one byte. */
  text(value: string | null): void {
    if (value === null) {
      this.uint(0);
      return;
    }
    const known = this.texts.indexOf(value);
    if (known >= 0) {
      this.uint(known + 2);
      return;
    }
    if (this.texts.length < internedMax) this.texts.push(value);
    this.uint(1);
    this.plainText(value);
  }

  /** A text on its own: one byte per character where all are ASCII, else two. */
  plainText(value: string): void {
    const length = value.length;
    const start = this.at;
    this.uint(length * 2);
    if (this.at + length > this.bytes.length) this.grow(length);
    const bytes = this.bytes;
    let at = this.at;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) {
        this.at = start;
        this.wideText(value);
        return;
      }
      bytes[at++] = unit;
    }
    this.at = at;
  }

  raw(bytes: Uint8Array): void {
    this.uint(bytes.length);
    if (this.at + bytes.length > this.bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** UTF-16; the low bit of the length says so. */
  private wideText(value: string): void {
    this.uint(value.length * 2 + 1);
    if (this.at + value.length * 2 > this.bytes.length) this.grow(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      this.view.setUint16(this.at, value.charCodeAt(i));
      this.at += 2;
    }
  }

  private grow(count: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
