"""Statistics of columns, foreign keys and tables, against brute force on small tables."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from itertools import pairwise
from statistics import fmean, median, pstdev, stdev
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.measure.apart.columns import column_statistics
from plurel_cli.measure.apart.keys import key_statistics
from plurel_cli.measure.apart.population import LEVELS, real, statistics_of
from plurel_cli.measure.view import NO_PARENT, NO_TIME, measured_feature
from tests.measure.views import view

NAN = math.nan
SECOND = 10**9
DAY = 86_400 * SECOND


def _of(values: list[Any] | pl.Series) -> dict[str, float]:
    series = values if isinstance(values, pl.Series) else pl.Series("x", values)
    statistics = column_statistics(measured_feature("t", series))
    assert statistics is not None
    return statistics


def _rank(values: list[float]) -> list[float]:
    return [
        sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values
    ]


def _pearson(a: list[float], b: list[float]) -> float:
    one, other = fmean(a), fmean(b)
    if len(set(a)) == 1 or len(set(b)) == 1:
        return NAN
    covariance = fmean((x - one) * (y - other) for x, y in zip(a, b, strict=True))
    return covariance / (pstdev(a) * pstdev(b))


def _repetition(known: list[Any], n: int) -> dict[str, float]:
    counts = sorted(Counter(known).values(), reverse=True)
    shares = [count / len(known) for count in counts]
    return {
        "null": 1 - len(known) / n,
        "distinct": len(counts),
        "distinct_ratio": len(counts) / len(known),
        "top1": shares[0],
        "top2": shares[1] if len(shares) > 1 else 0,
        "entropy": -sum(share * math.log(share) for share in shares),
        "singletons": counts.count(1) / len(counts),
        "rows": math.log(n),
    }


def _same_next(known: list[Any]) -> float:
    chance = sum((count / len(known)) ** 2 for count in Counter(known).values())
    return fmean(a == b for a, b in pairwise(known)) - chance


@given(st.lists(st.none() | st.integers(-40, 40).map(lambda i: i / 4), min_size=60, max_size=90))
def test_numbers(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    if len(known) < 20:
        assert column_statistics(measured_feature("t", pl.Series("x", values))) is None
        return
    expected = {"num": 1, "dt": 0, **_repetition(known, len(values))}
    if len(set(known)) == 1:
        expected["same_next"] = 0
    else:
        mean, deviation = fmean(known), pstdev(known)
        gaps = [b - a for a, b in pairwise(sorted(set(known)))]
        ranks = _rank(known)
        least = min(known)
        expected |= {
            "skew": fmean(((x - mean) / deviation) ** 3 for x in known),
            "kurt": fmean(((x - mean) / deviation) ** 4 for x in known) - 3,
            "zero": fmean(x == 0 for x in known),
            "neg": fmean(x < 0 for x in known),
            "ints": fmean(x == int(x) for x in known),
            "mod5": fmean(x % 5 == 0 for x in known),
            "mod10": fmean(x % 10 == 0 for x in known),
            "lmax": math.log10(max(map(abs, known)) + 1),
            "minv": math.copysign(math.log10(abs(least) + 1), least),
            "ac1": _pearson(ranks[:-1], ranks[1:]),
            "roworder": _pearson(ranks, list(map(float, range(len(known))))),
            "gapcv": pstdev(gaps) / fmean(gaps) if len(gaps) > 2 else NAN,
        }
    assert _of(pl.Series("x", values, pl.Float64)) == pytest.approx(expected, nan_ok=True, abs=1e-9)


@given(st.lists(st.none() | st.sampled_from(["a", "b c", "längst", ""]), min_size=60, max_size=80))
def test_text(values: list[str | None]) -> None:
    known = [value for value in values if value is not None]
    if len(known) < 20:
        return
    lengths = list(map(len, known))
    expected = {
        "num": 0,
        "dt": 0,
        **_repetition(known, len(values)),
        "same_next": _same_next(known),
        "len": fmean(lengths),
        "lensd": stdev(lengths),
        "spaces": fmean(" " in value for value in known),
    }
    assert _of(pl.Series("x", values, pl.String)) == pytest.approx(expected, abs=1e-9)


def test_booleans_are_numbers_unless_some_are_null() -> None:
    flags = [True, False, True] * 10
    assert _of(flags)["num"] == 1
    assert _of(flags)["ac1"] == pytest.approx(_of([int(flag) for flag in flags])["ac1"])
    with_nulls = _of([*flags, None])
    assert (with_nulls["num"], with_nulls["len"]) == (0, pytest.approx((20 * 4 + 10 * 5) / 30))


def test_times_are_numbers_of_nanoseconds_and_days_are_text() -> None:
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=i * i) for i in range(30)]
    text = _of(days)
    assert (text["num"], text["dt"], text["len"], text["lensd"]) == (0, 0, 10, 0)
    for unit in ("ms", "us", "ns"):
        time = _of(pl.Series("x", days).cast(pl.Datetime(unit)))
        assert (time["num"], time["dt"], time["ac1"]) == (0, 1, pytest.approx(1))
        assert time["lmax"] == pytest.approx(math.log10(1.6e18), abs=0.05)


def test_twenty_values_of_the_first_twenty_thousand() -> None:
    nothing = [None] * 19_990
    assert column_statistics(measured_feature("t", pl.Series("x", [*nothing, *range(50)]))) is None
    assert _of([*nothing[10:], *range(50)])["distinct"] == 20


@given(
    st.lists(st.none() | st.integers(0, 11), min_size=60, max_size=90),
    st.lists(st.integers(0, 3 * 86_400), min_size=102, max_size=102),
    st.sampled_from(["both", "child", "parent", "none"]),
)
def test_keys(parents: list[int | None], seconds: list[int], timed: str) -> None:
    known = [parent for parent in parents if parent is not None]
    if len(known) < 31:
        return
    when = np.array(seconds) * SECOND
    times = {"p": when[:12], "c": np.where(np.arange(90) == 7, NO_TIME, when[12:])[: len(parents)]}
    tables = {"both": "pc", "child": "c", "parent": "p", "none": ""}[timed]
    keys = {("c", "k", "p"): [NO_PARENT if p is None else p for p in parents]}
    key = view({"p": 12, "c": len(parents)}, keys, {t: times[t] for t in tables}).keys[0]
    fan_out = [known.count(parent) for parent in range(12)]
    some = [n for n in fan_out if n]
    order = _pearson(list(map(float, known)), list(map(float, range(len(known)))))
    expected = {
        "timedparent": float("p" in tables),
        "timedchild": float("c" in tables),
        "null": 1 - len(known) / len(parents),
        "ratio": math.log(len(parents) / 12),
        "childless": fan_out.count(0) / 12,
        "maxmean": math.log(max(fan_out) / fmean(fan_out)),
        "cvnz": pstdev(some) / fmean(some),
        "one": some.count(1) / len(some),
        "mednz": median(some) / fmean(some),
        "run": _same_next(known),
        "monotone": fmean(b >= a for a, b in pairwise(known)),
        "order": 0 if math.isnan(order) else order,
        "dist": fmean(abs(b - a) for a, b in pairwise(known)) / 12,
        "both": float(timed == "both"),
    }
    if timed == "both":
        pairs = [
            (seconds[12 + row], seconds[parent])
            for row, parent in enumerate(parents)
            if parent is not None and row != 7
        ]
        lags = [child - parent for child, parent in pairs]
        ends = [end for pair in pairs for end in pair]
        expected |= {
            "lag0": lags.count(0) / len(lags),
            "lagday": fmean(abs(lag) < 86_400 for lag in lags),
            "lagmed": median(lags) / max(max(ends) - min(ends), 1),
            "before": fmean(lag < 0 for lag in lags),
        }
    assert key_statistics(key) == pytest.approx(expected, abs=1e-9)


def test_too_few_references() -> None:
    keys = {("c", "k", "p"): [0] * 29 + [NO_PARENT] * 9}
    assert key_statistics(view({"p": 5, "c": 38}, keys).keys[0]) is None


def test_tables() -> None:
    features = {
        ("c", "number"): [1, None] * 20,
        ("c", "text"): ["a", "b"] * 20,
        ("small", "number"): range(29),
    }
    keys = {
        ("c", "k", "p"): np.zeros(40),
        ("c", "l", "p"): np.zeros(40),
        ("c", "m", "c"): np.zeros(40),
    }
    rows = statistics_of(view({"p": 50, "c": 40, "small": 29}, keys, {"c": range(40)}, features))
    assert {level: len(found) for level, found in rows.items()} == {
        "columns": 2,
        "keys": 3,
        "tables": 2,
    }
    of_p, of_c = (dict(zip(LEVELS["tables"], row, strict=True)) for row in rows["tables"])
    assert of_p == {
        **dict.fromkeys(LEVELS["tables"], 0),
        "rows": pytest.approx(math.log(50), abs=1e-5),
        "children": 1,
        "dup": 1,
    }
    assert of_c == pytest.approx(
        {
            "rows": math.log(40),
            "fks": 3,
            "feats": 2,
            "num": 1,
            "dt": 0,
            "timed": 1,
            "children": 1,
            "nullcols": 0.5,
            "nullcells": 0.25,
            "dup": 1 - 2 / 40,
        }
    )


def test_the_real_ones_are_eleven() -> None:
    members = real()
    assert [member["name"] for member in members] == [f"d{i:02d}" for i in range(1, 12)]
    sizes = {level: sum(len(member["rows"][level]) for member in members) for level in LEVELS}
    assert sizes == {"columns": 644, "keys": 168, "tables": 103}
    first = dict(zip(LEVELS["columns"], members[0]["rows"]["columns"][0], strict=True))
    assert (first["distinct"], first["len"], first["skew"]) == (77, 9.1039, None)
