"""Compiled functions with the arguments of the definitions whose twins they are.

A twin gives its work back to the definition where it cannot do it alike: where a number is not
finite, an activation or aggregation is of a plugin, or an index would be out of range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import betas, doubles, folds
from plurel_cli.compiled.code.columns import COLUMN_TWINS
from plurel_cli.compiled.code.digest_twins import DIGEST_TWINS
from plurel_cli.compiled.code.drawing import DRAWING_TWINS
from plurel_cli.compiled.code.judging import JUDGING_TWINS
from plurel_cli.compiled.code.key_twins import KEY_TWINS
from plurel_cli.compiled.code.packing import PACKING_TWINS
from plurel_cli.compiled.code.reference_twins import REFERENCE_TWINS
from plurel_cli.compiled.code.search_twins import SEARCH_TWINS
from plurel_cli.compiled.code.series import SERIES_TWINS
from plurel_cli.compiled.code.sources import SOURCE_TWINS
from plurel_cli.compiled.code.whole_nodes import NODE_TWINS
from plurel_cli.kernel.twins import Twin

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_contiguous = np.ascontiguousarray


def _in_order(array: NDArray[Any]) -> bool:
    """Whether an array can be written into where it lies."""
    return array.flags.c_contiguous


def _fold_grid(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def fold_grid(
        fold: Any, total: Floats | None, table: Floats, steps: Floats, cell: Any, share: Floats
    ) -> Floats:
        code = folds.SET if total is None else folds.CODES.get(fold.name, -1)
        if code < 0 or not (total is None or _in_order(total)):
            return definition(fold, total, table, steps, cell, share)
        into = np.empty((len(cell), table.shape[1]), np.float32) if total is None else total
        if folds.fold_grid(code, into, table, cell, share):
            return definition(fold, total, table, steps, cell, share)
        return into

    return fold_grid


def _fold_rows(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def fold_rows(fold: Any, total: Floats | None, table: Floats, index: NDArray[Any]) -> Floats:
        code = folds.SET if total is None else folds.CODES.get(fold.name, -1)
        if code < 0 or index.dtype != np.int32 or not (total is None or _in_order(total)):
            return definition(fold, total, table, index)
        into = np.empty((len(index), table.shape[1]), np.float32) if total is None else total
        if folds.fold_rows(code, into, _contiguous(table), _contiguous(index)):
            return definition(fold, total, table, index)
        return into

    return fold_rows


def _fold_all(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def fold_all(fold: Any, total: Floats | None, encodings: Floats) -> Floats:
        encodings = _contiguous(encodings)
        if total is None:
            return encodings
        if (code := folds.CODES.get(fold.name, -1)) < 0 or not _in_order(total):
            return definition(fold, total, encodings)
        folds.fold_all(code, total, encodings)
        return total

    return fold_all


def _exponentials(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def exponentials(encodings: Floats, largest: Floats) -> Floats:
        if not _in_order(encodings):
            return definition(encodings, largest)
        folds.exponentials(encodings, largest)
        return encodings

    return exponentials


def _logarithm(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def logarithm(total: Floats, largest: Floats) -> Floats:
        if not _in_order(total):
            return definition(total, largest)
        folds.logarithm(total, largest)
        return total

    return logarithm


def _logsumexp(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def logsumexp(total: Floats, other: Floats) -> Floats:
        if total.ndim != 2 or not _in_order(total):
            return definition(total, other)
        folds.fold_all(folds.LOGSUMEXP, total, _contiguous(other))
        return total

    return logsumexp


def _placed(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def placed(points: Floats, values: Floats, cell: NDArray[np.int64]) -> Floats:
        share = np.empty(len(values), dtype=np.float32)
        if values.dtype != np.float32 or folds.placed(points, _contiguous(values), cell, share):
            return definition(points, values, cell)
        return share

    return placed


def _rising(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def rising(quantiles: Any, points: Any) -> Floats:
        out = np.empty((len(quantiles.a), len(points.shares)), dtype=np.float32)
        if betas.rising(_contiguous(quantiles.a), _contiguous(quantiles.b), points.stacked, out):
            return definition(quantiles, points)
        return out

    return rising


def _elementwise(compiled: Callable[[Doubles, Doubles], int]) -> Twin:
    def twin(definition: Callable[..., Doubles]) -> Callable[..., Doubles]:
        def elementwise(x: Doubles) -> Doubles:
            values = np.empty(len(x))
            compiled(_contiguous(x), values)
            return values

        return elementwise

    return twin


TWINS: Mapping[str, Twin] = {
    **NODE_TWINS,
    **REFERENCE_TWINS,
    "fold_grid": _fold_grid,
    "fold_rows": _fold_rows,
    "fold_all": _fold_all,
    "exponentials": _exponentials,
    "logarithm": _logarithm,
    "logsumexp": _logsumexp,
    "placed": _placed,
    "rising": _rising,
    "exps": _elementwise(doubles.exps),
    "logs": _elementwise(doubles.logs),
    **COLUMN_TWINS,
    **JUDGING_TWINS,
    **KEY_TWINS,
    **DRAWING_TWINS,
    **PACKING_TWINS,
    **SEARCH_TWINS,
    **SERIES_TWINS,
    **SOURCE_TWINS,
    **DIGEST_TWINS,
}
