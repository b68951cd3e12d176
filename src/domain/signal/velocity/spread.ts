// Many sources trying one account: a distributed attack, which counting failures per address does not see.
//
// Sources that the account has signed in well from do not count, nor does the one that tries now (its own novelty is another
// group's matter): a person with a phone, a home and an office is not a botnet.
import { sourcesPerAccountMax } from '../../limits.ts';
import type { AccountProfile, DeviceMemory } from '../../profile/account.ts';
import { countRecent, type RecentSet, shortKey } from '../../profile/recent-set.ts';
import type { Tally } from '../../profile/tally.ts';
import { attributes, type Visit } from '../../profile/visit.ts';
import { counterWindowsMs, day, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { fromLog, wholeCount } from './counts.ts';

const hostTallies = attributes.indexOf('host');
const asnTallies = attributes.indexOf('asn');
const hourMs = counterWindowsMs[hour];
const dayMs = counterWindowsMs[day];

/** Sources in the set that tried in the last hour and day, less those known good and the present one. */
interface Strangers {
  inHour: number;
  inDay: number;
}

/** Reused, because derive runs for every attempt: valid until the next call. */
const found: Strangers = { inHour: 0, inDay: 0 };

/** `keyOf` gives the short key of the account's i-th known source; `present` is that of the attempt, -1 when it has none. */
function strangers<Known>(
  set: RecentSet,
  atMs: number,
  present: number,
  known: readonly Known[],
  keyOf: (known: Known) => number,
): Strangers {
  found.inHour = countRecent(set, atMs, hourMs, present);
  found.inDay = countRecent(set, atMs, dayMs, present);
  if (found.inDay === 0) return found;
  for (let i = 0; i < known.length; i++) {
    const key = keyOf(known[i] as Known);
    if (key === present) continue;
    const member = set.members.indexOf(key);
    if (member < 0) continue;
    const agoMs = atMs - (set.lastSeenMs[member] as number);
    if (agoMs < 0 || agoMs >= dayMs) continue;
    // Two known sources may share a short key: what was counted once is taken off once.
    found.inDay = Math.max(0, found.inDay - 1);
    if (agoMs < hourMs) found.inHour = Math.max(0, found.inHour - 1);
  }
  return found;
}

function hostKey(tally: Tally): number {
  return shortKey(tally.value);
}

function asnKey(tally: Tally): number {
  return Number(tally.value);
}

function deviceKey(device: DeviceMemory): number {
  return device.device === null ? -1 : shortKey(device.device);
}

function strangeHosts(account: AccountProfile, visit: Visit): Strangers {
  return strangers(account.hosts, visit.atMs, shortKey(visit.host), account.tallies[hostTallies] ?? [], hostKey);
}

function strangeAsns(account: AccountProfile, visit: Visit): Strangers {
  return strangers(account.asns, visit.atMs, visit.asn ?? -1, account.tallies[asnTallies] ?? [], asnKey);
}

function strangeDevices(account: AccountProfile, visit: Visit): Strangers {
  return strangers(account.triedDevices, visit.atMs, visit.device === null ? -1 : shortKey(visit.device), account.devices, deviceKey);
}

export const velocitySpread = defineSignal({
  name: 'velocity.spread',
  title: 'Sources that try the account',
  describes:
    'How many other addresses, networks and devices tried this account lately without ever having signed in well to it. A distributed attack on one account shows ' +
    'here and nowhere else. Known places and devices of the account are not counted, so moving between home, office and phone is no evidence.',
  features: [
    {
      name: 'strange_hosts_1h_log',
      monotone: 1,
      sentence: 'ln(1 + other addresses, not known good, that tried the account in the last hour); at most ln 33.',
    },
    {
      name: 'strange_hosts_24h_log',
      monotone: 1,
      sentence: 'ln(1 + other addresses, not known good, that tried the account in 24 hours); at most ln 33.',
    },
    {
      name: 'strange_asns_24h_log',
      monotone: 1,
      sentence: 'ln(1 + other networks, not known good, that tried the account in 24 hours); at most ln 33.',
    },
    {
      name: 'strange_devices_24h_log',
      monotone: 1,
      sentence: 'ln(1 + other devices, not known good, that tried the account in 24 hours); at most ln 33.',
    },
  ],
  codes: {
    MANY_SOURCES_ON_ACCOUNT: {
      direction: 'raises',
      sentence: 'Other addresses, networks or devices that never signed in to this account have been trying it.',
    },
    FEW_SOURCES_ON_ACCOUNT: { direction: 'lowers', sentence: 'Hardly any unknown source has tried this account lately.' },
  },
  rules: [
    // Mobile carriers hand out a new address per connection, all in one network: addresses alone weigh less than networks.
    {
      name: 'strange_hosts_1h',
      points: 0.6,
      sentence: 'Six or more unknown addresses tried the account in an hour.',
      holds: (x, at) => fromLog(x[at]) >= 5.5,
    },
    {
      name: 'strange_asns_24h',
      points: 0.9,
      sentence: 'Four or more unknown networks tried the account in a day.',
      holds: (x, at) => fromLog(x[at + 2]) >= 3.5,
    },
    {
      name: 'strange_devices_24h',
      points: 0.5,
      sentence: 'Four or more unknown devices tried the account in a day.',
      holds: (x, at) => fromLog(x[at + 3]) >= 3.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const { account, visit } = facts;
    if (account === null) {
      out.fill(0, at, at + 4);
      return null;
    }
    const hosts = strangeHosts(account, visit);
    out[at] = Math.log1p(hosts.inHour);
    out[at + 1] = Math.log1p(hosts.inDay);
    out[at + 2] = Math.log1p(strangeAsns(account, visit).inDay);
    out[at + 3] = Math.log1p(strangeDevices(account, visit).inDay);
    return null;
  },
  explain(_facts, x, at, contribution) {
    return {
      code: contribution > 0 ? 'MANY_SOURCES_ON_ACCOUNT' : 'FEW_SOURCES_ON_ACCOUNT',
      evidence: {
        unknown_addresses_1h: wholeCount(fromLog(x[at])),
        unknown_addresses_24h: wholeCount(fromLog(x[at + 1])),
        unknown_networks_24h: wholeCount(fromLog(x[at + 2])),
        unknown_devices_24h: wholeCount(fromLog(x[at + 3])),
        counted_at_most: sourcesPerAccountMax,
      },
    };
  },
});
