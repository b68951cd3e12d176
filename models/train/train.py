"""Trains the login-risk model on the matrix of `npm run matrix` and writes models/login-risk/<version>/.

    python models/train/train.py --version 2026-11-22 [--ablation]

One tree uses the features of one reason group (disjoint interaction constraints), so the sums per group are exact additive
contributions. Monotone where the schema says so. Deterministic: the same matrix and seed give the same files.
"""

import argparse
import hashlib
import json
import math
from pathlib import Path

import lightgbm as lgb
import numpy as np
import onnxruntime as ort

from calibrate import rank_of, rank_table
from export import Trees, flatten, group_sums, onnx_model, trees_json
from matrix import Matrix, Schema, read_matrix

HERE = Path(__file__).resolve().parent
SEED = 20261122
# Weight of all attacks together against all genuine logins while training: balanced enough for stable splits.
ATTACK_WEIGHT = 0.25
# Share of attempts with a right credential that we assume to be attacks, for the meaning of the log-odds. The score is a rank and
# does not depend on it.
ASSUMED_PREVALENCE = 0.001
TREES_MAX = 360
PARAMS = {
    "objective": "binary",
    "metric": "binary_logloss",
    "learning_rate": 0.1,
    "num_leaves": 14,
    "max_depth": 4,
    "min_data_in_leaf": 120,
    "min_sum_hessian_in_leaf": 4.0,
    "lambda_l2": 4.0,
    "max_bin": 127,
    "monotone_constraints_method": "intermediate",
    "num_threads": 2,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def row_weights(matrix: Matrix) -> np.ndarray:
    """Genuine logins weigh one; each attacker kind weighs as much as each other, whatever its number of rows."""
    kind = matrix.columns["kind"]
    weights = np.ones(len(kind))
    present = [k for k in range(1, len(matrix.kinds)) if (kind == k).any()]
    for k in present:
        weights[kind == k] = ATTACK_WEIGHT * matrix.genuine.sum() / len(present) / (kind == k).sum()
    return weights


def with_gaps(schema: Schema, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Adds half of the rows again with whole groups blanked at random, whatever the label: an unknown value must teach the
    average, not zero, and every feature must have been seen unknown."""
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(x), len(x) // 2, replace=False)
    blanked = x[chosen].copy()
    drop = rng.random((len(chosen), len(schema.groups))) < 0.35
    blanked[drop[:, schema.group_of]] = np.nan
    x = np.concatenate([x, blanked])
    never = np.flatnonzero(~np.isnan(x).any(axis=0))
    assert len(never) == 0, f"never unknown in training: {[schema.features[i] for i in never]}"
    return x, np.concatenate([y, y[chosen]]), np.concatenate([w, w[chosen]])


def constraints(schema: Schema, dropped: set[str]) -> list[list[int]]:
    """One list per group. A feature in no list would silently never be used, one in two would tie two groups together."""
    lists = [schema.columns_of(g) for g, name in enumerate(schema.groups)]
    flat = sorted(i for one in lists for i in one)
    assert flat == list(range(len(schema.features))), "every feature must be in exactly one group"
    # A dropped group keeps its list; its columns are blanked instead.
    return lists


def blank(schema: Schema, x: np.ndarray, dropped: set[str]) -> np.ndarray:
    if not dropped:
        return x
    x = x.copy()
    for g, name in enumerate(schema.groups):
        if name in dropped:
            x[:, schema.columns_of(g)] = np.nan
    return x


def fit(train: Matrix, stop: Matrix, stop_rows: np.ndarray, dropped: set[str] = frozenset(), without_kind: int | None = None) -> lgb.Booster:
    schema = train.schema
    keep = np.ones(len(train.x), bool) if without_kind is None else train.columns["kind"] != without_kind
    stop_keep = stop_rows if without_kind is None else stop_rows & (stop.columns["kind"] != without_kind)
    x, y, w = with_gaps(schema, blank(schema, train.x[keep], dropped), (~train.genuine[keep]).astype(np.int8), row_weights(train)[keep])
    params = {**PARAMS, "interaction_constraints": constraints(schema, dropped), "monotone_constraints": schema.monotone}
    data = lgb.Dataset(x, y, weight=w, feature_name=[f"f{i}" for i in range(len(schema.features))], params=params)
    check = lgb.Dataset(blank(schema, stop.x[stop_keep], dropped), (~stop.genuine[stop_keep]).astype(np.int8), weight=row_weights(stop)[stop_keep], reference=data)
    return lgb.train(params, data, TREES_MAX, valid_sets=[check], callbacks=[lgb.early_stopping(30, verbose=False)])


def tpr_at(scores: np.ndarray, genuine: np.ndarray, attack: np.ndarray, fpr: float) -> float:
    return float((scores[attack] > np.quantile(scores[genuine], 1 - fpr)).mean())


def table_at_1(scores: np.ndarray, test: Matrix) -> dict:
    kind = test.columns["kind"]
    return {name: round(tpr_at(scores, test.genuine, kind == k, 0.01), 4) for k, name in enumerate(test.kinds) if k > 0 and (kind == k).any()}


def served(booster: lgb.Booster, calibration: Matrix, x: np.ndarray) -> np.ndarray:
    """Scores as the service would give them, up to a constant."""
    schema = calibration.schema
    trees = flatten(booster, schema.group_of, len(schema.groups))
    genuine = calibration.x[calibration.genuine]
    centres = observed_means(schema, genuine, group_sums(trees, genuine))
    return contributions(schema, x, group_sums(trees, x), centres).sum(axis=1)


ABLATIONS = {
    "no_lists": ("network.anonymity", "network.blocklist", "network.kind"),
    "no_geography": ("travel.", "network.rarity"),
    "no_device": ("device.",),
    "no_behaviour": ("behaviour.",),
    "no_velocity": ("velocity.",),
    "no_combination": ("combination",),
}


def ablations(train: Matrix, stop: Matrix, stop_rows: np.ndarray, test: Matrix) -> dict:
    """TPR at 1 % FPR on the test split, retrained without some groups, and retrained without one attacker kind, which then is new."""
    result = {"without_groups": {}, "unseen_kind": {}}
    for name, prefixes in ABLATIONS.items():
        dropped = {group for group in test.schema.groups if group.startswith(prefixes)}
        result["without_groups"][name] = table_at_1(served(fit(train, stop, stop_rows, dropped), stop, blank(test.schema, test.x, dropped)), test)
    for k, name in enumerate(test.kinds):
        if k > 0:
            result["unseen_kind"][name] = table_at_1(served(fit(train, stop, stop_rows, without_kind=k), stop, test.x), test)[name]
    return result


def contributions(schema: Schema, x: np.ndarray, sums: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """As the service answers: relative to genuine logins, and exactly nothing from a group of which no feature is known."""
    relative = sums - centres
    for g in range(len(schema.groups)):
        relative[np.isnan(x[:, schema.columns_of(g)]).all(axis=1), g] = 0
    return relative


def observed_means(schema: Schema, x: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Mean of each group over the rows that know something of it."""
    means = np.zeros(len(schema.groups))
    for g in range(len(schema.groups)):
        known = ~np.isnan(x[:, schema.columns_of(g)]).all(axis=1)
        means[g] = sums[known, g].mean() if known.any() else 0.0
    return means


def check_exports(booster: lgb.Booster, trees: Trees, model_bytes: bytes, x: np.ndarray, offset: float) -> None:
    """LightGBM, the plain walk and the ONNX runtime must agree on real rows and on hostile ones."""
    rng = np.random.default_rng(SEED)
    hostile = x[rng.choice(len(x), min(len(x), 20_000), replace=False)].copy()
    thresholds = np.array([t for t, f in zip(trees.threshold, trees.feature) if f >= 0 and np.isfinite(t)], np.float32)
    cells = rng.random(hostile.shape)
    hostile[cells < 0.1] = np.nan
    at = cells > 0.9
    exact = rng.choice(thresholds, at.sum())
    hostile[at] = np.choose(rng.integers(0, 3, at.sum()), [exact, np.nextafter(exact, np.float32(np.inf)), np.nextafter(exact, np.float32(-np.inf))])
    hostile[:5] = np.array([np.nan, 0, 1, -1, 1e30], np.float32)[:, None]
    hostile[np.abs(hostile) <= np.float32(1e-35)] = 0
    # One thread, as the service runs it: several would add up the trees in another order.
    single = ort.SessionOptions()
    single.intra_op_num_threads = 1
    session = ort.InferenceSession(model_bytes, single, providers=["CPUExecutionProvider"])
    walked = group_sums(trees, hostile)
    ran = session.run(None, {"features": hostile})[0]
    assert ran.dtype == np.float64 and np.array_equal(walked, ran), f"ONNX differs from the walk by {np.abs(walked - ran).max()}"
    raw = booster.predict(hostile, raw_score=True)
    difference = np.abs(walked.sum(axis=1) + trees.constant - raw).max()
    assert difference < 1e-9, f"the walk differs from LightGBM by {difference}"
    print(f"exports agree on {len(hostile)} hostile rows; largest difference to LightGBM {difference:.1e}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def golden(schema: Schema, x: np.ndarray, sums: np.ndarray, centres: np.ndarray, base: float, table: dict) -> str:
    lines = []
    for row, contribution in zip(x, contributions(schema, x, sums, centres)):
        log_odds = base + float(contribution.sum())
        lines.append(json.dumps({
            "features": [None if math.isnan(v) else float(v) for v in row],
            "contributions": contribution.tolist(),
            "log_odds": log_odds,
            "score": float(rank_of(table, np.array([log_odds]))[0]),
        }, separators=(",", ":")))
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--matrix", type=Path, default=HERE / "out" / "matrix")
    options.add_argument("--output", type=Path, default=HERE.parent / "login-risk")
    options.add_argument("--version", required=True)
    options.add_argument("--ablation", action="store_true", help="also retrain without groups and without attacker kinds; takes minutes")
    chosen = options.parse_args()

    train, calibration = read_matrix(chosen.matrix / "train"), read_matrix(chosen.matrix / "calibration")
    schema = train.schema
    assert schema.hash == calibration.schema.hash
    # Half of the calibration people decide when to stop; the other half, unseen until then, gives centres and ranks.
    stop_rows = calibration.columns["user"] % 2 == 0
    booster = fit(train, calibration, stop_rows)
    trees = flatten(booster, schema.group_of, len(schema.groups))

    held = ~stop_rows & calibration.genuine
    sums = group_sums(trees, calibration.x[held])
    centres = observed_means(schema, calibration.x[held], sums)
    shift = math.log(ASSUMED_PREVALENCE / (1 - ASSUMED_PREVALENCE)) - math.log(ATTACK_WEIGHT)
    base = float(centres.sum() + trees.constant + shift)
    table = rank_table(base + contributions(schema, calibration.x[held], sums, centres).sum(axis=1))

    model_bytes = onnx_model(trees).SerializeToString(deterministic=True)
    check_exports(booster, trees, model_bytes, train.x, shift)
    folder = chosen.output / chosen.version
    folder.mkdir(parents=True, exist_ok=True)
    golden_rows = np.random.default_rng(1).choice(len(calibration.x), 200, replace=False)
    golden_sums = group_sums(trees, calibration.x[golden_rows])
    files = {
        "model.onnx": model_bytes,
        "trees.json": trees_json(trees).encode(),
        "golden.ndjson": golden(schema, calibration.x[golden_rows], golden_sums, centres, base, table).encode(),
    }
    manifest = {
        "format": 1,
        "name": "login-risk",
        "version": chosen.version,
        "schema_hash": schema.hash,
        "features": schema.features,
        "groups": schema.groups,
        "base_log_odds": base,
        "centres": centres.tolist(),
        "calibration": table,
        "rules_calibration": rank_table(calibration.columns["rules"][held]),
        "input_transform": "float32; |x| <= float32(1e-35) is read as 0; NaN means unknown",
        "output": "float64 [rows, groups]; contribution = output - centre; log-odds = base_log_odds + sum of contributions",
        "assumed_prevalence": ASSUMED_PREVALENCE,
        "training": {
            "data": "simulation (src/tool/simulate); no person's login is in it",
            "rows": {"train": len(train.x), "calibration": len(calibration.x)},
            "genuine": {"train": int(train.genuine.sum()), "calibration": int(calibration.genuine.sum())},
            "matrix_sha256": {"train": train.digest, "calibration": calibration.digest},
            "lightgbm": lgb.__version__,
            "parameters": {key: value for key, value in PARAMS.items()},
            "attack_weight": ATTACK_WEIGHT,
            "trees": len(trees.start),
            "leaves": sum(1 for f in trees.feature if f < 0),
            "best_logloss": booster.best_score["valid_0"]["binary_logloss"],
        },
        "files": {name: sha256(data) for name, data in files.items()},
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (chosen.output.parent / "ACTIVE.json").write_text(json.dumps({"active": f"login-risk/{chosen.version}"}, indent=2) + "\n")
    print(f"{len(trees.start)} trees, {manifest['training']['leaves']} leaves, logloss {booster.best_score['valid_0']['binary_logloss']:.4f}, base {base:.3f}")
    test = read_matrix(chosen.matrix / "test") if (chosen.matrix / "test").exists() else None
    if test is not None:
        print("TPR at 1 % FPR (test):", table_at_1(contributions(schema, test.x, group_sums(trees, test.x), centres).sum(axis=1), test))
        if chosen.ablation:
            (chosen.matrix.parent / "ablation.json").write_text(json.dumps(ablations(train, calibration, stop_rows, test), indent=1) + "\n")


if __name__ == "__main__":
    main()
