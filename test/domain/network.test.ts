import t from 'tap';
import fc from 'fast-check';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import { networkAnonymity } from '../../src/domain/signal/network/anonymity.ts';
import { networkBlocklist } from '../../src/domain/signal/network/blocklist.ts';
import { exitBelief, exitColleagues, otherGoodAccounts } from '../../src/domain/signal/network/egress.ts';
import { networkFamiliarity, novelShare } from '../../src/domain/signal/network/familiarity.ts';
import { networkKind } from '../../src/domain/signal/network/kind.ts';
import { networkRarity } from '../../src/domain/signal/network/rarity.ts';
import { networkTenant } from '../../src/domain/signal/network/tenant.ts';
import { accountWith, dayMs, deriveSignal, factsWith, homeVisits, listHit, nowMs, sourceWith } from '../support/facts.ts';
import { checkContract, checkDefinition } from '../support/signal-contract.ts';

const signals = [networkKind, networkAnonymity, networkBlocklist, networkFamiliarity, networkTenant, networkRarity];
const colleagues = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

for (const signal of signals) {
  t.test(`${signal.name} keeps the contract of signals on any facts`, (t) => {
    checkDefinition(signal);
    checkContract(signal);
    t.end();
  });
}

t.test('a data centre is known by its operator or by a list, and an unclassified operator is unknown rather than suspect', (t) => {
  t.equal(deriveSignal(networkKind, factsWith({ visit: { asnClass: 'hosting' } })).features['network_hosting'], 1);
  const byList = deriveSignal(networkKind, factsWith({ visit: { asnClass: 'unknown' }, lists: ['hosting'] }));
  t.equal(byList.features['network_hosting'], 1);
  t.same(byList.rules, ['hosting_network']);
  t.match(byList.explain(1), { code: 'HOSTING_NETWORK', evidence: { asn: 3320, lists: ['test hosting list'], list_age_days: 1 } });
  t.equal(byList.explain(-1).code, 'ORDINARY_NETWORK_KIND');
  const unknown = deriveSignal(networkKind, factsWith({ visit: { asnClass: 'unknown' } }));
  t.equal(unknown.cause, 'unknown');
  t.same(unknown.rules, []);
  t.equal(unknown.explain(-1).code, 'ORDINARY_NETWORK_KIND');
  t.equal(unknown.explain(1).code, 'NETWORK_KIND_IN_DOUBT');
  t.end();
});

t.test('each kind of network has its own features and its own name', (t) => {
  const of = (asnClass: 'isp' | 'mobile' | 'business' | 'education' | 'government') => {
    const { features, explain } = deriveSignal(networkKind, factsWith({ visit: { asnClass } }));
    return [features['network_hosting'], features['network_mobile'], features['network_organisation'], explain(-1).code];
  };
  t.same(of('isp'), [0, 0, 0, 'CONSUMER_NETWORK']);
  t.same(of('mobile'), [0, 1, 0, 'MOBILE_NETWORK']);
  for (const asnClass of ['business', 'education', 'government'] as const) t.same(of(asnClass), [0, 0, 1, 'ORGANISATION_NETWORK']);
  t.end();
});

t.test('of several ways to hide the worst gives the code and the only points', (t) => {
  const codes = (lists: readonly ('tor' | 'vpn' | 'proxy' | 'relay')[]) => {
    const { rules, explain } = deriveSignal(networkAnonymity, factsWith({ lists }));
    return [rules, explain(1).code];
  };
  t.same(codes(['relay', 'vpn', 'proxy', 'tor']), [['tor_exit'], 'TOR_EXIT']);
  t.same(codes(['relay', 'vpn', 'proxy']), [['open_proxy'], 'OPEN_PROXY']);
  t.same(codes(['relay', 'vpn']), [['vpn'], 'VPN']);
  t.same(codes(['relay']), [[], 'PRIVACY_RELAY'], 'a relay alone gets no points');
  t.same(codes([]), [[], 'ANONYMITY_UNKNOWN']);
  t.equal(deriveSignal(networkAnonymity, factsWith()).explain(-1).code, 'NOT_ANONYMOUS');
  t.end();
});

