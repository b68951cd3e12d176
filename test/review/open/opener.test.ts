import fc from 'fast-check';
import t from 'tap';
import { openMemoryCases } from '../../../src/adapters/memory/cases.ts';
import { StorageFailure } from '../../../src/domain/case/failure.ts';
import { explainWithinMs } from '../../../src/domain/case/tier.ts';
import type { Opening } from '../../../src/ports/case/case-store.ts';
import type { LoginDone } from '../../../src/ports/case/flagged-logins.ts';
import { tellerOf } from '../../../src/review/open/teller.ts';
import { openingOf } from '../../../src/review/open/opening.ts';
import { Opener, type OpenerOptions } from '../../../src/review/open/opener.ts';
import { flaggedAs, flaggedLogin, settled } from '../../support/flagged.ts';
import { testClock, testRandom } from '../../support/ports.ts';
import { type ExplanationBody, templateBody, writeBody } from '../../../src/review/explain/told/body.ts';
import { english, tierPlan } from '../../support/explaining.ts';
import { noonMs } from '../../support/records.ts';

const bodyOn = (headline: string): ExplanationBody => ({ ...templateBody(flaggedLogin('any'), english), headline });

/** An opener over a real store in memory, whose `open` a test may make fail. */
function openerWorld(options: Partial<OpenerOptions> = {}) {
  const clock = testClock(noonMs);
  const cases = openMemoryCases({ clock, random: testRandom() });
  const done: LoginDone[] = [];
  const problems: string[] = [];
  const batches: number[] = [];
  const world = { clock, cases, done, problems, batches, refuse: (_openings: readonly Opening[]): StorageFailure | null => null };
  const reallyOpen = cases.store.open.bind(cases.store);
  const store = Object.assign(cases.store, {
    open(openings: readonly Opening[]) {
      batches.push(openings.length);
      const failure = world.refuse(openings);
      return failure === null ? reallyOpen(openings) : Promise.reject(failure);
    },
  });
  const opener = new Opener({
    store,
    clock,
    assessedAtMs: () => noonMs,
    templateBody: ({ assessment }) => bodyOn(assessment.assessmentId),
    tellerOf: () => 'template',
    onOpened: () => undefined,
    onUnexplained: (error) => void problems.push(String(error)),
    onDone: (ended) => void done.push(...ended),
    onProblem: (sentence) => void problems.push(sentence),
    ...options,
  });
  return Object.assign(world, { opener });
}

const numbered = (names: readonly string[]) => names.map((name, i) => ({ number: i + 1, login: flaggedLogin(name) }));

t.test('a login opens as a case with its explanation and the beginning of what is told, in one piece', async (t) => {
  const { opener, cases, done } = openerWorld();
  opener.take(numbered(['a']));
  await settled();
  t.same(done, [{ number: 1, kind: 'opened', tier: 'high' }]);
  t.match(await cases.store.get('default', 'case-a'), { tier: 'high', shown: { userAgent: 'curl/8.5.0' }, assessmentId: 'assessment-a' });
  const [explanation] = await cases.store.explanations('default', 'case-a');
  t.match(explanation, { source: 'template', final: true, body: writeBody(bodyOn('assessment-a')) });
  t.match(await cases.log.after('default', 'case-a', 0, 9), [
    { kind: 'template', body: writeBody(bodyOn('assessment-a')) },
    { kind: 'done', body: /"origin":"template"/ },
  ]);
  t.same(await cases.queue.claim({ tiers: ['high'], limit: 9, leaseMs: 1000 }), [], 'no model, no job');
});

t.test(
  'the most urgent are opened first, in the order of arrival within a tier, and a store that fails does not change that',
  async (t) => {
    const world = openerWorld();
    world.refuse = () => (world.batches.length === 1 ? new StorageFailure('busy', 'Not now.') : null);
    const levels = [...Array<'low'>(40).fill('low'), 'critical', 'medium', 'high', 'critical'] as const;
    world.opener.take(levels.map((level, i) => ({ number: i, login: flaggedAs(level, `n${i}`) })));
    await settled();
    world.clock.advance(1000);
    await settled();
    t.same(
      world.done.map(({ number }) => number),
      [40, 43, 42, 41, ...Array(40).keys()],
    );
  },
);

t.test('where a model is to explain a case, the template is not the last word and a job with the deadline of the tier waits', (t) => {
  const parts = {
    assessedAtMs: () => noonMs,
    templateBody: () => bodyOn('a'),
    tellerOf: () => 'model' as const,
    onUnexplained: () => undefined,
  };
  const opening = openingOf(flaggedLogin('a'), noonMs, parts);
  t.match(opening, {
    explanation: { final: false },
    job: { tier: 'high', subject: 'case-a', deadlineMs: noonMs + explainWithinMs.high },
    tellings: [{ kind: 'template' }],
  });
  t.equal(opening?.tellings?.length, 1);
  t.end();
});

t.test('of a sampled tier so many cases are for a model, always the same ones; a tier without a plan is for the template', (t) => {
  const plan = { tiers: { low: tierPlan(['m'], { sampleOneIn: 5 }), high: tierPlan(['m']) } };
  const random = testRandom(5);
  const ids = Array.from({ length: 5000 }, () => `${random.uniform()}`);
  const tellers = ids.map((id) => tellerOf(plan, 'low', id));
  const asked = tellers.filter((teller) => teller === 'model').length;
  // Five standard deviations of a binomial of one fifth.
  t.ok(Math.abs(asked - 1000) < 142, `${asked}`);
  t.equal(asked + tellers.filter((teller) => teller === 'sampled_out').length, 5000);
  t.strictSame(
    ids.map((id) => tellerOf(plan, 'low', id)),
    tellers,
  );
  t.ok(ids.every((id) => tellerOf(plan, 'high', id) === 'model' && tellerOf(plan, 'medium', id) === 'template'));
  t.end();
});

