// What does each stage of an assessment cost? CPU time per attempt on warm code, one stage after the other over the same
// attempts, in interleaved blocks; median of the blocks with their spread.
//
//   node bench/micro/stages.ts [--profiles 5000] [--blocks 15]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { derive } from '../../src/assess/derive.ts';
import { factsOf, gatherNow, profileKeys, visitOf } from '../../src/assess/gather.ts';
import { policyContext } from '../../src/assess/policy-context.ts';
import { openCore } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { attemptedChanges } from '../../src/domain/profile/change.ts';
import { attribute } from '../../src/domain/reason/attribute.ts';
import { assessmentJson } from '../../src/http/assessment-json.ts';
import { readJson } from '../../src/http/request/json-body.ts';
import { parseAttempt } from '../../src/parse/attempt.ts';
import { isScoreRequest, type ScoreRequest } from '../../src/parse/score-request.ts';
import type { ProfileBundle } from '../../src/ports/profile-store.ts';
import { bodyOf } from '../support/attempts.ts';
import { preload } from '../support/preload.ts';
import { spread } from '../support/statistics.ts';

const { values } = parseArgs({ options: { profiles: { type: 'string', default: '5000' }, blocks: { type: 'string', default: '15' } } });
const people = Number(values.profiles);
const blocks = Number(values.blocks);
const perBlock = 400;

const directory = mkdtempSync(join(tmpdir(), 'portcullis-micro-'));
await preload(directory, people);
const settings = loadSettings({ PORTCULLIS_DATA_DIR: directory }, () => '');
const core = await openCore(settings, { onProblem: (sentence) => process.stderr.write(`${sentence}\n`) });
const { ports } = core;
let person = 0;
const next = (): number => (person = (person + 7) % people);
const bytes = Array.from({ length: Math.min(people, 2000) }, (_, i) => Buffer.from(JSON.stringify(bodyOf(i))));
const bodies = bytes.map((text) => JSON.parse(text.toString('utf8')) as ScoreRequest);

function attemptOf(i: number) {
  const parsed = parseAttempt(bodies[i % bodies.length] as ScoreRequest, { tenant: 'default', nowMs: Date.now(), attemptId: `a${i}` });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.attempt;
}

const attempts = bodies.map((_, i) => attemptOf(i));
const facts = attempts.map((attempt) => gatherNow(attempt, ports));
const rows = facts.map((each) => derive(each, schema).features);
const scored = await Promise.all(rows.map(async (row) => ports.scorer.score(row)));
const stored = await core.assess({
  attempt: attempts[0] as (typeof attempts)[0],
  digest: null,
  startedMs: ports.clock.monotonicMs(),
  limitMs: 1e9,
});
const assessment = stored.kind === 'conflict' ? null : stored.assessment;
const record = assessment === null ? null : ports.assessments.byId('default', assessment.assessmentId);
if (assessment === null || record === null) throw new Error('no record');
const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
let ids = 0;

const stages: Record<string, (() => unknown) | { batch: number; run: () => Promise<unknown> }> = {
  'read JSON strictly': () => readJson(pick(bytes)),
  'check the schema': () => isScoreRequest(pick(bodies)),
  'parse the attempt': () => attemptOf(next()),
  'look up the address': () => ports.ip.lookup(pick(attempts).ip, 0),
  'make the visit': () => {
    const at = next() % attempts.length;
    return visitOf(attempts[at] as (typeof attempts)[0], (facts[at] as (typeof facts)[0]).ip, ports.pseudonyms);
  },
  'read the profiles': () => ports.profiles.read(profileKeys('default', pick(facts).visit)),
  'put the facts together': () => {
    const each = pick(facts);
    return factsOf(each.attempt, each.visit, each.ip, each as unknown as ProfileBundle);
  },
  'derive features': () => derive(pick(facts), schema),
  score: () => ports.scorer.score(pick(rows)),
  'score by the runtime, 1 row': { batch: 1, run: () => ports.scorer.runtimeSums(pick(rows).slice(), 1) },
  'score by the runtime, 16 rows': { batch: 16, run: () => ports.scorer.runtimeSums(together(16), 16) },
  'attribute and explain': () => {
    const at = next() % facts.length;
    return attribute(schema, facts[at] as (typeof facts)[0], rows[at] as Float32Array, scored[at] as NonNullable<(typeof scored)[0]>);
  },
  decide: () => {
    const each = pick(facts);
    return ports.policy
      .current()
      .decide({ score: 0.4, decidedBy: 'model', degraded: false, blind: false, codes: [], context: policyContext(each.attempt, each.ip) });
  },
  'write the answer': () => assessmentJson(assessment),
  'record the assessment': () => ports.assessments.put({ ...record, assessment: { ...assessment, assessmentId: `micro-${ids++}` } }, ''),
  'record the try': () => ports.profiles.apply('default', attemptedChanges(pick(facts).visit, false)),
};

/** Rows side by side, as a batch has them. */
function together(count: number): Float32Array {
  const batch = new Float32Array(count * schema.width);
  for (let i = 0; i < count; i++) batch.set(pick(rows), i * schema.width);
  return batch;
}

const micros: Record<string, number[]> = {};
for (let block = 0; block < blocks + 3; block++) {
  for (const [name, stage] of Object.entries(stages)) {
    const began = process.cpuUsage();
    if (typeof stage === 'function') for (let i = 0; i < perBlock; i++) stage();
    else for (let i = 0; i < perBlock; i += stage.batch) await stage.run();
    const used = process.cpuUsage(began);
    // The first blocks warm the code.
    if (block >= 3) (micros[name] ??= []).push((used.user + used.system) / perBlock);
  }
  await core.stores.profiles.flush();
}
for (const [name, each] of Object.entries(micros)) process.stdout.write(`${name.padEnd(26)} ${spread(each, 2)} us\n`);
await core.close();
rmSync(directory, { recursive: true, force: true });
