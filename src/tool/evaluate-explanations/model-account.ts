// What asking a model came to: how its answers ended, what of them held, how long they took, what they cost.
import type { Tokens } from '../../review/explain/told/body.ts';
import { addTokens, noTokens } from '../../review/explain/told/body.ts';
import type { AskEnd } from '../../review/explain/meter.ts';
import type { Count } from './measure.ts';

/**
 * How the asking about a case ended: as a call did, or
 *
 * budget     not asked, because the budget of the hour was spent
 * given_up   not asked, because too many cases before it got no answer
 */
export type CaseEnd = AskEnd | 'budget' | 'given_up';

export interface ModelAccount {
  readonly provider: string;
  /** As the provider calls it. */
  readonly model: string;
  readonly currency: string;
  /** Cases, not those that were changed for a test, by the end of their last call. */
  readonly ends: Readonly<Partial<Record<CaseEnd, number>>>;
  /** Cases whose answer told enough that held. */
  readonly usable: number;
  /** Findings that held, of those of a case that had a whole answer; by case. */
  readonly held: readonly Count[];
  /** Findings and elements that were dropped, by rule; "malformed" without a shape. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Of whole answers, also those that were kept from an earlier run. */
  readonly firstTextMs: readonly number[];
  readonly elapsedMs: readonly number[];
  readonly answers: number;
  readonly tokens: Tokens;
  /** Null where the model has no price. */
  readonly money: number | null;
  /** Of this run alone, also for cases that were changed for a test, and of calls that failed. */
  readonly run: {
    readonly calls: number;
    /** Answers that were kept from before, or that an equal case had. */
    readonly reused: number;
    readonly callsEstimated: number;
    readonly tokens: Tokens;
    readonly money: number | null;
  };
  /** One sentence; null when nothing failed. */
  readonly lastFailure: string | null;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** To be filled in while the model is asked. */
export type OpenAccount = Open<Omit<ModelAccount, 'ends' | 'held' | 'dropped' | 'firstTextMs' | 'elapsedMs' | 'run'>> & {
  readonly ends: Partial<Record<CaseEnd, number>>;
  readonly held: Count[];
  readonly dropped: Record<string, number>;
  readonly firstTextMs: number[];
  readonly elapsedMs: number[];
  readonly run: Open<ModelAccount['run']>;
};

export function newAccount(provider: string, model: string, currency: string, isPriced: boolean): OpenAccount {
  const money = isPriced ? 0 : null;
  return {
    provider,
    model,
    currency,
    ends: {},
    usable: 0,
    held: [],
    dropped: {},
    firstTextMs: [],
    elapsedMs: [],
    answers: 0,
    tokens: noTokens,
    money,
    run: { calls: 0, reused: 0, callsEstimated: 0, tokens: noTokens, money },
    lastFailure: null,
  };
}

export function addCost(to: { tokens: Tokens; money: number | null }, tokens: Tokens | null, money: number | null): void {
  if (tokens !== null) to.tokens = addTokens(to.tokens, tokens);
  if (money !== null) to.money = (to.money ?? 0) + money;
}

/** Cases that the model was to be asked about. */
export function casesOf({ ends }: Pick<ModelAccount, 'ends'>): number {
  return Object.values(ends).reduce((sum, count) => sum + count, 0);
}
