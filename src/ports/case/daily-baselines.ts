// Port: what each day of each tenant was like, summed up a window of time at a time, so that nobody has to count when a page is read.
//
// A window is a stretch between two multiples of a fixed length by the time at which logins were assessed, whatever days they occurred on. Each
// window of a tenant counts once, whoever sums it up and however often: after a crash it is summed up again, and two processes may do so at
// the same time. What a method answered survives a kill of the process. Methods reject with a StorageFailure and then changed nothing.
import type { DaySums, PlaceKind } from '../../domain/baseline/day.ts';

export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface DayTotals {
  /** Days since 1970. */
  readonly day: number;
  readonly logins: number;
  readonly failures: number;
  /** By place in `tiers`. */
  readonly flagged: readonly number[];
  /** Different ones; accounts to about 3 %, the others up to `placesPerDayMax`. */
  readonly accounts: number;
  readonly countries: number;
  readonly networks: number;
}

export interface PlaceTotals {
  readonly day: number;
  readonly logins: number;
  readonly flagged: number;
}

export interface DailyBaselines {
  /** Up to when every window of every tenant is counted; null: none is. */
  summedUntil(): Promise<number | null>;
  /** False: the window of that tenant, or a later one, was counted before. Windows of a tenant are added in order of time. */
  add(tenant: string, window: Window, sums: readonly DaySums[]): Promise<boolean>;
  /** Every window before then is counted. Never moves back. */
  settle(untilMs: number): Promise<void>;
  /** From the first day to the last, both included; days without a login are left out. */
  days(tenant: string, firstDay: number, lastDay: number): Promise<DayTotals[]>;
  /** The same of one country (its code) or network (its number). */
  place(tenant: string, kind: PlaceKind, value: string, firstDay: number, lastDay: number): Promise<PlaceTotals[]>;
  /** Different days of which any tenant has sums. */
  daysKept(): Promise<number>;
  /** Forgets days before then, of all tenants; bounded per call: call again until 0. */
  expire(beforeDay: number): Promise<number>;
}
