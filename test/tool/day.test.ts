// The scripted day is what a stranger judges cases by: it must end now, hold its three campaigns, and be one that the door accepts.
import t from 'tap';
import { isScoreRequest } from '../../src/parse/score-request.ts';
import { dayPage, type DayResult } from '../../src/tool/day/day-page.ts';
import { makeDay } from '../../src/tool/day/make-day.ts';
import { createWorld } from '../../src/tool/simulate/world/network-world.ts';
import { smallNetworks } from '../support/small-networks.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const dayMs = 86_400_000;
const { history, day } = makeDay(
  createWorld(smallNetworks(), () => true),
  nowMs,
  'unit',
  60,
);

t.test('the day is the last 24 hours, everything before it is history, both in order of time', (t) => {
  t.ok(history.length > 300 && history.every(({ atMs, campaign }) => atMs < nowMs - dayMs && campaign === null));
  t.ok(day.every(({ atMs }) => atMs >= nowMs - dayMs && atMs < nowMs));
  for (const list of [history, day]) t.ok(list.every(({ atMs }, i) => i === 0 || atMs >= (list[i - 1]?.atMs ?? 0)));
  t.ok([...history, ...day].every(({ wire }) => isScoreRequest(wire)));
  t.end();
});

t.test('three campaigns are among ordinary people', (t) => {
  t.strictSame([...new Set(day.map(({ kind }) => kind))].sort(), ['bot', 'genuine', 'spray', 'stuffing']);
  for (const kind of ['spray', 'stuffing'])
    t.ok(
      day.some((attempt) => attempt.kind === kind && attempt.wire.credential?.result === 'success'),
      `${kind} gets in somewhere`,
    );
  t.end();
});

t.test('the page tells what was sent beside what it became, and each drawn case with what it was in truth', (t) => {
  const attack = day.find(({ kind }) => kind === 'stuffing') ?? t.fail('no attack');
  const answer = { attempt: attack, assessmentId: 'a', verdict: 'deny', score: 1, level: 'critical', caseId: 'c1' };
  const campaign = { id: 'g', cases: 3, accounts: 3, tier: 'critical', first_at: '2026-11-22T10:00:00Z', last_at: '2026-11-22T10:30:00Z' };
  const result = {
    people: 60,
    history: history.length,
    answered: [answer],
    cases: [{ id: 'c1', assessment_id: 'a', tier: 'critical', campaign_id: 'g' }],
    campaigns: [{ ...campaign, shared_by: [{ kind: 'address', cases: 3 }] }],
    drawn: [
      {
        id: 'c1',
        verdict: 'deny',
        score: 0.99995,
        tier: 'critical',
        occurred_at: '',
        campaign: null,
        explanations: [
          { source: 'template', body: { headline: 'High risk.', findings: [], reassuring: [], unknown: [], next_checks: [] } },
        ],
        context: { counterfactual: { sentences: ['With a known device it would have been allowed.'] } },
      },
    ],
    model: 'm',
  } as unknown as DayResult;
  const page = dayPage(result);
  t.match(page, '| the stuffing campaign, ');
  t.match(page, '| 3 | 3 | critical | 30 min | address 3 | 1 of the stuffing campaign |');
  t.match(page, 'In truth: the stuffing campaign. Tier critical, score 1.0000.');
  t.match(page, '⇄ With a known device');
  t.end();
});
