// Address ranges of policy lists and expressions: reads canonical address text and CIDR notation, and finds an address among
// many ranges in one look-up per distinct prefix length. Text that is not an address gives null, never an exception.

export interface IpRange {
  readonly version: 4 | 6;
  /** Unsigned 32-bit words, most significant first: one for IPv4, four for IPv6; bits behind the prefix are zero. */
  readonly words: readonly number[];
  readonly prefixBits: number;
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let word = 0;
  for (const part of parts) {
    // A leading zero would be octal to some readers and decimal to others; nobody means it.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    word = word * 256 + Number(part);
  }
  return [word];
}

/** Hexadecimal groups only: an IPv4 address inside IPv6 notation is IPv4 everywhere in this service, and is written so. */
function parseV6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const gap = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const groups = [...head, ...Array.from({ length: tail === undefined ? 0 : gap }, () => '0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const values = groups.map((group) => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map((at) => (values[at] as number) * 65_536 + (values[at + 1] as number));
}

/** "203.0.113.7" or "2001:db8::7" to words; the number of words tells the version. */
export function parseIpWords(text: string): number[] | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

/** Keeps the first `bits` bits (0 to 32) of an unsigned word. */
function maskWord(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : (word & (0xffff_ffff << (32 - bits))) >>> 0;
}

function maskWords(words: readonly number[], prefixBits: number): number[] {
  return words.map((word, index) => maskWord(word, prefixBits - index * 32));
}

/** An address (a range of one) or CIDR notation. `exact` is false when bits are set behind the prefix ("10.0.0.7/8"). */
export function parseIpRange(text: string): { readonly range: IpRange; readonly exact: boolean } | null {
  const slash = text.indexOf('/');
  const words = parseIpWords(slash < 0 ? text : text.slice(0, slash));
  if (words === null) return null;
  const version = words.length === 1 ? 4 : 6;
  const bitsMax = version === 4 ? 32 : 128;
  const bits = slash < 0 ? String(bitsMax) : text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > bitsMax) return null;
  const prefixBits = Number(bits);
  const masked = maskWords(words, prefixBits);
  return { range: { version, words: masked, prefixBits }, exact: masked.every((word, index) => word === words[index]) };
}

export function rangeContains(range: IpRange, words: readonly number[]): boolean {
  if (words.length !== range.words.length) return false;
  return range.words.every((word, index) => maskWord(words[index] as number, range.prefixBits - index * 32) === word);
}

/** Text of a range that is equal for equal ranges; for messages and as a key. */
export function rangeKey(range: IpRange): string {
  return `${range.words.map((word) => word.toString(16).padStart(8, '0')).join('')}/${range.prefixBits}`;
}

/** Ranges with a value each. Overlaps are allowed; every range that contains the address is offered, narrowest first. */
export class IpRangeTable<T> {
  readonly #byPrefix = new Map<number, Map<string, T>>();
  #prefixes: number[] = [];

  get size(): number {
    return this.#prefixes.reduce((sum, key) => sum + (this.#byPrefix.get(key) as Map<string, T>).size, 0);
  }

  /** False when exactly this range is there already. */
  add(range: IpRange, value: T): boolean {
    // One map per version and prefix length: an IPv4 prefix has its own keys because its text has fewer words.
    const prefix = range.version === 4 ? range.prefixBits : 1000 + range.prefixBits;
    let table = this.#byPrefix.get(prefix);
    if (table === undefined) {
      table = new Map();
      this.#byPrefix.set(prefix, table);
      this.#prefixes = [...this.#byPrefix.keys()].sort((a, b) => b - a);
    }
    const key = rangeKey(range);
    if (table.has(key)) return false;
    table.set(key, value);
    return true;
  }

  /** First value, from the narrowest range outwards, that `accept` takes; null when none. */
  find(words: readonly number[], accept: (value: T) => boolean): T | null {
    const version = words.length === 1 ? 4 : 6;
    for (const prefix of this.#prefixes) {
      if (prefix >= 1000 !== (version === 6)) continue;
      const prefixBits = prefix % 1000;
      const value = (this.#byPrefix.get(prefix) as Map<string, T>).get(
        rangeKey({ version, words: maskWords(words, prefixBits), prefixBits }),
      );
      if (value !== undefined && accept(value)) return value;
    }
    return null;
  }
}
