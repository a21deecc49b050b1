"""Databases that grow: old rows stay, new ones come after, and all of them are one database."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import PlurelError, do, generate, generate_to, grow, load, run_stage, validate
from plurel_cli.growth.grow import renewed
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.storage.database import recorded_config
from tests.cli.conftest import Run, run

__all__ = ["run"]

SHOP: dict[str, Any] = {
    "schema": {"layout": "explicit", "naming": "natural"},
    "features": {"model": "scm"},
    "connectivity": {"time_order": True, "returning": 0.3},
    "time": {"start": "2020-01-01", "end": "2022-12-31", "min_days": 1000},
    "tables": {
        "customer": {
            "rows": 300,
            "timed": True,
            "columns": {
                "name": {"lens": "person_name"},
                "email": {"lens": "email", "unique": True},
                "code": {"lens": "code", "pattern": "@@-###", "unique": True, "nulls": 0.2},
                "motto": {"lens": "title", "words": ["adjectives"], "unique": True},
                "site": {"lens": "url", "unique": True},
                "favourite": {"lens": "link", "to": "order", "unique": True},
                "n_orders": {"lens": "formula", "of": "count(order)"},
                "is_loyal": {"lens": "formula", "of": "if(n_orders > 3, 1, 0)"},
                "mood": {"hidden": True},
                "age": {
                    "lens": "integer",
                    "normal": {"mean": 40, "sd": 10},
                    "causes": {"mood": 0.8},
                },
            },
        },
        "order": {
            "rows": 900,
            "timed": True,
            "parents": [{"table": "customer", "column": "customer_id"}],
            "columns": {
                "status": {"lens": "category", "values": ["new", "paid"]},
                "paid_at": {
                    "lens": "timestamp",
                    "after": "time",
                    "lag": {"lognormal": {"median": 5, "sigma": 1}},
                    "until": "window",
                    "when": "status = 'paid'",
                },
                "total": {"lens": "formula", "of": "sum(line.amount)", "digits": 2},
                "note": {"lens": "text", "templates": ["{status} by {customer_id.email}"]},
                "spent": {"lens": "number", "causes": {"customer_id.age": 0.8}},
            },
        },
        "line": {
            "parents": [{"table": "order", "column": "order_id", "form": "detail"}],
            "columns": {"no": {"lens": "sequence"}, "amount": {"lens": "money"}},
        },
        "profile": {
            "rows": 150,
            "parents": [{"table": "customer", "column": "customer_id", "form": "one_to_one"}],
        },
        "employee": {"rows": 40, "parents": [{"table": "employee", "form": "levels"}]},
        "reply": {
            "rows": 200,
            "timed": True,
            "parents": [{"table": "reply", "form": "thread"}],
            "columns": {"word": {"lens": "category", "values": ["a", "b"]}},
        },
        "rating": {
            "rows": 400,
            "timed": True,
            "junction": True,
            "parents": [{"table": "customer"}, {"table": "employee"}],
        },
    },
}

FOUR_MONTHS = dt.timedelta(days=120)


def frames(folder: Path, schema: Schema) -> dict[str, pl.DataFrame]:
    return {t.name: pl.read_parquet(folder / f"{t.name}.parquet") for t in schema.tables}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grow") / "shop"
    generate_to(folder, SHOP, seed=3)
    return folder


@pytest.fixture(scope="module")
def grown_shop(shop: Path) -> tuple[Path, Schema]:
    out = shop.parent / "grown"
    end = load(shop).schema.window
    assert end is not None
    return out, grow(shop, out, until=end.end + FOUR_MONTHS)


@pytest.fixture(scope="module")
def twice(grown_shop: tuple[Path, Schema]) -> tuple[Path, Schema]:
    out = grown_shop[0].parent / "twice"
    return out, grow(grown_shop[0], out, rows={"customer": 700, "order": 1500, "employee": 60})


@pytest.mark.parametrize("times", ["once", "twice"])
def test_old_rows_stay_and_all_are_one_database(
    shop: Path, grown_shop: tuple[Path, Schema], twice: tuple[Path, Schema], times: str
) -> None:
    folder, schema = grown_shop if times == "once" else twice
    former = shop if times == "once" else grown_shop[0]
    assert validate(folder) == []
    before, after = frames(former, schema), frames(folder, schema)
    changing = renewed(schema)
    assert changing == {"customer": {"n_orders", "is_loyal"}}
    for table in schema.tables:
        old, new = before[table.name], after[table.name]
        names = [name for name in old.columns if name not in changing.get(table.name, ())]
        assert new.select(names).head(old.height).equals(old.select(names))
        stays = table.id == ("employee" if times == "once" else "reply")
        assert (new.height == old.height) == stays
        for column in table.contents:
            if column.lens is not None and column.lens.unique:
                assert new[column.name].drop_nulls().is_unique().all(), column.name
    assert not after["rating"].select("customer_id", "employee_id").is_duplicated().any()
    assert after["order"]["created_at"].is_sorted()


def test_new_rows_come_after_the_old_and_refer_to_both(
    shop: Path, grown_shop: tuple[Path, Schema]
) -> None:
    folder, schema = grown_shop
    before, after = frames(shop, schema), frames(folder, schema)
    n_customers, n_orders = before["customer"].height, before["order"].height
    new = after["order"].tail(-n_orders)
    end = load(shop).schema.window
    assert end is not None
    assert (new["created_at"] >= dt.datetime.combine(end.end, dt.time())).all()
    assert 0 < (new["customer_id"] < n_customers).mean() < 1
    assert (after["line"]["order_id"].tail(-before["line"].height) >= n_orders).all()
    assert (after["profile"]["customer_id"].tail(-before["profile"].height) >= n_customers).all()
    paid = new["paid_at"].drop_nulls()
    assert paid.len()
    assert (paid > dt.datetime.combine(end.end, dt.time())).all()
    share = new.height / n_orders  # rows come at the rate that they had
    assert abs(share - FOUR_MONTHS.days / (end.days - 1)) < 0.01


def test_what_acted_acts_still(twice: tuple[Path, Schema]) -> None:
    """A cause of 0.8 of a column's variance, seen in new rows as in old ones."""
    after = frames(*twice)
    orders = after["order"].join(after["customer"], on="customer_id")
    for rows in (orders.head(900), orders.tail(600)):
        r = rows.select(pl.corr("age", "spent", method="spearman")).item()
        assert abs(r) > 0.6


