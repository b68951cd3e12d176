import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createWatermarkFile, isProcessRunning } from '../../src/adapters/watermark-file/watermark-file.ts';
import { noonMs } from '../support/records.ts';

const of = (directory: string, pid: number, running: readonly number[] = []) =>
  createWatermarkFile({ directory, pid, isRunning: (other) => running.includes(other) });

t.test('a process finds its own mark again, to the millisecond', async (t) => {
  const directory = t.testdir({});
  t.equal(await of(directory, 1).read(), null);
  await of(directory, 1).write(noonMs + 7);
  t.equal(await of(directory, 1).read(), noonMs + 7);
});

t.test('the earliest mark of ended processes is taken over, and those of running ones are left alone', async (t) => {
  const directory = t.testdir({ 'other.txt': '', 'cases-opened.7.new': 'half' });
  await of(directory, 11).write(noonMs + 11);
  await of(directory, 12).write(noonMs + 12);
  await of(directory, 13).write(noonMs + 13);
  const own = of(directory, 20, [11]);
  t.equal(await own.read(), noonMs + 12);
  t.equal(readdirSync(directory).length, 5, 'reading changes nothing');
  await own.write(noonMs + 12);
  t.same(readdirSync(directory).sort(), ['cases-opened.11', 'cases-opened.20', 'cases-opened.7.new', 'other.txt']);
});

t.test('a damaged mark means that everything within reach is looked at', async (t) => {
  const directory = t.testdir({});
  writeFileSync(join(directory, 'cases-opened.5'), 'garbage');
  t.equal(await of(directory, 6).read(), 0);
});

t.test('a mark that cannot be written is refused and changes nothing', async (t) => {
  const directory = t.testdir({});
  await of(directory, 1).write(noonMs);
  await t.rejects(createWatermarkFile({ directory: join(directory, 'none'), pid: 2, isRunning: () => false }).write(noonMs));
  t.equal(await of(directory, 1).read(), noonMs);
});

t.test('this process runs, and a number that no process can have does not', (t) => {
  t.equal(isProcessRunning(process.pid), true);
  t.equal(isProcessRunning(1), true);
  t.equal(isProcessRunning(2 ** 30), false);
  t.end();
});
