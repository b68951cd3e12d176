// Visits, assessments and generators of them, for the tests of stores and records.
import fc from 'fast-check';
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import { asnClasses } from '../../src/domain/ip-facts.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';

export const noonMs = Date.UTC(2026, 10, 22, 12);

export function visitOf(account: string, atMs = noonMs, change: Partial<Visit> = {}): Visit {
  return {
    atMs,
    account,
    host: 'hostAAAAAAAAAAAAAAAAAA',
    block: 'blockAAAAAAAAAAAAAAAAA',
    asn: 3320,
    asnClass: 'isp',
    anonymous: false,
    country: 'DE',
    region: 'Bavaria',
    city: 'München',
    latitude: 48.1374,
    longitude: 11.5755,
    accuracyKm: 20,
    device: 'deviceAAAAAAAAAAAAAAAA',
    browser: 'Chrome',
    browserMajor: 142,
    os: 'Windows',
    deviceType: 'desktop',
    language: 'de',
    timeZone: 'Europe/Berlin',
    screen: '1920x1080',
    platform: 'Win32',
    fingerprint: null,
    session: null,
    ja4: null,
    typing: null,
    ...change,
  };
}

export function storedOf(id: string, account: string, occurredAtMs = noonMs, change: Partial<StoredAssessment> = {}): StoredAssessment {
  return {
    recordVersion: 1,
    tenant: 'default',
    occurredAtMs,
    requestDigest: 'digest',
    features: Float32Array.of(1.5, Number.NaN, -0, 3.25e-9, Number.POSITIVE_INFINITY),
    visit: visitOf(account, occurredAtMs),
    context: {
      userId: 'u-1',
      roles: ['admin'],
      mfaEnrolled: true,
      ip: '203.0.113.7',
      asn: 3320,
      asnClass: 'isp',
      country: 'DE',
      deviceId: null,
      method: 'password',
      result: 'success',
      breached: null,
      clientId: 'web',
      sensitivity: 'normal',
      lists: ['hosting'],
      occurredAtMs,
    },
    assessment: {
      assessmentId: id,
      attemptId: `attempt of ${id}`,
      verdict: 'challenge',
      score: 0.9931,
      level: 'high',
      logOdds: 2.41,
      baseLogOdds: -3.2,
      reasons: [
        {
          code: 'NEW_DEVICE',
          contribution: 3.1,
          evidence: { devices: 2, known: false, lists: ['tor', 'vpn'], name: 'x', none: null, yes: true },
        },
      ],
      otherContributions: -0.2,
      degraded: false,
      missing: [{ signal: 'behavior.typing', cause: 'not_sent' }],
      decidedBy: 'model',
      policyRule: null,
      versions: { model: 'login-risk/2026-12-01', features: 'sha256:00', policy: '7' },
      budget: { limitMs: 50, elapsedMs: 0.8, stagesMs: { gather: 0.2, derive: 0.1, score: 0.1, decide: 0 } },
      caseId: null,
    },
    outcomes: [],
    label: null,
    learned: false,
    ...change,
  };
}

const time = fc.integer({ min: noonMs - 40 * 86_400_000, max: noonMs });
const someText = fc.constantFrom('Chrome', 'Firefox', 'São Paulo', '東京', 'x'.repeat(300), '');

/** Few distinct values, so that events meet each other; ends of the ranges included. */
export const anyVisit: fc.Arbitrary<Visit> = fc.record(
  {
    atMs: time,
    account: fc.constantFrom('accountA', 'accountB'),
    host: fc.constantFrom('hostA', 'hostB', 'hostC'),
    block: fc.constantFrom('blockA', 'blockB'),
    asn: fc.constantFrom(null, 0, 3320, 4_294_967_295),
    asnClass: fc.constantFrom(...asnClasses),
    anonymous: fc.boolean(),
    country: fc.constantFrom(null, 'DE', 'BR'),
    region: fc.constantFrom(null, 'Bavaria'),
    city: fc.constantFrom(null, 'München', '東京'),
    latitude: fc.constantFrom(null, 48.1374, -90, 0.123456789),
    longitude: fc.constantFrom(null, 11.5755, -180, -0),
    accuracyKm: fc.constantFrom(0, 20, 1000.5),
    device: fc.constantFrom(null, 'deviceA', 'deviceB'),
    browser: fc.option(someText),
    browserMajor: fc.constantFrom(null, 0, 142),
    os: fc.option(someText),
    deviceType: fc.constantFrom(null, 'desktop', 'mobile'),
    language: fc.constantFrom(null, 'de'),
    timeZone: fc.constantFrom(null, 'Europe/Berlin'),
    screen: fc.constantFrom(null, '1920x1080'),
    platform: fc.option(someText),
    fingerprint: fc.constantFrom(null, 'printA'),
    session: fc.constantFrom(null, 'sessionA', 'sessionB'),
    ja4: fc.constantFrom(null, 't13d1516h2_8daaf6152771'),
    typing: fc.option(
      fc.record(
        {
          dwellMs: fc.array(fc.double({ noNaN: true }), { maxLength: 5 }),
          flightMs: fc.array(fc.integer({ min: -50, max: 2000 }), { maxLength: 5 }),
        },
        { noNullPrototype: true },
      ),
    ),
  },
  { noNullPrototype: true },
);
