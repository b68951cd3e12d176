// Everything once before the first person waits: code is compiled, tables and pages are touched, lazy parts are made.
//
// A cold process needs hundreds of milliseconds for its first assessment. The rehearsal uses the real parts, except that what
// it would remember goes into a store that is thrown away.
import { createMemoryAssessmentLog } from './adapters/memory/assessment-log.ts';
import { createMemoryProfileStore } from './adapters/memory/profile-store.ts';
import { type AssessOptions, type AssessPorts, createAssess } from './assess/assess.ts';
import { assessmentJson } from './http/assessment-json.ts';
import { recordOutcome } from './learn/record-outcome.ts';
import { parseAttempt } from './parse/attempt.ts';
import { isScoreRequest } from './parse/score-request.ts';

/** Enough for the hot functions to be compiled, few enough to take a tenth of a second. */
const attempts = 60;
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'curl/8.5.0',
];
const addresses = ['84.141.12.34', '167.99.10.1', '2003:e1:1234:5600::1', '10.0.0.1'];

export async function warmUp(ports: AssessPorts, options: AssessOptions): Promise<void> {
  const profiles = createMemoryProfileStore();
  const throwaway = {
    ...ports,
    // Reads touch the real store as well; nothing is written to it.
    profiles: {
      ...profiles,
      read(keys: Parameters<typeof profiles.read>[0]) {
        void ports.profiles.read(keys);
        return profiles.read(keys);
      },
    },
    assessments: createMemoryAssessmentLog(),
    flagged: null,
  };
  const assess = createAssess(throwaway, options);
  const nowMs = ports.clock.nowMs();
  for (let i = 0; i < attempts; i++) {
    const body: unknown = rehearsal(i);
    if (!isScoreRequest(body)) throw new Error('The rehearsal is not a score request.');
    const parsed = parseAttempt(body, {
      tenant: 'warm-up',
      nowMs: nowMs - (attempts - i) * 3_600_000,
      attemptId: `warm-up-${i}`,
      anyPast: true,
    });
    if (!parsed.ok) throw new Error(`The rehearsal is refused: ${parsed.field} ${parsed.message}.`);
    const result = await assess({ attempt: parsed.attempt, digest: `${i}`, startedMs: ports.clock.monotonicMs(), limitMs: 10_000 });
    if (result.kind === 'conflict') continue;
    assessmentJson(result.assessment);
    const target = { assessmentId: result.assessment.assessmentId };
    if (i % 4 !== 1)
      recordOutcome({ tenant: 'warm-up', target, outcome: 'signed_in', occurredAtMs: parsed.attempt.occurredAtMs }, throwaway);
  }
}

function rehearsal(i: number): object {
  return {
    user: { id: `warm-up-${i % 5}`, created_at: '2025-01-01T00:00:00Z', mfa_enrolled: true, roles: ['member'] },
    ip: addresses[i % addresses.length],
    credential: { method: 'password', result: i % 4 === 1 ? 'failure' : 'success', breached: false },
    device: {
      id: `warm-up-${i % 7}`,
      user_agent: agents[i % agents.length],
      accept_language: 'de-DE,de;q=0.9,en;q=0.8',
      timezone: i % 3 === 0 ? 'America/New_York' : 'Europe/Berlin',
      screen: '1920x1080x24',
      platform: 'Win32',
    },
    session: { id: `warm-up-${i}` },
    behavior: { typing: { dwell_ms: [91, 88, 102, 95, 80, 99], flight_ms: [120, 99, 130, 101, 95] }, form_ms: 5400 },
    network: { rtt_ms: 41 },
    client: { id: 'web' },
  };
}
