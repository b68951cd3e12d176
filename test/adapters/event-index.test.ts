import fc from 'fast-check';
import t from 'tap';
import { EventIndex } from '../../src/adapters/lmdb/event-index.ts';
import { KeyBuffer } from '../../src/adapters/lmdb/key-buffer.ts';

const megabyte = 1 << 20;

/** What the index must do, done plainly: per key the payloads not yet released, oldest first. */
interface Model {
  readonly events: { readonly key: string; readonly payload: number; readonly length: number; position: number }[];
}

function payloadOf(value: number, length: number): Uint8Array {
  const payload = new Uint8Array(length);
  for (let i = 0; i < length; i++) payload[i] = (value + i) & 255;
  return payload;
}

function chainOf(index: EventIndex, key: KeyBuffer, name: string): number[] {
  key.set('default', 'account', name);
  const found: number[] = [];
  for (let position = index.newest(key); position !== 0; position = index.at(position).previous) {
    const view = index.at(position);
    found.unshift(view.payloadLength === 0 ? -1 : (view.bytes[view.payloadFrom] as number));
  }
  return found;
}

function check(index: EventIndex, model: Model, key: KeyBuffer, names: readonly string[]): boolean {
  for (const name of names) {
    const expected = model.events
      .filter((event) => event.key === name && event.position >= index.tail)
      .map((event) => (event.length === 0 ? -1 : event.payload & 255));
    if (JSON.stringify(chainOf(index, key, name)) !== JSON.stringify(expected)) return false;
  }
  let position = index.settled(index.tail);
  for (const event of model.events.filter((event) => event.position >= index.tail)) {
    if (position !== event.position) return false;
    position = index.next(position);
  }
  return position === index.head;
}

t.test('events are found by key, newest first, whatever was appended and released before, across many chunks', (t) => {
  const names = Array.from({ length: 40 }, (_, i) => `account${i}`);
  const step = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        name: fc.constantFrom(...names),
        length: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 60_000, max: 300_000 }), fc.constant(megabyte - 8 - 16 - 24)),
      }),
    },
    { weight: 3, arbitrary: fc.record({ release: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
      const index = new EventIndex(64 * megabyte);
      const key = new KeyBuffer();
      const model: Model = { events: [] };
      let value = 0;
      for (const step of steps) {
        if ('release' in step) {
          const kept = model.events.filter((event) => event.position >= index.tail);
          index.release(kept[Math.floor(step.release * kept.length)]?.position ?? index.head);
        } else {
          key.set('default', 'account', step.name);
          const before = index.head;
          if (!index.append(key, payloadOf(value, step.length), step.length)) continue;
          model.events.push({ key: step.name, payload: value, length: step.length, position: index.newest(key) });
          if (index.newest(key) < before) return false;
          value = (value + 1) & 255;
        }
      }
      return check(index, model, key, names);
    }),
    { numRuns: 25 },
  );
  t.end();
});

t.test('an event that ends exactly at the end of a chunk is followed by the next one', (t) => {
  const index = new EventIndex(4 * megabyte);
  const key = new KeyBuffer();
  key.set('default', 'account', 'accountA');
  // 8 bytes before the first event, 16 before each; the rest fills the chunk to its last byte.
  const length = megabyte - 8 - 16 - key.length;
  const exact = length - ((16 + key.length + length) % 8);
  t.equal(index.append(key, payloadOf(1, exact), exact), true);
  t.equal(index.append(key, payloadOf(2, 5), 5), true);
  t.equal(index.append(key, payloadOf(3, 5), 5), true);
  t.strictSame(chainOf(index, key, 'accountA'), [1, 2, 3]);
  let count = 0;
  for (let position = index.tail; position < index.head; position = index.next(position)) count++;
  t.equal(count, 3);
  t.end();
});

