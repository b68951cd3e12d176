import { deepStrictEqual, equal } from 'node:assert/strict';
import t from 'tap';
import fc from 'fast-check';
import type { Label } from '../../../src/domain/assessment.ts';
import { recordLabel } from '../../../src/learn/record-outcome.ts';
import type { CasePorts } from '../../../src/review/cases/ports.ts';
import { type CaseChange, reopenCase, resolveCase, settleRecent } from '../../../src/review/cases/resolve.ts';
import { type CaseWorld, caseWorld } from '../../support/case-world.ts';

const order = (label: Label, by = 'ada') => ({ tenant: 'default', caseId: 'case-a', label, comment: 'called the user', by });
const reopening = (by = 'ada') => ({ tenant: 'default', caseId: 'case-a', by });

async function worldWithCase(): Promise<CaseWorld> {
  const world = caseWorld();
  await world.open('a');
  return world;
}

function learningOf(change: CaseChange): unknown {
  return change.kind === 'done' ? { changed: change.changed, learning: change.learning } : change.kind;
}

/** The case says, the assessment is labelled, and the profile knows, one and the same. */
async function isInLine({ ports, record, goodLogins }: CaseWorld): Promise<void> {
  const label = (await ports.store.get('default', 'case-a'))?.resolution?.label ?? null;
  equal(record('a')?.label ?? null, label);
  equal(goodLogins('account-a'), label === 'genuine' ? 1 : 0);
}

t.test('resolving teaches the account at once, and saying it again changes nothing', async (t) => {
  const world = await worldWithCase();
  t.same(learningOf(await resolveCase(order('genuine'), world.ports)), { changed: true, learning: 'taught' });
  t.equal(world.goodLogins('account-a'), 1);
  t.equal(world.record('a')?.label, 'genuine');
  const before = await world.ports.store.readAudit('default', { limit: 200 });
  t.same(learningOf(await resolveCase(order('genuine', 'bob'), world.ports)), { changed: false, learning: 'already' });
  t.strictSame(await world.ports.store.readAudit('default', { limit: 200 }), before);
  t.equal(world.goodLogins('account-a'), 1);
});

t.test('reopening undoes what the label taught, and doing it again changes nothing', async (t) => {
  const world = await worldWithCase();
  t.same(learningOf(await reopenCase(reopening(), world.ports)), { changed: false, learning: 'already' }, 'nothing was said yet');
  await resolveCase(order('genuine'), world.ports);
  t.same(learningOf(await reopenCase(reopening(), world.ports)), { changed: true, learning: 'withdrawn' });
  t.equal(world.goodLogins('account-a'), 0);
  t.equal(world.record('a')?.label, null);
  t.same(learningOf(await reopenCase(reopening(), world.ports)), { changed: false, learning: 'already' });
  t.same(learningOf(await resolveCase(order('takeover'), world.ports)), { changed: true, learning: 'taught' });
  t.equal(world.record('a')?.label, 'takeover');
});

t.test('who says otherwise is told who said what, and nothing changes', async (t) => {
  const world = await worldWithCase();
  await resolveCase(order('genuine'), world.ports);
  t.match(await resolveCase(order('takeover', 'bob'), world.ports), {
    kind: 'contradiction',
    standing: { label: 'genuine', by: 'ada', comment: 'called the user' },
  });
  t.equal(world.record('a')?.label, 'genuine');
  t.same(await resolveCase({ ...order('genuine'), caseId: 'none' }, world.ports), { kind: 'unknown_case' });
  t.same(await resolveCase({ ...order('genuine'), tenant: 'other' }, world.ports), { kind: 'unknown_case' });
  t.same(await reopenCase({ ...reopening(), tenant: 'other' }, world.ports), { kind: 'unknown_case' });
});

t.test('a case whose assessment is no longer kept can still be resolved and reopened', async (t) => {
  const world = await worldWithCase();
  await world.learning.assessments.eraseAccount('default', 'account-a');
  t.same(learningOf(await resolveCase(order('genuine'), world.ports)), { changed: true, learning: 'forgotten' });
  t.same(learningOf(await reopenCase(reopening(), world.ports)), { changed: true, learning: 'forgotten' });
});

t.test('a label that came from elsewhere since then stands, whoever repeats or reopens, and through a restart', async (t) => {
  const world = await worldWithCase();
  await resolveCase(order('genuine'), world.ports);
  recordLabel({ tenant: 'default', assessmentId: 'assessment-a', label: 'takeover' }, world.learning);
  await resolveCase(order('genuine'), world.ports);
  t.equal(await settleRecent('default', 0, world.ports), 0);
  t.equal(world.record('a')?.label, 'takeover');
  t.same(learningOf(await reopenCase(reopening(), world.ports)), { changed: true, learning: 'relabelled' });
  t.equal(world.record('a')?.label, 'takeover');
});

