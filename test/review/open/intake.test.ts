import fc from 'fast-check';
import t from 'tap';
import { Intake } from '../../../src/review/open/intake.ts';
import { flaggedAs, flaggedLogin, listCourier } from '../../support/flagged.ts';
import { testClock } from '../../support/ports.ts';
import { noonMs } from '../../support/records.ts';

t.test('what nobody acknowledged is handed to the next courier again, in order', (t) => {
  const intake = new Intake({ clock: testClock(noonMs) });
  intake.offer(flaggedLogin('early'));
  const first = listCourier();
  intake.connect(first);
  intake.offer(flaggedLogin('a'));
  intake.offer(flaggedLogin('b'));
  t.same(
    first.carried.map(({ login }) => login.assessment.caseId),
    ['case-early', 'case-a', 'case-b'],
  );
  intake.acknowledge([{ number: (first.carried[1] as { number: number }).number, kind: 'opened', tier: 'high' }]);
  intake.connect(null);
  intake.offer(flaggedLogin('c'));
  const second = listCourier();
  intake.connect(second);
  t.same(
    second.carried.map(({ login }) => login.assessment.caseId),
    ['case-early', 'case-b', 'case-c'],
  );
  t.end();
});

t.test('beyond its bound a login is left to the log, counted, and the time from which to look is kept', (t) => {
  const clock = testClock(noonMs);
  const intake = new Intake({ clock, waitingMax: 4 });
  for (let i = 0; i < 10; i++) {
    intake.offer(flaggedLogin(`n${i}`));
    clock.advance(10);
  }
  t.equal(intake.waiting, 4);
  t.equal(intake.counts.overflowed, 6);
  t.equal(intake.missedSinceMs, noonMs + 40);
  t.equal(intake.roomForOlder, 0);
  t.equal(intake.takeMissed(), noonMs + 40);
  t.equal(intake.missedSinceMs, null);
  t.end();
});

t.test('a flood of logins that can wait leaves room for urgent ones', (t) => {
  const intake = new Intake({ clock: testClock(noonMs), waitingMax: 16 });
  for (let i = 0; i < 20; i++) intake.offer(flaggedAs('low', `low-${i}`));
  t.equal(intake.counts.overflowed, 6);
  intake.offer(flaggedAs('critical', 'a'));
  intake.offer(flaggedAs('high', 'b'));
  t.equal(intake.counts.overflowed, 6);
  t.equal(intake.waiting, 16);
  intake.offer(flaggedAs('critical', 'c'));
  t.equal(intake.counts.overflowed, 7, 'the bound holds for them, too');
  t.end();
});

t.test('an account that is erased has nothing waiting', (t) => {
  const intake = new Intake({ clock: testClock(noonMs) });
  intake.offer(flaggedLogin('a', 'ada'));
  intake.offer(flaggedLogin('b', 'bob'));
  intake.offer({ ...flaggedLogin('c', 'ada'), tenant: 'other' });
  intake.forget('default', 'ada');
  const courier = listCourier();
  intake.connect(courier);
  t.same(
    courier.carried.map(({ login }) => login.assessment.caseId),
    ['case-b', 'case-c'],
  );
  t.end();
});

t.test('what is counted is what was acknowledged of what waits, by tier', (t) => {
  const intake = new Intake({ clock: testClock(noonMs) });
  const courier = listCourier();
  intake.connect(courier);
  for (const name of ['a', 'b', 'c']) intake.offer(flaggedLogin(name));
  const [a, b, c] = courier.carried.map(({ number }) => number) as [number, number, number];
  intake.acknowledge([
    { number: a, kind: 'opened', tier: 'critical' },
    { number: a, kind: 'opened', tier: 'critical' },
    { number: b, kind: 'already', tier: 'low' },
    { number: c, kind: 'impossible', tier: null },
    { number: 999, kind: 'opened', tier: 'low' },
  ]);
  t.same(intake.counts, { opened: [1, 0, 0, 0], already: 1, impossible: 1, overflowed: 0 });
  t.equal(intake.waiting, 0);
  t.end();
});

t.test('at any time, every login that came before the settled time and is not done is one that somebody looks for', (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('offer' as const) }),
    fc.record({ kind: fc.constant('older' as const), backMs: fc.nat(5000) }),
    fc.record({ kind: fc.constant('done' as const), at: fc.nat(20) }),
    fc.record({ kind: fc.constant('missed' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = testClock(noonMs);
      const intake = new Intake({ clock, waitingMax: 5 });
      const courier = listCourier();
      intake.connect(courier);
      const open = new Map<number, number>();
      let missed: number[] = [];
      const note = (sinceMs: number, before: number): void => {
        const last = courier.carried.at(-1);
        if (courier.carried.length > before && last !== undefined) open.set(last.number, sinceMs);
        else missed.push(sinceMs);
      };
      for (const one of steps) {
        clock.advance(7);
        const before = courier.carried.length;
        const nowMs = clock.nowMs();
        if (one.kind === 'offer') {
          intake.offer(flaggedLogin('a'));
          note(nowMs, before);
        } else if (one.kind === 'older') {
          if (intake.roomForOlder > 0) {
            intake.offerOlder(flaggedLogin('a'), nowMs - one.backMs);
            note(nowMs - one.backMs, before);
          }
        } else if (one.kind === 'done') {
          const number = [...open.keys()][one.at % Math.max(1, open.size)];
          if (number !== undefined) {
            intake.acknowledge([{ number, kind: 'opened', tier: 'low' }]);
            open.delete(number);
          }
        } else if (intake.takeMissed() !== null) {
          missed = [];
        }
        const settledMs = intake.settledUntilMs;
        if ([...open.values(), ...missed].some((sinceMs) => sinceMs < settledMs)) return false;
        if (open.size === 0 && missed.length === 0 && settledMs !== clock.nowMs()) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});
