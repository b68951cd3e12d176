import fc from 'fast-check';
import t from 'tap';
import { EventIndex } from '../../src/adapters/lmdb/event-index.ts';
import { KeyBuffer } from '../../src/adapters/lmdb/key-buffer.ts';
import { Sweep } from '../../src/adapters/lmdb/sweep.ts';

const megabyte = 1 << 20;

interface Appended {
  readonly key: string;
  readonly position: number;
}

function filled(names: readonly string[], sizes: readonly number[]): { index: EventIndex; events: Appended[] } {
  const index = new EventIndex(16 * megabyte);
  const key = new KeyBuffer();
  const events: Appended[] = [];
  for (const [i, name] of names.entries()) {
    const size = sizes[i % sizes.length] as number;
    key.set(i % 3 === 0 ? 'other' : 'default', i % 2 === 0 ? 'account' : 'host', name);
    index.append(key, new Uint8Array(size), size);
    // The end of a chunk may lie before it: the newest event of the key is where it went.
    events.push({ key: textOf(key), position: index.newest(key) });
  }
  return { index, events };
}

function textOf(key: KeyBuffer): string {
  return Buffer.from(key.bytes.subarray(0, key.length)).toString('latin1');
}

function swept(sweep: Sweep, steps: number): number[] {
  while (!sweep.scan(steps));
  const positions: number[] = [];
  for (let position = sweep.next(); position !== 0; position = sweep.next()) positions.push(position);
  return positions;
}

const name = fc.stringMatching(/^[A-Za-z0-9_-]{6,22}$/);

t.test('a sweep gives every event that was waiting when it began once, and no other', (t) => {
  const property = fc.property(
    fc.array(name, { minLength: 1, maxLength: 60 }),
    fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 0, max: 59 }),
    (names, sizes, steps, foldedAt) => {
      const { index, events } = filled(names, sizes);
      const folded = events[foldedAt % events.length] as Appended;
      index.setFolded(folded.position, true);
      const sweep = new Sweep(index, index.tail, index.head);
      const late = new KeyBuffer();
      late.set('default', 'account', 'late');
      index.append(late, new Uint8Array(8), 8);
      const expected = events.filter((event) => event !== folded).map((event) => event.position);
      return JSON.stringify(swept(sweep, steps).sort((a, b) => a - b)) === JSON.stringify(expected);
    },
  );
  fc.assert(property, { numRuns: 60 });
  t.end();
});

t.test('events of one key follow each other, oldest first, and keys of one beginning in the order of their names', (t) => {
  const letters = [...'AEIOQUaeiouq0189'];
  const names = letters.flatMap((a) => letters.map((b) => `x${a}${b}mnop`));
  const shuffled = [...names, ...names].map((name, i) => ({ name, order: (i * 7919) % 4001 })).sort((a, b) => a.order - b.order);
  const index = new EventIndex(16 * megabyte);
  const key = new KeyBuffer();
  for (const { name } of shuffled) {
    key.set('default', 'account', name);
    index.append(key, new Uint8Array(16), 16);
  }
  const found = swept(new Sweep(index, index.tail, index.head), 1000).map((position) => {
    const view = index.at(position);
    return { position, key: Buffer.from(view.bytes.subarray(view.keyFrom, view.keyFrom + view.keyLength)).toString('latin1') };
  });
  const sorted = [...found].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.position - b.position));
  t.equal(found.length, shuffled.length);
  t.strictSame(found, sorted);
  t.end();
});
