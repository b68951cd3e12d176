// What campaigns share: the addresses that they send from, and one of their attempts as the service sees it.
import { between, chance, pick } from '../draw.ts';
import type { WireDevice } from '../people/device.ts';
import type { AttackerKind, SimulatedAttempt, WireBehavior } from '../wire.ts';
import { addressIn, type Site } from '../world/network-world.ts';
import { attackerCountry, attackWire, carelessSite } from './attacker.ts';
import { habitBefore, type Resident, type Scene, type Target } from './victim.ts';

export interface Source {
  readonly ip: string;
  readonly site: Site;
}

export function attempt(
  scene: Scene,
  kind: AttackerKind,
  campaign: string,
  target: Target,
  source: Source,
  parts: {
    device: WireDevice;
    behavior: WireBehavior;
    ja4: string;
    result: 'success' | 'failure';
    outcome: SimulatedAttempt['outcome'];
    method?: string;
  },
): SimulatedAttempt {
  const wire = attackWire(scene, target, {
    ip: source.ip,
    device: parts.device,
    behavior: parts.behavior,
    ja4: parts.ja4,
    rttMs: Math.round(between(scene.random, 8, 260)),
    result: parts.result,
    ...(parts.method === undefined ? {} : { method: parts.method }),
  });
  return {
    atMs: target.atMs,
    wire,
    kind,
    campaign,
    outcome: parts.outcome,
    recorded: true,
    learned: false,
    site: source.site,
    device: null,
  };
}

export function targetAt(resident: Resident, atMs: number): Target | null {
  const habit = habitBefore(resident, atMs);
  return habit === null || atMs < resident.person.createdMs ? null : { resident, atMs: Math.round(atMs), habit };
}

/** Exits of a rented fleet: servers, tunnels and residential proxies in a mix of its own. */
export function makeFleet(scene: Scene, size: number): Source[] {
  const { random, world } = scene;
  const residential = random.uniform();
  const fixed = chance(random, 0.5) ? attackerCountry(scene) : null;
  const local = pick(random, scene.residents).person.country;
  return Array.from({ length: size }, () => {
    const country = chance(random, 0.35) ? local : (fixed ?? attackerCountry(scene));
    const site = chance(random, residential)
      ? world.draw(random, chance(random, 0.8) ? 'isp' : 'mobile', country)
      : carelessSite(scene, country);
    return { ip: addressIn(site, random), site };
  });
}
