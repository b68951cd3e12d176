// One connection to cases.sqlite, opened with what keeps it safe and quick, and its prepared statements.
//
// WAL with synchronous=NORMAL: what was committed survives the death of the process, at any moment, because the bytes are the kernel's
// by then. A power cut may take the commits since the last checkpoint, never the file's consistency. FULL would wait for the disk at every
// commit, seven times slower, for the sake of cases whose assessments are kept elsewhere and can open them again.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StorageFailure } from '../../domain/case/failure.ts';
import { applicationId, migrations } from './schema.ts';
import { failureOf } from './trouble.ts';

export type Row = Record<string, string | number | null>;

export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** `busyMs`: how long a write waits for another process. Throws a StorageFailure of one sentence. */
  constructor(file: string, busyMs: number) {
    this.#db = openFile(file, busyMs);
  }

  /** Rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** Row id of what was inserted. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[];
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** False after an error that made SQLite undo the transaction by itself. */
  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** Brings what was erased out of the log beside the file. Best effort: a reader in another process may hold it up. */
  truncateLog(): void {
    try {
      this.#db.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // Busy: the next checkpoint does it.
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    // Lists make statements of many shapes; their number has an end, this only makes it a near one.
    if (this.#statements.size >= statementsMax) this.#statements.clear();
    this.#statements.set(sql, made);
    return made;
  }
}

const statementsMax = 300;

function openFile(file: string, busyMs: number): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    // Made before SQLite does, because it holds raw identifiers: for nobody but the service's own user.
    closeSync(openSync(file, 'a', 0o600));
    // Extensions stay off and the defensive flag on: both are the runtime's defaults.
    db = new DatabaseSync(file, { timeout: busyMs });
    refuseForeign(db, file);
    prepareConnection(db);
    migrate(db, file);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof StorageFailure) throw error;
    const failure = failureOf(error);
    throw new StorageFailure(failure.trouble, `${file}: ${failure.message}`);
  }
}

/** Looks before anything is written, so that another program's database is left as it was. */
function refuseForeign(db: DatabaseSync, file: string): void {
  // Nothing that a schema could smuggle in (functions in an index, say) may run with our rights.
  db.exec('pragma trusted_schema = off');
  const { objects, active } = db
    .prepare("select count(*) as objects, count(*) filter (where type in ('trigger', 'view')) as active from sqlite_schema")
    .get() as { objects: number; active: number };
  if (objects === 0) return;
  if (pragma(db, 'application_id') !== applicationId || active > 0)
    throw new StorageFailure('damaged', `${file} is not a case database of this service: move it away, or name another data directory.`);
  refuseNewer(db, file);
}

function refuseNewer(db: DatabaseSync, file: string): void {
  const version = pragma(db, 'user_version');
  if (version > migrations.length)
    throw new StorageFailure(
      'unavailable',
      `${file} was written by a newer version of this service (format ${version}, this one reads up to ${migrations.length}): start that version.`,
    );
}

function prepareConnection(db: DatabaseSync): void {
  const mode = (db.prepare('pragma journal_mode = wal').get() as { journal_mode: string }).journal_mode;
  if (mode !== 'wal') throw new StorageFailure('unavailable', 'The case database needs a local file system with shared memory (WAL).');
  db.exec('pragma synchronous = normal');
  // What is erased is overwritten and not only unlinked.
  db.exec('pragma secure_delete = on');
  db.exec('pragma cache_size = -32000');
  db.exec('pragma temp_store = memory');
  // A burst leaves a large log behind; it is given back when it has been worked off.
  db.exec('pragma journal_size_limit = 67108864');
}

function migrate(db: DatabaseSync, file: string): void {
  if (pragma(db, 'user_version') === migrations.length) return;
  // One process migrates while a second waits here, and then finds it done.
  db.exec('begin immediate');
  refuseNewer(db, file);
  const done = pragma(db, 'user_version');
  for (const step of migrations.slice(done)) db.exec(step);
  db.exec(`pragma application_id = ${applicationId}`);
  db.exec(`pragma user_version = ${migrations.length}`);
  db.exec('commit');
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`pragma ${name}`).get() as Row)[0]);
}

/** A list that only says what to delete: where it cannot be read, as much is deleted as can be. */
export function looseList(value: unknown): unknown[] {
  try {
    const read: unknown = JSON.parse(String(value));
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
