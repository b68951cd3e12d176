// Puts the review side together, in a thread of its own: cases are opened, explained and forgotten here. Like compose.ts
// it may name concrete adapters.
//
// It opens the case database by itself, beside the handle that the door reads by: SQLite lets one write while others read, so an analyst's
// search never waits behind a flood of openings, and neither side's requests pass through the thread where logins are scored. Price: a
// second thread of SQLite, about 10 MB.
import { createWording } from '../adapters/icu-messages/wording.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Tier } from '../domain/case/tier.ts';
import type { LoginDone, NumberedLogin, ReviewSample } from '../ports/flagged-logins.ts';
import { templateBody, writeBody } from '../review/explain/body.ts';
import { keepHouse } from '../review/housekeeping.ts';
import { Opener } from '../review/open/opener.ts';
import { openCases } from './open-cases.ts';

export interface ReviewData {
  readonly dataDir: string;
  readonly caseRetentionDays: number;
}

export interface ReviewEvents {
  readonly onDone: (done: readonly LoginDone[]) => void;
  /** Null when the store does not answer. */
  readonly onSample: (sample: ReviewSample | null) => void;
  readonly onProblem: (sentence: string) => void;
}

export interface Review {
  take(logins: readonly NumberedLogin[]): void;
  forget(tenant: string, account: string): Promise<void>;
  close(): Promise<void>;
}

const sampleMs = 5000;

/** Rejects with one sentence when the case database cannot be used. */
export async function composeReview({ dataDir, caseRetentionDays }: ReviewData, events: ReviewEvents): Promise<Review> {
  const clock = systemClock;
  const { onProblem, onDone, onSample } = events;
  const cases = await openCases(dataDir, onProblem);
  const wording = createWording('en');
  const opener = new Opener({
    store: cases.store,
    clock,
    templateBody: (login) => writeBody(templateBody(login, wording)),
    explainsByModel,
    onUnexplained: (error) => onProblem(`The template could not explain a case: ${String((error as Error).message)}`),
    onDone,
    onProblem,
  });
  const stopHousekeeping = keepHouse({ store: cases.store, queue: cases.queue, clock, caseRetentionDays });
  const sample = async (): Promise<ReviewSample> => {
    const [depths, damagedRows] = await Promise.all([cases.queue.depths(), cases.damagedRows()]);
    return { depths, damagedRows };
  };
  const tellSample = (): void => void sample().then(onSample, () => onSample(null));
  const sampling = setInterval(tellSample, sampleMs);
  tellSample();
  return {
    take: (logins) => opener.take(logins),
    forget: (tenant, account) => opener.forget(tenant, account),
    async close() {
      clearInterval(sampling);
      await Promise.all([opener.stop(), stopHousekeeping()]);
      await cases.close();
    },
  };
}

/** No model explains cases yet, so the template's word is the last one. */
function explainsByModel(_tier: Tier): boolean {
  return false;
}
