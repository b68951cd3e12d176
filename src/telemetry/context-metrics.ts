// The metrics of what analysts see beside a case: how far days are summed up, and what the inventory described.
import type { GaugeSource } from './metrics.ts';

export interface ContextFigures {
  /** Null: nothing is summed up yet. */
  readonly summedUntilMs: number | null;
  readonly daysKept: number;
  readonly assets: number;
  /** Null: none was ever told. */
  readonly assetChangedAtMs: number | null;
}

/** Null while nobody says; then there is no value, and none where the figure is null. */
export function contextMetrics(figures: () => ContextFigures | null): GaugeSource[] {
  const single = (name: string, help: string, read: (now: ContextFigures) => number | null): GaugeSource => ({
    name,
    help,
    read: () => {
      const now = figures();
      const value = now === null ? null : read(now);
      return value === null ? [] : [{ labels: {}, value }];
    },
  });
  return [
    single(
      'portcullis_baselines_until_timestamp_seconds',
      'Up to when assessments are summed up into days, Unix time; 5 to 15 minutes ago while all is well.',
      ({ summedUntilMs }) => secondsOf(summedUntilMs),
    ),
    single('portcullis_baseline_days', 'Days of which sums are kept.', ({ daysKept }) => daysKept),
    single('portcullis_assets', 'Applications that are described, of all tenants.', ({ assets }) => assets),
    single(
      'portcullis_asset_change_timestamp_seconds',
      'When the newest change of an application was made, as the inventory says, Unix time.',
      ({ assetChangedAtMs }) => secondsOf(assetChangedAtMs),
    ),
  ];
}

function secondsOf(atMs: number | null): number | null {
  return atMs === null ? null : atMs / 1000;
}
