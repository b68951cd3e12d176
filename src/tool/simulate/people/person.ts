// A simulated account holder: where they live and work, what they sign in with, when, and how carefully they type.
import type { Random } from '../../../ports/random.ts';
import { computers, developerComputers, libraries, phones, type SoftwareName } from './client-table.ts';
import {
  type Connection,
  guestConnection,
  homeConnection,
  mobileConnection,
  officeConnection,
  relayConnection,
  serverConnection,
  tunnelConnection,
} from '../world/connection.ts';
import { makeDevice, type Device } from './device.ts';
import { below, between, chance, exponential, logNormal, logUniform, normal, pick, pickWeighted, poisson } from '../draw.ts';
import type { NetworkWorld, Site } from '../world/network-world.ts';
import { countries, languagesOf } from '../world/operators.ts';
import { makeRhythm, type Rhythm } from './rhythm.ts';
import { seededRandom } from '../seeded-random.ts';
import { type ClientPlan, dayMs, type TenantPlan, warmUpDays } from '../tenants.ts';

export interface Trip {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Travel time before and after, without logins: half a day by plane. */
  readonly transitMs: number;
  readonly place: Site;
  readonly guest: Connection;
  readonly localMobile: Connection;
}

/** An employer: colleagues share its egress addresses and its tunnel. */
export interface Company {
  readonly office: Connection;
  readonly tunnel: Connection | null;
  readonly country: string;
}

export interface Person {
  readonly id: string;
  readonly seed: string;
  readonly country: string;
  readonly timeZone: string;
  readonly language: string;
  readonly createdMs: number;
  /** One home after the other, each from its time on. */
  readonly homes: readonly { readonly fromMs: number; readonly connection: Connection }[];
  readonly mobile: Connection;
  readonly cafes: readonly Connection[];
  readonly company: Company | null;
  readonly tunnel: Connection | null;
  readonly tunnelShare: number;
  readonly relay: Connection | null;
  readonly server: Connection | null;
  readonly devices: readonly Device[];
  readonly trips: readonly Trip[];
  readonly client: ClientPlan;
  readonly secondClient: ClientPlan;
  readonly rhythm: Rhythm;
  /** How the secret gets into the form. */
  readonly input: 'typed' | 'autofilled' | 'pasted';
  readonly method: 'password' | 'passkey' | 'otp' | 'push' | 'federated' | 'magic_link';
  readonly mfaEnrolled: boolean;
  readonly perDay: number;
  /** Local hours of the day at which logins gather, with spread and weight. */
  readonly peaks: readonly { readonly hour: number; readonly spread: number; readonly weight: number }[];
  readonly weekdaysOnly: number;
  readonly failureShare: number;
  /** Time without any login, if there is one. */
  readonly pause: { readonly fromMs: number; readonly untilMs: number } | null;
  readonly credentialChanges: readonly number[];
  /** What their own scripts call themselves. */
  readonly library: string;
  readonly staleProgram: StaleProgram | null;
  /** Wrong keys that their SSH agent offers within a second before each login; a server gives up after six tries. */
  readonly wrongKeys: number;
}

/** A mail client, a phone or a nightly job that still tries the password from before the last change, at a machine's pace. */
export interface StaleProgram {
  readonly fromMs: number;
  readonly failures: number;
  /** Mean time between rounds, and tries per round. */
  readonly gapMs: number;
  readonly triesPerRound: number;
  /** Where it runs: on one of the person's own networks. */
  readonly runsAt: 'home' | 'office' | 'server';
}

/** Share of people to whom it happens once in the simulated time: a round number, seldom enough to be nobody's habit. */
const staleShare = 0.008;

