// What is remembered of one account: where, when and with what it signed in well, and who has been trying.
//
// Familiarity (places, devices, networks, hours, typing) comes only from attempts that ended well; failures feed counters.
// All functions change the profile they are given and return nothing; the store owns the copies.
import * as limits from '../limits.ts';
import { addToRecentSet, emptyRecentSet, type RecentSet, shortKey } from './recent-set.ts';
import { addTally, removeTally, type Tally } from './tally.ts';
import { learnTyping, type TypingProfile } from './typing.ts';
import { attributes, attributeValue, sameScreen, type Visit } from './visit.ts';
import { addToCounter, emptyCounter, type WindowCounter } from './window-counter.ts';

export interface PlaceMemory {
  readonly country: string | null;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyKm: number;
  count: number;
  lastMs: number;
}

export interface DeviceMemory {
  /** Pseudonym of the first-party id; null for a device known by its looks only. */
  readonly device: string | null;
  firstMs: number;
  lastMs: number;
  count: number;
  browser: string | null;
  browserMajor: number | null;
  os: string | null;
  deviceType: string | null;
  language: string | null;
  timeZone: string | null;
  screen: string | null;
  platform: string | null;
  fingerprint: string | null;
  asn: number | null;
  country: string | null;
}

/** A good login as travel sees it. */
export interface VisitMemory {
  readonly atMs: number;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly accuracyKm: number;
  readonly country: string | null;
  readonly asn: number | null;
  readonly asnClass: string;
  readonly anonymous: boolean;
  readonly host: string;
  readonly device: string | null;
}

export interface SessionMemory {
  readonly session: string;
  readonly firstMs: number;
  lastMs: number;
  readonly country: string | null;
  readonly asn: number | null;
  readonly device: string | null;
  readonly os: string | null;
}

export interface AccountProfile {
  /** First attempt seen, whatever its end. */
  firstSeenMs: number;
  goodCount: number;
  firstGoodMs: number;
  lastGoodMs: number;
  /** Smoothed interval between good logins; 0 until there are two. */
  usualGapMs: number;
  places: PlaceMemory[];
  devices: DeviceMemory[];
  /** Good logins per attribute value, in the order of `attributes`. */
  tallies: Tally[][];
  /** Newest last. */
  recent: VisitMemory[];
  /** Minute of the week (UTC, Monday 00:00 = 0) of recent good logins, newest last. */
  hours: number[];
  typing: TypingProfile | null;
  sessions: SessionMemory[];
  failures: WindowCounter;
  /** Challenges failed or abandoned: what push fatigue looks like. */
  challengesFailed: WindowCounter;
  hosts: RecentSet;
  asns: RecentSet;
  triedDevices: RecentSet;
}

/** What a try leaves behind before its end is known. No more than this is stored of it. */
export type TriedVisit = Pick<Visit, 'atMs' | 'host' | 'asn' | 'device'>;

export type AccountEvent =
  | { readonly type: 'attempted'; readonly visit: TriedVisit; readonly failed: boolean }
  | { readonly type: 'learned'; readonly visit: Visit }
  | { readonly type: 'unlearned'; readonly visit: Visit }
  | { readonly type: 'failed'; readonly atMs: number }
  | { readonly type: 'challenge_failed'; readonly atMs: number };

export function emptyAccount(atMs: number): AccountProfile {
  return {
    firstSeenMs: atMs,
    goodCount: 0,
    firstGoodMs: 0,
    lastGoodMs: 0,
    usualGapMs: 0,
    places: [],
    devices: [],
    tallies: attributes.map(() => []),
    recent: [],
    hours: [],
    typing: null,
    sessions: [],
    failures: emptyCounter(),
    challengesFailed: emptyCounter(),
    hosts: emptyRecentSet(),
    asns: emptyRecentSet(),
    triedDevices: emptyRecentSet(),
  };
}

const weekMs = 7 * 86_400_000;
/** 1970-01-01 was a Thursday: shifts the week so that it begins on Monday. */
const mondayShiftMs = 3 * 86_400_000;

/** Minute of the week in UTC, Monday 00:00 = 0, below 10,080. */
export function minuteOfWeek(atMs: number): number {
  return Math.floor(((((atMs + mondayShiftMs) % weekMs) + weekMs) % weekMs) / 60_000);
}

export function applyToAccount(profile: AccountProfile, event: AccountEvent): void {
  switch (event.type) {
    case 'attempted':
      recordTry(profile, event.visit, event.failed);
      return;
    case 'learned':
      learn(profile, event.visit);
      return;
    case 'unlearned':
      unlearn(profile, event.visit);
      return;
    case 'failed':
      addToCounter(profile.failures, event.atMs);
      return;
    case 'challenge_failed':
      addToCounter(profile.challengesFailed, event.atMs);
  }
}

