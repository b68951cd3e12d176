// From contributions to reasons: which groups an answer names, in which order, and what is left over.
//
// A reason's contribution is its group's number, unrounded, so that base + reasons + the rest is the log-odds exactly. A group of
// which nothing was observed contributes nothing (observed.ts), so it is never named either.
import type { Reason } from '../assessment.ts';
import type { Facts } from '../facts.ts';
import type { FeatureSchema } from '../feature/schema.ts';
import { reasonContributionMin, reasonsMax } from '../limits.ts';
import type { Explanation, SignalDefinition } from '../signal/definition.ts';

/** What a scorer makes of one row, log-odds: base + the sum of the groups, in schema order, is the log-odds of the attempt. */
export interface GroupContributions {
  readonly base: number;
  readonly groups: ArrayLike<number>;
}

export interface Attribution {
  /** Largest first, whatever the sign; at equal size in schema order. */
  readonly reasons: readonly Reason[];
  /** Sum of the groups that no reason names. */
  readonly otherContributions: number;
  /** Base plus every group, added in schema order. */
  readonly logOdds: number;
}

/** Names the groups that moved the score; `x` is the feature vector that the contributions came from. Pure. */
export function attribute(schema: FeatureSchema, facts: Facts, x: Float32Array, contributions: GroupContributions): Attribution {
  return attributeBy(schema, contributions, (group, contribution) =>
    (schema.signals[group] as SignalDefinition).explain(facts, x, schema.offsets[group] as number, contribution),
  );
}

/** The same with explanations from elsewhere: a recomputed assessment takes them from its record. */
export function attributeBy(
  schema: FeatureSchema,
  contributions: GroupContributions,
  explain: (group: number, contribution: number) => Explanation,
): Attribution {
  const { groups } = contributions;
  const named = largestGroups(schema, groups);
  let logOdds = contributions.base;
  let otherContributions = 0;
  for (let group = 0; group < schema.signals.length; group++) {
    const contribution = groups[group] as number;
    logOdds += contribution;
    if (!named.includes(group)) otherContributions += contribution;
  }
  const reasons = named.map((group): Reason => {
    const contribution = groups[group] as number;
    const { code, evidence } = explain(group, contribution);
    return { code, contribution, evidence };
  });
  return { reasons, otherContributions, logOdds };
}

/** Positions of the groups to name, best first: a bounded insertion, because a full sort of thirty costs more than the dozen is worth. */
function largestGroups(schema: FeatureSchema, groups: ArrayLike<number>): number[] {
  const named: number[] = [];
  for (let group = 0; group < schema.signals.length; group++) {
    const size = Math.abs(groups[group] as number);
    if (!(size >= reasonContributionMin)) continue;
    if (named.length === reasonsMax && size <= Math.abs(groups[named[reasonsMax - 1] as number] as number)) continue;
    if (named.length === reasonsMax) named.pop();
    let at = named.length;
    while (at > 0 && size > Math.abs(groups[named[at - 1] as number] as number)) at--;
    named.splice(at, 0, group);
  }
  return named;
}