export function makePerson(world: NetworkWorld, plan: TenantPlan, index: number, companies: readonly Company[], runSeed: string): Person {
  const seed = `${runSeed}/${plan.name}/person/${index}`;
  const random = seededRandom(seed);
  const endMs = plan.fromMs + plan.days * dayMs;
  const company = plan.style === 'consumer' ? (chance(random, 0.3) ? pick(random, companies) : null) : pick(random, companies);
  const country = company !== null && chance(random, 0.9) ? company.country : pickWeighted(random, plan.countries);
  const homes = makeHomes(world, plan, country, seed, random);
  const homeSite = (homes[0] as Person['homes'][number]).connection.sites[0] as Site;
  const language = pickWeighted(random, languagesOf[country] ?? [['en-US,en;q=0.9', 1]]);
  const createdMs = chance(random, 0.3) ? between(random, plan.fromMs, endMs - 5 * dayMs) : plan.fromMs - exponential(random, 500) * dayMs;
  const activeDays = (endMs - Math.max(createdMs, plan.fromMs)) / dayMs;
  const client = pickWeighted(random, plan.clients);
  const staleProgram = makeStaleProgram(plan, createdMs, seed);
  return {
    id: `${plan.name}-u${index}`,
    seed,
    country,
    timeZone: homeSite.timeZone,
    language,
    createdMs,
    homes,
    mobile: mobileConnection(world, country, seed),
    cafes: [0, 1].map((n) => guestConnection(world, homeSite, `${seed}/cafe/${n}`)),
    company,
    tunnel: chance(random, plan.vpnUsers) ? tunnelConnection(world, country, seed) : null,
    tunnelShare: between(random, 0.1, 1),
    relay: chance(random, plan.relayUsers) ? relayConnection(world, country, seed) : null,
    server: plan.style === 'developer' && chance(random, 0.3) ? serverConnection(world, country, seed) : null,
    devices: makeDevices(random, seed, plan, language, createdMs, endMs),
    trips: makeTrips(world, random, plan, country, seed),
    client,
    secondClient: chance(random, 0.25) ? pickWeighted(random, plan.clients) : client,
    rhythm: makeRhythm(random),
    input: pickWeighted(random, [
      ['typed', 45],
      ['autofilled', 47],
      ['pasted', 8],
    ]),
    method: pickWeighted(random, [
      ['password', 66],
      ['push', 12],
      ['otp', 8],
      ['passkey', 6],
      ['federated', 5],
      ['magic_link', 3],
    ]),
    mfaEnrolled: chance(random, plan.style === 'consumer' ? 0.25 : 0.75),
    perDay: Math.min(6, logNormal(random, plan.loginsMedian, plan.loginsSigma) / Math.max(20, activeDays)),
    peaks: makePeaks(random, plan),
    weekdaysOnly: plan.style === 'consumer' ? 0.05 : 0.8,
    failureShare: Math.min(0.4, logNormal(random, 0.05, 0.7)),
    pause: chance(random, 0.15) ? makePause(random, plan) : null,
    // The change that made the program's password stale is among them.
    credentialChanges: [
      ...(chance(random, 0.2) ? [between(random, plan.fromMs, endMs)] : []),
      ...(staleProgram === null ? [] : [staleProgram.fromMs]),
    ].sort((a, b) => a - b),
    library: pick(random, libraries),
    staleProgram,
    wrongKeys: makeWrongKeys(seed),
  };
}

function makeWrongKeys(seed: string): number {
  const random = seededRandom(`${seed}/keys`);
  return chance(random, 0.3) ? 1 + below(random, 5) : 0;
}

function makeStaleProgram(plan: TenantPlan, createdMs: number, seed: string): StaleProgram | null {
  const random = seededRandom(`${seed}/stale`);
  const fromMs = Math.max(plan.fromMs, createdMs) + between(random, warmUpDays, plan.days - 4) * dayMs;
  if (!chance(random, staleShare) || fromMs > plan.fromMs + (plan.days - 4) * dayMs) return null;
  return {
    fromMs: Math.round(fromMs),
    failures: Math.round(logUniform(random, 8, 500)),
    // Programs wait between two rounds: some seconds for a job in a loop, minutes for a mail client.
    gapMs: logUniform(random, 20_000, 900_000),
    triesPerRound: 1 + below(random, 3),
    runsAt: pickWeighted(random, [
      ['home', 65],
      ['office', 25],
      ['server', 10],
    ] as const),
  };
}

function makePause(random: Random, plan: TenantPlan): { fromMs: number; untilMs: number } {
  const fromMs = plan.fromMs + between(random, 0, plan.days * 0.7) * dayMs;
  return { fromMs, untilMs: fromMs + between(random, 25, 130) * dayMs };
}

function makeHomes(world: NetworkWorld, plan: TenantPlan, country: string, seed: string, random: Random): Person['homes'] {
  const homes = [{ fromMs: 0, connection: homeConnection(world, country, plan.ipv6Homes, seed) }];
  const yearShare = plan.days / 365;
  const changedMs = plan.fromMs + between(random, 0, plan.days) * dayMs;
  const first = homes[0]?.connection.sites[0] as Site;
  // Some move within the country, some only change their provider and stay in town.
  if (chance(random, 0.08 * yearShare))
    homes.push({ fromMs: changedMs, connection: homeConnection(world, country, plan.ipv6Homes, `${seed}/moved`) });
  else if (chance(random, 0.12 * yearShare))
    homes.push({ fromMs: changedMs, connection: homeConnection(world, country, plan.ipv6Homes, `${seed}/switched`, first) });
  return homes;
}

