// How a person reaches the service: the ways in which addresses change at home, on the phone, at work and behind a tunnel.
import type { Random } from '../../../ports/random.ts';
import { below, between, chance, pick, pickWeighted } from '../draw.ts';
import { addressIn, type NetworkWorld, type Site } from './network-world.ts';
import { hashText, seededRandom } from '../seeded-random.ts';

export interface Connection {
  readonly seed: string;
  readonly sites: readonly Site[];
  /** Where IPv6 comes from, if at all: the /64 lasts as long as the IPv4 address, the host part changes each time. */
  readonly site6: Site | null;
  readonly sixShare: number;
  /** Days that one address lasts; 0 means a new one at each login (carrier NAT, tunnels with many exits). */
  readonly keepsDays: number;
  /** Number of host addresses to choose from at each login, where the exit is a small fixed set. */
  readonly exits: number | null;
}

export interface Reached {
  readonly ip: string;
  readonly site: Site;
}

const dayMs = 86_400_000;

export function reach(connection: Connection, atMs: number, random: Random): Reached {
  const { seed, sites, site6, keepsDays, exits } = connection;
  let lease: Random = random;
  if (exits !== null) lease = seededRandom(`${seed}/exit/${below(random, exits)}`);
  else if (keepsDays > 0) lease = seededRandom(`${seed}/${Math.floor((atMs / dayMs + (hashText(seed) % 1000) / 100) / keepsDays)}`);
  const site = pick(lease, sites);
  const four = addressIn(site, lease);
  const subnet = below(lease, 65_536);
  if (site6 !== null && chance(random, connection.sixShare)) return { ip: addressIn(site6, random, subnet), site: site6 };
  return { ip: four, site };
}

/** A fixed line: a static address, one that lasts for weeks, or a new one each day from blocks of the same town. */
export function homeConnection(
  world: NetworkWorld,
  country: string,
  ipv6Share: number,
  seed: string,
  near: Site | null = null,
): Connection {
  const random = seededRandom(`${seed}/home`);
  const first = near === null ? world.draw(random, 'isp', country) : pick(random, world.nearest(near, 'isp', 6));
  const sameTown = world.sameOperator(first).filter((site) => site.city === first.city && site.region === first.region);
  const keepsDays = pickWeighted(random, [
    [10_000, 35],
    [60, 25],
    [14, 15],
    [1, 25],
  ]);
  const six = chance(random, ipv6Share) ? sixBeside(world, first, random) : null;
  return {
    seed: `${seed}/home`,
    sites: keepsDays === 1 ? sameTown.slice(0, 12) : [first],
    site6: six,
    sixShare: between(random, 0.4, 0.95),
    keepsDays,
    exits: null,
  };
}

function sixBeside(world: NetworkWorld, site: Site, random: Random): Site | null {
  const list = world.of(site.operator.kind, site.country, 6).filter((candidate) => candidate.operator.asn === site.operator.asn);
  if (list.length === 0) return null;
  const town = list.filter((candidate) => candidate.city === site.city);
  return pick(random, town.length > 0 ? town : list);
}

/** A carrier: addresses shared by thousands, spread over the country whatever the phone's true place. */
export function mobileConnection(world: NetworkWorld, country: string, seed: string): Connection {
  const random = seededRandom(`${seed}/mobile`);
  const first = world.draw(random, 'mobile', country);
  const gateways = world.sameOperator(first);
  const sites = Array.from({ length: 3 + below(random, 10) }, () => pick(random, gateways));
  const six = chance(random, 0.4) ? sixBeside(world, first, random) : null;
  return { seed: `${seed}/mobile`, sites, site6: six, sixShare: 0.7, keepsDays: chance(random, 0.5) ? 0 : 1, exits: null };
}

/** The egress of an office: one to three fixed addresses of a fixed line, a campus, a web gateway or a cloud. */
export function officeConnection(world: NetworkWorld, country: string, seed: string, kind: 'line' | 'gateway'): Connection {
  const random = seededRandom(`${seed}/${kind}`);
  const site =
    kind === 'line'
      ? world.draw(random, world.of('campus', country).length > 0 && chance(random, 0.15) ? 'campus' : 'isp', country)
      : localOr(world, random, chance(random, 0.55) ? 'egress' : 'hosting', country);
  return { seed: `${seed}/${kind}`, sites: [site], site6: null, sixShare: 0, keepsDays: 0, exits: 1 + below(random, 3) };
}

/** A block of the kind in the country, or anywhere when the provider has none there. */
export function localOr(world: NetworkWorld, random: Random, kind: 'vpn' | 'egress' | 'hosting' | 'relay', country: string): Site {
  return world.draw(random, kind, world.of(kind, country).length > 0 ? country : null);
}

/** A commercial tunnel: exits in the own country mostly, others now and then. */
export function tunnelConnection(world: NetworkWorld, country: string, seed: string): Connection {
  const random = seededRandom(`${seed}/tunnel`);
  const own = localOr(world, random, 'vpn', country);
  const sites = [own, ...Array.from({ length: 4 }, () => pick(random, world.sameOperator(own)))];
  if (chance(random, 0.35)) sites.push(world.draw(random, 'vpn', null));
  return { seed: `${seed}/tunnel`, sites, site6: null, sixShare: 0, keepsDays: 0, exits: chance(random, 0.4) ? 3 : null };
}

/** A privacy relay that keeps the rough place. */
export function relayConnection(world: NetworkWorld, country: string, seed: string): Connection {
  const random = seededRandom(`${seed}/relay`);
  const sites = Array.from({ length: 8 }, () => localOr(world, random, 'relay', country));
  return { seed: `${seed}/relay`, sites, site6: null, sixShare: 0, keepsDays: 0, exits: null };
}

/** A rented server that a developer works from. */
export function serverConnection(world: NetworkWorld, country: string, seed: string): Connection {
  const random = seededRandom(`${seed}/server`);
  return {
    seed: `${seed}/server`,
    sites: [localOr(world, random, 'hosting', country)],
    site6: null,
    sixShare: 0,
    keepsDays: 10_000,
    exits: null,
  };
}

/** Somebody else's wireless network: a café, a hotel, a friend. */
export function guestConnection(world: NetworkWorld, near: Site, seed: string): Connection {
  const random = seededRandom(`${seed}/guest`);
  const lines = world.nearest(near, 'isp', 5);
  return {
    seed: `${seed}/guest`,
    sites: [lines.length > 0 ? pick(random, lines) : near],
    site6: null,
    sixShare: 0,
    keepsDays: 10_000,
    exits: null,
  };
}
