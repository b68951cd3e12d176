// A page comes whole whatever its sources do: each part is there with its time, or absent with its cause.
import t from 'tap';
import { createMemoryAssessmentLog } from '../../../src/adapters/memory/assessment-log.ts';
import { createMemoryDailyBaselines } from '../../../src/adapters/memory/daily-baselines.ts';
import { openedCase } from '../../../src/domain/case/case.ts';
import { parseIpAddress } from '../../../src/parse/ip-address.ts';
import { casePage, type CasePagePorts } from '../../../src/review/case-page/case-page.ts';
import { asset } from '../../support/assets.ts';
import { newCase } from '../../support/cases.ts';
import { accountWith, homeVisits, listHit } from '../../support/facts.ts';
import { testClock } from '../../support/ports.ts';
import { storedOf } from '../../support/records.ts';

const made = newCase('one', { account: 'account-one' });
const found = openedCase({ ...made, context: { ...made.context, lists: ['hosting', 'vpn'] } });

function portsWith(change: Partial<CasePagePorts> = {}): CasePagePorts & { readonly clock: ReturnType<typeof testClock> } {
  const assessments = createMemoryAssessmentLog();
  assessments.put(storedOf('assessment-one', 'account-one'), 'attempt-one');
  return {
    assessments,
    profiles: { readAccount: () => accountWith(homeVisits(10)) },
    ip: { lookup: () => ({ geo: null, asn: null, lists: [listHit('vpn'), listHit('tor', { ageDays: 0.2 })] }) },
    accountFacts: null,
    assets: { get: async () => null },
    baselines: createMemoryDailyBaselines(),
    deciders: () => ({ walk: null, policy: null }),
    parseAddress: parseIpAddress,
    ...change,
    clock: testClock(),
  };
}

t.test('every part is there, each with its time', async (t) => {
  const ports = portsWith();
  const page = await casePage(found, ports);
  const nowMs = ports.clock.nowMs();
  t.match(page.usual, { kind: 'here', asOfMs: nowMs });
  t.match(page.timeline, { kind: 'here', value: [{ assessmentId: 'assessment-one', isThis: true }] });
  t.match(page.counterfactual, { kind: 'here', asOfMs: found.occurredAtMs, value: { kind: 'absent', cause: 'version_gone' } });
  t.match(page.place, { kind: 'here', asOfMs: found.occurredAtMs, value: { country: 'DE', city: 'München', asn: 3320 } });
  t.same(page.account, { kind: 'absent', cause: 'not_configured' });
  t.same(page.asset, { kind: 'absent', cause: 'unknown' });
});

t.test('lists say which name the address now, how old they are, and what has changed since the login', async (t) => {
  const { lists } = await casePage(found, portsWith());
  t.match(lists, {
    kind: 'here',
    value: {
      now: [
        { kind: 'vpn', isSinceLogin: false, ageDays: 1 },
        { kind: 'tor', isSinceLogin: true, ageDays: 0.2 },
      ],
      noLonger: ['hosting'],
    },
  });
  const nowhere = { ...found, shown: { ...found.shown, ip: 'not an address' } };
  t.same((await casePage(nowhere, portsWith())).lists, { kind: 'absent', cause: 'unknown' });
});

t.test('sources that throw, reject or hang cost their own part, and no more than its limit', async (t) => {
  const hanging = Promise.withResolvers<never>();
  const broken = (): never => {
    throw new Error('broken');
  };
  const ports = portsWith({
    assessments: { byId: broken, byAccount: broken },
    profiles: { readAccount: async () => broken() },
    ip: { lookup: broken },
    accountFacts: { of: () => hanging.promise },
    assets: { get: () => hanging.promise },
  });
  const page = casePage(found, ports);
  await new Promise((resolve) => setImmediate(resolve));
  ports.clock.advance(3_000);
  const { usual, timeline, counterfactual, account, asset: described, lists } = await page;
  t.match(usual, { kind: 'here' });
  if (usual.kind === 'here')
    t.match(
      usual.value.find(({ aspect }) => aspect === 'language'),
      { usual: null, usualAbsent: 'unavailable' },
    );
  for (const part of [timeline, counterfactual, lists]) t.same(part, { kind: 'absent', cause: 'unavailable' });
  for (const part of [account, described]) t.same(part, { kind: 'absent', cause: 'late' });
});

t.test('what the identity provider says, or why it says nothing, is passed on', async (t) => {
  const facts = {
    status: 'locked',
    displayName: 'A',
    department: null,
    createdAtMs: 1,
    credentialChangedAtMs: null,
    mfaEnrolled: true,
    roles: [],
  } as const;
  const asked: string[] = [];
  const answering = portsWith({
    accountFacts: { of: async (tenant, user) => (asked.push(`${tenant} ${user}`), { kind: 'facts', facts, asOfMs: 7 }) },
  });
  t.same((await casePage(found, answering)).account, { kind: 'here', asOfMs: 7, value: facts });
  t.same(asked, ['default one@example.com']);
  const silent = portsWith({ accountFacts: { of: async () => ({ kind: 'absent', cause: 'invalid', asOfMs: 7 }) } });
  t.same((await casePage(found, silent)).account, { kind: 'absent', cause: 'invalid' });
});

t.test('the application that was signed in to is shown as the inventory describes it, as of when that changed', async (t) => {
  const asked: string[] = [];
  const described = portsWith({ assets: { get: async (tenant, id) => (asked.push(`${tenant} ${id}`), asset(id, { changedAtMs: 7 })) } });
  const toMail = { ...found, shown: { ...found.shown, clientId: 'mail' } };
  t.same((await casePage(toMail, described)).asset, { kind: 'here', asOfMs: 7, value: asset('mail', { changedAtMs: 7 }) });
  t.same(asked, ['default mail']);
  t.same((await casePage(toMail, portsWith())).asset, { kind: 'absent', cause: 'unknown' }, 'nobody described it');
  const nameless = { ...found, shown: { ...found.shown, clientId: null } };
  t.same((await casePage(nameless, described)).asset, { kind: 'absent', cause: 'not_sent' });
});
