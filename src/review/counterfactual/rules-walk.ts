// The fallback table as a model that can be asked group by group, for attempts that it decided.
import { schema } from '../../domain/feature/schema.ts';
import { type RankTable, rankOf } from '../../domain/rank.ts';
import { rulesBaseLogOdds, rulesPoints } from '../../domain/rules.ts';
import type { ModelWalk } from '../../ports/model-walk.ts';
import type { ScorerIdentity } from '../../ports/scorer.ts';

/** `identity`: of the model beside which the table answered, whose manifest holds the ranks. */
export function createRulesWalk(identity: ScorerIdentity, ranks: RankTable): ModelWalk {
  return {
    identity,
    base: rulesBaseLogOdds,
    readersOf: (feature) => [schema.groupOf[feature] as number],
    group: (row, group) => rulesPoints(row, schema, group),
    rank: (logOdds) => rankOf(ranks, logOdds),
  };
}
