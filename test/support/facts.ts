// Builds Facts for signal tests: a complete, consistent attempt by a known person at home, changed only where a test says so.
//
// The address facts follow from the visit, and the visit's client fields from the device claim, so that a test that moves the
// visit to another country moves the geography with it. Whatever is given explicitly wins.
import type { Attempt, DeviceClaim, IpAddress } from '../../src/domain/attempt.ts';
import type { AbsenceCause } from '../../src/domain/absence.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { GeoFacts, IpFacts, ListHit, ListKind } from '../../src/domain/ip-facts.ts';
import { type AccountProfile, applyToAccount, type DeviceMemory, emptyAccount, findDevice } from '../../src/domain/profile/account.ts';
import { applyToSource, emptySource, type SourceProfile } from '../../src/domain/profile/source.ts';
import { type PopulationAttribute, populationAttributes, type Visit } from '../../src/domain/profile/visit.ts';
import type { Explanation, SignalDefinition } from '../../src/domain/signal/definition.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Wednesday 2026-06-10 09:00 UTC: the time of the attempt unless a test says otherwise. */
export const nowMs = Date.UTC(2026, 5, 10, 9);

type PartialAttempt = Partial<Omit<Attempt, 'user' | 'credential' | 'device' | 'network' | 'client' | 'ip'>> & {
  readonly user?: Partial<Attempt['user']>;
  readonly credential?: Partial<Attempt['credential']>;
  readonly device?: Partial<DeviceClaim>;
  readonly network?: Partial<Attempt['network']>;
  readonly client?: Partial<Attempt['client']>;
  readonly ip?: Partial<IpAddress>;
};

export interface FactsOptions {
  readonly attempt?: PartialAttempt;
  readonly visit?: Partial<Visit>;
  /** Fields given replace what follows from the visit; `geo` and `asn` as a whole. */
  readonly ip?: Partial<IpFacts>;
  /** Short for `ip.lists` with one fresh hit of each kind. */
  readonly lists?: readonly ListKind[];
  readonly account?: AccountProfile | null;
  readonly host?: SourceProfile | null;
  readonly block?: SourceProfile | null;
  readonly asn?: SourceProfile | null;
  readonly device?: SourceProfile | null;
  readonly population?: { readonly total: number; readonly counts?: Partial<Record<PopulationAttribute, number>> };
  readonly knownDevice?: DeviceMemory | null;
  readonly profilesAbsent?: AbsenceCause | null;
}

export const homeAddress: IpAddress = {
  text: '198.51.100.7',
  version: 4,
  words: [0xc6336407],
  host: '198.51.100.7',
  block: '198.51.100.0/24',
  scope: 'public',
};

export const homeDevice: DeviceClaim = {
  id: 'device-home',
  software: { browser: 'Firefox', browserMajor: 139, os: 'Windows', osMajor: 11, deviceType: 'desktop', automation: null },
  language: 'de',
  languageRegion: 'DE',
  clientHints: null,
  timeZone: 'Europe/Berlin',
  screen: { width: 1920, height: 1080, depth: 24 },
  platform: 'Win32',
  fingerprint: 'fingerprint-home',
  webdriver: false,
  userAgent: null,
  acceptLanguage: null,
};

export function attemptWith(options: PartialAttempt = {}): Attempt {
  return {
    tenant: 'default',
    attemptId: 'attempt-1',
    occurredAtMs: nowMs,
    session: null,
    behavior: null,
    ...options,
    user: { id: 'user-1', createdAtMs: null, mfaEnrolled: null, roles: [], credentialChangedAtMs: null, ...options.user },
    ip: { ...homeAddress, ...options.ip },
    credential: { method: 'password', result: 'success', breached: null, ...options.credential },
    device: { ...homeDevice, ...options.device },
    network: { rttMs: null, ja4: null, ...options.network },
    client: { id: null, sensitivity: 'normal', ...options.client },
  };
}

/** A visit from home (Berlin, a consumer provider) with the client of the attempt. Pseudonyms are the plain values. */
export function visitWith(options: Partial<Visit> = {}, attempt: Attempt = attemptWith()): Visit {
  const { device } = attempt;
  return {
    atMs: attempt.occurredAtMs,
    account: attempt.user.id,
    host: attempt.ip.host,
    block: attempt.ip.block,
    asn: 3320,
    asnClass: 'isp',
    anonymous: false,
    country: 'DE',
    region: 'Berlin',
    city: 'Berlin',
    latitude: 52.52,
    longitude: 13.41,
    accuracyKm: 20,
    device: device.id,
    browser: device.software?.browser ?? null,
    browserMajor: device.software?.browserMajor ?? null,
    os: device.software?.os ?? null,
    deviceType: device.software?.deviceType ?? null,
    language: device.language,
    timeZone: device.timeZone,
    screen: device.screen === null ? null : `${device.screen.width}x${device.screen.height}`,
    platform: device.platform,
    fingerprint: device.fingerprint,
    session: attempt.session?.id ?? null,
    ja4: attempt.network.ja4,
    typing: null,
    ...options,
  };
}

