// Numbers, texts and bytes as they are written and read; the ground of every record.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { ByteReader } from '../../../src/domain/record/byte-reader.ts';
import { ByteWriter } from '../../../src/domain/record/byte-writer.ts';
import { anyText } from '../../support/record-bytes.ts';

t.test('a writer and a reader can be used again, for records anywhere in a buffer', (t) => {
  const writer = new ByteWriter();
  const reader = new ByteReader();
  const buffer = new Uint8Array(200);
  for (const [i, text] of ['Chrome', 'Chrome', 'Firefox', 'München'].entries()) {
    writer.reset();
    writer.text(text);
    writer.number(0.1 + i);
    writer.text(text);
    buffer.set(writer.seal().written(), i * 50);
    reader.openSealed(buffer.subarray(i * 50, i * 50 + writer.at));
    t.strictSame([reader.text(), reader.number(), reader.text(), reader.complete()], [text, 0.1 + i, text, true]);
    reader.openSealed(buffer, i * 50, i * 50 + writer.at);
    t.strictSame([reader.text(), reader.number(), reader.text(), reader.complete()], [text, 0.1 + i, text, true]);
  }
  t.end();
});

t.test('a number is read back exactly as it was written, whatever it is', (t) => {
  const numbers = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 10_000),
    fc.constantFrom(-0, 0, 2 ** 49, -(2 ** 49), 2 ** 49 + 1, 1e12 + 0.5, Number.NaN, Number.POSITIVE_INFINITY),
  );
  fc.assert(
    fc.property(fc.array(fc.option(numbers)), (values) => {
      const writer = new ByteWriter(1);
      for (const value of values) writer.nullableNumber(value);
      const reader = new ByteReader().open(writer.written());
      return values.every((value) => Object.is(reader.nullableNumber(), value)) && reader.complete();
    }),
  );
  t.end();
});

t.test('texts, bytes and truth values are read back as they were written, and a repeated text takes one byte', (t) => {
  fc.assert(
    fc.property(fc.array(fc.option(anyText)), fc.uint8Array(), fc.option(fc.boolean()), (texts, bytes, flag) => {
      const writer = new ByteWriter(1);
      for (const text of texts) writer.text(text);
      writer.raw(bytes);
      writer.nullableBool(flag);
      const reader = new ByteReader().open(writer.written());
      deepStrictEqual(
        texts.map(() => reader.text()),
        texts,
      );
      deepStrictEqual(reader.raw(), bytes);
      deepStrictEqual(reader.nullableBool(), flag);
      return reader.complete();
    }),
  );
  const writer = new ByteWriter();
  writer.text('Europe/Berlin');
  const once = writer.at;
  writer.text('Europe/Berlin');
  t.equal(writer.at, once + 1);
  for (let i = 0; i < 100; i++) writer.text(`text ${i}`);
  writer.text('text 99');
  const reader = new ByteReader().open(writer.written());
  for (let i = 0; i < 102; i++) reader.text();
  t.equal(reader.text(), 'text 99', 'also one that came too late to be remembered');
  t.end();
});
