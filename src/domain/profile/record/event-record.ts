// One thing that happened to a profile, as bytes and back. A store keeps events until they are folded into the profile, so
// that several processes can add to the same profile without overwriting each other; see source-record.ts for the rules.
import { asnClasses } from '../../ip-facts.ts';
import type { ByteReader } from '../../record/byte-reader.ts';
import type { ByteWriter } from '../../record/byte-writer.ts';
import type { AccountEvent, TriedVisit } from '../account.ts';
import type { Expiry } from '../expiry.ts';
import { shortKeyLetters } from '../recent-set.ts';
import type { SourceEvent } from '../source.ts';
import type { Refusal } from './source-record.ts';
import type { Visit } from '../visit.ts';

const version = 1;
const accountTypes = ['attempted', 'learned', 'unlearned', 'failed', 'challenge_failed', 'expired'] as const;
const sourceTypes = ['attempted', 'learned', 'unlearned', 'failed', 'expired'] as const;
/** More key strokes than an attempt may carry; a bound for damaged records. */
const strokesMax = 4096;

export function writeAccountEvent(out: ByteWriter, event: AccountEvent | Expiry): void {
  out.uint(version);
  out.uint(accountTypes.indexOf(event.type));
  switch (event.type) {
    case 'attempted':
      out.bool(event.failed);
      writeTriedVisit(out, event.visit);
      return;
    case 'learned':
    case 'unlearned':
      writeVisit(out, event.visit);
      return;
    case 'failed':
    case 'challenge_failed':
    case 'expired':
      out.number(event.atMs);
  }
}

export function readAccountEvent(from: ByteReader): AccountEvent | Expiry | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const event = readAccountBody(from, accountTypes[from.uint()]);
  return from.complete() ? event : 'damaged';
}

function readAccountBody(from: ByteReader, type: (AccountEvent | Expiry)['type'] | undefined): AccountEvent | Expiry | Refusal {
  switch (type) {
    case 'attempted': {
      const failed = from.bool();
      return { type, failed, visit: readTriedVisit(from) };
    }
    case 'learned':
    case 'unlearned':
      return { type, visit: readVisit(from) };
    case 'failed':
    case 'challenge_failed':
    case 'expired':
      return { type, atMs: from.number() };
    case undefined:
      return 'damaged';
  }
}

export function writeSourceEvent(out: ByteWriter, event: SourceEvent | Expiry): void {
  out.uint(version);
  out.uint(sourceTypes.indexOf(event.type));
  out.number(event.atMs);
  if (event.type === 'failed' || event.type === 'expired') return;
  out.number(event.account);
  if (event.type === 'unlearned') return;
  out.text(event.machine);
  if (event.type === 'attempted') out.bool(event.failed);
}

export function readSourceEvent(from: ByteReader): SourceEvent | Expiry | Refusal {
  if (from.uint() !== version) return from.damaged ? 'damaged' : 'foreign';
  const event = readSourceBody(from, sourceTypes[from.uint()]);
  return from.complete() ? event : 'damaged';
}

function readSourceBody(from: ByteReader, type: (SourceEvent | Expiry)['type'] | undefined): SourceEvent | Expiry | Refusal {
  switch (type) {
    case 'attempted':
      return { type, atMs: from.number(), account: from.number(), machine: from.text(), failed: from.bool() };
    case 'learned':
      return { type, atMs: from.number(), account: from.number(), machine: from.text() };
    case 'unlearned':
      return { type, atMs: from.number(), account: from.number() };
    case 'failed':
    case 'expired':
      return { type, atMs: from.number() };
    case undefined:
      return 'damaged';
  }
}

/** Profiles remember tries by the short keys of their sources, which come from the first letters of a pseudonym. */
function writeTriedVisit(out: ByteWriter, visit: TriedVisit): void {
  out.number(visit.atMs);
  out.plainText(visit.host.slice(0, shortKeyLetters));
  out.nullableNumber(visit.asn);
  out.text(visit.device === null ? null : visit.device.slice(0, shortKeyLetters));
}

function readTriedVisit(from: ByteReader): TriedVisit {
  return { atMs: from.number(), host: from.plainText(), asn: from.nullableNumber(), device: from.text() };
}

export function writeVisit(out: ByteWriter, visit: Visit): void {
  out.number(visit.atMs);
  out.plainText(visit.account);
  out.plainText(visit.host);
  out.plainText(visit.block);
  out.nullableNumber(visit.asn);
  out.uint(asnClasses.indexOf(visit.asnClass));
  out.bool(visit.anonymous);
  out.text(visit.country);
  out.text(visit.region);
  out.text(visit.city);
  out.nullableNumber(visit.latitude);
  out.nullableNumber(visit.longitude);
  out.number(visit.accuracyKm);
  out.text(visit.device);
  out.text(visit.browser);
  out.nullableNumber(visit.browserMajor);
  out.text(visit.os);
  out.text(visit.deviceType);
  out.text(visit.language);
  out.text(visit.timeZone);
  out.text(visit.screen);
  out.text(visit.platform);
  out.text(visit.fingerprint);
  out.text(visit.session);
  out.text(visit.ja4);
  out.bool(visit.typing !== null);
  if (visit.typing === null) return;
  writeStrokes(out, visit.typing.dwellMs);
  writeStrokes(out, visit.typing.flightMs);
}

/** The reader is damaged when the bytes are no visit. */
export function readVisit(from: ByteReader): Visit {
  return {
    atMs: from.number(),
    account: from.plainText(),
    host: from.plainText(),
    block: from.plainText(),
    asn: from.nullableNumber(),
    asnClass: readAsnClass(from),
    anonymous: from.bool(),
    country: from.text(),
    region: from.text(),
    city: from.text(),
    latitude: from.nullableNumber(),
    longitude: from.nullableNumber(),
    accuracyKm: from.number(),
    device: from.text(),
    browser: from.text(),
    browserMajor: from.nullableNumber(),
    os: from.text(),
    deviceType: from.text(),
    language: from.text(),
    timeZone: from.text(),
    screen: from.text(),
    platform: from.text(),
    fingerprint: from.text(),
    session: from.text(),
    ja4: from.text(),
    typing: from.bool() ? { dwellMs: readStrokes(from), flightMs: readStrokes(from) } : null,
  };
}

function readAsnClass(from: ByteReader): Visit['asnClass'] {
  const asnClass = asnClasses[from.uint()];
  if (asnClass !== undefined) return asnClass;
  from.damage();
  return 'unknown';
}

function writeStrokes(out: ByteWriter, values: readonly number[]): void {
  out.uint(values.length);
  for (const value of values) out.number(value);
}

function readStrokes(from: ByteReader): number[] {
  const count = from.count(strokesMax);
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(from.number());
  return values;
}
