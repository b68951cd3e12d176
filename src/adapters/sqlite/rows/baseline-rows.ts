// Daily sums, as rows: a day, its places, and up to when each tenant is counted. The mark moves in the transaction that adds.
import { type DaySums, type PlaceKind, placeKinds, placesPerDayMax } from '../../../domain/baseline/day.ts';
import { countDistinct, distinctText, mergeDistinct, readDistinct } from '../../../domain/baseline/distinct.ts';
import { tiers } from '../../../domain/case/tier.ts';
import type { DayTotals, PlaceTotals, Window } from '../../../ports/case/daily-baselines.ts';
import { type Database, looseList, type Row } from '../database.ts';

/** Days forgotten per call, each with up to two thousand places. */
const expiredPerCall = 5;

export class BaselineRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  summedUntil(): number | null {
    const row = this.#db.get('select until_ms from baseline_end');
    return row === undefined ? null : Number(row['until_ms']);
  }

  add(tenant: string, { fromMs, untilMs }: Window, sums: readonly DaySums[]): boolean {
    const mark = this.#db.get('select until_ms from baseline_mark where tenant = ?', tenant);
    if (mark !== undefined && Number(mark['until_ms']) > fromMs) return false;
    for (const each of sums) this.#addDay(tenant, each);
    this.#db.run('insert or replace into baseline_mark (tenant, until_ms) values (?, ?)', tenant, untilMs);
    return true;
  }

  settle(untilMs: number): void {
    this.#db.run(
      `insert into baseline_end (one, until_ms) values (1, ?)
         on conflict (one) do update set until_ms = max(until_ms, excluded.until_ms)`,
      untilMs,
    );
  }

  days(tenant: string, firstDay: number, lastDay: number): DayTotals[] {
    return this.#db
      .all('select * from baseline_day where tenant = ? and day between ? and ? order by day', tenant, firstDay, lastDay)
      .map((row) => ({
        day: Number(row['day']),
        logins: Number(row['logins']),
        failures: Number(row['failures']),
        flagged: flaggedOf(row),
        accounts: countDistinct(readDistinct(String(row['accounts']))),
        countries: Number(row['countries']),
        networks: Number(row['networks']),
      }));
  }

  place(tenant: string, kind: PlaceKind, value: string, firstDay: number, lastDay: number): PlaceTotals[] {
    return this.#db
      .all(
        'select day, logins, flagged from baseline_place where tenant = ? and kind = ? and value = ? and day between ? and ? order by day',
        tenant,
        placeKinds.indexOf(kind),
        value,
        firstDay,
        lastDay,
      )
      .map((row) => ({ day: Number(row['day']), logins: Number(row['logins']), flagged: Number(row['flagged']) }));
  }

  daysKept(): number {
    return Number(this.#db.get('select count(distinct day) as days from baseline_day')?.['days']);
  }

  expire(beforeDay: number): number {
    const old = this.#db.all('select tenant, day from baseline_day where day < ? order by day, tenant limit ?', beforeDay, expiredPerCall);
    for (const row of old) {
      const tenant = String(row['tenant']);
      const day = Number(row['day']);
      this.#db.run('delete from baseline_place where tenant = ? and day = ?', tenant, day);
      this.#db.run('delete from baseline_day where tenant = ? and day = ?', tenant, day);
    }
    return old.length;
  }

  #addDay(tenant: string, sums: DaySums): void {
    const { day, places } = sums;
    const row = this.#db.get('select * from baseline_day where tenant = ? and day = ?', tenant, day);
    const accounts = readDistinct(String(row?.['accounts'] ?? ''));
    mergeDistinct(accounts, sums.accounts);
    const flagged = flaggedOf(row).map((count, i) => count + (sums.flagged[i] ?? 0));
    this.#db.run(
      'insert or replace into baseline_day (tenant, day, logins, failures, flagged, accounts, countries, networks) values (?, ?, ?, ?, ?, ?, ?, ?)',
      tenant,
      day,
      Number(row?.['logins'] ?? 0) + sums.logins,
      Number(row?.['failures'] ?? 0) + sums.failures,
      JSON.stringify(flagged),
      distinctText(accounts),
      this.#addPlaces(tenant, day, 'country', places.country, Number(row?.['countries'] ?? 0)),
      this.#addPlaces(tenant, day, 'network', places.network, Number(row?.['networks'] ?? 0)),
    );
  }

  /** How many different ones the day has now. */
  #addPlaces(tenant: string, day: number, kind: PlaceKind, places: DaySums['places'][PlaceKind], before: number): number {
    let different = before;
    const key = [tenant, placeKinds.indexOf(kind)] as const;
    for (const [value, { logins, flagged }] of places) {
      const known = this.#db.run(
        'update baseline_place set logins = logins + ?, flagged = flagged + ? where tenant = ? and kind = ? and value = ? and day = ?',
        logins,
        flagged,
        ...key,
        value,
        day,
      );
      if (known > 0 || different >= placesPerDayMax) continue;
      this.#db.run(
        'insert into baseline_place (tenant, kind, value, day, logins, flagged) values (?, ?, ?, ?, ?, ?)',
        ...key,
        value,
        day,
        logins,
        flagged,
      );
      different++;
    }
    return different;
  }
}

/** What cannot be read counts nothing. */
function flaggedOf(row: Row | undefined): number[] {
  const stored = looseList(row?.['flagged'] ?? '[]');
  return tiers.map((_, i) => (Number.isSafeInteger(stored[i]) ? Number(stored[i]) : 0));
}
