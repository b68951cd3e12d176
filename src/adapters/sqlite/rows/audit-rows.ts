// The audit as rows: appending to the chain, reading it, and following it from the start.
import { createHmac } from 'node:crypto';
import {
  type AuditAction,
  type AuditEntry,
  type AuditHead,
  auditActions,
  chainEntry,
  type ChainReading,
  type Digest,
  emptyHead,
  followChain,
  type NewAuditEntry,
  sealOf,
} from '../../../domain/case/audit.ts';
import type { AuditQuery } from '../../../ports/case/case-store.ts';
import { pageSize } from '../../../domain/case/query.ts';
import type { Database, Row } from '../database.ts';

/** Where following the chain stands; the caller passes it on to the next slice. */
export type Slice =
  | { readonly kind: 'more'; readonly head: AuditHead }
  | { readonly kind: 'end'; readonly head: AuditHead; readonly sealed: boolean }
  | { readonly kind: 'broken'; readonly at: number };

/** About 15 ms of the store's thread. */
const entriesPerSlice = 2000;

export class AuditRows {
  readonly #db: Database;
  readonly #digest: Digest;

  constructor(db: Database, key: Uint8Array) {
    this.#db = db;
    this.#digest = (text) => createHmac('sha256', key).update(text).digest('base64url');
  }

  append(entry: NewAuditEntry): AuditHead {
    const end = this.#end();
    const chained = chainEntry({ sequence: end.sequence, hash: end.hash }, entry, this.#digest);
    const head = { sequence: chained.sequence, hash: chained.hash };
    this.#db.run(
      'insert into audit (sequence, at_ms, tenant, actor, action, subject, detail, hash) values (?, ?, ?, ?, ?, ?, ?, ?)',
      chained.sequence,
      chained.atMs,
      chained.tenant,
      chained.actor,
      chained.action,
      chained.subject,
      JSON.stringify(chained.detail),
      chained.hash,
    );
    this.#db.run(
      'insert or replace into audit_end (one, sequence, hash, seal) values (1, ?, ?, ?)',
      head.sequence,
      head.hash,
      sealOf(head, this.#digest),
    );
    return head;
  }

  read(tenant: string, query: AuditQuery): AuditEntry[] {
    const before = query.before ?? Number.MAX_SAFE_INTEGER;
    const limit = pageSize(query.limit);
    const rows =
      query.subject === undefined
        ? this.#db.all('select * from audit where tenant = ? and sequence < ? order by sequence desc limit ?', tenant, before, limit)
        : this.#db.all(
            "select * from audit where tenant = ? and subject = ? and subject <> '' and sequence < ? order by sequence desc limit ?",
            tenant,
            query.subject,
            before,
            limit,
          );
    return rows.map(entryOf);
  }

  /** Keyed by the case's own salt, so that the comment of an erased case cannot be guessed from the audit. */
  commentDigest(salt: string, comment: string): string {
    return createHmac('sha256', salt).update(comment).digest('base64url');
  }

  /** The next entries after `from`; `anchor`, when it lies among them, must be what it was. */
  follow(from: AuditHead, anchor: AuditHead | null): Slice {
    const rows = this.#db.all('select * from audit where sequence > ? order by sequence limit ?', from.sequence, entriesPerSlice);
    const entries = rows.map(entryOf);
    const reading: ChainReading = followChain(from, entries, this.#digest);
    if (!reading.ok) return { kind: 'broken', at: reading.brokenAt };
    const met = entries.find((entry) => entry.sequence === anchor?.sequence);
    if (met !== undefined && met.hash !== anchor?.hash) return { kind: 'broken', at: met.sequence };
    if (rows.length === entriesPerSlice) return { kind: 'more', head: reading.head };
    // Entries that were appended between two slices are in the note of the end and not yet followed.
    const end = this.#end();
    const { head } = reading;
    const reached = end.sequence === head.sequence && end.hash === head.hash;
    return { kind: 'end', head, sealed: reached && (head.sequence === 0 || end.seal === sealOf(head, this.#digest)) };
  }

  #end(): AuditHead & { readonly seal: string } {
    const row = this.#db.get('select sequence, hash, seal from audit_end');
    if (row === undefined) return { ...emptyHead, seal: '' };
    return { sequence: Number(row['sequence']), hash: String(row['hash']), seal: String(row['seal']) };
  }
}

/** What cannot be read comes back as it is, so that following the chain breaks at it and nothing else does. */
function entryOf(row: Row): AuditEntry {
  return {
    sequence: Number(row['sequence']),
    atMs: Number(row['at_ms']),
    tenant: String(row['tenant']),
    actor: String(row['actor']),
    action: auditActions.find((action) => action === row['action']) ?? (String(row['action']) as AuditAction),
    subject: String(row['subject']),
    detail: detailOf(String(row['detail'])),
    hash: String(row['hash']),
  };
}

function detailOf(text: string): AuditEntry['detail'] {
  try {
    const read: unknown = JSON.parse(text);
    // Another spelling of the same is still not what was written.
    if (typeof read === 'object' && read !== null && JSON.stringify(read) === text) return read as AuditEntry['detail'];
  } catch {
    // Told below.
  }
  return { unreadable: true };
}
