import t from 'tap';
import fc from 'fast-check';
import type { Facts } from '../../../src/domain/facts.ts';
import { accountsPerSourceMax } from '../../../src/domain/limits.ts';
import { type AccountProfile, applyToAccount, emptyAccount } from '../../../src/domain/profile/account.ts';
import { applyToSource, emptySource, type SourceProfile } from '../../../src/domain/profile/source.ts';
import type { Visit } from '../../../src/domain/profile/visit.ts';
import { velocityAccount } from '../../../src/domain/signal/velocity/account.ts';
import { velocityAsn } from '../../../src/domain/signal/velocity/asn.ts';
import { velocityBlock } from '../../../src/domain/signal/velocity/block.ts';
import { velocityBurst } from '../../../src/domain/signal/velocity/burst.ts';
import { countStrangers, elsewhere, failureShare, usualFailureShare } from '../../../src/domain/signal/velocity/counts.ts';
import { velocityHost } from '../../../src/domain/signal/velocity/host.ts';
import { velocitySignals } from '../../../src/domain/signal/velocity/signals.ts';
import { velocitySpray } from '../../../src/domain/signal/velocity/spray.ts';
import { velocitySpread } from '../../../src/domain/signal/velocity/spread.ts';
import {
  accountWith,
  dayMs,
  deriveSignal,
  factsWith,
  homeVisits,
  hourMs,
  minuteMs,
  nowMs,
  sourceWith,
  visitWith,
} from '../../support/facts.ts';
import { checkContract, checkDefinition } from '../../support/signal-contract.ts';

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

/** Adds failed tries at `atMs`, from where `visit` says. */
function withTries(account: AccountProfile, count: number, visit: Partial<Visit> = {}, failed = true): AccountProfile {
  for (let i = 0; i < count; i++)
    applyToAccount(account, { type: 'attempted', visit: visitWith({ atMs: nowMs - 30_000, ...visit }), failed });
  return account;
}

/** An office: `people` accounts known good there, each tried `tries` times in the last hour, a fifth of the tries in vain. */
function office(people: number, tries = 1): SourceProfile {
  const source = sourceWith({ good: range(1, people), atMs: nowMs - 2 * dayMs });
  for (let i = 0; i < people * tries; i++) {
    const account = 1 + (i % people);
    applyToSource(source, { type: 'attempted', atMs: nowMs - 10 * minuteMs, account, failed: i % 5 === 0, machine: null });
  }
  return source;
}

t.test('nothing remembered means nothing failed: zero, not unknown', (t) => {
  for (const signal of velocitySignals) {
    const { features, cause, rules } = deriveSignal(signal, factsWith());
    t.equal(cause, null);
    t.same(rules, []);
    for (const value of Object.values(features)) t.ok(value === 0 || Math.abs(value - usualFailureShare) < 1e-6, `${signal.name} ${value}`);
  }
  t.end();
});

t.test('profiles that could not be read leave velocity unknown, with their cause', (t) => {
  for (const signal of velocitySignals) {
    const { features, cause, rules } = deriveSignal(signal, factsWith({ profilesAbsent: 'late' }));
    t.equal(cause, 'late');
    t.same(rules, []);
    t.ok(Object.values(features).every(Number.isNaN));
  }
  t.end();
});

t.test('every velocity feature grows with what failed, and is never negative', (t) => {
  const counts = fc.record({
    good: fc.nat(30),
    failed: fc.nat(60),
    more: fc.integer({ min: 1, max: 20 }),
    agoMs: fc.integer({ min: 1, max: dayMs }),
  });
  fc.assert(
    fc.property(counts, ({ good, failed, more, agoMs }) => {
      const at = (failures: number): Facts => {
        const atMs = nowMs - agoMs;
        const source = sourceWith({ good: range(1000, good), failed: range(5000, failures), atMs });
        return factsWith({ account: withTries(emptyAccount(atMs), failures, { atMs, host: 'other' }), block: source, asn: source });
      };
      for (const signal of velocitySignals) {
        const less = deriveSignal(signal, at(failed)).features;
        const greater = deriveSignal(signal, at(failed + more)).features;
        for (const name of Object.keys(less)) {
          const [a, b] = [less[name] as number, greater[name] as number];
          if (!(a >= 0 && b >= a - 1e-6)) return false;
        }
      }
      return true;
    }),
    { numRuns: 60 },
  );
  t.end();
});

