"""Encodings of causes: of a number as it comes, or of all that a cause can be, in a table."""

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
from plurel_cli.compiled.code.mechanisms import N_IN, N_OUT, apply
from plurel_cli.compiled.code.memory import singles
from plurel_cli.compiled.code.scalars import clipped

GRID, ROWS, CONSTANT, NUMBER = range(4)
"""What encodes a cause: a table between whose rows it is read, or of whose rows it is one, a single
encoding, or a mechanism on a number.
"""

KIND, TABLE, N_TABLE, MECHANISM = range(4)
"""What is said of a cause: what its encodings are read from, and where the table of these lies, or,
before they are made, what they are made of; the last is where the row of its mechanism begins.
"""

VALUES, CELLS, SHARES = range(3)
"""Where the values of a cause lie, or where these are on its grid."""

MEAN, SCALE, WEIGHT = range(3)
"""By what a number is standardised, and what its encoding is multiplied with."""

DONE, FAILED, LIFTED = range(3)
"""What becomes of tables: they are made, a number is not finite, or they are lifted, too."""

_SINGLE = 4  # bytes
_MOST_ENCODING = np.float32(1e4)


@inlined
def encoded(row: Wholes, factors: Singles, values: Singles, out: Singles) -> int:
    """Write the encodings of numbers, with the weight of their edge and within bounds; those of
    numbers that are all the same once, and copied.

    Parameters
    ----------
    row, factors
        The mechanism, and what the numbers are standardised by and their encodings multiplied with.
    values
        The numbers, as many for each row as the mechanism has inputs.
    out
        Their encodings.

    Returns
    -------
    int
        0, or 1 where a number is not finite.
    """
    mean, scale, weight = factors[MEAN], factors[SCALE], factors[WEIGHT]
    n, n_out = len(values) // row[N_IN], row[N_OUT]
    is_same = row[N_IN] == 1 and n > 1 and values[0] == values[n - 1]
    for index in range(n if is_same else 0):
        is_same &= values[index] == values[0]
    n = 1 if is_same else n
    x = np.empty(n * row[N_IN], np.float32)
    for index in range(len(x)):
        x[index] = (values[index] - mean) * scale
    made = out[: n * n_out]
    if apply(row, x, n, made):
        return 1
    if most(made, np.int32(0)) >= INFINITE:
        return 1
    for index in range(len(made)):
        made[index] = clipped(made[index] * weight, -_MOST_ENCODING, _MOST_ENCODING)
    for index in range(len(made), len(out)):
        out[index] = out[index - n_out]
    return 0


@compiled(WHOLE(read(WHOLE, 1), WHOLE, SINGLE, written(SINGLE, 1), written(SINGLE, 1)))
def lift(rows: Wholes, width: int, reach: np.float32, tables: Singles, largest: Singles) -> int:
    """Lift tables of encodings to exponentials, where all lie close enough.

    Parameters
    ----------
    rows
        How many each table has.
    width
        Of an encoding.
    reach
        How far the highest of the lowest encodings may lie below the highest.
    tables
        All of them, one after another, overwritten.
    largest
        The largest encodings, shape (width,), which are written.

    Returns
    -------
    int
        0, or 1 where they are left as they are.
    """
    least = np.empty(width, np.float32)
    begin = 0
    for table in range(len(rows)):
        for j in range(width):
            high = low = tables[begin + j]
            for row in range(1, rows[table]):
                number = tables[begin + row * width + j]
                high, low = max(high, number), min(low, number)
            largest[j] = high if table == 0 else max(largest[j], high)
            least[j] = low if table == 0 else max(least[j], low)
        begin += rows[table] * width
    for j in range(width):
        if not largest[j] - least[j] <= reach:
            return 1
    folds.exponentials(tables.reshape(-1, width), largest)
    return 0


@compiled(
    WHOLE(written(WHOLE, 2), read(SINGLE, 2), WHOLE, SINGLE, written(SINGLE, 1), written(SINGLE, 1))
)
def tabulate(
    causes: Wholes,
    factors: Singles,
    width: int,
    reach: np.float32,
    tables: Singles,
    largest: Singles,
) -> int:
    """Write the encodings of causes that are read from tables, and where these lie.

    Parameters
    ----------
    causes, factors
        The causes of a node, whose tables are those of what they are made of and become those of
        encodings.
    width
        Of an encoding, where they may be lifted.
    reach
        How far the highest of the lowest encodings may lie below the highest for all to be lifted.
    tables
        All tables, one after another.
    largest
        The largest encodings, shape (width,), where they may be lifted; else empty.

    Returns
    -------
    int
        What becomes of them.
    """
    begin, rows = 0, np.empty(len(causes), np.int64)
    first = np.int64(tables.ctypes.data)
    for index in range(len(causes)):
        if causes[index, KIND] == NUMBER:
            continue
        n, mechanism = causes[index, N_TABLE], causes[index, MECHANISM:]
        end = begin + n * mechanism[N_OUT]
        values = singles(causes[index, TABLE], n * mechanism[N_IN])
        if encoded(mechanism, factors[index], values, tables[begin:end]):
            return FAILED
        causes[index, TABLE], rows[index] = first + _SINGLE * begin, n
        begin = end
    if len(largest) and lift(rows, width, reach, tables, largest) == 0:
        return LIFTED
    return DONE
