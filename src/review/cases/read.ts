// The page of a case. Who sees one is noted before it is answered.
import type { StoredAssessment } from '../../domain/assessment.ts';
import type { Campaign } from '../../domain/case/campaign.ts';
import type { Case } from '../../domain/case/case.ts';
import type { Related } from '../../ports/case/case-store.ts';
import type { CasePage } from '../case-page/case-page.ts';
import { type ShownExplanation, standingFirst } from './explanations.ts';
import type { CasePorts } from './ports.ts';

export interface CaseReading {
  readonly found: Case;
  /** What happened after the login and what it is labelled now; null when its assessment is no longer kept. */
  readonly since: Pick<StoredAssessment, 'outcomes' | 'label'> | null;
  /** The one that stands is first; see explanations.ts. */
  readonly explanations: readonly ShownExplanation[];
  readonly campaign: Campaign | null;
  readonly related: readonly Related[];
  readonly page: CasePage;
}

export interface CaseLook {
  readonly tenant: string;
  readonly caseId: string;
  /** As the audit names them. */
  readonly by: string;
}

/** More than these nobody looks at; the account's and the campaign's other cases are a list of their own. */
const relatedMax = 20;

/** Null when there is no such case. */
export async function readCase(look: CaseLook, ports: CasePorts): Promise<CaseReading | null> {
  const { store, context, assessments } = ports;
  const found = await store.get(look.tenant, look.caseId);
  if (found === null) return null;
  await noteLook(look, 'case', ports);
  const { tenant, id, campaignId } = found;
  const [explanations, related, campaign, page] = await Promise.all([
    store.explanations(tenant, id),
    store.related(tenant, id, relatedMax),
    campaignId === null ? null : store.campaign(tenant, campaignId),
    context(found),
  ]);
  const since = assessments.byId(tenant, found.assessmentId);
  return { found, since, explanations: standingFirst(explanations), related, campaign, page };
}

/** Null when there is no such case; an empty list when nobody has explained it yet. */
export async function readExplanations(look: CaseLook, ports: CasePorts): Promise<ShownExplanation[] | null> {
  if ((await ports.store.get(look.tenant, look.caseId)) === null) return null;
  await noteLook(look, 'explanation', ports);
  return standingFirst(await ports.store.explanations(look.tenant, look.caseId));
}

export async function noteLook(
  look: CaseLook,
  part: 'case' | 'explanation' | 'stream',
  ports: Pick<CasePorts, 'store' | 'clock'>,
): Promise<void> {
  const { tenant, caseId, by } = look;
  await ports.store.audit({ atMs: ports.clock.nowMs(), tenant, actor: by, action: 'case_viewed', subject: caseId, detail: { part } });
}
