"""Trains the login-risk model on the matrix of `npm run matrix` and writes models/login-risk/<version>/.

    python models/train/train.py --version 2026-11-22 [--ablation groups|all]

One tree uses the features of one reason group, so the sums per group are exact additive contributions (boost.py). Monotone where the schema says so. Deterministic: the same matrix and seed give the same files.
"""

import argparse
import hashlib
import json
import math
import os
from pathlib import Path

import lightgbm as lgb
import numpy as np

# Before onnxruntime is loaded, which else reports to its makers.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort  # noqa: E402

from boost import Ensemble, Side, boost
from calibrate import rank_of, rank_table
from export import Trees, flatten, group_sums, onnx_model, trees_json
from matrix import Matrix, Schema, read_matrix

HERE = Path(__file__).resolve().parent
SEED = 20261122
# The group of "right after many wrong ones", 0 by definition while the credential is wrong.
BURST = "velocity.burst"
# Weight of all attacks together against all genuine logins while training: balanced enough for stable splits.
ATTACK_WEIGHT = 0.25
# Share of attempts with a right credential that we assume to be attacks, for the meaning of the log-odds. The score is a rank and
# does not depend on it.
ASSUMED_PREVALENCE = 0.001
TREES_MAX = 300
# A tree must lower the loss on unseen people by this much (nats per weighted row) to be worth its microsecond.
GAIN_MIN = 2e-6
PARAMS = {
    "learning_rate": 0.25,
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
    average, not zero, and every feature must have been seen unknown. These are shown as they would have looked with a wrong credential,
    which is scored too: a failed try differs from a right one in the burst group alone, whose numbers are then 0."""
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(x), len(x) // 2, replace=False)
    blanked = x[chosen].copy()
    blanked[:, schema.columns_of(schema.groups.index(BURST))] = 0
    drop = rng.random((len(chosen), len(schema.groups))) < 0.35
    blanked[drop[:, schema.group_of]] = np.nan
    # Single unknown numbers inside a known group, too.
    blanked[rng.random(blanked.shape) < 0.03] = np.nan
    x = np.concatenate([x, blanked])
    never = np.flatnonzero(~np.isnan(x).any(axis=0))
    assert len(never) == 0, f"never unknown in training: {[schema.features[i] for i in never]}"
    return x, np.concatenate([y, y[chosen]]), np.concatenate([w, w[chosen]])


def blank(schema: Schema, x: np.ndarray, dropped: set[str]) -> np.ndarray:
    if not dropped:
        return x
    x = x.copy()
    for g, name in enumerate(schema.groups):
        if name in dropped:
            x[:, schema.columns_of(g)] = np.nan
    return x


def fit(
    train: Matrix, stop: Matrix, stop_rows: np.ndarray, dropped: set[str] = frozenset(), without_kind: int | None = None, trees_max: int = TREES_MAX
) -> Ensemble:
    schema = train.schema
    flat = sorted(i for g in range(len(schema.groups)) for i in schema.columns_of(g))
    assert flat == list(range(len(schema.features))), "every feature must be in exactly one group"
    keep = np.ones(len(train.x), bool) if without_kind is None else train.columns["kind"] != without_kind
    stop_keep = stop_rows if without_kind is None else stop_rows & (stop.columns["kind"] != without_kind)
    x, y, w = with_gaps(schema, blank(schema, train.x[keep], dropped), (~train.genuine[keep]).astype(np.int8), row_weights(train)[keep])
    stop_y = (~stop.genuine[stop_keep]).astype(np.int8)
    sides = Side.of(schema, x, y, w), Side.of(schema, blank(schema, stop.x[stop_keep], dropped), stop_y, row_weights(stop)[stop_keep])
    return boost(schema, *sides, y == 0, PARAMS, trees_max, GAIN_MIN)


def tpr_at(scores: np.ndarray, genuine: np.ndarray, attack: np.ndarray, fpr: float) -> float:
    return float((scores[attack] > np.quantile(scores[genuine], 1 - fpr)).mean())


def table_at_1(scores: np.ndarray, test: Matrix) -> dict:
    kind = test.columns["kind"]
    return {name: round(tpr_at(scores, test.genuine, kind == k, 0.01), 4) for k, name in enumerate(test.kinds) if k > 0 and (kind == k).any()}


def served(ensemble: Ensemble, schema: Schema, x: np.ndarray) -> np.ndarray:
    """Scores as the service would give them, up to a constant."""
    return contributions(schema, x, group_sums(flatten(ensemble.boosters, schema), x), ensemble.centres).sum(axis=1)


ABLATION_TREES = 120
ABLATIONS = {
    "no_lists": ("network.anonymity", "network.blocklist", "network.kind"),
    "no_geography": ("travel.", "network.rarity"),
    "no_device": ("device.",),
    "no_behaviour": ("behaviour.",),
    "no_velocity": ("velocity.",),
    "no_combination": ("combination",),
}


def ablations(train: Matrix, stop: Matrix, stop_rows: np.ndarray, test: Matrix, kinds: bool) -> dict:
    """TPR at 1 % FPR on the test split, retrained without some groups, and with `kinds` retrained without one attacker kind, which then is
    new.

    Seven trainings, and one more for each kind: on an eighth of the people and with fewer trees than the model that ships, so that it
    takes minutes; the first line, retrained with everything, is what the others compare with."""
    few = train.columns["user"] % 8 == 0
    stop_rows = stop_rows & (stop.columns["user"] % 8 == 0)
    thin = Matrix(train.schema, train.x[few], {name: column[few] for name, column in train.columns.items()}, train.kinds, train.digest)
    result = {"without_groups": {}, "unseen_kind": {}}
    for name, prefixes in {"no_nothing": (), **ABLATIONS}.items():
        dropped = {group for group in test.schema.groups if group.startswith(prefixes)} if prefixes else set()
        ensemble = fit(thin, stop, stop_rows, dropped, trees_max=ABLATION_TREES)
        result["without_groups"][name] = table_at_1(served(ensemble, test.schema, blank(test.schema, test.x, dropped)), test)
        print(name, result["without_groups"][name], flush=True)
    for k, name in enumerate(test.kinds):
        if k > 0 and kinds:
            ensemble = fit(thin, stop, stop_rows, without_kind=k, trees_max=ABLATION_TREES)
            result["unseen_kind"][name] = table_at_1(served(ensemble, test.schema, test.x), test)[name]
    return result


def contributions(schema: Schema, x: np.ndarray, sums: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """As the service answers: relative to the centres, and exactly nothing from a group of which no feature is known."""
    relative = sums - centres
    for g in range(len(schema.groups)):
        relative[np.isnan(x[:, schema.columns_of(g)]).all(axis=1), g] = 0
    return relative


def check_exports(ensemble: Ensemble, schema: Schema, trees: Trees, model_bytes: bytes, x: np.ndarray) -> None:
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
    for g, booster in ensemble.boosters.items():
        raw = booster.predict(hostile[:, schema.columns_of(g)], raw_score=True)
        assert np.array_equal(walked[:, g], raw), f"group {schema.groups[g]} differs from LightGBM by {np.abs(walked[:, g] - raw).max()}"
    print(f"LightGBM, the walk and ONNX agree bit for bit on {len(hostile)} hostile rows")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def golden(schema: Schema, x: np.ndarray, sums: np.ndarray, centres: np.ndarray, base: float, table: dict) -> str:
    """Contributions as the scorer gives them; log-odds and score as served, after unknown groups were dropped."""
    lines = []
    for row, contribution, counted in zip(x, sums - centres, contributions(schema, x, sums, centres)):
        log_odds = base + float(counted.sum())
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
    options.add_argument("--ablation", choices=["groups", "all"], help="instead retrain without groups, and without attacker kinds too, for the card")
    chosen = options.parse_args()

    train, calibration = read_matrix(chosen.matrix / "train"), read_matrix(chosen.matrix / "calibration")
    schema = train.schema
    assert schema.hash == calibration.schema.hash
    # Half of the calibration people decide when to stop; the other half, unseen until then, gives the ranks.
    stop_rows = calibration.columns["user"] % 2 == 0
    if chosen.ablation:
        result = ablations(train, calibration, stop_rows, read_matrix(chosen.matrix / "test"), chosen.ablation == "all")
        (chosen.matrix.parent / "ablation.json").write_text(json.dumps(result, indent=1) + "\n")
        return
    ensemble = fit(train, calibration, stop_rows)
    trees = flatten(ensemble.boosters, schema)
    centres = ensemble.centres
    held = ~stop_rows & calibration.genuine
    base = float(ensemble.intercept + math.log(ASSUMED_PREVALENCE / (1 - ASSUMED_PREVALENCE)) - math.log(ATTACK_WEIGHT))
    table = rank_table(base + contributions(schema, calibration.x[held], group_sums(trees, calibration.x[held]), centres).sum(axis=1))

    model_bytes = onnx_model(trees).SerializeToString(deterministic=True)
    check_exports(ensemble, schema, trees, model_bytes, train.x)
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
        "output": "float64 [rows, groups]; contribution = output - centre, 0 where no feature of the group is known; log-odds = base_log_odds + sum",
        "centring": "exp(contribution) averages 1 over genuine logins that know something of the group: a weight of evidence",
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
            "loss_on_stop_rows": ensemble.loss,
        },
        "files": {name: sha256(data) for name, data in files.items()},
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (chosen.output.parent / "ACTIVE.json").write_text(json.dumps({"active": f"login-risk/{chosen.version}"}, indent=2) + "\n")
    print(f"{len(trees.start)} trees, {manifest['training']['leaves']} leaves, loss {ensemble.loss:.4f}, base {base:.3f}")
    test = read_matrix(chosen.matrix / "test") if (chosen.matrix / "test").exists() else None
    if test is not None:
        print("TPR at 1 % FPR (test):", table_at_1(contributions(schema, test.x, group_sums(trees, test.x), centres).sum(axis=1), test))


if __name__ == "__main__":
    main()