t.test('failures on the account are counted per window as logarithms', (t) => {
  const account = withTries(withTries(emptyAccount(nowMs), 3), 4, { atMs: nowMs - 5 * hourMs });
  const { features, rules, explain } = deriveSignal(velocityAccount, factsWith({ account }));
  t.ok((features['account_failures_1m_log'] as number) > 0.5);
  t.equal(Math.round(Math.expm1(features['account_failures_10m_log'] as number)), 3);
  t.equal(Math.round(Math.expm1(features['account_failures_24h_log'] as number)), 7);
  t.same(rules, []);
  t.same(explain(1).evidence['failures_24h'], 7);
  t.equal(explain(1).code, 'FAILURES_ON_ACCOUNT');
  t.equal(explain(-1).code, 'FEW_FAILURES_ON_ACCOUNT');
  t.equal(deriveSignal(velocityAccount, factsWith()).explain(-1).code, 'NO_FAILURES_ON_ACCOUNT');
  t.end();
});

t.test('two known addresses with one short key do not make fewer than no strangers', (t) => {
  const account = emptyAccount(nowMs);
  account.tallies[0] = ['twins-1', 'twins-2'].map((value) => ({ value: `AAAAAA${value}`, count: 1, lastMs: nowMs }));
  account.hosts.members.push(0);
  account.hosts.lastSeenMs.push(nowMs);
  const { features } = deriveSignal(velocitySpread, factsWith({ account, visit: { host: 'elsewhere' } }));
  t.equal(features['strange_hosts_1h_log'], 0);
  t.equal(features['strange_hosts_24h_log'], 0);
  t.end();
});

t.test('the account rules hold for guessing and not for mistyping', (t) => {
  t.same(deriveSignal(velocityAccount, factsWith({ account: withTries(emptyAccount(nowMs), 3) })).rules, []);
  t.same(deriveSignal(velocityAccount, factsWith({ account: withTries(emptyAccount(nowMs), 6) })).rules, ['account_failures_10m']);
  t.same(deriveSignal(velocityAccount, factsWith({ account: withTries(emptyAccount(nowMs), 60) })).rules, [
    'account_failures_10m',
    'account_failures_1h',
    'account_failures_24h',
  ]);
  t.end();
});

t.test('unknown sources on an account count; its own places and devices, and the present one, do not', (t) => {
  const account = accountWith(homeVisits(5, { host: 'homeAA', device: 'deviceHome' }));
  const home = { host: 'homeAA', asn: 3320, device: 'deviceHome' };
  withTries(account, 2, home);
  const quiet = deriveSignal(velocitySpread, factsWith({ account, visit: { host: 'officeA', asn: 1, device: 'phoneA' } }));
  t.same(Object.values(quiet.features), [0, 0, 0, 0]);
  for (const i of range(0, 7)) withTries(account, 1, { host: `${i}bot`, asn: 100 + i, device: i < 5 ? `${i}device` : null });
  withTries(account, 1, { atMs: nowMs - 5 * hourMs, host: 'earlier', asn: 99, device: null });
  const { features, rules, explain } = deriveSignal(velocitySpread, factsWith({ account, visit: { ...home } }));
  t.same(
    Object.values(features).map((value) => Math.round(Math.expm1(value))),
    [7, 8, 8, 5],
  );
  t.same(rules, ['strange_hosts_1h', 'strange_asns_24h', 'strange_devices_24h']);
  t.same(explain(1), {
    code: 'MANY_SOURCES_ON_ACCOUNT',
    evidence: { unknown_addresses_1h: 7, unknown_addresses_24h: 8, unknown_networks_24h: 8, unknown_devices_24h: 5, counted_at_most: 32 },
  });
  const present = deriveSignal(velocitySpread, factsWith({ account, visit: { host: '0bot', asn: null, device: null } }));
  t.equal(Math.round(Math.expm1(present.features['strange_hosts_1h_log'] as number)), 6);
  t.end();
});

