"""The values of columns as bare arrays, of which digests are taken.

Which rows are null is one array, and the values are others, with zeros or nothing in the place of
nulls. Arrays are those of Polars itself, or casts that change no bit: for a table of a few thousand
rows, an expression of Polars' costs more than all else, so there is one for all texts of a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_NUMBERS = {"Int64": "<i8", "Int32": "<i4", "Float32": "<f4", "Float64": "<f8"}

_FEW_ROWS = 1 << 14
"""So many rows have little text, which fits in memory for all columns of a frame."""


class RawColumn(NamedTuple):
    """A column as arrays.

    Attributes
    ----------
    kind
        Name of its Polars type.
    nulls
        Shape (rows,): which rows are null; nothing where none is.
    arrays
        Values of all rows in order, in one array or several, 0 where they are null; of texts the
        lengths in bytes.
    letters
        Of texts, all of them in UTF-8, one after another.
    """

    kind: str
    nulls: NDArray[np.bool_] | None
    arrays: tuple[NDArray[Any], ...]
    letters: bytes = b""

    @property
    def text(self) -> tuple[bytes | memoryview, ...]:
        """What its digest is of: its type, how many rows it has, which are null, and the values,
        little-endian; labels as UTF-8, after their lengths.
        """
        header = f"{self.kind} {sum(map(len, self.arrays))}\n".encode()
        nulls = () if self.nulls is None else (np.packbits(self.nulls).data,)
        arrays = self.arrays
        if self.kind == "Boolean":
            arrays = tuple(np.packbits(array) for array in arrays)
        return (header, *nulls, *(array.data for array in arrays), self.letters)

    @property
    def n_bytes(self) -> int:
        """Bytes of its values."""
        return sum(array.nbytes for array in self.arrays) + len(self.letters)

    @property
    def is_constant(self) -> bool:
        """Whether it holds one value, or none, nulls apart."""
        there = self.arrays
        if self.nulls is not None:
            (array,) = there
            there = (array[~self.nulls],)
        there = tuple(array for array in there if len(array))
        if not there:
            return True
        first = there[0][0]
        if _is_other(first, there[-1][-1]) or any(_differ(array, first) for array in there):
            return False
        return self.kind != "String" or _repeats(self.letters, int(first))


def _is_other(first: Any, last: Any) -> bool:
    """Whether two numbers differ, of which neither is NaN."""
    return bool(first < last or first > last)


def _differ(numbers: NDArray[Any], first: Any) -> bool:
    """Whether any of some numbers is another than the first; NaN is like itself."""
    is_number = bool(first == first)
    return bool((numbers != first if is_number else numbers == numbers).any())


def _repeats(letters: bytes, n: int) -> bool:
    """Whether bytes are the first few of them, again and again."""
    first = letters[:n]
    return letters[-n:] == first and letters == first * (len(letters) // n) if n else True


def raw_columns(frame: pl.DataFrame) -> Iterator[tuple[str, RawColumn]]:
    """The columns of a frame as arrays.

    Parameters
    ----------
    frame
        Of types that columns have.

    Yields
    ------
    tuple of str and RawColumn
        Each column's name, and what it holds.
    """
    import polars as pl

    columns = frame.get_columns()
    texts = [column for column in columns if column.dtype == pl.String]
    batches = [texts] if frame.height <= _FEW_ROWS else [[text] for text in texts]
    raw_texts = (raw for batch in batches for raw in _texts(batch))
    for column in columns:
        yield column.name, next(raw_texts) if column.dtype == pl.String else _numbers(column)


def _texts(columns: Sequence[pl.Series]) -> Iterator[RawColumn]:
    """Columns of texts of one frame as arrays."""
    if not columns:
        return
    import polars as pl

    frame = pl.DataFrame(columns)
    lengths, letters = (frame.select(expression) for expression in _expressions())
    for column, length, text in zip(columns, lengths, letters, strict=True):
        n_bytes, nulls = length.to_numpy(), None
        if column.null_count():
            nulls = np.isnan(n_bytes)
            n_bytes = np.where(nulls, 0, n_bytes)
        utf8 = text.cast(pl.Binary).item()
        yield RawColumn("String", nulls, (n_bytes.astype("<u4", copy=False),), utf8)


@lru_cache(maxsize=1)
def _expressions() -> tuple[pl.Expr, pl.Expr]:
    """Lengths of all texts of a frame, and all letters of each column."""
    import polars as pl

    return pl.col(pl.String).str.len_bytes(), pl.col(pl.String).str.join("")


def _numbers(column: pl.Series) -> RawColumn:
    """A column of anything but texts as arrays."""
    import polars as pl

    kind = column.dtype.base_type().__name__
    if kind == "Boolean":
        return _with_nulls(kind, column.cast(pl.UInt8), "?")
    if kind == "Datetime":
        column = column.cast(pl.Int64)
    elif kind == "Date":
        column = column.cast(pl.Int32)
    dtype = _NUMBERS[column.dtype.base_type().__name__]
    if column.null_count():
        return _with_nulls(kind, column, dtype)
    chunks = [chunk.to_numpy() for chunk in column.get_chunks()]
    arrays = (np.ascontiguousarray(chunk.astype(dtype, copy=False)) for chunk in chunks)
    return RawColumn(kind, None, tuple(arrays))


def _with_nulls(kind: str, column: pl.Series, dtype: str) -> RawColumn:
    """A column that may have nulls, with zeros in their place."""
    import polars as pl

    if not column.null_count():
        return RawColumn(kind, None, (column.to_numpy().astype(dtype, copy=False),))
    if len(column) > _FEW_ROWS:
        numbers = column.fill_null(0).to_numpy()
        if numbers.dtype.kind == "f":
            numbers = np.where(np.isnan(numbers), 0, numbers)
        return RawColumn(kind, column.is_null().to_numpy(), (numbers.astype(dtype, copy=False),))
    is_large = column.dtype == pl.Int64  # whose numbers, as floats, would be rounded
    numbers = (column.cast(pl.Datetime("ns")) if is_large else column).to_numpy()
    absent = np.isnat(numbers) if is_large else np.isnan(numbers)
    nulls, numbers = absent, numbers.view(np.int64) if is_large else numbers
    if np.count_nonzero(absent) != column.null_count():  # some stand for themselves
        nulls = column.is_null().to_numpy()
    values = np.where(nulls if is_large else absent, 0, numbers)
    return RawColumn(kind, nulls, (values.astype(dtype, copy=False),))