/** What an account remembers after these good logins, each a home visit with the given changes, oldest first. */
export function accountWith(visits: readonly Partial<Visit>[]): AccountProfile {
  const first = visits[0]?.atMs ?? nowMs;
  const account = emptyAccount(first);
  for (const visit of visits) applyToAccount(account, { type: 'learned', visit: visitWith(visit) });
  return account;
}

/** `count` home visits, one per `everyMs`, the newest `everyMs` before `untilMs`. */
export function homeVisits(count: number, options: Partial<Visit> = {}, everyMs = dayMs, untilMs = nowMs): Partial<Visit>[] {
  return Array.from({ length: count }, (_, i) => ({ ...options, atMs: untilMs - (count - i) * everyMs }));
}

/** A source that these accounts (short keys) signed in well from and that `failed` others failed from, all at `atMs`. */
export function sourceWith(
  options: {
    readonly good?: readonly number[];
    readonly failed?: readonly number[];
    readonly atMs?: number;
    readonly machine?: string | null;
  } = {},
): SourceProfile {
  const { good = [], failed = [], atMs = nowMs - hourMs, machine = null } = options;
  const source = emptySource(atMs);
  for (const account of good) {
    applyToSource(source, { type: 'attempted', atMs, account, failed: false, machine });
    applyToSource(source, { type: 'learned', atMs, account, machine });
  }
  for (const account of failed) applyToSource(source, { type: 'attempted', atMs, account, failed: true, machine });
  return source;
}

export function listHit(kind: ListKind, options: Partial<ListHit> = {}): ListHit {
  return { kind, list: `test ${kind} list`, reports: null, ageDays: 1, ...options };
}

const anonymousKinds: readonly ListKind[] = ['tor', 'vpn', 'proxy', 'relay'];

/** Facts of a home attempt on an account without any history, changed as the options say. */
export function factsWith(options: FactsOptions = {}): Facts {
  const attempt = attemptWith(options.attempt);
  const lists = options.ip?.lists ?? (options.lists ?? []).map((kind) => listHit(kind));
  const anonymous = lists.some((hit) => anonymousKinds.includes(hit.kind));
  const visit = visitWith({ anonymous, ...options.visit }, attempt);
  const account = options.account ?? null;
  const counts = options.population?.counts ?? {};
  return {
    attempt,
    visit,
    ip: {
      geo: geoOf(visit),
      asn: visit.asn === null ? null : { asn: visit.asn, organisation: `AS${visit.asn}`, class: visit.asnClass },
      ...options.ip,
      lists,
    },
    account,
    host: options.host ?? null,
    block: options.block ?? null,
    asn: options.asn ?? null,
    device: options.device ?? null,
    population: { total: options.population?.total ?? 0, counts: populationAttributes.map((attribute) => counts[attribute] ?? 0) },
    knownDevice: options.knownDevice === undefined ? findDevice(account?.devices ?? [], visit) : options.knownDevice,
    profilesAbsent: options.profilesAbsent ?? null,
  };
}

/** Zone of the places that tests use; null elsewhere. */
const zoneOf: Readonly<Record<string, string>> = {
  DE: 'Europe/Berlin',
  FR: 'Europe/Paris',
  GB: 'Europe/London',
  JP: 'Asia/Tokyo',
  IN: 'Asia/Kolkata',
  US: 'America/New_York',
};

function geoOf(visit: Visit): GeoFacts {
  const { country, region, city, latitude, longitude, accuracyKm } = visit;
  return {
    country,
    region,
    city,
    latitude,
    longitude,
    accuracyKm,
    accuracyStated: true,
    timeZone: country === null ? null : (zoneOf[country] ?? null),
  };
}

export interface Derived {
  /** Features by name. */
  readonly features: Readonly<Record<string, number>>;
  readonly cause: AbsenceCause | null;
  /** Names of the fallback rules that hold. */
  readonly rules: readonly string[];
  /** Sum of the points of those rules, log-odds. */
  readonly points: number;
  readonly explain: (contribution: number) => Explanation;
}

/** Runs one signal the way the vector does: its slice starts as NaN, at an offset that is not zero, between guarded neighbours. */
export function deriveSignal(signal: SignalDefinition, facts: Facts): Derived {
  const at = 2;
  const out = new Float32Array(at + signal.features.length + 1).fill(Number.NaN);
  const cause = signal.derive(facts, out, at);
  if (!Number.isNaN(out[0] as number) || !Number.isNaN(out[1] as number) || !Number.isNaN(out.at(-1) as number)) {
    throw new Error(`${signal.name} wrote outside its slice`);
  }
  const features: Record<string, number> = {};
  signal.features.forEach((feature, i) => {
    features[feature.name] = out[at + i] as number;
  });
  const holding = signal.rules.filter((rule) => rule.holds(out, at));
  return {
    features,
    cause,
    rules: holding.map((rule) => rule.name),
    points: holding.reduce((sum, rule) => sum + rule.points, 0),
    explain: (contribution) => signal.explain(facts, out, at, contribution),
  };
}