t.test('known devices without an id, and known places last tried long ago, leave the count of strangers alone', (t) => {
  const account = accountWith([...homeVisits(2, { host: 'homeAA', device: null }), ...homeVisits(1, { host: 'summer', asn: 7 })]);
  withTries(account, 1, { atMs: nowMs - 3 * dayMs, host: 'summer', asn: 7 });
  withTries(account, 1, { host: '0bot', asn: 100, device: 'botdev' });
  const { features } = deriveSignal(velocitySpread, factsWith({ account, visit: { host: 'homeAA', device: null } }));
  t.same(
    Object.values(features).map((value) => Math.round(Math.expm1(value))),
    [1, 1, 1, 1],
  );
  t.equal(deriveSignal(velocitySpread, factsWith()).explain(-1).code, 'FEW_SOURCES_ON_ACCOUNT');
  account.hosts.members.splice(0, 1);
  account.hosts.lastSeenMs.splice(0, 1);
  t.equal(
    Math.round(
      Math.expm1(deriveSignal(velocitySpread, factsWith({ account, visit: { host: '1else' } })).features['strange_hosts_1h_log'] as number),
    ),
    1,
  );
  account.tallies.length = 0;
  t.equal(
    Math.round(
      Math.expm1(deriveSignal(velocitySpread, factsWith({ account, visit: { asn: 1 } })).features['strange_asns_24h_log'] as number),
    ),
    1,
  );
  t.end();
});

t.test('an address where most tries fail is told from one where many people work', (t) => {
  const attacker = deriveSignal(velocityHost, factsWith({ host: sourceWith({ failed: range(1, 60), atMs: nowMs - 10 * minuteMs }) }));
  const people = deriveSignal(velocityHost, factsWith({ host: office(300) }));
  t.ok((attacker.features['host_failure_share_1h'] as number) > 0.8);
  t.ok((people.features['host_failure_share_1h'] as number) < 0.25);
  t.same(attacker.rules, ['host_failures_1h', 'host_failures_24h']);
  t.equal(Math.round(Math.expm1(people.features['host_failures_1h_log'] as number)), 60);
  t.same(people.rules, []);
  t.equal(attacker.explain(1).code, 'FAILURES_FROM_ADDRESS');
  t.equal(attacker.explain(1).evidence['failures_1h'], 60);
  t.equal(people.explain(-1).code, 'FEW_FAILURES_FROM_ADDRESS');
  t.equal(deriveSignal(velocityHost, factsWith()).explain(-1).code, 'NO_FAILURES_FROM_ADDRESS');
  t.end();
});

t.test('a failure from the address is not counted against its block, nor a failure from the block against its network', (t) => {
  const host = sourceWith({ failed: range(1, 20), atMs: nowMs - minuteMs });
  const alone = factsWith({ host, block: structuredClone(host), asn: structuredClone(host) });
  t.equal(deriveSignal(velocityBlock, alone).features['block_failures_1h_log'], 0);
  t.equal(deriveSignal(velocityAsn, alone).features['asn_failures_excess_1h_log'], 0);
  const block = sourceWith({ failed: range(1, 50), atMs: nowMs - minuteMs });
  const neighbours = deriveSignal(velocityBlock, factsWith({ host, block }));
  t.equal(Math.round(Math.expm1(neighbours.features['block_failures_1h_log'] as number)), 30);
  t.same(neighbours.rules, ['block_failures_1h']);
  t.equal(neighbours.explain(1).code, 'FAILURES_FROM_BLOCK');
  t.equal(neighbours.explain(1).evidence['failures_elsewhere_1h'], 30);
  t.equal(neighbours.explain(1).evidence['block'], '/24');
  const busy = deriveSignal(velocityBlock, factsWith({ block: office(60, 5) }));
  t.ok((busy.features['block_failures_1h_log'] as number) > 4);
  t.ok((busy.features['block_failure_share_1h'] as number) < 0.25);
  t.same(busy.rules, []);
  const v6 = factsWith({ attempt: { ip: { version: 6 } } });
  t.equal(deriveSignal(velocityBlock, v6).explain(-1).code, 'FEW_FAILURES_FROM_BLOCK');
  t.equal(deriveSignal(velocityBlock, v6).explain(-1).evidence['block'], '/48');
  t.end();
});

