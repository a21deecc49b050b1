"""Figures of columns, keys and times, beside the same taken from rows in memory."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import Config, Database, generate
from plurel_cli.errors import FolderError
from plurel_cli.schema.table import Table
from plurel_cli.summary import columns, keys, passes, tallies
from plurel_cli.summary.bins import Edges, number_bins, round_step, time_step
from plurel_cli.summary.database import TableFigures, figures_of, table_figures
from plurel_cli.summary.keys import LAGS_S
from plurel_cli.summary.rows import MemoryRows

CONFIG = Config.model_validate(
    {
        "schema": {"layout": "explicit"},
        "connectivity": {"time_order": True},
        "features": {"model": "scm", "scm": {"nulls": 0.1}},
        "tables": {
            "person": {
                "rows": 400,
                "timed": True,
                "columns": {
                    "name": {"lens": "person_name"},
                    "plan": {"lens": "category", "values": ["a", "b", "c"]},
                    "born": {
                        "lens": "date",
                        "first": "1950-01-01",
                        "last": "2005-12-31",
                        "nulls": 0.2,
                    },
                    "wealth": {"lens": "number", "lognormal": {"median": 3.0, "sigma": 2.0}},
                    "height": {"lens": "number", "normal": {"mean": 170.0, "sd": 9.0}},
                    "likes": {"lens": "integer", "geometric": {"mean": 3.0}, "nulls": 0.1},
                    "is_old": {"lens": "flag", "true": 0.3},
                    "code": {"lens": "code"},
                },
            },
            "thing": {"rows": 60, "columns": {"price": {"lens": "money"}}},
            "visit": {
                "rows": 3000,
                "parents": ["person", "thing"],
                "columns": {"feature_0": {"lens": "number", "normal": {"mean": 0.0, "sd": 1.0}}},
            },
        },
    }
)


@pytest.fixture(scope="module")
def database() -> Database:
    return generate(CONFIG, seed=5)


@pytest.fixture(scope="module")
def figures(database: Database) -> dict[str, TableFigures]:
    source = MemoryRows(database.tables)
    return {
        table.name: table_figures(database.schema, table, source)
        for table in database.schema.tables
    }


def test_a_folder_has_the_figures_of_its_frames(
    database: Database, figures: dict[str, TableFigures], tmp_path: Path
) -> None:
    database.save(tmp_path / "db")
    seen: list[str] = []
    assert figures_of(tmp_path / "db", lambda table, _: seen.append(table)) == tuple(
        figures.values()
    )
    assert seen == list(figures)


@dataclass(frozen=True)
class FewRows(MemoryRows):
    """Rows that come a few at a time, some of them none."""

    def blocks(self, table: Table, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        frame = self.frames[table.name].select(names)
        for start in range(0, frame.height, 37):
            yield frame[start : start + 37]
            yield frame[:0]


def test_figures_do_not_depend_on_how_rows_come(
    database: Database, figures: dict[str, TableFigures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "CHUNK", 10)
    monkeypatch.setattr(keys, "CHUNK", 10)
    source = FewRows(database.tables)
    for table in database.schema.tables:
        assert table_figures(database.schema, table, source) == figures[table.name]


def test_of_large_tables_few_different_values_are_counted_and_many_estimated(
    database: Database, figures: dict[str, TableFigures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "EXACT_ROWS", 100)
    for hashes in (tallies.HASHES, 50):
        monkeypatch.setattr(tallies, "HASHES", hashes)
        for table in database.schema.tables:
            estimated = table_figures(database.schema, table, FewRows(database.tables))
            exact = figures[table.name]
            assert (estimated.keys, estimated.times) == (exact.keys, exact.times)
            for one, other in zip(estimated.columns, exact.columns, strict=True):
                if not one.is_exact:
                    assert hashes == 50 < other.distinct
                    # Five standard errors of a relative 1 / √50.
                    assert one.distinct == pytest.approx(other.distinct, rel=5 / math.sqrt(50))
                    one = replace(one, distinct=other.distinct, is_exact=True)
                assert one == other
    assert not all(one.is_exact for one in estimated.columns)


def test_many_values_are_estimated_to_one_in_a_hundred() -> None:
    tally, n = tallies.ValueTally("x", 50), 1_000_000
    for start in range(0, 2 * n, 250_000):
        values = pl.select(pl.int_range(start, start + 250_000) * 7919 % n).to_series()
        tally.add(start, pl.DataFrame({"x": values}))
    assert not tally.is_exact
    assert tally.distinct == pytest.approx(n, rel=4 / math.sqrt(tallies.HASHES))
    assert tally.top(3) == ()


@pytest.mark.parametrize("key", [-1, 60])
def test_keys_that_refer_to_nothing_are_told(database: Database, key: int) -> None:
    frame = database.tables["visit"].with_columns(
        pl.when(pl.int_range(pl.len()) == 1000).then(key).otherwise("thing_id").alias("thing_id")
    )
    source = MemoryRows({**database.tables, "visit": frame})
    with pytest.raises(FolderError, match=r"visit.thing_id: must refer to rows of thing, 0 to 59"):
        table_figures(database.schema, database.schema.by_name["visit"], source)


def _columns(database: Database) -> list[tuple[Table, str]]:
    return [(table, column.name) for table in database.schema.tables for column in table.columns]


def test_columns_have_the_figures_of_their_values(
    database: Database, figures: dict[str, TableFigures]
) -> None:
    for table, name in _columns(database):
        values = database.tables[table.name][name]
        figure = next(each for each in figures[table.name].columns if each.name == name)
        assert (figure.rows, figure.nulls) == (values.len(), values.null_count())
        assert figure.distinct == values.drop_nulls().n_unique()
        assert len(figure.examples) == min(3, figure.distinct)
        if figure.mean is not None:
            numbers = values.drop_nulls().cast(pl.Float64)
            assert (figure.low, figure.high) == (numbers.min(), numbers.max())
            assert figure.mean == pytest.approx(numbers.to_numpy().mean(), rel=1e-12)
            assert figure.sd == pytest.approx(numbers.to_numpy().std(ddof=1), rel=1e-9)
        for value, rows in figure.top:
            assert (values.cast(pl.String) == value).sum() == rows
        if figure.top:
            assert [rows for _, rows in figure.top] == sorted(
                Counter(values.drop_nulls().to_list()).values(), reverse=True
            )[:12]


def test_distributions_hold_every_value_once(
    database: Database, figures: dict[str, TableFigures]
) -> None:
    shapes = set()
    for table, name in _columns(database):
        values = database.tables[table.name][name].drop_nulls()
        figure = next(each for each in figures[table.name].columns if each.name == name)
        if (distribution := figure.distribution) is None:
            continue
        shapes.add((distribution.of, distribution.scale))
        assert sum(distribution.counts) == values.len()
        assert len(distribution.edges) == len(distribution.counts) + 1
        if distribution.of == "length":
            values = values.str.len_chars()
        edges = [
            dt.datetime.fromisoformat(edge) if isinstance(edge, str) else edge
            for edge in distribution.edges
        ]
        if isinstance(edges[0], dt.datetime):
            values = values.cast(pl.Datetime("us"))
        *inner, end = edges
        for i, (low, high) in enumerate(zip(inner, [*inner[1:], end], strict=True)):
            inside = (values >= low) & ((values < high) if i + 1 < len(inner) else True)
            assert inside.sum() == distribution.counts[i], (table.name, name, i)
    assert shapes == {
        ("value", "linear"),
        ("value", "log"),
        ("value", "time"),
        ("length", "linear"),
    }


def test_keys_have_the_figures_of_their_rows(
    database: Database, figures: dict[str, TableFigures]
) -> None:
    schema = database.schema
    for table in schema.tables:
        for key, figure in zip(table.foreign_keys, figures[table.name].keys, strict=True):
            rows = database.tables[table.name][key.name].to_numpy()
            parent = schema.by_name[key.references]
            fan_out = np.bincount(rows, minlength=parent.rows)
            assert (figure.mean, figure.median) == (fan_out.mean(), np.median(fan_out))
            assert figure.most == fan_out.max()
            assert figure.childless == pytest.approx((fan_out == 0).mean(), abs=1e-12)
            for bin_ in figure.fan_out:
                inside = (fan_out >= bin_.low) & (fan_out <= bin_.high)
                assert inside.sum() == bin_.parents
            assert sum(bin_.parents for bin_ in figure.fan_out) == (fan_out > 0).sum()
            matrix = np.array(figure.matrix)
            n, m = matrix.shape
            edges = parent.rows * np.arange(n + 1) // n, table.rows * np.arange(m + 1) // m
            expected, _, _ = np.histogram2d(rows, np.arange(table.rows), bins=edges)
            assert (matrix == expected).all()
            assert n % figure.clusters[0] == m % figure.clusters[1] == 0


def test_lags_and_cohorts_are_those_of_times(
    database: Database, figures: dict[str, TableFigures]
) -> None:
    visits, people = database.tables["visit"], database.tables["person"]
    to_person, to_thing = figures["visit"].keys
    times = [frame[name].to_numpy().astype(np.int64) for frame, name in (
        (visits, database.schema.by_name["visit"].time_column),
        (people, database.schema.by_name["person"].time_column),
    )]  # fmt: skip
    lag = times[0] - times[1][visits["person_id"].to_numpy()]
    edges = [-math.inf, *(seconds * 10**9 for seconds in LAGS_S), math.inf]
    assert to_person.lags == tuple(np.histogram(lag, edges)[0])
    assert to_person.cohorts is not None
    assert to_person.cohorts.by == "time"
    counts = np.array(to_person.cohorts.counts)
    assert counts.sum() == visits.height
    assert (np.tril(counts, -1) == 0).all()  # no child before its parent
    assert to_thing.lags is None
    assert to_thing.cohorts is not None
    assert to_thing.cohorts.by == "row"
    assert np.array(to_thing.cohorts.counts).sum() == visits.height


def test_times_are_counted_by_stretch_hour_and_split(
    database: Database, figures: dict[str, TableFigures]
) -> None:
    window, times = database.schema.window, figures["visit"].times
    assert window is not None
    assert times is not None
    values = database.tables["visit"][times.column]
    assert sum(times.counts) == sum(map(sum, times.by_hour)) == values.len()
    val, test = (
        dt.datetime.combine(day, dt.time()) for day in (window.val_timestamp, window.test_timestamp)
    )
    before = (values < val).sum(), (values < test).sum()
    assert times.splits == (before[0], before[1] - before[0], values.len() - before[1])
    for weekday, hour in ((0, 0), (3, 12), (6, 23)):
        rows = (values.dt.weekday() == weekday + 1) & (values.dt.hour() == hour)
        assert times.by_hour[weekday][hour] == rows.sum()
    starts = [dt.datetime.fromisoformat(start) for start in times.starts]
    for i in (0, len(times.counts) // 2, len(times.counts) - 1):
        assert ((values >= starts[i]) & (values < starts[i + 1])).sum() == times.counts[i]


def test_a_database_without_rows_has_no_figures(database: Database) -> None:
    schema = database.schema.but(stages=("schema",), window=None)
    figure = table_figures(schema, schema.tables[0], MemoryRows({}))
    assert figure == TableFigures("person", 400, (), None, ())


_FLOATS = st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False).map(
    lambda number: 0.0 if abs(number) < 1e-9 else number
)


@given(st.lists(_FLOATS, min_size=1, max_size=30), st.booleans())
def test_bins_cover_and_rise(values: list[float], are_whole: bool) -> None:
    if are_whole:
        values = [float(round(value)) for value in values]
    least = min((value for value in values if value > 0), default=None)
    mean = math.fsum(values) / len(values)
    bins = number_bins(min(values), max(values), mean, least, are_whole=are_whole)
    assert bins.edges[0] <= min(values) <= max(values) <= bins.edges[-1]
    assert all(a < b for a, b in pairwise(bins.edges))
    assert 2 <= len(bins.edges) <= 150


def test_bins_are_those_that_a_person_would_choose() -> None:
    assert number_bins(1, 5, 3, 1, are_whole=True) == Edges("linear", (1, 2, 3, 4, 5, 6))
    skewed = number_bins(0, 950, 12, 0.5, are_whole=False)
    assert skewed.scale == "log"
    assert skewed.edges[:4] == (0.0, 0.5, 0.7, 1.0)
    assert round_step(0.21) == 0.25
    assert time_step(100 * 86_400 * 10**9, 120) == 86_400 * 10**9
