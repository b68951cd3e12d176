// No skew: what a live request was scored on is, bit for bit, what a replay of the same history derives, and what was answered can
// be computed again to the same bytes. The live side is the whole service with its durable stores, which fold events into
// records and are closed and opened in between; the replay side is plain memory.
import t from 'tap';
import { createMemoryAssessmentLog } from '../../src/adapters/memory/assessment-log.ts';
import { createMemoryProfileStore } from '../../src/adapters/memory/profile-store.ts';
import { derive } from '../../src/assess/derive.ts';
import { gatherNow } from '../../src/assess/gather.ts';
import { recompute } from '../../src/assess/recompute.ts';
import type { Label, Outcome, StoredAssessment } from '../../src/domain/assessment.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { attemptedChanges } from '../../src/domain/profile/change.ts';
import { assessmentJson } from '../../src/http/assessment-json.ts';
import { recordLabel, recordOutcome } from '../../src/learn/record-outcome.ts';
import { parseAttempt } from '../../src/parse/attempt.ts';
import type { ScoreRequest } from '../../src/parse/score-request.ts';
import { testRandom } from '../support/ports.ts';
import { startTestService, type TestService, withoutCases } from '../support/service.ts';

const hourMs = 3_600_000;
const tenant = 'default';

interface Step {
  readonly body: ScoreRequest;
  readonly atMs: number;
  /** What is reported after the attempt. By user: through the account rather than the assessment. */
  readonly outcome: Outcome | null;
  readonly byUser: boolean;
  readonly label: Label | null;
}

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'curl/8.5.0',
];
/** Homes, another carrier, hosting networks, a corporate block, IPv6 in one block and beside it, an address of nobody. */
const addresses = [
  '84.141.12.34',
  '84.141.99.2',
  '46.114.5.5',
  '167.99.10.1',
  '167.99.10.9',
  '51.15.0.4',
  '2003:e1:1234:5600::1',
  '2003:e1:1234:5600:a::2',
  '10.20.30.40',
  '201.178.81.113',
];
const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Nowhere/Land'];
const outcomes: readonly Outcome[] = ['signed_in', 'signed_in', 'signed_in', 'challenge_passed', 'challenge_failed', 'failed', 'abandoned'];

/** Months of a few people: habits, gaps of minutes to weeks, bursts of failures, devices that wander, every field at times absent. */
function history(count: number, seed: number, endMs: number): Step[] {
  const random = testRandom(seed);
  const chance = (share: number): boolean => random.uniform() < share;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)] as T;
  const steps: Step[] = [];
  let atMs = endMs;
  for (let i = count; i > 0; i--) {
    const person = Math.floor(random.uniform() ** 2 * 12);
    const away = chance(0.3);
    const failed = chance(0.25);
    const kind = away ? Math.floor(random.uniform() * agents.length) : person % agents.length;
    const body: Record<string, unknown> = {
      attempt_id: `attempt-${i}`,
      user: { id: `person-${person}`, ...(chance(0.5) ? { created_at: '2025-03-01T09:00:00Z', mfa_enrolled: chance(0.5) } : {}) },
      ip: away ? pick(addresses) : addresses[person % addresses.length],
      occurred_at: new Date(atMs).toISOString(),
      credential: {
        method: pick(['password', 'password', 'passkey', 'push', null]),
        result: failed ? 'failure' : 'success',
        breached: chance(0.1),
      },
    };
    if (chance(0.9))
      body['device'] = {
        id: chance(0.8) ? `device-${away ? Math.floor(random.uniform() * 20) : person}` : null,
        user_agent: agents[kind],
        accept_language: pick(['de-DE,de;q=0.9', 'en-US,en;q=0.8', null]),
        timezone: pick(zones),
        screen: pick(['1920x1080x24', '390x844x24', null]),
        platform: pick(['Win32', 'iPhone', 'Linux x86_64', null]),
        fingerprint: chance(0.3) ? `print-${person}` : null,
        webdriver: chance(0.05),
      };
    if (chance(0.4)) body['session'] = { id: `session-${Math.floor(random.uniform() * 40)}` };
    if (chance(0.6))
      body['behavior'] = {
        typing: {
          dwell_ms: Array.from({ length: 10 }, () => 60 + 80 * random.uniform()),
          flight_ms: Array.from({ length: 9 }, () => 40 + 200 * random.uniform()),
        },
        pasted: chance(0.1),
        autofilled: chance(0.1),
        form_ms: 500 + 9000 * random.uniform(),
      };
    if (chance(0.5))
      body['network'] = { rtt_ms: 5 + 200 * random.uniform(), ja4: chance(0.5) ? 't13d1516h2_8daaf6152771_b0da82dd1658' : null };
    if (chance(0.5)) body['client'] = { id: pick(['web', 'admin']), sensitivity: pick(['low', 'normal', 'high']) };
    const outcome = chance(0.8) ? (failed ? 'failed' : pick(outcomes)) : null;
    steps.push({
      body: body as unknown as ScoreRequest,
      atMs,
      outcome,
      byUser: chance(0.2),
      label: chance(0.08) ? pick(['genuine', 'takeover'] as const) : null,
    });
    // Mostly minutes and hours; sometimes a burst of seconds, sometimes weeks.
    atMs -= chance(0.4) ? random.uniform() * 30_000 : chance(0.05) ? random.uniform() * 500 * hourMs : random.uniform() * 12 * hourMs;
  }
  return steps.reverse();
}

