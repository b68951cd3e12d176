// The pipeline: repeat? -> gather -> derive -> score -> attribute -> decide -> record.
//
// One deadline per attempt, checked between the stages. A piece that is late or missing is replaced by its named fallback
// and the answer says so; nothing here throws because a part is slow or broken.
import type { AbsenceCause } from '../domain/absence.ts';
import type { Assessment, Missing, StoredAssessment } from '../domain/assessment.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { Facts } from '../domain/facts.ts';
import type { FeatureSchema } from '../domain/feature/schema.ts';
import { attemptedChanges } from '../domain/profile/change.ts';
import { type RankTable, rankOf } from '../domain/rank.ts';
import { attribute } from '../domain/reason/attribute.ts';
import { dropUnobserved } from '../domain/reason/observed.ts';
import { rulesContributions } from '../domain/rules.ts';
import type { AssessmentLog } from '../ports/assessment-log.ts';
import type { Policy, PolicySource } from '../ports/policy.ts';
import type { Contributions, Scorer } from '../ports/scorer.ts';
import { type Derived, derive } from './derive.ts';
import { caseIdOf, type FlagPorts, offerFlagged } from './flag.ts';
import { type GatherPorts, gather } from './gather.ts';
import { policyContext } from './policy-context.ts';
import { within } from './within.ts';

export interface AssessPorts extends GatherPorts, FlagPorts {
  readonly assessments: AssessmentLog;
  readonly scorer: Scorer;
  readonly policy: PolicySource;
}

export interface AssessOptions {
  readonly schema: FeatureSchema;
  readonly schemaHash: string;
  /** Position of a rules log-odds among genuine logins. */
  readonly rulesRanks: RankTable;
}

export interface AssessRequest {
  readonly attempt: Attempt;
  /** Digest of the request when the caller named the attempt, so that a reused name is noticed; null when we named it. */
  readonly digest: string | null;
  /** Monotonic time at which the request could first have been read. */
  readonly startedMs: number;
  readonly limitMs: number;
}

export type AssessResult = { readonly kind: 'assessed' | 'repeated'; readonly assessment: Assessment } | { readonly kind: 'conflict' };

/** Share of the budget that a remote profile read may take, and its hard cap. */
const profilesShare = 0.3;
const profilesMsMax = 15;
/** Kept free at the end for deciding, writing and the unexpected; the model is not started with less than this left. */
const reserveMs = 12;

export function createAssess(ports: AssessPorts, options: AssessOptions): (request: AssessRequest) => Promise<AssessResult> {
  // Two copies of one attempt may arrive before the first is answered (a caller's retry): the second waits for the first.
  const underway = new Map<string, { readonly digest: string | null; readonly result: Promise<Assessment> }>();

  return async function assess(request) {
    const { attempt, digest } = request;
    if (digest === null) return { kind: 'assessed', assessment: await assessOnce(request, '', ports, options) };
    const name = ports.pseudonyms.of(attempt.tenant, 'attempt', attempt.attemptId);
    const stored = ports.assessments.byAttempt(attempt.tenant, name);
    if (stored !== null)
      return stored.requestDigest === digest ? { kind: 'repeated', assessment: stored.assessment } : { kind: 'conflict' };
    const key = `${attempt.tenant} ${name}`;
    const first = underway.get(key);
    if (first !== undefined) return first.digest === digest ? { kind: 'repeated', assessment: await first.result } : { kind: 'conflict' };
    const result = assessOnce(request, name, ports, options);
    underway.set(key, { digest, result });
    try {
      return { kind: 'assessed', assessment: await result };
    } finally {
      underway.delete(key);
    }
  };
}

