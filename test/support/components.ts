// Who belongs together, the long way: every pair of logins is compared, and what is connected is one group. What stores find with a few
// look-ups must be the same.
import { type Linkable, linksOf, linkWindowsMs } from '../../src/domain/case/link.ts';

export function componentsOf<L extends Linkable>(logins: readonly L[]): L[][] {
  const links = logins.map((login) => linksOf(login));
  const group = logins.map((_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (group[root] !== root) root = group[root] as number;
    return root;
  };
  for (const [i, a] of logins.entries())
    for (const [j, b] of logins.slice(0, i).entries()) if (linked(a, links[i] ?? [], b, links[j] ?? [])) group[rootOf(i)] = rootOf(j);
  const groups = new Map<number, L[]>();
  for (const [i, login] of logins.entries()) groups.set(rootOf(i), [...(groups.get(rootOf(i)) ?? []), login]);
  return [...groups.values()];
}

function linked(a: Linkable, mine: ReturnType<typeof linksOf>, b: Linkable, theirs: ReturnType<typeof linksOf>): boolean {
  const apartMs = Math.abs(a.visit.atMs - b.visit.atMs);
  return mine.some(
    ({ kind, value }) => apartMs <= linkWindowsMs[kind] && theirs.some((other) => other.kind === kind && other.value === value),
  );
}
