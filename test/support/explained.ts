// Assessments with reasons of every signal, made by the signals themselves from facts of all sorts.
import fc from 'fast-check';
import type { Reason } from '../../src/domain/assessment.ts';
import { allSignals } from '../../src/domain/signal/catalogue.ts';
import { anyFacts } from './signal-contract.ts';

/** Up to ten reasons of ten signals, contributions of either sign. */
export const anyReasons: fc.Arbitrary<readonly Reason[]> = fc
  .record({
    facts: anyFacts,
    first: fc.nat(allSignals.length - 1),
    contributions: fc.array(
      fc.double({ min: -3, max: 3, noNaN: true }).filter((value) => Math.abs(value) > 0.1),
      { minLength: 10, maxLength: 10 },
    ),
  })
  .map(({ facts, first, contributions }) =>
    contributions.flatMap((contribution, i): Reason[] => {
      const signal = allSignals[(first + i * 3) % allSignals.length]!;
      const x = new Float32Array(signal.features.length).fill(Number.NaN);
      // What was not observed contributes nothing and is never a reason.
      if (signal.derive(facts, x, 0) !== null) return [];
      return [{ contribution, ...signal.explain(facts, x, 0, contribution) }];
    }),
  );
