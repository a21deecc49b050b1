"""What comes from referenced rows: encodings read from tables, for all aggregations in one pass."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code import folds
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
from plurel_cli.compiled.code.memory import integers, single_rows, singles
from plurel_cli.compiled.code.nodes import held
from plurel_cli.compiled.code.tables import GRID, NUMBER, ROWS

KIND, TABLE, N_TABLE, LIFTED, VALUES, POINTS, N_POINTS, N_WORDS = range(8)
"""What is said of a column, the first of it as of a cause, and how many words it takes. A number
has a table with a row for each of the rows in turn.
"""

LIFTED_SUM = 5
"""An aggregation that is a sum of lifted encodings, after those of `folds`."""

_SINGLE = 4  # bytes
_BLOCK_ROWS = 64


@inlined
def _placed(column: Wholes, first: int, cells: Wholes, shares: Singles) -> int:
    """Where some values lie on the grid of their column, if it has one; 1 where one does not."""
    if column[KIND] != GRID:
        return 0
    points = singles(column[POINTS], column[N_POINTS])
    return folds.placed(
        points, singles(column[VALUES] + _SINGLE * first, len(cells)), cells, shares
    )


@inlined
def _onto(
    code: int,
    column: Wholes,
    which: int,
    first: int,
    row: int,
    cells: Wholes,
    shares: Singles,
    total: Singles,
) -> int:
    """Join encodings that are read from one of the tables of a column; 1 where it has no such row.

    Parameters
    ----------
    code, total
        How, as in `folds`, and to what, shape (n, width).
    column, which
        The column, and which of its tables.
    first, row
        The first of the values, and the first row of a table that has one for each.
    cells, shares
        Where they lie on a grid.
    """
    n, width = total.shape
    if column[KIND] == NUMBER:
        begin = column[which] + _SINGLE * width * row
        return folds.fold_all(code, total, single_rows(begin, n, width))
    table = single_rows(column[which], column[N_TABLE], width)
    if column[KIND] == GRID:
        return folds.fold_grid(code, total, table, cells, shares)
    if column[KIND] == ROWS:
        labels = integers(column[VALUES] + _SINGLE * first, n)
        return folds.fold_rows(code, total, table, labels)
    return folds.fold_rows(code, total, table, np.zeros(n, np.int32))


@inlined
def _joined(code: int, share: np.float32, encodings: Singles, total: Singles) -> None:
    """Join encodings of a column to those before it, shape (n, width)."""
    if code == folds.SUM:
        joined, given = total.reshape(-1), encodings.reshape(-1)
        for index in range(len(joined)):
            joined[index] += given[index] * share
    else:
        folds.fold_all(code, total, encodings)
        if code == folds.PRODUCT:
            held(total)


@inlined
def _begun(code: int, share: np.float32, encodings: Singles, total: Singles) -> None:
    """Write encodings of the first column, shape (n, width)."""
    factor = share if code == folds.SUM else np.float32(1.0)
    begun, given = total.reshape(-1), encodings.reshape(-1)
    for index in range(len(begun)):
        begun[index] = given[index] * factor


@compiled(
    WHOLE(
        *(read(WHOLE, 1), read(WHOLE, 2), WHOLE, WHOLE, SINGLE, read(SINGLE, 1)),
        written(SINGLE, 3),
    )
)
def aggregate(
    codes: Wholes,
    columns: Wholes,
    first: int,
    n: int,
    share: np.float32,
    largest: Singles,
    out: Singles,
) -> int:
    """Write aggregated encodings of some rows.

    Parameters
    ----------
    codes
        How encodings are joined, of each aggregation: as in `folds`, or lifted.
    columns
        The columns, shape (columns, words).
    first, n
        The first of the rows, and how many.
    share
        What encodings are multiplied with before they are added.
    largest
        The largest encodings, where some are lifted, shape (width,).
    out
        Shape (aggregations, all rows, width).

    Returns
    -------
    int
        0, or 1 where a number is not finite, or a table has no such row.
    """
    width = out.shape[2]
    cells, shares = np.empty(_BLOCK_ROWS, np.int64), np.empty(_BLOCK_ROWS, np.float32)
    plain = np.empty((_BLOCK_ROWS, width), np.float32)
    for row in range(0, n, _BLOCK_ROWS):
        m, at = min(_BLOCK_ROWS, n - row), first + row
        of_cells, of_shares, encodings = cells[:m], shares[:m], plain[:m]
        for index in range(len(columns)):
            column = columns[index]
            if _placed(column, at, of_cells, of_shares):
                return 1
            if _onto(folds.SET, column, TABLE, at, row, of_cells, of_shares, encodings):
                return 1
            for kind in range(len(codes)):
                code, total = codes[kind], out[kind, at : at + m]
                if code == LIFTED_SUM:
                    how = folds.SUM if index else folds.SET
                    _onto(how, column, LIFTED, at, row, of_cells, of_shares, total)
                elif index:
                    _joined(code, share, encodings, total)
                else:
                    _begun(code, share, encodings, total)
        for kind in range(len(codes)):
            if codes[kind] == LIFTED_SUM:
                folds.logarithm(out[kind, at : at + m], largest)
    return 0


@compiled(WHOLE(read(WHOLE, 2), WHOLE, WHOLE, written(WHOLE, 1)))
def differing(columns: Wholes, n: int, width: int, acts: Wholes) -> int:
    """Write of which columns the encodings of some values differ.

    Parameters
    ----------
    columns
        The columns, shape (columns, words).
    n, width
        How many values each has, and the width of an encoding.
    acts
        1 for each of which they do, else 0.

    Returns
    -------
    int
        0, or 1 where a number is not finite, or a table has no such row.
    """
    cells, shares = np.empty(n, np.int64), np.empty(n, np.float32)
    encodings = np.empty((n, width), np.float32)
    for index in range(len(columns)):
        column = columns[index]
        if _placed(column, 0, cells, shares):
            return 1
        if _onto(folds.SET, column, TABLE, 0, 0, cells, shares, encodings):
            return 1
        acts[index] = 0
        for row in range(1, n):
            for j in range(width):
                if encodings[row, j] != encodings[0, j]:
                    acts[index] = 1
    return 0
