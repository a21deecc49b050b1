"""Every lens in a generated database against what it says: a table a test, twins by other means."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from numpy.typing import NDArray

from plurel_cli import Database, dump_config, generate, parse_config
from plurel_cli.lenses import lenses
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.words.folding import folded
from plurel_cli.words.places import places
from tests.lenses.shop import CUSTOMER, LINE, ORDER, shop
from tests.marginals.exact import (
    Cdf,
    exponential_cdf,
    geometric_cdf,
    lognormal_cdf,
    normal_cdf,
    poisson_cdf,
    uniform_cdf,
    zeros_cdf,
)
from tests.statistics import chi_square_p, p_limit


@pytest.fixture(scope="module")
def database() -> Database:
    return generate(shop(), 3)


@pytest.fixture(scope="module")
def orders(database: Database) -> pl.DataFrame:
    """Orders, each with its customer's columns."""
    return database.tables["order"].join(
        database.tables["customer"], on="customer_id", how="left", maintain_order="left"
    )


def test_shop_has_every_lens_and_its_config_survives() -> None:
    kinds = {
        column["lens"]
        for part in (CUSTOMER, ORDER, LINE)
        for column in part.values()
        if "lens" in column
    }
    assert kinds == set(lenses.names())
    config = shop()
    assert parse_config(yaml.safe_load(dump_config(config))) == config


# Numbers.

NUMBERS: tuple[tuple[dict[str, Any], Cdf], ...] = (
    ({"lens": "number", "normal": {"mean": 3, "sd": 2}}, normal_cdf(3, 2)),
    ({"lens": "number", "normal": {"mean": 3, "sd": 2}, "min": 1, "max": 4}, normal_cdf(3, 2)),
    ({"lens": "number", "uniform": {"low": 0, "high": 9}, "step": 0.25}, uniform_cdf(0, 9)),
    ({"lens": "integer", "normal": {"mean": 9, "sd": 3}, "min": 4, "max": 15}, normal_cdf(9, 3)),
    ({"lens": "integer", "normal": {"mean": 90, "sd": 30}, "step": 10}, normal_cdf(90, 30)),
    ({"lens": "integer", "poisson": {"mean": 4}, "min": 1, "max": 9}, poisson_cdf(4)),
    ({"lens": "integer", "geometric": {"mean": 5}}, geometric_cdf(5)),
    (
        {"lens": "integer", "zero_inflated": {"zeros": 0.6, "rest": {"poisson": {"mean": 2}}}},
        zeros_cdf(0.6, poisson_cdf(2)),
    ),
    ({"lens": "money", "lognormal": {"median": 40, "sigma": 0.8}}, lognormal_cdf(40, 0.8)),
    ({"lens": "percentage", "normal": {"mean": 80, "sd": 30}}, normal_cdf(80, 30)),
    ({"lens": "duration", "exponential": {"mean": 300}, "step": 60}, exponential_cdf(300)),
)


