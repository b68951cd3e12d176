// What is counted of explaining. Functions only, so that whoever counts decides how; none may throw.
import type { Tier } from '../../domain/case/tier.ts';
import type { CallFailure } from '../../ports/case/explainer-model.ts';
import type { BodyOrigin, TemplateCause, Tokens } from './told/body.ts';

/** How a call ended: "stop" is a whole answer, the others what made it none. */
export type AskEnd = 'stop' | 'limit' | 'refused' | 'unusable' | CallFailure;

export interface ExplainMeter {
  /** A call to a model is over. Money in the operator's currency, null where the model has no price; tokens null where they are not known. */
  asked(call: {
    readonly model: string;
    readonly tier: Tier;
    readonly end: AskEnd;
    readonly elapsedMs: number;
    readonly tokens: Tokens | null;
    readonly money: number | null;
    readonly hedge: boolean;
  }): void;
  /** Findings, or elements without a shape ("malformed"), that were not shown. */
  dropped(model: string, rule: string, count: number): void;
  /** A case has its last word. `cause` says why the template had a part in it. */
  told(tier: Tier, origin: BodyOrigin, cause: TemplateCause | null): void;
  /** A case that needed no call: "kept" from an earlier answer, "joined" to one under way. */
  shared(tier: Tier, how: 'kept' | 'joined'): void;
  /** Since the job was enqueued. */
  firstFinding(tier: Tier, afterMs: number): void;
  deadline(tier: Tier, met: boolean): void;
}

export const silentMeter: ExplainMeter = {
  asked: () => undefined,
  dropped: () => undefined,
  told: () => undefined,
  shared: () => undefined,
  firstFinding: () => undefined,
  deadline: () => undefined,
};
