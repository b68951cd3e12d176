// Keys of stored records, built in place: tenant, kind, name. Every key begins with its tenant, so nothing of two tenants can meet.
//
// One attempt looks up a dozen keys; building each as a new text or buffer would cost more than the look-up itself.

/** What a key is of; one character after the tenant. */
export type KeyKind = 'account' | 'host' | 'block' | 'asn' | 'device' | 'population' | 'attempt' | 'ofAccount' | 'assessment';

const kindCodes: Readonly<Record<KeyKind, number>> = {
  account: 0x61, // a
  asn: 0x6e, // n
  assessment: 0x73, // s
  attempt: 0x74, // t
  block: 0x62, // b
  device: 0x64, // d
  host: 0x68, // h
  ofAccount: 0x6c, // l
  population: 0x70, // p
};

/** LMDB takes keys of up to 1,978 bytes; ours are about 35. A name that does not fit can have no record. */
export const keyBytesMax = 1024;
/** Ends the tenant; the escaped tenant cannot contain it. */
const tenantEnd = 0x0a;

export class KeyBuffer {
  readonly bytes = new Uint8Array(keyBytesMax + 8);
  length = 0;
  hash = 0;

  /** Sets the key, false when it would be too long to exist. */
  set(tenant: string, kind: KeyKind, name: string): boolean {
    if ((tenant.length + name.length) * 9 + 2 > keyBytesMax && !this.fits(tenant, name)) return false;
    this.length = 0;
    this.append(tenant);
    this.bytes[this.length++] = tenantEnd;
    this.bytes[this.length++] = kindCodes[kind];
    this.append(name);
    this.rehash();
    return true;
  }

  /** Takes over a whole key as it was stored. */
  copy(bytes: Uint8Array, from: number, length: number): void {
    for (let i = 0; i < length; i++) this.bytes[i] = bytes[from + i] as number;
    this.length = length;
    this.rehash();
  }

  /** A copy that outlives the next `set`. */
  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Takes over a whole key from its text, as `latin1` gives it. */
  copyText(text: string): void {
    this.length = text.length;
    for (let i = 0; i < text.length; i++) this.bytes[i] = text.charCodeAt(i);
    this.rehash();
  }

  /** Sets the key of another kind in the tenant of `other`, false when it would be too long to exist. */
  setBeside(other: KeyBuffer, kind: KeyKind, name: string): boolean {
    let at = 0;
    while (at < other.length && other.bytes[at] !== tenantEnd) this.bytes[at] = other.bytes[at++] as number;
    if (at + 2 + name.length * 9 > keyBytesMax && !this.fits('', name)) return false;
    this.bytes[at] = tenantEnd;
    this.bytes[at + 1] = kindCodes[kind];
    this.length = at + 2;
    this.append(name);
    this.rehash();
    return true;
  }

  /** The kind's character code, to tell keys apart when they are read back. */
  kindCode(): number {
    let at = 0;
    while (at < this.length && this.bytes[at] !== tenantEnd) at++;
    return this.bytes[at + 1] ?? 0;
  }

  /** Printable ASCII as it is, anything else percent-encoded, and the percent sign too: different texts never give equal bytes. */
  private append(text: string): void {
    const start = this.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 33 || unit > 126 || unit === 37) {
        this.length = start;
        this.appendEscaped(text);
        return;
      }
      this.bytes[this.length++] = unit;
    }
  }

  private appendEscaped(text: string): void {
    for (const byte of new TextEncoder().encode(text)) {
      if (byte >= 33 && byte <= 126 && byte !== 37) this.bytes[this.length++] = byte;
      else for (const digit of `%${byte.toString(16).padStart(2, '0')}`) this.bytes[this.length++] = digit.charCodeAt(0);
    }
  }

  private fits(tenant: string, name: string): boolean {
    const plain = /^[!-$&-~]*$/;
    return plain.test(tenant) && plain.test(name) && tenant.length + name.length + 2 <= keyBytesMax;
  }

  /** FNV-1a; names are pseudonyms, so nobody outside can choose colliding ones. */
  private rehash(): void {
    let hash = 0x811c9dc5;
    for (let i = 0; i < this.length; i++) hash = Math.imul(hash ^ (this.bytes[i] as number), 0x01000193);
    this.hash = hash >>> 0;
  }
}

export const kindOfCode: ReadonlyMap<number, KeyKind> = new Map(
  (Object.keys(kindCodes) as KeyKind[]).map((kind) => [kindCodes[kind], kind]),
);

/** How lmdb is to read and write our keys: a KeyBuffer without copying it first, or plain bytes. */
export const keyEncoder = {
  writeKey(key: KeyBuffer | Uint8Array, target: Uint8Array, position: number): number {
    const bytes = key instanceof KeyBuffer ? key.bytes : key;
    const length = key.length;
    for (let i = 0; i < length; i++) target[position + i] = bytes[i] as number;
    return position + length;
  },
  readKey(source: Uint8Array, start: number, end: number): Uint8Array {
    return Uint8Array.prototype.slice.call(source, start, end);
  },
};
