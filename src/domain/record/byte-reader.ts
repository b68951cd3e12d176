// Reads what ByteWriter wrote. Damage is a value: after the first impossible byte `damaged` is true, every further read gives
// zero, an empty text or null, and no list is longer than its bound, so a decoder may run to its end and look once.
import { decimalScale } from './byte-writer.ts';
import { checksum } from './checksum.ts';

/** Turns bytes from..to (all below 128) into a text. Adapters may hand in a faster native one. */
export type AsciiDecoder = (bytes: Uint8Array, from: number, to: number) => string;

export const plainAscii: AsciiDecoder = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

/** What a number below 2^53 takes at most, seven bits each. */
const longBytesMax = 8;

export class ByteReader {
  damaged = false;
  at = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private texts: string[] = [];
  private readonly ascii: AsciiDecoder;

  constructor(ascii: AsciiDecoder = plainAscii) {
    this.ascii = ascii;
  }

  /** Begins at `from`; reading past `to` is damage. */
  open(bytes: Uint8Array, from = 0, to = bytes.length): this {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.damaged = false;
    if (this.texts.length > 0) this.texts = [];
    return this;
  }

  /** Begins a record that ends with a checksum; one that does not match is damaged from the start. */
  openSealed(bytes: Uint8Array, from = 0, to = bytes.length): this {
    this.open(bytes, from, to);
    if (to - from < 4 || uint32At(bytes, to - 4) !== checksum(bytes, from, to - 4)) this.damage();
    else this.end = to - 4;
    return this;
  }

  /** True when every byte was used and none was impossible. */
  complete(): boolean {
    return !this.damaged && this.at === this.end;
  }

  damage(): void {
    this.damaged = true;
    this.at = this.end;
  }

  uint(): number {
    const bytes = this.bytes;
    const { at, end } = this;
    // One to four bytes, which is nearly always, without leaving 32-bit arithmetic.
    if (at + 4 <= end) {
      const a = bytes[at] as number;
      if (a < 128) {
        this.at = at + 1;
        return a;
      }
      const b = bytes[at + 1] as number;
      if (b < 128) {
        this.at = at + 2;
        return (a & 127) | (b << 7);
      }
      const c = bytes[at + 2] as number;
      if (c < 128) {
        this.at = at + 3;
        return (a & 127) | ((b & 127) << 7) | (c << 14);
      }
      const d = bytes[at + 3] as number;
      if (d < 128) {
        this.at = at + 4;
        return (a & 127) | ((b & 127) << 7) | ((c & 127) << 14) | (d << 21);
      }
    }
    return this.longUint();
  }

  number(): number {
    const tagged = this.uint();
    if (tagged <= 0x3fff_ffff && (tagged & 3) === 0) {
      const zigzag = tagged >>> 2;
      return (zigzag & 1) === 0 ? zigzag >>> 1 : -((zigzag + 1) >>> 1);
    }
    return this.tagged(tagged) ?? this.impossible(0);
  }

  nullableNumber(): number | null {
    return this.tagged(this.uint());
  }

  bool(): boolean {
    const value = this.uint();
    return value > 1 ? this.impossible(false) : value === 1;
  }

  nullableBool(): boolean | null {
    const value = this.uint();
    if (value > 2) return this.impossible(null);
    return value === 2 ? null : value === 1;
  }

  text(): string | null {
    const code = this.uint();
    if (code === 0) return null;
    if (code === 1) {
      const text = this.plainText();
      this.texts.push(text);
      return text;
    }
    return this.texts[code - 2] ?? this.impossible(null);
  }

  /** A text that must not be null. */
  someText(): string {
    return this.text() ?? this.impossible('');
  }

  plainText(): string {
    const header = this.uint();
    const wide = header % 2;
    const length = (header - wide) / 2;
    const from = this.at;
    const to = from + length * (wide + 1);
    if (to > this.end) return this.impossible('');
    this.at = to;
    if (wide === 0) return length === 0 ? '' : this.ascii(this.bytes, from, to);
    let text = '';
    for (let at = from; at < to; at += 2) text += String.fromCharCode(((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number));
    return text;
  }

  /** A copy of a byte string. */
  raw(): Uint8Array {
    const length = this.uint();
    const from = this.at;
    if (from + length > this.end) return this.impossible(new Uint8Array(0));
    this.at = from + length;
    // Not slice(): Node's Buffer, which stores hand in, gives a view of what is overwritten by the next read.
    const copy = new Uint8Array(length);
    copy.set(this.bytes.subarray(from, from + length));
    return copy;
  }

  /** The length of a list, at most `max`. */
  count(max: number): number {
    const length = this.uint();
    return length > max ? this.impossible(0) : length;
  }

  /** More than four bytes, or near the end: the low 28 bits and the high ones, each in 32-bit arithmetic. */
  private longUint(): number {
    const { bytes, end } = this;
    let { at } = this;
    let low = 0;
    let high = 0;
    for (let place = 0; place < longBytesMax && at < end; place++) {
      const byte = bytes[at++] as number;
      if (place < 4) low |= (byte & 127) << (7 * place);
      else high |= (byte & 127) << (7 * place - 28);
      if (byte > 127) continue;
      // 2^53 - 1 has 25 bits above the low 28.
      if (high >= 0x0200_0000) break;
      this.at = at;
      return high * 0x1000_0000 + low;
    }
    this.damage();
    return 0;
  }

  /** Divides by rounding down, which takes a tenth of the time of a remainder of doubles and is as exact: all numbers are below 2^53. */
  private tagged(tagged: number): number | null {
    const zigzag = Math.floor(tagged / 4);
    const tag = tagged - zigzag * 4;
    if (tag === 3) return tagged === 3 ? null : this.impossible(0);
    if (tag === 2) return this.float64();
    const half = Math.floor(zigzag / 2);
    const whole = half * 2 === zigzag ? half : -(half + 1);
    return tag === 0 ? whole : whole / decimalScale;
  }

  private float64(): number {
    if (this.at + 8 > this.end) return this.impossible(0);
    // A view is made when one is needed: seldom, and making one for each record would cost more than reading it.
    if (this.bytes.buffer !== this.view.buffer) this.view = new DataView(this.bytes.buffer);
    const value = this.view.getFloat64(this.bytes.byteOffset + this.at);
    this.at += 8;
    return value;
  }

  private impossible<T>(instead: T): T {
    this.damage();
    return instead;
  }
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0
  );
}
