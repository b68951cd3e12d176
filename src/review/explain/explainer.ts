// Explains cases with the operator's models: takes jobs out of the durable queue, tier by tier, and gives each case its last word. Whatever
// goes wrong, the template has it; whenever the process dies, the next one goes on.
import { type Tier, tiers } from '../../domain/case/tier.ts';
import type { ExplainerPlan } from '../../domain/explainer-plan.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplainerModel } from '../../ports/case/explainer-model.ts';
import type { ExplanationLog } from '../../ports/case/explanation-log.ts';
import type { JobQueue } from '../../ports/case/job-queue.ts';
import type { BatchParts, Pace } from './batch.ts';
import { createBudgets } from './asking/budget.ts';
import { createKeptAnswers, type KeptLimits } from './kept-answers.ts';
import type { ExplainMeter } from './meter.ts';
import { type PoolTimes, TierPool } from './pool.ts';
import { createWeakness } from './asking/weakness.ts';

export interface ExplainerOptions {
  readonly plan: ExplainerPlan;
  /** By the operator's names; one that could not be opened is missing. */
  readonly models: ReadonlyMap<string, ExplainerModel>;
  readonly queue: JobQueue;
  readonly store: Pick<CaseStore, 'get' | 'explain' | 'explanations'>;
  readonly log: ExplanationLog;
  readonly clock: Clock;
  /** The language of the explanations. A model tells in English only; in any other language the template tells all. */
  readonly wording: Wording;
  /** SHA-256 or the like: two stories never share an answer. */
  readonly digest: (text: string) => string;
  readonly meter: ExplainMeter;
  /** There is news of a case in the log. */
  readonly onTold: (tenant: string, caseId: string) => void;
  /** One sentence for the operator. */
  readonly onProblem: (sentence: string) => void;
  readonly times?: PoolTimes;
  readonly keptLimits?: KeptLimits;
}

export interface Explainer {
  start(): void;
  /** A job was enqueued: it need not wait for the next look. */
  wake(tier: Tier): void;
  /** Hangs up on the models and gives back what is not finished. */
  stop(): Promise<void>;
  /** Calls under way, per tier in order of urgency. */
  busy(): readonly number[];
}

const usualTimes: PoolTimes = { leaseMs: 30_000, pollMs: 1000 };

export function createExplainer(options: ExplainerOptions): Explainer {
  const { plan, clock, onProblem } = options;
  const parts: BatchParts = {
    ...options,
    budgets: createBudgets(plan, clock),
    weakness: createWeakness(clock, onProblem),
    kept: createKeptAnswers(options.keptLimits),
    underWay: new Map(),
    pace: createPace(),
  };
  const pools = tiers.map((tier) => new TierPool(parts, tier, options.times ?? usualTimes));
  return {
    start: () => pools.forEach((pool) => pool.start()),
    wake: (tier) => pools[tiers.indexOf(tier)]?.wake(),
    stop: async () => void (await Promise.all(pools.map((pool) => pool.stop()))),
    busy: () => pools.map((pool) => pool.busy),
  };
}

/** Before anything was measured: a model on a slow day. */
const firstGuessMs = 10_000;
const weightOfNew = 0.2;

function createPace(): Pace {
  const means = new Map<Tier, number>();
  return {
    note(tier, elapsedMs) {
      const mean = means.get(tier);
      means.set(tier, mean === undefined ? elapsedMs : mean + weightOfNew * (elapsedMs - mean));
    },
    expectedMs: (tier) => means.get(tier) ?? firstGuessMs,
  };
}
