"""Compiled searches, with the arguments of the definitions whose twins they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from plurel_cli.compiled.code import searches
from plurel_cli.compiled.code.machine import Doubles, Wholes
from plurel_cli.kernel.twins import Twin

_contiguous = np.ascontiguousarray


def _ranks(definition: Callable[..., Wholes]) -> Callable[..., Wholes]:
    def ranks(rising: Doubles, values: Doubles) -> Wholes:
        several = np.empty(len(values), dtype=np.int64)
        if searches.ranks(_contiguous(rising), _contiguous(values), several):
            return definition(rising, values)
        return several

    return ranks


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
    "last_at_most": _last_at_most,
    "repeated": _repeated,
}
