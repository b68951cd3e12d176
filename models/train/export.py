"""LightGBM trees to ONNX (ai.onnx.ml v5 TreeEnsemble, float64, one target per reason group) and to the plain arrays of trees.json.

Exactness is the point: thresholds become the largest float32 not above LightGBM's double, so that a float32 input takes the same
branch; leaf values stay doubles; a tree belongs to exactly one group, which is asserted, not trusted.
"""

import json
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper

FLT_MAX = np.finfo(np.float32).max


@dataclass
class Trees:
    """Nodes in preorder: a node's left child follows it; a leaf has feature -1."""

    features: int
    groups: int
    start: list[int] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    missing_left: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)


def threshold32(threshold: float) -> np.float32:
    if threshold >= float(FLT_MAX):
        return np.float32(np.inf)
    rounded = np.float32(threshold)
    return rounded if float(rounded) <= threshold else np.nextafter(rounded, np.float32(-np.inf), dtype=np.float32)


def flatten(boosters: dict, schema) -> Trees:
    """All groups' boosters as one ensemble; a booster's feature n is the group's n-th."""
    trees = Trees(features=len(schema.features), groups=len(schema.groups))
    columns: list[int] = []

    def walk(node: dict, seen: set[int]) -> None:
        at = len(trees.feature)
        if "leaf_value" in node:
            append(-1, np.float32(0), 0, float(node["leaf_value"]))
            return
        assert node["decision_type"] == "<=", node["decision_type"]
        assert node["missing_type"] in ("None", "NaN"), node["missing_type"]
        threshold = float(node["threshold"])
        # Without NaN in training LightGBM reads an unknown value as zero.
        left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0.0
        feature = columns[node["split_feature"]]
        seen.add(int(schema.group_of[feature]))
        append(feature, threshold32(threshold), int(left), 0.0)
        walk(node["left_child"], seen)
        trees.right[at] = len(trees.feature)
        walk(node["right_child"], seen)

    def append(feature: int, threshold: np.float32, missing_left: int, value: float) -> None:
        trees.feature.append(feature)
        trees.threshold.append(float(threshold))
        trees.right.append(0)
        trees.missing_left.append(missing_left)
        trees.value.append(value)

    for g, booster in sorted(boosters.items()):
        columns = schema.columns_of(g)
        for info in booster.dump_model()["tree_info"]:
            root = info["tree_structure"]
            assert "leaf_value" not in root, "a tree without a split was kept"
            seen: set[int] = set()
            trees.start.append(len(trees.feature))
            walk(root, seen)
            assert seen == {g}, f"a tree of group {g} uses groups {sorted(seen)}"
            trees.group.append(g)
    return trees


def group_sums(trees: Trees, x: np.ndarray) -> np.ndarray:
    """The walk, vectorised over rows: sums per group in tree order."""
    feature, threshold = np.array(trees.feature), np.array(trees.threshold)
    right, missing, value = np.array(trees.right), np.array(trees.missing_left, bool), np.array(trees.value)
    sums = np.zeros((len(x), trees.groups))
    rows = np.arange(len(x))
    for start, group in zip(trees.start, trees.group):
        node = np.full(len(x), start)
        while True:
            split = feature[node] >= 0
            if not split.any():
                break
            here = node[split]
            read = x[rows[split], feature[here]]
            left = (read <= threshold[here]) | (np.isnan(read) & missing[here])
            node[split] = np.where(left, here + 1, right[here])
        sums[:, group] += value[node]
    return sums


def trees_json(trees: Trees) -> str:
    # repr of a double is exact; "inf" because JSON has no infinity.
    body = {
        "format": 1,
        "features": trees.features,
        "groups": trees.groups,
        "start": trees.start,
        "group": trees.group,
        "feature": trees.feature,
        "threshold": ["inf" if np.isinf(t) else t for t in trees.threshold],
        "right": trees.right,
        "missing_left": trees.missing_left,
        "value": trees.value,
    }
    return json.dumps(body, separators=(",", ":")) + "\n"


def onnx_model(trees: Trees) -> onnx.ModelProto:
    nodes, leaves = {}, {}
    for at, feature in enumerate(trees.feature):
        index = leaves if feature < 0 else nodes
        index[at] = len(index)
    group_at = np.repeat(trees.group, np.diff(trees.start + [len(trees.feature)]))
    order = list(nodes)

    def child(at: int) -> tuple[int, int]:
        return (leaves[at], 1) if at in leaves else (nodes[at], 0)

    true_children = [child(at + 1) for at in order]
    false_children = [child(trees.right[at]) for at in order]
    ensemble = helper.make_node(
        "TreeEnsemble",
        ["wide"],
        ["contributions"],
        domain="ai.onnx.ml",
        n_targets=trees.groups,
        aggregate_function=1,
        post_transform=0,
        tree_roots=[nodes[at] for at in trees.start],
        nodes_featureids=[trees.feature[at] for at in order],
        nodes_modes=helper.make_tensor("modes", TensorProto.UINT8, [len(order)], [0] * len(order)),
        nodes_splits=helper.make_tensor("splits", TensorProto.DOUBLE, [len(order)], [trees.threshold[at] for at in order]),
        nodes_missing_value_tracks_true=[trees.missing_left[at] for at in order],
        nodes_truenodeids=[index for index, _ in true_children],
        nodes_trueleafs=[leaf for _, leaf in true_children],
        nodes_falsenodeids=[index for index, _ in false_children],
        nodes_falseleafs=[leaf for _, leaf in false_children],
        leaf_targetids=[int(group_at[at]) for at in leaves],
        leaf_weights=helper.make_tensor("weights", TensorProto.DOUBLE, [len(leaves)], [trees.value[at] for at in leaves]),
    )
    graph = helper.make_graph(
        [helper.make_node("Cast", ["features"], ["wide"], to=TensorProto.DOUBLE), ensemble],
        "login-risk",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["rows", trees.features])],
        [helper.make_tensor_value_info("contributions", TensorProto.DOUBLE, ["rows", trees.groups])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model
