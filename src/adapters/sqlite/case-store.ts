// The case store as its callers see it: each method is a request to the store's thread. Time and randomness are drawn here, so that the
// thread knows neither.
import { type AuditHead, type AuditVerdict, emptyHead } from '../../domain/case/audit.ts';
import { commentLengthMax } from '../../domain/case/case.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { Random } from '../../ports/random.ts';
import type { Channel } from './channel.ts';

export function createCaseStore(channel: Channel, clock: Clock, random: Random): CaseStore {
  return {
    open(openings) {
      const ids = openings.map(() => ({ group: random.id(), job: random.id() }));
      return openings.length === 0 ? Promise.resolve([]) : channel.call('open', [openings, ids, clock.nowMs()], openings.length);
    },
    get: (tenant, id) => channel.call('get', [tenant, id]),
    byAssessment: (tenant, assessmentId) => channel.call('byAssessment', [tenant, assessmentId]),
    list: (tenant, query) => channel.call('list', [tenant, query]),
    resolve: (tenant, id, resolution) =>
      channel.call('resolve', [tenant, id, { ...resolution, comment: resolution.comment.slice(0, commentLengthMax) }, random.id()]),
    reopen: (tenant, id, by, atMs) => channel.call('reopen', [tenant, id, by, atMs, random.id()]),
    related: (tenant, id, limit) => channel.call('related', [tenant, id, limit]),
    campaigns: (tenant, query) => channel.call('campaigns', [tenant, query]),
    campaign: (tenant, id) => channel.call('campaign', [tenant, id]),
    explain: (tenant, caseId, made) => channel.call('explain', [tenant, caseId, made]),
    explanations: (tenant, caseId) => channel.call('explanations', [tenant, caseId]),
    giveFeedback: (tenant, feedback) =>
      channel.call('giveFeedback', [tenant, { ...feedback, comment: feedback.comment.slice(0, commentLengthMax) }]),
    feedbackOf: (tenant, caseId) => channel.call('feedbackOf', [tenant, caseId]),
    allFeedback: (tenant, limit, cursor) => channel.call('allFeedback', [tenant, limit, cursor]),
    audit: (entry) => channel.call('audit', [entry]),
    readAudit: (tenant, query) => channel.call('readAudit', [tenant, query]),
    verifyAudit: (anchor) => verifyAudit(channel, anchor ?? null),
    async eraseAccount(tenant, account, by, atMs) {
      for (let erased = 0; ; ) {
        const step = await channel.call('eraseAccount', [tenant, account, { by, atMs, before: erased }]);
        erased += step.removed;
        if (step.last) return erased;
      }
    },
    expire: (beforeMs, nowMs) => channel.call('expire', [beforeMs, nowMs]),
  };
}

/** Slice by slice, each a request of its own: others are served between. */
async function verifyAudit(channel: Channel, anchor: AuditHead | null): Promise<AuditVerdict> {
  let head = emptyHead;
  for (;;) {
    const slice = await channel.call('followAudit', [head, anchor]);
    if (slice.kind === 'broken') return { intact: false, brokenAt: slice.at, cause: 'entry' };
    head = slice.head;
    if (slice.kind === 'more') continue;
    if (!slice.sealed) return { intact: false, brokenAt: head.sequence + 1, cause: 'end_cut_off' };
    if (anchor !== null && anchor.sequence > head.sequence) return { intact: false, brokenAt: head.sequence + 1, cause: 'anchor_missing' };
    return { intact: true, head };
  }
}
