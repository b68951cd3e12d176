// How much an attempt looks like a remembered device when no first-party id vouches for it.
//
// Agreement is weighed by how well an attribute tells machines apart and how seldom it changes on one machine. Browser versions
// are left out, so that an update changes nothing. Two people with the same phone agree in everything, so agreement is cut
// down by how common the shared looks are among everybody: looks can make a device familiar, never known.
import type { Population } from '../../facts.ts';
import { populationAttributes, sameScreen, type Visit } from '../../profile/visit.ts';
import { smoothedShare } from '../measure.ts';
import { familiesDiffer } from './platform-family.ts';

type Looks = Pick<Visit, 'os' | 'browser' | 'deviceType' | 'language' | 'timeZone' | 'screen' | 'platform' | 'fingerprint'>;

/**
 * Agreement, summing to one. Screen and fingerprint tell machines apart best and weigh most, yet together less than half: an external
 * monitor changes the one, and the makers of the open FingerprintJS promise about 60 % accuracy of the other. The device type adds
 * little to the system.
 */
export const similarityWeights = {
  os: 0.15,
  browser: 0.15,
  deviceType: 0.05,
  language: 0.1,
  timeZone: 0.1,
  platform: 0.05,
  screen: 0.2,
  fingerprint: 0.2,
} as const;

/** A matching fingerprint leaves this share of the chance that it is another machine: the 40 % that the 60 % leave. */
const fingerprintCollision = 0.4;

const osAt = populationAttributes.indexOf('os');
const browserAt = populationAttributes.indexOf('browser');
const typeAt = populationAttributes.indexOf('device_type');
const languageAt = populationAttributes.indexOf('language');
const zoneAt = populationAttributes.indexOf('time_zone');

/** Share of everybody with each look of one attempt, worked out once for all its comparisons. */
type LookShares = Readonly<Record<'os' | 'browser' | 'deviceType' | 'language' | 'timeZone', number>>;

function lookShares({ counts, total }: Population): LookShares {
  return {
    os: smoothedShare(counts[osAt] as number, total),
    browser: smoothedShare(counts[browserAt] as number, total),
    deviceType: smoothedShare(counts[typeAt] as number, total),
    language: smoothedShare(counts[languageAt] as number, total),
    timeZone: smoothedShare(counts[zoneAt] as number, total),
  };
}

/** Whether the attempt says anything about its device beyond an id. */
export function hasLooks(visit: Looks): boolean {
  return visit.os !== null || visit.browser !== null || visit.screen !== null || visit.fingerprint !== null || visit.platform !== null;
}

/**
 * 0 = another machine, or one like everybody's; towards 1 = the same rare machine. NaN when nothing can be compared. An attribute
 * that either side lacks counts as half a disagreement; another operating system family ends the comparison.
 */
export function similarityTo(device: Looks, visit: Looks, population: Population): number {
  return similarity(device, visit, lookShares(population));
}

/** The remembered device that the attempt looks most like, by position; -1 when there is none to compare with. */
export function nearestDevice(devices: readonly Looks[], visit: Looks, population: Population): number {
  const shares = lookShares(population);
  let nearest = -1;
  let best = -1;
  for (let i = 0; i < devices.length; i++) {
    const here = similarity(devices[i] as Looks, visit, shares);
    if (here > best) {
      best = here;
      nearest = i;
    }
  }
  return nearest;
}

/** Written out, not looped over a table of attributes: it runs for up to sixteen devices per attempt, and the table took six times as long. */
function similarity(device: Looks, visit: Looks, shares: LookShares): number {
  if (familiesDiffer(device.os, visit.os)) return 0;
  const weights = similarityWeights;
  let compared = 0;
  let agreed = 0;
  // Share of everybody who look like this too: at most that of the rarest look shared, because looks depend on each other.
  let chance = 1;
  if (device.os !== null && visit.os !== null) {
    compared += weights.os;
    if (device.os === visit.os) {
      agreed += weights.os;
      chance = Math.min(chance, shares.os);
    }
  }
  if (device.browser !== null && visit.browser !== null) {
    compared += weights.browser;
    if (device.browser === visit.browser) {
      agreed += weights.browser;
      chance = Math.min(chance, shares.browser);
    }
  }
  if (device.deviceType !== null && visit.deviceType !== null) {
    compared += weights.deviceType;
    if (device.deviceType === visit.deviceType) {
      agreed += weights.deviceType;
      chance = Math.min(chance, shares.deviceType);
    }
  }
  if (device.language !== null && visit.language !== null) {
    compared += weights.language;
    if (device.language === visit.language) {
      agreed += weights.language;
      chance = Math.min(chance, shares.language);
    }
  }
  if (device.timeZone !== null && visit.timeZone !== null) {
    compared += weights.timeZone;
    if (device.timeZone === visit.timeZone) {
      agreed += weights.timeZone;
      chance = Math.min(chance, shares.timeZone);
    }
  }
  if (device.platform !== null && visit.platform !== null) {
    compared += weights.platform;
    if (device.platform === visit.platform) agreed += weights.platform;
  }
  if (device.screen !== null && visit.screen !== null) {
    compared += weights.screen;
    if (sameScreen(device.screen, visit.screen)) agreed += weights.screen;
  }
  if (device.fingerprint !== null && visit.fingerprint !== null) {
    compared += weights.fingerprint;
    if (device.fingerprint === visit.fingerprint) {
      agreed += weights.fingerprint;
      chance *= fingerprintCollision;
    }
  }
  if (compared === 0) return Number.NaN;
  return (agreed / ((1 + compared) / 2)) * (1 - chance);
}