t.test('a journal entry gives another index the same events, in the same order', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'ä'), length: fc.integer({ min: 0, max: 300_000 }) }), { maxLength: 30 }),
      (events) => {
        const [from, to] = [new EventIndex(64 * megabyte), new EventIndex(64 * megabyte)];
        const key = new KeyBuffer();
        for (const [i, event] of events.entries()) {
          key.set('default', 'account', event.name);
          from.append(key, payloadOf(i, event.length), event.length);
        }
        const entry = from.takeUnsent();
        if (entry === null) return events.length === 0;
        from.settleSent(7);
        const damaged = to.ingest(7, entry, key);
        return (
          damaged === 0 &&
          from.takeUnsent() === null &&
          to.takeUnsent() === null &&
          ['a', 'b', 'ä'].every((name) => JSON.stringify(chainOf(from, key, name)) === JSON.stringify(chainOf(to, key, name)))
        );
      },
    ),
    { numRuns: 25 },
  );
  t.end();
});

t.test('what another process wrote while ours was open does not become part of ours', (t) => {
  const index = new EventIndex(4 * megabyte);
  const other = new EventIndex(4 * megabyte);
  const key = new KeyBuffer();
  key.set('default', 'account', 'accountA');
  other.append(key, payloadOf(50, 3), 3);
  const theirs = other.takeUnsent() ?? new Uint8Array(0);
  index.append(key, payloadOf(1, 3), 3);
  index.ingest(1, theirs, key);
  key.set('default', 'account', 'accountA');
  index.append(key, payloadOf(2, 3), 3);
  t.strictSame(chainOf(index, key, 'accountA'), [1, 50, 2]);
  t.strictSame(
    index.ranges.map((range) => range.seq),
    [Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY],
  );
  t.ok(index.unsentBytes > 0, 'ours waits, although theirs came after it');
  const ours = index.takeUnsent() ?? new Uint8Array(0);
  const third = new EventIndex(4 * megabyte);
  third.ingest(2, ours, key);
  t.strictSame(chainOf(third, key, 'accountA'), [1, 2]);
  t.equal(index.takeUnsent(), null, 'what was sent is not sent again');
  index.settleSent(2);
  t.strictSame(
    index.ranges.map((range) => range.seq),
    [2, 1, 2],
  );
  t.equal(index.unsentBytes, 0);
  index.unsettleAfter(0);
  t.strictSame(
    index.ranges.map((range) => range.seq),
    [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
    'a database that lost entries gets ours again',
  );
  t.same(index.takeUnsent(), ours);
  t.end();
});

t.test('a damaged journal entry is counted and never an exception', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, append) => {
      const index = new EventIndex(4 * megabyte);
      const key = new KeyBuffer();
      key.set('default', 'account', 'accountA');
      index.append(key, payloadOf(1, 20), 20);
      const entry = index.takeUnsent() ?? new Uint8Array(0);
      const damaged = new Uint8Array([...entry, ...(append ? noise : [])]);
      if (!append) damaged.set(noise.subarray(0, damaged.length), 0);
      const reader = new EventIndex(4 * megabyte);
      const count = reader.ingest(1, damaged, key);
      return count >= 0 && (append && noise.length > 0 ? reader.head > 8 : true);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('different tenants, kinds and names never give the same key, and none that is too long exists', (t) => {
  const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('a\nb', '%0a', '\n', 'ä', ' ', 'a b'));
  const kind = fc.constantFrom('account' as const, 'host' as const);
  fc.assert(
    fc.property(fc.tuple(text, kind, text), fc.tuple(text, kind, text), (a, b) => {
      const [left, right] = [new KeyBuffer(), new KeyBuffer()];
      left.set(...a);
      right.set(...b);
      return JSON.stringify(a) === JSON.stringify(b) || Buffer.compare(left.toBytes(), right.toBytes()) !== 0;
    }),
    { numRuns: 1000 },
  );
  t.equal(new KeyBuffer().set('default', 'account', 'x'.repeat(5000)), false);
  t.equal(new KeyBuffer().set('default', 'account', 'x'.repeat(900)), true);
  t.equal(new KeyBuffer().set('default', 'account', 'ä'.repeat(900)), false);
  t.end();
});
