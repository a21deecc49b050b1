"""Mechanisms that cut space into cells and give each a random vector: trees, discretisers.

Both look a row's cell up from comparisons packed into one byte.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.mechanisms import Mechanism, mechanisms
from plurel_cli.features.mechanisms.product import times
from plurel_cli.features.mechanisms.scales import stratified

if TYPE_CHECKING:
    from plurel_cli.config.features import ScmConfig

Floats = NDArray[np.float32]

N_SPLITS = 8
"""Comparisons of an ensemble of trees in all: one byte."""

DEPTHS = (
    (4, 4), (4, 3, 1), (4, 2, 2), (4, 2, 1, 1), (3, 3, 2), (3, 3, 1, 1), (3, 2, 2, 1), (2, 2, 2, 2),
)  # fmt: skip
"""Depths of the trees of an ensemble."""

MAX_CENTRES = 9


@mechanisms()
def tree(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """A sum of two to four oblivious decision trees of depth 1 to 4.

    Notes
    -----
    All nodes of one level of an oblivious tree make the same comparison: of a random input with a
    normal threshold, its scale between 0.01 and 100, spread over the decades. An ensemble makes
    eight comparisons, whose outcomes are a byte, which names one of 256 sums of normal leaves.

    References
    ----------
    S. Popov et al., Neural oblivious decision ensembles, 2019.
    """
    inputs = generator.integers(0, n_in, (count, N_SPLITS))
    thresholds = generator.standard_normal((count, N_SPLITS), dtype=np.float32)
    thresholds *= stratified(generator, count, N_SPLITS)
    picked = generator.integers(0, len(DEPTHS), count)
    tables = np.zeros((count, 1 << N_SPLITS, n_out), dtype=np.float32)
    for index, depths in enumerate(DEPTHS):
        which = np.flatnonzero(picked == index)
        # A tree's bits are one axis of the table: those of the others do not matter to it.
        total = np.zeros((len(which), 1, n_out), dtype=np.float32)
        for depth in depths:
            leaves = generator.standard_normal((len(which), 1 << depth, 1, n_out), dtype=np.float32)
            total = (leaves + total[:, None]).reshape(len(which), -1, n_out)
        total *= np.float32(1.0 / math.sqrt(len(depths)))
        tables[which] = total
    if n_in == 1:
        return [_steps(*its) for its in zip(thresholds, tables, strict=True)]
    return [_trees(*its) for its in zip(inputs, thresholds, tables, strict=True)]


def _steps(thresholds: Floats, table: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        cells = np.packbits(x > thresholds, axis=1, bitorder="little")
        return table.take(cells[:, 0], axis=0)

    return evaluate


def _trees(inputs: NDArray[np.int64], thresholds: Floats, table: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        beyond = x.take(inputs, axis=1) > thresholds
        cells = np.packbits(beyond, axis=1, bitorder="little")
        return table.take(cells[:, 0], axis=0)

    return evaluate


@mechanisms()
def discretiser(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """The nearest of two to nine random centres, each with a random vector.

    Notes
    -----
    Centres are normal, each times a scale between 0.01 and 100, spread over the decades; vectors
    are normal.
    """
    n_centres = generator.integers(2, MAX_CENTRES + 1, count)
    centres = generator.standard_normal((count, MAX_CENTRES, n_in), dtype=np.float32)
    centres *= stratified(generator, count, MAX_CENTRES)[:, :, None]
    vectors = generator.standard_normal((count, MAX_CENTRES, n_out), dtype=np.float32)
    beyond = np.arange(MAX_CENTRES) >= n_centres[:, None]
    if n_in == 1:
        line = np.where(beyond, np.float32(np.inf), centres[:, :, 0])
        line.sort(axis=1)
        halves = line * np.float32(0.5)
        middles = halves[:, :-1] + halves[:, 1:]
        return [_intervals(*its) for its in zip(middles, vectors, strict=True)]
    # |x − c|² is least where x c − |c|²/2 is largest.
    offsets = np.einsum("kci,kci->kc", centres, centres)
    offsets *= np.float32(-0.5)
    offsets[beyond] = -np.inf
    directions = np.ascontiguousarray(centres.transpose(0, 2, 1))
    return [_nearest(*its) for its in zip(directions, offsets, vectors, strict=True)]


def _intervals(middles: Floats, vectors: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        cells = np.bitwise_count(np.packbits(x > middles, axis=1))
        return vectors.take(cells[:, 0], axis=0)

    return evaluate


def _nearest(directions: Floats, offsets: Floats, vectors: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        nearness = times(x, directions)
        nearness += offsets
        return vectors.take(nearness.argmax(axis=1), axis=0)

    return evaluate
