import t from 'tap';
import type { Assessment, Level, Verdict } from '../../src/domain/assessment.ts';
import { caseAgeMsMax, type FlaggedLogin } from '../../src/domain/case/flagged.ts';
import type { AssessPorts } from '../../src/assess/assess.ts';
import { assessWorld, homeFacts, requestOf } from '../support/assess-world.ts';
import { attemptWith } from '../support/facts.ts';

function flaggingWorld(verdict: Verdict, level: Level, overrides: Partial<AssessPorts> = {}) {
  const offered: FlaggedLogin[] = [];
  const world = assessWorld({
    flagged: { offer: (login) => void offered.push(login) },
    policy: { current: () => ({ revision: '1-test', decide: () => ({ verdict, level, policyRule: null }) }) },
    ...overrides,
  });
  return { ...world, offered };
}

/** Of now, as the world's clock says. */
function nowAttempt(world: ReturnType<typeof flaggingWorld>, backMs = 0) {
  const device = { userAgent: 'Mozilla/5.0 <b>', acceptLanguage: 'de-DE,de;q=0.9' };
  return attemptWith({ occurredAtMs: world.clock.nowMs() - backMs, device });
}

async function assessed(world: ReturnType<typeof flaggingWorld>, request = requestOf(nowAttempt(world))): Promise<Assessment> {
  const result = await world.assess(request);
  if (result.kind === 'conflict') throw new Error('unexpected conflict');
  return result.assessment;
}

t.test('a flagged login is named by its case in the answer and in the log, and offered once with what was sent', async (t) => {
  const world = flaggingWorld('challenge', 'high');
  const assessment = await assessed(world);
  t.type(assessment.caseId, 'string');
  t.equal(world.ports.assessments.byId('default', assessment.assessmentId)?.assessment.caseId, assessment.caseId);
  t.equal(world.offered.length, 1);
  t.match(world.offered[0], {
    tenant: 'default',
    assessment: { assessmentId: assessment.assessmentId, caseId: assessment.caseId },
    sent: { userAgent: 'Mozilla/5.0 <b>', acceptLanguage: 'de-DE,de;q=0.9', organisation: 'Deutsche Telekom AG' },
  });
  t.equal((await assessed(world)).caseId, assessment.caseId, 'sent again it is the same case');
  t.equal(world.offered.length, 1, 'and is not offered again');
});

t.test('the log has a flagged login before it is offered, so that no crash between the two loses its case', async (t) => {
  const stored: boolean[] = [];
  const world = flaggingWorld('deny', 'critical', {
    flagged: {
      offer: ({ assessment }) => void stored.push(world.ports.assessments.byId('default', assessment.assessmentId) !== null),
    },
  });
  await assessed(world);
  t.same(stored, [true]);
});

t.test('a login that is not flagged has no case and is offered to nobody', async (t) => {
  const world = flaggingWorld('allow', 'medium');
  t.equal((await assessed(world)).caseId, null);
  t.equal(world.offered.length, 0);
});

t.test('what the rules flag while the model is out is a case too', async (t) => {
  const { scorer } = assessWorld().ports;
  const world = flaggingWorld('challenge', 'medium', { scorer: { ...scorer, score: async () => null } });
  const assessment = await assessed(world);
  t.equal(assessment.decidedBy, 'rules');
  t.equal(world.offered[0]?.assessment.caseId, assessment.caseId);
});

t.test('a login of long ago, as in loaded history, opens no case', async (t) => {
  const world = flaggingWorld('deny', 'critical');
  t.equal((await assessed(world, requestOf(nowAttempt(world, caseAgeMsMax + 1)))).caseId, null);
  t.equal(world.offered.length, 0);
});

t.test('where no cases are kept, none is named', async (t) => {
  const world = flaggingWorld('deny', 'critical', { flagged: null });
  t.equal((await assessed(world)).caseId, null);
});

t.test('an address of nobody known has no organisation to show', async (t) => {
  const world = flaggingWorld('deny', 'high', { ip: { lookup: () => ({ ...homeFacts, asn: null }), sources: () => [] } });
  await assessed(world);
  t.equal(world.offered[0]?.sent?.organisation, null);
});
