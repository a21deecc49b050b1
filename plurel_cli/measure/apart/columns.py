"""What a feature column looks like by itself: repetition, shape, order and length.

A column is a number, a time or text; booleans without nulls are numbers. Text is also what can
hold nothing for a null in NumPy: booleans with nulls, and dates without a time of day. The first
20,000 rows count, of which 20 must hold a value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.columns import known
from plurel_cli.measure.view import MeasuredFeature

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Statistics = dict[str, float]

MOST_ROWS = 20_000
LEAST_VALUES = 20
_LEAST_GAPS = 3

_NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000}

STATISTICS = (
    *("null", "num", "dt", "distinct", "distinct_ratio", "top1", "top2", "entropy", "singletons"),
    *("rows", "same_next", "len", "lensd", "spaces", "skew", "kurt", "zero", "neg", "ints"),
    *("mod5", "mod10", "lmax", "minv", "ac1", "roworder", "gapcv"),
)

Sort = Literal["number", "time", "text"]


def column_statistics(feature: MeasuredFeature) -> Statistics | None:
    """Statistics of one feature column, None where it has too few values."""
    values = feature.values.head(MOST_ROWS)
    there = known(values)
    if len(there) < LEAST_VALUES:
        return None
    sort = sort_of(feature)
    numbers = None if sort == "text" else _numbers(there, feature)
    codes, counts = _coded(there) if numbers is None else (None, None)
    if numbers is not None:
        points, codes, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    assert codes is not None and counts is not None  # noqa: S101, PT018 (either way)
    statistics = {
        "null": 1 - len(there) / len(values),
        "num": float(sort == "number"),
        "dt": float(sort == "time"),
        "rows": math.log(len(values)),
        **_repetition(counts),
    }
    if numbers is not None and counts.size > 1:
        return statistics | _shape(numbers, points) | _order(codes, counts)
    shares = counts / counts.sum()
    statistics["same_next"] = float(np.mean(codes[1:] == codes[:-1]) - shares @ shares)
    return statistics | (_length(there, feature) if sort == "text" else {})


def sort_of(feature: MeasuredFeature) -> Sort:
    """What a column counts as."""
    import polars as pl

    if feature.dates is not None:
        return "text" if feature.dates == "days" else "time"
    dtype = feature.values.dtype
    is_number = dtype.is_numeric() or (dtype == pl.Boolean and not feature.values.has_nulls())
    return "number" if is_number else "text"


def _numbers(values: pl.Series, feature: MeasuredFeature) -> Doubles:
    import polars as pl

    unit = _NANOSECONDS.get(feature.dates or "", 1)
    return values.cast(pl.Float64).to_numpy() * unit


def _coded(values: pl.Series) -> tuple[Ints, Ints]:
    """A number for each distinct value, by row; and how often each occurs."""
    ranks = values.rank("dense").to_numpy().astype(np.int64) - 1
    return ranks, np.bincount(ranks)


def _repetition(counts: Ints) -> Statistics:
    n = int(counts.sum())
    top = np.sort(counts)[::-1][:2] / n
    shares = counts / n
    return {
        "distinct": float(counts.size),
        "distinct_ratio": counts.size / n,
        "top1": float(top[0]),
        "top2": float(top[1]) if top.size > 1 else 0.0,
        "entropy": -float(shares @ np.log(shares)),
        "singletons": float(np.mean(counts == 1)),
    }


def _shape(x: Doubles, points: Doubles) -> Statistics:
    """Moments, round values, range and gaps of numbers that are not all equal."""
    z = (x - x.mean()) / x.std()
    squares = z * z
    gaps = np.diff(points)
    return {
        "skew": float((squares * z).mean()),
        "kurt": float((squares * squares).mean()) - 3,
        "zero": float(np.mean(x == 0)),
        "neg": float(np.mean(x < 0)),
        "ints": float(np.mean(x == np.round(x))),
        "mod5": float(np.mean(x % 5 == 0)),
        "mod10": float(np.mean(x % 10 == 0)),
        "lmax": math.log10(max(abs(points[0]), abs(points[-1])) + 1),
        "minv": math.copysign(math.log10(abs(points[0]) + 1), points[0]),
        "gapcv": float(gaps.std() / gaps.mean()) if points.size > _LEAST_GAPS else math.nan,
    }


def _order(codes: Ints, counts: Ints) -> Statistics:
    """Rank correlation of a value with the next, and with the number of its row."""
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[codes]
    return {
        "ac1": correlation(ranks[:-1], ranks[1:]),
        "roworder": correlation(ranks, np.arange(ranks.size, dtype=np.float64)),
    }


def correlation(a: Doubles, b: Doubles) -> float:
    """Pearson's correlation, NaN where either is constant.

    Parameters
    ----------
    a, b
        Of one length.

    Returns
    -------
    float

    Examples
    --------
    >>> correlation(np.array([0.0, 1.0, 2.0]), np.array([3.0, 2.0, 1.0]))
    -1.0
    """
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > 0 else math.nan


def _length(values: pl.Series, feature: MeasuredFeature) -> Statistics:
    """Characters of text, and the share of values with a space."""
    import polars as pl

    if feature.dates == "days":
        values = values.cast(pl.Int32).cast(pl.Date)
    text = values if values.dtype == pl.String else values.cast(pl.String)
    lengths = text.str.len_chars().to_numpy().astype(np.float64)
    return {
        "len": float(lengths.mean()),
        "lensd": float(lengths.std(ddof=1)),
        "spaces": float(text.str.contains(" ", literal=True).to_numpy().mean()),
    }
