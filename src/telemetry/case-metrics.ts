// The metrics of cases and of the work on them, read when asked for from whoever counts. Labels are tiers and states only.
import type { TierDepth } from '../domain/case/job.ts';
import { tiers } from '../domain/case/tier.ts';
import type { GaugeSource } from './metrics.ts';

export interface CaseFigures {
  /** By tier, in order of urgency; since the start. */
  readonly opened: readonly number[];
  readonly impossible: number;
  readonly overflowed: number;
  readonly waiting: number;
  readonly oldestAgeMs: number;
  readonly scans: number;
  readonly restarts: number;
  /** Null while nobody says. */
  readonly depths: readonly TierDepth[] | null;
  readonly damagedRows: number;
}

const jobStates = ['waiting', 'leased', 'delayed', 'dead'] as const;

export function caseMetrics(figures: () => CaseFigures): GaugeSource[] {
  const single = (name: string, help: string, read: (now: CaseFigures) => number, type: 'gauge' | 'counter' = 'gauge'): GaugeSource => ({
    name,
    help,
    type,
    read: () => [{ labels: {}, value: read(figures()) }],
  });
  const byTier = (name: string, help: string, read: (depth: TierDepth) => number, type: 'gauge' | 'counter' = 'gauge'): GaugeSource => ({
    name,
    help,
    type,
    read: () => (figures().depths ?? []).map((depth) => ({ labels: { tier: depth.tier }, value: read(depth) })),
  });
  return [
    {
      name: 'portcullis_cases_opened_total',
      help: 'Flagged logins that became a case, by tier.',
      type: 'counter',
      read: () => {
        const { opened } = figures();
        return tiers.map((tier, at) => ({ labels: { tier }, value: opened[at] as number }));
      },
    },
    single('portcullis_cases_waiting', 'Flagged logins whose case is not yet stored.', (now) => now.waiting),
    single('portcullis_cases_waiting_oldest_seconds', 'Age of the flagged login that waits longest.', (now) => now.oldestAgeMs / 1000),
    single(
      'portcullis_cases_overflowed_total',
      'Flagged logins that did not fit into memory and are looked for among the stored assessments.',
      (now) => now.overflowed,
      'counter',
    ),
    single(
      'portcullis_case_scans_total',
      'Searches of stored assessments for flagged logins without a case.',
      (now) => now.scans,
      'counter',
    ),
    single('portcullis_cases_impossible_total', 'Flagged logins that the case store refuses for good.', (now) => now.impossible, 'counter'),
    single(
      'portcullis_review_restarts_total',
      'Times that the review thread was lost and started again.',
      (now) => now.restarts,
      'counter',
    ),
    single(
      'portcullis_case_damaged_rows',
      'Rows of cases that could not be read, since the start of the thread.',
      (now) => now.damagedRows,
    ),
    {
      name: 'portcullis_jobs',
      help: 'Explanations to be made, by tier and state.',
      read: () =>
        (figures().depths ?? []).flatMap((depth) =>
          jobStates.map((state) => ({ labels: { tier: depth.tier, state }, value: depth[state] })),
        ),
    },
    byTier('portcullis_job_oldest_seconds', 'Age of the oldest unfinished job.', (depth) => depth.oldestAgeMs / 1000),
    byTier('portcullis_jobs_late', 'Unfinished jobs that are past their deadline.', (depth) => depth.late),
    byTier('portcullis_jobs_ended_total', 'Jobs that ended, since the case database was made.', (depth) => depth.ended, 'counter'),
    byTier('portcullis_jobs_missed_total', 'Jobs that ended after their deadline, or died.', (depth) => depth.missed, 'counter'),
  ];
}
