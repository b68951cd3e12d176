// How the tests of case stores ask: lists as ids, campaigns, the decisions of an analyst.
import { ok } from 'node:assert';
import type { Test } from 'tap';
import type { Campaign } from '../../../src/domain/case/campaign.ts';
import type { Resolution } from '../../../src/domain/case/case.ts';
import type { CaseFilter, CaseOrder } from '../../../src/domain/case/query.ts';
import type { CaseStore, Page } from '../../../src/ports/case/case-store.ts';
import type { JobQueue } from '../../../src/ports/case/job-queue.ts';
import { opening } from '../../support/cases.ts';
import { noonMs } from '../../support/records.ts';

export type OpenCases = (t: Test) => Promise<{ readonly store: CaseStore; readonly queue: JobQueue }>;

export function itemsOf<T>(page: Page<T>): readonly T[] {
  ok(page.kind === 'page', page.kind);
  return page.items;
}

export function cursorOf(page: Page<unknown>): string | null {
  ok(page.kind === 'page', page.kind);
  return page.nextCursor;
}

export async function listed(
  store: CaseStore,
  filter: CaseFilter = {},
  order: CaseOrder = 'newest',
  tenant = 'default',
): Promise<string[]> {
  return itemsOf(await store.list(tenant, { filter, order, limit: 200, cursor: null })).map((found) => found.id);
}

export async function campaignsOf(store: CaseStore, tenant = 'default'): Promise<readonly Campaign[]> {
  return itemsOf(await store.campaigns(tenant, { limit: 200, cursor: null }));
}

export function resolution(label: 'genuine' | 'takeover', change: Partial<Resolution> = {}): Resolution {
  return { label, comment: 'called the user', by: 'ada', atMs: noonMs + 1000, ...change };
}

/** Three accounts on one rented machine: a campaign. */
export const onOneServer = (name: string, atMs = noonMs) =>
  opening(name, { atMs, visit: { host: 'serverA', asnClass: 'hosting', device: null, block: `block-${name}` } });
