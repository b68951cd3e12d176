"""Boosts one small ensemble per reason group towards a common log-odds, with absence meaning nothing.

The service adds the groups' contributions and counts a group of which nothing is known as exactly zero. The training does the same: a
group's trees are grown only on rows that know something of the group, against the gradient of the common score, in which unknown groups
count zero. Each group is centred so that exp(contribution) averages one over the genuine logins that know something of it: a
contribution is then a weight of evidence, and zero is what no evidence weighs.

Trees therefore use one group's features each by construction. Which group grows next is chosen by the gain of its last tree (lazy
greedy: gains seldom rise), and a tree that does not help people unseen by it is taken back.
"""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from matrix import Schema


def known_rows(schema: Schema, x: np.ndarray) -> list[np.ndarray]:
    """Per group: the rows with at least one known feature of it."""
    return [np.flatnonzero(~np.isnan(x[:, schema.columns_of(g)]).all(axis=1)) for g in range(len(schema.groups))]


def log_mean_exp(values: np.ndarray) -> float:
    if len(values) == 0:
        return 0.0
    top = values.max()
    return float(top + np.log(np.exp(values - top).mean()))


def log_loss(score: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    return float((w * (np.logaddexp(0, score) - y * score)).sum() / w.sum())


@dataclass
class Side:
    """One set of rows with the running score of each."""

    # Per group: its columns of the rows that know something of it.
    x: list[np.ndarray]
    y: np.ndarray
    w: np.ndarray
    known: list[np.ndarray]
    sums: list[np.ndarray]
    score: np.ndarray

    @staticmethod
    def of(schema: Schema, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> "Side":
        known = known_rows(schema, x)
        own = [np.ascontiguousarray(x[rows][:, schema.columns_of(g)]) for g, rows in enumerate(known)]
        return Side(own, y.astype(np.float64), w, known, [np.zeros(len(rows)) for rows in known], np.zeros(len(x)))


@dataclass
class Ensemble:
    """One booster per group that has trees; `centres` and `intercept` complete the score."""

    boosters: dict[int, lgb.Booster]
    centres: np.ndarray
    intercept: float
    loss: float


class Booster:
    def __init__(self, schema: Schema, train: Side, stop: Side, params: dict, genuine: np.ndarray):
        self.schema, self.train, self.stop, self.params = schema, train, stop, params
        self.centres = np.zeros(len(schema.groups))
        self.intercept = 0.0
        self.genuine_known = [genuine[rows] for rows in train.known]
        self.boosters: dict[int, lgb.Booster] = {}
        self.settle_intercept()

    def dataset(self, g: int) -> lgb.Booster:
        columns = self.schema.columns_of(g)
        params = {**self.params, "monotone_constraints": [self.schema.monotone[c] for c in columns]}
        data = lgb.Dataset(self.train.x[g], self.train.y[self.train.known[g]], params=params, free_raw_data=False)
        return lgb.Booster({**params, "objective": "none", "boost_from_average": False}, data)

    def settle_intercept(self) -> None:
        for _ in range(2):
            p = 1 / (1 + np.exp(-self.train.score))
            step = (self.train.w * (self.train.y - p)).sum() / (self.train.w * p * (1 - p)).sum()
            self.intercept += step
            self.train.score += step
            self.stop.score += step

    def add_tree(self, g: int) -> float | None:
        """Grows one tree in the group; returns how much the loss on the stop rows fell, or None when there is nothing to split."""
        booster = self.boosters.get(g) or self.dataset(g)
        rows = self.train.known[g]
        p = 1 / (1 + np.exp(-self.train.score[rows]))
        w = self.train.w[rows]
        gradient, hessian = w * (p - self.train.y[rows]), w * p * (1 - p)
        before = log_loss(self.stop.score, self.stop.y, self.stop.w)
        at = booster.current_iteration()
        finished = booster.update(fobj=lambda _predictions, _data: (gradient, hessian))
        if finished:
            return None
        self.boosters[g] = booster
        old_centre, old_intercept = self.centres[g], self.intercept
        change = [self.predict_tree(booster, side, g, at) for side in (self.train, self.stop)]
        self.apply(g, change, log_mean_exp((self.train.sums[g] + change[0])[self.genuine_known[g]]))
        self.settle_intercept()
        gain = before - log_loss(self.stop.score, self.stop.y, self.stop.w)
        if gain <= 0:
            booster.rollback_one_iter()
            self.apply(g, [-each for each in change], old_centre)
            self.shift(old_intercept - self.intercept)
        return gain

    def predict_tree(self, booster: lgb.Booster, side: Side, g: int, at: int) -> np.ndarray:
        if len(side.known[g]) == 0:
            return np.zeros(0)
        return booster.predict(side.x[g], start_iteration=at, num_iteration=1, raw_score=True)

    def apply(self, g: int, change: list[np.ndarray], centre: float) -> None:
        for side, delta in zip((self.train, self.stop), change):
            side.sums[g] += delta
            side.score[side.known[g]] += delta - (centre - self.centres[g])
        self.centres[g] = centre

    def shift(self, by: float) -> None:
        self.intercept += by
        self.train.score += by
        self.stop.score += by


def boost(schema: Schema, train: Side, stop: Side, genuine: np.ndarray, params: dict, trees_max: int, gain_min: float) -> Ensemble:
    booster = Booster(schema, train, stop, params, genuine)
    # Groups nobody has tried yet come first.
    gains = {g: np.inf for g in range(len(schema.groups)) if len(train.known[g]) > 0}
    trees = 0
    while trees < trees_max and gains:
        g = max(gains, key=gains.get)
        if gains[g] <= gain_min:
            break
        gain = booster.add_tree(g)
        if gain is None or gain <= 0:
            del gains[g]
            continue
        gains[g] = gain
        trees += 1
    kept = {g: each for g, each in booster.boosters.items() if each.current_iteration() > 0}
    return Ensemble(kept, booster.centres, booster.intercept, log_loss(stop.score, stop.y, stop.w))
