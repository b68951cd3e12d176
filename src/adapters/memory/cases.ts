// Opens a case store and a job queue in memory that belong together, as the durable ones of one file do.
import type { Clock } from '../../ports/clock.ts';
import type { ExplanationLog } from '../../ports/explanation-log.ts';
import type { Random } from '../../ports/random.ts';
import { MemoryCaseStore } from './case-store.ts';
import { createMemoryExplanationLog } from './explanation-log.ts';
import { MemoryJobQueue } from './job-queue.ts';

export interface MemoryCases {
  readonly store: MemoryCaseStore;
  readonly queue: MemoryJobQueue;
  readonly log: ExplanationLog;
}

export function openMemoryCases(options: { readonly clock: Clock; readonly random: Random; readonly casesMax?: number }): MemoryCases {
  const { clock, random, casesMax } = options;
  const queue: MemoryJobQueue = new MemoryJobQueue({ clock, random, audit: (entry) => store.note(entry) });
  const store = new MemoryCaseStore({ random, jobs: queue, ...(casesMax === undefined ? {} : { casesMax }) });
  return { store, queue, log: createMemoryExplanationLog(store) };
}
