"""Mechanisms that cut space into cells and give each a random vector: trees, discretisers.

Each of eight comparisons is one array over all rows: numpy is slow where its inner loop is short.
A row's cell is the sum of them: of their bits side by side, or of how many are true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.initialisations.bits import normals
from plurel_cli.features.mechanisms import Mechanism, Parts, mechanisms
from plurel_cli.features.mechanisms.drawn import DrawnTogether, layout_of
from plurel_cli.features.mechanisms.scales import log_uniform, stratified
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import Weights, held_by_column, times

Floats = NDArray[np.float32]

N_SPLITS = 8
"""Comparisons of an ensemble of trees, and of a discretiser of one input."""

HALVES = ((4,), (3, 1), (2, 2), (2, 1, 1))
"""Depths of the trees that share four comparisons, the first tree's in the lowest bits."""

CENTRES = (3, N_SPLITS + 1)
"""Fewest and most centres of a discretiser."""

INNERMOST = (0.001, 0.01)
"""Scale of a discretiser's first two centres."""

_BITS = np.uint8(1) << np.arange(N_SPLITS, dtype=np.uint8)[:, None]
_NARROW = 8


def _sum(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sum over the first axis, below 2⁸."""
    total: NDArray[np.uint8] = np.add.reduce(rows, axis=0, dtype=np.uint8)
    return total


@dataclass(frozen=True, slots=True)
class Trees:
    """Two half-ensembles, of four comparisons each.

    Attributes
    ----------
    inputs
        Which input is compared, shape (8,); nothing where there is only one.
    thresholds
        Comparison i is whether the input is beyond this; shape (8,).
    low, high
        Vectors by the bits of comparisons 0–3 and 4–7, shape (16, outputs).
    table
        Their sums by all eight, shape (256, outputs), where that is small.
    """

    inputs: NDArray[np.int64] | None
    thresholds: Floats
    low: Floats
    high: Floats
    table: Floats | None

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        arrays = self.inputs, self.thresholds, self.low, self.high
        return Parts("trees", self.low.shape[1], arrays)

    def __call__(self, x: Floats) -> Floats:
        values = x.T if self.inputs is None else x.T.take(self.inputs, axis=0)
        beyond = (values > self.thresholds[:, None]).view(np.uint8)
        beyond *= _BITS
        cells = _sum(beyond)
        if self.table is not None:
            return self.table.take(cells, axis=0)
        total = self.low.take(cells & 15, axis=0)
        total += self.high.take(cells >> 4, axis=0)
        return total


@mechanisms()
def tree(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """A sum of two to six oblivious decision trees of depth 1 to 4.

    Notes
    -----
    All nodes of one level of an oblivious tree make the same comparison: of a random input with a
    normal threshold, its scale between 0.01 and 100. An ensemble makes eight comparisons, their
    scales spread over the decades; each four of them are a tree of depth 4, or two or three that
    are less deep. Leaves are normal, divided by the root of the number of trees.

    References
    ----------
    S. Popov et al., Neural oblivious decision ensembles, 2019.
    """
    inputs, thresholds, halves = _trees(generator, count, n_in, n_out)
    low, high = halves[:, 0], halves[:, 1]

    def made(index: int) -> Mechanism:
        of_inputs = None if inputs is None else inputs[index]
        below, above = low[index], high[index]
        is_narrow = n_out <= _NARROW
        table = (above[:, None] + below).reshape(1 << N_SPLITS, n_out) if is_narrow else None
        return Trees(of_inputs, thresholds[index], below, above, table)

    arrays = inputs, thresholds, low, high
    return DrawnTogether(count, made, lambda: layout_of("trees", n_in, n_out, arrays))


@twin("trees")
def _trees(
    generator: Generator, count: int, n_in: int, n_out: int
) -> tuple[NDArray[np.int64] | None, Floats, Floats]:
    """Inputs and thresholds of comparisons, and the vectors of both halves."""
    inputs = generator.integers(0, n_in, size=(count, N_SPLITS)) if n_in > 1 else None
    thresholds = normals(generator, count * N_SPLITS).reshape(count, N_SPLITS)
    thresholds *= stratified(generator, count, N_SPLITS)
    picked = generator.integers(0, len(HALVES), size=(count, 2))
    halves = np.empty((count, 2, 1 << N_SPLITS // 2, n_out), dtype=np.float32)
    for index, depths in enumerate(HALVES):
        where = picked == index
        n = int(np.count_nonzero(where))
        if n == 0:
            continue
        total = np.zeros((n, 1, n_out), dtype=np.float32)
        for depth in depths:
            leaves = normals(generator, n * (1 << depth) * n_out).reshape(n, 1 << depth, 1, n_out)
            total = (leaves + total[:, None]).reshape(n, (1 << depth) * total.shape[1], n_out)
        halves[where] = total
    n_trees = np.array([len(depths) for depths in HALVES])[picked]
    n_trees = n_trees[:, 0] + n_trees[:, 1]
    halves /= np.sqrt(n_trees).astype(np.float32)[:, None, None, None]
    return inputs, thresholds, halves


@dataclass(frozen=True, slots=True)
class Intervals:
    """The number of bounds that the one input is beyond, and the vector of that number.

    Attributes
    ----------
    bounds
        Rising, infinite beyond the last; shape (8,).
    vectors
        Shape (9, outputs).
    """

    bounds: Floats
    vectors: Floats

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        return Parts("intervals", self.vectors.shape[1], (self.bounds, self.vectors))

    def __call__(self, x: Floats) -> Floats:
        return self.vectors.take(_sum((self.bounds[:, None] < x.T).view(np.uint8)), axis=0)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The centre c for which x c − |c|²/2 is largest, and its vector.

    Attributes
    ----------
    centres
        Shape (inputs, centres).
    offsets
        −|c|²/2, minus infinity for a centre not in use.
    vectors
        Shape (centres, outputs).
    """

    centres: Weights
    offsets: Floats
    vectors: Floats

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        arrays = self.centres.held, self.offsets, self.vectors
        return Parts("nearest", self.vectors.shape[1], arrays, (len(self.offsets),))

    def __call__(self, x: Floats) -> Floats:
        nearness = times(x, self.centres)
        nearness += self.offsets
        cells: NDArray[np.int64] = nearness.argmax(axis=1)
        return self.vectors.take(cells, axis=0)


@mechanisms()
def discretiser(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """The nearest of three to nine random centres, each with a random vector.

    Notes
    -----
    Centres are normal, each times a scale: two of them within 0.01 of zero, so that no one cell
    holds all that is near there, the others between 0.01 and 100, spread over the decades. Vectors
    are normal.
    """
    if n_in == 1:
        bounds, vectors = _intervals(generator, count, n_out)
        return DrawnTogether(
            count,
            lambda index: Intervals(bounds[index], vectors[index]),
            lambda: layout_of("intervals", n_in, n_out, [bounds, vectors]),
        )
    centres, offsets, of_cells = _cells(generator, count, n_in, n_out)
    arrays = centres, offsets, of_cells
    return DrawnTogether(
        count,
        lambda index: Nearest(Weights(centres[index]), offsets[index], of_cells[index]),
        lambda: layout_of("nearest", n_in, n_out, arrays, [CENTRES[1]]),
    )


@twin("intervals")
def _intervals(generator: Generator, count: int, n_out: int) -> tuple[Floats, Floats]:
    """Bounds between centres on a line, infinite beyond the last, and vectors."""
    beyond, centres, vectors = _centres(generator, count, 1, n_out)
    line = np.where(beyond, np.float32(np.inf), centres[:, :, 0])
    line.sort(axis=1)
    line *= np.float32(0.5)
    return line[:, :-1] + line[:, 1:], vectors


@twin("cells")
def _cells(
    generator: Generator, count: int, n_in: int, n_out: int
) -> tuple[Floats, Floats, Floats]:
    """Centres, what each is off by, and vectors."""
    beyond, centres, vectors = _centres(generator, count, n_in, n_out)
    held = held_by_column(np.ascontiguousarray(centres.transpose(0, 2, 1)))
    squares = np.cumsum(np.square(held, dtype=np.float64), axis=1)
    offsets = (-0.5 * squares[:, -1]).astype(np.float32)
    offsets[beyond] = -np.inf
    return held, offsets, vectors


def _centres(
    generator: Generator, count: int, n_in: int, n_out: int
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Which centres are not in use, shape (count, 9), all centres, and vectors."""
    fewest, most = CENTRES
    beyond = np.arange(most) >= generator.integers(fewest, most + 1, size=count)[:, None]
    centres = normals(generator, count * most * n_in, 1.0 / math.sqrt(n_in))
    centres = centres.reshape(count, most, n_in)
    centres[:, :2] *= log_uniform(generator, (count, 2, 1), INNERMOST)
    centres[:, 2:] *= stratified(generator, count, most - 2)[:, :, None]
    vectors = normals(generator, count * most * n_out).reshape(count, most, n_out)
    return beyond, centres, vectors
