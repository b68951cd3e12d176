// Port: the model that decided, group by group, for questions of the kind "what if this one thing had been otherwise".
//
// The same bits as the scorer gives, and no batching: a search asks for a few hundred groups, each of a microsecond. Synchronous, never fails.
import type { ScorerIdentity } from './scorer.ts';

export interface ModelWalk {
  readonly identity: ScorerIdentity;
  /** Log-odds of an attempt about which nothing speaks either way. */
  readonly base: number;
  /** Groups whose number may change with a feature, by position. One for a model that keeps to the reason groups. */
  readersOf(feature: number): readonly number[];
  /** Log-odds of one group for a row, before what was not observed is dropped. The row is not changed. */
  group(row: Float32Array, group: number): number;
  /** Position of a log-odds among genuine logins, in [0, 1). */
  rank(logOdds: number): number;
}