t.test('a large provider with many failures among many more tries is no alarm; a small network where most fail is', (t) => {
  const provider = deriveSignal(velocityAsn, factsWith({ asn: office(60, 500) }));
  t.equal(provider.features['asn_failures_excess_1h_log'], 0);
  t.ok((provider.features['asn_failure_share_1h'] as number) < usualFailureShare + 0.01);
  t.same(provider.rules, []);
  t.equal(provider.explain(-1).code, 'USUAL_NETWORK_FAILURES');
  const fleet = deriveSignal(velocityAsn, factsWith({ asn: sourceWith({ failed: range(1, 30), atMs: nowMs - 10 * minuteMs }) }));
  t.same(fleet.rules, ['asn_failure_share_1h']);
  t.equal(fleet.explain(1).code, 'FAILURES_FROM_NETWORK');
  t.equal(fleet.explain(1).evidence['tries_1h'], 30);
  t.equal(fleet.explain(1).evidence['organisation'], 'AS3320');
  const unknown = deriveSignal(velocityAsn, factsWith({ visit: { asn: null }, asn: office(5) }));
  t.equal(unknown.cause, 'unknown');
  t.equal(unknown.explain(-1).evidence['organisation'], null);
  t.end();
});

t.test('failures told after the tries, even more of them than tries, never make a share above one', (t) => {
  t.ok(failureShare(50, 3) < 1);
  t.ok(failureShare(0, 1_000_000) > 0);
  t.ok(Math.abs(failureShare(0, 0) - usualFailureShare) < 1e-12);
  t.equal(elsewhere(3, 5), 0);
  const host = emptySource(nowMs);
  for (const _ of range(0, 12)) applyToSource(host, { type: 'failed', atMs: nowMs - minuteMs });
  t.same(deriveSignal(velocityAsn, factsWith({ asn: host })).rules, []);
  t.ok((deriveSignal(velocityHost, factsWith({ host })).features['host_failure_share_1h'] as number) < 1);
  t.end();
});

t.test('many accounts tried once each in vain are a spray, from one address or from a rotating block', (t) => {
  const spray = sourceWith({ failed: range(1, 20), atMs: nowMs - 5 * minuteMs });
  const host = deriveSignal(velocitySpray, factsWith({ host: spray, block: structuredClone(spray) }));
  t.equal(Math.round(Math.expm1(host.features['spray_host_accounts_1h_log'] as number)), 20);
  t.equal(host.features['spray_block_accounts_1h_log'], 0);
  t.ok((host.features['spray_shape'] as number) > 0.7);
  t.same(host.rules, ['spray_host']);
  t.equal(host.explain(1).code, 'PASSWORD_SPRAY');
  t.equal(host.explain(1).evidence['strange_accounts_1h'], 20);
  const block = deriveSignal(velocitySpray, factsWith({ block: spray }));
  t.same(block.rules, ['spray_block']);
  t.equal(block.explain(1).code, 'PASSWORD_SPRAY');
  t.end();
});

t.test('an office whose accounts are known good there is no spray, however many they are', (t) => {
  for (const people of [5, 40, accountsPerSourceMax]) {
    const { features, rules, explain } = deriveSignal(velocitySpray, factsWith({ host: office(people), block: office(people) }));
    t.equal(features['spray_host_accounts_1h_log'], 0);
    t.equal(features['spray_block_accounts_1h_log'], 0);
    t.ok((features['spray_shape'] as number) < 0.25);
    t.same(rules, []);
    t.equal(explain(-1).code, 'FEW_ACCOUNTS');
    t.equal(explain(-1).evidence['accounts_known_good_here'], people);
  }
  t.end();
});

t.test('one account tried over and over is not the shape of a spray; a set too full to count further still is', (t) => {
  const one = deriveSignal(velocitySpray, factsWith({ host: sourceWith({ failed: range(0, 40).map(() => 9), atMs: nowMs - minuteMs }) }));
  t.ok((one.features['spray_shape'] as number) < 0.05);
  t.equal(one.explain(1).code, 'ACCOUNTS_TRIED_FROM_ADDRESS');
  const flood = deriveSignal(velocitySpray, factsWith({ host: sourceWith({ failed: range(1, 500), atMs: nowMs - minuteMs }) }));
  t.ok((flood.features['spray_shape'] as number) > 0.95);
  const stale = deriveSignal(velocitySpray, factsWith({ host: sourceWith({ failed: range(1, 30), atMs: nowMs - 30 * hourMs }) }));
  t.same(Object.values(stale.features), [0, 0, 0, 0]);
  t.end();
});

