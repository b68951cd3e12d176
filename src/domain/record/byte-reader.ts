// Reads what ByteWriter wrote. Damage is a value: after the first impossible byte `damaged` is true, every further read gives
// zero, an empty text or null, and no list is longer than its bound, so a decoder may run to its end and look once.
import { decimalScale } from './byte-writer.ts';
import { checksum } from './checksum.ts';

/** Turns bytes from..to (all below 128) into a text. Adapters may hand in a faster native one. */
export type AsciiDecoder = (bytes: Uint8Array, from: number, to: number) => string;

export const plainAscii: AsciiDecoder = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

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
    if (bytes.buffer !== this.view.buffer) this.view = new DataView(bytes.buffer);
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
    if (to - from < 4 || this.view.getUint32(bytes.byteOffset + to - 4) !== checksum(bytes, from, to - 4)) this.damage();
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
    let value = 0;
    let scale = 1;
    while (this.at < this.end) {
      const byte = bytes[this.at++] as number;
      if (byte < 128) {
        value += byte * scale;
        if (value <= Number.MAX_SAFE_INTEGER) return value;
        break;
      }
      value += (byte - 128) * scale;
      scale *= 128;
      if (scale > 2 ** 49) break;
    }
    this.damage();
    return 0;
  }

  number(): number {
    return this.nullableNumber() ?? this.impossible(0);
  }

  nullableNumber(): number | null {
    const tagged = this.uint();
    const tag = tagged % 4;
    if (tag === 3) return tagged === 3 ? null : this.impossible(0);
    if (tag === 2) return this.float64();
    const zigzag = (tagged - tag) / 4;
    const whole = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    return tag === 0 ? whole : whole / decimalScale;
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
    for (let at = from; at < to; at += 2) text += String.fromCharCode(this.view.getUint16(this.bytes.byteOffset + at));
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

  private float64(): number {
    if (this.at + 8 > this.end) return this.impossible(0);
    const value = this.view.getFloat64(this.bytes.byteOffset + this.at);
    this.at += 8;
    return value;
  }

  private impossible<T>(instead: T): T {
    this.damage();
    return instead;
  }
}
