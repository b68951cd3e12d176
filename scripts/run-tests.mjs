// Runs the tests, two files at a time, each in a Node of its own: `npm test`, or `npm test -- FILE...` for some.
//
// tap's own command does the same, but starts every file with hooks for mocks and coverage between Node and its modules. Those undo Node's
// cache of stripped types, so that each file's hundred modules are stripped again: with them the suite takes more than twice as long.
// `npm run coverage` goes by tap's command, because it needs them.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { t } from 'tap';

const root = fileURLToPath(new URL('..', import.meta.url));
const timeoutMs = 120_000;
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const files = asked.length > 0 ? asked : testFiles();

process.chdir(root);
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: join('node_modules', '.cache', 'portcullis', 'test'),
  TAP_TIMEOUT: String(timeoutMs / 1000),
};
t.jobs = 2;
t.setTimeout(0);
for (const file of files)
  void t.spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], { buffered: true, timeout: timeoutMs, env }, file);

function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
