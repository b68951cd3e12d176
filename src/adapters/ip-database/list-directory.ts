// Watches the folder into which the feeds tool puts compiled lists, and hands the lists over whenever a copy changed.
//
// By looking at names, sizes and times every so often: file events are unreliable on network and container volumes. A file
// that cannot be used is told and the copy in memory stays; a file that is gone takes its list with it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readListFile, type ReputationList } from './reputation-list.ts';

export const listSuffix = '.list';

export interface ListDirectoryOptions {
  readonly directory: string;
  /** Time between two looks. */
  readonly intervalMs: number;
  /** All lists of the folder in order of name, after every change. */
  onLists(lists: readonly ReputationList[]): void;
  /** One sentence for the log, once per change of the file it is about. */
  onProblem(sentence: string): void;
}

export interface ListDirectory {
  /** Looks now; resolves when what was found is in use. Never rejects. */
  reload(): Promise<void>;
  close(): void;
}

interface Copy {
  readonly stamp: string;
  /** Null while no version of the file could be used. */
  readonly list: ReputationList | null;
}

/** Looks once before it resolves. A folder that does not exist is empty. */
export async function watchListDirectory(options: ListDirectoryOptions): Promise<ListDirectory> {
  let copies: ReadonlyMap<string, Copy> = new Map();
  let looking: Promise<void> | null = null;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const before = copies;
    const after = new Map<string, Copy>();
    for (const name of await listNames(options)) after.set(name, await readCopy(options, name, before.get(name)));
    copies = after;
    const isChanged = after.size !== before.size || [...after].some(([name, copy]) => before.get(name)?.list !== copy.list);
    if (!isChanged || isClosed) return;
    options.onLists([...after.values()].flatMap((copy) => copy.list ?? []));
  };
  // One look at a time: a second that began earlier must not put older copies back.
  const reload = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  };

  await reload();
  const timer = setInterval(() => void reload(), options.intervalMs);
  timer.unref();
  return {
    reload,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

async function listNames(options: ListDirectoryOptions): Promise<string[]> {
  try {
    return (await readdir(options.directory)).filter((name) => name.endsWith(listSuffix)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      options.onProblem(`The folder of lists ${options.directory} cannot be read: ${(error as Error).message}.`);
    return [];
  }
}

async function readCopy(options: ListDirectoryOptions, name: string, before: Copy | undefined): Promise<Copy> {
  const path = join(options.directory, name);
  let stamp = '';
  try {
    const { ino, size, mtimeMs } = await stat(path);
    stamp = `${ino} ${size} ${mtimeMs}`;
    if (before?.stamp === stamp) return before;
    return { stamp, list: await readListFile(path) };
  } catch (error) {
    if (before?.stamp !== stamp)
      options.onProblem(`The list ${path} cannot be used, the copy before it stays: ${(error as Error).message}.`);
    return { stamp, list: before?.list ?? null };
  }
}
