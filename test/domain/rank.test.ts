import fc from 'fast-check';
import t from 'tap';
import { type RankTable, rankOf, rankTableProblem } from '../../src/domain/rank.ts';

const table: RankTable = { logOdds: [-8, -4, 0, 2], ranks: [0.1, 0.5, 0.99, 0.999], tailScale: 0.8 };

t.test('a higher log-odds never ranks lower, and no rank reaches one', (t) => {
  const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [low, high] = a < b ? [rankOf(table, a), rankOf(table, b)] : [rankOf(table, b), rankOf(table, a)];
      return low <= high && low >= 0 && high < 1;
    }),
  );
  t.end();
});

t.test('a knot has exactly its rank, and between knots the rank is interpolated', (t) => {
  t.equal(rankOf(table, -4), 0.5);
  t.ok(Math.abs(rankOf(table, -6) - 0.3) < 1e-12);
  t.equal(rankOf(table, 2), 0.999);
  t.end();
});

t.test('far above every calibration login, order is still kept', (t) => {
  t.ok(rankOf(table, 6) > rankOf(table, 5));
  t.ok(rankOf(table, Number.POSITIVE_INFINITY) < 1);
  t.ok(rankOf(table, Number.NEGATIVE_INFINITY) >= 0);
  t.end();
});

t.test('a broken number is never taken for a safe one', (t) => {
  t.ok(rankOf(table, Number.NaN) > 0.999999);
  t.end();
});

t.test('a table that could not rank is refused with what is wrong', (t) => {
  t.equal(rankTableProblem(table), null);
  t.match(rankTableProblem({ logOdds: [1], ranks: [0.1], tailScale: 1 }), /at least two knots/);
  t.match(rankTableProblem({ logOdds: [1, 2], ranks: [0.1, 1], tailScale: 1 }), /outside \[0, 1\)/);
  t.match(rankTableProblem({ logOdds: [1, Number.NaN], ranks: [0.1, 0.2], tailScale: 1 }), /not finite/);
  t.match(rankTableProblem({ logOdds: [1, 1], ranks: [0.1, 0.2], tailScale: 1 }), /does not ascend at knot 1/);
  t.match(rankTableProblem({ logOdds: [1, 2], ranks: [0.3, 0.2], tailScale: 1 }), /does not ascend/);
  t.match(rankTableProblem({ logOdds: [1, 2], ranks: [0.1, 0.2], tailScale: 0 }), /tail scale/);
  t.end();
});