/** Ports whose `last`-th call is made (or, `lost`, not made) and never answered; everything after it fails too, as after a kill. */
function dyingAfter(ports: CasePorts, last: number, lost: boolean): { ports: CasePorts; calls: () => number } {
  let calls = 0;
  const dying =
    <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      if (++calls > last || (calls === last && lost)) throw new Error('killed');
      const answer = await call(...args);
      if (calls === last) throw new Error('killed');
      return answer;
    };
  const { store, teaching } = ports;
  return {
    calls: () => calls,
    ports: {
      ...ports,
      store: {
        ...store,
        resolve: dying(store.resolve),
        reopen: dying(store.reopen),
        get: dying((tenant: string, id: string) => store.get(tenant, id)),
        audit: dying(store.audit),
        readAudit: dying(store.readAudit),
      } as CasePorts['store'],
      teaching: { teach: dying(teaching.teach), withdraw: dying(teaching.withdraw) },
    },
  };
}

const courses = {
  resolving: (ports: CasePorts) => resolveCase(order('genuine'), ports),
  reopening: (ports: CasePorts) => reopenCase(reopening(), ports),
};

for (const [name, course] of Object.entries(courses))
  t.test(`${name} that was cut off at any step is completed by repeating it, and by the next start`, async (t) => {
    const made = async (): Promise<CaseWorld> => {
      const world = await worldWithCase();
      if (name === 'reopening') await resolveCase(order('genuine'), world.ports);
      return world;
    };
    const whole = dyingAfter((await made()).ports, Number.POSITIVE_INFINITY, false);
    await course(whole.ports);
    t.equal(whole.calls(), 4);
    for (let step = 1; step <= whole.calls(); step++)
      for (const lost of [true, false])
        for (const end of ['repeat', 'restart']) {
          const world = await made();
          await t.rejects(course(dyingAfter(world.ports, step, lost).ports), /killed/);
          if (end === 'repeat') await course(world.ports);
          else t.equal(await settleRecent('default', 0, world.ports), step === 1 && lost ? 0 : step === 4 && !lost ? 0 : 1);
          await isInLine(world);
          const { state } = (await world.ports.store.get('default', 'case-a')) ?? {};
          const unchanged = step === 1 && lost && end === 'restart';
          t.equal(state === 'resolved', (name === 'resolving') !== unchanged, `${name} ${step} ${lost} ${end}`);
        }
  });

t.test('a start looks back only as far as it is told to, and at the last word on each case', async (t) => {
  const world = await worldWithCase();
  await t.rejects(resolveCase(order('genuine'), dyingAfter(world.ports, 1, false).ports));
  t.equal(await settleRecent('default', world.clock.nowMs() + 1, world.ports), 0);
  t.equal(world.record('a')?.label, null);
  t.equal(await settleRecent('other', 0, world.ports), 0);
  for (let n = 0; n < 450; n++)
    await world.ports.store.audit({
      atMs: world.clock.nowMs(),
      tenant: 'default',
      actor: 'ada',
      action: 'case_viewed',
      subject: 'case-a',
      detail: {},
    });
  t.equal(await settleRecent('default', 0, world.ports), 1);
  t.equal(world.record('a')?.label, 'genuine');
});

t.test('however the steps of several analysts and processes fall between each other, case and profile end in line', async () => {
  const acts = fc.array(
    fc.oneof(
      fc.constantFrom<Label>('genuine', 'takeover').map((label) => (ports: CasePorts) => resolveCase(order(label, label), ports)),
      fc.constant((ports: CasePorts) => reopenCase(reopening(), ports)),
    ),
    { minLength: 2, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), acts, async (scheduler, orders) => {
      const world = await worldWithCase();
      const { store, teaching } = world.ports;
      // Each call takes effect at a moment of the scheduler's choosing, and its answer comes at another.
      const late = <Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => {
        const scheduled = scheduler.scheduleFunction(call);
        return async (...args: Args): Promise<Answer> => {
          const answer = await scheduled(...args);
          await scheduler.schedule(Promise.resolve());
          return answer;
        };
      };
      const slow: CasePorts = {
        ...world.ports,
        store: {
          resolve: late(store.resolve),
          reopen: late(store.reopen),
          get: late((tenant: string, id: string) => store.get(tenant, id)),
          audit: store.audit,
          readAudit: late(store.readAudit),
        } as unknown as CasePorts['store'],
        teaching: { teach: late(teaching.teach), withdraw: late(teaching.withdraw) },
      };
      const answers = Promise.all(orders.map(async (act) => act(slow)));
      await scheduler.waitFor(answers);
      await isInLine(world);
      deepStrictEqual((await world.ports.store.verifyAudit()).intact, true);
    }),
    { numRuns: 100 },
  );
});
