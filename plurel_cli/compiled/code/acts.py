"""Which causes of a node act on it, as `plurel_cli.features.acting` sees it."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code import folds
from plurel_cli.compiled.code.layers import INFINITE, most
from plurel_cli.compiled.code.machine import (
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.nodes import held, onto


@inlined
def _is_moved(code: int, together: Singles, more: Singles) -> bool:
    """Whether what is joined to what there is changes it, in one row."""
    joined = together.copy()
    folds.fold_all(code, joined, more)
    if code == folds.PRODUCT:
        held(joined)
    is_moved = False
    for j in range(joined.shape[1]):
        is_moved |= joined[0, j] != together[0, j]
    return is_moved


@inlined
def _is_same_anywhere(together: Singles, alone: Singles) -> bool:
    is_same = False
    for j in range(together.shape[1]):
        is_same |= together[0, j] == alone[0, j]
    return is_same


@compiled(
    WHOLE(
        WHOLE,
        WHOLE,
        WHOLE,
        read(WHOLE, 2),
        read(SINGLE, 2),
        read(WHOLE, 2),
        written(WHOLE, 1),
        WHOLE,
    )
)
def acting(
    code: int,
    width: int,
    n: int,
    causes: Wholes,
    factors: Singles,
    where: Wholes,
    acts: Wholes,
    n_values: int,
) -> int:
    """Write which causes of a node act on it.

    Parameters
    ----------
    code, width, causes, factors, where
        Of the node, as `nodes.node` has them; a cause has n rows and then its levels.
    n
        How many rows are looked at.
    acts
        1 for each cause that acts, else 0.
    n_values
        Rows and levels of each cause.

    Returns
    -------
    int
        0, or 1 where it could not be done.
    """
    n_causes = len(causes)
    encodings = np.empty((n_causes, n_values, width), np.float32)
    for cause in range(n_causes):
        into = encodings[cause]
        if onto(folds.SET, causes[cause], factors[cause], where[cause], 0, n_values, into):
            return 1
    if most(encodings.reshape(-1), np.int32(0)) >= INFINITE:
        return 1
    n_acting = 0
    for cause in range(n_causes):
        acts[cause] = 0
        for row in range(1, n_values):
            for j in range(width):
                if encodings[cause, row, j] != encodings[cause, 0, j]:
                    acts[cause] = 1
        n_acting += acts[cause]
    if n_causes == 1 or n_acting == 0:
        return 0
    highest = np.empty((n_causes, width), np.float32)
    for cause in range(n_causes):
        for j in range(width):
            largest = encodings[cause, n, j]
            for row in range(n + 1, n_values):
                largest = max(largest, encodings[cause, row, j])
            highest[cause, j] = largest
    is_moved = np.zeros(n_causes, np.bool_)
    for row in range(n):
        together = encodings[0, row : row + 1].copy()
        for cause in range(1, n_causes):
            folds.fold_all(code, together, encodings[cause, row : row + 1])
        if code == folds.PRODUCT:
            held(together)
        for cause in range(n_causes):
            if acts[cause] and not is_moved[cause]:
                alone, most_of = encodings[cause, row : row + 1], highest[cause : cause + 1]
                if (
                    _is_same_anywhere(together, alone)
                    or _is_moved(code, together, most_of)
                    or _is_moved(code, together, alone)
                ):
                    is_moved[cause] = True
                    n_acting -= 1
        if not n_acting:
            break
    for cause in range(n_causes):
        acts[cause] = np.int64(is_moved[cause])
    return 0
