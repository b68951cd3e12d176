// Runs every explainer over every case and puts what was measured together.
import type { Opinion } from '../../domain/case/explanation.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { Random } from '../../ports/random.ts';
import { type CaseMeasures, type Count, type Explain, measureCase } from './measure.ts';
import { casesOf, type ModelAccount } from './model-account.ts';
import { perturbCase, type Perturbed } from './perturb.ts';
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
  /** Null for the template. */
  readonly asked: Asked | null;
}

/** What asking a model came to. */
export interface Asked {
  readonly account: ModelAccount;
  /** Cases whose answer told enough that held, of all. */
  readonly usable: Estimate;
  /** Findings that held, of all that were given. */
  readonly held: Estimate;
}

/** Opinions on what one told; `of` counts them. */
export interface FeedbackResult {
  /** "template", the operator's name of a model, or both. */
  readonly source: string;
  /** Opinions on a finding, or on the explanation of a case as a whole. */
  readonly about: OpinionAbout;
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

export interface EvaluateOptions {
  /** Of so many cases, the first ones, the changed twins are told, too. */
  readonly changedMax?: number;
  /** Tells a case that was changed for a test. */
  readonly explainChanged?: Explain;
  /** Cases told at a time. */
  readonly concurrency?: number;
  /** Given once all is told. */
  readonly account?: () => ModelAccount;
  /** A case is told and measured. */
  readonly onCase?: (done: number) => void;
}

interface CaseResult {
  readonly measured: CaseMeasures;
  readonly perturbed: Perturbed | null;
}

export async function evaluateExplainer(
  name: string,
  explain: Explain,
  cases: readonly Explained[],
  random: Random,
  options: EvaluateOptions = {},
): Promise<ExplainerResult> {
  const { changedMax = cases.length, explainChanged = explain, concurrency = 1, account, onCase } = options;
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
  let done = 0;
  const results = await inParallel(cases, concurrency, async (one, i): Promise<CaseResult | null> => {
    const told = await explain(one);
    const perturbed = told === null || i >= changedMax ? null : await perturbCase(one, told, explainChanged);
    onCase?.(++done);
    return told === null ? null : { measured: measureCase(one, told), perturbed };
  });
  const explained = results.filter((result) => result !== null);
  for (const { measured, perturbed } of explained) {
    if (measured.rank !== null) ranks.push(measured.rank);
    add(totals.sign_agreement, measured.signs);
    add(totals.value_agreement, measured.values);
    add(totals.top_three_told, measured.topThree);
    add(totals.unsupported, measured.unsupported);
    for (const example of measured.examples) if (examples.length < examplesMax && !examples.includes(example)) examples.push(example);
    if (perturbed === null) continue;
    add(totals.sign_flip, perturbed.signFlip);
    add(totals.masking, perturbed.masking);
  }
  const shares = Object.fromEntries(Object.entries(totals).map(([key, counted]) => [key, estimate(counted, random)]));
  const measures = { rank_agreement: meanEstimate(ranks, random), ...shares } as Record<MeasureName, Estimate>;
  const asked = account === undefined ? null : askedOf(account(), random);
  return { name, explained: explained.length, measures, ranks, examples, asked };
}

function askedOf(account: ModelAccount, random: Random): Asked {
  const held = tally();
  for (const count of account.held) add(held, count);
  return { account, usable: shareEstimate(account.usable, casesOf(account)), held: estimate(held, random) };
}

/** In the order of the items, whoever is done first. */
async function inParallel<T, R>(items: readonly T[], atATime: number, work: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of waiting) results[i] = await work(item, i);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return results;
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

export const opinionsAbout = ['case', 'finding'] as const;
export type OpinionAbout = (typeof opinionsAbout)[number];

export interface GivenOpinion {
  readonly source: string;
  readonly about: OpinionAbout;
  readonly opinion: Opinion;
}

export function feedbackBySource(given: readonly GivenOpinion[]): FeedbackResult[] {
  const sources = [...new Set(given.map(({ source }) => source))].sort();
  return sources.flatMap((source) =>
    opinionsAbout.flatMap((about): FeedbackResult[] => {
      const own = given.filter((one) => one.source === source && one.about === about);
      const share = (opinion: Opinion): Estimate => shareEstimate(own.filter((one) => one.opinion === opinion).length, own.length);
      const opinions = { useful: share('useful'), useless: share('useless'), wrong: share('wrong') };
      return own.length === 0 ? [] : [{ source, about, opinions, of: own.length }];
    }),
  );
}
