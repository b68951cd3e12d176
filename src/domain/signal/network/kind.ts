// network.kind: what sort of network the address belongs to. People rarely sign in from a data centre; attack tools usually do.
import type { IpFacts } from '../../ip-facts.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';

/** Whether operator or lists call the address a data centre's or a content network's. */
export function isHosting(ip: IpFacts): boolean {
  if (ip.asn !== null && ip.asn.class === 'hosting') return true;
  for (const hit of ip.lists) if (hit.kind === 'hosting' || hit.kind === 'cdn') return true;
  return false;
}

export const networkKind = defineSignal({
  name: 'network.kind',
  title: 'Kind of network',
  describes:
    'The class of the network operator (data centre, consumer provider, mobile carrier, organisation), from its name and from lists of data-centre ranges. Real attackers come from data centres several times as often as people do, but cloud desktops and office egress live there too: it is a hint, never a verdict. An operator that nobody has classified is unknown, not suspect.',
  features: [
    { name: 'network_hosting', monotone: 1, sentence: '1 when the address is in a data centre or content network, else 0.' },
    { name: 'network_mobile', monotone: 0, sentence: '1 when the operator is a mobile carrier, else 0.' },
    { name: 'network_organisation', monotone: 0, sentence: '1 when the operator is a business, a school or a government, else 0.' },
  ],
  codes: {
    HOSTING_NETWORK: {
      direction: 'raises',
      sentence: 'The address belongs to a data centre, where attack tools run and people seldom sign in.',
    },
    NETWORK_KIND_IN_DOUBT: { direction: 'raises', sentence: 'Networks of this kind do not speak for the attempt.' },
    MOBILE_NETWORK: { direction: 'lowers', sentence: 'The address belongs to a mobile carrier, as those of people do.' },
    CONSUMER_NETWORK: { direction: 'lowers', sentence: 'The address belongs to a consumer internet provider, as those of people do.' },
    ORGANISATION_NETWORK: { direction: 'lowers', sentence: 'The address belongs to a business, a school or a government.' },
    ORDINARY_NETWORK_KIND: { direction: 'lowers', sentence: 'Nothing about the kind of network speaks against the attempt.' },
  },
  rules: [{ name: 'hosting_network', points: 1.2, sentence: 'The address is in a data centre.', holds: (x, at) => x[at] === 1 }],
  derive(facts, out, at) {
    const hosting = isHosting(facts.ip);
    const kind = facts.ip.asn?.class ?? 'unknown';
    if (!hosting && kind === 'unknown') return 'unknown';
    out[at] = hosting ? 1 : 0;
    out[at + 1] = kind === 'mobile' ? 1 : 0;
    out[at + 2] = kind === 'business' || kind === 'education' || kind === 'government' ? 1 : 0;
    return null;
  },
  explain(facts, x, at, contribution) {
    const { asn, lists } = facts.ip;
    const listed = lists.filter((hit) => hit.kind === 'hosting' || hit.kind === 'cdn');
    return {
      code: contribution > 0 ? (x[at] === 1 ? 'HOSTING_NETWORK' : 'NETWORK_KIND_IN_DOUBT') : harmlessCode(facts.ip),
      evidence: {
        asn: asn?.asn ?? null,
        organisation: asn?.organisation ?? null,
        class: asn?.class ?? 'unknown',
        lists: listed.map((hit) => hit.list),
        list_age_days: listed[0] === undefined ? null : rounded(listed[0].ageDays),
      },
    };
  },
});

function harmlessCode(ip: IpFacts): string {
  if (isHosting(ip)) return 'ORDINARY_NETWORK_KIND';
  switch (ip.asn?.class) {
    case 'isp':
      return 'CONSUMER_NETWORK';
    case 'mobile':
      return 'MOBILE_NETWORK';
    case 'business':
    case 'education':
    case 'government':
      return 'ORGANISATION_NETWORK';
    default:
      return 'ORDINARY_NETWORK_KIND';
  }
}
