// Which models explain which cases, how soon and for how much: the operator's explainer file, read and checked.
import type { Tier } from './case/tier.ts';

export const modelProviders = ['openai', 'anthropic', 'azure', 'bedrock', 'ollama', 'compatible'] as const;
export type ModelProvider = (typeof modelProviders)[number];

export interface ModelPlan {
  /** The operator's own name for it, by which tiers call it. */
  readonly name: string;
  readonly provider: ModelProvider;
  /** As the provider calls it; for Azure the deployment. */
  readonly model: string;
  /**
   * Null: the provider's own address. Required for azure, ollama and compatible. A query goes with every request; for azure
   * `?api-version=2024-10-21` chooses the deployments' chat door of that version instead of the v1 door.
   */
  readonly baseUrl: string | null;
  /** Null where none is needed. Never logged, never part of an answer. */
  readonly apiKey: string | null;
  /** Bedrock only. */
  readonly region: string | null;
  /** Bedrock by signature instead of by API key. */
  readonly accessKey: { readonly id: string; readonly secret: string; readonly sessionToken: string | null } | null;
  /** Whether the server enforces a JSON schema; without, it is only asked for JSON. */
  readonly structuredOutput: boolean;
  readonly outputTokensMax: number;
  /** From sending to the first text of the answer. */
  readonly firstTextMs: number;
  /** Between two pieces of the answer. */
  readonly stallMs: number;
  readonly totalMs: number;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Null: nothing is known of its price, and no money is counted. */
  readonly price: ModelPrice | null;
}

/** Units of the operator's currency per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

export interface TierPlan {
  /** In the order in which they are asked; each next one when the one before failed. */
  readonly models: readonly string[];
  /** Cases of this tier in work at a time, apart from every other tier's. */
  readonly workers: number;
  /** Ask the next model beside the first when that has given no text by then; null: never. */
  readonly hedgeAfterMs: number | null;
  /** Similar cases told in one call. */
  readonly batchMax: number;
  /** Of so many cases one is told by a model, the others by the template; 1: all. */
  readonly sampleOneIn: number;
  /** Null: no limit. */
  readonly tokensPerHour: number | null;
  readonly moneyPerHour: number | null;
}

export interface ExplainerPlan {
  readonly models: readonly ModelPlan[];
  /** A tier without a plan is told by the template alone. */
  readonly tiers: Readonly<Partial<Record<Tier, TierPlan>>>;
  /** Of all tiers together; the least urgent tier is left to the template first. Null: no limit. */
  readonly tokensPerHour: number | null;
  readonly moneyPerHour: number | null;
  /** For people: "USD". */
  readonly currency: string;
}
