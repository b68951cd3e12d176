// Use cases that remember what they were asked, for tests of the door alone.
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { AssessRequest, AssessResult } from '../../src/assess/assess.ts';
import type { Assessment, StoredAssessment } from '../../src/domain/assessment.ts';
import { emptyAccount } from '../../src/domain/profile/account.ts';
import type { ApiKey, Scope } from '../../src/http/request/api-key.ts';
import type { Check, LabelClaim, UseCases } from '../../src/http/dependencies.ts';
import { problemCodes } from '../../src/http/problem.ts';
import { createServer, type ServerOptions } from '../../src/http/server.ts';
import type { OutcomeReport } from '../../src/learn/record-outcome.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CasePorts } from '../../src/review/cases/ports.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

export const nowMs = Date.parse('2026-11-22T10:00:00Z');

export function sampleAssessment(attemptId: string, assessmentId = 'as-1'): Assessment {
  return {
    assessmentId,
    attemptId,
    verdict: 'challenge',
    score: 0.9931,
    level: 'high',
    logOdds: 2.41,
    baseLogOdds: -3.2,
    reasons: [
      {
        code: 'IMPOSSIBLE_TRAVEL',
        contribution: 3.1,
        evidence: { distance_km: 8900, from_country: 'DE', possible: false, via: ['DE', 'JP'], city: null },
      },
      { code: 'KNOWN_NETWORK', contribution: -0.7, evidence: {} },
    ],
    otherContributions: 3.21,
    degraded: false,
    missing: [{ signal: 'behaviour.typing', cause: 'not_sent' }],
    decidedBy: 'model',
    policyRule: null,
    versions: { model: 'login-risk/2026-12-01', features: 'sha256:ab', policy: '7' },
    budget: { limitMs: 50, elapsedMs: 0.8, stagesMs: { gather: 0.2, derive: 0.1, score: 0.1, decide: 0 } },
    caseId: null,
  };
}

export interface FakeDoor {
  readonly app: FastifyInstance;
  readonly requests: AssessRequest[];
  readonly outcomes: OutcomeReport[];
  readonly labels: LabelClaim[];
  readonly checks: Check[];
  readonly logged: string[];
  /** As the door has them; a test may change one. */
  readonly useCases: { -readonly [Name in keyof UseCases]: UseCases[Name] };
  /** Replaces the assess use case. */
  assess: (request: AssessRequest) => Promise<AssessResult>;
}

export function apiKey(secret: string, scopes: readonly Scope[], more: Partial<ApiKey> = {}): ApiKey {
  return { id: secret, sha256: createHash('sha256').update(secret).digest('hex'), tenant: 'default', scopes, ratePerMinute: null, ...more };
}

export async function fakeDoor(options: Partial<ServerOptions> = {}, cases: CasePorts | null = null, clock?: Clock): Promise<FakeDoor> {
  const stored = new Map<string, StoredAssessment>();
  const digests = new Map<string, string>();
  const users = new Set<string>();
  let ids = 0;
  const logged: string[] = [];
  const door: Omit<FakeDoor, 'app' | 'useCases'> = {
    requests: [],
    outcomes: [],
    labels: [],
    checks: [{ name: 'model', ok: true, detail: 'loaded' }],
    logged,
    assess: async ({ attempt, digest }) => {
      const key = `${attempt.tenant}/${attempt.attemptId}`;
      const before = stored.get(key);
      if (before !== undefined && digest !== null)
        return digests.get(key) === digest ? { kind: 'repeated', assessment: before.assessment } : { kind: 'conflict' };
      const assessment = sampleAssessment(attempt.attemptId, `as-${++ids}`);
      const record = {
        assessment,
        tenant: attempt.tenant,
        occurredAtMs: attempt.occurredAtMs,
        outcomes: [],
        label: null,
      } as unknown as StoredAssessment;
      if (digest !== null) stored.set(key, record);
      stored.set(`${attempt.tenant}/${assessment.assessmentId}`, record);
      if (digest !== null) digests.set(key, digest);
      users.add(`${attempt.tenant}/${attempt.user.id}`);
      return { kind: 'assessed', assessment };
    },
  };
  const useCases: UseCases = {
    assess: (request) => {
      door.requests.push(request);
      return door.assess(request);
    },
    recordOutcome: (report) => {
      door.outcomes.push(report);
      if ('assessmentId' in report.target && !stored.has(`${report.tenant}/${report.target.assessmentId}`))
        return { kind: 'unknown_assessment' };
      if (report.outcome === 'challenge_passed') return { kind: 'contradiction', detail: 'It failed.' };
      return {
        kind: report.outcome === 'abandoned' ? 'already' : 'recorded',
        assessmentId: 'assessmentId' in report.target ? report.target.assessmentId : null,
      };
    },
    recordLabel: (claim) => {
      door.labels.push(claim);
      return stored.has(`${claim.tenant}/${claim.assessmentId}`)
        ? { kind: 'recorded', assessmentId: claim.assessmentId }
        : { kind: 'unknown_assessment' };
    },
    readAssessment: (tenant, id) => stored.get(`${tenant}/${id}`) ?? null,
    describeUser: (tenant, id) => (users.has(`${tenant}/${id}`) ? emptyAccount(nowMs) : null),
    eraseUser: async (tenant, id) => ({ profile: users.delete(`${tenant}/${id}`), assessments: 0, cases: 0 }),
    cases: cases === null ? null : async () => cases,
    readiness: () => door.checks,
  };
  const app = await createServer(
    {
      useCases,
      clock: clock ?? { ...systemClock, nowMs: () => nowMs },
      random: { id: () => `made-up-${++ids}` },
      metrics: createMetrics({ signals: ['behaviour.typing'], problemCodes }),
    },
    {
      version: '0.0.0',
      host: '127.0.0.1',
      keys: null,
      budgetMs: 50,
      rateLimitPerMinute: 0,
      metrics: true,
      log: { level: 'info', stream: { write: (line) => void logged.push(line) } },
      ...options,
    },
  );
  return Object.assign(door, { app, useCases });
}
