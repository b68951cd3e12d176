// Opens a case store and a job queue in memory that belong together, as the durable ones of one file do.
import type { AssetStore } from '../../ports/case/asset-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DailyBaselines } from '../../ports/case/daily-baselines.ts';
import type { ExplanationLog } from '../../ports/case/explanation-log.ts';
import type { Random } from '../../ports/random.ts';
import { createMemoryAssetStore } from './asset-store.ts';
import { MemoryCaseStore } from './case-store.ts';
import { createMemoryDailyBaselines } from './daily-baselines.ts';
import { createMemoryExplanationLog } from './explanation-log.ts';
import { MemoryJobQueue } from './job-queue.ts';

export interface MemoryCases {
  readonly store: MemoryCaseStore;
  readonly queue: MemoryJobQueue;
  readonly log: ExplanationLog;
  readonly assets: AssetStore;
  readonly baselines: DailyBaselines;
}

export interface MemoryCasesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly casesMax?: number;
  readonly assetsMax?: number;
}

export function openMemoryCases(options: MemoryCasesOptions): MemoryCases {
  const { clock, random, casesMax, assetsMax } = options;
  const queue: MemoryJobQueue = new MemoryJobQueue({ clock, random, audit: (entry) => store.note(entry) });
  const store = new MemoryCaseStore({ random, jobs: queue, ...(casesMax === undefined ? {} : { casesMax }) });
  return {
    store,
    queue,
    log: createMemoryExplanationLog(store),
    assets: createMemoryAssetStore(assetsMax === undefined ? {} : { assetsMax }),
    baselines: createMemoryDailyBaselines(),
  };
}
