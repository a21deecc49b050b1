"""Compiled functions of what is drawn, with the arguments of the definitions whose twins they are.

Where a generator's bits are numpy's, or a law of weights is of a plugin, the definition draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import cells, families, perceptrons
from plurel_cli.compiled.code import weights as drawing
from plurel_cli.compiled.code.bits import CompiledBits
from plurel_cli.compiled.code.embeddings import embedded
from plurel_cli.compiled.code.gammas import gammas as drawn_gammas
from plurel_cli.compiled.code.machine import Wholes, Words
from plurel_cli.compiled.code.packing import N_WORDS
from plurel_cli.kernel.twins import Twin
from plurel_cli.numerics.log_uniform import log_uniform_table
from plurel_cli.numerics.normal_quantile import normal_table, truncated_table

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_Described: TypeAlias = tuple[Words, Wholes, Floats, Floats]

_contiguous = np.ascontiguousarray


def _opened(definition: Callable[..., Any]) -> Callable[..., Any]:
    return CompiledBits


def _looked_up(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def looked_up(table: Floats, generator: Any, n: int, factor: float) -> Floats:
        if not isinstance(generator.bits, CompiledBits):
            return definition(table, generator, n, factor)
        out = np.empty(n, dtype=np.float32)
        drawing.looked_up(generator.bits.state, table, np.float32(factor), out)
        return out

    return looked_up


def _matrices(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def matrices(
        generator: Any, groups: Sequence[Any], last: NDArray[np.uint16], gains: Floats
    ) -> Floats:
        known = _known(generator, groups)
        if known is None:
            return definition(generator, groups, last, gains)
        described, weights = known
        drawing.matrices(*described, last, gains, weights)
        return weights

    return matrices


def _layers(definition: Callable[..., Any]) -> Callable[..., Any]:
    def layers(generator: Any, count: int, recipe: Any) -> Any:
        described = recipe.described if isinstance(generator.bits, CompiledBits) else None
        if described is None:
            return definition(generator, count, recipe)
        state, plan = generator.bits.state, np.array([count, *described.plan, 0, 0, 0, 0, 0])
        most, most_groups = count * described.most, described.laws.size
        of_layers, firsts = np.empty((most, 6), np.int64), np.empty(count + 1, np.int64)
        limits, gains = np.empty(most, np.float32), np.empty(most, np.float32)
        groups, factors = np.empty((most_groups, 4), np.int64), np.empty(most_groups, np.float32)
        last = np.empty(most, np.uint16)
        how = described.reals, described.bounds, described.ranks, described.laws, described.spreads
        of_groups = groups, factors, last, gains
        perceptrons.arranged(state, plan, *how, of_layers, firsts, limits, *of_groups)
        n_layers, n_weights = int(plan[perceptrons.N_LAYERS]), int(plan[perceptrons.N_WEIGHTS])
        n_inner = n_layers - count
        weights, which = np.empty(n_weights, np.float32), np.empty(n_inner, np.int64)
        counts = np.empty(n_inner, np.int64)
        terms = np.empty(n_inner * perceptrons.MOST_TERMS, np.float32)
        rows = np.empty((count, N_WORDS), np.int64)
        perceptrons.filled(
            *(state, plan, groups, factors, _tables(), described.frequencies, last, gains, weights),
            *(described.bends, described.numbers, of_layers, firsts, limits, which, counts, terms),
            rows,
        )
        n_sums, n_terms = plan[perceptrons.N_SUMS :].tolist()
        activations = which, counts[:n_sums], terms[:n_terms].reshape(-1, perceptrons.N_OF_TERM)
        of_layers, limits = of_layers[:n_layers], limits[:n_layers]
        return recipe.drawn(weights, firsts, limits, activations, of_layers, rows)

    return layers


def _embeddings(definition: Callable[..., Any]) -> Callable[..., Any]:
    def embeddings(generator: Any, wanted: Any) -> Any:
        described = wanted.described if isinstance(generator.bits, CompiledBits) else None
        if described is None:
            return definition(generator, wanted)
        n = sum(categories * width for categories, width in wanted.shapes)
        numbers, compared = np.empty(n, np.float32), np.empty(n, np.float32)
        begins = np.empty(len(wanted.shapes), np.int64)
        bounds, is_drawn, ranks, shapes, laws, spreads = described
        of_names, of_shapes = (bounds, is_drawn, ranks), (shapes, laws, spreads)
        state, drawn = generator.bits.state, (numbers, begins, compared)
        embedded(state, *of_names, *of_shapes, _tables(), *drawn)
        return wanted.drawn(numbers, begins.tolist(), compared)

    return embeddings


def _known(generator: Any, groups: Sequence[Any]) -> tuple[_Described, Floats] | None:
    """State, groups, factors and tables for compiled code, and an array for what it draws."""
    if not isinstance(generator.bits, CompiledBits):
        return None
    numbers: list[int] = []
    factors: list[float] = []
    n_weights = 0
    for group in groups:
        law = group.law
        if law is None:
            return None
        _, n_in, n_out, n = group
        numbers += law[0], n_in, n_out, n
        factors.append(law[1])
        n_weights += n_in * n_out * n
    shapes = np.array(numbers, dtype=np.int64).reshape(-1, 4)
    described = generator.bits.state, shapes, np.array(factors, dtype=np.float32), _tables()
    return described, np.empty(n_weights, dtype=np.float32)


@cache
def _tables() -> Floats:
    return np.stack([normal_table(), truncated_table()])


def _gammas(definition: Callable[..., Doubles]) -> Callable[..., Doubles]:
    def gammas(bits: Any, shapes: Doubles) -> Doubles:
        if not isinstance(bits, CompiledBits):
            return definition(bits, shapes)
        out = np.empty(len(shapes))
        drawn_gammas(bits.state, normal_table(), _contiguous(shapes), out)
        return out

    return gammas


Shapes = Callable[[int, int, int], Sequence[tuple[int, ...]]]


def _family(compiled: Callable[..., int], shapes_of: Shapes, *ends: tuple[float, float]) -> Twin:
    """Twin of what draws parts of mechanisms, of shapes that follow from their number and width."""

    def twin(definition: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(generator: Any, count: int, n_in: int, n_out: int) -> Any:
            if not isinstance(generator.bits, CompiledBits):
                return definition(generator, count, n_in, n_out)
            parts = [np.empty(shape, np.float32) for shape in shapes_of(count, n_in, n_out)]
            tables = [normal_table(), *(log_uniform_table(*each) for each in ends)]
            flat = [part.reshape(-1) for part in parts]
            compiled(generator.bits.state, *tables, count, n_in, n_out, *flat)
            return parts[0] if len(parts) == 1 else parts

        return drawn

    return twin


def _trees(definition: Callable[..., Any]) -> Callable[..., Any]:
    def trees(generator: Any, count: int, n_in: int, n_out: int) -> Any:
        if not isinstance(generator.bits, CompiledBits):
            return definition(generator, count, n_in, n_out)
        inputs = np.empty((count if n_in > 1 else 0, cells.N_SPLITS), dtype=np.int64)
        thresholds = np.empty((count, cells.N_SPLITS), dtype=np.float32)
        halves = np.empty((count, 2, cells.N_CELLS, n_out), dtype=np.float32)
        parts = thresholds.reshape(-1), halves.reshape(-1)
        tables = normal_table(), log_uniform_table(*_SCALES)
        shape = count, n_in, n_out
        cells.trees(generator.bits.state, *tables, *shape, inputs.reshape(-1), *parts)
        return inputs if n_in > 1 else None, thresholds, halves

    return trees


def _intervals(definition: Callable[..., Any]) -> Callable[..., Any]:
    def intervals(generator: Any, count: int, n_out: int) -> Any:
        if not isinstance(generator.bits, CompiledBits):
            return definition(generator, count, n_out)
        bounds = np.empty((count, cells.MOST_CENTRES - 1), dtype=np.float32)
        vectors = np.empty((count, cells.MOST_CENTRES, n_out), dtype=np.float32)
        parts = bounds.reshape(-1), np.empty(0, np.float32), vectors.reshape(-1)
        tables = normal_table(), log_uniform_table(*_SCALES), log_uniform_table(*_INNERMOST)
        cells.centres(generator.bits.state, *tables, count, 1, n_out, *parts)
        return bounds, vectors

    return intervals


def _matrices_alone(count: int, n_in: int, n_out: int) -> Sequence[tuple[int, ...]]:
    return [(count, n_in, n_out)]


def _of_forms(count: int, n_in: int, n_out: int) -> Sequence[tuple[int, ...]]:
    rank = min(families.MOST_RANK, n_in + 1)
    return (count, n_in, 2 * rank), (count, 2 * rank, 1), (count, rank, n_out)


def _of_waves(count: int, n_in: int, n_out: int) -> Sequence[tuple[int, ...]]:
    n_waves = families.N_WAVES
    return (count, n_in, n_waves), (count, n_waves, 1), (count, n_waves, n_out)


def _of_cells(count: int, n_in: int, n_out: int) -> Sequence[tuple[int, ...]]:
    most = cells.MOST_CENTRES
    return (count, n_in, most), (count, most), (count, most, n_out)


_SCALES, _INNERMOST, _GAINS = (0.01, 100.0), (0.001, 0.01), (0.1, 10.0)

DRAWING_TWINS: Mapping[str, Twin] = {
    "opened": _opened,
    "looked_up": _looked_up,
    "matrices": _matrices,
    "layers": _layers,
    "embeddings": _embeddings,
    "gammas": _gammas,
    "linear": _family(families.linear, _matrices_alone),
    "low_rank": _family(families.low_rank, _matrices_alone, _GAINS),
    "forms": _family(families.forms, _of_forms, _SCALES),
    "waves": _family(families.waves, _of_waves, _SCALES),
    "trees": _trees,
    "intervals": _intervals,
    "cells": _family(cells.centres, _of_cells, _SCALES, _INNERMOST),
}
