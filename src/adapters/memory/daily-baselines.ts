// Daily sums in memory, with the same answers as the durable store.
import { type DaySums, type PlaceCount, placesPerDayMax, placeKinds } from '../../domain/baseline/day.ts';
import { countDistinct, mergeDistinct } from '../../domain/baseline/distinct.ts';
import type { DailyBaselines } from '../../ports/case/daily-baselines.ts';

/** Forgotten per call. */
const expiredPerCall = 5;

export function createMemoryDailyBaselines(): DailyBaselines {
  const tenants = new Map<string, Map<number, DaySums>>();
  const marks = new Map<string, number>();
  let end: number | null = null;
  const between = (tenant: string, firstDay: number, lastDay: number): DaySums[] =>
    [...(tenants.get(tenant)?.values() ?? [])].filter(({ day }) => day >= firstDay && day <= lastDay).sort((a, b) => a.day - b.day);
  return {
    summedUntil: async () => end,
    async add(tenant, { fromMs, untilMs }, sums) {
      if ((marks.get(tenant) ?? fromMs) > fromMs) return false;
      const days = tenants.get(tenant) ?? new Map<number, DaySums>();
      tenants.set(tenant, days);
      for (const each of structuredClone(sums)) {
        const known = days.get(each.day);
        if (known === undefined) days.set(each.day, each);
        else addInto(known, each);
      }
      marks.set(tenant, untilMs);
      return true;
    },
    async settle(untilMs) {
      end = Math.max(end ?? untilMs, untilMs);
    },
    async days(tenant, firstDay, lastDay) {
      return between(tenant, firstDay, lastDay).map(({ day, logins, failures, flagged, accounts, places }) => ({
        day,
        logins,
        failures,
        flagged: [...flagged],
        accounts: countDistinct(accounts),
        countries: places.country.size,
        networks: places.network.size,
      }));
    },
    async place(tenant, kind, value, firstDay, lastDay) {
      return between(tenant, firstDay, lastDay).flatMap(({ day, places }) => {
        const count = places[kind].get(value);
        return count === undefined ? [] : [{ day, ...count }];
      });
    },
    daysKept: async () => new Set([...tenants.values()].flatMap((days) => [...days.keys()])).size,
    async expire(beforeDay) {
      const old = [...tenants.values()].flatMap((days) =>
        [...days.keys()].filter((day) => day < beforeDay).map((day) => [days, day] as const),
      );
      const some = old.slice(0, expiredPerCall);
      for (const [days, day] of some) days.delete(day);
      return some.length;
    },
  };
}

function addInto(sums: DaySums, more: DaySums): void {
  sums.logins += more.logins;
  sums.failures += more.failures;
  for (const [i, count] of more.flagged.entries()) sums.flagged[i] = (sums.flagged[i] ?? 0) + count;
  mergeDistinct(sums.accounts, more.accounts);
  for (const kind of placeKinds) addPlaces(sums.places[kind], more.places[kind]);
}

function addPlaces(places: Map<string, PlaceCount>, more: ReadonlyMap<string, PlaceCount>): void {
  for (const [value, { logins, flagged }] of more) {
    const known = places.get(value);
    if (known !== undefined) {
      known.logins += logins;
      known.flagged += flagged;
    } else if (places.size < placesPerDayMax) {
      places.set(value, { logins, flagged });
    }
  }
}
