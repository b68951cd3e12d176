// Opens the cases of one data directory: cases.sqlite, with its store and its queue. Several processes of one machine may do so at the same time.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assetsMax } from '../../domain/asset.ts';
import { StorageFailure } from '../../domain/case/failure.ts';
import type { AssetStore } from '../../ports/case/asset-store.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { DailyBaselines } from '../../ports/case/daily-baselines.ts';
import type { ExplanationLog } from '../../ports/case/explanation-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue } from '../../ports/case/job-queue.ts';
import type { Random } from '../../ports/random.ts';
import { createAssetStore } from './asset-store.ts';
import { createCaseStore } from './case-store.ts';
import { Channel } from './channel.ts';
import { createDailyBaselines } from './daily-baselines.ts';
import { createExplanationLog } from './explanation-log.ts';
import { createJobQueue } from './job-queue.ts';

/** The key that the audit's hashes are made with. Kept elsewhere than in the directory, it holds the audit against whoever can write there. */
export interface AuditKey {
  /** For what the operator is told. */
  readonly file: string;
  /** Null: what is kept is not a key. */
  readonly bytes: Uint8Array | null;
  /** There was none, and it was made just now. */
  readonly made: boolean;
}

export interface SqliteCasesOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Told in one sentence when the database cannot be used and when it works again. */
  readonly onProblem: (sentence: string) => void;
  readonly auditKey: AuditKey;
  /** Openings and requests that may wait in memory, about 6 KB each. */
  readonly waitingMax?: number;
  /** How long a write waits for another process that holds the database; only the store's own thread waits. */
  readonly busyMs?: number;
  /** Applications described per tenant. */
  readonly assetsMax?: number;
}

export interface CasesHealth {
  readonly ok: boolean;
  readonly detail: string;
  /** Waiting for the store's thread now. */
  readonly waiting: number;
}

export interface Cases {
  readonly store: CaseStore;
  readonly queue: JobQueue;
  readonly log: ExplanationLog;
  readonly assets: AssetStore;
  readonly baselines: DailyBaselines;
  health(): CasesHealth;
  /** Rows left out of lists because they could not be read, since the start. */
  damagedRows(): Promise<number>;
  close(): Promise<void>;
}

/** Rejects with a StorageFailure of one sentence when the directory or the file cannot be used. */
export async function openSqliteCases(options: SqliteCasesOptions): Promise<Cases> {
  const { directory, clock, random, onProblem } = options;
  const file = join(directory, 'cases.sqlite');
  requireDirectory(directory);
  const auditKey = usable(options.auditKey, existsSync(file), onProblem);
  const channel = new Channel({ file, auditKey, clock, onProblem, waitingMax: options.waitingMax ?? 5000, busyMs: options.busyMs ?? 5000 });
  await channel.start();
  return {
    store: createCaseStore(channel, clock, random),
    queue: createJobQueue(channel, clock, random),
    log: createExplanationLog(channel),
    assets: createAssetStore(channel, options.assetsMax ?? assetsMax),
    baselines: createDailyBaselines(channel),
    health: () => ({
      ok: channel.trouble === null,
      detail: channel.trouble ?? `${channel.waiting} requests waiting`,
      waiting: channel.waiting,
    }),
    damagedRows: () => channel.call('damagedRows', []),
    close: () => channel.close(),
  };
}

function requireDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StorageFailure(
      'unavailable',
      `The directory ${directory} cannot be used for cases (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function usable({ file, bytes, made }: AuditKey, databaseExists: boolean, onProblem: (sentence: string) => void): Uint8Array {
  if (bytes === null) throw new StorageFailure('unavailable', `The audit's key ${file} is damaged: restore it from a backup.`);
  if (made && databaseExists)
    onProblem(`The audit's key ${file} is missing and was made anew: the entries so far can no longer be verified.`);
  return bytes;
}
