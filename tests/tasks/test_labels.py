"""The labels of every form are what its SQL gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from plurel_cli import generate_to, load_config
from plurel_cli.schema.model import Schema
from plurel_cli.tasks.asked import FORMS
from plurel_cli.tasks.draw import Drawn
from plurel_cli.tasks.forecast import Forecast
from plurel_cli.tasks.labels import labels_of
from plurel_cli.tasks.sql import forecast_sql
from plurel_cli.tasks.tables import Tables
from tests.tasks.engine import SqlEngine
from tests.tasks.samples import drawer_of, made, settings

ATTEMPTS = 120

CONFIGS = Path(__file__).parents[2] / "configs"


def _several(drawn: Drawn) -> list[Forecast]:
    """A forecast as it comes, with other lookbacks and horizons, and as hard as it gets."""
    forecast = drawn.forecast
    others = [forecast, replace(forecast, held=300, n_evaluations=3)]
    others += [replace(forecast, lookback=n) for n in (None, 2, 5)]
    others.append(replace(forecast, horizon_days=2 * forecast.horizon_days))
    if forecast.is_yes_or_no:
        rule = replace(forecast.rule, least=2)
        others += [replace(forecast, later=rule), replace(forecast, noise=200)]
    return others


def _compared(folder: Path, schema: Schema, n_of_form: int = 4) -> set[str]:
    """Forms of the forecasts whose labels were compared, all of which were equal."""
    tables, compared = Tables.of(folder, schema), set[str]()
    drawer, period = drawer_of(tables, settings())
    with SqlEngine(folder, schema) as engine:
        by_form: dict[str, list[Drawn]] = {}
        for drawn in drawer.all(ATTEMPTS):
            by_form.setdefault(drawn.forecast.ask.form, []).append(drawn)
        for form, some in by_form.items():
            for forecast in [one for drawn in some[:n_of_form] for one in _several(drawn)]:
                cut_offs = period.cut_offs(forecast.horizon_days, forecast.n_evaluations)
                days = [day for of_split in cut_offs.values() for day in of_split]
                sql = forecast_sql(forecast, schema.by_name)
                labels = labels_of(forecast, tables, days)
                wanted = engine.labels(sql, forecast.horizon_days, days)
                assert_frame_equal(labels, wanted, rel_tol=1e-9, abs_tol=1e-9)
                if labels.height > 50:
                    compared.add(form)
    return compared


@pytest.mark.parametrize("seed", range(2))
def test_labels_are_those_of_the_sql(tmp_path: Path, seed: int) -> None:
    schema = made(tmp_path / "db", seed)
    assert _compared(tmp_path / "db", schema) >= set(FORMS) - {"next", "return"}


def test_labels_of_realistic_databases_are_those_of_the_sql(tmp_path: Path) -> None:
    """Those have nulls, times of entities, and keys to rows of many kinds."""
    compared = set()
    for seed in (32, 36):
        schema = generate_to(tmp_path / str(seed), load_config(CONFIGS / "realistic.yaml"), seed)
        compared |= _compared(tmp_path / str(seed), schema, n_of_form=1)
    assert compared == set(FORMS)


def test_a_second_that_has_begun_is_over(tmp_path: Path) -> None:
    """An event at midnight is before the cut-off, and one a millisecond later is after it."""
    schema = made(tmp_path / "db")
    table = schema.by_name["visit"]
    file = tmp_path / "db" / "db" / "visit.parquet"
    frame = pl.read_parquet(file)
    name = str(table.time_column)
    day = pl.col(name).dt.truncate("1d")
    number = pl.int_range(pl.len())
    later = day + pl.duration(milliseconds=1)
    moved = pl.when(number % 2 == 0).then(day).when(number % 3 == 0).then(later)
    frame.with_columns(moved.otherwise(pl.col(name)).alias(name)).write_parquet(file)
    assert "none" in _compared(tmp_path / "db", schema)
