// What would have changed the verdict is true: the model and the policy, asked whole and by another way than the search, say the same.
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { createModelWalk } from '../../../src/adapters/onnx/model-walk.ts';
import type { StoredAssessment, Verdict } from '../../../src/domain/assessment.ts';
import { schema } from '../../../src/domain/feature/schema.ts';
import { strictness } from '../../../src/domain/policy/decide.ts';
import { dropUnobserved } from '../../../src/domain/reason/observed.ts';
import { rulesContributions } from '../../../src/domain/rules.ts';
import { changes as catalogue } from '../../../src/review/counterfactual/changes.ts';
import type { Change } from '../../../src/review/counterfactual/change.ts';
import { type Alternative, counterfactualOf } from '../../../src/review/counterfactual/counterfactual.ts';
import { writeFollowing } from '../../../src/review/counterfactual/follow.ts';
import { loginOf } from '../../../src/review/counterfactual/login.ts';
import { createRulesWalk } from '../../../src/review/counterfactual/rules-walk.ts';
import type { Policy } from '../../../src/ports/policy.ts';
import { accountWith, factsWith, hourMs, homeVisits, nowMs, sourceWith } from '../../support/facts.ts';
import { judgedRecord, policyFrom, scorer } from '../../support/judged.ts';
import { anyFacts } from '../../support/signal-contract.ts';

const walk = createModelWalk(scorer);

const strict = `version: 1
thresholds:
  normal: { challenge_above: 0.6, deny_above: 0.97 }
  high: { challenge_above: 0.6, deny_above: 0.97 }
  low: { challenge_above: 0.6, deny_above: 0.97 }
levels: { medium_above: 0.6, high_above: 0.9, critical_above: 0.99 }
when_blind: challenge
clients: {}
lists: { deny: [], allow: [] }
`;

function strictPolicy(t: Test, rules = 'rules: []\n'): Policy {
  const directory = t.testdir({ 'policy.yaml': strict + rules });
  return policyFrom(`${directory}/policy.yaml`);
}

/** The verdict of a row by the whole walk of the trees. */
function verdictOf(
  record: StoredAssessment,
  row: Float32Array,
  made: readonly Change[],
  policy: Policy,
): { verdict: Verdict; logOdds: number } {
  const contributions = scorer.walk(row);
  dropUnobserved(schema, row, contributions.groups);
  let logOdds = contributions.base;
  for (const group of contributions.groups) logOdds += group;
  const { decidedBy, degraded, missing } = record.assessment;
  let context = record.context;
  for (const change of made) context = change.context?.(context) ?? context;
  const blind = missing.some(({ signal }) => signal === 'profiles');
  return { logOdds, ...policy.decide({ score: scorer.rank(logOdds), decidedBy, degraded, blind, codes: [], context }) };
}

function rowWith(record: StoredAssessment, made: readonly Change[]): Float32Array {
  const login = loginOf(record);
  const row = record.features.slice();
  for (const change of made) change.write(row, login);
  writeFollowing(row, login, (id) => made.some((change) => change.id === id));
  return row;
}

function properSubsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, mask) => items.filter((_, i) => (mask >> i) & 1));
}

t.test('a change that is told changes the verdict as told, and no part of it does', (t) => {
  const policy = strictPolicy(t);
  let found = 0;
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const record = judgedRecord(facts, policy);
      const answer = counterfactualOf(record, { walk, policy });
      if (answer.kind !== 'found') return record.assessment.verdict !== 'allow' || answer.kind === 'allowed';
      found += answer.alternatives.length;
      return answer.alternatives.every((one) => {
        const made = one.changes.map(({ id }) => catalogue.find((change) => change.id === id)!);
        const whole = verdictOf(record, rowWith(record, made), made, policy);
        const parts = properSubsets(made).map((part) => verdictOf(record, rowWith(record, part), part, policy));
        return (
          Object.is(whole.logOdds, one.logOdds) &&
          whole.verdict === one.verdict &&
          strictness(one.verdict) < strictness(record.assessment.verdict) &&
          parts.every((part) => strictness(part.verdict) > strictness(one.verdict))
        );
      });
    }),
    { numRuns: 250 },
  );
  t.ok(found > 50, `${found} found`);
  t.end();
});

const stranger = factsWith({
  attempt: { device: { id: 'device-other' } },
  visit: {
    device: 'device-other',
    asn: 64500,
    asnClass: 'hosting',
    country: 'US',
    region: null,
    city: null,
    host: 'h',
    block: 'b',
    latitude: 40,
    longitude: -75,
  },
  account: accountWith(homeVisits(40)),
  host: sourceWith({ failed: Array.from({ length: 30 }, (_, i) => i), atMs: nowMs - hourMs / 4 }),
});

t.test('the nearest is told: fewest changes, then the least log-odds moved', (t) => {
  const policy = strictPolicy(t);
  const record = judgedRecord(stranger, policy);
  t.equal(record.assessment.verdict, 'deny');
  const answer = counterfactualOf(record, { walk, policy });
  if (answer.kind !== 'found') return t.fail(answer.kind);
  for (const one of answer.alternatives) {
    const size = one.changes.length;
    const applicable = catalogue.filter((change) => change.applies(loginOf(record)));
    const moved = (made: readonly Change[]): number =>
      Math.abs(verdictOf(record, rowWith(record, made), made, policy).logOdds - record.assessment.logOdds);
    const own = moved(one.changes.map(({ id }) => catalogue.find((change) => change.id === id)!));
    const same = subsetsOf(applicable, size).filter(
      (made) => verdictOf(record, rowWith(record, made), made, policy).verdict === one.verdict,
    );
    t.ok(same.length > 0 && same.every((made) => moved(made) >= own), `${size} to ${one.verdict}`);
  }
  t.end();
});

