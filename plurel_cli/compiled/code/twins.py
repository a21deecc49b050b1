"""Compiled functions with the arguments of the definitions whose twins they are.

A twin gives its work back to the definition where it cannot do it alike: where a number is not
finite, an activation or aggregation is of a plugin, or an index would be out of range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import doubles, folds, layers
from plurel_cli.compiled.code.columns import COLUMN_TWINS
from plurel_cli.compiled.code.drawing import DRAWING_TWINS
from plurel_cli.compiled.code.key_twins import KEY_TWINS
from plurel_cli.compiled.code.search_twins import SEARCH_TWINS
from plurel_cli.kernel.twins import Twin

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_FOLDS = {
    "sum": folds.SUM,
    "maximum": folds.MAXIMUM,
    "product": folds.PRODUCT,
    "logsumexp": folds.LOGSUMEXP,
}
_contiguous = np.ascontiguousarray
_of_layers: Callable[..., int] = layers.perceptrons


def _in_order(array: NDArray[Any]) -> bool:
    """Whether an array can be written into where it lies."""
    return array.flags.c_contiguous


def _perceptron(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def perceptron(perceptron: Any, x: Floats) -> Floats:
        drawn, which = perceptron.drawn, perceptron.index
        if not drawn.is_known[which]:
            return definition(perceptron, x)
        out = np.empty((len(x), drawn.outputs[which]), dtype=np.float32)
        jobs = np.array([[which, len(x), 0, 0]])
        if _of_layers(jobs, x.ravel(), *drawn.packed, out.reshape(-1)):
            return definition(perceptron, x)
        return out

    return perceptron


def _perceptrons(definition: Callable[..., list[Floats]]) -> Callable[..., list[Floats]]:
    def perceptrons(several: list[Any], inputs: list[Floats]) -> list[Floats]:
        drawn = {id(one.drawn): one.drawn for one in several}
        outputs: list[Any] = [None] * len(several)
        for address, of_all in drawn.items():
            jobs: list[tuple[int, ...]] = []
            where: list[int] = []
            x: list[Floats] = []
            begin = into = 0
            for index, one in enumerate(several):
                if id(one.drawn) != address:
                    continue
                which, of_one = one.index, inputs[index]
                if not of_all.is_known[which]:
                    outputs[index] = one(of_one)
                    continue
                n_rows = len(of_one)
                jobs.append((which, n_rows, begin, into))
                where.append(index)
                x.append(of_one.ravel())
                begin, into = begin + of_one.size, into + n_rows * of_all.outputs[which]
            if not jobs:
                continue
            out = np.empty(into, dtype=np.float32)
            if _of_layers(np.array(jobs), np.concatenate(x), *of_all.packed, out):
                for index in where:
                    outputs[index] = several[index](inputs[index])
                continue
            for index, (which, n_rows, _, first) in zip(where, jobs, strict=True):
                width = of_all.outputs[which]
                outputs[index] = out[first : first + n_rows * width].reshape(n_rows, width)
        return outputs

    return perceptrons


def _fold_grid(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def fold_grid(
        fold: Any, total: Floats | None, table: Floats, steps: Floats, cell: Any, share: Floats
    ) -> Floats:
        code = folds.SET if total is None else _FOLDS.get(fold.name, -1)
        if code < 0 or not (total is None or _in_order(total)):
            return definition(fold, total, table, steps, cell, share)
        into = np.empty((len(cell), table.shape[1]), np.float32) if total is None else total
        if folds.fold_grid(code, into, table, cell, share):
            return definition(fold, total, table, steps, cell, share)
        return into

    return fold_grid


def _fold_rows(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def fold_rows(fold: Any, total: Floats | None, table: Floats, index: NDArray[Any]) -> Floats:
        code = folds.SET if total is None else _FOLDS.get(fold.name, -1)
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
        if (code := _FOLDS.get(fold.name, -1)) < 0 or not _in_order(total):
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


def _with_noise(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def with_noise(embeddings: Floats, quantiles: Floats, bits: NDArray[np.uint16]) -> Floats:
        if not _in_order(embeddings):
            return definition(embeddings, quantiles, bits)
        folds.with_noise(embeddings.reshape(-1), quantiles, bits)
        return embeddings

    return with_noise


def _weighted(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def weighted(encodings: Floats, weight: float) -> Floats:
        if not _in_order(encodings):
            return definition(encodings, weight)
        folds.weighted(encodings.reshape(-1), np.float32(weight))
        return encodings

    return weighted


def _times(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def times(x: Floats, weights: Any, largest: float | None = None) -> Floats:
        n_in, n_out = weights.held.shape
        if n_in == 1 or largest is not None:
            return definition(x, weights, largest)
        out = np.empty((len(x), n_out), dtype=np.float32)
        held = weights.held.ravel()
        if layers.times(x.ravel(), len(x), n_in, n_out, held, out.reshape(-1)):
            return definition(x, weights)
        return out

    return times


def _placed(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def placed(points: Floats, values: Floats, cell: NDArray[np.int64]) -> Floats:
        share = np.empty(len(values), dtype=np.float32)
        if values.dtype != np.float32 or folds.placed(points, _contiguous(values), cell, share):
            return definition(points, values, cell)
        return share

    return placed


def _rising(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def rising(quantiles: Any, index: int, points: Any) -> Floats:
        ends = np.array(
            [
                *quantiles.ends[index],
                *quantiles.log_ends[index],
                quantiles.a[index],
                quantiles.b[index],
            ]
        )
        out = np.empty(len(points.shares), dtype=np.float32)
        of_steps = (
            quantiles.shares[index],
            _contiguous(quantiles.begins[index]),
            _contiguous(quantiles.powers[:, index]),
        )
        if doubles.rising(ends, *of_steps, points.stacked, out):
            return definition(quantiles, index, points)
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
    "perceptron": _perceptron,
    "perceptrons": _perceptrons,
    "fold_grid": _fold_grid,
    "fold_rows": _fold_rows,
    "fold_all": _fold_all,
    "exponentials": _exponentials,
    "logarithm": _logarithm,
    "logsumexp": _logsumexp,
    "with_noise": _with_noise,
    "weighted": _weighted,
    "times": _times,
    "placed": _placed,
    "rising": _rising,
    "exps": _elementwise(doubles.exps),
    "logs": _elementwise(doubles.logs),
    **COLUMN_TWINS,
    **KEY_TWINS,
    **DRAWING_TWINS,
    **SEARCH_TWINS,
}
