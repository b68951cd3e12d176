// A simulated device: one browser on one machine, with a cookie that gets lost now and then, updates that come late, and a
// fingerprint that drifts.
import type { ScoreRequest } from '../../../parse/score-request.ts';
import type { Random } from '../../../ports/random.ts';
import { screensOf, newestMajor, type Software, softwareByName, type SoftwareName } from './client-table.ts';
import { below, between, chance, exponential, pick, pickWeighted } from '../draw.ts';
import { hashText } from '../seeded-random.ts';

/** What a browser says of itself, in the public wire form. */
export type WireDevice = NonNullable<ScoreRequest['device']>;

export interface Device {
  readonly seed: string;
  readonly software: Software;
  readonly screen: string;
  readonly language: string;
  /** Draws that last as long as the device. */
  readonly osDraw: number;
  readonly updateLagDays: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Times at which the browser's cookies were cleared. */
  readonly cookieLosses: readonly number[];
  /** Keeps no cookie between visits (private windows). */
  readonly forgetful: boolean;
  /** Tools that hide: no client hints, fingerprint or screen. */
  readonly shy: boolean;
  /** Honest contradictions: a phone that asks for desktop pages, an extension that rewrites the user agent, a rewriting proxy. */
  readonly odd: 'platform' | 'user_agent' | 'hints' | null;
}

export interface DevicePlan {
  readonly seed: string;
  readonly name: SoftwareName;
  readonly language: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Taken over from the machine's first browser. */
  readonly screen?: string;
}

const dayMs = 86_400_000;

export function makeDevice(random: Random, plan: DevicePlan): Device {
  const software = softwareByName[plan.name];
  const cookieLosses: number[] = [];
  // Mean life of a first-party cookie: most survive for years, a minority is cleared monthly.
  const meanDays = chance(random, 0.15) ? 35 : 420;
  for (let at = plan.fromMs; ; ) {
    at += exponential(random, meanDays) * dayMs;
    if (at > plan.untilMs) break;
    cookieLosses.push(at);
  }
  return {
    seed: plan.seed,
    software,
    screen: plan.screen ?? pickWeighted(random, screensOf[software.machine]),
    language: plan.language,
    osDraw: below(random, 1000),
    // One in sixteen browsers is never updated in time.
    updateLagDays: chance(random, 0.06) ? between(random, 120, 400) : exponential(random, 7),
    fromMs: plan.fromMs,
    untilMs: plan.untilMs,
    cookieLosses,
    forgetful: chance(random, 0.025),
    shy: chance(random, 0.03),
    odd: chance(random, 0.02) ? pick(random, ['platform', 'user_agent', 'hints'] as const) : null,
  };
}

/** What the browser tells at this moment. `timeZone` is that of the operating system. */
export function deviceClaim(device: Device, atMs: number, timeZone: string, random: Random): WireDevice {
  const { software } = device;
  const major = newestMajor(software.calendar, atMs - device.updateLagDays * dayMs);
  const claim: WireDevice = {
    id: device.forgetful ? random.id() : cookieId(device, atMs),
    user_agent: software.userAgent(major, device.osDraw, ''),
    accept_language: device.language,
    timezone: timeZone,
    platform: software.platform,
    webdriver: false,
  };
  if (device.odd === 'platform') claim.platform = software.touch ? 'Linux x86_64' : 'MacIntel';
  if (device.odd === 'user_agent')
    claim.user_agent = softwareByName.windows_chrome.userAgent(newestMajor('chrome', atMs - 90 * dayMs), 0, '');
  if (device.shy) return claim;
  claim.screen = `${device.screen}x${software.depth}`;
  // Fingerprints change with every second or third major version.
  claim.fingerprint = hashText(`${device.seed}/${device.screen}/${Math.floor((major + (device.osDraw % 3)) / 3)}`).toString(16);
  if (software.hints !== null) claim.client_hints = clientHints(software.hints, device.odd === 'hints' ? major - 6 : major, software.touch);
  return claim;
}

export function clientHints(hints: NonNullable<Software['hints']>, major: number, mobile: boolean): Record<string, unknown> {
  return {
    brands: `"Chromium";v="${major}", "${hints.brand}";v="${major}", "Not-A.Brand";v="24"`,
    mobile: mobile ? '?1' : '?0',
    platform: `"${hints.platform}"`,
  };
}

function cookieId(device: Device, atMs: number): string {
  let epoch = 0;
  while (epoch < device.cookieLosses.length && (device.cookieLosses[epoch] as number) <= atMs) epoch++;
  return `d-${hashText(`${device.seed}/${epoch}`, 5).toString(16)}${hashText(`${device.seed}/${epoch}`, 6).toString(16)}`;
}

/** TLS client fingerprints depend on the browser family, not on the person. */
export function ja4Of(software: Software): string {
  const family = software.calendar === 'safari' ? 'safari' : software.name;
  return `t13d${1500 + (hashText(family) % 20)}h2_${hashText(family, 9).toString(16).padStart(8, '0')}_${hashText(software.calendar, 11).toString(16).padStart(8, '0')}`;
}
