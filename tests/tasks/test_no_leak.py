"""Nothing after a horizon has a part in its labels, and no horizon crosses a border."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli.schema.model import Schema
from plurel_cli.storage.document import read_schema
from plurel_cli.tasks.asked import FORMS
from plurel_cli.tasks.completion import completions
from plurel_cli.tasks.draw import Drawn
from plurel_cli.tasks.labels import labels_of
from plurel_cli.tasks.splits import Period
from plurel_cli.tasks.tables import Tables
from tests.tasks.samples import ALL, drawer_of, made, midnight, settings

SEEDS = range(4)
ATTEMPTS = 90


def _altered(folder: Path, schema: Schema, out: Path, after: dt.datetime) -> Path:
    """The same database with the rows after a time dropped or shuffled, and the rest as it was."""
    (out / "db").mkdir(parents=True)
    for table in schema.tables:
        frame = pl.read_parquet(folder / "db" / f"{table.name}.parquet")
        if table.time_column is not None:
            is_later = frame[table.time_column] > after
            before, later = frame.filter(~is_later), frame.filter(is_later)
            fixed = (table.primary_key, table.time_column)
            others = [name for name in frame.columns if name not in fixed]
            shuffled = later.select(pl.col(name).shuffle(seed=7) for name in others)
            later = later.with_columns(shuffled.get_columns()).gather_every(2)
            frame = pl.concat([before, later])
        frame.write_parquet(out / "db" / f"{table.name}.parquet")
    return out


def _hardened(drawn: Drawn) -> Drawn:
    """The same forecast with all that can be made hard of it."""
    forecast = drawn.forecast
    if not forecast.is_yes_or_no:
        return drawn
    later = replace(forecast.rule, least=2)
    return replace(drawn, forecast=replace(forecast, later=later, noise=100, held=300))


def _one_of_each(tables: Tables) -> tuple[list[Drawn], Period]:
    drawer, period = drawer_of(tables, settings())
    by_form: dict[str, Drawn] = {}
    for drawn in drawer.all(ATTEMPTS):
        by_form.setdefault(drawn.forecast.ask.form, drawn)
    plain = list(by_form.values())
    return [*plain, *(hard for one in plain if (hard := _hardened(one)) is not one)], period


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_later_changes_no_label(tmp_path: Path, seed: int) -> None:
    schema = made(tmp_path / "db", seed)
    tables = Tables.of(tmp_path / "db", schema)
    several, period = _one_of_each(tables)
    assert {drawn.forecast.ask.form for drawn in several} >= set(FORMS) - {"next", "return"}
    now = midnight(period.first + (period.val - period.first) // 2)
    altered = Tables.of(_altered(tmp_path / "db", schema, tmp_path / "altered", now), schema)
    n_rows = n_seen = 0
    for drawn in several:
        forecast = drawn.forecast
        days = period.cut_offs(forecast.horizon_days)["train"]
        known = pl.col("timestamp") + pl.duration(days=forecast.horizon_days) <= now
        before, after = (labels_of(forecast, one, days).filter(known) for one in (tables, altered))
        assert before.equals(after), forecast
        n_rows += before.height
        longer = replace(forecast, horizon_days=3 * forecast.horizon_days)
        of_more, farther = (labels_of(longer, one, days).filter(known) for one in (tables, altered))
        n_seen += not of_more.equals(farther)
    assert n_rows > 1000
    assert n_seen > len(several) / 2  # a longer look ahead would have been noticed


def test_what_comes_later_changes_no_column(tmp_path: Path) -> None:
    schema = made(tmp_path / "db")
    window = schema.window
    assert window is not None
    now = midnight(window.start + (window.val_timestamp - window.start) // 2)
    later = _altered(tmp_path / "db", schema, tmp_path / "altered", now)
    asked = settings(min_rows=1, min_class_rows=1)
    tables = {table.name: table for table in schema.tables}
    n_rows = 0
    after = {its.task.name: its for its in completions(Tables.of(later, schema), {}, asked)}
    for before in completions(Tables.of(tmp_path / "db", schema), {}, asked):
        table = tables[before.task.entity_table]
        frame = before.splits["train"]
        if table.time_column is not None:
            rows = pl.read_parquet(tmp_path / "db" / "db" / f"{table.name}.parquet")
            known = rows.filter(pl.col(table.time_column) <= now)[table.primary_key]
            frame = frame.filter(pl.col(table.primary_key).is_in(known.implode()))
        there = after[before.task.name].splits["train"]
        keys = frame[table.primary_key].implode()
        assert frame.equals(there.filter(pl.col(table.primary_key).is_in(keys)))
        n_rows += frame.height
    assert n_rows > 1000


def test_no_horizon_crosses_a_border(tmp_path: Path) -> None:
    schema = made(tmp_path / "db", kinds=list(ALL), max=12)
    window, n_asked, n_several = schema.window, 0, 0
    assert window is not None
    val, test = midnight(window.val_timestamp), midnight(window.test_timestamp)
    tables = Tables.of(tmp_path / "db", schema)
    last: Any = max(
        tables.series(table, table.time_column).max()  # type: ignore[type-var]
        for table in schema.tables
        if table.time_column is not None
    )
    for task in schema.tasks or ():
        if task.horizon_days is None:
            continue
        n_asked += 1
        span = dt.timedelta(days=task.horizon_days)
        of = {
            split: pl.read_parquet(tmp_path / "db" / "tasks" / task.name / f"{split}.parquet")
            for split in ("train", "val", "test")
        }
        assert tuple(frame.height for frame in of.values()) == task.rows
        cut_offs = {split: frame["timestamp"].unique().to_list() for split, frame in of.items()}
        assert all(cut_off + span <= val for cut_off in cut_offs["train"])
        for split, start, end in (("val", val, test), ("test", test, last)):
            assert min(cut_offs[split]) == start
            assert max(cut_offs[split]) + span <= end
            steps = {(cut_off - start) // span for cut_off in cut_offs[split]}
            assert cut_offs[split] == [start + span * step for step in sorted(steps)]
            assert steps <= set(range(task.n_evaluations))
            n_several += len(steps) > 1
        assert len(cut_offs["train"]) >= 2
        table = schema.by_name[task.entity_table]
        if table.time_column is not None:
            born = pl.read_parquet(tmp_path / "db" / "db" / f"{table.name}.parquet")
            for frame in of.values():
                joined = frame.join(born, left_on=task.entity_col, right_on=table.primary_key)
                assert joined.height == frame.height
                assert (joined[table.time_column] <= joined["timestamp"]).all()
    assert n_asked == 12
    assert n_several > 0


def test_columns_that_tell_the_future_are_removed(tmp_path: Path) -> None:
    made(tmp_path / "db", kinds=list(ALL), max=6)
    future = ("visit", "refunded")
    schema = read_schema(tmp_path / "db")
    for task in schema.tasks or ():
        is_target = (task.entity_table, task.target_col) == future
        assert (future in task.remove_columns) != is_target, task.name
        assert is_target == (task.kind == "attribute")
        assert "refunded" not in (task.query or "")
