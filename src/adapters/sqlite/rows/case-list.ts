// Lists: the query of a page from filter, order and cursor. Values are always bound; the text of a statement is made of fixed pieces only.
import type { SQLInputValue } from 'node:sqlite';
import { type Campaign, campaignAccountsMin } from '../../../domain/case/campaign.ts';
import { type CaseSummary, caseStates, isOpen } from '../../../domain/case/case.ts';
import { type RelationKind, relationKinds } from '../../../domain/case/link.ts';
import {
  type CaseFilter,
  type CaseOrder,
  type CaseQuery,
  pageSize,
  type Position,
  readCursor,
  scopeOf,
  writeCursor,
} from '../../../domain/case/query.ts';
import { afterPrefix, queryWords } from '../../../domain/case/search.ts';
import { tierRank } from '../../../domain/case/tier.ts';
import type { CampaignQuery, Page, Related } from '../../../ports/case/case-store.ts';
import type { CampaignRows } from './campaign-rows.ts';
import { type CaseRows, selectSummary } from './case-rows.ts';
import type { Database, Row } from '../database.ts';

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const ends: Readonly<Record<CaseOrder, { readonly after: string; readonly order: string }>> = {
  newest: { after: 'c.seq < ?', order: 'c.seq desc' },
  oldest: { after: 'c.seq > ?', order: 'c.seq' },
  severity: { after: '(c.severity, c.seq) < (?, ?)', order: 'c.severity desc, c.seq desc' },
};

export class CaseList {
  readonly #db: Database;
  readonly #cases: CaseRows;
  readonly #campaigns: CampaignRows;

  constructor(db: Database, cases: CaseRows, campaigns: CampaignRows) {
    this.#db = db;
    this.#cases = cases;
    this.#campaigns = campaigns;
  }

  page(tenant: string, query: CaseQuery): Page<CaseSummary> {
    const scope = scopeOf(tenant, query);
    const cursor = readCursor(scope, query.cursor);
    if (!cursor.ok) return { kind: 'bad_cursor' };
    const conditions = [{ sql: 'c.tenant = ?', values: [tenant] }, ...this.#conditions(tenant, query.filter)];
    if (cursor.after !== null) conditions.push(afterCursor(query.order, cursor.after));
    const size = pageSize(query.limit);
    const rows = this.#db.all(
      `${selectSummary} where ${conditions.map(({ sql }) => sql).join(' and ')} order by ${ends[query.order].order} limit ?`,
      ...conditions.flatMap(({ values }) => values),
      size + 1,
    );
    const last = rows.length > size ? rows[size - 1] : undefined;
    return {
      kind: 'page',
      items: rows.slice(0, size).flatMap((row) => this.#cases.summary(row) ?? []),
      nextCursor: last === undefined ? null : writeCursor(scope, positionOf(last)),
    };
  }

  related(tenant: string, id: string, limit: number): Related[] {
    const seq = this.#cases.seqOf(tenant, id);
    if (seq === null) return [];
    const atMs = Number(this.#db.get('select occurred_ms from flagged_case where seq = ?', seq)?.['occurred_ms']);
    const traces = new Map(this.#cases.tracesOf(seq));
    const found = new Map<number, Related>();
    const most = pageSize(limit);
    for (const kind of relationKinds) {
      const value = traces.get(kind);
      if (value === undefined) continue;
      for (const near of this.#nearest(tenant, kind, value, atMs, most)) {
        if (found.size === most) break;
        if (near === seq || found.has(near)) continue;
        const row = this.#db.get(`${selectSummary} where c.seq = ?`, near);
        const summary = row === undefined ? null : this.#cases.summary(row);
        if (summary !== null) found.set(near, { kind, found: summary });
      }
    }
    return [...found.values()];
  }

  campaigns(tenant: string, query: CampaignQuery): Page<Campaign> {
    const scope = JSON.stringify([tenant, 'campaigns', query.activeFromMs ?? null, query.unresolved ?? false]);
    const cursor = readCursor(scope, query.cursor);
    if (!cursor.ok) return { kind: 'bad_cursor' };
    const size = pageSize(query.limit);
    const rows = this.#db.all(
      `select * from campaign where tenant = ? and merged_into is null and accounts >= ${campaignAccountsMin} and last_ms >= ? and open_cases >= ? and seq < ?
         order by seq desc limit ?`,
      tenant,
      query.activeFromMs ?? Number.MIN_SAFE_INTEGER,
      query.unresolved === true ? 1 : 0,
      cursor.after?.arrival ?? Number.MAX_SAFE_INTEGER,
      size + 1,
    );
    const last = rows.length > size ? rows[size - 1] : undefined;
    return {
      kind: 'page',
      items: rows.slice(0, size).map((row) => this.#campaigns.read(row)),
      nextCursor: last === undefined ? null : writeCursor(scope, { severity: 0, arrival: Number(last['seq']) }),
    };
  }

  /** Of both sides of the moment, nearest first. */
  #nearest(tenant: string, kind: RelationKind, value: string, atMs: number, most: number): number[] {
    const side = (compare: string, direction: string): Row[] =>
      this.#db.all(
        `select seq, abs(occurred_ms - ?) as apart from case_trace where tenant = ? and kind = ? and value = ? and occurred_ms ${compare} ?
           order by occurred_ms ${direction}, seq limit ?`,
        atMs,
        tenant,
        kind,
        value,
        atMs,
        most + 1,
      );
    return [...side('<=', 'desc'), ...side('>', 'asc')]
      .map((row) => ({ seq: Number(row['seq']), apart: Number(row['apart']) }))
      .sort((a, b) => a.apart - b.apart || a.seq - b.seq)
      .map(({ seq }) => seq);
  }

  #conditions(tenant: string, filter: CaseFilter): Condition[] {
    const list: Condition[] = [];
    const add = (sql: string, ...values: SQLInputValue[]): void => void list.push({ sql, values });
    const among = (column: string, choices: readonly SQLInputValue[] | undefined): void => {
      if (choices !== undefined && choices.length > 0) add(`${column} in (${choices.map(() => '?').join(', ')})`, ...choices);
    };
    // Said in the words of the partial indexes, so that a list of what is open does not read through all that was resolved.
    if (filter.states !== undefined && filter.states.length > 0 && filter.states.every(isOpen)) add('c.state <> 1');
    among(
      'c.state',
      filter.states?.map((state) => caseStates.indexOf(state)),
    );
    among('c.tier', filter.tiers?.map(tierRank));
    among('c.verdict', filter.verdicts);
    if (filter.campaignId !== undefined) {
      add('c.campaign = ?', this.#campaigns.rootOf(tenant, filter.campaignId));
      add(`g.accounts >= ${campaignAccountsMin}`);
    }
    if (filter.account !== undefined) add('c.account = ?', filter.account);
    if (filter.code !== undefined) add('exists (select 1 from json_each(c.codes) j where j.value = ?)', filter.code);
    if (filter.openedFromMs !== undefined) add('c.opened_ms >= ?', filter.openedFromMs);
    if (filter.openedBeforeMs !== undefined) add('c.opened_ms < ?', filter.openedBeforeMs);
    for (const word of queryWords(filter.search ?? ''))
      add('c.seq in (select seq from case_word where tenant = ? and word >= ? and word < ?)', tenant, word, afterPrefix(word));
    return list;
  }
}

function afterCursor(order: CaseOrder, after: Position): Condition {
  return { sql: ends[order].after, values: order === 'severity' ? [after.severity, after.arrival] : [after.arrival] };
}

function positionOf(row: Row): Position {
  return { severity: Number(row['severity']), arrival: Number(row['seq']) };
}
