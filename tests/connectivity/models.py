"""Block models for tests, and their distribution by definition, row by row in plain Python.

Nothing here knows of the package's own clusters or thresholds: a row's label, a pair's score and
a child's probabilities are written as the method says them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.connectivity.keys import Keys, block_model_keys
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.block_model import BlockLevel, BlockModel
from tests.statistics import chi_square_p, two_sample_p

Matrix = Sequence[Sequence[float]]
MakeKeys = Callable[[BlockModel, int, int, Stream], Keys]


def model_of(*levels: Matrix) -> BlockModel:
    """The block model with these matrices, parent clusters × child clusters, coarsest first."""
    return BlockModel(
        levels=tuple(
            BlockLevel(parent_clusters=len(p), child_clusters=len(p[0]), p=tuple(map(tuple, p)))
            for p in levels
        )
    )


def uneven(rows: int, columns: int, high: float = 0.9, low: float = 0.1) -> Matrix:
    """A matrix with its wrapped diagonal near `high`, and no two entries the same."""
    diagonal = {(i % rows, i % columns) for i in range(max(rows, columns))}
    return [
        [(high if (a, b) in diagonal else low) * (1 - 0.05 * a - 0.07 * b) for b in range(columns)]
        for a in range(rows)
    ]


def cluster_of(row: int, n_rows: int, radices: Sequence[int]) -> int:
    """Base cluster of a row: the last j that starts at or before it, ⌊jN/K⌋ ≤ row < ⌊(j+1)N/K⌋."""
    k = math.prod(radices)
    j = -(-(row + 1) * k // n_rows) - 1
    assert j * n_rows // k <= row < (j + 1) * n_rows // k
    return j


def label_of(row: int, n_rows: int, radices: Sequence[int]) -> tuple[int, ...]:
    """Mixed-radix digits of a row's base cluster, coarsest first."""
    digits, rest = [], cluster_of(row, n_rows, radices)
    for radix in reversed(radices):
        rest, digit = divmod(rest, radix)
        digits.append(digit)
    return tuple(reversed(digits))


def labels_of(n_rows: int, radices: Sequence[int]) -> list[tuple[int, ...]]:
    """Labels of all rows."""
    return [label_of(row, n_rows, radices) for row in range(n_rows)]


def row_probabilities(model: BlockModel, n_parents: int, n_children: int) -> NDArray[np.float64]:
    """Probability of every parent row for every child row, shape (n_children, n_parents)."""
    scores = np.ones((n_children, n_parents))
    parents = np.array(labels_of(n_parents, model.parent_radices))
    children = np.array(labels_of(n_children, model.child_radices))
    for index, level in enumerate(model.levels):
        scores *= np.array(level.p)[parents[None, :, index], children[:, None, index]]
    return scores / scores.sum(axis=1, keepdims=True)


def brute_force(
    probabilities: NDArray[np.float64], rng: np.random.Generator, n: int
) -> NDArray[np.int64]:
    """Parents drawn child row by child row by the inverse of the CDF, shape (n, n_children)."""
    columns = [
        np.searchsorted(np.cumsum(row), rng.random(n) * row.sum(), side="right")
        for row in probabilities
    ]
    return np.stack(columns, axis=1)


def all_blocks(keys: Keys, n_children: int, block_rows: int = 1 << 16) -> NDArray[np.int64]:
    """Keys of all rows."""
    n_blocks = -(-n_children // block_rows)
    return np.concatenate([keys.block(index) for index in range(n_blocks)])


def drawn(
    model: BlockModel,
    n_parents: int,
    n_children: int,
    n_seeds: int,
    make: MakeKeys = block_model_keys,
) -> NDArray[np.int64]:
    """Keys of whole tables by seed, shape (n_seeds, n_children)."""
    return np.stack(
        [
            all_blocks(make(model, n_parents, n_children, Stream(seed)), n_children)
            for seed in range(n_seeds)
        ]
    )


def _child_clusters(model: BlockModel, n_children: int) -> list[list[int]]:
    rows: dict[tuple[int, ...], list[int]] = {}
    for row, label in enumerate(labels_of(n_children, model.child_radices)):
        rows.setdefault(label, []).append(row)
    return list(rows.values())


def _all_together(p_values: list[float]) -> float:
    """One p-value of independent ones, by Fisher's method."""
    if not p_values or min(p_values) == 0.0:
        return float(not p_values)
    return float(stats.combine_pvalues(p_values, "fisher").pvalue)


def keys_p(model: BlockModel, n_parents: int, n_children: int, keys: NDArray[np.int64]) -> float:
    """Chi-square of drawn keys against the exact probabilities, cell by cell.

    A cell is a child cluster and a parent row. Each child cluster is a multinomial of its own, so
    that there is a p-value for each, and then one of all.
    """
    probabilities = row_probabilities(model, n_parents, n_children)
    p_values = []
    for rows in _child_clusters(model, n_children):
        expected = probabilities[rows[0]]
        observed = np.bincount(keys[:, rows].ravel(), minlength=n_parents)
        if observed[expected == 0].any():
            return 0.0
        if (expected > 0).sum() > 1:
            p_values.append(chi_square_p(observed, expected))
    return _all_together(p_values)


def same_keys_p(
    model: BlockModel, n_children: int, one: NDArray[np.int64], other: NDArray[np.int64]
) -> float:
    """Chi-square of two samples of keys, child cluster by child cluster, as `keys_p`."""
    p_values = []
    for rows in _child_clusters(model, n_children):
        samples = [keys[:, rows].ravel().tolist() for keys in (one, other)]
        if set(samples[0]) == set(samples[1]) and len(set(samples[0])) == 1:
            continue
        p_values.append(two_sample_p(*samples))
    return _all_together(p_values)
