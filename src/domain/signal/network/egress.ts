// Shared exits, learnt from the tenant's own good logins: how many other accounts came through the same address, block or
// network. Such an exit (an office, a company VPN) says who the user works for, and little about where the user sits.
import { shortKey, countRecent } from '../../profile/recent-set.ts';
import type { Facts } from '../../facts.ts';
import type { SourceProfile } from '../../profile/source.ts';

/** A quarter: longer than holidays and projects, shorter than the life of most leases of address space. */
export const colleagueWindowDays = 90;
const windowMs = colleagueWindowDays * 86_400_000;

/** Distinct other accounts of the tenant that signed in well from the source within 90 days. At most 64 are remembered. */
export function otherGoodAccounts(source: SourceProfile | null, facts: Facts): number {
  if (source === null || source.goodAccounts.members.length === 0) return 0;
  return countRecent(source.goodAccounts, facts.visit.atMs, windowMs, shortKey(facts.visit.account));
}

/** An exit that carries this share of the tenant's good logins is the tenant's own, whoever runs the line. */
const ownExitShare = 0.01;

/**
 * How many colleagues speak for the address being a shared exit of the tenant. Organisations and data centres: every other
 * account at the address or in its block. A consumer line: only as far as it carries a notable share of all the tenant's logins,
 * because carriers put many unrelated customers behind one address. Mobile carriers: none, for that reason.
 */
export function exitColleagues(facts: Facts): number {
  const { host, population, visit } = facts;
  switch (visit.asnClass) {
    case 'mobile':
      return 0;
    case 'isp': {
      if (host === null || population.total <= 0) return 0;
      const share = host.goodCount / population.total;
      return otherGoodAccounts(host, facts) * Math.min(1, share / ownExitShare);
    }
    default:
      return Math.max(otherGoodAccounts(host, facts), otherGoodAccounts(facts.block, facts));
  }
}

/** As many colleagues as this make it as likely as not that the place is the exit's, not the user's. */
const evenColleagues = 3;

/**
 * In (0, 1]: how much the place of the address still says about the place of its user. 1 with no colleague, one half with three,
 * one tenth with nine: a household of two or three stays a place, an office's exit does not.
 */
export function exitBelief(facts: Facts): number {
  const ratio = exitColleagues(facts) / evenColleagues;
  return 1 / (1 + ratio * ratio);
}