t.test('the present account, accounts good there and accounts seen after the attempt are no strangers', (t) => {
  const source = sourceWith({ good: [1, 2], failed: [2, 3, 4] });
  const into = { inHour: 9, inDay: 9 };
  t.same(countStrangers(source, nowMs - hourMs / 2, 4, into), { inHour: 1, inDay: 1 });
  t.same(countStrangers(source, nowMs + hourMs, 4, into), { inHour: 0, inDay: 1 });
  t.same(countStrangers(source, nowMs - 2 * hourMs, 4, into), { inHour: 0, inDay: 0 });
  t.same(countStrangers(null, nowMs, 4, into), { inHour: 0, inDay: 0 });
  t.end();
});

t.test('which accounts are strangers is the plain difference of the two sets, whatever their keys have in common', (t) => {
  const account = fc.oneof(
    fc.nat(300),
    fc.nat(40).map((i) => i * 256 + 7),
    fc.nat(2 ** 36 - 1),
  );
  fc.assert(
    fc.property(fc.array(account, { maxLength: 64 }), fc.array(account, { maxLength: 64 }), (good, tried) => {
      const source = sourceWith({ good, failed: tried });
      const expected = source.accounts.members.filter((member) => !source.goodAccounts.members.includes(member)).length;
      return countStrangers(source, nowMs, -1, { inHour: 0, inDay: 0 }).inDay === expected;
    }),
  );
  t.end();
});

t.test('a record that holds more good accounts than it should is still counted, and quickly ends', (t) => {
  const source = sourceWith({ failed: [1, 2, 3] });
  for (const i of range(0, 1000)) source.goodAccounts.members.push(i * 256 + 1);
  t.equal(countStrangers(source, nowMs, -1, { inHour: 0, inDay: 0 }).inDay, 2);
  t.end();
});

t.test('a right credential after failures counts in full only at an address that is new to the account', (t) => {
  const account = withTries(accountWith(homeVisits(5)), 6);
  const host = emptySource(nowMs);
  for (const _ of range(0, 6)) applyToSource(host, { type: 'attempted', atMs: nowMs - 30_000, account: 1, failed: true, machine: null });
  const home = deriveSignal(velocityBurst, factsWith({ account, host }));
  t.equal(Math.round(Math.expm1(home.features['burst_account_10m_log'] as number)), 6);
  t.equal(home.features['burst_account_new_address_1h_log'], 0);
  t.equal(home.features['burst_address_excess_10m_log'], 0);
  t.same(home.rules, []);
  const away = deriveSignal(velocityBurst, factsWith({ account, visit: { host: 'elsewhere' } }));
  t.same(away.rules, ['burst_account_new_address']);
  t.equal(away.explain(1).code, 'SUCCESS_AFTER_FAILURES');
  t.equal(away.explain(1).evidence['address_known_to_account'], false);
  t.end();
});

t.test('a right credential from an address that fails on others is a burst; at an office, and for a wrong credential, it is none', (t) => {
  const host = sourceWith({ failed: range(1, 30), atMs: nowMs - 30_000 });
  const hit = deriveSignal(velocityBurst, factsWith({ host }));
  t.same(hit.rules, ['burst_address']);
  t.equal(hit.explain(1).evidence['address_failures_on_others_10m'], 30);
  const busy = emptySource(nowMs);
  for (const i of range(0, 200))
    applyToSource(busy, { type: 'attempted', atMs: nowMs - 60_000, account: i, failed: i % 4 === 0, machine: null });
  t.equal(deriveSignal(velocityBurst, factsWith({ host: busy })).features['burst_address_excess_10m_log'], 0);
  const wrong = deriveSignal(velocityBurst, factsWith({ host, attempt: { credential: { result: 'failure' } } }));
  t.same(Object.values(wrong.features), [0, 0, 0]);
  t.equal(wrong.explain(-1).code, 'NO_BURST_BEFORE');
  t.end();
});

t.test('the velocity signals keep the contract of signals on any facts', (t) => {
  for (const signal of velocitySignals) {
    checkDefinition(signal);
    checkContract(signal, 60);
  }
  t.end();
});
