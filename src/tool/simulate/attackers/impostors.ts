// Attackers who hold the right credential and try one account: tried against the victim's state, leaving no trace in it.
//
// naive, vpn, targeted and very_targeted follow the attacker models of the RBA literature (Freeman 2016, Wiefling 2021); their
// addresses are fresh draws from the same blocks as everybody's, so that no address marks an attack. hijack holds a stolen
// cookie; adaptive knows our features and imitates or withholds what they read.
import { addressIn, type Site } from '../world/network-world.ts';
import { between, chance, pick, pickWeighted } from '../draw.ts';
import { clientHints, type Device, deviceClaim, ja4Of, type WireDevice } from '../people/device.ts';
import { dayMs } from '../tenants.ts';
import { attackerCountry, attackerDevice, attackWire, carelessSite, languageIn, strangerBehavior } from './attacker.ts';
import { chooseTarget, type Scene, type Target } from './victim.ts';
import type { AttackerKind, SimulatedAttempt, WireBehavior } from '../wire.ts';
import { newestMajor, screensOf } from '../people/client-table.ts';

export const impostorKinds = ['naive', 'vpn', 'targeted', 'very_targeted', 'adaptive', 'hijack'] as const satisfies readonly AttackerKind[];
export type ImpostorKind = (typeof impostorKinds)[number];

interface Disguise {
  readonly site: Site;
  readonly device: WireDevice;
  readonly behavior: WireBehavior;
  readonly ja4: string;
  readonly session?: SimulatedAttempt['wire']['session'];
}

const makers: Readonly<Record<ImpostorKind, (scene: Scene, target: Target, seed: string) => Disguise>> = {
  naive,
  vpn,
  targeted,
  very_targeted: veryTargeted,
  adaptive,
  hijack,
};

export function impostorAttempts(scene: Scene, kind: ImpostorKind, count: number): SimulatedAttempt[] {
  const attempts: SimulatedAttempt[] = [];
  for (let n = 0; n < count; n++) {
    const target = chooseTarget(scene, kind === 'very_targeted' || kind === 'adaptive' || chance(scene.random, 0.2));
    const seed = `${scene.plan.name}/${kind}/${n}`;
    const disguise = makers[kind](scene, target, seed);
    const wire = attackWire(scene, target, {
      ip: addressIn(disguise.site, scene.random),
      device: disguise.device,
      behavior: disguise.behavior,
      ja4: disguise.ja4,
      rttMs: Math.round(between(scene.random, 8, 240)),
      result: 'success',
      ...(disguise.session === undefined ? {} : { session: disguise.session }),
    });
    attempts.push({
      atMs: target.atMs,
      wire,
      kind,
      campaign: null,
      outcome: null,
      recorded: false,
      learned: false,
      site: disguise.site,
      device: null,
    });
  }
  return attempts;
}

/** Another person's habits on a fresh address of the same operator, or a careless stranger from anywhere. */
function naive(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  if (chance(random, 0.5)) {
    const donor = pick(random, scene.donors);
    const device = attackerDevice(scene, seed, donor.wire.device?.accept_language ?? languageIn(scene, donor.site.country));
    const site = pick(random, world.sameOperator(donor.site));
    return own(scene, target, seed, site, device, donor.site.timeZone);
  }
  const country = attackerCountry(scene);
  const site = carelessSite(scene, country);
  return own(
    scene,
    target,
    seed,
    site,
    attackerDevice(scene, seed, languageIn(scene, country)),
    world.draw(random, 'isp', country).timeZone,
  );
}

function own(
  scene: Scene,
  target: Target,
  seed: string,
  site: Site,
  device: ReturnType<typeof attackerDevice>,
  timeZone: string,
): Disguise {
  return {
    site,
    device: deviceClaim(device, target.atMs, timeZone, scene.random),
    behavior: strangerBehavior(scene, target, device.software.touch, seed),
    ja4: ja4Of(device.software),
  };
}

/** Appears in the victim's country, through a tunnel or somebody's home line; the machine is the attacker's. */
function vpn(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  const { country } = target.habit.site;
  const kind = pickWeighted(random, [
    ['vpn', 40],
    ['hosting', 10],
    ['isp', 40],
    ['mobile', 10],
  ] as const);
  const site = world.draw(random, kind, world.of(kind, country).length > 0 ? country : null);
  const home = chance(random, 0.5) ? country : attackerCountry(scene);
  const zone = home === country ? target.habit.site.timeZone : world.draw(random, 'isp', home).timeZone;
  return own(scene, target, seed, site, attackerDevice(scene, seed, languageIn(scene, home)), zone);
}

/** Same country and operator, a browser of the same family; language and clock set to fit. */
function targeted(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  const site = pick(random, world.sameOperator(target.habit.site));
  const device = twin(scene, target, seed, 0.25);
  return { site, device, behavior: strangerBehavior(scene, target, victimDevice(target).software.touch, seed), ja4: copiedJa4(target) };
}

