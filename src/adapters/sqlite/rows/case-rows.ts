// Cases as rows: writing a new one, reading one back, and deleting one with everything that hangs on it.
import { labels, levels, verdicts } from '../../../domain/assessment.ts';
import { type Case, type CaseSummary, caseStates, openedCase, type NewCase, type ShownFacts } from '../../../domain/case/case.ts';
import { campaignAccountsMin } from '../../../domain/case/campaign.ts';
import { linksOf, relationsOf } from '../../../domain/case/link.ts';
import { wordsOf } from '../../../domain/case/search.ts';
import { severityOf, tierRank, tiers } from '../../../domain/case/tier.ts';
import type { CampaignRows } from './campaign-rows.ts';
import { type Database, looseList, type Row } from '../database.ts';
import { damaged } from '../trouble.ts';

/** A group with too few accounts is not named to anybody. */
const summaryColumns = `c.*, case when g.accounts >= ${campaignAccountsMin} then g.id end as shown_campaign`;
export const selectSummary = `select ${summaryColumns} from flagged_case c left join campaign g on g.id = c.campaign`;

export interface CaseKey {
  readonly seq: number;
  readonly tenant: string;
  readonly id: string;
}

export class CaseRows {
  /** Rows that could not be read and were left out of a list. */
  damagedRows = 0;
  readonly #db: Database;
  readonly #campaigns: CampaignRows;

  constructor(db: Database, campaigns: CampaignRows) {
    this.#db = db;
    this.#campaigns = campaigns;
  }

  idOfAssessment(tenant: string, assessmentId: string): string | null {
    const row = this.#db.get('select id from flagged_case where tenant = ? and assessment_id = ?', tenant, assessmentId);
    return row === undefined ? null : String(row['id']);
  }

  seqOf(tenant: string, id: string): number | null {
    const row = this.#db.get('select seq from flagged_case where tenant = ? and id = ?', tenant, id);
    return row === undefined ? null : Number(row['seq']);
  }