function subsetsOf<T>(items: readonly T[], size: number): T[][] {
  return size === 0 ? [[]] : items.flatMap((item, i) => subsetsOf(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

t.test('an assessment that cannot be computed again to the last bit gets no answer', (t) => {
  const policy = strictPolicy(t);
  const record = judgedRecord(stranger, policy);
  const { assessment } = record;
  const near = { ...record, assessment: { ...assessment, logOdds: assessment.logOdds * (1 + Number.EPSILON) } };
  t.same(counterfactualOf(near, { walk, policy }), { kind: 'absent', cause: 'cannot_recompute' });
  t.same(counterfactualOf({ ...record, features: record.features.slice(1) }, { walk, policy }), {
    kind: 'absent',
    cause: 'cannot_recompute',
  });
  t.same(counterfactualOf(record, { walk: null, policy }), { kind: 'absent', cause: 'version_gone' });
  t.same(counterfactualOf(record, { walk, policy: null }), { kind: 'absent', cause: 'version_gone' });
  t.same(counterfactualOf(record, { walk, policy: { ...policy, revision: 'another' } }), { kind: 'absent', cause: 'version_gone' });
  t.same(counterfactualOf(null, { walk, policy }), { kind: 'absent', cause: 'record_gone' });
  t.end();
});

t.test('where a policy entry decides whatever the evidence, it is named', (t) => {
  const directory = t.testdir({ 'policy.yaml': `${strict.replace('deny: []', 'deny: [{ country: US, comment: no }]')}rules: []\n` });
  const policy = policyFrom(`${directory}/policy.yaml`);
  const record = judgedRecord(stranger, policy);
  t.match(record.assessment, { verdict: 'deny', policyRule: 'lists.deny[0]' });
  t.match(counterfactualOf(record, { walk, policy }), { kind: 'none', cause: 'policy', policyRule: 'lists.deny[0]', all: null });
  t.end();
});

t.test('a rule that looks at what the change takes away changes with it', (t) => {
  const policy = strictPolicy(t, 'rules: [{ name: breached, because: public, when: "breached", at_least: deny }]\n');
  const home = factsWith({ account: accountWith(homeVisits(40)), attempt: { credential: { breached: true } } });
  const record = judgedRecord(home, policy);
  t.match(record.assessment, { verdict: 'deny', policyRule: 'breached' });
  const answer = counterfactualOf(record, { walk, policy });
  t.match(answer, { kind: 'found', alternatives: [{ changes: [{ id: 'unbreached_password' }], policyRule: null }] });
  t.end();
});

t.test('a verdict that depends on the name of a reason is told only if it holds by every name it may have had', (t) => {
  const loose = strictPolicy(t);
  const record = judgedRecord(stranger, loose);
  const asked: { score: number; codes: readonly string[] }[] = [];
  const listening: Policy = { revision: loose.revision, decide: (question) => (asked.push(question), loose.decide(question)) };
  const free = counterfactualOf(record, { walk, policy: listening });
  if (free.kind !== 'found') return t.fail(free.kind);
  const [told] = free.alternatives;
  const idsOf = (one: Alternative | undefined): string => one?.changes.map(({ id }) => id).join() ?? '';
  const recorded = record.assessment.reasons.map(({ code }) => code);
  const names = new Set(asked.filter(({ score }) => score === told?.score).flatMap(({ codes }) => codes));
  const doubtful = [...names].filter((code) => !recorded.includes(code));
  t.ok(doubtful.length > 1, doubtful.join());
  for (const name of doubtful) {
    const refusing: Policy = {
      revision: loose.revision,
      decide: (question) => (question.codes.includes(name) ? { ...loose.decide(question), verdict: 'deny' } : loose.decide(question)),
    };
    const answer = counterfactualOf(record, { walk, policy: refusing });
    t.notOk(answer.kind === 'found' && answer.alternatives.some((one) => idsOf(one) === idsOf(told)), name);
  }
  t.end();
});

t.test('what the fallback rules decided is asked of the rules', (t) => {
  const policy = strictPolicy(t);
  const record = judgedRecord(stranger, policy);
  const ranks = scorer.manifest.rulesCalibration;
  const rules = createRulesWalk(scorer.identity, ranks);
  const made = rulesContributions(record.features, schema);
  dropUnobserved(schema, record.features, made.groups);
  const logOdds = made.groups.reduce((sum, group) => sum + group, made.base);
  const decided = policy.decide({
    score: rules.rank(logOdds),
    decidedBy: 'rules',
    degraded: true,
    blind: false,
    codes: [],
    context: record.context,
  });
  const byRules = { ...record, assessment: { ...record.assessment, ...decided, logOdds, decidedBy: 'rules' as const, degraded: true } };
  t.equal(decided.verdict, 'deny');
  t.equal(counterfactualOf(byRules, { walk: rules, policy }).kind, 'found');
  t.end();
});
