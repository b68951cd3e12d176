// Cases whose assessments the learning side knows, over complete in-memory stores, with a clock that a test moves.
import { createWording } from '../../src/adapters/icu-messages/wording.ts';
import { openMemoryCases } from '../../src/adapters/memory/cases.ts';
import { createMemoryAssessmentLog } from '../../src/adapters/memory/assessment-log.ts';
import { createMemoryProfileStore } from '../../src/adapters/memory/profile-store.ts';
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import type { AccountProfile } from '../../src/domain/profile/account.ts';
import type { LearnPorts } from '../../src/learn/record-outcome.ts';
import { createTeaching } from '../../src/learn/teaching.ts';
import { parseIpAddress } from '../../src/parse/ip-address.ts';
import { casePage, type CasePagePorts } from '../../src/review/case-page/case-page.ts';
import { createNewsDesk } from '../../src/review/cases/news.ts';
import type { CasePorts } from '../../src/review/cases/ports.ts';
import { plainPseudonyms } from './assess-world.ts';
import { explanation, type LoginParts, newCase } from './cases.ts';
import { listHit } from './facts.ts';
import { testClock, testRandom } from './ports.ts';
import { noonMs, storedOf } from './records.ts';

export function caseWorld() {
  const clock = testClock(noonMs + 60_000);
  const cases = openMemoryCases({ clock, random: testRandom() });
  const news = createNewsDesk();
  const learning: LearnPorts = {
    profiles: createMemoryProfileStore(),
    assessments: createMemoryAssessmentLog(),
    pseudonyms: plainPseudonyms,
  };
  const page: CasePagePorts = {
    assessments: learning.assessments,
    profiles: learning.profiles,
    assets: cases.assets,
    baselines: cases.baselines,
    ip: { lookup: () => ({ geo: null, asn: null, lists: [listHit('vpn')] }) },
    accountFacts: null,
    deciders: () => ({ walk: null, policy: null }),
    parseAddress: parseIpAddress,
    clock,
  };
  const ports: CasePorts = {
    ...cases,
    news,
    assessments: learning.assessments,
    teaching: createTeaching(learning),
    pseudonyms: plainPseudonyms,
    clock,
    wording: createWording('en'),
    context: (found) => casePage(found, page),
  };
  return {
    ports,
    clock,
    news,
    learning,
    /** A case of that name and the assessment that it came of. The user's id is the account's. */
    async open(name: string, parts: LoginParts = {}, told: string | null = null): Promise<string> {
      const account = parts.account ?? `account-${name}`;
      const tenant = parts.tenant ?? 'default';
      const made = newCase(name, parts);
      const first = told === null ? null : explanation(`template-${name}`, { body: told });
      learning.assessments.put({ ...storedOf(`assessment-${name}`, account, made.visit.atMs, { visit: made.visit }), tenant }, '');
      await ports.store.open([{ made, explanation: first, job: null }]);
      return made.id;
    },
    record: (name: string): StoredAssessment | null => learning.assessments.byId('default', `assessment-${name}`),
    goodLogins: (account: string): number => (learning.profiles.readAccount('default', account) as AccountProfile | null)?.goodCount ?? 0,
  };
}

export type CaseWorld = ReturnType<typeof caseWorld>;
