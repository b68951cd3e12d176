// What is remembered of an account, as bytes and back; see source-record.ts for the rules. A profile of a person with two
// devices and three places takes about 500 bytes.
import * as limits from '../../limits.ts';
import type { ByteReader } from '../../record/byte-reader.ts';
import type { ByteWriter } from '../../record/byte-writer.ts';
import type { AccountProfile, DeviceMemory, PlaceMemory, SessionMemory, VisitMemory } from '../account.ts';
import { type Refusal, readCounter, readRecentSet, writeCounter, writeRecentSet } from './source-record.ts';
import type { Tally } from '../tally.ts';
import type { TypingProfile } from '../typing.ts';
import { attributes } from '../visit.ts';

const version = 1;
/** More numbers than any typing profile keeps; a bound for damaged records. */
const typingLengthMax = 64;

export function writeAccount(out: ByteWriter, profile: AccountProfile): void {
  const originMs = profile.firstSeenMs;
  out.uint(version);
  out.number(originMs);
  out.number(profile.goodCount);
  out.number(profile.firstGoodMs);
  out.number(profile.lastGoodMs);
  out.number(profile.usualGapMs);
  for (const tallies of profile.tallies) {
    out.uint(tallies.length);
    for (const tally of tallies) {
      out.text(tally.value);
      out.number(tally.count);
      out.number(tally.lastMs - originMs);
    }
  }
  out.uint(profile.places.length);
  for (const place of profile.places) writePlace(out, place, originMs);
  out.uint(profile.devices.length);
  for (const device of profile.devices) writeDevice(out, device, originMs);
  out.uint(profile.recent.length);
  for (const visit of profile.recent) writeVisitMemory(out, visit, originMs);
  out.uint(profile.hours.length);
  for (const minute of profile.hours) out.number(minute);
  writeTyping(out, profile.typing);
  out.uint(profile.sessions.length);
  for (const session of profile.sessions) writeSession(out, session, originMs);
  writeCounter(out, profile.failures);
  writeCounter(out, profile.challengesFailed);
  writeRecentSet(out, profile.hosts, originMs);
  writeRecentSet(out, profile.asns, originMs);
  writeRecentSet(out, profile.triedDevices, originMs);
}

export function readAccount(from: ByteReader): AccountProfile | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const originMs = from.number();
  const profile: AccountProfile = {
    firstSeenMs: originMs,
    goodCount: from.number(),
    firstGoodMs: from.number(),
    lastGoodMs: from.number(),
    usualGapMs: from.number(),
    tallies: readTallies(from, originMs),
    places: readList(from, limits.placesMax, originMs, readPlace),
    devices: readList(from, limits.devicesMax, originMs, readDevice),
    recent: readList(from, limits.recentVisitsMax, originMs, readVisitMemory),
    hours: readList(from, limits.hoursMax, originMs, readNumber),
    typing: readTyping(from),
    sessions: readList(from, limits.sessionsMax, originMs, readSession),
    failures: readCounter(from),
    challengesFailed: readCounter(from),
    hosts: readRecentSet(from, originMs, limits.sourcesPerAccountMax),
    asns: readRecentSet(from, originMs, limits.sourcesPerAccountMax),
    triedDevices: readRecentSet(from, originMs, limits.sourcesPerAccountMax),
  };
  return from.complete() ? profile : 'damaged';
}

function readList<T>(from: ByteReader, max: number, originMs: number, read: (from: ByteReader, originMs: number) => T): T[] {
  const count = from.count(max);
  if (count === 0) return [];
  // Most lists have one member. A list that begins with it is as long as it; one that is pushed to begins with room for seventeen.
  const list = [read(from, originMs)];
  for (let i = 1; i < count; i++) list.push(read(from, originMs));
  return list;
}

function readNumber(from: ByteReader): number {
  return from.number();
}

function readTallies(from: ByteReader, originMs: number): Tally[][] {
  const tallies: Tally[][] = [];
  for (let i = 0; i < attributes.length; i++) tallies.push(readList(from, limits.talliesPerAttributeMax, originMs, readTally));
  return tallies;
}

function readTally(from: ByteReader, originMs: number): Tally {
  return { value: from.someText(), count: from.number(), lastMs: from.number() + originMs };
}

