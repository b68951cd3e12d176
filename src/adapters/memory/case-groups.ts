// Groups of cases in memory: the domain's rules (campaign.ts, link.ts) over maps.
import { type Campaign, campaignAccountsMin, groupWith, moreUrgent, type Neighbour } from '../../domain/case/campaign.ts';
import { type LinkKind, linksOf, linkWindowsMs } from '../../domain/case/link.ts';
import { type Case, isOpen } from '../../domain/case/case.ts';
import type { Position } from '../../domain/case/query.ts';
import type { StoredExplanation } from '../../domain/case/explanation.ts';
import type { Telling } from '../../ports/case/explanation-log.ts';

export interface Kept {
  found: Case;
  readonly position: Position;
  readonly words: readonly string[];
  readonly explanations: StoredExplanation[];
  readonly tellings: Telling[];
}

interface Group {
  readonly id: string;
  readonly tenant: string;
  readonly arrival: number;
  mergedInto: Group | null;
  readonly members: Set<Kept>;
  /** Of all that ever were in it. */
  firstAtMs: number;
  lastAtMs: number;
  tier: Campaign['tier'];
}

export class CaseGroups {
  readonly #groups = new Map<string, Group>();
  readonly #ofCase = new Map<Kept, { readonly group: Group; readonly kinds: readonly LinkKind[] }>();
  /** Cases with one thread, in the order of their occurrence, ties in that of their arrival. */
  readonly #threads = new Map<string, Kept[]>();
  #arrivals = 0;

  /** When it is new, and when it is reopened. */
  join(kept: Kept, newGroupId: string): void {
    const own = this.#ofCase.get(kept)?.group;
    const grouping = groupWith(this.#neighbours(kept), own === undefined ? null : { id: own.id, cases: own.members.size });
    if (grouping !== null) {
      const into = this.#groups.get(grouping.into ?? '') ?? this.#found(newGroupId, kept);
      for (const merged of grouping.merged) this.#merge(this.#groups.get(merged) as Group, into);
      for (const { caseId, kinds } of grouping.loners) {
        const loner = this.#nearby.get(caseId);
        if (loner !== undefined) this.#enter(into, loner, kinds);
      }
      if (own === undefined) this.#enter(into, kept, grouping.kinds);
    }
    this.#setLinking(kept, true);
  }

  /** Neighbours of the join under way, by id. */
  readonly #nearby = new Map<string, Kept>();

  #neighbours(kept: Kept): Neighbour[] {
    this.#nearby.clear();
    const { tenant, occurredAtMs } = kept.found;
    return linksOf(kept.found).flatMap(({ kind, value }) => {
      const list = this.#threads.get(threadKey(tenant, kind, value)) ?? [];
      const after = list.findIndex((other) => other.found.occurredAtMs > occurredAtMs);
      const at = after === -1 ? list.length : after;
      return [list[at - 1], list[at]].flatMap((near) => {
        if (near === undefined || Math.abs(near.found.occurredAtMs - occurredAtMs) > linkWindowsMs[kind]) return [];
        this.#nearby.set(near.found.id, near);
        const group = this.#ofCase.get(near)?.group;
        return [{ caseId: near.found.id, kind, group: group === undefined ? null : { id: group.id, cases: group.members.size } }];
      });
    });
  }

  /** A genuine login ties nothing together. */
  unlink(kept: Kept): void {
    this.#setLinking(kept, false);
  }

  #setLinking(kept: Kept, linking: boolean): void {
    const { tenant, occurredAtMs } = kept.found;
    for (const { kind, value } of linksOf(kept.found)) {
      const key = threadKey(tenant, kind, value);
      const list = (this.#threads.get(key) ?? []).filter((other) => other !== kept);
      if (linking) {
        const after = list.findIndex((other) => other.found.occurredAtMs > occurredAtMs);
        list.splice(after === -1 ? list.length : after, 0, kept);
      }
      if (list.length > 0) this.#threads.set(key, list);
      else this.#threads.delete(key);
    }
  }

  leave(kept: Kept): void {
    this.#setLinking(kept, false);
    const group = this.#ofCase.get(kept)?.group;
    this.#ofCase.delete(kept);
    group?.members.delete(kept);
    if (group?.members.size !== 0) return;
    for (const [id, other] of this.#groups) if (this.#root(other) === group) this.#groups.delete(id);
  }

  /** Null for a group that is too small to be named. */
  campaignOf(kept: Kept): string | null {
    const group = this.#ofCase.get(kept)?.group;
    return group !== undefined && accountsOf(group) >= campaignAccountsMin ? group.id : null;
  }

  rootOf(tenant: string, id: string): string | null {
    const group = this.#groups.get(id);
    return group === undefined || group.tenant !== tenant ? null : this.#root(group).id;
  }

  find(tenant: string, id: string): Campaign | null {
    const root = this.#groups.get(this.rootOf(tenant, id) ?? '');
    return root === undefined || accountsOf(root) < campaignAccountsMin ? null : this.#read(root);
  }

  /** Newest first, with the number by which a list goes on. */
  all(tenant: string): { readonly campaign: Campaign; readonly arrival: number }[] {
    return [...this.#groups.values()]
      .filter((group) => group.tenant === tenant && group.mergedInto === null && accountsOf(group) >= campaignAccountsMin)
      .sort((a, b) => b.arrival - a.arrival)
      .map((group) => ({ campaign: this.#read(group), arrival: group.arrival }));
  }

  #read(group: Group): Campaign {
    const counts = new Map<LinkKind, number>();
    let openCases = 0;
    for (const member of group.members) {
      if (isOpen(member.found.state)) openCases++;
      for (const kind of this.#ofCase.get(member)?.kinds ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return {
      id: group.id,
      tenant: group.tenant,
      firstAtMs: group.firstAtMs,
      lastAtMs: group.lastAtMs,
      cases: group.members.size,
      openCases,
      accounts: accountsOf(group),
      tier: group.tier,
      sharedBy: Array.from(counts, ([kind, cases]) => ({ kind, cases })).sort((a, b) => b.cases - a.cases || (a.kind < b.kind ? -1 : 1)),
    };
  }

  #found(id: string, { found }: Kept): Group {
    const { tenant, occurredAtMs, tier } = found;
    const group = {
      id,
      tenant,
      arrival: ++this.#arrivals,
      mergedInto: null,
      members: new Set<Kept>(),
      firstAtMs: occurredAtMs,
      lastAtMs: occurredAtMs,
      tier,
    };
    this.#groups.set(id, group);
    return group;
  }

  #enter(group: Group, kept: Kept, kinds: readonly LinkKind[]): void {
    group.members.add(kept);
    this.#ofCase.set(kept, { group, kinds });
    group.firstAtMs = Math.min(group.firstAtMs, kept.found.occurredAtMs);
    group.lastAtMs = Math.max(group.lastAtMs, kept.found.occurredAtMs);
    group.tier = moreUrgent(group.tier, kept.found.tier);
  }

  #merge(from: Group, into: Group): void {
    for (const member of from.members) this.#enter(into, member, this.#ofCase.get(member)?.kinds ?? []);
    from.members.clear();
    from.mergedInto = into;
  }

  #root(group: Group): Group {
    let root = group;
    while (root.mergedInto !== null) root = root.mergedInto;
    return root;
  }
}

function accountsOf(group: Group): number {
  return new Set(Array.from(group.members, (member) => member.found.account)).size;
}

function threadKey(tenant: string, kind: LinkKind, value: string): string {
  return JSON.stringify([tenant, kind, value]);
}
