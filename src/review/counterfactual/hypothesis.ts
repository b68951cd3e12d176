// One login with some things made ordinary: its features, contributions, score and verdict, by the model and policy that decided.
//
// Only groups that read a changed feature are scored again; the others keep the numbers that the unchanged row gives, and the sum is made in
// the order of the schema, so the log-odds are those of a full walk, bit for bit.
import type { Assessment, Level, PolicyContext, Verdict } from '../../domain/assessment.ts';
import { schema } from '../../domain/feature/schema.ts';
import { attributeBy } from '../../domain/reason/attribute.ts';
import { isObserved } from '../../domain/reason/observed.ts';
import type { ModelWalk } from '../../ports/model-walk.ts';
import type { Decision, Policy } from '../../ports/policy.ts';
import type { Change, ChangeId } from './change.ts';
import { writeFollowing } from './follow.ts';
import type { Login } from './login.ts';

export interface Judged {
  readonly logOdds: number;
  readonly score: number;
  readonly level: Level;
  readonly verdict: Verdict;
  readonly policyRule: string | null;
}

export interface Judge {
  /** The row with these changes, in the order of the catalogue. The receiver's. */
  rowOf(changes: readonly Change[]): Float32Array;
  logOddsOf(row: Float32Array): number;
  judge(row: Float32Array, changes: readonly Change[]): Judged;
  /** Whether the verdict stays, however the reasons would have been named: policies may look at codes, and some follow from facts that are gone. */
  holdsByAnyName(row: Float32Array, changes: readonly Change[], verdict: Verdict): boolean;
}

export function createJudge(assessment: Assessment, login: Login, walk: ModelWalk, policy: Policy): Judge {
  const base = Float64Array.from(schema.signals, (_, group) => contribution(walk, login.row, group));
  const groups = new Float64Array(base.length);
  const changed = new Uint8Array(base.length);
  const names = namesOf(assessment);

  /** Valid until the next call. */
  function groupsOf(row: Float32Array): Float64Array {
    groups.set(base);
    changed.fill(0);
    for (let at = 0; at < row.length; at++) {
      if (same(row[at] as number, login.row[at] as number)) continue;
      changed[schema.groupOf[at] as number] = 1;
      for (const group of walk.readersOf(at)) changed[group] = 1;
    }
    for (let group = 0; group < groups.length; group++) if (changed[group] === 1) groups[group] = contribution(walk, row, group);
    return groups;
  }

  /** The reasons as an answer would order them, each by the codes that it may have been named by. */
  function attributed(row: Float32Array): { logOdds: number; choices: readonly (readonly string[])[] } {
    const choices: (readonly string[])[] = [];
    const { logOdds } = attributeBy(schema, { base: walk.base, groups: groupsOf(row) }, (group, value) => {
      const { recorded, raising, lowering } = names[group] as GroupNames;
      // What was recorded of a group that is as it was stands; of another, the name follows from facts that are gone.
      choices.push(changed[group] === 0 && recorded !== null ? [recorded] : value > 0 ? raising : lowering);
      return unnamed;
    });
    return { logOdds, choices };
  }

  function decide(score: number, changes: readonly Change[], named: readonly string[]): Decision {
    const { decidedBy, degraded, missing } = assessment;
    const blind = missing.some(({ signal }) => signal === 'profiles');
    const context = changes.reduce((seen: PolicyContext, change) => change.context?.(seen) ?? seen, login.context);
    return policy.decide({ score, decidedBy, degraded, blind, codes: named, context });
  }

  return {
    rowOf(changes) {
      const row = login.row.slice();
      for (const change of changes) change.write(row, login);
      const ids = new Set<ChangeId>(changes.map((change) => change.id));
      writeFollowing(row, login, (id) => ids.has(id));
      return row;
    },
    logOddsOf: (row) => sum(walk.base, groupsOf(row)),
    judge(row, changes) {
      const { logOdds, choices } = attributed(row);
      const score = walk.rank(logOdds);
      return {
        logOdds,
        score,
        ...decide(
          score,
          changes,
          choices.map((choice) => choice[0] as string),
        ),
      };
    },
    holdsByAnyName(row, changes, verdict) {
      const { logOdds, choices } = attributed(row);
      return namingsOf(choices).every((codes) => decide(walk.rank(logOdds), changes, codes).verdict === verdict);
    },
  };
}

/** As the answer was made: nothing for what was not observed. */
function contribution(walk: ModelWalk, row: Float32Array, group: number): number {
  return isObserved(schema, row, group) ? walk.group(row, group) : 0;
}

/** In the order in which the answer added them. */
function sum(base: number, groups: Float64Array): number {
  let total = base;
  for (let group = 0; group < groups.length; group++) total += groups[group] as number;
  return total;
}

/** Equal to every tree: unknown is unknown, and there are no two zeros. */
function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}

const unnamed = { code: '', evidence: {} };

interface GroupNames {
  readonly recorded: string | null;
  readonly raising: readonly string[];
  readonly lowering: readonly string[];
}

function namesOf({ reasons }: Assessment): readonly GroupNames[] {
  return schema.signals.map(({ codes }): GroupNames => {
    const all = Object.keys(codes);
    return {
      recorded: reasons.find(({ code }) => Object.hasOwn(codes, code))?.code ?? null,
      raising: all.filter((code) => codes[code]?.direction === 'raises'),
      lowering: all.filter((code) => codes[code]?.direction === 'lowers'),
    };
  });
}

/** More namings than these are not all tried. */
const namingsMax = 64;

/** Every way to name the reasons, one code of each; where there are too many, each code once beside the first of the others. */
function namingsOf(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let namings: string[][] = [[]];
  for (const choice of choices) {
    if (namings.length * choice.length > namingsMax) return oneByOne(choices);
    namings = namings.flatMap((naming) => choice.map((code) => [...naming, code]));
  }
  return namings;
}

function oneByOne(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const first = choices.map((choice) => choice[0] as string);
  return choices.flatMap((choice, at) => choice.map((code) => first.with(at, code)));
}