t.test('who always comes through a VPN is not alarming when doing so again', (t) => {
  const usual = deriveSignal(networkAnonymity, factsWith({ lists: ['vpn'], account: accountWith(homeVisits(8, { anonymous: true })) }));
  t.equal(usual.features['anonymity_usual_share'], Math.fround(8 / 9), 'one ordinary login is added');
  t.ok(usual.points <= 0);
  t.equal(usual.explain(-1).code, 'USUAL_ANONYMITY');
  const never = deriveSignal(networkAnonymity, factsWith({ lists: ['vpn'], account: accountWith(homeVisits(8)) }));
  t.equal(never.features['anonymity_usual_share'], 0);
  t.equal(never.points, 0.7);
  t.ok(Number.isNaN(deriveSignal(networkAnonymity, factsWith({ lists: ['vpn'] })).features['anonymity_usual_share']));
  t.end();
});

t.test('lists that cannot know an address say nothing of it, but a list that names it is heard', (t) => {
  for (const signal of [networkAnonymity, networkBlocklist]) {
    t.equal(deriveSignal(signal, factsWith({ attempt: { ip: { scope: 'private' } } })).cause, 'unknown');
    t.equal(deriveSignal(signal, factsWith({ attempt: { ip: { scope: 'private' } }, lists: ['tor', 'blocklist'] })).cause, null);
    t.equal(deriveSignal(signal, factsWith()).cause, null);
  }
  t.end();
});

t.test('reports add up over blocklists, the youngest list gives the age, and other lists are no reports', (t) => {
  const hits = [
    listHit('blocklist', { list: 'a', reports: 3, ageDays: 9 }),
    listHit('blocklist', { list: 'b', reports: null, ageDays: 2 }),
    listHit('tor', { ageDays: 0 }),
  ];
  const { features, rules, explain } = deriveSignal(networkBlocklist, factsWith({ ip: { lists: hits } }));
  t.ok(Math.abs((features['blocklist_reports_log'] as number) - Math.log(5)) < 1e-6);
  t.equal(features['blocklist_age_days'], 2);
  t.same(rules, ['reported_often']);
  t.match(explain(1), { code: 'IP_BLOCKLISTED', evidence: { lists: ['a', 'b'], reports: 4, list_age_days: 2 } });
  t.equal(explain(-1).code, 'STALE_LISTING');
  const once = deriveSignal(networkBlocklist, factsWith({ lists: ['blocklist'] }));
  t.same(once.rules, ['reported']);
  const clean = deriveSignal(networkBlocklist, factsWith());
  t.equal(clean.features['blocklist_reports_log'], 0);
  t.ok(Number.isNaN(clean.features['blocklist_age_days']));
  t.same([clean.explain(-1).code, clean.explain(1).code, clean.points], ['NOT_LISTED', 'BLOCKLIST_SILENT', 0]);
  t.end();
});

t.test('a new address in a known block is nearly home, as for an IPv6 subscriber whose address rotates', (t) => {
  const account = accountWith(homeVisits(20));
  const rotated = deriveSignal(networkFamiliarity, factsWith({ visit: { host: '2001:db8:1:2::/64' }, account }));
  t.equal(rotated.features['network_host_familiarity_log'], 0);
  t.ok(rotated.points < 0);
  t.equal(rotated.explain(-1).code, 'KNOWN_NETWORK');
  t.equal(rotated.explain(1).code, 'LITTLE_USED_NETWORK');
  const home = deriveSignal(networkFamiliarity, factsWith({ account }));
  t.ok(home.points <= rotated.points);
  t.match(home.explain(-1), {
    code: 'KNOWN_NETWORK',
    evidence: {
      asn: 3320,
      usual_asn: 3320,
      good_logins: 20,
      good_logins_from_address: 20,
      good_logins_from_network: 20,
      networks_known: 1,
    },
  });
  t.end();
});

