// What may be spent on models within an hour: tokens and money, per tier and overall. The overall budget is kept for what is urgent: less
// urgent tiers are refused while there is still some left.
//
// Kept in memory, so a restart begins with a fresh hour; several processes have a budget each.
import { type Tier, tiers } from '../../../domain/case/tier.ts';
import type { ExplainerPlan, ModelPrice } from '../../../domain/explainer-plan.ts';
import type { Clock } from '../../../ports/clock.ts';
import { type Tokens, noTokens } from '../told/body.ts';

export interface Spending {
  readonly tokens: number;
  readonly money: number;
}

interface Limit {
  readonly tokens: number | null;
  readonly money: number | null;
}

/** Of the overall budget each tier may use what the ones below it have left, up to this share. */
const overallShares: Readonly<Record<Tier, number>> = { critical: 1, high: 0.95, medium: 0.85, low: 0.7 };

/** A call under way: what it may cost is held back until what it did cost is known. */
export interface Admission {
  settle(actual: Spending): void;
}

export interface Budgets {
  /** Null: it would cost more than there is left for this tier. */
  admit(tier: Tier, estimate: Spending): Admission | null;
  /** A call like one that was refused a moment ago would be refused again, so that no prompt need be made to find that out. */
  isSpent(tier: Tier): boolean;
}

export function createBudgets(plan: ExplainerPlan, clock: Clock): Budgets {
  const overall = new HourlySpending({ tokens: plan.tokensPerHour, money: plan.moneyPerHour }, clock);
  const ofTier = new Map(
    tiers.map((tier) => {
      const { tokensPerHour = null, moneyPerHour = null } = plan.tiers[tier] ?? {};
      return [tier, new HourlySpending({ tokens: tokensPerHour, money: moneyPerHour }, clock)];
    }),
  );
  /** For a minute only: one that is too large for any hour must not keep smaller ones from being tried. */
  const refused = new Map<Tier, { readonly estimate: Spending; readonly atMs: number }>();
  const ownOf = (tier: Tier): HourlySpending => ofTier.get(tier) as HourlySpending;
  const isFor = (tier: Tier, estimate: Spending): boolean =>
    ownOf(tier).hasRoom(estimate, 1) && overall.hasRoom(estimate, overallShares[tier]);
  return {
    isSpent(tier) {
      const last = refused.get(tier);
      return last !== undefined && clock.monotonicMs() - last.atMs < bucketMs && !isFor(tier, last.estimate);
    },
    admit(tier, estimate) {
      if (!isFor(tier, estimate)) {
        refused.set(tier, { estimate, atMs: clock.monotonicMs() });
        return null;
      }
      const own = ownOf(tier);
      own.hold(estimate);
      overall.hold(estimate);
      let settled = false;
      return {
        settle(actual) {
          if (settled) return;
          settled = true;
          own.settle(estimate, actual);
          overall.settle(estimate, actual);
        },
      };
    },
  };
}

const bucketMs = 60_000;
const buckets = 60;

/** A sliding hour, by the minute. */
class HourlySpending {
  readonly #limit: Limit;
  readonly #clock: Clock;
  readonly #spent: { minute: number; tokens: number; money: number }[] = [];
  #heldTokens = 0;
  #heldMoney = 0;

  constructor(limit: Limit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  hasRoom(more: Spending, share: number): boolean {
    const oldest = this.#minute() - buckets;
    while ((this.#spent[0]?.minute ?? Number.POSITIVE_INFINITY) <= oldest) this.#spent.shift();
    const { tokens, money } = this.#limit;
    const sum = (of: 'tokens' | 'money'): number => this.#spent.reduce((total, each) => total + each[of], 0);
    if (tokens !== null && sum('tokens') + this.#heldTokens + more.tokens > tokens * share) return false;
    return money === null || sum('money') + this.#heldMoney + more.money <= money * share;
  }

  hold(estimate: Spending): void {
    this.#heldTokens += estimate.tokens;
    this.#heldMoney += estimate.money;
  }

  settle(estimate: Spending, actual: Spending): void {
    this.#heldTokens -= estimate.tokens;
    this.#heldMoney -= estimate.money;
    const minute = this.#minute();
    let last = this.#spent.at(-1);
    if (last?.minute !== minute) {
      last = { minute, tokens: 0, money: 0 };
      this.#spent.push(last);
    }
    last.tokens += actual.tokens;
    last.money += actual.money;
  }

  #minute(): number {
    return Math.floor(this.#clock.monotonicMs() / bucketMs);
  }
}

/** Characters of English per token, on the low side: an estimate that is too high only waits for the real figure. */
const charactersPerToken = 3.5;

/** What a call costs at most, nothing of it cached. */
export function estimateTokens(characters: number, outputTokensMax: number): Tokens {
  return { ...noTokens, input: Math.ceil(characters / charactersPerToken), output: outputTokensMax };
}

/** What a call that was cut has cost by the look of it, where its provider did not say. */
export function guessTokens(promptCharacters: number, answerCharacters: number): Tokens {
  return estimateTokens(promptCharacters, Math.ceil(answerCharacters / charactersPerToken));
}

/** Null: nothing was spent. Where nothing is known of the price, no money is counted. */
export function spendingOf(tokens: Tokens | null, price: ModelPrice | null): Spending {
  return tokens === null ? { tokens: 0, money: 0 } : { tokens: tokens.input + tokens.output, money: moneyOf(tokens, price) ?? 0 };
}

/** Null where nothing is known of the price. */
export function moneyOf(tokens: Tokens, price: ModelPrice | null): number | null {
  if (price === null) return null;
  const fresh = Math.max(0, tokens.input - tokens.cacheRead - tokens.cacheWrite);
  const parts = fresh * price.input + tokens.cacheRead * price.cacheRead + tokens.cacheWrite * price.cacheWrite;
  return (parts + tokens.output * price.output) / 1e6;
}
