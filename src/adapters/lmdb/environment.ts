// The database files: one LMDB environment in the data directory, shared by all processes of this machine.
//
// Durability. A commit is visible and safe from `kill -9` at once, because committed pages are in the system's page cache; lmdb-js
// flushes them to the disk right after (`overlappingSync`, its default), and after a power failure the database
// opens at the last commit that was flushed. `noSync` would save about a third of the writing time and could lose the whole
// database with the power; `useWritemap` would save more and turn a full disk into a crash (SIGBUS). Neither is worth it.
// Compression is off: records are a few hundred bytes, below the size where it begins to pay.
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { type KeyBuffer, keyEncoder } from './key-buffer.ts';

/** Raised when a release changes what is stored in a way that older ones cannot read. */
const formatVersion = 1;
/** Address space, not memory or disk: the file grows with what is stored. */
const mapBytes = 64 * 2 ** 30;
const readersMax = 1024;

export type Table = Database<Uint8Array, Uint8Array>;

export interface Environment {
  readonly root: RootDatabase<Uint8Array, string>;
  /** Profiles, each behind the journal sequence number up to which it is folded. */
  readonly profiles: Table;
  readonly journal: Table;
  readonly assessments: Table;
  /** Attempt to assessment id. */
  readonly attempts: Table;
  /** Account, time and id of each assessment. */
  readonly accounts: Table;
  /** Time and key of each assessment, for retention. */
  readonly times: Table;
}

/**
 * Throws an Error of one sentence when the directory cannot be used, or was filled under another pseudonym key: nothing in it would be
 * found again, and everybody would be new.
 */
export function openEnvironment(directory: string, keyId: string | null): Environment {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The store directory ${directory} cannot be written (${codeOf(error)}): make it writable or name another data directory.`,
    );
  }
  let root: RootDatabase<Uint8Array, string>;
  try {
    checkMagic(join(directory, 'data.mdb'));
    root = open<Uint8Array, string>({
      path: directory,
      encoding: 'binary',
      maxDbs: 12,
      maxReaders: readersMax,
      mapSize: mapBytes,
      noMemInit: true,
      noSubdir: false,
      eventTurnBatching: false,
    });
  } catch (error) {
    throw new Error(
      `The store in ${directory} cannot be opened (${messageOf(error)}): restore it from a backup, or move it away to begin anew.`,
    );
  }
  try {
    checkFormat(root, directory);
    if (keyId !== null) checkKey(root, directory, keyId);
    return {
      root,
      profiles: table(root, 'profiles', true),
      journal: table(root, 'journal', true),
      assessments: table(root, 'assessments', true),
      attempts: table(root, 'attempts', false),
      accounts: table(root, 'accounts', false),
      times: table(root, 'times', false),
    };
  } catch (error) {
    void root.close();
    throw error;
  }
}

function table(root: RootDatabase<Uint8Array, string>, name: string, versions: boolean): Table {
  // The types of openDB leave out keyEncoder, which its manual describes.
  const options = { name, encoding: 'binary' as const, useVersions: versions, keyEncoder };
  return root.openDB<Uint8Array, Uint8Array>(options);
}

export interface AssessmentsToRead {
  readonly table: Table;
  close(): Promise<void>;
}

/** What the process has open already, for another of its threads. Throws an Error of one sentence when it cannot be opened. */
export function openToRead(directory: string): AssessmentsToRead {
  try {
    checkMagic(join(directory, 'data.mdb'));
    const root = open<Uint8Array, string>({
      path: directory,
      encoding: 'binary',
      maxDbs: 12,
      maxReaders: readersMax,
      mapSize: mapBytes,
      noSubdir: false,
      readOnly: true,
    });
    return { table: table(root, 'assessments', true), close: () => root.close() };
  } catch (error) {
    throw new Error(`The store in ${directory} cannot be read (${messageOf(error)}).`);
  }
}

/** What every LMDB file has near its beginning (mdb.c, MDB_MAGIC and where its first page keeps it). Opening any other file ends the process. */
const magic = 0xbeefc0de;
const magicAt = 24;

function checkMagic(file: string): void {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r');
  try {
    const start = Buffer.alloc(magicAt + 4);
    const read = readSync(descriptor, start);
    if (read > 0 && (read < start.length || start.readUInt32LE(magicAt) !== magic)) throw new Error('data.mdb is not a database');
  } finally {
    closeSync(descriptor);
  }
}

function checkFormat(root: RootDatabase<Uint8Array, string>, directory: string): void {
  const stored = root.get('format');
  const version = stored === undefined ? formatVersion : Number(Buffer.from(stored).toString());
  if (stored === undefined) root.putSync('format', Buffer.from(String(formatVersion)));
  if (version === formatVersion) return;
  throw new Error(
    `The store in ${directory} has format ${version} and this release reads format ${formatVersion}: run the release that wrote it, or a newer one.`,
  );
}

function checkKey(root: RootDatabase<Uint8Array, string>, directory: string, keyId: string): void {
  const stored = root.get('pseudonym key');
  if (stored === undefined) {
    root.putSync('pseudonym key', Buffer.from(keyId));
    return;
  }
  const made = Buffer.from(stored).toString();
  if (made === keyId) return;
  throw new Error(
    `The store in ${directory} was made with the pseudonym key ${made}, and the key given now is ${keyId}: give the key it was made with, or name another data directory to begin anew.`,
  );
}

/** lmdb takes our key buffer as it is; its types know plain bytes only. */
export function keyOf(key: KeyBuffer): Uint8Array {
  return key as unknown as Uint8Array;
}

/** Bytes that may still be written where the directory is. */
export function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/**
 * A write's promise, watched from the start. When a disk refuses, lmdb rejects the promises of all waiting writes at once, and hangs
 * the cause on their errors as one more rejected promise: any that nobody looks at would end the process.
 */
export function watched<T>(written: Promise<T>): Promise<T> {
  written.catch((error: { commitError?: Promise<unknown> }) => error.commitError?.catch(() => undefined));
  return written;
}

/** After a disk error lmdb may never answer a write that was under way. Ten times what a slow disk takes. */
const answerMsMax = 5000;
/** Enough turns of the loop for an answer that is there already. */
const readyAnswerMs = 250;

/** The same, rejected when no answer comes. The write may still happen: whoever asks again must be able to tell. */
export async function answered<T>(written: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new Error('the database does not answer'));
    // When it was this process that had no turn for so long, the answer lies ready and comes right after the timer.
    timer = setTimeout(() => {
      timer = setTimeout(giveUp, readyAnswerMs);
    }, answerMsMax);
  });
  try {
    return await Promise.race([written, late]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
