"""Rank tables: where a log-odds stands among genuine logins.

Half of the knots are uniform quantiles, half are log-spaced towards the tail, up to the value that 50 logins exceed; above it an
exponential tail (a generalised Pareto with shape zero, so that order is never lost) with the mean excess as its scale. A knot's rank
counts half of its ties, so that an atom of equal scores stands in its own middle.
"""

import numpy as np

KNOTS = 200
TAIL_COUNT = 50


def rank_table(scores: np.ndarray) -> dict:
    scores = np.sort(np.asarray(scores, np.float64))
    n = len(scores)
    assert n >= 2000, "too few genuine logins to calibrate on"
    tail = min(TAIL_COUNT, n // 40)
    uniform = np.linspace(0.001, 0.9, KNOTS)
    spaced = 1 - np.geomspace(0.1, tail / n, KNOTS)
    knots = np.unique(np.quantile(scores, np.concatenate([uniform, spaced]), method="inverted_cdf"))
    below = np.searchsorted(scores, knots, "left")
    upto = np.searchsorted(scores, knots, "right")
    ranks = (below + upto) / (2 * n)
    excess = scores[scores > knots[-1]] - knots[-1]
    scale = float(excess.mean()) if len(excess) > 0 else 0.5
    assert len(knots) >= 2 and (np.diff(knots) > 0).all() and (np.diff(ranks) >= 0).all() and ranks[-1] < 1
    return {"log_odds": knots.tolist(), "ranks": ranks.tolist(), "tail_scale": max(scale, 0.05)}


def rank_of(table: dict, log_odds: np.ndarray) -> np.ndarray:
    knots, ranks = np.array(table["log_odds"]), np.array(table["ranks"])
    inner = np.interp(log_odds, knots, ranks)
    tail = 1 - (1 - ranks[-1]) * np.exp(-np.maximum(0, log_odds - knots[-1]) / table["tail_scale"])
    low = ranks[0] * np.exp(np.minimum(0, log_odds - knots[0]))
    return np.where(log_odds >= knots[-1], tail, np.where(log_odds <= knots[0], low, inner))
