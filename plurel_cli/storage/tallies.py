"""How the score of a feature column is counted, a group of rows at a time.

A tally takes in the values of one column in row order and gives its score in the end: rows of each
category, or mean, deviation and distinct values of numbers. Its memory does not grow with rows,
but with distinct values.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.record import Record

if TYPE_CHECKING:
    import polars as pl

_MANTISSA_BITS = 23
_PAGE_BYTES = (1 << _MANTISSA_BITS) // 8


class ColumnScore(Record):
    """What there is to learn of one feature column, nulls left out."""

    is_source_node: bool = Field(
        description="Whether it is drawn from a distribution of its own, and nothing else of the "
        "database has a part in it."
    )
    n_unique: int = Field(ge=0, description="Distinct values.")
    n_classes: int = Field(ge=0, description="Categorical columns: the same; 0 for others.")
    majority_frac: float = Field(
        ge=0, le=1, description="Categorical columns: share of the most frequent; 0 for others."
    )
    std: float = Field(
        ge=0, description="Standard deviation, with n − 1; of booleans as 0 and 1; 0 for labels."
    )


class Tally(Protocol):
    """What is known of a column from the rows seen so far."""

    def add(self, values: pl.Series, /) -> None:
        """Take more rows in."""
        ...

    def figures(self) -> dict[str, Any]:
        """Its figures, by the fields of a score."""
        ...


def tally_of(column: Feature | Attribute) -> Tally:
    """What counts the score of a column."""
    is_category = column.kind == "categorical" if isinstance(column, Feature) else False
    if is_category or column.type in ("boolean", "string"):  # a time of day is a string
        is_number = column.type != "string"
        return _CategoryScores(is_number)
    return _NumberScores(Distinct() if column.type == "float32" else DistinctWide())


class _CategoryScores:
    """Rows of each category."""

    def __init__(self, are_numbers: bool) -> None:
        self._are_numbers = are_numbers
        self._rows: Counter[Any] = Counter()

    def add(self, values: pl.Series) -> None:
        self._rows.update(dict(values.value_counts().iter_rows()))
        self._rows.pop(None, None)

    def figures(self) -> dict[str, Any]:
        n = self._rows.total()
        return {
            "n_unique": len(self._rows),
            "n_classes": len(self._rows),
            "majority_frac": max(self._rows.values()) / n if n else 0.0,
            "std": self._deviation(n) if self._are_numbers and n > 1 else 0.0,
        }

    def _deviation(self, n: int) -> float:
        """By integers alone, so that it is that of no order of rows."""
        total = sum(rows * value for value, rows in self._rows.items())
        squares = sum(rows * value * value for value, rows in self._rows.items())
        return math.sqrt((n * squares - total * total) / (n * (n - 1)))


class _NumberScores:
    """Mean and squared deviations, put together from those of groups of rows in their order."""

    def __init__(self, distinct: Distinct | DistinctWide) -> None:
        self._n, self._mean, self._squares = 0, 0.0, 0.0
        self._distinct = distinct

    def add(self, values: pl.Series) -> None:
        numbers = values.to_numpy()  # nulls as NaN, which no value is
        numbers = numbers[~np.isnan(numbers)]
        if not len(numbers):
            return
        self._distinct.add(numbers)
        wide = numbers.astype(np.float64)
        n, mean = len(wide), float(wide.mean())
        wide -= mean
        wide *= wide
        step, total = mean - self._mean, self._n + n
        self._squares += float(wide.sum()) + step * step * self._n * n / total
        self._mean += step * n / total
        self._n = total

    def figures(self) -> dict[str, Any]:
        std = math.sqrt(self._squares / (self._n - 1)) if self._n > 1 else 0.0
        return {"n_unique": self._distinct.n, "n_classes": 0, "majority_frac": 0.0, "std": std}


class DistinctWide:
    """How many different numbers of 64 bits there are among some: all that have been seen are kept.

    Attributes
    ----------
    n
        Different numbers so far.
    """

    def __init__(self) -> None:
        self.n = 0
        self._seen: NDArray[Any] = np.empty(0)

    def add(self, numbers: NDArray[Any]) -> None:
        """Take more numbers in."""
        several = np.unique(numbers)
        self._seen = several if not self.n else np.union1d(self._seen, several)
        self.n = len(self._seen)


class Distinct:
    """How many different numbers there are among some, exactly.

    There are 2³² float32 numbers, so a bit each tells which have been seen; those of one sign and
    exponent share a page, which is made when the first of them is seen. Numbers that all come at
    once need none.

    Attributes
    ----------
    n
        Different numbers so far; 0 and −0 are one.
    """

    def __init__(self) -> None:
        self.n = 0
        self._first: NDArray[np.uint32] | None = None
        self._pages: dict[int, NDArray[np.uint8]] = {}

    def add(self, numbers: NDArray[np.float32]) -> None:
        """Take more numbers in."""
        patterns = np.sort((numbers + np.float32(0)).view(np.uint32))
        patterns = patterns[_starts(patterns)]
        if self._first is None:
            self._first, self.n = patterns, len(patterns)
            return
        if not self._pages:
            self._mark(self._first)
        self.n += self._mark(patterns)

    def _mark(self, patterns: NDArray[np.uint32]) -> int:
        """Set the bits of some numbers, in rising order; how many were not set."""
        pages = patterns >> _MANTISSA_BITS
        starts = _starts(pages)
        groups = np.split(patterns & ((1 << _MANTISSA_BITS) - 1), starts[1:])
        return sum(map(self._mark_on, pages[starts].tolist(), groups))

    def _mark_on(self, page: int, bits: NDArray[np.uint32]) -> int:
        if page not in self._pages:
            self._pages[page] = np.zeros(_PAGE_BYTES, dtype=np.uint8)
        seen = self._pages[page]
        places = bits >> 3
        starts = _starts(places)
        places = places[starts]
        masks = np.bitwise_or.reduceat(np.left_shift(1, bits & 7).astype(np.uint8), starts)
        n_new = int(np.bitwise_count(masks & ~seen[places]).sum())
        seen[places] |= masks
        return n_new


def _starts(ordered: NDArray[np.integer]) -> NDArray[np.intp]:
    """Where each run of equal numbers starts."""
    is_start = np.ones(len(ordered), dtype=np.bool_)
    is_start[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(is_start)


# The file.
