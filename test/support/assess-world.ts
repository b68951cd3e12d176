// The pipeline with complete in-memory stores, a scorer and a policy that a test can steer, and a clock that a test moves.
import { createMemoryAssessmentLog } from '../../src/adapters/memory/assessment-log.ts';
import { createMemoryProfileStore } from '../../src/adapters/memory/profile-store.ts';
import { type AssessPorts, type AssessRequest, createAssess } from '../../src/assess/assess.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import type { IpFacts } from '../../src/domain/ip-facts.ts';
import type { PolicyQuestion } from '../../src/domain/policy/decide.ts';
import type { Contributions } from '../../src/ports/scorer.ts';
import type { Pseudonyms } from '../../src/ports/pseudonyms.ts';
import { attemptWith } from './facts.ts';
import { testClock, testRandom } from './ports.ts';

export const rulesRanks = { logOdds: [-6, 0], ranks: [0.5, 0.999], tailScale: 1 };

/** Readable stand-ins, so that a test can name what was remembered. */
export const plainPseudonyms: Pseudonyms = { of: (tenant, kind, value) => `${tenant}-${kind}-${value}` };

export const homeFacts: IpFacts = {
  geo: {
    country: 'DE',
    region: 'Berlin',
    city: 'Berlin',
    latitude: 52.52,
    longitude: 13.4,
    accuracyKm: 20,
    accuracyStated: true,
    timeZone: 'Europe/Berlin',
  },
  asn: { asn: 3320, organisation: 'Deutsche Telekom AG', class: 'isp' },
  lists: [],
};

export function assessWorld(overrides: Partial<AssessPorts> = {}) {
  const clock = testClock();
  const questions: PolicyQuestion[] = [];
  const contributions = (): Contributions => ({ base: -3, groups: Float64Array.from(schema.signals, (_, group) => (group % 3) - 1) });
  const ports: AssessPorts = {
    profiles: createMemoryProfileStore(),
    assessments: createMemoryAssessmentLog(),
    pseudonyms: plainPseudonyms,
    ip: { lookup: () => homeFacts, sources: () => [] },
    clock,
    random: testRandom(),
    flagged: null,
    scorer: {
      identity: { name: 'test/1', schemaHash: 'sha256:test' },
      inProcess: false,
      score: async () => contributions(),
      rank: () => 0.4,
      close: async () => {},
    },
    policy: {
      current: () => ({
        revision: '1-test',
        decide(question) {
          questions.push(question);
          return { verdict: question.blind ? 'challenge' : 'allow', level: 'low', policyRule: null };
        },
      }),
    },
    ...overrides,
  };
  const assess = createAssess(ports, { schema, schemaHash: 'sha256:test', rulesRanks });
  return { ports, clock, questions, assess };
}

export function requestOf(attempt: Attempt = attemptWith(), digest: string | null = 'd1'): AssessRequest {
  return { attempt, digest, startedMs: 0, limitMs: 50 };
}
