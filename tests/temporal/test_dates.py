from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.window import Window
from plurel_cli.temporal.dates import EvenDates, even_dates

DAY = 86_400 * 10**9


def _window(start: str, end: str) -> Window:
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    return Window(start=first, end=last, val_timestamp=first, test_timestamp=last)


WHOLE = _window("1990-01-01", "2024-12-31")  # nearly 35 years, the longest there is
WINDOWS = {
    "whole": WHOLE,
    "ten days": _window("2011-02-20", "2011-03-01"),
    "before 1970": _window("1960-01-01", "1965-06-30"),
    "a prime of days": _window("2000-01-01", "2000-04-07"),
}

SIZES = [1, 2, 3, 4, 7, 9, 10, 11, 12, 97, 1000, 7919]


def _nanoseconds(day: dt.date) -> int:
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return int(midnight.timestamp()) * 10**9


def _exactly(window: Window, n_rows: int, row: int) -> int:
    """⌊start + row / (N − 1) of the way⌋ in rational numbers."""
    start, end = _nanoseconds(window.start), _nanoseconds(window.end)
    if n_rows == 1:
        return start
    return floor(start + Fraction(row, n_rows - 1) * (end - start))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_rows", SIZES)
def test_all_rows_are_where_exact_arithmetic_puts_them(window: str, n_rows: int) -> None:
    dates = even_dates(WINDOWS[window], n_rows, 0, n_rows)
    assert dates.dtype == np.int64
    assert dates.tolist() == [_exactly(WINDOWS[window], n_rows, i) for i in range(n_rows)]


def test_written_out() -> None:
    """Eleven days' ends among four rows, and rows that fall between two nanoseconds."""
    window = _window("1970-01-01", "1970-01-12")
    assert even_dates(window, 1, 0, 1).tolist() == [0]
    assert even_dates(window, 2, 0, 2).tolist() == [0, 11 * DAY]
    assert even_dates(window, 3, 0, 3).tolist() == [0, 5 * DAY + DAY // 2, 11 * DAY]
    assert even_dates(window, 12, 0, 12).tolist() == [day * DAY for day in range(12)]
    # A seventh of 950,400 s is 135,771.428571428571… s.
    assert even_dates(window, 8, 0, 3).tolist() == [0, 135_771_428_571_428, 271_542_857_142_857]


def test_the_plain_product_overflows_from_row_nine_on() -> None:
    """What the dates must not be computed by: over 35 years 9 × span is beyond 64 bits."""
    span = _nanoseconds(WHOLE.end) - _nanoseconds(WHOLE.start)
    assert 8 * span < 2**63 <= 9 * span
    naive = np.arange(10, 13) * np.int64(span) // 12 + _nanoseconds(WHOLE.start)
    assert (naive != even_dates(WHOLE, 13, 10, 13)).all()


@pytest.mark.parametrize("n_rows", [10**8, 10**8 + 7, 10**9, 4 * 10**9 + 7, 10**12 + 39])
def test_last_block_of_many_rows(n_rows: int) -> None:
    last = (n_rows - 1) // BLOCK_ROWS
    dates = EvenDates(WHOLE, n_rows).block(last)
    first_row = last * BLOCK_ROWS
    assert len(dates) == n_rows - first_row
    for i in (0, 1, len(dates) // 2, len(dates) - 2, len(dates) - 1):
        assert dates[i] == _exactly(WHOLE, n_rows, first_row + i)
    assert dates[-1] == _nanoseconds(WHOLE.end)
    assert (np.diff(dates) >= 0).all()


@given(st.sampled_from(sorted(WINDOWS)), st.integers(2, 10**13), st.data())
def test_any_rows_alone_are_where_exact_arithmetic_puts_them(
    name: str, n_rows: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, n_rows - 1))
    stop = min(n_rows, start + data.draw(st.integers(1, 50)))
    dates = even_dates(WINDOWS[name], n_rows, start, stop)
    assert dates.tolist() == [_exactly(WINDOWS[name], n_rows, i) for i in range(start, stop)]


@given(st.integers(1, 200_000), st.integers(1, 12_000))
def test_dates_rise_from_the_first_midnight_to_the_last(n_rows: int, n_days: int) -> None:
    start = dt.date(1990, 1, 1)
    end = start + dt.timedelta(days=n_days)
    window = Window(start=start, end=end, val_timestamp=start, test_timestamp=end)
    dates = even_dates(window, n_rows, 0, n_rows)
    assert len(dates) == n_rows
    assert dates[0] == _nanoseconds(start)
    assert n_rows == 1 or dates[-1] == _nanoseconds(end)
    gaps = np.diff(dates)
    assert n_rows == 1 or gaps.max() - gaps.min() <= 1  # even to the nanosecond
    assert (gaps > 0).all()


def test_blocks_alone_equal_the_whole() -> None:
    n_rows = 2 * BLOCK_ROWS + 99
    whole = even_dates(WHOLE, n_rows, 0, n_rows)
    for index in (2, 0, 1):
        block = EvenDates(WHOLE, n_rows).block(index)
        np.testing.assert_array_equal(block, whole[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS])
