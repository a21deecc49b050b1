"""Columns as bare arrays: the bytes of which digests are taken, and what is constant."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.storage import raw_columns as module
from plurel_cli.storage.digests import digests_of
from plurel_cli.storage.raw_columns import RawColumn, raw_columns

_KINDS: dict[pl.DataType, tuple[str, st.SearchStrategy[object]]] = {
    pl.Int64(): ("<q", st.sampled_from([0, 1, 2**53 + 1, -(2**63), 2**63 - 1])),
    pl.Int32(): ("<i", st.sampled_from([0, 1, -(2**31), 2**31 - 1])),
    pl.Float32(): ("<f", st.sampled_from([0.0, -0.0, 1.5, float("inf")])),
    pl.Float64(): ("<d", st.sampled_from([0.0, -0.0, 0.1, float("inf")])),
    pl.Datetime("ns"): ("<q", st.sampled_from([0, -1, 10**18])),
    pl.Datetime("us"): ("<q", st.sampled_from([0, -1, 10**15])),
    pl.Date(): ("<i", st.sampled_from([0, -1, 20_000])),
}
"""Types of numbers, each with the format of its bytes and some of its values."""

_OTHERS: dict[pl.DataType, st.SearchStrategy[object]] = {
    pl.String(): st.sampled_from(["", "c1", "ü", "zz", "longer than twelve bytes"]),
    pl.Boolean(): st.booleans(),
}

_KIND = st.sampled_from([*_KINDS, *_OTHERS])


def _values(kind: pl.DataType) -> st.SearchStrategy[list[object]]:
    some = _KINDS[kind][1] if kind in _KINDS else _OTHERS[kind]
    few = some.flatmap(lambda value: st.lists(st.none() | st.just(value), max_size=9))
    return few | st.lists(st.none() | some, max_size=20) | st.lists(some, max_size=20)


def _series(name: str, kind: pl.DataType, values: list[object]) -> pl.Series:
    is_time = kind in (pl.Datetime, pl.Date)
    plain = pl.Int32() if kind == pl.Date else pl.Int64()
    return pl.Series(name, values, dtype=plain if is_time else kind).cast(kind)


def _bits(values: list[bool]) -> bytes:
    padded = values + [False] * (-len(values) % 8)
    return bytes(
        sum(bit << (7 - at) for at, bit in enumerate(padded[first : first + 8]))
        for first in range(0, len(padded), 8)
    )


def _defined(kind: pl.DataType, values: list[object]) -> str:
    """The digest, byte by byte."""
    data = f"{type(kind).__name__} {len(values)}\n".encode()
    if None in values:
        data += _bits([value is None for value in values])
    if kind == pl.String():
        texts = [str(value or "").encode() for value in values]
        data += b"".join(struct.pack("<I", len(text)) for text in texts) + b"".join(texts)
    elif kind == pl.Boolean():
        data += _bits([value is True for value in values])
    else:
        data += b"".join(
            struct.pack(_KINDS[kind][0], 0 if value is None else value) for value in values
        )
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@pytest.mark.parametrize("few_rows", [0, 1 << 14])
@given(data=st.data())
def test_digests_are_of_the_bytes_that_are_promised(data: st.DataObject, few_rows: int) -> None:
    kinds = data.draw(st.lists(_KIND, min_size=1, max_size=4))
    n = data.draw(st.integers(0, 20))
    columns = {}
    for index, kind in enumerate(kinds):
        values = (data.draw(_values(kind)) * n + [None] * n)[:n]
        columns[f"column_{index}"] = (kind, values)
    frame = pl.DataFrame([_series(name, *column) for name, column in columns.items()])
    cut = data.draw(st.integers(0, n))
    frame = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW_ROWS", few_rows)
        columns_there = dict(raw_columns(frame))
    assert list(columns_there) == list(columns)
    digests = digests_of([column.text for column in columns_there.values()])
    assert dict(zip(columns, digests, strict=True)) == {
        name: _defined(*column) for name, column in columns.items()
    }


def _raw(values: pl.Series) -> RawColumn:
    ((_, column),) = raw_columns(values.to_frame())
    return column


@given(st.data())
def test_a_column_of_one_value_is_constant_nulls_apart(data: st.DataObject) -> None:
    kind = data.draw(_KIND)
    series = _series("a", kind, data.draw(_values(kind)))
    assert _raw(series).is_constant == (series.drop_nulls().n_unique() < 2)


def test_what_is_not_a_number_is_constant_where_all_is() -> None:
    nothing = float("nan")
    assert _raw(pl.Series([nothing, nothing])).is_constant
    assert not _raw(pl.Series([nothing, 1.0])).is_constant
    assert not _raw(pl.Series([1.0, nothing])).is_constant


@pytest.mark.parametrize(("rows", "batches"), [(1 << 14, [2]), ((1 << 14) + 1, [1, 1])])
def test_texts_of_many_rows_are_taken_one_column_after_another(
    monkeypatch: pytest.MonkeyPatch, rows: int, batches: list[int]
) -> None:
    """All of a frame's together would take as much memory again."""
    seen, texts = [], module._texts

    def noted(columns: Sequence[pl.Series]) -> Iterator[RawColumn]:
        seen.append(len(columns))
        return texts(columns)

    monkeypatch.setattr(module, "_texts", noted)
    frame = pl.DataFrame({name: pl.Series([name]).new_from_index(0, rows) for name in "ab"})
    letters = {name: column.letters for name, column in raw_columns(frame)}
    assert letters == {"a": b"a" * rows, "b": b"b" * rows}
    assert seen == batches
