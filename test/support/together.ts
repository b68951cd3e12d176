// Runs the test files of a folder one after the other in this process.
//
// Starting Node and tap and loading what is tested costs half a second to two seconds, more than most files take for their tests, and code
// that was compiled a moment ago is slow. So `npm test` starts a process per folder (test/together), not one per file: half the CPU
// for the same tests. Each file still runs by itself: `npx tap --disable-coverage FILE`.
import { once } from 'node:events';
import { existsSync, globSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';

const tests = fileURLToPath(new URL('..', import.meta.url));

// tap follows every process and thread that a test starts, by a module that each would load. What it learns is for coverage, which runs files
// by themselves.
const followed = / ?--import=\S*@tapjs\/processinfo\S*/;
process.env['NODE_OPTIONS'] = (process.env['NODE_OPTIONS'] ?? '').replace(followed, '');

/** Of a process of their own, because they say what a process has loaded; `npm test` names them. */
const alone = '.alone.test.ts';

/** How long what tests leave open may keep the process alive when the last of them is done. A thread that closes a database takes a second or two. */
const lingerMs = 30_000;
let lingering: NodeJS.Timeout | undefined;

/** A test that leaves something running is a failure soon and by name, not a process that ends by time-out ten minutes later. */
function endSoon(folder: string): void {
  lingering = setTimeout(() => {
    t.fail(
      `test/${folder}: ${lingerMs / 1000} s after its last test the process is kept alive by ${process.getActiveResourcesInfo().join(', ')}`,
    );
    process.exit(1);
  }, lingerMs).unref();
}

/** `folder` of test/, with those in it that have no process of their own. A file is loaded when the tests of the one before are done; one that cannot be loaded or holds no test fails. */
export async function runFolder(folder: string): Promise<void> {
  clearTimeout(lingering);
  let added: Promise<unknown>[] = [];
  t.on('subtestAdd', (test) => added.push(once(test, 'end')));
  const files = globSync('**/*.test.ts', { cwd: join(tests, folder) }).filter(
    (file) => !file.endsWith(alone) && !isWithin(folder, file.split(sep).slice(0, -1)),
  );
  for (const file of files.sort()) {
    added = [];
    const before = t.counts.total;
    const shown = `test/${folder}/${file.replaceAll(sep, '/')}`;
    try {
      await import(pathToFileURL(join(tests, folder, file)).href);
    } catch (error) {
      t.fail(`${shown} cannot be loaded: ${error instanceof Error ? error.stack : String(error)}`);
      continue;
    }
    if (added.length === 0 && t.counts.total === before) t.fail(`${shown} holds no test`);
    await Promise.all(added);
  }
  endSoon(folder);
}

/** Whether the place below `folder` belongs to a folder with a process of its own. */
function isWithin(folder: string, place: readonly string[]): boolean {
  return place.some((_, i) => hasProcess([folder, ...place.slice(0, i + 1)].join('/')));
}

function hasProcess(folder: string): boolean {
  return existsSync(join(tests, 'together', `${folder.replaceAll('/', '-')}.ts`));
}

/** The folders with tests that have no process named after them. */
export function otherFolders(): string[] {
  return readdirSync(tests, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !hasProcess(entry.name))
    .filter(({ name }) => globSync('**/*.test.ts', { cwd: join(tests, name) }).length > 0)
    .map(({ name }) => name);
}
