// Is a known device id where it belongs? An id copied out of a browser (a stolen cookie) arrives from another machine or network.
//
// Compared with what the account remembers of this id or, for an id new to the account, with the machine that first signed in well
// with it. Names within one family, versions and turned screens are the same machine: updates and desktop mode are not theft.
import type { Facts } from '../../facts.ts';
import type { DeviceMemory } from '../../profile/account.ts';
import { findTally } from '../../profile/tally.ts';
import { attributes, sameScreen } from '../../profile/visit.ts';
import { defineSignal, type Evidence } from '../definition.ts';
import { daysBetween } from '../measure.ts';
import { familiesDiffer } from './platform-family.ts';

const changesAt = 0;
const networkAt = 1;

const asnTallyAt = attributes.indexOf('asn');
const countryTallyAt = attributes.indexOf('country');

/**
 * What each change of a known id is worth. A cookie does not cross operating systems: one whole change. Nor browsers, but parsers
 * rename those: half. Monitors come and go and fingerprints drift with updates (FP-Stalker saw most of them
 * change within days): a quarter.
 */
const systemChange = 1;
const browserChange = 0.5;
const looksChange = 0.25;

export const deviceReplay = defineSignal({
  name: 'device.replay',
  title: 'Device id out of place',
  describes:
    'Whether a device id that the account (or the tenant) knows arrives from another machine than before, or from a network that the account never used. ' +
    'Other network and same machine is what travelling looks like and weighs little. An unknown id is no evidence here.',
  features: [
    {
      name: 'device_id_changes',
      monotone: 1,
      sentence: 'Changes of the machine behind the id: 1 for the system family, 0.5 browser, 0.25 each for screen and fingerprint; 0 to 2.',
    },
    {
      name: 'device_id_network',
      monotone: 1,
      sentence:
        '0 = the network is usual for the account, 1 = new, 2 = new and in a country new to it; 1 more if it is a hosting network or an anonymiser. 0 to 3.',
    },
  ],
  codes: {
    DEVICE_ID_REPLAYED: { direction: 'raises', sentence: 'A known device id arrives from another machine or a strange network.' },
    DEVICE_ID_AT_HOME: { direction: 'lowers', sentence: 'A known device id arrives from the machine and the networks it is known with.' },
  },
  rules: [
    {
      name: 'device_id_on_other_machine',
      points: 2.2,
      sentence: 'The id moved to another system, or browser and looks changed together.',
      holds: (x, at) => (x[at + changesAt] as number) >= 1,
    },
    {
      name: 'device_id_from_strange_hosting',
      points: 0.9,
      sentence: 'A known id from a hosting network or anonymiser, network and country new to the account.',
      holds: (x, at) => (x[at + networkAt] as number) >= 3,
    },
    {
      name: 'device_id_at_home',
      points: -0.5,
      sentence: 'Same machine, usual network.',
      holds: (x, at) => x[at + changesAt] === 0 && x[at + networkAt] === 0,
    },
  ],
  derive: (facts, out, at) => {
    if (facts.visit.device === null) return 'not_sent';
    if (facts.knownDevice !== null) {
      out[at + changesAt] = changesSince(facts.knownDevice, facts);
      out[at + networkAt] = networkStrangeness(facts, facts.knownDevice);
      return null;
    }
    const machine = facts.device?.machine ?? null;
    if (machine === null) return 'no_history';
    const remembered = systemOf(machine);
    out[at + changesAt] =
      familiesDiffer(remembered.os, facts.visit.os) || familiesDiffer(remembered.platform, facts.visit.platform) ? systemChange : 0;
    return null;
  },
  explain: (facts, x, at, contribution) => ({
    code: contribution > 0 ? 'DEVICE_ID_REPLAYED' : 'DEVICE_ID_AT_HOME',
    evidence: evidenceOf(facts, x[at + networkAt] as number),
  }),
});

function changesSince(known: DeviceMemory, facts: Facts): number {
  const { visit } = facts;
  let changes = familiesDiffer(known.os, visit.os) || familiesDiffer(known.platform, visit.platform) ? systemChange : 0;
  if (differ(known.browser, visit.browser)) changes += browserChange;
  if (known.screen !== null && visit.screen !== null && !sameScreen(known.screen, visit.screen)) changes += looksChange;
  if (differ(known.fingerprint, visit.fingerprint)) changes += looksChange;
  return changes;
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

/** NaN when the address has no network number. A private relay is where its user chose to be, not a stranger's server. */
function networkStrangeness(facts: Facts, known: DeviceMemory): number {
  const { account, visit, ip } = facts;
  if (visit.asn === null || account === null) return Number.NaN;
  if (visit.asn === known.asn) return 0;
  const asn = String(visit.asn);
  if (findTally(account.tallies[asnTallyAt] ?? [], asn) !== null) return 0;
  const newCountry = visit.country !== null && findTally(account.tallies[countryTallyAt] ?? [], visit.country) === null;
  const relay = ip.lists.some((hit) => hit.kind === 'relay');
  const hidden = !relay && (visit.anonymous || visit.asnClass === 'hosting');
  return 1 + (newCountry ? 1 : 0) + (hidden ? 1 : 0);
}

/** Reads `machineOf`'s "system|platform|screen"; empty parts are unknown. */
function systemOf(machine: string): { os: string | null; platform: string | null } {
  const first = machine.indexOf('|');
  const second = machine.indexOf('|', first + 1);
  if (first < 0 || second < 0) return { os: null, platform: null };
  return { os: machine.slice(0, first) || null, platform: machine.slice(first + 1, second) || null };
}

function evidenceOf(facts: Facts, network: number): Evidence {
  const { knownDevice: known, visit, device } = facts;
  const evidence = {
    os: visit.os,
    browser: visit.browser,
    screen: visit.screen,
    asn: visit.asn,
    asn_class: visit.asnClass,
    country: visit.country,
  };
  if (known === null) return { ...evidence, known_to_account: false, usual_os: systemOf(device?.machine ?? '').os };
  return {
    ...evidence,
    known_to_account: true,
    network_new_to_account: Number.isNaN(network) ? null : network > 0,
    usual_os: known.os,
    usual_browser: known.browser,
    usual_screen: known.screen,
    last_asn: known.asn,
    last_country: known.country,
    fingerprint_changed: known.fingerprint === null || visit.fingerprint === null ? null : known.fingerprint !== visit.fingerprint,
    good_logins: known.count,
    last_used_days_ago: daysBetween(known.lastMs, visit.atMs),
  };
}