t.test('an unused network is new, and less so for an account that meets new networks all the time', (t) => {
  const elsewhere = { host: 'h', block: 'b', asn: 64500 };
  const settled = deriveSignal(
    networkFamiliarity,
    factsWith({ visit: elsewhere, account: accountWith(homeVisits(20)), population: { total: 1000, counts: { asn: 300 } } }),
  );
  t.same(settled.rules, ['new_network']);
  t.equal(settled.explain(1).code, 'NEW_NETWORK');
  t.ok((settled.features['network_asn_log_ratio'] as number) > 1.5, 'the network is common, and this account avoids it');
  const roaming = accountWith(homeVisits(20).map((visit, i) => ({ ...visit, asn: 65000 + i, host: `h${i}`, block: `b${i}` })));
  const roamed = deriveSignal(networkFamiliarity, factsWith({ visit: elsewhere, account: roaming }));
  t.ok((roamed.features['network_novel_share'] as number) > 0.9);
  t.ok((settled.features['network_novel_share'] as number) < 0.1);
  t.equal(roamed.explain(-1).code, 'ROAMING_ACCOUNT');
  t.equal(deriveSignal(networkFamiliarity, factsWith()).cause, 'no_history');
  t.equal(deriveSignal(networkFamiliarity, factsWith({ account: accountWith([]) })).cause, 'no_history');
  t.end();
});

t.test('an address without a network is judged by address and block alone', (t) => {
  const { features, cause, explain } = deriveSignal(
    networkFamiliarity,
    factsWith({ visit: { asn: null }, account: accountWith(homeVisits(3)) }),
  );
  t.equal(cause, null);
  t.ok(Number.isNaN(features['network_asn_familiarity_log']));
  t.equal(explain(-1).evidence['good_logins_from_network'], null);
  t.end();
});

t.test('stored records that lack what this version counts are read as having none of it', (t) => {
  const account = { ...accountWith(homeVisits(3)), tallies: [] };
  const { features, explain } = deriveSignal(networkFamiliarity, { ...factsWith({ account }), population: { total: 9, counts: [] } });
  t.equal(features['network_asn_familiarity_log'], 0);
  t.equal(explain(1).evidence['good_logins_from_network'], 0);
  const rarity = deriveSignal(networkRarity, { ...factsWith({ account }), population: { total: 9, counts: [] } });
  t.equal(rarity.explain(1).evidence['from_network'], 0);
  t.end();
});

t.test('the share of new networks is a probability, and falls when known ones are used again', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 24 }), (counts) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      const share = novelShare(
        counts.map((count, i) => ({ value: String(i), count, lastMs: 0 })),
        total,
      );
      const settled = novelShare(
        counts.map((count, i) => ({ value: String(i), count: count + 1, lastMs: 0 })),
        total + counts.length,
      );
      return share > 0 && share <= 1 && settled <= share;
    }),
  );
  t.equal(novelShare(undefined, 0), 0.5);
  t.equal(novelShare([{ value: 'a', count: 20, lastMs: 0 }], 20), 1 / 22, 'only networks used once foretell another');
  t.end();
});

t.test('colleagues are counted without the account itself, without failures, and for a quarter', (t) => {
  const facts = factsWith({ host: sourceWith({ good: [1, 2, shortKey('user-1')], failed: [7, 8, 9] }) });
  t.equal(otherGoodAccounts(facts.host, facts), 2);
  t.equal(otherGoodAccounts(null, facts), 0);
  const old = factsWith({ host: sourceWith({ good: [1, 2], atMs: nowMs - 91 * dayMs }) });
  t.equal(otherGoodAccounts(old.host, old), 0);
  t.end();
});

