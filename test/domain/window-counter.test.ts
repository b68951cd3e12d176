import t from 'tap';
import fc from 'fast-check';
import { addToCounter, countWithin, day, emptyCounter, hour, minute } from '../../src/domain/profile/window-counter.ts';

t.test('events inside one bucket are counted exactly', (t) => {
  const counter = emptyCounter();
  addToCounter(counter, 600_000);
  addToCounter(counter, 600_500);
  t.equal(countWithin(counter, minute, 601_000), 2);
  t.equal(countWithin(counter, day, 601_000), 2);
  t.end();
});

t.test('an event has left every window once two window lengths have passed', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 41 }), (atMs) => {
      const counter = emptyCounter();
      addToCounter(counter, atMs);
      return countWithin(counter, hour, atMs + 2 * 3_600_000) === 0 && countWithin(counter, day, atMs + 2 * 86_400_000) === 0;
    }),
  );
  t.end();
});

t.test('a count is never negative and never above the number of events', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 50 }),
      fc.integer({ min: 0, max: 10_000_000 }),
      (times, atMs) => {
        const counter = emptyCounter();
        for (const time of times) addToCounter(counter, time);
        return ([0, 1, 2, 3] as const).every((window) => {
          const count = countWithin(counter, window, atMs);
          return count >= 0 && count <= times.length;
        });
      },
    ),
  );
  t.end();
});
