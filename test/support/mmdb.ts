// Writes small MaxMind-format databases for tests: maps of text, numbers, booleans and lists under prefixes of one family.
import { type AddressRange, parsePrefix } from '../../src/adapters/ip-database/address-text.ts';

export type MmdbValue = string | number | boolean | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };
type Node = [Node | number | null, Node | number | null];

function control(type: number, size: number): Buffer {
  if (size >= 285) throw new RangeError('too long for this writer');
  const low = Math.min(size, 29);
  const head = type < 8 ? [(type << 5) | low] : [low, type - 7];
  return Buffer.from(low === 29 ? [...head, size - 29] : head);
}

export function encodeMmdbValue(value: MmdbValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'boolean') return control(14, value ? 1 : 0);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return Buffer.concat([control(3, 8), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encodeMmdbValue)]);
  const entries = Object.entries(value as { readonly [key: string]: MmdbValue });
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, item]) => [encodeMmdbValue(key), encodeMmdbValue(item)])]);
}

export interface MmdbDraft {
  readonly type: string;
  readonly ipVersion: 4 | 6;
  /** Prefix to its record; a Buffer is taken as encoded bytes, right or wrong. Prefixes must not overlap. */
  readonly records: Readonly<Record<string, MmdbValue | Buffer>>;
}

export function writeMmdb({ type, ipVersion, records }: MmdbDraft): Buffer {
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let dataLength = 0;
  for (const [prefix, value] of Object.entries(records)) {
    insert(root, bitsOf(prefix, ipVersion), dataLength);
    const bytes = Buffer.isBuffer(value) ? value : encodeMmdbValue(value as MmdbValue);
    data.push(bytes);
    dataLength += bytes.length;
  }
  const nodes: Node[] = [root];
  for (const node of nodes) for (const child of node) if (Array.isArray(child)) nodes.push(child);
  const places = new Map(nodes.map((node, index) => [node, index]));
  const tree = Buffer.alloc(nodes.length * 8);
  for (const [index, node] of nodes.entries()) {
    for (const [side, child] of node.entries()) {
      let pointer = nodes.length;
      if (typeof child === 'number') pointer = nodes.length + 16 + child;
      else if (child !== null) pointer = places.get(child) as number;
      tree.writeUInt32BE(pointer, index * 8 + side * 4);
    }
  }
  const meta = {
    node_count: nodes.length,
    record_size: 32,
    ip_version: ipVersion,
    database_type: type,
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_780_000_000,
    description: { en: 'test' },
  };
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('abcdef4d61784d696e642e636f6d', 'hex'), encodeMmdbValue(meta)]);
}

function bitsOf(prefix: string, ipVersion: 4 | 6): number[] {
  const [address = '', lengthText = ''] = prefix.split('/');
  const { first } = parsePrefix(address) as AddressRange;
  const offset = first.length === 1 && ipVersion === 6 ? Array.from({ length: 96 }, () => 0) : [];
  const bits = first.flatMap((word) => Array.from({ length: 32 }, (_, index) => (word >>> (31 - index)) & 1));
  return [...offset, ...bits.slice(0, Number(lengthText))];
}

function insert(root: Node, bits: readonly number[], pointer: number): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const side = bit as 0 | 1;
    const child = node[side];
    const next: Node = Array.isArray(child) ? child : [null, null];
    node[side] = next;
    node = next;
  }
  node[bits[bits.length - 1] as 0 | 1] = pointer;
}