function makeDevices(random: Random, seed: string, plan: TenantPlan, language: string, createdMs: number, endMs: number): Device[] {
  const devices: Device[] = [];
  const computersOf = plan.style === 'developer' ? developerComputers : computers;
  const wanted = pickWeighted(random, [
    [1, 40],
    [2, 40],
    [3, 15],
    [4, 5],
  ]);
  const phoneFirst = plan.style === 'consumer' ? chance(random, 0.5) : chance(random, 0.1);
  const kinds = Array.from({ length: wanted }, (_, i) => (i % 2 === 0 ? phoneFirst : !phoneFirst));
  kinds.forEach((isPhone, n) => {
    let fromMs = createdMs;
    // Machines are replaced every three to four years on average; the new one is a new device, often of the same make.
    for (let generation = 0; fromMs < endMs; generation++) {
      const name: SoftwareName = pickWeighted(random, isPhone ? phones : computersOf);
      const lifeDays = generation === 0 ? exponential(random, 1150) : exponential(random, 1300);
      const untilMs = Math.max(fromMs, plan.fromMs) + lifeDays * dayMs;
      devices.push(makeDevice(random, { seed: `${seed}/device/${n}/${generation}`, name, language, fromMs, untilMs }));
      if (chance(random, 0.12)) devices.push(makeSecondBrowser(random, devices.at(-1) as Device));
      fromMs = untilMs;
    }
  });
  return devices;
}

const secondBrowsers: Readonly<Record<Device['software']['machine'], readonly SoftwareName[]>> = {
  windows: ['windows_edge', 'windows_chrome', 'windows_firefox'],
  mac: ['mac_safari', 'mac_chrome', 'mac_firefox'],
  linux: ['linux_firefox', 'linux_chrome'],
  chromeos: ['chromeos_chrome'],
  iphone: ['iphone_chrome', 'iphone_safari'],
  ipad: ['ipad_safari'],
  android: ['android_chrome', 'android_firefox', 'android_samsung'],
};

function makeSecondBrowser(random: Random, first: Device): Device {
  const name = pick(random, secondBrowsers[first.software.machine]);
  return makeDevice(random, {
    seed: `${first.seed}/second`,
    name,
    language: first.language,
    fromMs: first.fromMs,
    untilMs: first.untilMs,
    screen: first.screen,
  });
}

function makeTrips(world: NetworkWorld, random: Random, plan: TenantPlan, country: string, seed: string): Trip[] {
  const eager = logNormal(random, 1, 0.8);
  const count = Math.min(12, poisson(random, Math.min(8, (plan.tripsPerYear * eager * plan.days) / 365)));
  const trips: Trip[] = [];
  for (let n = 0; n < count; n++) {
    const abroad = chance(random, 0.4);
    const to = abroad ? pick(random, countries) : country;
    const fromMs = plan.fromMs + between(random, 0, plan.days) * dayMs;
    const place = world.draw(random, 'isp', to);
    trips.push({
      fromMs,
      untilMs: fromMs + between(random, 1, abroad ? 14 : 5) * dayMs,
      transitMs: (abroad ? between(random, 6, 20) : between(random, 2, 7)) * 3_600_000,
      place,
      guest: guestConnection(world, place, `${seed}/trip/${n}`),
      localMobile: mobileConnection(world, to, `${seed}/trip/${n}`),
    });
  }
  return trips;
}

function makePeaks(random: Random, plan: TenantPlan): Person['peaks'] {
  if (plan.style === 'consumer') {
    const evening = { hour: normal(random, 20, 1.6), spread: between(random, 0.8, 3), weight: 1 };
    return chance(random, 0.6)
      ? [evening, { hour: normal(random, 11, 2.5), spread: between(random, 0.7, 3), weight: between(random, 0.2, 1) }]
      : [evening];
  }
  const start = normal(random, 8.7, 1);
  return [
    { hour: start, spread: between(random, 0.3, 0.9), weight: 1 },
    { hour: start + 4.8, spread: between(random, 0.7, 2), weight: 0.6 },
    { hour: 20 + below(random, 3), spread: 1.4, weight: between(random, 0.02, 0.2) },
  ];
}

export function makeCompany(world: NetworkWorld, plan: TenantPlan, index: number, runSeed: string): Company {
  const seed = `${runSeed}/${plan.name}/company/${index}`;
  const random = seededRandom(seed);
  const country = pickWeighted(random, plan.countries);
  return {
    office: officeConnection(world, country, seed, chance(random, 0.75) ? 'line' : 'gateway'),
    tunnel: chance(random, 0.7) ? officeConnection(world, country, `${seed}/remote`, chance(random, 0.4) ? 'line' : 'gateway') : null,
    country,
  };
}
