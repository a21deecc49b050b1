"""Compiled functions of whole columns, with the arguments of the definitions whose twins they are:
sorts, ranks, normal numbers, and rows by parent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import normals, runs, scales, sorting
from plurel_cli.kernel.twins import Twin
from plurel_cli.numerics.normal_quantile import normal_steps
from plurel_cli.numerics.ordering import WIDEST

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Places = NDArray[np.intp]
Labels = NDArray[np.int32]

_contiguous = np.ascontiguousarray

_FEW = 1 << 10
"""Numbers up to which numpy sorts as fast, without counts of digits."""

_FAR_FEWER = 16
_MANY = 4
_NONE: Places = np.empty(0, dtype=np.intp)


def _in_order(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def in_order(values: Floats) -> Floats:
        n = len(values)
        if n < _FEW or values.dtype != np.float32:
            return definition(values)
        out, other = np.empty((2, n), dtype=np.uint32)
        if sorting.in_order(_contiguous(values).view(np.uint32), other, out):
            return definition(values)
        return out.view(np.float32)

    return in_order


def _rising(definition: Callable[..., Places]) -> Callable[..., Places]:
    def rising(values: Floats) -> Places:
        n = len(values)
        order = np.empty(n, dtype=np.int64)
        pairs, others = np.empty((2, n), dtype=np.uint64)
        sorting.rising(_contiguous(values).view(np.uint32), pairs, others, order)
        return order

    return rising


def _order_of_words(definition: Callable[..., Places]) -> Callable[..., Places]:
    def order_of_words(words: NDArray[np.uint64]) -> Places:
        n = len(words)
        if n < _FEW:
            return definition(words)
        order = np.empty(n, dtype=np.int64)
        pairs, others = np.empty((2, n), dtype=np.uint64)
        sorting.order_of_words(_contiguous(words), pairs, others, order)
        return order

    return order_of_words


def _ranks_within(definition: Callable[..., Any]) -> Callable[..., Any]:
    def ranks_within(
        reference: Floats, ordered: Floats, further: Places | None
    ) -> tuple[Doubles, Places, Places]:
        n = len(ordered)
        if n * _FAR_FEWER < len(reference):
            some: tuple[Doubles, Places, Places] = definition(reference, ordered, further)
            return some
        more = _NONE if further is None else further
        ranks, tied, widths = np.empty(n), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
        n_tied = sorting.ranks_within(reference, ordered, more, ranks, tied, widths)
        return ranks, tied[:n_tied], widths[:n_tied]

    return ranks_within


def _distinct(definition: Callable[..., Any]) -> Callable[..., Any]:
    def distinct(rows: Places) -> tuple[Places, Places]:
        n = len(rows)
        least, greatest = (int(rows.min()), int(rows.max())) if n else (0, 0)
        if greatest - least >= WIDEST * n:
            some: tuple[Places, Places] = definition(rows)
            return some
        marks = np.zeros((greatest - least) // 64 + 1, dtype=np.uint64)
        before, (numbers, which) = np.empty(len(marks), dtype=np.int64), np.empty((2, n), np.int64)
        n = sorting.distinct(_contiguous(rows), least, marks, before, numbers, which)
        return numbers[:n], which

    return distinct


def _cut_labels(definition: Callable[..., Labels]) -> Callable[..., Labels]:
    def cut_labels(raw: Floats, boundaries: Floats) -> Labels:
        out = np.empty(len(raw), dtype=np.int32)
        are_single = raw.dtype == boundaries.dtype == np.float32
        if not (are_single and len(boundaries)) or sorting.labels(
            _contiguous(raw), _contiguous(boundaries), out
        ):
            return definition(raw, boundaries)
        return out

    return cut_labels


def _normal_quantile(definition: Callable[..., Doubles]) -> Callable[..., Doubles]:
    def normal_quantile(share: Doubles) -> Doubles:
        quantiles = np.empty(len(share))
        normals.normal_quantiles(_contiguous(share), quantiles)
        return quantiles

    return normal_quantile


def _across_steps(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def across_steps(steps: NDArray[np.uint16], shares: NDArray[np.uint16]) -> Floats:
        numbers = np.empty(len(steps), dtype=np.float32)
        normals.across_steps(steps, shares, *normal_steps(), numbers)
        return numbers

    return across_steps


def _by_parent(definition: Callable[..., Any]) -> Callable[..., Any]:
    def by_parent(keys: Places, n_parents: int) -> tuple[Places, ...]:
        n = len(keys)
        if n_parents <= _MANY * n:
            counts = np.zeros(n_parents, dtype=np.int64)
            rows, parents, starts, ends = np.empty((4, n), dtype=np.int64)
            n_runs = runs.by_parent(_contiguous(keys), counts, rows, parents, starts, ends)
            if n_runs >= 0:
                n = int(ends[n_runs - 1]) + 1 if n_runs else 0
                return rows[:n], parents[:n], starts[:n_runs], ends[:n_runs]
        some: tuple[Places, ...] = definition(keys, n_parents)
        return some

    return by_parent


def _faded(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def faded(
        x: Floats, carried: Floats, block: Any, rho: float, powers: Sequence[float]
    ) -> Floats:
        of_runs = block.starts, block.ends, block.is_known
        factors = np.array([math.sqrt(1.0 - rho * rho), rho, *powers], dtype=np.float32)
        runs.faded(x, carried, *of_runs, factors)
        return x

    return faded


def _stuck(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def stuck(x: Floats, carried: Floats, block: Any, uniforms: Doubles, p: float) -> Floats:
        values = np.empty_like(x)
        of_runs = block.starts, block.ends, block.is_known
        runs.stuck(x, carried, block.order, *of_runs, uniforms, p, values)
        return values

    return stuck


def _moments_within(definition: Callable[..., Any]) -> Callable[..., Any]:
    def moments_within(values: Floats, low: float, high: float) -> tuple[float, float]:
        n = len(values)
        if not n or values.dtype != np.float32:
            some: tuple[float, float] = definition(values, low, high)
            return some
        moments, bounds = np.empty(2), (np.float32(low), np.float32(high))
        scales.moments_within(_contiguous(values), *bounds, np.empty(n), moments)
        mean, sd = moments.tolist()
        return mean, sd

    return moments_within


def _standardised(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def standardised(
        values: Floats, low: float, high: float, mean: np.float32, factor: np.float32
    ) -> Floats:
        if values.dtype != np.float32:
            return definition(values, low, high, mean, factor)
        scaled = np.empty(len(values), dtype=np.float32)
        bounds = np.float32(low), np.float32(high)
        scales.standardised(_contiguous(values), *bounds, mean, factor, scaled)
        return scaled

    return standardised


COLUMN_TWINS: Mapping[str, Twin] = {
    "in_order": _in_order,
    "rising_places": _rising,
    "order_of_words": _order_of_words,
    "ranks_within": _ranks_within,
    "distinct": _distinct,
    "cut_labels": _cut_labels,
    "normal_quantile": _normal_quantile,
    "across_steps": _across_steps,
    "by_parent": _by_parent,
    "faded": _faded,
    "stuck": _stuck,
    "moments_within": _moments_within,
    "standardised": _standardised,
}