function writePlace(out: ByteWriter, place: PlaceMemory, originMs: number): void {
  out.text(place.country);
  out.number(place.latitude);
  out.number(place.longitude);
  out.number(place.accuracyKm);
  out.number(place.count);
  out.number(place.lastMs - originMs);
}

function readPlace(from: ByteReader, originMs: number): PlaceMemory {
  return {
    country: from.text(),
    latitude: from.number(),
    longitude: from.number(),
    accuracyKm: from.number(),
    count: from.number(),
    lastMs: from.number() + originMs,
  };
}

function writeDevice(out: ByteWriter, device: DeviceMemory, originMs: number): void {
  out.text(device.device);
  out.number(device.firstMs - originMs);
  out.number(device.lastMs - originMs);
  out.number(device.count);
  out.text(device.browser);
  out.nullableNumber(device.browserMajor);
  out.text(device.os);
  out.text(device.deviceType);
  out.text(device.language);
  out.text(device.timeZone);
  out.text(device.screen);
  out.text(device.platform);
  out.text(device.fingerprint);
  out.nullableNumber(device.asn);
  out.text(device.country);
}

function readDevice(from: ByteReader, originMs: number): DeviceMemory {
  return {
    device: from.text(),
    firstMs: from.number() + originMs,
    lastMs: from.number() + originMs,
    count: from.number(),
    browser: from.text(),
    browserMajor: from.nullableNumber(),
    os: from.text(),
    deviceType: from.text(),
    language: from.text(),
    timeZone: from.text(),
    screen: from.text(),
    platform: from.text(),
    fingerprint: from.text(),
    asn: from.nullableNumber(),
    country: from.text(),
  };
}

function writeVisitMemory(out: ByteWriter, visit: VisitMemory, originMs: number): void {
  out.number(visit.atMs - originMs);
  out.nullableNumber(visit.latitude);
  out.nullableNumber(visit.longitude);
  out.number(visit.accuracyKm);
  out.text(visit.country);
  out.nullableNumber(visit.asn);
  out.text(visit.asnClass);
  out.bool(visit.anonymous);
  out.text(visit.host);
  out.text(visit.device);
}

function readVisitMemory(from: ByteReader, originMs: number): VisitMemory {
  return {
    atMs: from.number() + originMs,
    latitude: from.nullableNumber(),
    longitude: from.nullableNumber(),
    accuracyKm: from.number(),
    country: from.text(),
    asn: from.nullableNumber(),
    asnClass: from.someText(),
    anonymous: from.bool(),
    host: from.someText(),
    device: from.text(),
  };
}

function writeTyping(out: ByteWriter, typing: TypingProfile | null): void {
  out.bool(typing !== null);
  if (typing === null) return;
  for (const value of [typing.count, typing.machineCount, typing.dwells, typing.flights, typing.textCount, typing.strays])
    out.number(value);
  for (const values of [typing.mean, typing.deviation, typing.summaryMean, typing.summaryDeviation]) {
    out.uint(values.length);
    for (const value of values) out.number(value);
  }
}

function readTyping(from: ByteReader): TypingProfile | null {
  if (!from.bool()) return null;
  return {
    count: from.number(),
    machineCount: from.number(),
    dwells: from.number(),
    flights: from.number(),
    textCount: from.number(),
    strays: from.number(),
    mean: readList(from, typingLengthMax, 0, readNumber),
    deviation: readList(from, typingLengthMax, 0, readNumber),
    summaryMean: readList(from, typingLengthMax, 0, readNumber),
    summaryDeviation: readList(from, typingLengthMax, 0, readNumber),
  };
}

function writeSession(out: ByteWriter, session: SessionMemory, originMs: number): void {
  out.text(session.session);
  out.number(session.firstMs - originMs);
  out.number(session.lastMs - originMs);
  out.text(session.country);
  out.nullableNumber(session.asn);
  out.text(session.device);
  out.text(session.os);
}

function readSession(from: ByteReader, originMs: number): SessionMemory {
  return {
    session: from.someText(),
    firstMs: from.number() + originMs,
    lastMs: from.number() + originMs,
    country: from.text(),
    asn: from.nullableNumber(),
    device: from.text(),
    os: from.text(),
  };
}
