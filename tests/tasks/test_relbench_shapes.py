"""RelBench's own tasks are among what may be asked of schemas of the same shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plurel_cli import generate_to, parse_config
from plurel_cli.schema.sample import sample_schema
from plurel_cli.tasks.asked import Ask, asks_of
from plurel_cli.tasks.tables import Tables
from tests.tasks.samples import drawer_of, settings

_CODE = {"lens": "category", "labels": ["a", "b", "c", "d"]}
_PLACE = {"lens": "integer", "min": 1, "max": 22}
_MONEY = {"lens": "money"}


def _asks(tables: dict[str, Any]) -> list[Ask]:
    config = {"schema": {"layout": "explicit", "columns": 1}, "tables": tables}
    return list(asks_of(sample_schema(parse_config(config), 1)))


def _drawn(folder: Path, tables: dict[str, Any], n: int) -> list[Ask]:
    """What is drawn of a database of such tables, in so many attempts."""
    config = {
        "schema": {"layout": "explicit", "columns": 1},
        "tables": tables,
        "time": {"min_days": 2000},
    }
    schema = generate_to(folder, config, 1)
    drawer, _ = drawer_of(Tables.of(folder, schema), settings(kinds=["forecast"]))
    return [drawn.forecast.ask for drawn in drawer.all(n)]


def _is_there(
    asks: list[Ask],
    form: str,
    events: str,
    entity: str,
    like: str | None = None,
    value: str | None = None,
) -> bool:
    return any(
        ask.form == form
        and ask.events.table.name == events
        and ask.events.entity.name == entity
        and ask.events.hops == 1
        and (None if ask.like is None else ask.like.column.name) == like
        and (None if ask.value is None else ask.value.column.name) == value
        for ask in asks
    )


def test_rel_f1() -> None:
    """driver-dnf: any result whose status is not 1; driver-top3: any place of at most 3."""
    asks = _asks(
        {
            "drivers": {"rows": 100},
            "races": {"rows": 200},
            "results": {
                "rows": 2000,
                "parents": ["drivers", "races"],
                "columns": {"status": _CODE, "position": _PLACE},
            },
            "qualifying": {
                "rows": 2000,
                "parents": ["drivers", "races"],
                "columns": {"place": _PLACE},
            },
        }
    )
    assert _is_there(asks, "any", "results", "drivers", like="status")
    assert _is_there(asks, "any", "qualifying", "drivers", like="place")
    assert _is_there(asks, "mean", "results", "drivers", value="position")  # driver-position
    assert not _is_there(asks, "any", "results", "drivers", like="place")


def test_rel_amazon() -> None:
    """user-churn: no review; item-ltv and user-ltv: the sum of the prices of what is reviewed."""
    asks = _asks(
        {
            "customer": {"rows": 100},
            "product": {"rows": 200, "columns": {"price": _MONEY}},
            "review": {"rows": 2000, "parents": ["customer", "product"]},
        }
    )
    assert _is_there(asks, "none", "review", "customer")
    assert _is_there(asks, "none", "review", "product")
    assert _is_there(asks, "sum", "review", "product", value="price")
    assert _is_there(asks, "sum", "review", "customer", value="price")
    assert any(ask.form == "link" and ask.events.entity.name == "customer" for ask in asks)


def test_rel_stack() -> None:
    """post-votes: how many votes of a type; user-engagement and user-badge: any event at all."""
    asks = _asks(
        {
            "users": {"rows": 100},
            "posts": {"rows": 1000, "parents": ["users"]},
            "votes": {"rows": 5000, "parents": ["posts"], "columns": {"vote_type": _CODE}},
            "badges": {"rows": 1000, "parents": ["users"]},
        }
    )
    assert _is_there(asks, "count", "votes", "posts", like="vote_type")
    assert _is_there(asks, "count", "votes", "posts")
    assert _is_there(asks, "none", "badges", "users")
    assert any(
        ask.events.hops == 2 and ask.events.entity.name == "users" and ask.form == "count"
        for ask in asks
    )


def test_relbench_tasks_are_drawn(tmp_path: Path) -> None:
    """Those of results and drivers in rel-f1, of reviews in rel-amazon, of votes in rel-stack."""
    formula_1 = _drawn(
        tmp_path / "f1",
        {
            "drivers": {"rows": 100},
            "results": {
                "rows": 3000,
                "parents": ["drivers"],
                "columns": {"status": _CODE, "position": _PLACE},
            },
        },
        120,
    )
    assert _is_there(formula_1, "any", "results", "drivers", like="status")
    assert _is_there(formula_1, "any", "results", "drivers", like="position")
    assert _is_there(formula_1, "mean", "results", "drivers", value="position")
    amazon = _drawn(
        tmp_path / "amazon",
        {
            "customer": {"rows": 150},
            "product": {"rows": 100, "columns": {"price": _MONEY}},
            "review": {"rows": 3000, "parents": ["customer", "product"]},
        },
        160,
    )
    assert _is_there(amazon, "none", "review", "customer")
    assert _is_there(amazon, "sum", "review", "product", value="price")
    assert _is_there(amazon, "sum", "review", "customer", value="price")
    stack = _drawn(
        tmp_path / "stack",
        {
            "posts": {"rows": 200},
            "votes": {"rows": 3000, "parents": ["posts"], "columns": {"vote_type": _CODE}},
        },
        80,
    )
    assert _is_there(stack, "count", "votes", "posts", like="vote_type")
