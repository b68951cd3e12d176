// Is this one of the account's own devices? Known by the first-party id that the operator's site set, else by its looks.
//
// Only the id makes a device known. Looks (see similarity.ts) soften a new one, because people lose cookies; they never make a
// stranger's identical phone a known device.
import type { Facts } from '../../facts.ts';
import type { DeviceMemory } from '../../profile/account.ts';
import { defineSignal, type Evidence } from '../definition.ts';
import { daysBetween, logFamiliarity, rounded } from '../measure.ts';
import { hasLooks, nearestDevice, similarityTo } from './similarity.ts';

const knownAt = 0;
const ageAt = 1;
const similarityAt = 2;
const similarUseAt = 3;

/**
 * Looks that agree this far are worth a softer rule. Of 10,000 real browsers (without time zone and fingerprint) two strangers reach it
 * in about 2 of 100 pairs, a machine compared with itself in about 60.
 */
const similarMin = 0.6;

export const deviceFamiliarity = defineSignal({
  name: 'device.familiarity',
  title: 'Familiarity of the device',
  describes:
    'Whether the account signed in well before with the first-party device id of this attempt, how often and since when. Without a known id, how much ' +
    'the device looks like a remembered one, cut down by how common those looks are, because many people own the same phone. A browser update, a turned ' +
    'phone or a missing id is never held against anybody.',
  features: [
    {
      name: 'device_known_log',
      monotone: -1,
      sentence: 'ln(1 + good logins of the account with this device id, halved per 180 days of disuse); 0 = never, up to about 9.',
    },
    {
      name: 'device_known_age_days_log',
      monotone: -1,
      sentence: 'ln(1 + days since the first good login with this device id); 0 = new, up to about 9.',
    },
    {
      name: 'device_similarity',
      monotone: -1,
      sentence: 'Agreement with the most similar remembered device, 0 to 1; 1 = known by its id.',
    },
    {
      name: 'device_similar_log',
      monotone: -1,
      sentence: 'device_similarity x ln(1 + good logins with that device, halved per 180 days of disuse).',
    },
  ],
  codes: {
    NEW_DEVICE: { direction: 'raises', sentence: 'The account never signed in well with this device.' },
    RECENT_DEVICE: { direction: 'raises', sentence: 'The account signed in well with this device, but seldom, lately only, or long ago.' },
    KNOWN_DEVICE: { direction: 'lowers', sentence: 'The account signed in well with this device before.' },
    SIMILAR_DEVICE: { direction: 'lowers', sentence: "The device is not known by an id, but looks like one of the account's." },
  },
  rules: [
    {
      name: 'device_new',
      points: 1.8,
      sentence: 'The id is new to the account and the device looks like none of its devices.',
      holds: (x, at) => x[at + knownAt] === 0 && !((x[at + similarityAt] as number) >= similarMin),
    },
    {
      name: 'device_new_but_similar',
      points: 0.9,
      sentence: 'The id is new to the account, the looks are not.',
      holds: (x, at) => x[at + knownAt] === 0 && (x[at + similarityAt] as number) >= similarMin,
    },
    {
      name: 'device_unlike_any',
      points: 1,
      sentence: "No id was sent, and the device looks like none of the account's.",
      holds: (x, at) => Number.isNaN(x[at + knownAt] as number) && (x[at + similarityAt] as number) < 0.2,
    },
    {
      name: 'device_known',
      points: -1.2,
      sentence: 'At least one good login with this id.',
      holds: (x, at) => (x[at + knownAt] as number) > 0,
    },
    {
      name: 'device_known_well',
      points: -0.6,
      sentence: 'Known for a month and used at least three times.',
      holds: (x, at) => (x[at + knownAt] as number) > 1.3 && (x[at + ageAt] as number) > 3.4,
    },
  ],
  derive: (facts, out, at) => {
    const { account, visit, knownDevice } = facts;
    if (visit.device === null && !hasLooks(visit)) return 'not_sent';
    if (account === null || account.devices.length === 0) return 'no_history';
    if (visit.device !== null && knownDevice !== null) {
      const use = logFamiliarity(knownDevice.count, knownDevice.lastMs, visit.atMs);
      out[at + knownAt] = use;
      out[at + ageAt] = Math.log1p(Math.max(0, visit.atMs - knownDevice.firstMs) / 86_400_000);
      out[at + similarityAt] = 1;
      out[at + similarUseAt] = use;
      return null;
    }
    // An id says "new" only against remembered ids: the day an operator starts to send ids, nobody's device is new.
    const comparable = visit.device !== null && account.devices.some(hasId);
    if (comparable) {
      out[at + knownAt] = 0;
      out[at + ageAt] = 0;
    }
    const nearest = account.devices[nearestDevice(account.devices, visit, facts.population)];
    if (nearest === undefined) return comparable ? null : 'unknown';
    const similarity = similarityTo(nearest, visit, facts.population);
    out[at + similarityAt] = similarity;
    out[at + similarUseAt] = similarity * logFamiliarity(nearest.count, nearest.lastMs, visit.atMs);
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { knownDevice, visit } = facts;
    if (visit.device !== null && knownDevice !== null) {
      return { code: contribution > 0 ? 'RECENT_DEVICE' : 'KNOWN_DEVICE', evidence: knownEvidence(facts, knownDevice) };
    }
    return { code: contribution > 0 ? 'NEW_DEVICE' : 'SIMILAR_DEVICE', evidence: similarEvidence(facts, x[at + similarityAt] as number) };
  },
});

function hasId(device: DeviceMemory): boolean {
  return device.device !== null;
}

function knownEvidence(facts: Facts, device: DeviceMemory): Evidence {
  const { atMs } = facts.visit;
  return {
    good_logins: device.count,
    first_used_days_ago: daysBetween(device.firstMs, atMs),
    last_used_days_ago: daysBetween(device.lastMs, atMs),
    browser: facts.visit.browser,
    os: facts.visit.os,
  };
}

function similarEvidence(facts: Facts, similarity: number): Evidence {
  const { visit, account } = facts;
  const devices = account?.devices ?? [];
  const nearest = devices[nearestDevice(devices, visit, facts.population)];
  return {
    id_sent: visit.device !== null,
    browser: visit.browser,
    os: visit.os,
    devices_known: devices.length,
    similarity: rounded(similarity),
    nearest_browser: nearest?.browser ?? null,
    nearest_os: nearest?.os ?? null,
    nearest_good_logins: nearest?.count ?? null,
    nearest_last_used_days_ago: nearest === undefined ? null : daysBetween(nearest.lastMs, visit.atMs),
  };
}