def test_what_hangs_on_the_row_alone_is_as_in_a_larger_database(
    grown_shop: tuple[Path, Schema],
) -> None:
    folder, schema = grown_shop
    rows = {table.id: table.rows for table in schema.tables}
    larger = {**SHOP, "tables": {name: dict(table) for name, table in SHOP["tables"].items()}}
    for name in ("customer", "reply"):
        larger["tables"][name]["rows"] = rows[name]
    whole, after = generate(larger, seed=3).tables, frames(folder, schema)
    assert whole["customer"]["name"].equals(after["customer"]["name"])
    known = (whole["customer"]["code"].is_not_null()) & after["customer"]["code"].is_not_null()
    assert whole["customer"]["code"].filter(known).equals(after["customer"]["code"].filter(known))
    parents = [tables["reply"]["parent_reply_id"] for tables in (whole, after)]
    assert parents[0].equals(parents[1])


def test_the_plan_of_a_grown_database_gives_what_was_written(twice: tuple[Path, Schema]) -> None:
    folder, schema = twice
    plan, after = Plan.of(schema, recorded_config(schema, folder)), frames(folder, schema)
    for name in ("order", "rating"):
        table = schema.by_name[name]
        for key in table.foreign_keys:
            assert np.array_equal(plan.keys(table, key.name).block(0), after[name][key.name])


def test_interventions_reach_old_rows_and_new_ones(
    shop: Path, grown_shop: tuple[Path, Schema]
) -> None:
    """Those that were there change as they do in the database before it grew."""
    before, former = load(grown_shop[0]), load(shop)
    after, alone = do(before, "customer", "age", 77), do(former, "customer", "age", 77)
    assert (after.tables["customer"]["age"] == 77).all()
    n = former.tables["order"].height
    new = before.tables["order"]["spent"].tail(-n), after.tables["order"]["spent"].tail(-n)
    assert (new[0] != new[1]).mean() > 0.9
    for name, old in alone.tables.items():
        columns = [c for c in old.columns if c not in ("n_orders", "is_loyal")]
        assert after.tables[name].select(columns).head(old.height).equals(old.select(columns))


