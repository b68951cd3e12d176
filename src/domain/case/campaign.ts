// Grouping: a new flagged login joins the cases that it is linked with (see link.ts), and groups that it ties together become one.
//
// Links depend on pairs of cases only, never on who came first, so the groups are the connected components of one graph and any order
// of arrival gives the same ones. Nobody has to look at more than two cases per thread to keep them: the nearest before and after in
// time. If two cases with the same thread are within its window, then so are all between them, and neighbour by neighbour they are
// connected. So a login costs at most 20 look-ups, however large the campaign is.
//
// Joining two groups moves the members of the smaller one. A case moves only into a group at least as large as its own was, so no case ever moves
// more than log2(cases) times: seventeen for 100,000.
//
// A group is called a campaign from three accounts on. Two people at one address are a household, and one account with ten flagged
// logins is one story about one person; a third flagged account is no longer a coincidence.
import type { LinkKind } from './link.ts';
import { type Tier, tierRank } from './tier.ts';

export const campaignAccountsMin = 3;

/** A group as the store keeps it; a campaign once it has accounts enough. */
export interface Group {
  readonly id: string;
  readonly cases: number;
}

/** A case found by one thread: its group, or the case alone, which has none yet. */
export interface Neighbour {
  readonly caseId: string;
  readonly kind: LinkKind;
  readonly group: Group | null;
}

export interface Grouping {
  /** The group that stays; null: a new one is made. */
  readonly into: string | null;
  /** Groups whose members move into it. */
  readonly merged: readonly string[];
  /** Cases without a group that come along, each with what it shares. */
  readonly loners: readonly { readonly caseId: string; readonly kinds: readonly LinkKind[] }[];
  /** What the new case shares with any of them. */
  readonly kinds: readonly LinkKind[];
}

/**
 * The largest group stays, so that the least moves; of equals the one with the smaller id, which is the older. Null: a case alone.
 * `own`: the group of a case that was in one before and is looked at again.
 */
export function groupWith(neighbours: readonly Neighbour[], own: Group | null = null): Grouping | null {
  if (neighbours.length === 0) return null;
  const groups = new Map<string, Group>(own === null ? [] : [[own.id, own]]);
  const loners = new Map<string, Set<LinkKind>>();
  for (const { caseId, kind, group } of neighbours) {
    if (group !== null) groups.set(group.id, group);
    else loners.set(caseId, (loners.get(caseId) ?? new Set()).add(kind));
  }
  const ordered = [...groups.values()].sort((a, b) => b.cases - a.cases || (a.id < b.id ? -1 : 1));
  const [into, ...merged] = ordered.map((group) => group.id);
  return {
    into: into ?? null,
    merged,
    loners: Array.from(loners, ([caseId, kinds]) => ({ caseId, kinds: [...kinds] })),
    kinds: [...new Set(neighbours.map((neighbour) => neighbour.kind))],
  };
}

export interface Campaign {
  readonly id: string;
  readonly tenant: string;
  /** Of the logins in it. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly cases: number;
  readonly openCases: number;
  readonly accounts: number;
  /** The most urgent tier that any of its cases had. */
  readonly tier: Tier;
  /** How many of its cases came in by each kind of link, most first. */
  readonly sharedBy: readonly { readonly kind: LinkKind; readonly cases: number }[];
}

export function moreUrgent(a: Tier, b: Tier): Tier {
  return tierRank(a) <= tierRank(b) ? a : b;
}
