// Puts the review side together, in a thread of its own: cases are opened, explained and forgotten here, and days summed up. Like compose.ts
// it may name concrete adapters.
//
// It opens the case database by itself, beside the handle that the door reads by: SQLite lets one write while others read, so an analyst's
// search never waits behind a flood of openings, and neither side's requests pass through the thread where logins are scored. Price: a
// second thread of SQLite, about 10 MB.
import { firstIdAt, madeAtMs } from '../adapters/crypto/random.ts';
import { createWording } from '../adapters/icu-messages/wording.ts';
import { AssessmentReader } from '../adapters/lmdb/assessments/assessment-reader.ts';
import type { Cases } from '../adapters/sqlite/open.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { ExplainerPlan } from '../domain/explainer-plan.ts';
import type { CaseName, LoginDone, NumberedLogin, ReviewSample } from '../ports/case/flagged-logins.ts';
import { DailySumming } from '../review/baseline/summing.ts';
import { templateBody, untouched } from '../review/explain/told/body.ts';
import { keepHouse } from '../review/housekeeping.ts';
import { Opener } from '../review/open/opener.ts';
import { tellerOf } from '../review/open/teller.ts';
import { ExplainCounts } from '../telemetry/explain-metrics.ts';
import type { Explaining, ExplainingParts } from './explaining.ts';
import { storeDirectory } from './directories.ts';
import { openCases } from './open-cases.ts';

export interface ReviewData {
  readonly dataDir: string;
  readonly caseRetentionDays: number;
  /** "en", "de". */
  readonly language: string;
  /** Null: the template tells every case. */
  readonly plan: ExplainerPlan | null;
}

export interface ReviewEvents {
  readonly onDone: (done: readonly LoginDone[]) => void;
  /** Something was told of these cases. */
  readonly onTold: (told: readonly CaseName[]) => void;
  /** Null when the store does not answer. */
  readonly onSample: (sample: ReviewSample | null) => void;
  readonly onProblem: (sentence: string) => void;
  /** Resolves when all that was assessed so far is durable; rejects when it cannot be made so. */
  readonly flush: () => Promise<void>;
}

export interface Review {
  take(logins: readonly NumberedLogin[]): void;
  forget(tenant: string, account: string): Promise<void>;
  close(): Promise<void>;
}

const sampleMs = 5000;

/** Rejects with one sentence when the case database cannot be used. */
export async function composeReview(data: ReviewData, events: ReviewEvents): Promise<Review> {
  const { dataDir, caseRetentionDays, plan } = data;
  const clock = systemClock;
  const { onProblem, onDone, onSample } = events;
  const cases = await openCases(dataDir, onProblem);
  const wording = createWording(data.language);
  const meter = new ExplainCounts();
  const onTold = gathered(events.onTold);
  const asked = plan ?? ((await isWorkLeft(cases)) ? planOfNobody : null);
  const explaining = asked === null ? null : await explain({ plan: asked, cases, clock, wording, meter, onTold, onProblem });
  const openingPlan = explaining === null || plan === null ? planOfNobody : plan;
  const opener = new Opener({
    store: cases.store,
    clock,
    tellerOf: (tier, caseId) => tellerOf(openingPlan, tier, caseId),
    templateBody(login, teller) {
      const body = templateBody(login, wording);
      return teller === 'sampled_out' ? { ...body, provenance: untouched('sampled_out') } : body;
    },
    assessedAtMs: madeAtMs,
    onUnexplained: (error) => onProblem(`The template could not explain a case: ${String((error as Error).message)}`),
    onDone,
    onOpened({ made: { id, tier }, job }) {
      if (job !== null) explaining?.wake(tier);
      else if (tellerOf(openingPlan, tier, id) === 'sampled_out') meter.told(tier, 'template', 'sampled_out');
    },
    onProblem,
  });
  const stopHousekeeping = keepHouse({ ...cases, clock, caseRetentionDays });
  const reader = new AssessmentReader(storeDirectory(dataDir), onProblem);
  const assessed = { slice: reader.slice.bind(reader), flush: events.flush };
  const summing = new DailySumming({ log: assessed, clock, firstIdAt });
  summing.start(cases.baselines);
  const sample = async (): Promise<ReviewSample> => {
    const { queue, baselines, assets } = cases;
    const [depths, damagedRows, summedUntilMs, daysKept, totals] = await Promise.all([
      queue.depths(),
      cases.damagedRows(),
      baselines.summedUntil(),
      baselines.daysKept(),
      assets.totals(),
    ]);
    const context = { summedUntilMs, daysKept, assets: totals.described, assetChangedAtMs: totals.changedAtMs };
    return { depths, damagedRows, context, counted: meter.snapshot() };
  };
  const tellSample = (): void => void sample().then(onSample, () => onSample(null));
  const sampling = setInterval(tellSample, sampleMs);
  tellSample();
  return {
    take: (logins) => opener.take(logins),
    forget: (tenant, account) => opener.forget(tenant, account),
    async close() {
      clearInterval(sampling);
      await Promise.all([opener.stop(), stopHousekeeping(), summing.stop(), explaining?.close()]);
      await reader.close();
      await cases.close();
    },
  };
}

/** What an earlier start left to models is told by the template where none is configured now. */
const planOfNobody: ExplainerPlan = { models: [], tiers: {}, tokensPerHour: null, moneyPerHour: null, currency: 'USD' };

async function isWorkLeft({ queue }: Cases): Promise<boolean> {
  return (await queue.depths()).some(({ waiting, leased, delayed }) => waiting + leased + delayed > 0);
}

/** Loaded where a plan asks for it: without one, nothing of it costs anything. What cannot be used leaves cases to the template. */
async function explain(parts: ExplainingParts): Promise<Explaining | null> {
  try {
    const { startExplaining } = await import('./explaining.ts');
    return await startExplaining(parts);
  } catch (error) {
    parts.onProblem(`No model explains cases, the template does: ${(error as Error).message}`);
    return null;
  }
}

/** Those of one turn of the loop in one message, each once. */
function gathered(tell: ReviewEvents['onTold']): (tenant: string, caseId: string) => void {
  const waiting = new Map<string, CaseName>();
  return (tenant, caseId) => {
    if (waiting.size === 0)
      setImmediate(() => {
        tell([...waiting.values()]);
        waiting.clear();
      });
    waiting.set(`${tenant} ${caseId}`, { tenant, caseId });
  };
}
