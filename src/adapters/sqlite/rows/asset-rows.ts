// Descriptions of applications, as rows. A removed one is a row without facts.
import { type Asset, type AssetChange, type AssetFacts, assetSensitivities, stepToKeep } from '../../../domain/asset.ts';
import type { AssetKept, AssetTotals } from '../../../ports/case/asset-store.ts';
import type { Database, Row } from '../database.ts';

export class AssetRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  keep(tenant: string, change: AssetChange, placesMax: number): AssetKept {
    const { clientId, changedAtMs, facts, by } = change;
    const row = this.#db.get('select * from asset where tenant = ? and client_id = ?', tenant, clientId);
    const standing = row === undefined ? null : changeOf(row);
    const step = stepToKeep(standing, change);
    if (step !== 'store') return { kind: step, changedAtMs: standing?.changedAtMs ?? null };
    if (standing === null && !this.#hasRoom(tenant, placesMax)) return { kind: 'full', changedAtMs: null };
    this.#db.run(
      `insert or replace into asset (tenant, client_id, changed_ms, described, name, owner, sensitivity, environment, note, by)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      tenant,
      clientId,
      changedAtMs,
      facts === null ? 0 : 1,
      facts?.name ?? null,
      facts?.owner ?? null,
      facts?.sensitivity ?? null,
      facts?.environment ?? null,
      facts?.note ?? null,
      by,
    );
    return { kind: 'stored', changedAtMs };
  }

  get(tenant: string, clientId: string): Asset | null {
    const row = this.#db.get('select * from asset where tenant = ? and client_id = ? and described = 1', tenant, clientId);
    return row === undefined ? null : assetOf(row);
  }

  list(tenant: string, after: string | null, limit: number): Asset[] {
    // Every client id has a character, so all of them sort after the empty text.
    return this.#db
      .all(
        'select * from asset where tenant = ? and client_id > ? and described = 1 order by client_id limit ?',
        tenant,
        after ?? '',
        Math.max(0, limit),
      )
      .map(assetOf);
  }

  totals(): AssetTotals {
    const row = this.#db.get('select coalesce(sum(described), 0) as described, max(changed_ms) as changed_ms from asset');
    const changed = row?.['changed_ms'] ?? null;
    return { described: Number(row?.['described']), changedAtMs: changed === null ? null : Number(changed) };
  }

  /** The oldest removal is forgotten for a new one: its late events are the least likely ones still to come. */
  #hasRoom(tenant: string, placesMax: number): boolean {
    const taken = Number(this.#db.get('select count(*) as taken from asset where tenant = ?', tenant)?.['taken']);
    if (taken < placesMax) return true;
    const forgotten = this.#db.run(
      `delete from asset where tenant = ? and client_id =
         (select client_id from asset where tenant = ? and described = 0 order by changed_ms, client_id limit 1)`,
      tenant,
      tenant,
    );
    return forgotten > 0;
  }
}

function changeOf(row: Row): AssetChange {
  return {
    clientId: String(row['client_id']),
    changedAtMs: Number(row['changed_ms']),
    facts: row['described'] === 1 ? factsOf(row) : null,
    by: String(row['by']),
  };
}

function assetOf(row: Row): Asset {
  return { ...changeOf(row), facts: factsOf(row) };
}

/** What another version wrote that this one does not know is as if nobody had said it. */
function factsOf(row: Row): AssetFacts {
  return {
    name: textOrNull(row['name']),
    owner: textOrNull(row['owner']),
    sensitivity: assetSensitivities.find((known) => known === row['sensitivity']) ?? null,
    environment: textOrNull(row['environment']),
    note: textOrNull(row['note']),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
