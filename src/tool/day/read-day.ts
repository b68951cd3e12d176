// What became of the day, read through the API as an analyst's tool would: every case, every campaign, and the pages of some.
import { call, type Door } from './play-day.ts';

export interface ListedCase {
  readonly id: string;
  readonly assessment_id: string;
  readonly tier: string;
  readonly campaign_id: string | null;
}

export interface ListedCampaign {
  readonly id: string;
  readonly cases: number;
  readonly accounts: number;
  readonly tier: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly shared_by: readonly { readonly kind: string; readonly cases: number }[];
}

export interface ShownFinding {
  readonly codes: readonly string[];
  readonly strength: string;
  readonly sentence: string;
}

export interface ShownCase {
  readonly id: string;
  readonly verdict: string;
  readonly score: number;
  readonly tier: string;
  readonly occurred_at: string;
  readonly campaign: ListedCampaign | null;
  readonly explanations: readonly {
    readonly source: string;
    readonly body: {
      readonly headline: string;
      readonly findings: readonly ShownFinding[];
      readonly reassuring: readonly ShownFinding[];
      readonly unknown: readonly { readonly sentence: string }[];
      readonly next_checks: readonly { readonly text: string | null }[];
    } | null;
  }[];
  readonly context: {
    readonly counterfactual: { readonly absent?: string; readonly sentences?: readonly string[] };
  };
}

const pageSize = 100;
const patienceMs = 30_000;
const pauseMs = 50;

/** Cases are opened a moment after their answers; waits for these. Rejects when some never come. */
export async function casesOf(door: Door, ids: ReadonlySet<string>): Promise<ListedCase[]> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    const found = (await allPages<ListedCase>(door, '/v1/cases?order=oldest', 'cases')).filter(({ id }) => ids.has(id));
    if (found.length === ids.size) return found;
    if (waitedMs > patienceMs) throw new Error(`${ids.size - found.length} of ${ids.size} flagged logins have no case.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export async function campaignsOf(door: Door): Promise<ListedCampaign[]> {
  return allPages<ListedCampaign>(door, '/v1/campaigns?', 'campaigns');
}

export async function caseShown(door: Door, id: string): Promise<ShownCase> {
  return (await call(door, `/v1/cases/${encodeURIComponent(id)}`)) as ShownCase;
}

async function allPages<T>(door: Door, path: string, name: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; ; ) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await call(door, `${path}&limit=${pageSize}${after}`)) as { readonly next_cursor: string | null } & Record<string, T[]>;
    items.push(...(page[name] as T[]));
    cursor = page.next_cursor;
    if (cursor === null) return items;
  }
}
