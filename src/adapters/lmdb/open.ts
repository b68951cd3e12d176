// Opens the durable stores of one data directory. Several processes of one machine may do so at the same time.
import type { Clock } from '../../ports/clock.ts';
import { LmdbAssessmentLog } from './assessments/assessment-log.ts';
import { freeBytesOf, openEnvironment } from './environment.ts';
import { EventIndex } from './event-index.ts';
import { Journal } from './journal.ts';
import { Maintenance } from './maintenance.ts';
import { ProfileExpiry } from './profile-expiry.ts';
import { LmdbProfileStore } from './profile-store.ts';
import { kinds } from './record-kinds.ts';
import { RecordStore } from './record-store.ts';

export interface LmdbOptions {
  readonly directory: string;
  readonly clock?: Clock;
  /** Id of the key behind the pseudonyms. A store keeps the one it was made with and is not opened under another. */
  readonly keyId?: string;
  /** Told in one sentence when writing fails and when it works again. */
  readonly onProblem: (sentence: string) => void;
  /** Changes are durable within this time. */
  readonly flushIntervalMs?: number;
  /** Memory for changes that are durable and not yet folded into records. 48 MB hold about 100,000 attempts. */
  readonly pendingBytesMax?: number;
  /** How much may still be written to the disk; asked before every write. */
  readonly freeBytes?: () => number;
}

export interface StoreHealth {
  readonly ok: boolean;
  readonly detail: string;
  /** Share of the memory for pending changes in use. */
  readonly pendingShare: number;
  /** Records that could not be read and were taken as absent, since the start. */
  readonly damagedRecords: number;
  /** Changes given up because they could not be stored, since the start. */
  readonly droppedChanges: number;
}

export interface LmdbStores {
  readonly profiles: LmdbProfileStore;
  readonly assessments: LmdbAssessmentLog;
  health(): StoreHealth;
  /** Folds everything pending into its records; for tests, tools and a tidy end. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const megabyte = 1 << 20;

/** Throws an Error of one sentence when the directory, its format or its content cannot be used. */
export function openLmdbStores(options: LmdbOptions): LmdbStores {
  const flushIntervalMs = options.flushIntervalMs ?? 200;
  const environment = openEnvironment(options.directory, options.keyId ?? null);
  const index = new EventIndex(options.pendingBytesMax ?? 48 * megabyte);
  let maintenance: Maintenance | null = null;
  const journal = new Journal(environment, index, () => {
    records.forgetHot();
    maintenance?.begunAnew();
  });
  const records = new RecordStore(environment, index, journal);
  journal.open();
  const log = new LmdbAssessmentLog(environment, index);
  const kept = new Maintenance({
    index,
    journal,
    records,
    companion: log,
    fold(kind, key) {
      const record = kinds[kind];
      return record === undefined ? log.fold(kind, key) : records.fold(record, key);
    },
    pace: { flushIntervalMs, freeBytes: options.freeBytes ?? (() => freeBytesOf(options.directory)) },
    onProblem: options.onProblem,
  });
  maintenance = kept;
  log.maintainedBy(kept);
  const profiles = new LmdbProfileStore({
    index,
    records,
    maintenance: kept,
    expiry: new ProfileExpiry({ environment, index, records, maintenance: kept }),
    flushIntervalMs,
  });

  let closing: Promise<void> | null = null;
  return {
    profiles,
    assessments: log,
    health() {
      const damagedRecords = records.damaged + journal.damagedEvents + log.damaged;
      const pendingShare = index.fullness();
      const trouble = kept.trouble;
      return {
        ok: trouble === null,
        detail:
          trouble === null
            ? `${Math.round(pendingShare * 100)} % of the memory for pending changes in use, ${damagedRecords} damaged records`
            : `cannot be written: ${trouble}`,
        pendingShare,
        damagedRecords,
        droppedChanges: profiles.dropped + log.dropped,
      };
    },
    settle: () => kept.settle(),
    close() {
      closing ??= kept.close().then(() => environment.root.close());
      return closing;
    },
  };
}
