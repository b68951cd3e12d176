// What working on cases needs.
import type { Case } from '../../domain/case/case.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { AssetStore } from '../../ports/case/asset-store.ts';
import type { AssessmentLog } from '../../ports/assessment-log.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplanationLog } from '../../ports/case/explanation-log.ts';
import type { ExplanationNews } from '../../ports/case/explanation-news.ts';
import type { JobQueue } from '../../ports/case/job-queue.ts';
import type { Pseudonyms } from '../../ports/pseudonyms.ts';
import type { Teaching } from '../../ports/case/teaching.ts';
import type { CasePage } from '../case-page/case-page.ts';

export interface CasePorts {
  readonly store: CaseStore;
  readonly queue: JobQueue;
  readonly log: ExplanationLog;
  readonly news: ExplanationNews;
  readonly assets: AssetStore;
  /** For what became of the login since. */
  readonly assessments: Pick<AssessmentLog, 'byId'>;
  readonly teaching: Teaching;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** The language in which analysts are told what to check. */
  readonly wording: Wording;
  /** What else helps to judge a case. Never rejects, and takes no longer than its parts may. */
  readonly context: (found: Case) => Promise<CasePage>;
}