t.test('a login of an account that was erased since, by whatever process, is no case and waits no more', async (t) => {
  const { opener, done, cases } = openerWorld();
  const { store } = cases;
  const { account } = flaggedLogin('a').visit;
  await store.eraseAccount('default', account, 'admin', noonMs + 1);
  opener.take(numbered(['a']));
  await settled();
  t.match(done, [{ kind: 'impossible' }]);
  t.equal(await store.get('default', 'case-a'), null);
});

t.test('the same login twice is one case, and both are done', async (t) => {
  const { opener, done } = openerWorld();
  opener.take([...numbered(['a']), { number: 2, login: { ...flaggedLogin('a'), sent: null } }]);
  await settled();
  t.same(
    done.map(({ kind }) => kind),
    ['opened', 'already'],
  );
});

t.test('many are opened in few transactions', async (t) => {
  const { opener, done, batches } = openerWorld();
  opener.take(numbered(Array.from({ length: 100 }, (_, i) => `n${i}`)));
  await settled();
  t.equal(done.length, 100);
  t.same(batches, [32, 32, 32, 4]);
});

t.test('a case opens without its explanation where the template fails, and that is said', async (t) => {
  const world = openerWorld({
    templateBody: () => {
      throw new Error('no words');
    },
  });
  world.opener.take(numbered(['a']));
  await settled();
  t.equal(world.done[0]?.kind, 'opened');
  t.same(world.problems, ['Error: no words']);
  t.same(await world.cases.store.explanations('default', 'case-a'), []);
});

t.test('a record that names no case is let go', async (t) => {
  const { opener, done } = openerWorld();
  const login = flaggedLogin('a');
  opener.take([{ number: 7, login: { ...login, assessment: { ...login.assessment, caseId: null } } }]);
  await settled();
  t.same(done, [{ number: 7, kind: 'impossible', tier: null }]);
});

t.test('while the store cannot, logins wait and are tried again, less and less often', async (t) => {
  const world = openerWorld();
  world.refuse = () => new StorageFailure('full', 'The disk is full.');
  world.opener.take(numbered(['a', 'b']));
  await settled();
  for (let i = 0; i < 8; i++) {
    world.clock.advance(250 * 2 ** i);
    await settled();
  }
  t.equal(world.batches.length, 9);
  t.same(world.done, []);
  t.equal(world.opener.waiting, 2);
  world.refuse = () => null;
  world.clock.advance(30_000);
  await settled();
  t.equal(world.done.length, 2);
  t.same(world.problems, [], 'the store has said it');
});

t.test('one that the store refuses for good is left out and said, and takes no other with it', async (t) => {
  const world = openerWorld();
  world.refuse = (openings) => (openings.some(({ made }) => made.id === 'case-b') ? new StorageFailure('failed', 'Not that one.') : null);
  world.opener.take(numbered(['a', 'b', 'c']));
  await settled();
  t.same(
    world.done.map(({ number, kind }) => [number, kind]),
    [
      [1, 'opened'],
      [2, 'impossible'],
      [3, 'opened'],
    ],
  );
  t.equal(world.problems.length, 1);
});

t.test('what waits of an erased account is forgotten, also while it is being stored', async (t) => {
  const world = openerWorld();
  world.refuse = () => new StorageFailure('busy', 'Held by another.');
  world.opener.take([
    { number: 1, login: flaggedLogin('a', 'ada') },
    { number: 2, login: flaggedLogin('b', 'bob') },
  ]);
  await Promise.resolve();
  await Promise.resolve();
  await world.opener.forget('default', 'ada');
  world.refuse = () => null;
  await settled();
  world.clock.advance(1000);
  await settled();
  t.equal(await world.cases.store.get('default', 'case-a'), null);
  t.ok(await world.cases.store.get('default', 'case-b'));
});

t.test('stopping ends at once between tries and leaves the rest', async (t) => {
  const world = openerWorld();
  world.refuse = () => new StorageFailure('busy', 'Held by another.');
  world.opener.take(numbered(['a']));
  await settled();
  await world.opener.stop();
  t.equal(world.opener.waiting, 1);
});

t.test('whatever fails in between, every login ends exactly once and every case stands', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('ok', 'busy', 'full', 'failed'), { maxLength: 12 }), async (course) => {
      const world = openerWorld();
      const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
      let step = 0;
      world.refuse = (openings) => {
        const trouble = course[step++] ?? 'ok';
        // "failed" is about what was sent; of one alone it would be for good.
        if (trouble === 'ok' || (trouble === 'failed' && openings.length === 1)) return null;
        return new StorageFailure(trouble as 'busy', 'Not now.');
      };
      world.opener.take(numbered(names));
      for (let i = 0; i < 14; i++) {
        await settled(4);
        world.clock.advance(30_000);
      }
      await settled();
      const ended = world.done.map(({ number }) => number).sort((a, b) => a - b);
      t.strictSame(
        ended,
        names.map((_, i) => i + 1),
      );
      for (const name of names) if ((await world.cases.store.get('default', `case-${name}`)) === null) return false;
      return true;
    }),
    { numRuns: 25 },
  );
});
