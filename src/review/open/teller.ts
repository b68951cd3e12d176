// Who is to have the last word on a case. Decided when it is opened, so that what no model will be asked about never waits in the queue:
// of a flood of cases most are of a tier that is sampled.
import type { Tier } from '../../domain/case/tier.ts';
import type { ExplainerPlan } from '../../domain/explainer-plan.ts';
import { shortHash } from '../explain/short-hash.ts';

/**
 * model         a job is made, and whoever works on it says who told what
 * template      no model explains cases of the tier
 * sampled_out   of the tier's cases one in so many is explained by a model, and this is another one
 */
export type Teller = 'model' | 'template' | 'sampled_out';

/** Always the same for a case, whoever asks and however often. */
export function tellerOf(plan: Pick<ExplainerPlan, 'tiers'>, tier: Tier, caseId: string): Teller {
  const tierPlan = plan.tiers[tier];
  if (tierPlan === undefined) return 'template';
  return Number.parseInt(shortHash(caseId).slice(0, 8), 16) % tierPlan.sampleOneIn === 0 ? 'model' : 'sampled_out';
}
