// Notices a model that is too weak for the contract: most of what it says does not hold up. Such a model is told to the operator once and
// is asked after the others, until its mark lapses and it may show that it was changed.
import type { Clock } from '../../../ports/clock.ts';

export interface CaseResult {
  readonly kept: number;
  readonly dropped: number;
  /** Whether too few findings were left to be shown. */
  readonly tooFew: boolean;
}

export interface Weakness {
  note(model: string, result: CaseResult): void;
  isWeak(model: string): boolean;
}

/** Cases that are looked back at, and the fewest by which a model is judged. */
const windowCases = 30;
const casesMin = 12;
const lapseMs = 60 * 60_000;

export function createWeakness(clock: Clock, onProblem: (sentence: string) => void): Weakness {
  const models = new Map<string, { results: CaseResult[]; weakSinceMs: number | null; reported: boolean }>();
  return {
    note(model, result) {
      const state = models.get(model) ?? { results: [], weakSinceMs: null, reported: false };
      models.set(model, state);
      state.results.push(result);
      if (state.results.length > windowCases) state.results.shift();
      const { results } = state;
      if (results.length < casesMin) return;
      const dropped = results.reduce((sum, each) => sum + each.dropped, 0);
      const kept = results.reduce((sum, each) => sum + each.kept, 0);
      const tooFew = results.filter((each) => each.tooFew).length;
      if (dropped <= kept && tooFew * 2 <= results.length) return;
      state.weakSinceMs = clock.monotonicMs();
      // Judged anew from here on.
      state.results = [];
      if (state.reported) return;
      state.reported = true;
      onProblem(
        `The model "${model}" is too weak to explain cases: of its last ${dropped + kept} findings ${dropped} did not hold up, and ` +
          `${tooFew} of ${results.length} cases had too few left. Others are asked before it; the template tells what is missing.`,
      );
    },
    isWeak(model) {
      const since = models.get(model)?.weakSinceMs ?? null;
      return since !== null && clock.monotonicMs() - since < lapseMs;
    },
  };
}
