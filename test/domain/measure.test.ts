import t from 'tap';
import fc from 'fast-check';
import {
  daysBetween,
  logFamiliarity,
  logRatio,
  rounded,
  smoothedShare,
  surprise,
  tallyFamiliarity,
} from '../../src/domain/signal/measure.ts';

const day = 86_400_000;
const count = fc.integer({ min: 0, max: 1_000_000 });

t.test('familiarity grows with use, halves its count in a half-life, and never goes below zero', (t) => {
  t.equal(logFamiliarity(0, 0, 5 * day), 0);
  t.equal(logFamiliarity(3, 100, 100), Math.log(4));
  t.equal(logFamiliarity(3, 200, 100), Math.log(4), 'a clock that runs backwards ages nothing');
  t.ok(Math.abs(logFamiliarity(2, 0, 180 * day) - Math.log(2)) < 1e-12);
  fc.assert(
    fc.property(count, fc.nat(10_000), fc.nat(10_000), (n, early, later) => {
      const young = logFamiliarity(n, 0, Math.min(early, later) * day);
      const old = logFamiliarity(n, 0, Math.max(early, later) * day);
      return old >= 0 && young >= old && logFamiliarity(n + 1, 0, early * day) >= logFamiliarity(n, 0, early * day);
    }),
  );
  t.end();
});

t.test('a value that the attempt lacks has no familiarity, one never seen has zero', (t) => {
  const tallies = [{ value: 'a', count: 1, lastMs: 0 }];
  t.ok(Number.isNaN(tallyFamiliarity(tallies, null, 0)));
  t.equal(tallyFamiliarity(tallies, 'b', 0), 0);
  t.equal(tallyFamiliarity(undefined, 'a', 0), 0);
  t.equal(tallyFamiliarity(tallies, 'a', 0), Math.log(2));
  t.end();
});

t.test('a share lies strictly between zero and one, even when a store counts more of a value than of everything', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 1000 }), fc.integer({ min: -5, max: 1000 }), (n, total) => {
      const share = smoothedShare(n, total);
      return share > 0 && share < 1;
    }),
  );
  t.equal(smoothedShare(0, 0), 0.5);
  t.end();
});

t.test('surprise falls with every sighting of the value and grows with every sighting of another', (t) => {
  t.ok(Number.isNaN(surprise(0, 0)));
  fc.assert(
    fc.property(count, count, (n, others) => {
      const total = n + others + 1;
      return surprise(n + 1, total + 1) < surprise(n, total) && surprise(n, total + 1) > surprise(n, total) && surprise(n, total) > 0;
    }),
  );
  t.end();
});

t.test('the log-ratio is zero without logins, falls with own use, and is bounded by the length of the history', (t) => {
  t.ok(Number.isNaN(logRatio(1, 1, 0, 0)));
  t.ok(Math.abs(logRatio(0, 0, 3, 10)) < 1e-12);
  t.ok(Math.abs(logRatio(0, 12, 3, 10) - Math.log(4)) < 1e-12, 'unseen after twelve logins: four times less likely than for everybody');
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), count, count, (own, ownOthers, n, others) => {
      const total = n + others + 1;
      const ratio = logRatio(own, own + ownOthers, n, total);
      return ratio <= Math.log((own + ownOthers + 4) / 4) + 1e-9 && logRatio(own + 1, own + 1 + ownOthers, n, total) < ratio + 1e-12;
    }),
  );
  t.ok(logRatio(9, 3, 1, 10) < 0, 'a store that counts more of a value than of everything does no harm');
  t.ok(Number.isFinite(logRatio(-3, 3, 1, 10)));
  t.end();
});

t.test('evidence is rounded to what a reader can use', (t) => {
  t.equal(rounded(8912.4), 8910);
  t.equal(rounded(0.123456), 0.123);
  t.equal(rounded(Number.NaN), null);
  t.equal(rounded(Number.POSITIVE_INFINITY), null);
  t.equal(daysBetween(0, 1.26 * day), 1.3);
  t.equal(daysBetween(0, 40.4 * day), 40);
  t.equal(daysBetween(5, 0), 0);
  t.end();
});

t.test('rounding keeps three significant digits at any size', (t) => {
  const exponent = fc.integer({ min: -40, max: 40 });
  fc.assert(
    fc.property(fc.integer({ min: -999_999, max: 999_999 }), exponent, (digits, power) => {
      const value = digits * 10 ** power;
      const result = rounded(value) as number;
      return Number(result.toPrecision(3)) === result && Math.abs(result - value) <= 0.0050001 * Math.abs(value);
    }),
  );
  t.equal(rounded(0), 0);
  t.equal(rounded(0.9995), 1);
  t.equal(rounded(-123_456), -123_000);
  t.equal(rounded(Number.MIN_VALUE), Number.MIN_VALUE);
  t.end();
});
