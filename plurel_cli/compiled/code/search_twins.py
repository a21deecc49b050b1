"""Compiled searches and points, with the arguments of the definitions whose twins they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from plurel_cli.compiled.code import searches
from plurel_cli.compiled.code.machine import Doubles, Wholes, Words
from plurel_cli.kernel.twins import Twin

_contiguous = np.ascontiguousarray


def _ranks(definition: Callable[..., Wholes]) -> Callable[..., Wholes]:
    def ranks(rising: Any, values: Any) -> Wholes:
        several = np.empty(len(values), dtype=np.int64)
        search = searches.ranks if rising.dtype == np.float64 else searches.whole_ranks
        if rising.dtype != values.dtype or search(
            _contiguous(rising), _contiguous(values), several
        ):
            return definition(rising, values)
        return several

    return ranks


def _middles(definition: Callable[..., Doubles]) -> Callable[..., Doubles]:
    def middles(words: Words) -> Doubles:
        points = np.empty(len(words))
        searches.middles(words, points)
        return points

    return middles


def _last_at_most(definition: Callable[..., Wholes]) -> Callable[..., Wholes]:
    def last_at_most(before: Doubles, which: Wholes, target: Doubles) -> Wholes:
        columns = np.empty(len(target), dtype=np.int64)
        searches.last_at_most(_contiguous(before), _contiguous(which), _contiguous(target), columns)
        return columns

    return last_at_most


def _repeated(definition: Callable[..., Wholes]) -> Callable[..., Wholes]:
    def repeated(first: Wholes, second: Wholes) -> Wholes:
        n = len(first)
        table, rows = np.full(1 << (2 * n).bit_length(), -1), np.empty(n, dtype=np.int64)
        n_repeated = searches.repeated(_contiguous(first), _contiguous(second), table, rows)
        return rows[:n_repeated].copy()

    return repeated


SEARCH_TWINS: Mapping[str, Twin] = {
    "ranks": _ranks,
    "middles": _middles,
    "last_at_most": _last_at_most,
    "repeated": _repeated,
}
