// Asking for a list of cases: filter, order, and the cursor from which the next page goes on.
//
// Every order is by values that never change while a case lives (its arrival number, its severity), so that paging neither skips nor
// repeats a case that was there when it began, whatever arrives or is resolved meanwhile. The arrival number is given in the order
// in which cases become visible, so a reader of the oldest order who comes back with the last cursor misses nothing.
//
// A cursor is bound to its filter and order: with another it would point at nothing in particular, so it is refused.
import type { Verdict } from '../assessment.ts';
import { checksum } from '../record/checksum.ts';
import { type CaseState, type CaseSummary } from './case.ts';
import type { Tier } from './tier.ts';

export const caseOrders = ['newest', 'oldest', 'severity'] as const;
export type CaseOrder = (typeof caseOrders)[number];

/** Each part that is given must hold; an empty list of choices excludes nothing. */
export interface CaseFilter {
  readonly states?: readonly CaseState[];
  readonly tiers?: readonly Tier[];
  readonly verdicts?: readonly Verdict[];
  readonly campaignId?: string;
  /** Pseudonym. */
  readonly account?: string;
  readonly code?: string;
  readonly openedFromMs?: number;
  readonly openedBeforeMs?: number;
  /** Words an analyst typed; see search.ts. */
  readonly search?: string;
}

export interface CaseQuery {
  readonly filter: CaseFilter;
  readonly order: CaseOrder;
  readonly limit: number;
  /** From the page before; null for the first. */
  readonly cursor: string | null;
}

export const casesPerPageMax = 200;

/** Where the next page begins: after the case with these values. */
export interface Position {
  readonly severity: number;
  readonly arrival: number;
}

export type CursorReading = { readonly ok: true; readonly after: Position | null } | { readonly ok: false };

/** Also for other lists: `scope` says what is listed and how. */
export function writeCursor(scope: string, after: Position): string {
  const bytes = new DataView(new ArrayBuffer(20));
  bytes.setUint32(0, fingerprintOf(scope));
  bytes.setFloat64(4, after.severity);
  bytes.setFloat64(12, after.arrival);
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

export function readCursor(scope: string, cursor: string | null): CursorReading {
  if (cursor === null) return { ok: true, after: null };
  if (!/^[\w-]{27}$/.test(cursor)) return { ok: false };
  const text = atob(`${cursor.replaceAll('-', '+').replaceAll('_', '/')}=`);
  const bytes = new DataView(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  const after = { severity: bytes.getFloat64(4), arrival: bytes.getFloat64(12) };
  const fits = bytes.getUint32(0) === fingerprintOf(scope) && Number.isFinite(after.severity) && Number.isSafeInteger(after.arrival);
  return fits ? { ok: true, after } : { ok: false };
}

/** The same filter always gives the same text, in whatever order its parts were written. */
export function scopeOf(tenant: string, query: Pick<CaseQuery, 'filter' | 'order'>): string {
  const { filter, order } = query;
  const choices = (list: readonly string[] | undefined): readonly string[] => [...(list ?? [])].sort();
  return JSON.stringify([
    tenant,
    order,
    choices(filter.states),
    choices(filter.tiers),
    choices(filter.verdicts),
    filter.campaignId ?? null,
    filter.account ?? null,
    filter.code ?? null,
    filter.openedFromMs ?? null,
    filter.openedBeforeMs ?? null,
    filter.search ?? null,
  ]);
}

function fingerprintOf(scope: string): number {
  const bytes = new TextEncoder().encode(scope);
  return checksum(bytes, 0, bytes.length);
}

/** Everything but the search, whose words a store keeps apart. */
export function matches(filter: CaseFilter, found: CaseSummary): boolean {
  return (
    among(filter.states, found.state) &&
    among(filter.tiers, found.tier) &&
    among(filter.verdicts, found.verdict) &&
    (filter.campaignId === undefined || filter.campaignId === found.campaignId) &&
    (filter.account === undefined || filter.account === found.account) &&
    (filter.code === undefined || found.codes.includes(filter.code)) &&
    (filter.openedFromMs === undefined || found.openedAtMs >= filter.openedFromMs) &&
    (filter.openedBeforeMs === undefined || found.openedAtMs < filter.openedBeforeMs)
  );
}

function among<T>(choices: readonly T[] | undefined, value: T): boolean {
  return choices === undefined || choices.length === 0 || choices.includes(value);
}

/** Negative when `a` is listed before `b`. */
export function compareIn(order: CaseOrder, a: Position, b: Position): number {
  if (order === 'oldest') return a.arrival - b.arrival;
  if (order === 'newest') return b.arrival - a.arrival;
  return b.severity - a.severity || b.arrival - a.arrival;
}

/** A page holds at least one case and no more than the most that one answer should carry. */
export function pageSize(limit: number): number {
  return Math.min(casesPerPageMax, Math.max(1, Math.trunc(limit) || 1));
}
