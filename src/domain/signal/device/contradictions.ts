// What a client says of itself in several places, compared: user agent, client hints, navigator platform, screen, time zone.
//
// Each check is one that an honest client passes also on the day it updates, turns, plugs in a monitor or asks for the desktop
// page. A check counts as made only when both of its sides were sent. Nothing here looks at the account.
import type { Attempt, ClientHints, ClientSoftware } from '../../attempt.ts';
import { familiesDiffer, platformFamily } from './platform-family.ts';

/** Names for evidence, by bit. */
export const contradictionNames = ['hint_platform', 'hint_mobile', 'hint_brands', 'navigator_platform', 'screen', 'time_zone'] as const;

const passed = 0;
const contradicted = 1;
const notMade = -1;
type Outcome = typeof passed | typeof contradicted | typeof notMade;

const checks: readonly ((device: Attempt['device'], software: ClientSoftware) => Outcome)[] = [
  (device, software) => comparePlatforms(device.clientHints?.platform ?? null, software),
  hintedMobile,
  hintedBrands,
  (device, software) => comparePlatforms(device.platform, software),
  screenOfType,
  zoneOfPhone,
];

const checkBits = 8;

/** Both sets in one number, so that nothing is allocated: bit i = check i failed, bit 8 + i = check i was made. */
export function checkClient(device: Attempt['device']): number {
  const { software } = device;
  if (software === null) return 0;
  let bits = 0;
  for (let i = 0; i < checks.length; i++) {
    const outcome = (checks[i] as (typeof checks)[number])(device, software);
    if (outcome === notMade) continue;
    bits |= 1 << (checkBits + i);
    if (outcome === contradicted) bits |= 1 << i;
  }
  return bits;
}

export function contradictedCount(bits: number): number {
  return countBits(bits & 0xff);
}

export function madeCount(bits: number): number {
  return countBits(bits >> checkBits);
}

/** Names of the failed checks. */
export function contradictedNames(bits: number): string[] {
  return contradictionNames.filter((_, i) => (bits & (1 << i)) !== 0);
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function comparePlatforms(platform: string | null, software: ClientSoftware): Outcome {
  if (platformFamily(platform) === null || platformFamily(software.os) === null) return notMade;
  return familiesDiffer(platform, software.os) ? contradicted : passed;
}

/** Tablets answer either way, so only phone against desktop counts. */
function hintedMobile(device: Attempt['device'], software: ClientSoftware): Outcome {
  const mobile = device.clientHints?.mobile ?? null;
  if (mobile === null || (software.deviceType !== 'mobile' && software.deviceType !== 'desktop')) return notMade;
  return mobile === (software.deviceType === 'mobile') ? passed : contradicted;
}

/** Browsers whose user agent carries the version of Chromium itself, as one of their brand hints does. */
const chromiumNumbered: ReadonlySet<string> = new Set(['Chrome', 'Mobile Chrome', 'Chrome WebView', 'Chrome Headless', 'Chromium', 'Edge']);
/** Browsers on other engines, which send no brand hints at all. */
const otherEngines: ReadonlySet<string> = new Set(['Firefox', 'Mobile Firefox', 'Safari', 'Mobile Safari']);

function hintedBrands(device: Attempt['device'], software: ClientSoftware): Outcome {
  const brands: ClientHints['brands'] = device.clientHints?.brands ?? [];
  const { browser, browserMajor } = software;
  if (brands.length === 0 || browser === null) return notMade;
  // Every browser on an iPhone or iPad runs Apple's engine.
  if (otherEngines.has(browser) || software.os === 'iOS') return brands.some(isChromium) ? contradicted : notMade;
  if (!chromiumNumbered.has(browser) || browserMajor === null) return notMade;
  return brands.some((hint) => hint.major === browserMajor) ? passed : contradicted;
}

function isChromium(hint: ClientHints['brands'][number]): boolean {
  return hint.brand === 'chromium';
}

/** Phones are lower than this when turned, also unfolded, unless they report physical pixels, which they do upright. */
const phoneLandscapeHeightMax = 900;
/** Windows itself asks for more; a phone showing the desktop page claims macOS or Linux. */
const windowsShortSideMin = 480;

function screenOfType(device: Attempt['device'], software: ClientSoftware): Outcome {
  const { screen } = device;
  if (screen === null || screen.width <= 0 || screen.height <= 0) return notMade;
  if (software.deviceType === 'mobile')
    return screen.width > screen.height && screen.height >= phoneLandscapeHeightMax ? contradicted : passed;
  if (software.deviceType !== 'desktop' || platformFamily(software.os) !== 'windows') return notMade;
  return Math.min(screen.width, screen.height) < windowsShortSideMin ? contradicted : passed;
}

const withoutPlace: ReadonlySet<string> = new Set([
  'UTC',
  'Etc/UTC',
  'Etc/GMT',
  'GMT',
  'Etc/UCT',
  'UCT',
  'Zulu',
  'Etc/Zulu',
  'Etc/Universal',
  'Universal',
]);

/** A phone takes its zone from its network, and no place has UTC by that name: such a phone is an emulator on a server. */
function zoneOfPhone(device: Attempt['device'], software: ClientSoftware): Outcome {
  if (device.timeZone === null || software.deviceType !== 'mobile') return notMade;
  return withoutPlace.has(device.timeZone) ? contradicted : passed;
}
