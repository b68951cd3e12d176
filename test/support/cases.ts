// Flagged logins and jobs, and generators of them, for the tests of case stores and queues.
import fc from 'fast-check';
import type { Reason } from '../../src/domain/assessment.ts';
import type { NewCase, ShownFacts } from '../../src/domain/case/case.ts';
import type { NewExplanation } from '../../src/domain/case/explanation.ts';
import type { NewJob } from '../../src/domain/case/job.ts';
import { type Tier, tiers } from '../../src/domain/case/tier.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import type { Opening } from '../../src/ports/case/case-store.ts';
import { noonMs, storedOf, visitOf } from './records.ts';

export interface LoginParts {
  readonly tenant?: string;
  readonly account?: string;
  readonly tier?: Tier;
  readonly score?: number;
  readonly atMs?: number;
  readonly openedAtMs?: number;
  readonly visit?: Partial<Visit>;
  readonly shown?: Partial<ShownFacts>;
  readonly reasons?: readonly Reason[];
  readonly result?: 'success' | 'failure';
}

/** By default it shares nothing with any other: a login from an address, a device and an account of its own. */
export function newCase(name: string, parts: LoginParts = {}): NewCase {
  const atMs = parts.atMs ?? noonMs;
  const stored = storedOf(`assessment-${name}`, `account-${name}`, atMs);
  const apart = { host: `host-${name}`, block: `block-${name}`, device: `device-${name}` };
  return {
    id: `case-${name}`,
    tenant: parts.tenant ?? 'default',
    openedAtMs: parts.openedAtMs ?? atMs + 100,
    tier: parts.tier ?? 'high',
    assessment: { ...stored.assessment, score: parts.score ?? 0.99, reasons: parts.reasons ?? stored.assessment.reasons },
    context: { ...stored.context, result: parts.result ?? stored.context.result },
    visit: visitOf(parts.account ?? `account-${name}`, atMs, { ...apart, ...parts.visit }),
    shown: {
      userId: `${name}@example.com`,
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
      acceptLanguage: 'de',
      deviceId: `sent-${name}`,
      clientId: 'web',
      organisation: 'Deutsche Telekom AG',
      country: 'DE',
      region: 'Bavaria',
      city: 'München',
      ...parts.shown,
    },
  };
}

export function opening(name: string, parts: LoginParts = {}): Opening {
  return { made: newCase(name, parts), explanation: null, job: null };
}

export function explanation(key: string, change: Partial<NewExplanation> = {}): NewExplanation {
  return { source: 'template', key, final: false, body: `{"headline":"${key}"}`, atMs: noonMs, ...change };
}

export function job(key: string, change: Partial<NewJob> = {}): NewJob {
  return {
    tenant: 'default',
    tier: 'high',
    dedupeKey: key,
    subject: `case-${key}`,
    payload: `{"key":"${key}"}`,
    deadlineMs: noonMs + 60_000,
    ...change,
  };
}

export function reason(code: string, evidence: Reason['evidence'] = {}, contribution = 1): Reason {
  return { code, contribution, evidence };
}

/** Few distinct values, so that logins meet. */
export const anyLoginParts: fc.Arbitrary<LoginParts> = fc.record(
  {
    account: fc.constantFrom('accountA', 'accountB', 'accountC', 'accountD', 'accountE'),
    tier: fc.constantFrom(...tiers),
    score: fc.constantFrom(0.9, 0.95, 0.99, 0.999),
    atMs: fc.integer({ min: 0, max: 30 }).map((step) => noonMs + step * 10 * 60_000),
    visit: fc.record(
      {
        host: fc.constantFrom('hostA', 'hostB', 'hostC', 'hostD'),
        block: fc.constantFrom('blockA', 'blockB'),
        device: fc.constantFrom(null, 'deviceA', 'deviceB', 'deviceC'),
        asnClass: fc.constantFrom('hosting' as const, 'isp' as const, 'mobile' as const),
        anonymous: fc.boolean(),
        ja4: fc.constantFrom(null, 'ja4A', 'ja4B'),
      },
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);