/** Same town, the victim's very user agent, screen, language, clock and hours. */
function veryTargeted(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  const { site: habitSite } = target.habit;
  const consumer = habitSite.operator.kind === 'mobile' ? 'mobile' : 'isp';
  const near = world.nearest(habitSite, consumer, 4);
  const site = near.length > 0 ? pick(random, near) : habitSite;
  return {
    site,
    device: exactTwin(scene, target, seed),
    behavior: strangerBehavior(scene, target, victimDevice(target).software.touch, seed),
    ja4: copiedJa4(target),
  };
}

/** Knows what we look at: the victim's operator and town, an exact twin, no rhythm, and gaps where gaps are common. */
function adaptive(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  const habitSite = target.habit.site;
  const sameTown = world.sameOperator(habitSite).filter((site) => site.city === habitSite.city && site.region === habitSite.region);
  const device = exactTwin(scene, target, seed);
  // Withholding what the browser would tell is the cheapest disguise.
  if (chance(random, 0.35)) {
    for (const field of ['screen', 'fingerprint', 'client_hints', 'timezone'] as const) if (chance(random, 0.7)) delete device[field];
    if (chance(random, 0.5)) delete device.id;
  }
  const { touch } = victimDevice(target).software;
  const behavior: WireBehavior = {
    autofilled: chance(random, 0.7),
    pasted: false,
    pointer: { moves: 20, touch },
    form_ms: Math.round(between(random, 1200, 6000)),
  };
  return { site: pick(random, sameTown.length > 0 ? sameTown : [habitSite]), device, behavior, ja4: copiedJa4(target) };
}

/** A stolen cookie, often with the session, replayed from another network and another machine. */
function hijack(scene: Scene, target: Target, seed: string): Disguise {
  const { random, world } = scene;
  const { country } = target.habit.site;
  const kind = pickWeighted(random, [
    ['hosting', 33],
    ['vpn', 27],
    ['isp', 40],
  ] as const);
  const local = chance(random, 0.45) && world.of(kind, country).length > 0;
  const site = world.draw(random, kind, local ? country : kind === 'isp' ? attackerCountry(scene) : null);
  const device = chance(random, 0.55) ? twin(scene, target, seed, 0.9) : ownClaim(scene, target, seed, site);
  const stolen = target.habit.wire.device?.id;
  if (stolen !== undefined) device.id = stolen;
  const session = chance(random, 0.6) ? target.habit.wire.session : undefined;
  return {
    site,
    device,
    behavior: strangerBehavior(
      scene,
      target,
      device.platform === victimDevice(target).software.platform && victimDevice(target).software.touch,
      seed,
    ),
    ja4: copiedJa4(target),
    ...(session === undefined ? {} : { session }),
  };
}

function ownClaim(scene: Scene, target: Target, seed: string, site: Site): WireDevice {
  const device = attackerDevice(scene, seed, languageIn(scene, site.country));
  return deviceClaim(device, target.atMs, chance(scene.random, 0.4) ? target.habit.site.timeZone : site.timeZone, scene.random);
}

function copiedJa4(target: Target): string {
  return target.habit.wire.network?.ja4 ?? 't13d1516h2_00000000_00000000';
}

/** The machine behind the victim's last login. */
function victimDevice(target: Target): Device {
  return target.habit.device ?? (target.resident.person.devices[0] as Device);
}

/** What the victim's browser told at that login, to the letter; only the cookie is new, and the fingerprint seldom fits. */
function exactTwin(scene: Scene, target: Target, seed: string): WireDevice {
  const { random } = scene;
  const zone = target.habit.wire.device?.timezone ?? target.habit.site.timeZone;
  const claim = deviceClaim(victimDevice(target), target.habit.atMs, zone, random);
  claim.id = `d-${random.id()}`;
  if (!chance(random, 0.35)) claim.fingerprint = seed;
  return claim;
}

/**
 * A machine of the victim's make. `exactness` is the chance that an attribute is as the victim's; the rest comes from the same make,
 * so that nothing contradicts. The cookie is a new one.
 */
function twin(scene: Scene, target: Target, seed: string, exactness: number): WireDevice {
  const { random } = scene;
  const model = victimDevice(target);
  const { software } = model;
  const exact = (): boolean => chance(random, exactness);
  const major = newestMajor(software.calendar, target.atMs - (exact() ? model.updateLagDays : between(random, 0, 60)) * dayMs);
  const copied = target.habit.wire.device?.timezone;
  const claim: WireDevice = {
    id: `d-${random.id()}`,
    user_agent: software.userAgent(major, model.osDraw + (exact() ? 0 : 3), ''),
    accept_language: exact() || chance(random, 0.6) ? model.language : languageIn(scene, target.habit.site.country),
    timezone: exact() || chance(random, 0.7) ? (copied ?? target.habit.site.timeZone) : target.habit.site.timeZone,
    platform: software.platform,
    webdriver: false,
    screen: `${exact() ? model.screen : pickWeighted(random, screensOf[software.machine])}x${software.depth}`,
    fingerprint: seed,
  };
  if (software.hints !== null) claim.client_hints = clientHints(software.hints, major, software.touch);
  return claim;
}
