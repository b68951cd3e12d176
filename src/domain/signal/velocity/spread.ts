// Many sources trying one account: a distributed attack, which counting failures per address does not see.
//
// Sources that the account has signed in well from do not count, nor does the one that tries now (its own novelty is another
// group's matter): a person with a phone, a home and an office is not a botnet.
import type { Facts } from '../../facts.ts';
import type { AccountProfile } from '../../profile/account.ts';
import { countRecent, type RecentSet, shortKey } from '../../profile/recent-set.ts';
import { attributes } from '../../profile/visit.ts';
import { counterWindowsMs, day, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { fromLog } from './counts.ts';

const hostTallies = attributes.indexOf('host');
const asnTallies = attributes.indexOf('asn');
const hourMs = counterWindowsMs[hour];
const dayMs = counterWindowsMs[day];

type KeyOf = (index: number) => number;

/** Members seen in the window less those that are known good and less the present one. `keyOf` gives the short key of the i-th known. */
function strange(set: RecentSet, atMs: number, windowMs: number, present: number, known: number, keyOf: KeyOf): number {
  let count = countRecent(set, atMs, windowMs, present);
  if (count === 0) return 0;
  const fromMs = atMs - windowMs;
  for (let i = 0; i < known; i++) {
    const key = keyOf(i);
    if (key === present) continue;
    const member = set.members.indexOf(key);
    if (member < 0) continue;
    const seenMs = set.lastSeenMs[member] as number;
    if (seenMs > fromMs && seenMs <= atMs) count--;
  }
  return count;
}

function strangeHosts(account: AccountProfile, facts: Facts, windowMs: number): number {
  const known = account.tallies[hostTallies] ?? [];
  return strange(account.hosts, facts.visit.atMs, windowMs, shortKey(facts.visit.host), known.length, (i) => shortKey(known[i]?.value ?? ''));
}

function strangeAsns(account: AccountProfile, facts: Facts): number {
  const known = account.tallies[asnTallies] ?? [];
  return strange(account.asns, facts.visit.atMs, dayMs, facts.visit.asn ?? -1, known.length, (i) => Number(known[i]?.value));
}

function strangeDevices(account: AccountProfile, facts: Facts): number {
  const known = account.devices;
  const present = facts.visit.device === null ? -1 : shortKey(facts.visit.device);
  return strange(account.triedDevices, facts.visit.atMs, dayMs, present, known.length, (i) => {
    const device = known[i]?.device ?? null;
    return device === null ? -1 : shortKey(device);
  });
}

export const velocitySpread = defineSignal({
  name: 'velocity.spread',
  title: 'Sources that try the account',
  describes:
    'How many other addresses, networks and devices tried this account lately without ever having signed in well to it. A distributed attack on one account shows ' +
    'here and nowhere else. Known places and devices of the account are not counted, so moving between home, office and phone is no evidence.',
  features: [
    { name: 'strange_hosts_1h_log', monotone: 1, sentence: 'ln(1 + other addresses, not known good, that tried the account in the last hour); at most ln 33.' },
    { name: 'strange_hosts_24h_log', monotone: 1, sentence: 'ln(1 + other addresses, not known good, that tried the account in 24 hours); at most ln 33.' },
    { name: 'strange_asns_24h_log', monotone: 1, sentence: 'ln(1 + other networks, not known good, that tried the account in 24 hours); at most ln 33.' },
    { name: 'strange_devices_24h_log', monotone: 1, sentence: 'ln(1 + other devices, not known good, that tried the account in 24 hours); at most ln 33.' },
  ],
  codes: {
    MANY_SOURCES_ON_ACCOUNT: { direction: 'raises', sentence: 'Other addresses, networks or devices that never signed in to this account have been trying it.' },
    FEW_SOURCES_ON_ACCOUNT: { direction: 'lowers', sentence: 'Hardly any unknown source has tried this account lately.' },
  },
  rules: [
    // Mobile carriers hand out a new address per connection, all in one network: addresses alone weigh less than networks.
    { name: 'strange_hosts_1h', points: 0.6, sentence: 'Six or more unknown addresses tried the account in an hour.', holds: (x, at) => fromLog(x[at]) >= 5.5 },
    { name: 'strange_asns_24h', points: 0.9, sentence: 'Four or more unknown networks tried the account in a day.', holds: (x, at) => fromLog(x[at + 2]) >= 3.5 },
    { name: 'strange_devices_24h', points: 0.5, sentence: 'Four or more unknown devices tried the account in a day.', holds: (x, at) => fromLog(x[at + 3]) >= 3.5 },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const account = facts.account;
    out[at] = account === null ? 0 : Math.log1p(strangeHosts(account, facts, hourMs));
    out[at + 1] = account === null ? 0 : Math.log1p(strangeHosts(account, facts, dayMs));
    out[at + 2] = account === null ? 0 : Math.log1p(strangeAsns(account, facts));
    out[at + 3] = account === null ? 0 : Math.log1p(strangeDevices(account, facts));
    return null;
  },
  explain(facts, _x, _at, contribution) {
    const account = facts.account;
    return {
      code: contribution > 0 ? 'MANY_SOURCES_ON_ACCOUNT' : 'FEW_SOURCES_ON_ACCOUNT',
      evidence: {
        unknown_addresses_1h: account === null ? 0 : strangeHosts(account, facts, hourMs),
        unknown_addresses_24h: account === null ? 0 : strangeHosts(account, facts, dayMs),
        unknown_networks_24h: account === null ? 0 : strangeAsns(account, facts),
        unknown_devices_24h: account === null ? 0 : strangeDevices(account, facts),
      },
    };
  },
});
