// Runs every explainer over every case and puts what was measured together.
import type { Opinion } from '../../domain/case/explanation.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { Random } from '../../ports/random.ts';
import { type Count, type Explain, measureCase } from './measure.ts';
import { perturbCase } from './perturb.ts';
import { type Estimate, meanEstimate, shareEstimate } from './statistics.ts';

export const measureNames = [
  'rank_agreement',
  'sign_agreement',
  'value_agreement',
  'top_three_told',
  'unsupported',
  'sign_flip',
  'masking',
] as const;
export type MeasureName = (typeof measureNames)[number];

export interface ExplainerResult {
  readonly name: string;
  /** Cases it explained; the others were left to the template. */
  readonly explained: number;
  readonly measures: Readonly<Record<MeasureName, Estimate>>;
  /** Cases by rank agreement, from -1 to 1. */
  readonly ranks: readonly number[];
  /** Findings in which something was not found, for a person to look at. */
  readonly examples: readonly string[];
}

/** Opinions on explanations of one origin; `of` counts opinions on whole cases and on findings alike. */
export interface FeedbackResult {
  readonly source: string;
  readonly opinions: Readonly<Record<Opinion, Estimate>>;
  readonly of: number;
}

export interface EvaluationResult {
  readonly cases: number;
  readonly source: string;
  readonly explainers: readonly ExplainerResult[];
  readonly feedback: readonly FeedbackResult[];
}

const examplesMax = 20;

export async function evaluateExplainer(
  name: string,
  explain: Explain,
  cases: readonly Explained[],
  random: Random,
): Promise<ExplainerResult> {
  const totals: Record<Exclude<MeasureName, 'rank_agreement'>, Tally> = {
    sign_agreement: tally(),
    value_agreement: tally(),
    top_three_told: tally(),
    unsupported: tally(),
    sign_flip: tally(),
    masking: tally(),
  };
  const ranks: number[] = [];
  const examples: string[] = [];
  let explained = 0;
  for (const one of cases) {
    const told = await explain(one);
    if (told === null) continue;
    explained++;
    const measured = measureCase(one, told);
    if (measured.rank !== null) ranks.push(measured.rank);
    add(totals.sign_agreement, measured.signs);
    add(totals.value_agreement, measured.values);
    add(totals.top_three_told, measured.topThree);
    add(totals.unsupported, measured.unsupported);
    for (const example of measured.examples) if (examples.length < examplesMax && !examples.includes(example)) examples.push(example);
    const perturbed = await perturbCase(one, told, explain);
    add(totals.sign_flip, perturbed.signFlip);
    add(totals.masking, perturbed.masking);
  }
  const shares = Object.fromEntries(Object.entries(totals).map(([key, counted]) => [key, estimate(counted, random)]));
  const measures = { rank_agreement: meanEstimate(ranks, random), ...shares } as Record<MeasureName, Estimate>;
  return { name, explained, measures, ranks, examples };
}

interface Tally {
  hits: number;
  of: number;
  /** Share per case, where there was any. */
  readonly byCase: number[];
}

function tally(): Tally {
  return { hits: 0, of: 0, byCase: [] };
}

function add(into: Tally, { hits, of }: Count): void {
  into.hits += hits;
  into.of += of;
  if (of > 0) into.byCase.push(hits / of);
}

/**
 * The share over all things counted. Things of one case go together, so the interval is the wider of Wilson's, which is honest at 0 and
 * 1, and the bootstrap over cases, which is honest about cases.
 */
function estimate({ hits, of, byCase }: Tally, random: Random): Estimate {
  const share = shareEstimate(hits, of);
  if (of === 0) return share;
  const mean = meanEstimate(byCase, random);
  const offset = share.value - mean.value;
  return {
    ...share,
    low: Math.max(0, Math.min(share.low, mean.low + offset)),
    high: Math.min(1, Math.max(share.high, mean.high + offset)),
  };
}

export function feedbackBySource(given: readonly { readonly source: string; readonly opinion: Opinion }[]): FeedbackResult[] {
  const sources = [...new Set(given.map(({ source }) => source))].sort();
  return sources.map((source) => {
    const own = given.filter((one) => one.source === source);
    const share = (opinion: Opinion): Estimate => shareEstimate(own.filter((one) => one.opinion === opinion).length, own.length);
    return { source, opinions: { useful: share('useful'), useless: share('useless'), wrong: share('wrong') }, of: own.length };
  });
}
