// What would have changed the verdict: the nearest change of evidence, found by search and judged by the model and policy that decided.
//
// Nearest is fewest changes, then the least log-odds moved. The sets are tried by size, so no part of a set that is given would have been
// enough. An assessment that cannot be computed again bit for bit gets no answer: what is said of another number would be about
// another login.
import type { StoredAssessment, Verdict } from '../../domain/assessment.ts';
import { schema } from '../../domain/feature/schema.ts';
import { strictness } from '../../domain/policy/decide.ts';
import type { ModelWalk } from '../../ports/model-walk.ts';
import type { Policy } from '../../ports/policy.ts';
import type { Change, ChangeId } from './change.ts';
import { changes as catalogue } from './changes.ts';
import { createJudge, type Judge, type Judged } from './hypothesis.ts';
import { type Login, loginOf } from './login.ts';
import { type Quantity, quantitiesBetween } from './quantity.ts';

export interface AppliedChange {
  readonly id: ChangeId;
  /** What it changes by itself, as a person counts it. */
  readonly evidence: readonly Quantity[];
}

export interface Alternative extends Judged {
  readonly changes: readonly AppliedChange[];
  /** What followed from the changes together. */
  readonly following: readonly Quantity[];
}

export type CounterfactualAbsence = 'record_gone' | 'version_gone' | 'cannot_recompute';

export type Counterfactual =
  | { readonly kind: 'allowed' }
  /** By the verdict reached, the less strict last: a refused login may have one to a challenge and one to an allowance. */
  | { readonly kind: 'found'; readonly alternatives: readonly Alternative[] }
  /** `all`: what everything ordinary together would have come to, null where it is the same verdict. */
  | { readonly kind: 'none'; readonly cause: 'policy' | 'evidence'; readonly policyRule: string | null; readonly all: Alternative | null }
  | { readonly kind: 'absent'; readonly cause: CounterfactualAbsence };

export interface Deciders {
  /** The model that decided, or the rules where they did; null when it is no longer at hand. */
  readonly walk: ModelWalk | null;
  readonly policy: Policy | null;
}

/** More than three things at once is another login. */
const changesMax = 3;
/** Sets are made of these, the ones that move most and those that the policy sees; it bounds the sets to 299. */
const candidatesMax = 12;

export function counterfactualOf(record: StoredAssessment | null, { walk, policy }: Deciders): Counterfactual {
  if (record === null) return { kind: 'absent', cause: 'record_gone' };
  const { assessment, features } = record;
  const { versions } = assessment;
  if (walk === null || policy === null) return { kind: 'absent', cause: 'version_gone' };
  if (walk.identity.name !== versions.model || walk.identity.schemaHash !== versions.features || policy.revision !== versions.policy)
    return { kind: 'absent', cause: 'version_gone' };
  if (features.length !== schema.width) return { kind: 'absent', cause: 'cannot_recompute' };
  const login = loginOf(record);
  const judge = createJudge(assessment, login, walk, policy);
  const same = judge.judge(login.row, []);
  if (!Object.is(same.logOdds, assessment.logOdds) || same.verdict !== assessment.verdict)
    return { kind: 'absent', cause: 'cannot_recompute' };
  if (assessment.verdict === 'allow') return { kind: 'allowed' };
  return search(judge, login, assessment.verdict, same);
}

interface Candidate {
  readonly changes: readonly Change[];
  readonly row: Float32Array;
  readonly moved: number;
}

function search(judge: Judge, login: Login, verdict: Verdict, same: Judged): Counterfactual {
  const applicable = catalogue.filter((change) => change.applies(login));
  const candidates = mostMoving(judge, applicable, same.logOdds);
  const found = new Map<Verdict, Alternative>();
  for (let size = 1; size <= changesMax && !found.has('allow'); size++) {
    for (const candidate of nearestFirst(judge, setsOf(candidates, size), same.logOdds)) {
      const judged = judge.judge(candidate.row, candidate.changes);
      if (strictness(judged.verdict) >= strictness(verdict) || found.has(judged.verdict)) continue;
      if (!judge.holdsByAnyName(candidate.row, candidate.changes, judged.verdict)) continue;
      found.set(judged.verdict, alternativeOf(candidate, judged, login));
      if (judged.verdict === 'allow') break;
    }
  }
  const alternatives = [...found.values()].sort((a, b) => strictness(b.verdict) - strictness(a.verdict));
  // Further from the login, yet no better: the way to less is the one to tell.
  const useful = alternatives.filter((one, i) => alternatives.slice(i + 1).every((next) => next.changes.length > one.changes.length));
  return useful.length > 0 ? { kind: 'found', alternatives: useful } : noneOf(judge, login, applicable, verdict);
}

/** In the catalogue's order, so that of equally near sets always the same is told. */
function mostMoving(judge: Judge, applicable: readonly Change[], logOdds: number): readonly Change[] {
  const moved = new Map(
    applicable.map((change) => [change, change.context === undefined ? logOdds - judge.logOddsOf(judge.rowOf([change])) : Infinity]),
  );
  const kept = new Set([...applicable].sort((a, b) => (moved.get(b) as number) - (moved.get(a) as number) || 0).slice(0, candidatesMax));
  return applicable.filter((change) => kept.has(change));
}

function setsOf(candidates: readonly Change[], size: number): Change[][] {
  if (size === 0) return [[]];
  return candidates.flatMap((first, i) => setsOf(candidates.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}

function nearestFirst(judge: Judge, sets: readonly (readonly Change[])[], logOdds: number): readonly Candidate[] {
  const candidates = sets.map((set): Candidate => {
    const row = judge.rowOf(set);
    return { changes: set, row, moved: Math.abs(judge.logOddsOf(row) - logOdds) };
  });
  return candidates.sort((a, b) => a.moved - b.moved);
}

function alternativeOf({ changes, row }: Candidate, judged: Judged, login: Login): Alternative {
  const applied = changes.map((change): AppliedChange => {
    const alone = login.row.slice();
    change.write(alone, login);
    return { id: change.id, evidence: quantitiesBetween(login.row, alone) };
  });
  const told = new Set(applied.flatMap(({ evidence }) => evidence.map(({ name }) => name)));
  const following = quantitiesBetween(login.row, row).filter(({ name }) => !told.has(name));
  return { ...judged, changes: applied, following };
}

function noneOf(judge: Judge, login: Login, applicable: readonly Change[], verdict: Verdict): Counterfactual {
  const row = judge.rowOf(applicable);
  const judged = judge.judge(row, applicable);
  const stays = strictness(judged.verdict) >= strictness(verdict);
  const all = stays ? null : alternativeOf({ changes: applicable, row, moved: 0 }, judged, login);
  const byPolicy = stays && judged.policyRule !== null;
  return { kind: 'none', cause: byPolicy ? 'policy' : 'evidence', policyRule: byPolicy ? judged.policyRule : null, all };
}