async function assessOnce(request: AssessRequest, name: string, ports: AssessPorts, options: AssessOptions): Promise<Assessment> {
  const { attempt, limitMs } = request;
  const { clock } = ports;
  const policy = ports.policy.current();
  const beganMs = clock.monotonicMs();
  const leftMs = (): number => limitMs - (clock.monotonicMs() - request.startedMs);

  const facts = await gather(attempt, ports, Math.min(profilesMsMax, leftMs() * profilesShare));
  const gatheredMs = clock.monotonicMs();
  const derived = derive(facts, options.schema);
  const derivedMs = clock.monotonicMs();
  const scored = await score(derived, ports.scorer, options, leftMs() - reserveMs, ports);
  const scoredMs = clock.monotonicMs();
  dropUnobserved(options.schema, derived.features, scored.contributions.groups);
  const reasons = attribute(options.schema, facts, derived.features, scored.contributions);
  const rank = scored.decidedBy === 'model' ? ports.scorer.rank(reasons.logOdds) : rankOf(options.rulesRanks, reasons.logOdds);
  const context = policyContext(attempt, facts.ip);
  const degraded = derived.degraded || scored.decidedBy === 'rules';
  const decision = policy.decide({
    score: rank,
    decidedBy: scored.decidedBy,
    degraded,
    blind: facts.profilesAbsent !== null,
    codes: reasons.reasons.map((reason) => reason.code),
    context,
  });
  const endedMs = clock.monotonicMs();

  const assessment: Assessment = {
    assessmentId: ports.random.id(),
    attemptId: attempt.attemptId,
    verdict: decision.verdict,
    score: rank,
    level: decision.level,
    logOdds: reasons.logOdds,
    baseLogOdds: scored.contributions.base,
    reasons: reasons.reasons,
    otherContributions: reasons.otherContributions,
    degraded,
    missing: [...derived.missing, ...absentProfiles(facts.profilesAbsent), ...scored.missing],
    decidedBy: scored.decidedBy,
    policyRule: decision.policyRule,
    versions: versionsOf(ports.scorer, options, policy),
    budget: {
      limitMs,
      elapsedMs: milliseconds(endedMs - request.startedMs),
      stagesMs: {
        gather: milliseconds(gatheredMs - beganMs),
        derive: milliseconds(derivedMs - gatheredMs),
        score: milliseconds(scoredMs - derivedMs),
        decide: milliseconds(endedMs - scoredMs),
      },
    },
    caseId: caseIdOf(decision, attempt.occurredAtMs, ports),
  };
  const record: StoredAssessment = {
    recordVersion: 1,
    tenant: attempt.tenant,
    occurredAtMs: attempt.occurredAtMs,
    assessment,
    requestDigest: request.digest ?? '',
    features: derived.features,
    context,
    visit: facts.visit,
    outcomes: [],
    label: null,
    learned: false,
  };
  remember(record, name, attempt, facts, ports);
  return assessment;
}

/** The log first: what it has, a crash cannot take the case of. */
function remember(record: StoredAssessment, name: string, attempt: Attempt, facts: Facts, ports: AssessPorts): void {
  ports.assessments.put(record, name);
  ports.profiles.apply(attempt.tenant, attemptedChanges(facts.visit, attempt.credential.result === 'failure'));
  offerFlagged(record, attempt, facts.ip, ports.flagged);
}

interface Scored {
  readonly contributions: Contributions;
  readonly decidedBy: 'model' | 'rules';
  readonly missing: readonly Missing[];
}

/** The model if it answers in time, else the rules; says which piece was replaced and why. */
async function score(derived: Derived, scorer: Scorer, options: AssessOptions, limitMs: number, ports: AssessPorts): Promise<Scored> {
  if (limitMs <= 0) return byRules(derived, options, { signal: 'model', cause: 'late' });
  const scoring = scorer.score(derived.features);
  const contributions = await (scorer.inProcess ? scoring.catch(() => null) : within(scoring, limitMs, ports.clock));
  if (contributions === 'late') return byRules(derived, options, { signal: 'model', cause: 'late' });
  if (contributions === 'failed' || contributions === null) return byRules(derived, options, { signal: 'model', cause: 'unavailable' });
  return { contributions, decidedBy: 'model', missing: [] };
}

function byRules(derived: Derived, options: AssessOptions, missing: Missing): Scored {
  return { contributions: rulesContributions(derived.features, options.schema), decidedBy: 'rules', missing: [missing] };
}

/** One line that says that everything remembered was out of reach; policy and replay read it. */
function absentProfiles(cause: AbsenceCause | null): Missing[] {
  return cause === null ? [] : [{ signal: 'profiles', cause }];
}

function versionsOf(scorer: Scorer, options: AssessOptions, policy: Policy): Assessment['versions'] {
  return { model: scorer.identity.name, features: options.schemaHash, policy: policy.revision };
}

/** Rounded to a microsecond: finer digits are noise and only make the answer longer. */
function milliseconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
