// Accounts that were erased lately, as rows: by a keyed digest of their pseudonym, which nothing leads back from, and for no longer than a login
// of theirs may still be carried somewhere.
import { createHmac } from 'node:crypto';
import { dayMs } from '../../../domain/baseline/day.ts';
import { erasedDays } from '../../../domain/case/case.ts';
import type { Database } from '../database.ts';

export class ErasureRows {
  readonly #db: Database;
  readonly #key: Uint8Array;

  constructor(db: Database, key: Uint8Array) {
    this.#db = db;
    this.#key = key;
  }

  note(tenant: string, account: string, atMs: number): void {
    this.#db.run('insert or replace into erased_account (digest, at_ms) values (?, ?)', this.#digest(tenant, account), atMs);
  }

  /** Whether the account was erased at that moment or after it. */
  since(tenant: string, account: string, atMs: number): boolean {
    const row = this.#db.get('select at_ms from erased_account where digest = ?', this.#digest(tenant, account));
    return row !== undefined && Number(row['at_ms']) >= atMs;
  }

  forget(nowMs: number): void {
    this.#db.run('delete from erased_account where at_ms < ?', nowMs - erasedDays * dayMs);
  }

  #digest(tenant: string, account: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(['erased', tenant, account]))
      .digest('base64url');
  }
}
