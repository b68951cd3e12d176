// Gather: from an attempt to the facts about it, as they were before it.
//
// The address look-up is in memory. Profiles may be remote: then the read is raced against its share of the budget, and
// what did not come in time is absent with the cause "late", never waited for.
import type { AbsenceCause } from '../domain/absence.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Facts, Population } from '../domain/facts.ts';
import type { IpFacts, ListHit } from '../domain/ip-facts.ts';
import { findDevice } from '../domain/profile/account.ts';
import { handTyped } from '../domain/profile/typing.ts';
import { attributeValue, populationAttributes, type Visit } from '../domain/profile/visit.ts';
import type { Clock } from '../ports/clock.ts';
import type { IpIntelligence } from '../ports/ip-intelligence.ts';
import type { ProfileBundle, ProfileKeys, ProfileStore } from '../ports/profile-store.ts';
import type { Pseudonyms } from '../ports/pseudonyms.ts';
import { within } from './within.ts';

export interface GatherPorts {
  readonly profiles: ProfileStore;
  readonly ip: IpIntelligence;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Clock;
}

/** Gathers the facts; `profilesMs` bounds a remote profile read. Never rejects. */
export async function gather(attempt: Attempt, ports: GatherPorts, profilesMs: number): Promise<Facts> {
  const ip = ports.ip.lookup(attempt.ip, attempt.occurredAtMs);
  const visit = visitOf(attempt, ip, ports.pseudonyms);
  const read = readProfiles(profileKeys(attempt.tenant, visit), ports);
  if (!(read instanceof Promise))
    return read === null ? factsWithout(attempt, visit, ip, 'unavailable') : factsOf(attempt, visit, ip, read);
  const bundle = await within(read, profilesMs, ports.clock);
  if (bundle === 'late') return factsWithout(attempt, visit, ip, 'late');
  return bundle === 'failed' || bundle === null ? factsWithout(attempt, visit, ip, 'unavailable') : factsOf(attempt, visit, ip, bundle);
}

/** The synchronous gathering that replay and training use: the store must answer at once. */
export function gatherNow(attempt: Attempt, ports: GatherPorts): Facts {
  const ip = ports.ip.lookup(attempt.ip, attempt.occurredAtMs);
  const visit = visitOf(attempt, ip, ports.pseudonyms);
  const bundle = ports.profiles.read(profileKeys(attempt.tenant, visit));
  if (bundle instanceof Promise) throw new TypeError('gatherNow needs a profile store that reads synchronously.');
  return factsOf(attempt, visit, ip, bundle);
}

function readProfiles(keys: ProfileKeys, ports: GatherPorts): ProfileBundle | null | Promise<ProfileBundle> {
  try {
    return ports.profiles.read(keys);
  } catch {
    return null;
  }
}

const anonymousKinds: ReadonlySet<string> = new Set(['tor', 'vpn', 'proxy', 'relay']);

/** Whether any list says that the address hides where its user is. */
export function isAnonymous(lists: readonly ListHit[]): boolean {
  for (const hit of lists) if (anonymousKinds.has(hit.kind)) return true;
  return false;
}

/** What the attempt would teach, identifiers replaced by pseudonyms. */
export function visitOf(attempt: Attempt, ip: IpFacts, pseudonyms: Pseudonyms): Visit {
  const { tenant, device } = attempt;
  const { geo, asn } = ip;
  const software = device.software;
  return {
    atMs: attempt.occurredAtMs,
    account: pseudonyms.of(tenant, 'user', attempt.user.id),
    host: pseudonyms.of(tenant, 'ip', attempt.ip.host),
    block: pseudonyms.of(tenant, 'block', attempt.ip.block),
    asn: asn?.asn ?? null,
    asnClass: asn?.class ?? 'unknown',
    anonymous: isAnonymous(ip.lists),
    country: geo?.country ?? null,
    region: geo?.region ?? null,
    city: geo?.city ?? null,
    latitude: geo?.latitude ?? null,
    longitude: geo?.longitude ?? null,
    accuracyKm: geo?.accuracyKm ?? 0,
    device: device.id === null ? null : pseudonyms.of(tenant, 'device', device.id),
    browser: software?.browser ?? null,
    browserMajor: software?.browserMajor ?? null,
    os: software?.os ?? null,
    deviceType: software?.deviceType ?? null,
    language: device.language,
    timeZone: device.timeZone,
    screen: device.screen === null ? null : `${device.screen.width}x${device.screen.height}`,
    platform: device.platform,
    fingerprint: device.fingerprint === null ? null : pseudonyms.of(tenant, 'fingerprint', device.fingerprint),
    session: attempt.session === null ? null : pseudonyms.of(tenant, 'session', attempt.session.id),
    ja4: attempt.network.ja4,
    typing: handTyped(attempt.behavior, software?.deviceType ?? null),
  };
}

export function profileKeys(tenant: string, visit: Visit): ProfileKeys {
  return {
    tenant,
    account: visit.account,
    host: visit.host,
    block: visit.block,
    asn: visit.asn,
    device: visit.device,
    population: populationAttributes.map((attribute) => attributeValue(visit, attribute)),
  };
}

export function factsOf(attempt: Attempt, visit: Visit, ip: IpFacts, bundle: ProfileBundle): Facts {
  return {
    attempt,
    visit,
    ip,
    account: bundle.account,
    host: bundle.host,
    block: bundle.block,
    asn: bundle.asn,
    device: bundle.device,
    population: bundle.population,
    knownDevice: bundle.account === null ? null : findDevice(bundle.account.devices, visit),
    profilesAbsent: null,
  };
}

const nobody: Population = { total: 0, counts: populationAttributes.map(() => 0) };

function factsWithout(attempt: Attempt, visit: Visit, ip: IpFacts, cause: AbsenceCause): Facts {
  return {
    attempt,
    visit,
    ip,
    account: null,
    host: null,
    block: null,
    asn: null,
    device: null,
    population: nobody,
    knownDevice: null,
    profilesAbsent: cause,
  };
}
