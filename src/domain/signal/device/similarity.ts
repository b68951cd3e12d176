// How much an attempt looks like a remembered device when no first-party id vouches for it.
//
// Agreement is weighed by how well an attribute tells machines apart and how seldom it changes on one machine. Browser versions
// are left out, so that an update changes nothing. Two people with the same phone agree in everything, so agreement is cut
// down by how common the shared looks are among everybody: looks can make a device familiar, never known.
import type { Facts } from '../../facts.ts';
import type { DeviceMemory } from '../../profile/account.ts';
import { populationAttributes, sameScreen, type Visit } from '../../profile/visit.ts';
import { smoothedShare } from '../measure.ts';
import { familiesDiffer } from './platform-family.ts';

type Looks = Pick<Visit, 'os' | 'browser' | 'deviceType' | 'language' | 'timeZone' | 'screen' | 'platform' | 'fingerprint'>;

interface ComparedLook {
  readonly of: (looks: Looks) => string | null;
  /** Sum to one over all. */
  readonly weight: number;
  /** Position in the population's counts, or -1 where everybody is not counted. */
  readonly populationAt: number;
  readonly same: (a: string, b: string) => boolean;
}

const equal = (a: string, b: string): boolean => a === b;

/**
 * Screen and fingerprint tell machines apart best and weigh most, yet together less than half: an external monitor changes the one,
 * and the makers of the open FingerprintJS promise about 60 % accuracy of the other. The device type adds little to the system.
 */
export const comparedLooks: readonly ComparedLook[] = [
  { of: (looks) => looks.os, weight: 0.15, populationAt: populationAttributes.indexOf('os'), same: equal },
  { of: (looks) => looks.browser, weight: 0.15, populationAt: populationAttributes.indexOf('browser'), same: equal },
  { of: (looks) => looks.deviceType, weight: 0.05, populationAt: populationAttributes.indexOf('device_type'), same: equal },
  { of: (looks) => looks.language, weight: 0.1, populationAt: populationAttributes.indexOf('language'), same: equal },
  { of: (looks) => looks.timeZone, weight: 0.1, populationAt: populationAttributes.indexOf('time_zone'), same: equal },
  { of: (looks) => looks.platform, weight: 0.05, populationAt: -1, same: equal },
  { of: (looks) => looks.screen, weight: 0.2, populationAt: -1, same: sameScreen },
  { of: (looks) => looks.fingerprint, weight: 0.2, populationAt: -1, same: equal },
];

/** A matching fingerprint leaves this share of the chance that it is another machine: the 40 % that the 60 % leave. */
const fingerprintCollision = 0.4;

/** Whether the attempt says anything about its device beyond an id. */
export function hasLooks(visit: Looks): boolean {
  return visit.os !== null || visit.browser !== null || visit.screen !== null || visit.fingerprint !== null || visit.platform !== null;
}

/**
 * 0 = another machine, or one like everybody's; towards 1 = the same rare machine. NaN when nothing can be compared. An attribute
 * that either side lacks counts as half a disagreement; another operating system family ends the comparison.
 */
export function similarityTo(device: DeviceMemory, facts: Facts): number {
  const { visit, population } = facts;
  if (familiesDiffer(device.os, visit.os)) return 0;
  let compared = 0;
  let agreed = 0;
  // Share of everybody who look like this too: at most that of the rarest look shared, because looks depend on each other.
  let chance = 1;
  for (const look of comparedLooks) {
    const seen = look.of(visit);
    const remembered = look.of(device);
    if (seen === null || remembered === null) continue;
    compared += look.weight;
    if (!look.same(seen, remembered)) continue;
    agreed += look.weight;
    if (look.populationAt < 0) continue;
    const share = smoothedShare(population.counts[look.populationAt] as number, population.total);
    if (share < chance) chance = share;
  }
  if (compared === 0) return Number.NaN;
  if (device.fingerprint !== null && device.fingerprint === visit.fingerprint) chance *= fingerprintCollision;
  return (agreed / ((1 + compared) / 2)) * (1 - chance);
}

/** The remembered device that the attempt looks most like; -1 when there is none to compare with. */
export function nearestDevice(devices: readonly DeviceMemory[], facts: Facts): number {
  let nearest = -1;
  let best = -1;
  for (let i = 0; i < devices.length; i++) {
    const similarity = similarityTo(devices[i] as DeviceMemory, facts);
    if (similarity > best) {
      best = similarity;
      nearest = i;
    }
  }
  return nearest;
}
