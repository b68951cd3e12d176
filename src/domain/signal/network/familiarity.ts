// network.familiarity: whether this account has signed in well from this address, from the block around it, from this network.
//
// The block matters as much as the address: an IPv6 subscriber rotates within a /48 and a home connection within a /24.
// People who roam meet new networks all the time, so how often this account does so stands beside the novelty.
import { defineSignal } from '../definition.ts';
import { logFamiliarity, logRatio, rounded, tallyFamiliarity } from '../measure.ts';
import { findTally, type Tally, usualTally } from '../../profile/tally.ts';
import { attributes, populationAttributes } from '../../profile/visit.ts';

const host = attributes.indexOf('host');
const block = attributes.indexOf('block');
const network = attributes.indexOf('asn');
const populationAsn = populationAttributes.indexOf('asn');

/**
 * Probability that the next login comes from a network never used before, by Good and Turing: values seen once, over logins. One
 * imaginary new network in two logins is added, so that a short history is not taken for a settled one.
 */
export function novelShare(tallies: readonly Tally[] | undefined, goodCount: number): number {
  let once = 0;
  if (tallies !== undefined) for (const tally of tallies) if (tally.count === 1) once++;
  return Math.min(1, (once + 1) / (goodCount + 2));
}

export const networkFamiliarity = defineSignal({
  name: 'network.familiarity',
  title: 'Familiar network',
  describes:
    'How often and how lately this account signed in well from this address (IPv6: /64), from the block around it (/24, /48) and from this network (ASN); how much rarer the network is for the account than for everybody; and how often the account meets new networks anyway. A new network alone is ordinary life: a hotel, a phone, a new contract. Without good logins there is nothing to compare with.',
  features: [
    {
      name: 'network_host_familiarity_log',
      monotone: -1,
      sentence: 'ln(1 + good logins from this IPv4 address or IPv6 /64, halved every 180 days).',
    },
    {
      name: 'network_block_familiarity_log',
      monotone: -1,
      sentence: 'ln(1 + good logins from this IPv4 /24 or IPv6 /48, halved every 180 days).',
    },
    { name: 'network_asn_familiarity_log', monotone: -1, sentence: 'ln(1 + good logins from this network, halved every 180 days).' },
    {
      name: 'network_asn_log_ratio',
      monotone: 1,
      sentence: 'ln of how much more common the network is for everybody than for the account; 0 = the same.',
    },
    {
      name: 'network_novel_share',
      monotone: -1,
      sentence: "Estimated share of the account's logins that come from a network never used before, 0 to 1.",
    },
  ],
  codes: {
    NEW_NETWORK: {
      direction: 'raises',
      sentence: 'This account has not signed in well from this address, its block or its network, or hardly ever.',
    },
    LITTLE_USED_NETWORK: { direction: 'raises', sentence: 'The account knows the network, but not this address, or has used it little.' },
    KNOWN_NETWORK: { direction: 'lowers', sentence: 'This account has signed in well from here before.' },
    ROAMING_ACCOUNT: { direction: 'lowers', sentence: 'The network is new, as networks often are for this account.' },
  },
  rules: [
    {
      name: 'new_network',
      points: 0.8,
      sentence: 'Neither address nor block nor network was ever used for a good login.',
      holds: (x, at) => x[at] === 0 && x[at + 1] === 0 && !((x[at + 2] as number) > 0),
    },
    // ln(1 + 0.9): one good login, less than a month old or so; ln(1 + 2.9): three.
    {
      name: 'known_address',
      points: -1,
      sentence: 'About three recent good logins or more came from this address.',
      holds: (x, at) => (x[at] as number) >= Math.log(3.5),
    },
    {
      name: 'known_block',
      points: -0.6,
      sentence: 'A recent good login came from this address or the block around it.',
      holds: (x, at) => (x[at + 1] as number) >= Math.log(1.8) && !((x[at] as number) >= Math.log(3.5)),
    },
  ],
  derive(facts, out, at) {
    const { account, visit, population } = facts;
    if (account === null || account.goodCount <= 0) return 'no_history';
    const nowMs = visit.atMs;
    out[at] = tallyFamiliarity(account.tallies[host], visit.host, nowMs);
    out[at + 1] = tallyFamiliarity(account.tallies[block], visit.block, nowMs);
    out[at + 4] = novelShare(account.tallies[network], account.goodCount);
    if (visit.asn === null) return null;
    const tally = findTally(account.tallies[network] ?? [], String(visit.asn));
    const count = tally === null ? 0 : tally.count;
    out[at + 2] = tally === null ? 0 : logFamiliarity(count, tally.lastMs, nowMs);
    out[at + 3] = logRatio(count, account.goodCount, population.counts[populationAsn] ?? 0, population.total);
    return null;
  },
  explain(facts, x, at, contribution) {
    const { account, visit, ip } = facts;
    const known = (x[at] as number) > 0 || (x[at + 1] as number) > 0 || (x[at + 2] as number) > 0;
    const networks = account?.tallies[network] ?? [];
    const usual = usualTally(networks);
    const count = (index: number, value: string): number => findTally(account?.tallies[index] ?? [], value)?.count ?? 0;
    return {
      code: contribution > 0 ? (known ? 'LITTLE_USED_NETWORK' : 'NEW_NETWORK') : known ? 'KNOWN_NETWORK' : 'ROAMING_ACCOUNT',
      evidence: {
        asn: visit.asn,
        organisation: ip.asn?.organisation ?? null,
        usual_asn: usual === null ? null : Number(usual.value),
        good_logins: account?.goodCount ?? 0,
        good_logins_from_address: count(host, visit.host),
        good_logins_from_block: count(block, visit.block),
        good_logins_from_network: visit.asn === null ? null : count(network, String(visit.asn)),
        networks_known: networks.length,
        expected_new_share: rounded(x[at + 4] as number),
      },
    };
  },
});