def cells(column: dict[str, Any], cdf: Cdf, n: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Edges of cells of written values, and the probability of each: cut at bounds, in steps."""
    whole = column["lens"] in ("integer", "duration")
    is_discrete = "poisson" in column or "geometric" in column or "zero_inflated" in column
    step = column.get(
        "step", {"money": 0.01, "percentage": 0.1, "number": None}.get(column["lens"], 1.0)
    )
    half = 0.5 * step if step is not None and not is_discrete else 0.0
    low = column.get("min", None if column["lens"] == "number" else 0)
    high = column.get("max", 100 if column["lens"] == "percentage" else None)
    begin = 0.0 if low is None else cdf(low - half - 1e-9)
    end = 1.0 if high is None else cdf(high + half)
    if step is None:
        inner = np.quantile(np.linspace(low or -9.0, high or 15.0, 1_000), np.linspace(0, 1, 20))
    else:
        first = math.ceil((low if low is not None else -300) / step)
        last = math.floor((high if high is not None else first * step + 4_000) / step)
        inner = (np.unique(np.linspace(first, last, min(last - first + 1, n)).round()) + 0.5) * step
    inner = inner[:-1] if high is not None else inner
    sums = [cdf(x if is_discrete or step is None else float(x)) for x in inner.tolist()]
    bounded = np.clip((np.array(sums) - begin) / (end - begin), 0.0, 1.0)
    assert whole or column["lens"] in ("number", "money", "percentage")
    return inner, np.diff([0.0, *bounded, 1.0])


@pytest.fixture(scope="module")
def numbers() -> pl.DataFrame:
    """A column for each case, in a block of rows."""
    return made(BLOCK_ROWS)


@pytest.fixture(scope="module")
def further_numbers() -> pl.DataFrame:
    """The same in more rows than ranks are taken among."""
    return made(ROWS)


def made(rows: int) -> pl.DataFrame:
    columns = {f"c{k}": column for k, (column, _) in enumerate(NUMBERS)}
    table = {"rows": rows, "timed": False, "columns": columns}
    config = {"schema": {"layout": "explicit"}, "tables": {"t": table}}
    return generate(parse_config(config), 5).tables["t"]


ROWS = BLOCK_ROWS + 40_000


def counted(frame: pl.DataFrame, k: int, edges: NDArray[Any]) -> NDArray[Any]:
    values = frame[f"c{k}"].to_numpy().astype(float)
    return np.bincount(edges.searchsorted(values), minlength=len(edges) + 1)


@pytest.mark.parametrize("k", range(len(NUMBERS)))
def test_numbers_of_one_block_have_exactly_their_distribution(
    numbers: pl.DataFrame, k: int
) -> None:
    edges, shares = cells(*NUMBERS[k], 400)
    counts = counted(numbers, k, edges)
    np.testing.assert_allclose(counts, shares * BLOCK_ROWS, atol=2.01)


@pytest.mark.parametrize("k", range(len(NUMBERS)))
def test_numbers_of_more_rows_have_it_but_for_the_sample(
    further_numbers: pl.DataFrame, k: int
) -> None:
    """Ranks are among a block's worth of rows, a sample without replacement."""
    edges, shares = cells(*NUMBERS[k], 400)
    effective = BLOCK_ROWS / (1.0 - BLOCK_ROWS / ROWS)
    counts = counted(further_numbers, k, edges) * (effective / ROWS)
    assert chi_square_p(counts, shares) > p_limit(len(NUMBERS))
    wrong = np.diff([0.0, *np.clip(np.cumsum(shares)[:-1], 0.0, 1.0) ** 1.06, 1.0])
    assert chi_square_p(counts, wrong) < p_limit(len(NUMBERS))


# Labels.


def test_labels_and_flags_have_their_shares() -> None:
    columns = {
        "plan": {"lens": "category", "values": {"free": 6, "pro": 3, "team": 1}},
        "level": {"lens": "category", "values": [3, 1, 2], "ordered": True, "zipf": 1.0},
        "few": {"lens": "flag", "true": 0.013, "nulls": 0.25},
        "even": {"lens": "category", "values": {"a": 1, "b": 1, "never": 0}},
    }
    table = {"rows": 10_000, "timed": False, "columns": columns}
    config = {"schema": {"layout": "explicit"}, "tables": {"t": table}}
    frame = generate(parse_config(config), 1).tables["t"]
    assert Counter(frame["plan"]) == {"free": 6_000, "pro": 3_000, "team": 1_000}
    whole = 1 + 1 / 2 + 1 / 3
    counts = Counter(frame["level"])
    assert [counts[3], counts[1], counts[2]] == [round(10_000 / k / whole) for k in (1, 2, 3)]
    assert Counter(frame["even"]) == {"a": 5_000, "b": 5_000}
    assert frame["few"].null_count() == 2_500
    # Nulls take rows at random from 130 that are true: hypergeometric.
    n, sd = int(frame["few"].sum()), math.sqrt(130 * 0.25 * 0.75)
    assert abs(n - 97.5) < 5 * sd


@pytest.mark.parametrize("seed", range(8))
def test_rarer_value_of_a_drawn_flag_is_in_its_bounds(seed: int) -> None:
    columns = {f"f{k}": {"lens": "flag"} for k in range(25)}
    table = {"rows": 2_000, "timed": False, "columns": columns}
    frame = generate(parse_config({"schema": {"layout": "explicit"}, "tables": {"t": table}}), seed)
    shares = np.array([c.mean() for c in frame.tables["t"].select(columns.keys())], dtype=float)
    rarer = np.minimum(shares, 1 - shares)
    assert (rarer >= 0.004).all()
    assert np.median(rarer) < 0.2


# Times.


def test_times_come_after_what_they_follow(orders: pl.DataFrame) -> None:
    lag = (orders["shipped_at"] - orders["created_at"]).dt.total_seconds(fractional=True) / 86_400
    assert lag.min() >= 0.5 - 1 / 86_400  # type: ignore[operator]
    cdf = lognormal_cdf(3, 0.8)
    edges = np.linspace(0.75, 12, 24)
    shares = np.array([cdf(x) - cdf(0.5) for x in edges.tolist()]) / (1 - cdf(0.5))
    counts = [int((lag <= x).sum()) for x in edges.tolist()]
    np.testing.assert_allclose(counts, shares * len(lag), atol=5.0)
    days = (orders["due"] - orders["shipped_at"].dt.date()).dt.total_days()
    exact = np.diff([0.0, *(poisson_cdf(20)(k) for k in range(60))]) * len(days)
    np.testing.assert_allclose(np.bincount(days, minlength=60), exact, atol=2.01)
    before = (orders["born"] - orders["born_before"]).dt.total_days()
    assert 100 <= before.min() < 103  # type: ignore[operator]
    assert 197 < before.max() <= 200  # type: ignore[operator]


def test_absolute_days_are_spread_evenly(database: Database) -> None:
    born = database.tables["customer"]["born"]
    assert date(1950, 1, 1) <= born.min() <= date(1950, 1, 14)  # type: ignore[operator]
    assert date(2000, 12, 18) <= born.max() <= date(2000, 12, 31)  # type: ignore[operator]
    counts = Counter(born.dt.year())
    days = {y: (date(y + 1, 1, 1) - date(y, 1, 1)) / timedelta(days=1) for y in range(1950, 2001)}
    whole = sum(days.values())
    assert max(abs(counts[y] - len(born) * n / whole) for y, n in days.items()) <= 2.01


def test_times_of_day(orders: pl.DataFrame) -> None:
    slots = set(orders["slot"])
    assert slots <= {f"{m // 60:02}:{m % 60:02}" for m in range(480, 1_201, 15)}
    assert len(slots) > 30


# The row itself.


def test_columns_of_a_row_agree(database: Database) -> None:
    frame = database.tables["customer"]
    known = places()
    country = {c.name: (c.code, c.prefix) for c in known.countries}
    of = {
        (city, region, known.countries[c].name)
        for city, region, c in zip(known.city, known.region, known.country.tolist(), strict=True)
    }
    for row in frame.iter_rows(named=True):
        code, prefix = country[row["country"]]
        assert (row["city"], row["region"], row["country"]) in of
        assert row["country_code"] == code
        assert row["phone"].startswith(prefix)
        assert re.sub(r"[^a-z]", "", folded(row["name"]))[0] == row["email"][0] == row["login"][0]
        host = re.sub(r"^https://www\.", "", row["site"]).split(".")[0].replace("-", "")
        assert folded(row["employer"]).startswith(host)
    for name in ("email", "key", "number", "code"):
        assert frame[name].n_unique() == len(frame)
    assert frame["number"].to_list() == list(range(100, 100 + 3 * len(frame), 3))
    assert frame["longitude"].null_count() == 800
    assert frame["age"].null_count() == 200


# Others.


def cents(value: float | None) -> Decimal:
    return Decimal(0) if value is None else Decimal(repr(value))


def test_formulas_are_exact_to_the_cent(database: Database, orders: pl.DataFrame) -> None:
    lines: dict[int, list[Decimal]] = {}
    cent = Decimal("0.01")
    for row in database.tables["line"].iter_rows(named=True):
        amount = row["quantity"] * cents(row["price"])
        assert cents(row["amount"]) == amount.quantize(cent, ROUND_HALF_UP)
        lines.setdefault(row["order_id"], []).append(amount)
    for row in orders.iter_rows(named=True):
        of_order = lines.get(row["order_id"], [])
        assert cents(row["total"]) == sum(of_order)
        assert row["n_lines"] == len(of_order)
        is_older = None if row["age"] is None else row["age"] > 40
        assert row["is_large"] == (False if len(of_order) < 4 else is_older)
        if row["payable"] is not None:
            payable = sum(of_order, Decimal(0)) * (1 - cents(row["discount"]) / 100)
            exact = Decimal(0) if row["plan"] == "team" else payable
            assert cents(row["payable"]) == exact.quantize(cent, ROUND_HALF_UP)
    assert orders["payable"].null_count() == len(orders) // 10


def test_totals_of_rounded_amounts_are_exact_without_digits_of_their_own() -> None:
    tables = {
        "order": {
            "rows": 50,
            "timed": False,
            "columns": {"total": {"lens": "formula", "of": "sum(line.tax)"}},
        },
        "line": {
            "rows": 20_000,
            "parents": ["order"],
            "timed": False,
            "columns": {
                "price": {"lens": "money", "lognormal": {"median": 40, "sigma": 0.8}},
                "tax": {"lens": "formula", "of": "price * 0.19", "digits": 2},
            },
        },
    }
    made = generate(parse_config({"schema": {"layout": "explicit"}, "tables": tables}), 1).tables
    sums: dict[int, Decimal] = {}
    for row in made["line"].iter_rows(named=True):
        sums[row["order_id"]] = sums.get(row["order_id"], Decimal(0)) + cents(row["tax"])
    assert [cents(x) for x in made["order"]["total"]] == [sums[k] for k in range(50)]


def test_texts_say_what_the_row_is(orders: pl.DataFrame) -> None:
    templates: Counter[str] = Counter()
    for row in orders.iter_rows(named=True):
        note, name = row["note"], re.escape(row["name"])
        if match := re.fullmatch(rf"A (light|fair|heavy) (tool|toy) of {name}\.", note):
            assert match[2] == row["kind"]
            templates[match[1]] += 1
        elif note.startswith(("Please", "Kindly")):
            end = "paid" if row["paid"] else "not paid"
            assert note.partition(" ")[2] == f"send {row['item']}; {end}."
            templates["send"] += 1
        else:
            tone, _, priority = note.partition(", ")
            assert tone in ("At once", "When you can")
            assert priority in ("later.", "sooner.")
            templates["tone"] += 1
    each = len(orders) / 9
    for name, expected in {"light": 1, "fair": 1, "heavy": 1, "send": 3, "tone": 3}.items():
        assert abs(templates[name] - expected * each) < 5 * math.sqrt(expected * each)
    bands = orders.group_by("note").len().filter(pl.col("note").str.contains("^A light"))
    assert len(bands)
    heavy = orders.filter(pl.col("note").str.starts_with("A heavy"))["weight"].min()
    light = orders.filter(pl.col("note").str.starts_with("A light"))["weight"].max()
    assert light < heavy  # type: ignore[operator]


def test_titles_of_a_label_are_of_it(orders: pl.DataFrame) -> None:
    words = {"tool": {"hammer", "saw"}, "toy": {"kite", "ball"}}
    for kind, part in orders.select("kind", "part").iter_rows():
        assert part.lower() in words[kind]


def test_json_is_an_object_of_the_columns(orders: pl.DataFrame) -> None:
    for row in orders.iter_rows(named=True):
        expected = {name: row[name] for name in ("kind", "discount", "paid", "plan")}
        assert json.loads(row["record"]) == expected | {"due": str(row["due"])}
