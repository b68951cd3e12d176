// What was told of a case, as rows.
import { StorageFailure } from '../../../domain/case/failure.ts';
import { lastKind, tellingBytesMax, tellingsToKeep } from '../../../domain/case/telling.ts';
import type { NewTelling, Telling } from '../../../ports/case/explanation-log.ts';
import type { Database } from '../database.ts';

export class TellingRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The number of the last one that is there now. */
  append(seq: number, made: readonly NewTelling[]): number {
    if (made.some(({ body }) => Buffer.byteLength(body) > tellingBytesMax))
      throw new StorageFailure('failed', `What is told of a case has more than ${tellingBytesMax} bytes.`);
    const last = this.#db.get('select number, kind from telling where seq = ? order by number desc limit 1', seq);
    const stored = Number(last?.['number'] ?? 0);
    const isKnown = (key: string): boolean => this.#db.get('select 1 from telling where seq = ? and key = ?', seq, key) !== undefined;
    const kept = tellingsToKeep({ count: stored, isOver: last?.['kind'] === lastKind, isKnown }, made);
    for (const [i, { key, kind, atMs, body }] of kept.entries())
      this.#db.run(
        'insert into telling (seq, number, key, kind, at_ms, body) values (?, ?, ?, ?, ?, ?)',
        seq,
        stored + i + 1,
        key,
        kind,
        atMs,
        body,
      );
    return stored + kept.length;
  }

  after(seq: number, number: number, limit: number): Telling[] {
    return this.#db
      .all('select * from telling where seq = ? and number > ? order by number limit ?', seq, number, Math.max(0, limit))
      .map((row) => ({
        sequence: Number(row['number']),
        key: String(row['key']),
        kind: String(row['kind']),
        body: String(row['body']),
        atMs: Number(row['at_ms']),
      }));
  }
}
