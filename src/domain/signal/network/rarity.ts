// network.rarity: how unusual network and country are among everybody's good logins in the tenant.
import { defineSignal } from '../definition.ts';
import { rounded, smoothedShare, surprise } from '../measure.ts';
import { populationAttributes } from '../../profile/visit.ts';

const asn = populationAttributes.indexOf('asn');
const country = populationAttributes.indexOf('country');

export const networkRarity = defineSignal({
  name: 'network.rarity',
  title: 'Rare network',
  describes:
    'How surprising the network and the country are among all good logins of the tenant: real takeovers come from networks that its users hardly use. It looks at everybody, not at this account, and learns from what the tenant has seen, so a tenant with few logins is hardly ever surprised.',
  features: [
    {
      name: 'rarity_asn_nats',
      monotone: 1,
      sentence: "-ln of the smoothed share of this network among the tenant's good logins; 0.7 = half, 7 = one in a thousand.",
    },
    { name: 'rarity_country_nats', monotone: 1, sentence: "-ln of the smoothed share of this country among the tenant's good logins." },
  ],
  codes: {
    RARE_NETWORK: { direction: 'raises', sentence: "Few of the tenant's good logins come from this network or country." },
    COMMON_NETWORK: { direction: 'lowers', sentence: "Many of the tenant's good logins come from this network or country." },
  },
  rules: [
    // One in 400: below what a tenant's own users make common, above the noise of a few hundred logins.
    {
      name: 'rare_network',
      points: 0.4,
      sentence: 'Fewer than one in 400 good logins come from this network.',
      holds: (x, at) => (x[at] as number) > Math.log(400),
    },
    {
      name: 'rare_country',
      points: 0.5,
      sentence: 'Fewer than one in 200 good logins come from this country.',
      holds: (x, at) => (x[at + 1] as number) > Math.log(200),
    },
  ],
  derive(facts, out, at) {
    const { population, visit } = facts;
    if (population.total <= 0) return 'no_history';
    if (visit.asn === null && visit.country === null) return 'unknown';
    if (visit.asn !== null) out[at] = surprise(population.counts[asn] ?? 0, population.total);
    if (visit.country !== null) out[at + 1] = surprise(population.counts[country] ?? 0, population.total);
    return null;
  },
  explain(facts, _x, _at, contribution) {
    const { population, visit, ip } = facts;
    const of = (index: number): number => population.counts[index] ?? 0;
    return {
      code: contribution > 0 ? 'RARE_NETWORK' : 'COMMON_NETWORK',
      evidence: {
        asn: visit.asn,
        organisation: ip.asn?.organisation ?? null,
        country: visit.country,
        tenant_good_logins: population.total,
        from_network: visit.asn === null ? null : of(asn),
        from_country: visit.country === null ? null : of(country),
        network_share: visit.asn === null ? null : rounded(smoothedShare(of(asn), population.total)),
        country_share: visit.country === null ? null : rounded(smoothedShare(of(country), population.total)),
      },
    };
  },
});
