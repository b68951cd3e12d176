// What the day of the login was like for the whole tenant, against the days before: an analyst sees at once whether this login stands alone or
// is one of a flood, and whether its country and network are usual here.
import type { Case } from '../../domain/case/case.ts';
import { dayMs, dayOf, type PlaceKind } from '../../domain/baseline/day.ts';
import type { DailyBaselines, DayTotals } from '../../ports/case/daily-baselines.ts';
import { absentPart, here, type Part } from './part.ts';

/** usual: the median of the days before; null where there is none. */
export interface Compared {
  readonly onDay: number;
  readonly usual: number | null;
}

export interface PlaceCompared {
  readonly kind: PlaceKind;
  /** Country code, or number of the network. */
  readonly value: string;
  readonly logins: Compared;
  readonly flagged: Compared;
}

export interface PageBaseline {
  /** Begin of the day of the login, UTC. */
  readonly dayAtMs: number;
  /** False: the day is still being summed up, so that its numbers are of a part of it. */
  readonly isWhole: boolean;
  /** Whole days before it that `usual` is of, at most `usualDays`; those without a login count as such. */
  readonly daysBefore: number;
  readonly logins: Compared;
  readonly failures: Compared;
  readonly flagged: Compared;
  readonly accounts: Compared;
  readonly countries: Compared;
  readonly networks: Compared;
  /** The login's own; left out where they are unknown. */
  readonly places: readonly PlaceCompared[];
}

/** Four weeks, so that every day of the week is in it equally often. */
export const usualDays = 28;

/** unknown: the day is not summed up yet, or its sums are forgotten. As of when the sums of the day end. */
export async function baselinePart(
  { tenant, occurredAtMs, visit }: Case,
  baselines: Pick<DailyBaselines, 'summedUntil' | 'days' | 'place'>,
): Promise<Part<PageBaseline>> {
  const day = dayOf(occurredAtMs);
  const [untilMs, days] = await Promise.all([baselines.summedUntil(), baselines.days(tenant, day - usualDays, day)]);
  const endMs = (day + 1) * dayMs;
  if (untilMs === null || days.at(-1)?.day !== day) return absentPart('unknown');
  const span = { day, firstDay: (days[0] as DayTotals).day };
  const of = (count: (totals: DayTotals) => number): Compared => compared(days, span, count);
  const placeOf = async (kind: PlaceKind, value: string): Promise<PlaceCompared> => {
    const totals = await baselines.place(tenant, kind, value, span.firstDay, day);
    return {
      kind,
      value,
      logins: compared(totals, span, ({ logins }) => logins),
      flagged: compared(totals, span, ({ flagged }) => flagged),
    };
  };
  const asked = [
    ...(visit.country === null ? [] : [placeOf('country', visit.country)]),
    ...(visit.asn === null ? [] : [placeOf('network', String(visit.asn))]),
  ];
  return here(Math.min(untilMs, endMs), {
    dayAtMs: day * dayMs,
    isWhole: untilMs >= endMs,
    daysBefore: day - span.firstDay,
    logins: of(({ logins }) => logins),
    failures: of(({ failures }) => failures),
    flagged: of(({ flagged }) => flagged.reduce((sum, count) => sum + count, 0)),
    accounts: of(({ accounts }) => accounts),
    countries: of(({ countries }) => countries),
    networks: of(({ networks }) => networks),
    places: await Promise.all(asked),
  });
}

/** Days between the first one that is known and the day itself; one that is not listed had none. */
function compared<T extends { readonly day: number }>(
  totals: readonly T[],
  { day, firstDay }: { readonly day: number; readonly firstDay: number },
  count: (totals: T) => number,
): Compared {
  const byDay = new Map(totals.map((each) => [each.day, count(each)]));
  const before = Array.from({ length: day - firstDay }, (_, i) => byDay.get(firstDay + i) ?? 0);
  return { onDay: byDay.get(day) ?? 0, usual: median(before) };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
