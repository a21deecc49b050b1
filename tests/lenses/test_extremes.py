"""Numbers that a type cannot hold are written as the nearest that it can, on every machine."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from plurel_cli.lenses import Lens
from plurel_cli.lenses.date import Date
from plurel_cli.lenses.integer import whole_series
from plurel_cli.lenses.time_of_day import TimeOfDay
from plurel_cli.lenses.timestamp import Timestamp

VALUES = np.array([-np.inf, -1e30, -1e12, np.nan, 0.0, 1e12, 1e30, np.inf])


@pytest.mark.parametrize(
    ("lens", "least", "most"),
    [
        (Date(), date(1, 1, 1), date(9999, 12, 31)),
        (Timestamp(), datetime(1677, 9, 21, 0, 12, 44), datetime(2262, 4, 11, 23, 47, 16)),
        (TimeOfDay(), "00:00", "23:59"),
    ],
    ids=lambda given: given.kind if isinstance(given, Lens) else "",
)
def test_times_end_where_their_types_do(lens: Lens, least: object, most: object) -> None:
    written = lens.series("a", VALUES).to_list()
    assert written[:3] == [least] * 3
    assert written[3] is None
    assert written[-3:] == [most] * 3


def test_whole_numbers_end_where_64_bits_do() -> None:
    written = whole_series("a", VALUES).to_list()
    assert written == [*[-(2**63) + 1024] * 2, -(10**12), None, 0, 10**12, *[2**63 - 1024] * 2]
