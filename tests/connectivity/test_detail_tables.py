"""Tables of details in whole databases: a shop's orders, their lines, shipments and addresses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats

from plurel_cli import Database, generate, load, parse_config
from plurel_cli.blocks.frames import whole_column
from plurel_cli.cli import main
from plurel_cli.config import Config
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.plan import Plan
from plurel_cli.schema.forms.detail import DetailKey
from plurel_cli.schema.sample import sample_schema
from tests.statistics import chi_square_p, p_limit


def shop(**detail: Any) -> dict[str, Any]:
    """Six lines of a config: each order has lines."""
    return {
        "schema": {"layout": "explicit", "naming": "natural"},
        "tables": {
            "order": {"rows": 8000, "timed": True},
            "order_line": {
                "parents": [{"table": "order", "form": "detail"}],
                "connectivity": {"detail": detail},
            },
        },
        "features": {"model": "none"},
    }


def made(raw: dict[str, Any], seed: int = 1) -> Database:
    return generate(parse_config(raw), seed)


def joined(database: Database) -> pl.DataFrame:
    orders = database.tables["order"].select("order_id", created="created_at")
    return database.tables["order_line"].join(
        orders, on="order_id", how="left", maintain_order="left"
    )


def test_every_order_has_lines_as_stated() -> None:
    database = made(shop(count="geometric", mean=3.2))
    lines = database.tables["order_line"]["order_id"].to_numpy()
    numbers = np.bincount(lines, minlength=8000)
    assert numbers.min() >= 1
    k = np.arange(1, numbers.max() + 50)
    observed = np.bincount(numbers, minlength=len(k) + 1)[1:]
    assert chi_square_p(observed, stats.geom.pmf(k, 1 / 3.2)) > p_limit(1)
    assert chi_square_p(observed, stats.geom.pmf(k, 1 / 3.5)) < p_limit(1)


def test_lines_come_with_their_order() -> None:
    lines = joined(made(shop(mean=2)))
    assert (lines["created_at"] == lines["created"]).all()
    assert lines["order_id"].is_sorted()


def test_lags_are_as_stated() -> None:
    lag = {"lag": "exponential", "lags": {"exponential": {"mean": 50}}}
    lines = joined(made(shop(mean=2, **lag)))
    assert lines["created_at"].is_sorted()
    hours = (lines["created_at"] - lines["created"]).dt.total_seconds().to_numpy() / 3600
    assert hours.min() >= 0
    early = hours[: len(hours) * 9 // 10]  # long before the window's end
    at_once = 1  # the first line of all
    assert stats.kstest(early[at_once:], lambda x: stats.expon.cdf(x, scale=50)).pvalue > p_limit(1)


def test_rows_that_are_stated_are_shared_out() -> None:
    raw = shop(count="poisson", least=1)
    raw["tables"]["order_line"]["rows"] = 20_000
    numbers = np.bincount(made(raw).tables["order_line"]["order_id"].to_numpy(), minlength=8000)
    assert numbers.sum() == 20_000
    assert numbers.min() == 1


def test_rows_that_are_drawn_set_the_mean() -> None:
    raw = shop(count="poisson")
    raw["schema"]["rows"] = {"activity": 24_000}
    database = made(raw)
    key = database.schema.by_name["order_line"].foreign_keys[0]
    assert isinstance(key, DetailKey)
    assert key.habits is not None
    assert key.habits.mean == 3.0
    assert abs(database.tables["order_line"].height - 24_000) < 6 * np.sqrt(8000 * 2)


def test_details_of_an_untimed_parent() -> None:
    raw = shop(mean=3)
    raw["tables"]["order"]["timed"] = False
    timed, untimed = made(raw), {**raw, "tables": {**raw["tables"]}}
    untimed["tables"]["order_line"] = {**raw["tables"]["order_line"], "timed": False}
    assert timed.tables["order_line"]["created_at"].is_sorted()
    assert not timed.tables["order_line"]["order_id"].is_sorted()
    quiet = made(untimed).tables["order_line"]
    assert "created_at" not in quiet.columns
    assert quiet["order_id"].is_sorted()
    counts = timed.tables["order_line"]["order_id"].value_counts().sort("order_id")["count"]
    assert (counts == quiet["order_id"].value_counts().sort("order_id")["count"]).all()


TABLES: dict[str, Any] = {
    "customer": {"rows": 400, "timed": False},
    "order": {"rows": 30_000, "parents": ["customer"], "timed": True},
    "line": {
        "parents": [{"table": "order", "form": "detail"}, "customer"],
        "connectivity": {"detail": {"mean": 3}},
    },
    "shipment": {
        "parents": [{"table": "line", "form": "detail"}],
        "connectivity": {
            "detail": {"count": "poisson", "least": 0, "mean": 0.8, "lag": "lognormal"}
        },
    },
    "scan": {
        "parents": [{"table": "shipment", "form": "detail"}],
        "connectivity": {"detail": {"count": "negative_binomial", "mean": 2, "lag": "pareto"}},
    },
    "address": {
        "parents": [{"table": "customer", "form": "detail"}],
        "rows": 70_000,
        "connectivity": {"detail": {"count": "poisson"}},
    },
}


CHAIN: dict[str, Any] = {
    "schema": {"layout": "explicit", "naming": "natural", "columns": 1},
    "tables": TABLES,
    "connectivity": {"time_order": True, "latent": 0.5},
    "time": {"arrivals": {"granularity": "minute"}},
}


def chain() -> Config:
    return parse_config(CHAIN)


def _linked(config: Config) -> Plan:
    """A plan with keys and times, none of which is made yet."""
    return Plan.of(sample_schema(config, 5), config).after("fk").after("temporal")


def test_any_block_alone_is_as_in_the_whole() -> None:
    config = chain()
    whole = _linked(config)
    for table in whole.schema.tables:
        for column in table.columns:
            if column.role == "feature" or table.rows <= BLOCK_ROWS:
                continue
            values = whole_column(whole.column(table, column), table.rows)
            last = (table.rows - 1) // BLOCK_ROWS
            alone = _linked(config).column(table, column).block(last)
            assert (alone == values[last * BLOCK_ROWS :]).all(), (table.name, column.name)


def test_no_detail_comes_before_its_parent() -> None:
    database = generate(chain(), 5)
    for child, parent in (("line", "order"), ("shipment", "line"), ("scan", "shipment")):
        key = f"{parent}_id"
        parents = database.tables[parent].select(key, before="created_at")
        both = database.tables[child].join(parents, on=key, how="left")
        assert (both["created_at"] >= both["before"]).all()
        assert both["created_at"].is_sorted()
        assert (both["created_at"].dt.second() == 0).all()


def test_stages_and_portions_give_the_same_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["plurel", *arguments, "--quiet"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code

    path = tmp_path / "chain.yaml"
    path.write_text(json.dumps(CHAIN), encoding="utf-8")
    whole, staged, parts = (str(tmp_path / name) for name in ("whole", "staged", "parts"))
    common = ["--config", str(path), "--seed", "5"]
    run("generate", *common, "--out", whole)
    run("schema", *common, "--out", staged)
    for stage in ("fk", "temporal", "features"):
        run(stage, staged)
    for part in range(3):
        run("generate", *common, "--out", parts, "--parts", f"{part}/3")
    run("generate", "--merge", parts)
    run("validate", whole)
    several = [load(folder) for folder in (whole, staged, parts)]
    for name in TABLES:
        for other in several[1:]:
            assert_frame_equal(several[0].tables[name], other.tables[name])


@settings(max_examples=20, deadline=None)
@given(
    count=st.sampled_from(["constant", "geometric", "poisson", "negative_binomial"]),
    lag=st.sampled_from(["none", "exponential", "lognormal", "pareto", "spread"]),
    mean=st.one_of(st.none(), st.floats(1e-3, 50)),
    least=st.integers(0, 5),
    none=st.floats(0, 0.95),
    rows=st.one_of(st.none(), st.integers(1, 3000)),
    parents=st.integers(1, 300),
    seed=st.integers(0, 2**64 - 1),
)
def test_any_details_are_sound(
    count: str,
    lag: str,
    mean: float | None,
    least: int,
    none: float,
    rows: int | None,
    parents: int,
    seed: int,
) -> None:
    raw = shop(
        count=count, lag=lag, least=least, none=none, **({} if mean is None else {"mean": mean})
    )
    raw["schema"]["rows"] = {"activity": 500}
    raw["tables"]["order"]["rows"] = parents
    if rows is not None:
        raw["tables"]["order_line"]["rows"] = rows
    lines = joined(made(raw, seed))
    assert lines.height >= 1
    assert rows is None or lines.height == rows
    assert (lines["created_at"] >= lines["created"]).all()
    assert lines["created_at"].is_sorted()


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ({"count": "gamma"}, "must be one of constant, geometric"),
        ({"mean": 0}, "must be above 0"),
        ({"lag": "soon"}, "must be one of none, exponential"),
        ({"none": 1}, "and below 1"),
        ({"lags": {"pareto": {"alpha": -1}}}, "alpha"),
    ],
)
def test_what_is_wrong_is_said(detail: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_config(shop(**detail))
