// Cases, campaigns, explanations and feedback as JSON, in the words of the wire.
import type { Campaign } from '../../../domain/case/campaign.ts';
import type { CaseSummary } from '../../../domain/case/case.ts';
import type { Feedback } from '../../../domain/case/explanation.ts';
import type { Wording } from '../../../domain/explanation/wording.ts';
import type { CaseReading } from '../../../review/cases/read.ts';
import type { CaseChange } from '../../../review/cases/resolve.ts';
import { assessmentDocument } from '../../assessment-json.ts';
import { contextDocument } from './context-json.ts';
import { explanationDocument } from './explanation-json.ts';

export function caseDocument(found: CaseSummary): object {
  const { shown, resolution, reopening } = found;
  return {
    id: found.id,
    assessment_id: found.assessmentId,
    state: found.state,
    tier: found.tier,
    verdict: found.verdict,
    level: found.level,
    score: found.score,
    codes: found.codes,
    occurred_at: timeOf(found.occurredAtMs),
    opened_at: timeOf(found.openedAtMs),
    campaign_id: found.campaignId,
    login: {
      user_id: shown.userId,
      ip: shown.ip,
      user_agent: shown.userAgent,
      accept_language: shown.acceptLanguage,
      device_id: shown.deviceId,
      client_id: shown.clientId,
      organisation: shown.organisation,
      country: shown.country,
      region: shown.region,
      city: shown.city,
    },
    resolution:
      resolution === null ? null : { label: resolution.label, comment: resolution.comment, by: resolution.by, at: timeOf(resolution.atMs) },
    reopening: reopening === null ? null : { by: reopening.by, at: timeOf(reopening.atMs) },
  };
}

export function casePageDocument(page: CaseReading, words: Wording): object {
  return {
    ...caseDocument(page.found),
    assessment: assessmentDocument(page.found.assessment),
    outcomes: page.since?.outcomes ?? null,
    label: page.since?.label ?? null,
    explanations: page.explanations.map((each) => explanationDocument(each, words)),
    related: page.related.map(({ kind, found }) => ({ shared: kind, case: caseDocument(found) })),
    campaign: page.campaign === null ? null : campaignDocument(page.campaign),
    context: contextDocument(page.page, words),
  };
}

export function changeDocument(change: CaseChange & { readonly kind: 'done' }): object {
  return { changed: change.changed, profile: change.learning, case: caseDocument(change.found) };
}

export function campaignDocument(campaign: Campaign): object {
  return {
    id: campaign.id,
    first_at: timeOf(campaign.firstAtMs),
    last_at: timeOf(campaign.lastAtMs),
    cases: campaign.cases,
    open_cases: campaign.openCases,
    accounts: campaign.accounts,
    tier: campaign.tier,
    shared_by: campaign.sharedBy,
  };
}

export function feedbackDocument({ version, finding, opinion, comment, by, atMs }: Feedback): object {
  return { version, finding, opinion, comment, by, at: timeOf(atMs) };
}

export function timeOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