interface Answered {
  readonly step: Step;
  readonly id: string;
  readonly text: string;
}

/** Sends the steps one after the other, as an identity provider would, and keeps the bytes of the answers. */
async function live(service: TestService, steps: readonly Step[]): Promise<Answered[]> {
  const answers: Answered[] = [];
  const send = async (path: string, body: unknown): Promise<string> => {
    const response = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200 && response.status !== 409) throw new Error(`${path} ${JSON.stringify(body)}: ${text}`);
    return text;
  };
  for (const [i, step] of steps.entries()) {
    const text = await send('/v1/score', step.body);
    const id = (JSON.parse(text) as { assessment_id: string }).assessment_id;
    answers.push({ step, id, text });
    const target = step.byUser ? { user: { id: step.body.user.id } } : { assessment_id: id };
    if (step.outcome !== null) await send('/v1/outcomes', { ...target, outcome: step.outcome, occurred_at: step.body.occurred_at });
    if (step.label !== null) await send('/v1/labels', { assessment_id: id, label: step.label, by: 'ada' });
    // Now and then everything pending becomes part of its record, so that both forms are read.
    if (i % 61 === 60) await service.core.stores.settle();
  }
  return answers;
}

/** The same history through gather and derive on memory; the features of each step before anything of it was remembered. */
function replay(service: TestService, answers: readonly Answered[]): Float32Array[] {
  const { ip, pseudonyms, clock } = service.core.ports;
  const ports = { ip, pseudonyms, clock, profiles: createMemoryProfileStore(), assessments: createMemoryAssessmentLog() };
  return answers.map(({ step, id }) => {
    const parsed = parseAttempt(step.body, { tenant, nowMs: step.atMs, attemptId: '', anyPast: true });
    if (!parsed.ok) throw new Error(`${parsed.field} ${parsed.message}`);
    const facts = gatherNow(parsed.attempt, ports);
    const { features } = derive(facts, schema);
    const stored = service.core.ports.assessments.byId(tenant, id) as StoredAssessment;
    ports.assessments.put({ ...stored, visit: facts.visit, features, outcomes: [], label: null, learned: false }, id);
    ports.profiles.apply(tenant, attemptedChanges(facts.visit, parsed.attempt.credential.result === 'failure'));
    const target = step.byUser ? { userId: step.body.user.id } : { assessmentId: id };
    if (step.outcome !== null) recordOutcome({ tenant, target, outcome: step.outcome, occurredAtMs: step.atMs }, ports);
    if (step.label !== null) recordLabel({ tenant, assessmentId: id, label: step.label }, ports);
    return features;
  });
}

const bits = (features: Float32Array): string => Buffer.from(features.buffer, features.byteOffset, features.byteLength).toString('hex');

function differences(a: Float32Array, b: Float32Array): string[] {
  return schema.features.flatMap(({ name }, i) => (Object.is(a[i], b[i]) ? [] : [`${name}: live ${a[i]}, replayed ${b[i]}`]));
}

t.test('a history of varied logins, lived through the service and replayed from memory', async (t) => {
  const steps = history(320, 7, Date.now() - hourMs);
  const before = await startTestService(withoutCases);
  const answers = await live(before, steps.slice(0, 200));
  await before.end(true);
  const service = await startTestService(withoutCases, before.directory);
  t.teardown(() => service.end());
  answers.push(...(await live(service, steps.slice(200))));
  const stored = answers.map(({ id }) => service.core.ports.assessments.byId(tenant, id) as StoredAssessment);

  await t.test('the features of every live request are those of its replay, to the bit', async (t) => {
    const replayed = replay(service, answers);
    const wrong = stored.flatMap((record, i) => {
      const again = replayed[i] as Float32Array;
      return bits(record.features) === bits(again) ? [] : [{ step: i, differences: differences(record.features, again) }];
    });
    t.same(wrong, []);
    const seen = schema.features.filter((_, feature) => new Set(stored.map((record) => String(record.features[feature]))).size > 1);
    t.ok(
      seen.length > schema.width * 0.85,
      `only ${seen.length} of ${schema.width} features took more than one value: the history proves too little`,
    );
  });

  await t.test('every answer can be computed again to the same bytes', async (t) => {
    const { scorer, policy } = service.core.ports;
    const parts = { schema, rulesRanks: scorer.manifest.rulesCalibration, scorer, policy: policy.current() };
    const wrong: string[] = [];
    for (const [i, record] of stored.entries()) {
      const again = await recompute(record, parts);
      const text = again.kind === 'recomputed' ? assessmentJson(again.assessment) : again.why;
      if (text !== answers[i]?.text) wrong.push(`${answers[i]?.text}\n${text}`);
    }
    t.same(wrong.slice(0, 3), []);
    t.equal(new Set(stored.map((record) => record.assessment.verdict)).size > 1, true, 'more than one verdict was at stake');
  });
});