t.test("an exit used by the tenant's other accounts speaks for the attempt, an unused one hardly against it", (t) => {
  const population = { total: 500 };
  const shared = deriveSignal(
    networkTenant,
    factsWith({ population, host: sourceWith({ good: colleagues(8) }), block: sourceWith({ good: colleagues(8) }) }),
  );
  t.same(shared.rules, ['colleagues_at_address']);
  t.match(shared.explain(-1), {
    code: 'SHARED_WITH_COLLEAGUES',
    evidence: { accounts_at_address: 8, accounts_in_block: 8, accounts_in_network: 0, window_days: 90 },
  });
  t.same(deriveSignal(networkTenant, factsWith({ population, block: sourceWith({ good: colleagues(8) }) })).rules, ['colleagues_in_block']);
  const unused = deriveSignal(networkTenant, factsWith({ population }));
  t.same(unused.rules, ['unused_by_others']);
  t.ok(unused.points <= 0.3);
  t.equal(unused.explain(1).code, 'UNUSED_BY_OTHERS');
  t.ok(Number.isNaN(deriveSignal(networkTenant, factsWith({ population, visit: { asn: null } })).features['tenant_asn_accounts_log']));
  t.equal(deriveSignal(networkTenant, factsWith()).cause, 'no_history', 'nobody to compare with yet');
  t.end();
});

t.test(
  'a shared exit takes belief from its place: soon at an organisation, by share of the tenant at a provider, never at a carrier',
  (t) => {
    const at = (asnClass: 'business' | 'isp' | 'mobile', total: number, count = 9) =>
      factsWith({ visit: { asnClass }, population: { total }, host: sourceWith({ good: colleagues(count) }) });
    t.equal(exitBelief(at('business', 100_000)), 0.1);
    t.equal(exitBelief(at('isp', 500)), 0.1, "two in a hundred of all logins: the tenant's own line");
    t.ok(exitBelief(at('isp', 1_000_000)) > 0.99, 'one carrier-grade NAT among millions of logins');
    t.equal(exitBelief(at('mobile', 10)), 1);
    t.equal(exitBelief(factsWith({ visit: { asnClass: 'isp' } })), 1);
    t.equal(exitColleagues(factsWith({ visit: { asnClass: 'isp' }, host: sourceWith({ good: [1] }) })), 0, 'no population, no share');
    t.equal(exitColleagues(factsWith({ visit: { asnClass: 'hosting' }, block: sourceWith({ good: colleagues(4) }) })), 4);
    t.ok(exitBelief(at('business', 100, 2)) > 0.6, 'a household is still a place');
    fc.assert(fc.property(fc.nat(60), (count) => exitBelief(at('business', 1, count + 1)) < exitBelief(at('business', 1, count))));
    t.end();
  },
);

t.test('a network that nobody in the tenant uses is rare once the tenant has seen enough', (t) => {
  const rare = deriveSignal(networkRarity, factsWith({ population: { total: 10_000, counts: { asn: 0, country: 3 } } }));
  t.same(rare.rules, ['rare_network', 'rare_country']);
  t.equal(rare.features['rarity_asn_nats'], Math.fround(-Math.log(0.5 / 10_001)));
  t.equal(rare.features['rarity_country_nats'], Math.fround(-Math.log(3.5 / 10_001)));
  t.match(rare.explain(1), { code: 'RARE_NETWORK', evidence: { tenant_good_logins: 10_000, from_network: 0, from_country: 3 } });
  t.same(deriveSignal(networkRarity, factsWith({ population: { total: 90 } })).rules, [], 'ninety logins prove no rarity');
  const common = deriveSignal(networkRarity, factsWith({ population: { total: 10_000, counts: { asn: 4000, country: 9000 } } }));
  t.same(common.rules, []);
  t.equal(common.explain(-1).code, 'COMMON_NETWORK');
  t.equal(deriveSignal(networkRarity, factsWith()).cause, 'no_history');
  t.equal(deriveSignal(networkRarity, factsWith({ population: { total: 9 }, visit: { asn: null, country: null } })).cause, 'unknown');
  const half = deriveSignal(networkRarity, factsWith({ population: { total: 9 }, visit: { asn: null } }));
  t.ok(Number.isNaN(half.features['rarity_asn_nats']));
  t.equal(half.explain(1).evidence['network_share'], null);
  t.end();
});
