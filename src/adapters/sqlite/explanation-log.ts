// The log of what is told, as its callers see it: requests to the store's thread.
import type { ExplanationLog } from '../../ports/case/explanation-log.ts';
import type { Channel } from './channel.ts';

export function createExplanationLog(channel: Channel): ExplanationLog {
  return {
    append: (tenant, caseId, tellings) => channel.call('tell', [tenant, caseId, tellings]),
    after: (tenant, caseId, sequence, limit) => channel.call('tellings', [tenant, caseId, sequence, limit]),
  };
}
