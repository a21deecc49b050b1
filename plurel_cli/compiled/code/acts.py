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
    """Whether what is joined to what is there changes it."""
    joined = together.copy()
    folds.fold_all(code, joined, more)
    if code == folds.PRODUCT:
        held(joined)
    for row in range(len(joined)):
        for j in range(joined.shape[1]):
            if joined[row, j] != together[row, j]:
                return True
    return False


@inlined
def _is_same_anywhere(together: Singles, alone: Singles) -> bool:
    for row in range(len(together)):
        for j in range(together.shape[1]):
            if together[row, j] == alone[row, j]:
                return True
    return False


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
    together = encodings[0, :n].copy()
    for cause in range(1, n_causes):
        folds.fold_all(code, together, encodings[cause, :n])
    if code == folds.PRODUCT:
        held(together)
    highest = np.empty((n, width), np.float32)
    for cause in range(n_causes):
        if not acts[cause]:
            continue
        for j in range(width):
            largest = encodings[cause, n, j]
            for row in range(n + 1, n_values):
                largest = max(largest, encodings[cause, row, j])
            for row in range(n):
                highest[row, j] = largest
        alone = encodings[cause, :n]
        is_moved = _is_same_anywhere(together, alone) or _is_moved(code, together, highest)
        acts[cause] = np.int64(is_moved or _is_moved(code, together, alone))
    return 0
