"""Evenly spaced times, the published method's.

N timestamps evenly spaced over the window, both ends included, so that row index is time order. A
time is a function of the row alone: any row's can be computed by whoever needs it.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.schema.window import Window

DAY_NS = 86_400 * 10**9
_EPOCH = dt.date(1970, 1, 1)


def first_nanosecond(window: Window) -> int:
    """Nanoseconds from 1970 to the window's start."""
    return (window.start - _EPOCH).days * DAY_NS


def even_dates(window: Window, n_rows: int, start: int, stop: int) -> NDArray[np.int64]:
    """Timestamps of rows start..stop − 1 of a table of evenly spaced ones.

    Parameters
    ----------
    window
        The database's window.
    n_rows
        Rows of the table.
    start, stop
        The rows asked for.

    Returns
    -------
    NDArray[np.int64]
        Nanoseconds since 1970, rising, shape (stop − start,).

    Notes
    -----
    Row i is at start + i q + ⌊i r / (N − 1)⌋ with q, r = divmod(span, N − 1), since i × span
    overflows 64 bits from i = 9 on, and i counts from the first row asked for, since i × r would
    from N = 3 × 10⁹ on. One row alone is at the window's start.

    Examples
    --------
    >>> window = Window(start=dt.date(1970, 1, 1), end=dt.date(1970, 1, 11),
    ...     val_timestamp=dt.date(1970, 1, 9), test_timestamp=dt.date(1970, 1, 10))
    >>> (even_dates(window, 3, 0, 3) // 86_400_000_000_000).tolist()
    [0, 5, 10]
    """
    first = first_nanosecond(window)
    if n_rows == 1:
        return np.full(stop - start, first, dtype=np.int64)
    span = (window.end - window.start).days * DAY_NS
    quotient, remainder = divmod(span, n_rows - 1)
    before, rest = divmod(start * span, n_rows - 1)  # of the first row asked for
    row = np.arange(stop - start, dtype=np.int64)
    dates = row * remainder
    dates += rest
    dates //= n_rows - 1
    row *= quotient
    dates += row
    dates += first + before
    return dates


class EvenDates:
    """A time column of evenly spaced times.

    Parameters
    ----------
    window
        The database's window.
    n_rows
        Rows of the table.
    """

    def __init__(self, window: Window, n_rows: int) -> None:
        self._window = window
        self._n_rows = n_rows

    def block(self, index: int) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of one block of rows."""
        return even_dates(self._window, self._n_rows, *block_rows(index, self._n_rows))