function recordTry(profile: AccountProfile, visit: TriedVisit, failed: boolean): void {
  if (visit.atMs < profile.firstSeenMs) profile.firstSeenMs = visit.atMs;
  if (failed) addToCounter(profile.failures, visit.atMs);
  addToRecentSet(profile.hosts, shortKey(visit.host), visit.atMs, limits.sourcesPerAccountMax);
  if (visit.asn !== null) addToRecentSet(profile.asns, visit.asn, visit.atMs, limits.sourcesPerAccountMax);
  if (visit.device !== null) addToRecentSet(profile.triedDevices, shortKey(visit.device), visit.atMs, limits.sourcesPerAccountMax);
}

/** Weight of the newest interval in the smoothed one: about the last ten logins count. */
const gapWeight = 0.2;

function learn(profile: AccountProfile, visit: Visit): void {
  if (profile.goodCount > 0 && visit.atMs > profile.lastGoodMs) {
    const gapMs = visit.atMs - profile.lastGoodMs;
    profile.usualGapMs = profile.usualGapMs === 0 ? gapMs : profile.usualGapMs + gapWeight * (gapMs - profile.usualGapMs);
  }
  if (profile.goodCount === 0 || visit.atMs < profile.firstGoodMs) profile.firstGoodMs = visit.atMs;
  if (profile.goodCount === 0 || visit.atMs > profile.lastGoodMs) profile.lastGoodMs = visit.atMs;
  profile.goodCount += 1;
  for (let i = 0; i < attributes.length; i++) {
    const value = attributeValue(visit, attributes[i] as (typeof attributes)[number]);
    if (value !== null) addTally(profile.tallies[i] as Tally[], value, visit.atMs, limits.talliesPerAttributeMax);
  }
  learnPlace(profile.places, visit);
  learnDevice(profile.devices, visit);
  insertRecent(profile.recent, visit);
  profile.hours.push(minuteOfWeek(visit.atMs));
  if (profile.hours.length > limits.hoursMax) profile.hours.shift();
  if (visit.typing !== null) profile.typing = learnTyping(profile.typing, visit.typing);
  if (visit.session !== null) learnSession(profile.sessions, visit, visit.session);
}

function learnPlace(places: PlaceMemory[], visit: Visit): void {
  if (visit.latitude === null || visit.longitude === null) return;
  const { latitude, longitude } = visit;
  for (const place of places) {
    if (place.latitude === latitude && place.longitude === longitude) {
      place.count += 1;
      if (visit.atMs > place.lastMs) place.lastMs = visit.atMs;
      return;
    }
  }
  const place: PlaceMemory = { country: visit.country, latitude, longitude, accuracyKm: visit.accuracyKm, count: 1, lastMs: visit.atMs };
  pushBounded(places, place, limits.placesMax);
}

/** The remembered device that this visit used: by first-party id, or by the same looks where there is no id. */
export function findDevice(
  devices: readonly DeviceMemory[],
  visit: Pick<Visit, 'device' | 'fingerprint' | 'browser' | 'os' | 'screen'>,
): DeviceMemory | null {
  for (const device of devices) {
    if (visit.device !== null ? device.device === visit.device : device.device === null && sameLooks(device, visit)) return device;
  }
  return null;
}

function sameLooks(device: DeviceMemory, visit: Pick<Visit, 'fingerprint' | 'browser' | 'os' | 'screen'>): boolean {
  return (
    device.fingerprint === visit.fingerprint &&
    device.browser === visit.browser &&
    device.os === visit.os &&
    sameScreen(device.screen, visit.screen)
  );
}

function learnDevice(devices: DeviceMemory[], visit: Visit): void {
  if (visit.device === null && visit.browser === null && visit.os === null && visit.fingerprint === null) return;
  const known = findDevice(devices, visit);
  if (known === null) {
    pushBounded(devices, deviceMemory(visit), limits.devicesMax);
    return;
  }
  known.count += 1;
  if (visit.atMs < known.firstMs) known.firstMs = visit.atMs;
  if (visit.atMs < known.lastMs) return;
  const { device: _device, firstMs: _firstMs, count: _count, ...looks } = deviceMemory(visit);
  Object.assign(known, looks);
}

function deviceMemory(visit: Visit): DeviceMemory {
  return {
    device: visit.device,
    firstMs: visit.atMs,
    lastMs: visit.atMs,
    count: 1,
    browser: visit.browser,
    browserMajor: visit.browserMajor,
    os: visit.os,
    deviceType: visit.deviceType,
    language: visit.language,
    timeZone: visit.timeZone,
    screen: visit.screen,
    platform: visit.platform,
    fingerprint: visit.fingerprint,
    asn: visit.asn,
    country: visit.country,
  };
}

