"""Reads the feature matrix that `src/tool/feature-matrix.ts` writes: one folder per split, one flat file per column."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DTYPES = {"f32": np.float32, "f64": np.float64, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32}


@dataclass
class Schema:
    hash: str
    features: list[str]
    groups: list[str]
    group_of: np.ndarray
    monotone: list[int]

    def columns_of(self, group: int) -> list[int]:
        return [int(i) for i in np.flatnonzero(self.group_of == group)]


@dataclass
class Matrix:
    schema: Schema
    x: np.ndarray
    columns: dict[str, np.ndarray]
    kinds: list[str]
    digest: str

    @property
    def genuine(self) -> np.ndarray:
        return self.columns["kind"] == 0


def flush_tiny(x: np.ndarray) -> np.ndarray:
    """LightGBM reads |x| <= 1e-35 as zero; so does the service, before it scores."""
    x[np.abs(x) <= np.float32(1e-35)] = 0
    return x


def read_matrix(folder: Path) -> Matrix:
    head = json.loads((folder / "matrix.json").read_text())
    rows, width = head["rows"], len(head["features"])
    digest = hashlib.sha256()
    columns = {}
    for name, kind in head["columns"].items():
        data = (folder / f"{name}.{kind}").read_bytes()
        digest.update(name.encode() + data)
        columns[name] = np.frombuffer(data, DTYPES[kind])
        assert len(columns[name]) == rows * (width if name == "features" else 1), f"{name} has another length than matrix.json says"
    x = flush_tiny(columns.pop("features").reshape(rows, width).copy())
    assert not np.isinf(x).any(), "a feature is infinite"
    schema = Schema(head["schema_hash"], head["features"], head["groups"], np.array(head["group_of"]), head["monotone"])
    return Matrix(schema, x, columns, head["kinds"], digest.hexdigest())
