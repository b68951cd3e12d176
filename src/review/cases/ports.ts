// What working on cases needs.
import type { Case } from '../../domain/case/case.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { AssessmentLog } from '../../ports/assessment-log.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplanationLog } from '../../ports/explanation-log.ts';
import type { ExplanationNews } from '../../ports/explanation-news.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { Pseudonyms } from '../../ports/pseudonyms.ts';
import type { Teaching } from '../../ports/teaching.ts';

export interface CasePorts {
  readonly store: CaseStore;
  readonly queue: JobQueue;
  readonly log: ExplanationLog;
  readonly news: ExplanationNews;
  /** For what became of the login since. */
  readonly assessments: Pick<AssessmentLog, 'byId'>;
  readonly teaching: Teaching;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** The language in which analysts are told what to check. */
  readonly wording: Wording;
  /**
   * What else the page of a case shows (usual against this, timeline, what would have changed the verdict, ...), as JSON in the words of the
   * wire. Null: nothing else. It must not reject or take long: a part that is missing says so inside.
   */
  readonly context: ((found: Case) => Promise<{ readonly [part: string]: JsonValue }>) | null;
}