function insertRecent(recent: VisitMemory[], visit: Visit): void {
  const memory: VisitMemory = {
    atMs: visit.atMs,
    latitude: visit.latitude,
    longitude: visit.longitude,
    accuracyKm: visit.accuracyKm,
    country: visit.country,
    asn: visit.asn,
    asnClass: visit.asnClass,
    anonymous: visit.anonymous,
    host: visit.host,
    device: visit.device,
  };
  let at = recent.length;
  while (at > 0 && (recent[at - 1] as VisitMemory).atMs > visit.atMs) at--;
  recent.splice(at, 0, memory);
  if (recent.length > limits.recentVisitsMax) recent.shift();
}

function learnSession(sessions: SessionMemory[], visit: Visit, session: string): void {
  for (const known of sessions) {
    if (known.session === session) {
      if (visit.atMs > known.lastMs) known.lastMs = visit.atMs;
      return;
    }
  }
  const memory: SessionMemory = {
    session,
    firstMs: visit.atMs,
    lastMs: visit.atMs,
    country: visit.country,
    asn: visit.asn,
    device: visit.device,
    os: visit.os,
  };
  pushBounded(sessions, memory, limits.sessionsMax);
}

function pushBounded<T extends { lastMs: number }>(list: T[], item: T, limit: number): void {
  if (list.length < limit) {
    list.push(item);
    return;
  }
  let oldest = 0;
  for (let i = 1; i < list.length; i++) if ((list[i] as T).lastMs < (list[oldest] as T).lastMs) oldest = i;
  if (item.lastMs > (list[oldest] as T).lastMs) list[oldest] = item;
}

/**
 * Takes back what one visit taught (a takeover that was first taken for a good login). Counts and memberships are restored; the
 * smoothed interval, the typing rhythm and the times of last use are not kept per visit and fade by themselves.
 */
function unlearn(profile: AccountProfile, visit: Visit): void {
  if (profile.goodCount <= 1) {
    forgetFamiliarity(profile);
    return;
  }
  profile.goodCount -= 1;
  for (let i = 0; i < attributes.length; i++) {
    const value = attributeValue(visit, attributes[i] as (typeof attributes)[number]);
    if (value !== null) removeTally(profile.tallies[i] as Tally[], value);
  }
  const place = profile.places.find((known) => known.latitude === visit.latitude && known.longitude === visit.longitude);
  if (place !== undefined && --place.count <= 0) profile.places.splice(profile.places.indexOf(place), 1);
  const recentAt = profile.recent.findIndex((known) => known.atMs === visit.atMs && known.host === visit.host);
  if (recentAt >= 0) profile.recent.splice(recentAt, 1);
  const hourAt = profile.hours.lastIndexOf(minuteOfWeek(visit.atMs));
  if (hourAt >= 0) profile.hours.splice(hourAt, 1);
  // What a session looks like comes from the visit that opened it; one that only continued it taught nothing.
  profile.sessions = profile.sessions.filter((known) => known.session !== visit.session || known.firstMs !== visit.atMs);
  unlearnDevice(profile, visit);
  if (profile.lastGoodMs === visit.atMs) profile.lastGoodMs = profile.recent.at(-1)?.atMs ?? profile.firstGoodMs;
  if (profile.firstGoodMs === visit.atMs) profile.firstGoodMs = profile.recent[0]?.atMs ?? profile.lastGoodMs;
}

/** Back to an account that never signed in well: nothing of the last visit may linger, its typing rhythm included. */
function forgetFamiliarity(profile: AccountProfile): void {
  const {
    firstSeenMs: _seen,
    failures: _failed,
    challengesFailed: _challenges,
    hosts: _hosts,
    asns: _asns,
    triedDevices: _tried,
    ...familiarity
  } = emptyAccount(0);
  Object.assign(profile, familiarity);
}

/**
 * A device keeps the looks of its last good login. When that login is taken back, they may be a thief's, and what was there before
 * is not known: they become unknown until the next good login, except those by which a device without an id is recognised.
 */
function unlearnDevice(profile: AccountProfile, visit: Visit): void {
  const device = findDevice(profile.devices, visit);
  if (device === null) return;
  device.count -= 1;
  if (device.count <= 0) {
    profile.devices.splice(profile.devices.indexOf(device), 1);
    return;
  }
  const left = profile.recent.filter((known) => known.device === device.device);
  if (device.firstMs === visit.atMs) device.firstMs = left[0]?.atMs ?? device.lastMs;
  if (device.lastMs !== visit.atMs) return;
  const last = left.at(-1);
  device.lastMs = last?.atMs ?? device.firstMs;
  const unknown = {
    browserMajor: null,
    deviceType: null,
    language: null,
    timeZone: null,
    platform: null,
    asn: last?.asn ?? null,
    country: last?.country ?? null,
  };
  Object.assign(device, unknown, device.device === null ? null : { browser: null, os: null, screen: null, fingerprint: null });
}
