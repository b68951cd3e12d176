// Groups of cases as rows: who joins, who leaves, and what is counted of them. The rules are the domain's (campaign.ts, link.ts); here
// they are looked up and written, inside the transaction that opens the case, so that two processes cannot found two groups for one
// attack.
import { type Campaign, campaignAccountsMin, type Group, groupWith, type Neighbour } from '../../../domain/case/campaign.ts';
import { type LinkKind, linkKinds, linkWindowsMs, type Thread } from '../../../domain/case/link.ts';
import { tiers } from '../../../domain/case/tier.ts';
import { type Database, looseList, type Row } from '../database.ts';

export interface Member {
  readonly seq: number;
  readonly tenant: string;
  readonly account: string;
  readonly occurredAtMs: number;
  readonly tier: number;
}

type Traced = Pick<Member, 'seq' | 'tenant' | 'occurredAtMs'>;

const nearestBefore = `select seq, occurred_ms from case_trace where tenant = ? and kind = ? and value = ? and occurred_ms <= ?
  order by occurred_ms desc, seq desc limit 1`;
const nearestAfter = `select seq, occurred_ms from case_trace where tenant = ? and kind = ? and value = ? and occurred_ms > ?
  order by occurred_ms, seq limit 1`;

export class CampaignRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** To be called while the case has no threads of its own: when it is new, and when it is reopened. */
  join(member: Member & { readonly links: readonly Thread[] }, newGroupId: string): void {
    const neighbours = member.links.flatMap((link) => this.#neighbours(member, link));
    const own = this.#groupOf(member.seq) ?? null;
    const grouping = groupWith(neighbours, own);
    if (grouping === null) return;
    const into = grouping.into ?? this.#found(member, newGroupId);
    for (const merged of grouping.merged) this.#merge(merged, into);
    for (const { caseId, kinds } of grouping.loners) this.#enter(into, this.#member(Number(caseId)), kinds);
    if (own === null) this.#enter(into, { ...member, open: true }, grouping.kinds);
  }

  addTrace(traced: Traced, kind: string, value: string): void {
    const { tenant, occurredAtMs, seq } = traced;
    this.#db.run(
      'insert or ignore into case_trace (tenant, kind, value, occurred_ms, seq) values (?, ?, ?, ?, ?)',
      tenant,
      kind,
      value,
      occurredAtMs,
      seq,
    );
  }

  removeTraces(tenant: string, seq: number, occurredAtMs: number, traces: readonly (readonly [string, string])[]): void {
    for (const [kind, value] of traces)
      this.#db.run(
        'delete from case_trace where tenant = ? and kind = ? and value = ? and occurred_ms = ? and seq = ?',
        tenant,
        kind,
        value,
        occurredAtMs,
        seq,
      );
  }

  /** A genuine login ties nothing together: its threads are taken out while it is resolved so. */
  unlink(traced: Traced, traces: readonly (readonly [string, string])[]): void {
    const links = traces.filter(([kind]) => (linkKinds as readonly string[]).includes(kind));
    this.removeTraces(traced.tenant, traced.seq, traced.occurredAtMs, links);
  }

  /** When it is reopened it ties together what it would have, had it never been resolved. */
  relink(member: Member, traces: readonly (readonly [string, string])[], newGroupId: string): void {
    const links = linkKinds.flatMap((kind) => traces.filter((trace) => trace[0] === kind).map(([, value]) => ({ kind, value })));
    this.join({ ...member, links }, newGroupId);
    for (const { kind, value } of links) this.addTrace(member, kind, value);
  }

  setOpen(group: string | null, open: boolean): void {
    if (group !== null) this.#db.run('update campaign set open_cases = open_cases + ? where id = ?', open ? 1 : -1, group);
  }

  /** For a case that is erased or has expired; the last one takes the group and its old names with it. */
  leave(row: Row): void {
    const group = row['campaign'];
    if (typeof group !== 'string') return;
    const account = row['account'] as string;
    const left = this.#db.run('update campaign_account set cases = cases - 1 where campaign = ? and account = ?', group, account);
    const gone =
      left > 0 ? this.#db.run('delete from campaign_account where campaign = ? and account = ? and cases <= 0', group, account) : 0;
    for (const kind of looseList(row['joined_by']) as string[])
      this.#db.run('update campaign_link set cases = cases - 1 where campaign = ? and kind = ?', group, kind);
    this.#db.run(
      'update campaign set cases = cases - 1, open_cases = open_cases - ?, accounts = accounts - ? where id = ?',
      row['state'] === 1 ? 0 : 1,
      gone,
      group,
    );
    const rest = this.#db.get('select cases from campaign where id = ?', group);
    if (Number(rest?.['cases']) <= 0) this.#forget(group);
  }

  /** Where an id leads today. */
  rootOf(tenant: string, id: string): string | null {
    let row = this.#db.get('select id, merged_into from campaign where tenant = ? and id = ?', tenant, id);
    while (typeof row?.['merged_into'] === 'string')
      row = this.#db.get('select id, merged_into from campaign where tenant = ? and id = ?', tenant, row['merged_into']);
    return row === undefined ? null : String(row['id']);
  }

  read(row: Row): Campaign {
    const id = String(row['id']);
    const kinds = this.#db.all('select kind, cases from campaign_link where campaign = ? and cases > 0 order by cases desc, kind', id);
    return {
      id,
      tenant: String(row['tenant']),
      firstAtMs: Number(row['first_ms']),
      lastAtMs: Number(row['last_ms']),
      cases: Number(row['cases']),
      openCases: Number(row['open_cases']),
      accounts: Number(row['accounts']),
      tier: tiers[Number(row['tier'])] ?? 'low',
      sharedBy: kinds.map((each) => ({ kind: String(each['kind']) as LinkKind, cases: Number(each['cases']) })),
    };
  }

  find(tenant: string, id: string): Campaign | null {
    const root = this.rootOf(tenant, id);
    const row =
      root === null ? undefined : this.#db.get(`select * from campaign where id = ? and accounts >= ${campaignAccountsMin}`, root);
    return row === undefined ? null : this.read(row);
  }

  /** The nearest before and after in time with this thread, where they are near enough. */
  #neighbours(member: Member, link: Thread): Neighbour[] {
    const found: Neighbour[] = [];
    for (const sql of [nearestBefore, nearestAfter]) {
      const near = this.#db.get(sql, member.tenant, link.kind, link.value, member.occurredAtMs);
      if (near === undefined || Math.abs(Number(near['occurred_ms']) - member.occurredAtMs) > linkWindowsMs[link.kind]) continue;
      const group = this.#groupOf(Number(near['seq']));
      // A thread whose case is gone can only be damage.
      if (group !== undefined) found.push({ caseId: String(near['seq']), kind: link.kind, group });
    }
    return found;
  }

  /** Null: the case is in none. Undefined: there is no such case. */
  #groupOf(seq: number): Group | null | undefined {
    const row = this.#db.get('select g.id, g.cases from flagged_case c left join campaign g on g.id = c.campaign where c.seq = ?', seq);
    if (row === undefined) return undefined;
    return row['id'] === null ? null : { id: String(row['id']), cases: Number(row['cases']) };
  }

  #found(member: Member, id: string): string {
    this.#db.run(
      `insert into campaign (tenant, id, cases, open_cases, accounts, first_ms, last_ms, tier) values (?, ?, 0, 0, 0, ?, ?, ?)`,
      member.tenant,
      id,
      member.occurredAtMs,
      member.occurredAtMs,
      member.tier,
    );
    return id;
  }

  #member(seq: number): Member & { readonly open: boolean } {
    const row = this.#db.get('select tenant, account, occurred_ms, tier, state from flagged_case where seq = ?', seq) ?? {};
    return {
      seq,
      tenant: String(row['tenant']),
      account: String(row['account']),
      occurredAtMs: Number(row['occurred_ms']),
      tier: Number(row['tier']),
      open: row['state'] !== 1,
    };
  }

  #enter(group: string, member: Member & { readonly open: boolean }, kinds: readonly LinkKind[]): void {
    const db = this.#db;
    db.run('update flagged_case set campaign = ?, joined_by = ? where seq = ?', group, JSON.stringify(kinds), member.seq);
    const known = db.run('update campaign_account set cases = cases + 1 where campaign = ? and account = ?', group, member.account);
    if (known === 0) db.run('insert into campaign_account (campaign, account, cases) values (?, ?, 1)', group, member.account);
    for (const kind of kinds)
      db.run(
        'insert into campaign_link (campaign, kind, cases) values (?, ?, 1) on conflict (campaign, kind) do update set cases = cases + 1',
        group,
        kind,
      );
    db.run(
      `update campaign set cases = cases + 1, open_cases = open_cases + ?, accounts = accounts + ?, first_ms = min(first_ms, ?),
         last_ms = max(last_ms, ?), tier = min(tier, ?) where id = ?`,
      member.open ? 1 : 0,
      known === 0 ? 1 : 0,
      member.occurredAtMs,
      member.occurredAtMs,
      member.tier,
      group,
    );
  }

  #merge(from: string, into: string): void {
    const db = this.#db;
    db.run('update flagged_case set campaign = ? where campaign = ?', into, from);
    // "and true" tells the parser that "on" begins the upsert and not a join; see sqlite.org/lang_upsert.html.
    db.run(
      `insert into campaign_link (campaign, kind, cases) select ?, kind, cases from campaign_link where campaign = ? and true
         on conflict (campaign, kind) do update set cases = cases + excluded.cases`,
      into,
      from,
    );
    db.run(
      `update campaign_account set cases = cases + (select cases from campaign_account f where f.campaign = ?2 and f.account = campaign_account.account)
         where campaign = ?1 and account in (select account from campaign_account where campaign = ?2)`,
      into,
      from,
    );
    const added = db.run(
      'insert or ignore into campaign_account (campaign, account, cases) select ?, account, cases from campaign_account where campaign = ?',
      into,
      from,
    );
    db.run('delete from campaign_account where campaign = ?', from);
    db.run('delete from campaign_link where campaign = ?', from);
    db.run(
      `update campaign set cases = campaign.cases + f.cases, open_cases = campaign.open_cases + f.open_cases, accounts = campaign.accounts + ?,
         first_ms = min(campaign.first_ms, f.first_ms), last_ms = max(campaign.last_ms, f.last_ms), tier = min(campaign.tier, f.tier)
         from campaign f where f.id = ? and campaign.id = ?`,
      added,
      from,
      into,
    );
    db.run('update campaign set merged_into = ?, cases = 0, open_cases = 0, accounts = 0 where id = ?', into, from);
  }

  #forget(group: string): void {
    const names = [group];
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      names.push(...this.#db.all('select id from campaign where merged_into = ?', name).map((row) => String(row['id'])));
      this.#db.run('delete from campaign where id = ?', name);
      this.#db.run('delete from campaign_account where campaign = ?', name);
      this.#db.run('delete from campaign_link where campaign = ?', name);
    }
  }
}
