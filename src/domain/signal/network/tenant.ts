// network.tenant: whether the tenant's other accounts sign in well from here. A shared exit is learnt, not configured.
import { defineSignal } from '../definition.ts';
import { colleagueWindowDays, otherGoodAccounts } from './egress.ts';

export const networkTenant = defineSignal({
  name: 'network.tenant',
  title: 'Network shared with colleagues',
  describes:
    "How many of the tenant's other accounts signed in well from this address, its block and its network in the last quarter. An office, a campus or a company VPN is recognised by its users, so that a colleague's first login from there is ordinary. Failed attempts never count, so an attacker cannot make a network familiar by trying.",
  features: [
    {
      name: 'tenant_host_accounts_log',
      monotone: -1,
      sentence: 'ln(1 + other accounts with a good login from this address within 90 days).',
    },
    {
      name: 'tenant_block_accounts_log',
      monotone: -1,
      sentence: 'ln(1 + other accounts with a good login from this block within 90 days).',
    },
    {
      name: 'tenant_asn_accounts_log',
      monotone: -1,
      sentence: 'ln(1 + other accounts with a good login from this network within 90 days).',
    },
  ],
  codes: {
    UNUSED_BY_OTHERS: { direction: 'raises', sentence: "None or few of the tenant's other accounts sign in from here." },
    SHARED_WITH_COLLEAGUES: { direction: 'lowers', sentence: 'Other accounts of the tenant sign in well from here.' },
  },
  rules: [
    {
      name: 'unused_by_others',
      points: 0.2,
      sentence: 'No other account ever signed in well from this network.',
      holds: (x, at) => x[at] === 0 && x[at + 1] === 0 && x[at + 2] === 0,
    },
    {
      name: 'colleagues_at_address',
      points: -1.2,
      sentence: 'At least three other accounts signed in well from this address.',
      holds: (x, at) => (x[at] as number) >= Math.log(3.5),
    },
    {
      name: 'colleagues_in_block',
      points: -0.6,
      sentence: 'At least three other accounts signed in well from this block, but not from this address.',
      holds: (x, at) => (x[at + 1] as number) >= Math.log(3.5) && !((x[at] as number) >= Math.log(3.5)),
    },
  ],
  derive(facts, out, at) {
    // Before anybody has signed in well there are no others to compare with.
    if (facts.population.total <= 0) return 'no_history';
    out[at] = Math.log1p(otherGoodAccounts(facts.host, facts));
    out[at + 1] = Math.log1p(otherGoodAccounts(facts.block, facts));
    if (facts.visit.asn !== null) out[at + 2] = Math.log1p(otherGoodAccounts(facts.asn, facts));
    return null;
  },
  explain(facts, _x, _at, contribution) {
    return {
      code: contribution > 0 ? 'UNUSED_BY_OTHERS' : 'SHARED_WITH_COLLEAGUES',
      evidence: {
        accounts_at_address: otherGoodAccounts(facts.host, facts),
        accounts_in_block: otherGoodAccounts(facts.block, facts),
        accounts_in_network: otherGoodAccounts(facts.asn, facts),
        window_days: colleagueWindowDays,
        asn: facts.visit.asn,
        organisation: facts.ip.asn?.organisation ?? null,
      },
    };
  },
});