  /** `groupId`: the name of a new group, should it found one. */
  add(made: NewCase, groupId: string): number {
    const opened = openedCase(made);
    const seq = this.#db.insert(
      `insert into flagged_case (tenant, id, assessment_id, account, occurred_ms, opened_ms, tier, severity, verdict, level, score, codes, shown, state)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      opened.tenant,
      opened.id,
      opened.assessmentId,
      opened.account,
      opened.occurredAtMs,
      opened.openedAtMs,
      tierRank(opened.tier),
      severityOf(opened.tier, opened.score),
      opened.verdict,
      opened.level,
      opened.score,
      JSON.stringify(opened.codes),
      JSON.stringify(opened.shown),
    );
    const { tenant, occurredAtMs } = opened;
    const links = linksOf(opened);
    this.#campaigns.join({ seq, tenant, account: opened.account, occurredAtMs, tier: tierRank(opened.tier), links }, groupId);
    const traces = [...links, ...relationsOf(opened.visit)].map(({ kind, value }) => [kind, value] as const);
    const words = wordsOf(opened);
    for (const [kind, value] of traces) this.#campaigns.addTrace({ seq, tenant, occurredAtMs }, kind, value);
    for (const word of words) this.#db.run('insert or ignore into case_word (tenant, word, seq) values (?, ?, ?)', tenant, word, seq);
    this.#db.run(
      'insert into case_body (seq, assessment, context, visit, traces, words) values (?, ?, ?, ?, ?, ?)',
      seq,
      JSON.stringify(opened.assessment),
      JSON.stringify(opened.context),
      JSON.stringify(opened.visit),
      JSON.stringify(traces),
      JSON.stringify(words),
    );
    return seq;
  }

  read(tenant: string, id: string): Case | null {
    return this.#whole(this.#db.get(`${selectSummary} where c.tenant = ? and c.id = ?`, tenant, id));
  }

  readByAssessment(tenant: string, assessmentId: string): Case | null {
    return this.#whole(this.#db.get(`${selectSummary} where c.tenant = ? and c.assessment_id = ?`, tenant, assessmentId));
  }

  /** Null, and counted, where a row cannot be read: one bad row must not hide a list. */
  summary(row: Row): CaseSummary | null {
    try {
      return summaryOf(row);
    } catch {
      this.damagedRows++;
      return null;
    }
  }

  /** The threads by which it is found, kind and value. */
  tracesOf(seq: number): readonly (readonly [string, string])[] {
    return looseList(this.#db.get('select traces from case_body where seq = ?', seq)?.['traces']) as [string, string][];
  }

  /** Everything but the audit, which names no user. */
  remove(key: CaseKey): void {
    const { seq, tenant, id } = key;
    const row = this.#db.get('select account, state, campaign, occurred_ms, joined_by from flagged_case where seq = ?', seq);
    const body = this.#db.get('select words from case_body where seq = ?', seq);
    if (row !== undefined) this.#campaigns.leave(row);
    this.#campaigns.removeTraces(tenant, seq, Number(row?.['occurred_ms']), this.tracesOf(seq));
    for (const word of looseList(body?.['words']))
      this.#db.run('delete from case_word where tenant = ? and word = ? and seq = ?', tenant, word as string, seq);
    this.#db.run('delete from case_body where seq = ?', seq);
    this.#db.run('delete from explanation where seq = ?', seq);
    this.#db.run('delete from telling where seq = ?', seq);
    this.#db.run('delete from feedback where seq = ?', seq);
    this.#db.run('delete from job where tenant = ? and subject = ?', tenant, id);
    this.#db.run('delete from flagged_case where seq = ?', seq);
  }

  #whole(row: Row | undefined): Case | null {
    if (row === undefined) return null;
    const body = this.#db.get('select assessment, context, visit from case_body where seq = ?', Number(row['seq']));
    if (body === undefined) throw damaged(`Case ${row['id']}`);
    try {
      return {
        ...summaryOf(row),
        assessment: objectOf(body['assessment']) as Case['assessment'],
        context: objectOf(body['context']) as Case['context'],
        visit: objectOf(body['visit']) as Case['visit'],
      };
    } catch {
      throw damaged(`Case ${row['id']}`);
    }
  }
}

/** Throws where the row is not one that we wrote. */
function summaryOf(row: Row): CaseSummary {
  return {
    id: textOf(row['id']),
    tenant: textOf(row['tenant']),
    assessmentId: textOf(row['assessment_id']),
    account: textOf(row['account']),
    occurredAtMs: Number(row['occurred_ms']),
    openedAtMs: Number(row['opened_ms']),
    tier: tiers[Number(row['tier'])] ?? refuse(),
    verdict: oneOf(verdicts, row['verdict']),
    level: oneOf(levels, row['level']),
    score: Number(row['score']),
    codes: listOf(row['codes']).map(textOf),
    state: caseStates[Number(row['state'])] ?? refuse(),
    resolution:
      row['label'] === null
        ? null
        : {
            label: oneOf(labels, row['label']),
            comment: textOf(row['comment']),
            by: textOf(row['resolved_by']),
            atMs: Number(row['resolved_ms']),
          },
    reopening: row['reopened_by'] === null ? null : { by: textOf(row['reopened_by']), atMs: Number(row['reopened_ms']) },
    campaignId: row['shown_campaign'] === null ? null : textOf(row['shown_campaign']),
    shown: objectOf(row['shown']) as unknown as ShownFacts,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : refuse();
}

function oneOf<T extends string>(words: readonly T[], value: unknown): T {
  return words.find((word) => word === value) ?? refuse();
}

function objectOf(value: unknown): object {
  const read: unknown = JSON.parse(textOf(value));
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : refuse();
}

function listOf(value: unknown): unknown[] {
  const read: unknown = JSON.parse(textOf(value));
  return Array.isArray(read) ? read : refuse();
}

function refuse(): never {
  throw new TypeError('not as it was written');
}
