"""Compiled functions that make keys, with the arguments of the definitions whose twins they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from plurel_cli.compiled.code import clusters, inversion, thresholds
from plurel_cli.compiled.code.machine import Doubles, Wholes
from plurel_cli.kernel.twins import Twin

Matrix = list[list[float]]

_tables: Callable[..., int] = clusters.cluster_tables
_by_likeliest: Callable[..., int] = clusters.likeliest_keys
_by_table: Callable[..., int] = thresholds.table_keys

_by_inversion: Callable[..., int] = inversion.inverted
_by_blocks: Callable[..., int] = inversion.among_blocks

_ALL = np.empty(0, dtype=np.int64)
_NO_FINE = np.empty((0, 2))


def _cluster_tables(definition: Callable[..., Any]) -> Callable[..., Any]:
    def cluster_tables(
        coarse_levels: list[Matrix], fine_levels: list[Matrix], sizes: Wholes
    ) -> tuple[Any, ...]:
        levels = coarse_levels + fine_levels
        radices = [radix for level in levels for radix in (len(level), len(level[0]))]
        scores = [score for level in levels for row in level for score in row]
        n_of_coarse = 2 * len(coarse_levels)
        n_coarse, n_fine_children = prod(radices[:n_of_coarse:2]), prod(radices[n_of_coarse::2])
        n_coarse_parents = prod(radices[1:n_of_coarse:2])
        n_children, n_fine = n_coarse * n_fine_children, len(sizes) // n_coarse_parents
        coarse = np.empty((n_coarse, n_coarse_parents))
        coarse_sums = np.empty((n_children, n_coarse_parents + 1))
        fine_sums = _NO_FINE
        if fine_levels:
            fine_sums = np.empty((n_coarse_parents * n_fine_children, n_fine + 1))
        likeliest, weights = np.empty(n_children, dtype=np.int64), np.empty((3, n_children))
        _tables(
            *(np.array(scores), np.array(radices), len(coarse_levels), sizes),
            *(coarse, coarse_sums, fine_sums, likeliest, weights),
        )
        return coarse, coarse_sums, fine_sums, likeliest, *weights

    return cluster_tables


def _likeliest_keys(definition: Callable[..., None]) -> Callable[..., None]:
    def likeliest_keys(
        likeliest: Any,
        tables: Any,
        parent_edges: Wholes,
        edges: Wholes,
        bits: np.random.SFC64,
        first: int,
        keys: Wholes,
    ) -> None:
        coarse, coarse_sums, fine_sums, _, weight, before, total = tables
        weights = (coarse, coarse_sums, fine_sums, weight, before, total)
        state = bits.state["state"]["state"]
        _by_likeliest(*(*likeliest, *weights, parent_edges, edges, state, first, keys))

    return likeliest_keys


def _table_keys(definition: Callable[..., None]) -> Callable[..., None]:
    def table_keys(table: Any, bits: np.random.SFC64, start: int, keys: Wholes) -> None:
        _by_table(*table.packed, bits.state["state"]["state"], start, keys)

    return table_keys


def _inverted(definition: Callable[..., Any]) -> Callable[..., Any]:
    def inverted(sums: Doubles, target: Doubles, most: Wholes | None) -> Wholes:
        rows = np.empty(len(target), dtype=np.int64)
        _by_inversion(sums, target, _ALL if most is None else most, rows)
        return rows

    return inverted


def _among_blocks(definition: Callable[..., Any]) -> Callable[..., Any]:
    def among_blocks(*given: Any) -> Wholes:
        *of_rows, present = given
        keys = np.empty(len(of_rows[-1]), dtype=np.int64)
        if _by_blocks(*of_rows, _ALL if present is None else present, keys):
            keys = definition(*given)
        return keys

    return among_blocks


KEY_TWINS: Mapping[str, Twin] = {
    "cluster_tables": _cluster_tables,
    "likeliest_keys": _likeliest_keys,
    "table_keys": _table_keys,
    "inverted": _inverted,
    "among_blocks": _among_blocks,
}
