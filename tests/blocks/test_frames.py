from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.blocks.column import RowIndex, block_rows, blocks_of
from plurel_cli.blocks.frames import as_series, category_label, frames
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.column import Column, Feature


def _column(kind: Any, name: str = "x", **fields: Any) -> Column:
    return Feature(
        name=name,
        type=kind,
        stage="temporal",
        kind="categorical" if "categories" in fields else "numerical",
        **fields,
    )


class _Counted:
    """Row numbers times a factor, which remembers the blocks asked for."""

    def __init__(self, n_rows: int, factor: int = 1) -> None:
        self._n_rows, self._factor = n_rows, factor
        self.asked: list[int] = []

    def block(self, index: int) -> NDArray[np.int64]:
        self.asked.append(index)
        return np.arange(*block_rows(index, self._n_rows)) * self._factor


# Blocks of rows.


@given(st.integers(1, 10**12))
def test_blocks_cover_the_rows_once(n_rows: int) -> None:
    last = -(-n_rows // BLOCK_ROWS) - 1
    assert block_rows(0, n_rows)[0] == 0
    assert block_rows(last, n_rows)[1] == n_rows
    for index in {0, last // 2, last - 1} - {last, -1}:
        assert block_rows(index, n_rows)[1] == block_rows(index + 1, n_rows)[0]
        assert block_rows(index, n_rows) == (index * BLOCK_ROWS, (index + 1) * BLOCK_ROWS)


@pytest.mark.parametrize("n_rows", [1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 3 * BLOCK_ROWS])
def test_primary_keys_count_the_rows(n_rows: int) -> None:
    index = RowIndex(n_rows)
    blocks = [index.block(i) for i in range(-(-n_rows // BLOCK_ROWS))]
    assert {block.dtype for block in blocks} == {np.dtype(np.int64)}
    assert np.array_equal(np.concatenate(blocks), np.arange(n_rows))


def test_primary_keys_of_many_rows() -> None:
    n_rows = 10**12
    last = (n_rows - 1) // BLOCK_ROWS
    assert RowIndex(n_rows).block(last)[[0, -1]].tolist() == [last * BLOCK_ROWS, n_rows - 1]


# Types.


@pytest.mark.parametrize(
    ("kind", "values", "dtype", "expected"),
    [
        ("int64", np.array([0, 2**62]), pl.Int64, [0, 2**62]),
        ("int32", np.array([3, 0], dtype=np.int32), pl.Int32, [3, 0]),
        ("int32", np.array([3, 0], dtype=np.int64), pl.Int32, [3, 0]),
        ("float32", np.array([0.1, -2.0]), pl.Float32, [float(np.float32(0.1)), -2.0]),
        ("boolean", np.array([0, 1, 5], dtype=np.int32), pl.Boolean, [False, True, True]),
    ],
)
def test_values_have_the_type_that_is_written(
    kind: str, values: NDArray[Any], dtype: Any, expected: list[Any]
) -> None:
    series = as_series(_column(kind), values)
    assert series.name == "x"
    assert series.dtype == dtype
    assert series.to_list() == expected


def test_dates_are_nanoseconds_without_zone() -> None:
    values = np.array([0, 1, 1_735_603_200 * 10**9 + 123_456_789, -1])
    series = as_series(_column("datetime[ns]"), values)
    assert series.dtype == pl.Datetime("ns")
    assert series.to_physical().to_list() == values.tolist()
    assert str(series[2]).startswith("2024-12-31 00:00:00.123456")


def test_labels_are_those_of_their_categories() -> None:
    values = np.array([2, 0, 11, 2], dtype=np.int32)
    series = as_series(_column("string", categories=12), values)
    assert series.dtype == pl.String
    assert series.to_list() == ["c2", "c0", "c11", "c2"]
    assert series.to_list() == [category_label(category) for category in values]


def test_no_value_is_lost_to_null() -> None:
    values = np.array([0, 1, 1], dtype=np.int32)
    for kind in ("int64", "int32", "float32", "string", "boolean", "datetime[ns]"):
        series = as_series(_column(kind, categories=2), values)
        assert (series.null_count(), len(series)) == (0, 3)


def test_not_a_number_is_null_where_a_column_may_hold_nulls_and_nowhere_else() -> None:
    values = np.array([0.5, np.nan])
    assert as_series(_column("float32", nullable=True), values).to_list() == [0.5, None]
    assert as_series(_column("float32"), values).null_count() == 0


def test_what_is_below_zero_is_null_where_keys_and_categories_may_be() -> None:
    values = np.array([2, -1, 0], dtype=np.int32)
    expected: dict[Any, list[Any]] = {
        "int64": [2, None, 0],
        "int32": [2, None, 0],
        "string": ["c2", None, "c0"],
        "boolean": [True, None, False],
    }
    for kind, its in expected.items():
        series = as_series(_column(kind, categories=3, nullable=True), values)
        assert series.to_list() == its
        assert series.dtype == as_series(_column(kind, categories=3), values[:1]).dtype
    assert values.tolist() == [2, -1, 0]


# Frames.

N_ROWS = 4 * BLOCK_ROWS + 17


@pytest.mark.parametrize(
    ("blocks_a_frame", "heights"),
    [
        (1, [BLOCK_ROWS] * 4 + [17]),
        (2, [2 * BLOCK_ROWS] * 2 + [17]),
        (3, [3 * BLOCK_ROWS, BLOCK_ROWS + 17]),
        (5, [N_ROWS]),
        (100, [N_ROWS]),
    ],
)
def test_frames_hold_so_many_blocks(blocks_a_frame: int, heights: list[int]) -> None:
    sources = _Counted(N_ROWS), _Counted(N_ROWS, 7)
    columns = {_column("int64", "a"): sources[0], _column("float32", "b"): sources[1]}
    made = list(frames(list(columns.items()), blocks_of(0, N_ROWS), blocks_a_frame))
    assert [frame.height for frame in made] == heights
    whole = pl.concat(made)
    assert whole.schema == {"a": pl.Int64, "b": pl.Float32}
    assert np.array_equal(whole["a"].to_numpy(), np.arange(N_ROWS))
    assert np.array_equal(whole["b"].to_numpy(), (7 * np.arange(N_ROWS)).astype(np.float32))
    assert [source.asked for source in sources] == [[0, 1, 2, 3, 4]] * 2  # each block once


@pytest.mark.parametrize(
    ("n_rows", "heights"),
    [(1, [1]), (BLOCK_ROWS, [BLOCK_ROWS]), (2 * BLOCK_ROWS, [2 * BLOCK_ROWS])],
)
def test_no_frame_is_empty(n_rows: int, heights: list[int]) -> None:
    made = frames([(_column("int64"), _Counted(n_rows))], blocks_of(0, n_rows), 2)
    assert [frame.height for frame in made] == heights


def test_frames_are_made_when_asked_for() -> None:
    source = _Counted(N_ROWS)
    made = frames([(_column("int64"), source)], blocks_of(0, N_ROWS), 2)
    assert source.asked == []
    next(made)
    assert source.asked == [0, 1]
