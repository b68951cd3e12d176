// Explanations and what analysts thought of them, as rows.
import {
  explanationSources,
  type Feedback,
  explanationBytesMax,
  type NewExplanation,
  opinions,
  type StoredExplanation,
  stepToExplain,
} from '../../../domain/case/explanation.ts';
import { pageSize, readCursor, writeCursor } from '../../../domain/case/query.ts';
import type { Explained, Page } from '../../../ports/case/case-store.ts';
import type { Database, Row } from '../database.ts';

export class ReadingRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  explain(seq: number, made: NewExplanation): Explained {
    if (Buffer.byteLength(made.body) > explanationBytesMax) return { kind: 'too_large' };
    const rows = this.#db.all('select version, key, final from explanation where seq = ? order by version', seq);
    const existing = rows.map((row) => ({ version: Number(row['version']), key: String(row['key']), final: row['final'] === 1 }));
    const step = stepToExplain(existing, made);
    if (step.kind !== 'store') return step;
    this.#db.run(
      'insert into explanation (seq, version, key, source, final, at_ms, body) values (?, ?, ?, ?, ?, ?, ?)',
      seq,
      step.version,
      made.key,
      made.source,
      made.final ? 1 : 0,
      made.atMs,
      made.body,
    );
    return { kind: 'stored', version: step.version };
  }

  explanations(seq: number): StoredExplanation[] {
    return this.#db.all('select * from explanation where seq = ? order by version', seq).map((row) => ({
      version: Number(row['version']),
      source: explanationSources.find((source) => source === row['source']) ?? 'template',
      key: String(row['key']),
      final: row['final'] === 1,
      atMs: Number(row['at_ms']),
      body: String(row['body']),
    }));
  }

  giveFeedback(tenant: string, seq: number, given: Feedback): void {
    this.#db.run(
      `insert into feedback (tenant, seq, version, finding, by, opinion, comment, at_ms) values (?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (seq, version, finding, by) do update set opinion = excluded.opinion, comment = excluded.comment, at_ms = excluded.at_ms`,
      tenant,
      seq,
      given.version,
      given.finding ?? '',
      given.by,
      given.opinion,
      given.comment,
      given.atMs,
    );
  }

  feedbackOf(tenant: string, seq: number): Feedback[] {
    return this.#db.all(`${selectFeedback} where f.tenant = ? and f.seq = ? order by f.id`, tenant, seq).map(feedbackOf);
  }

  allFeedback(tenant: string, limit: number, cursor: string | null): Page<Feedback> {
    const scope = JSON.stringify([tenant, 'feedback']);
    const from = readCursor(scope, cursor);
    if (!from.ok) return { kind: 'bad_cursor' };
    const size = pageSize(limit);
    const rows = this.#db.all(
      `${selectFeedback} where f.tenant = ? and f.id > ? order by f.id limit ?`,
      tenant,
      from.after?.arrival ?? 0,
      size + 1,
    );
    const last = rows.length > size ? rows[size - 1] : undefined;
    return {
      kind: 'page',
      items: rows.slice(0, size).map(feedbackOf),
      nextCursor: last === undefined ? null : writeCursor(scope, { severity: 0, arrival: Number(last['id']) }),
    };
  }
}

const selectFeedback = 'select f.*, c.id as case_id from feedback f join flagged_case c on c.seq = f.seq';

function feedbackOf(row: Row): Feedback {
  return {
    caseId: String(row['case_id']),
    version: Number(row['version']),
    finding: row['finding'] === '' ? null : String(row['finding']),
    by: String(row['by']),
    opinion: opinions.find((opinion) => opinion === row['opinion']) ?? 'useless',
    comment: String(row['comment']),
    atMs: Number(row['at_ms']),
  };
}
