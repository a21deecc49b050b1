"""Whole nodes: what their causes give, aggregated, noise added, and read, slice by slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import folds
from plurel_cli.compiled.code.bits import COUNTER, begun
from plurel_cli.compiled.code.layers import INFINITE, most, product, rounding
from plurel_cli.compiled.code.machine import (
    BITS64,
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    Words,
    compiled,
    inlined,
    pasted,
    read,
    single,
)
from plurel_cli.compiled.code.mechanisms import apply
from plurel_cli.compiled.code.memory import integers, single_rows, singles, wholes
from plurel_cli.compiled.code.scalars import clipped
from plurel_cli.compiled.code.tables import (
    CELLS,
    GRID,
    KIND,
    MECHANISM,
    N_TABLE,
    NUMBER,
    ROWS,
    SHARES,
    TABLE,
    VALUES,
    encoded,
)
from plurel_cli.compiled.code.words import draw

AGGREGATION, WIDTH, SHARED, SHARED_WIDTH, LARGEST = range(5)
QUANTILES, EMBEDDINGS, N_CATEGORIES, OUT, DECODER = range(5, 10)
"""What is said of a node; the last is where the row of its decoder begins."""

_SINGLE, _WHOLE = 4, 8  # bytes
_BLOCK_ROWS = 128
_TOGETHER = 4  # as many encodings are joined before their product is held
_MOST_PRODUCT = np.float32(1e18)
_MOST_AGGREGATE = np.float32(1e6)
_N_QUANTILES = 1 << 12
_LAST_QUANTILE = np.uint64(_N_QUANTILES - 1)
_NEW = np.uint64(1)
_QUARTER, _TWO_QUARTERS, _THREE_QUARTERS = np.uint64(16), np.uint64(32), np.uint64(48)
_A_WORD = 4


@pasted
def onto(
    code: int,
    cause: Wholes,
    factors: Singles,
    where: Wholes,
    first: int,
    n: int,
    total: Singles,
) -> int:
    """Join what a cause gives some rows.

    Parameters
    ----------
    code, total
        How, as in `folds`, and to what, shape (n, width).
    cause, factors, where
        The cause, and where its values lie.
    first, n
        Its first row, and how many.

    Returns
    -------
    int
        0, or 1 where it could not be done.
    """
    width = total.shape[1]
    kind = cause[KIND]
    if kind == NUMBER:
        encodings = np.empty(n * width, np.float32)
        values = singles(where[VALUES] + _SINGLE * first, n)
        if encoded(cause[MECHANISM:], factors, values, encodings):
            return 1
        return folds.fold_all(code, total, encodings.reshape(n, width))
    table = single_rows(cause[TABLE], cause[N_TABLE], width)
    if kind == GRID:
        cells, shares = where[CELLS] + _WHOLE * first, where[SHARES] + _SINGLE * first
        return folds.fold_grid(code, total, table, wholes(cells, n), singles(shares, n))
    if kind == ROWS:
        return folds.fold_rows(code, total, table, integers(where[VALUES] + _SINGLE * first, n))
    return folds.fold_rows(code, total, table, np.zeros(n, np.int32))


@inlined
def held(total: Singles) -> None:
    """Hold products within bounds, in place.

    Parameters
    ----------
    total
        Shape (n, width).
    """
    flat = total.reshape(-1)
    for index in range(len(flat)):
        flat[index] = clipped(flat[index], -_MOST_PRODUCT, _MOST_PRODUCT)


@inlined
def _folded(
    code: int,
    causes: Wholes,
    factors: Singles,
    where: Wholes,
    first: int,
    total: Singles,
    is_begun: bool,
) -> int:
    """Join what all causes give some rows, to what is there if that is begun."""
    n_joined = 1 if is_begun else 0
    for cause in range(len(causes)):
        how = code if n_joined else folds.SET
        if onto(how, causes[cause], factors[cause], where[cause], first, len(total), total):
            return 1
        n_joined += 1
        if n_joined == _TOGETHER and code == folds.PRODUCT:
            held(total)
            n_joined = 1
    if n_joined > 1 and code == folds.PRODUCT:
        held(total)
    return 0 if n_joined else 1


@pasted
def _begun_by(shared: Singles, total: Singles) -> None:
    """Write the first numbers of rows that are as long or longer."""
    if shared.shape[1] == total.shape[1]:
        folds.fold_all(folds.SET, total, shared)
        return
    for row in range(len(shared)):
        for j in range(total.shape[1]):
            total[row, j] = shared[row, j]


@pasted
def _is_near(shared: Singles, largest: Singles, reach: np.float32) -> bool:
    """Whether no number lies further above the largest encodings than can be lifted."""
    n_far = 0
    if shared.shape[1] == len(largest):
        flat, many = shared.reshape(-1), folds.repeated(largest)
        for first in range(0, len(flat), len(many)):
            some = flat[first : first + len(many)]
            for index in range(len(some)):
                n_far += 0 if some[index] - many[index] <= reach else 1
        return n_far == 0
    for row in range(len(shared)):
        for j in range(len(largest)):
            n_far += 0 if shared[row, j] - largest[j] <= reach else 1
    return n_far == 0


@pasted
def _lifted(
    causes: Wholes,
    factors: Singles,
    where: Wholes,
    first: int,
    total: Singles,
    largest: Singles,
    has_shared: bool,
    is_near: bool,
) -> int:
    """Join lifted encodings of all causes by their sum, and others that are there already."""
    n, width = total.shape
    high = np.empty((n if has_shared and not is_near else 0, width), np.float32)
    if has_shared and is_near:
        folds.exponentials(total, largest)
    elif has_shared:
        folds.fold_all(folds.SET, high, total)
    is_begun = has_shared and is_near
    if _folded(folds.SUM, causes, factors, where, first, total, is_begun):
        return 1
    folds.logarithm(total, largest)
    if len(high):
        folds.fold_all(folds.LOGSUMEXP, high, total)
        folds.fold_all(folds.SET, total, high)
    return 0


@inlined
def _with_noise(total: Singles, quantiles: Singles, state: Words) -> None:
    """Hold numbers within bounds and add noise, a word for each four."""
    n = len(total)
    words = np.empty((n + _A_WORD - 1) // _A_WORD, np.uint64)
    draw(state, words)
    for index in range(n // _A_WORD * _A_WORD, n):
        shift = _QUARTER * np.uint64(index % _A_WORD)
        noise = quantiles[np.int64(words[index // _A_WORD] >> shift & _LAST_QUANTILE)]
        total[index] = clipped(total[index], -_MOST_AGGREGATE, _MOST_AGGREGATE) + noise
    for index in range(n // _A_WORD):
        word, at = words[index], _A_WORD * index
        first = quantiles[np.int64(word & _LAST_QUANTILE)]
        second = quantiles[np.int64(word >> _QUARTER & _LAST_QUANTILE)]
        third = quantiles[np.int64(word >> _TWO_QUARTERS & _LAST_QUANTILE)]
        fourth = quantiles[np.int64(word >> _THREE_QUARTERS & _LAST_QUANTILE)]
        total[at] = clipped(total[at], -_MOST_AGGREGATE, _MOST_AGGREGATE) + first
        total[at + 1] = clipped(total[at + 1], -_MOST_AGGREGATE, _MOST_AGGREGATE) + second
        total[at + 2] = clipped(total[at + 2], -_MOST_AGGREGATE, _MOST_AGGREGATE) + third
        total[at + 3] = clipped(total[at + 3], -_MOST_AGGREGATE, _MOST_AGGREGATE) + fourth


@pasted
def _chosen(plan: Wholes, decoded: Singles, n: int, out: NDArray[np.int32]) -> int:
    """Write the category whose embedding each row is nearest to."""
    width, n_categories = plan[WIDTH], plan[N_CATEGORIES]
    largest = most(decoded, np.int32(0))
    if largest >= INFINITE:
        return 1
    nearness = np.empty(n * n_categories, np.float32)
    highest = single(np.int32(INFINITE - 1))
    embeddings = singles(plan[EMBEDDINGS], width * n_categories)
    rounds = rounding(largest, width)
    product(decoded, n, width, n_categories, embeddings, rounds, highest, nearness)
    for row in range(n):
        begin, nearest = row * n_categories, 0
        for category in range(1, n_categories):
            if nearness[begin + category] > nearness[begin + nearest]:
                nearest = category
        out[row] = nearest
    return 0


@compiled(
    WHOLE(
        read(WHOLE, 1),
        read(WHOLE, 2),
        read(SINGLE, 2),
        read(WHOLE, 2),
        SINGLE,
        read(WHOLE, 1),
        read(BITS64, 2),
    )
)
def node(
    plan: Wholes,
    causes: Wholes,
    factors: Singles,
    where: Wholes,
    reach: np.float32,
    ends: Wholes,
    seeds: Words,
) -> int:
    """Write the values of a node.

    Parameters
    ----------
    plan, causes, factors, where
        The node and its causes, and where the values of these lie.
    reach
        How far above the largest encodings what is lifted may lie.
    ends
        The last row of each slice, excluded.
    seeds
        Of the noise of each slice, shape (slices, 3).

    Returns
    -------
    int
        0, or 1 where it could not be done, and nothing useful is written.
    """
    width, n_categories = plan[WIDTH], plan[N_CATEGORIES]
    code, shared_width = plan[AGGREGATION], plan[SHARED_WIDTH]
    quantiles = singles(plan[QUANTILES], _N_QUANTILES)
    largest = singles(plan[LARGEST], width if plan[LARGEST] else 0)
    decoder = plan[DECODER:]
    is_by_number = False
    for cause in range(len(causes)):
        is_by_number |= causes[cause, KIND] == NUMBER
    begin, state = 0, np.empty(COUNTER + 1, np.uint64)
    for index in range(len(ends)):
        end = ends[index]
        n = end - begin
        for word in range(COUNTER):
            state[word] = seeds[index, word]
        state[COUNTER] = _NEW
        begun(state)
        embedding = np.empty((n, width), np.float32)
        shared = single_rows(
            plan[SHARED] + _SINGLE * shared_width * begin, n if plan[SHARED] else 0, shared_width
        )
        is_near = plan[LARGEST] != 0 and _is_near(shared, largest, reach)
        step = n if is_by_number else _BLOCK_ROWS
        for first in range(0, n, step):
            total = embedding[first : first + step]
            _begun_by(shared[first : first + step], total)
            has_shared = plan[SHARED] != 0
            if plan[LARGEST]:
                at = begin + first
                if _lifted(causes, factors, where, at, total, largest, has_shared, is_near):
                    return 1
            elif _folded(code, causes, factors, where, begin + first, total, has_shared):
                return 1
            _with_noise(total.reshape(-1), quantiles, state)
        flat = embedding.reshape(-1)
        if not n_categories:
            if apply(decoder, flat, n, singles(plan[OUT] + _SINGLE * begin, n)):
                return 1
        else:
            decoded = np.empty(n * width, np.float32)
            if apply(decoder, flat, n, decoded):
                return 1
            if _chosen(plan, decoded, n, integers(plan[OUT] + _SINGLE * begin, n)):
                return 1
        begin = end
    return 0
