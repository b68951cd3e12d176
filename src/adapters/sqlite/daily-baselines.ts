// Daily sums as their callers see them: requests to the store's thread.
import type { DailyBaselines } from '../../ports/case/daily-baselines.ts';
import type { Channel } from './channel.ts';

export function createDailyBaselines(channel: Channel): DailyBaselines {
  return {
    summedUntil: () => channel.call('baselinesUntil', []),
    add: (tenant, window, sums) => channel.call('addBaselines', [tenant, window, sums]),
    settle: (untilMs) => channel.call('settleBaselines', [untilMs]),
    days: (tenant, firstDay, lastDay) => channel.call('baselineDays', [tenant, firstDay, lastDay]),
    place: (tenant, kind, value, firstDay, lastDay) => channel.call('baselinePlace', [tenant, kind, value, firstDay, lastDay]),
    daysKept: () => channel.call('baselineDaysKept', []),
    expire: (beforeDay) => channel.call('expireBaselines', [beforeDay]),
  };
}
