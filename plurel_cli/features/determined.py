"""Columns that others determine exactly, as they are written.

A formula of two numbers, a number rounded or put into bands, the place and the sum so far among
the rows with one reference, what a category looks up, what a referenced row says. A null among
what determines a value makes it null; a running sum passes over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.labels import cut_labels
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.schema.model import Column

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int32]

LARGEST = float(np.finfo(np.float32).max)

_STEPS = (1.0, 2.0, 5.0)
_FEW = 64  # runs that are summed one by one
_PRICES = 6.907755278982137  # ln 1,000, over which the logarithms of looked up numbers spread

_FORMULAS: dict[str, Callable[[Doubles, Doubles], Doubles]] = {
    "sum": np.add,
    "difference": np.subtract,
    "product": np.multiply,
}


# What the reference sample decides.


def rounding_step(reference: Floats) -> float:
    """What a number is rounded to: the largest of 1, 2 and 5 times a power of ten that is no more
    than its deviation.

    Examples
    --------
    >>> rounding_step(np.array([0, 30], dtype=np.float32))
    10.0
    """
    _, sd = mean_and_sd(reference)
    if not 0.0 < sd < math.inf:
        return 1.0
    power = float("1e" + f"{sd:.17e}".partition("e")[2])
    return max(its * power for its in _STEPS if its * power <= sd * (1.0 + 1e-12))


# Values.


class Formula:
    """A sum, difference or product of two numbers, in float64 and then rounded to float32.

    Parameters
    ----------
    kind
        Which.
    left, right
        float32, NaN for null.
    """

    def __init__(self, kind: str, left: BlockColumn, right: BlockColumn) -> None:
        self._function, self._left, self._right = _FORMULAS[kind], left, right

    def block(self, index: int) -> Floats:
        """Values of one block of rows; what is too large for float32 is the largest there is."""
        left, right = (its.block(index).astype(np.float64) for its in (self._left, self._right))
        return _as_floats(self._function(left, right))


class Rounded:
    """The multiple of a step nearest to a number, the even one of two.

    Parameters
    ----------
    number
        float32, NaN for null.
    step
        Above 0.
    """

    def __init__(self, number: BlockColumn, step: float) -> None:
        self._number, self._step = number, step

    def block(self, index: int) -> Floats:
        """Values of one block of rows."""
        return _as_floats(np.rint(self._number.block(index) / self._step) * self._step)


class Band:
    """The band that a number lies in: how many boundaries are strictly below it.

    Parameters
    ----------
    number
        float32, NaN for null.
    boundaries
        Rising.
    """

    def __init__(self, number: BlockColumn, boundaries: Sequence[float]) -> None:
        self._number, self._boundaries = number, np.array(boundaries, dtype=np.float32)

    def block(self, index: int) -> Labels:
        """Bands of one block of rows, −1 for null."""
        values = self._number.block(index)
        bands = cut_labels(values, self._boundaries)
        bands[np.isnan(values)] = -1
        return bands


class Lookup:
    """What a table has for a category.

    Parameters
    ----------
    category
        int32, −1 for null.
    entries
        One for each category.
    is_boolean
        Whether the category is written as whether it is above 0.
    """

    def __init__(
        self, category: BlockColumn, entries: Floats | Labels, *, is_boolean: bool
    ) -> None:
        self._category, self._is_boolean = category, is_boolean
        self._entries = with_null(entries)

    def block(self, index: int) -> Floats | Labels:
        """Entries of one block of rows."""
        categories = self._category.block(index)
        if self._is_boolean:
            categories = np.minimum(categories, 1)
        found: Floats | Labels = self._entries.take(categories)
        return found


class Copied:
    """What a referenced row has.

    Parameters
    ----------
    whole
        Written values of the referenced table's column, with null as a last one beside them.
    keys
        The references; one below 0 is nobody's.
    """

    def __init__(self, whole: Floats | Labels, keys: BlockColumn) -> None:
        self._whole, self._keys = whole, keys

    def block(self, index: int) -> Floats | Labels:
        """Values of one block of rows."""
        found: Floats | Labels = self._whole.take(np.maximum(self._keys.block(index), -1))
        return found


class Running:
    """A sum over the rows with one reference, up to each row.

    Parameters
    ----------
    keys
        The references; a row with one below 0 is null.
    number
        What is summed, NaN for nothing; none where rows are counted.
    n_parents
        Rows of the referenced table.

    Notes
    -----
    Blocks are made one after another, a number a parent carried on; from the first on again
    where an earlier one is wanted.
    """

    def __init__(self, keys: BlockColumn, number: BlockColumn | None, n_parents: int) -> None:
        self._keys, self._number, self._n_parents = keys, number, n_parents
        self._next, self._sums, self._values = 0, np.empty(0), np.empty(0, np.float32)

    def block(self, index: int) -> Floats:
        """Sums of one block of rows."""
        if self._next == 0 or index < self._next - 1:
            self._next, self._sums = 0, np.zeros(self._n_parents)
        while self._next <= index:
            self._values = self._advanced(self._next)
            self._next += 1
        return self._values

    def _advanced(self, index: int) -> Floats:
        keys = self._keys.block(index)
        found = np.full(len(keys), np.nan, dtype=np.float32)
        rows = np.flatnonzero(keys >= 0)
        rows = rows.take(keys.take(rows).argsort(kind="stable"))
        its = keys.take(rows)
        if not len(its):
            return found
        amounts = np.ones(len(rows))
        if self._number is not None:
            amounts = np.nan_to_num(self._number.block(index).take(rows).astype(np.float64))
        starts = np.flatnonzero(np.r_[True, its[1:] != its[:-1]])
        amounts[starts] += self._sums.take(its.take(starts))
        ends = np.append(starts[1:], len(its))
        sums = _running(amounts, starts, ends)
        self._sums[its.take(starts)] = sums.take(ends - 1)
        found[rows] = _as_floats(sums)
        return found


def _running(amounts: Doubles, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Doubles:
    """Running sums of runs of amounts, each added up from its own first amount on.

    Place by place of all runs that are so long, and when few are, run by run.
    """
    sums = amounts.copy()
    sizes = ends - starts
    longest_first = np.argsort(-sizes, kind="stable")
    starts, sizes = starts.take(longest_first), sizes.take(longest_first)
    place, n_going = 1, int(np.count_nonzero(sizes > 1))
    while n_going > _FEW:
        here = starts[:n_going] + place
        sums[here] += sums.take(here - 1)
        place += 1
        n_going = int(np.count_nonzero(sizes[:n_going] > place))
    for start, size in zip(starts[:n_going].tolist(), sizes[:n_going].tolist(), strict=True):
        rest = sums[start + place - 1 : start + size]
        np.cumsum(rest, out=rest)
    return sums


def lookup_entries(column: Column, n: int, stream: Stream) -> Floats | Labels:
    """Draw what a column looks up for each of n categories.

    Parameters
    ----------
    column
        The column; where it is categorical, of at most n categories.
    n
        Categories of what it is looked up by.
    stream
        Randomness of this column alone.

    Returns
    -------
    ndarray
        float32, whole numbers spread evenly over their logarithms from 1 to 1,000; or int32,
        categories, each at least once.
    """
    generator = stream.generator()
    if column.categories is None:
        return np.rint(exps(_PRICES * generator.random(n))).astype(np.float32)
    several = generator.integers(column.categories, size=n, dtype=np.int32)
    several[: column.categories] = np.arange(column.categories)
    generator.shuffle(several)
    return several


def with_null(entries: Floats | Labels) -> Floats | Labels:
    """The same with null as a last one, which −1 takes."""
    null: Any = np.float32(np.nan) if entries.dtype == np.float32 else np.int32(-1)
    found: Floats | Labels = np.append(entries, null)
    return found


def _as_floats(values: Doubles) -> Floats:
    found: Floats = values.clip(-LARGEST, LARGEST).astype(np.float32)
    return found