def test_in_place_from_the_command_line(run: Run, shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder)
    assert run("grow", folder, "--rows", "employee=50", "--quiet").code == 0
    assert load(folder).tables["employee"].height == 50
    assert validate(folder) == []


@pytest.mark.parametrize(
    ("config", "seed"), [("small", 1), ("small", 2), ({"features": {"model": "series"}}, 5)]
)
def test_drawn_databases_grow(tmp_path: Path, config: Any, seed: int) -> None:
    """Whatever the layout, the mechanisms, the nulls and the gathered children are."""
    if not isinstance(config, str):
        config = {"extends": "small", **config}
    before = generate_to(tmp_path / "a", config, seed=seed)
    total = sum(table.rows for table in before.tables)
    schema = grow(tmp_path / "a", tmp_path / "b", rows=2 * total)
    assert validate(tmp_path / "b") == []
    for name, old in frames(tmp_path / "a", schema).items():
        assert frames(tmp_path / "b", schema)[name].head(old.height).equals(old)


def _stages_missing(folder: Path) -> None:
    generate_to(folder, "small", seed=1)
    run_stage("fk", folder, force=True)


def _changed(folder: Path) -> None:
    generate_to(folder, "small", seed=1)
    file = folder / "table_1.parquet"
    pl.read_parquet(file).with_columns(feature_0=pl.lit(0.0, pl.Float32)).write_parquet(file)


def _held(folder: Path) -> None:
    do(generate("small", seed=1), "table_1", "feature_0", 1).save(folder)


def _made(folder: Path) -> None:
    generate_to(folder, "small", seed=1)


@pytest.mark.parametrize(
    ("prepare", "asked", "words"),
    [
        (_made, {}, "are both missing"),
        (_made, {"until": dt.date(1990, 1, 1)}, "must be later than"),
        (_made, {"until": dt.date(2300, 1, 1)}, "until 2250-01-01"),
        (_made, {"rows": 10}, "must be more than the"),
        (_made, {"rows": {"tabel_1": 10_000}}, "did you mean table_1"),
        (_made, {"rows": {"table_1": 1}}, "since no row goes"),
        (_stages_missing, {"rows": 10_000}, "lacks the temporal stage"),
        (_changed, {"rows": 10_000}, "has changed since it was written"),
        (_held, {"rows": 10_000}, "that is held"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, prepare: Callable[[Path], None], asked: dict[str, Any], words: str
) -> None:
    prepare(tmp_path / "a")
    with pytest.raises(PlurelError, match=words):
        grow(tmp_path / "a", tmp_path / "b", **asked)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"line": 9000}, "which those of order make"),
        ({"profile": 400}, "one for each new row of customer"),
        ({"customer": 900_000, "order": 900_000}, "must have a code for each of"),
        ({"customer": 700, "order": 900}, "links to another"),
        ({"rating": 12_500}, "too few pairs of parents are left"),
    ],
)
def test_rows_that_there_cannot_be_are_refused(
    shop: Path, tmp_path: Path, rows: dict[str, int], words: str
) -> None:
    with pytest.raises(PlurelError, match=words):
        grow(shop, tmp_path / "b", rows=rows)


def test_stages_of_a_grown_database_do_not_run_again(grown_shop: tuple[Path, Schema]) -> None:
    with pytest.raises(PlurelError, match="has grown"):
        run_stage("features", grown_shop[0], force=True)


@pytest.mark.parametrize("text", ["many", "order=", "order=-1", "=3 4"])
def test_rows_are_read_strictly(run: Run, shop: Path, text: str) -> None:
    result = run("grow", shop, "--rows", text)
    assert result.code == 2
    assert "--rows: must be a number" in result.err


def test_a_day_is_read_strictly(run: Run, shop: Path) -> None:
    assert "must be a day, as in 2026-12-31" in run("grow", shop, "--until", "tomorrow").err
