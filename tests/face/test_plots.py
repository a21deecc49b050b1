"""Charts of a database for notebooks: data equal to the tables, and nothing of a name is markup."""

from __future__ import annotations

import json

import pytest

from plurel_cli import Database, generate, parse_config
from plurel_cli.database.plots import Plot
from plurel_cli.errors import UsageError


@pytest.fixture(scope="module")
def database() -> Database:
    amount = {"lens": "money", "causes": {"user_id.age": 0.6, "kind": 0.2}, "noise": 0.2}
    raw = {
        "schema": {"layout": "explicit", "columns": 0},
        "tables": {
            "user": {"rows": 40, "timed": False, "columns": {"age": {"lens": "integer"}}},
            "order": {
                "rows": 300,
                "parents": ["user"],
                "columns": {"kind": {"lens": "flag"}, "amount": amount},
            },
        },
    }
    return generate(parse_config(raw), 1)


def test_timeline_counts_the_rows(database: Database) -> None:
    plot = database.plot.timeline("order")
    rows = plot.spec["data"]["values"]
    assert sum(row.get("rows", 0) for row in rows) == 300
    window = database.schema.window
    assert window is not None
    marks = {row["split"]: row["low"] for row in rows if "split" in row}
    assert marks == {"validation": str(window.val_timestamp), "test": str(window.test_timestamp)}
    assert database.plot.timeline().spec == plot.spec


def test_fan_out_counts_the_parents(database: Database) -> None:
    (chart,) = database.plot.fan_out("order.user_id").charts
    counts = database.tables["order"]["user_id"].value_counts()["count"]
    few = {
        row["children"]: row["parents"] for row in chart.rows() if row["children"] in range(1, 5)
    }
    assert few
    assert few == {n: n_rows for n in few if (n_rows := int((counts == n).sum()))}


def test_causes_have_their_shares(database: Database) -> None:
    rows = database.plot.causal("order").spec["data"]["values"]
    edges = {row["name"]: row["share"] for row in rows if row["part"] == "edge"}
    assert edges["user.age → amount"] == 0.6
    assert edges["kind → amount"] == 0.2
    at = {row["name"]: row["x"] for row in rows if row["part"] == "node"}
    assert at["user.age"] < at["amount"]
    assert at["kind"] < at["amount"]


def test_notebooks_get_what_they_draw(database: Database) -> None:
    plots = (database.plot.timeline(), database.plot.causal("order"))
    for plot in plots:
        bundle = plot._repr_mimebundle_()
        for version in ("v5", "v6"):
            spec = bundle[f"application/vnd.vegalite.{version}+json"]
            assert spec["$schema"].endswith(f"/{version}.json")
            assert json.loads(json.dumps(spec)) == spec
        assert bundle["text/plain"].startswith("Plot(")
    both = Plot((*plots[0].charts, *plots[1].charts)).spec
    assert [len(each["data"]["values"]) > 0 for each in both["vconcat"]] == [True, True]
    drawing = database.plot.schema()
    assert drawing._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
    assert ">order<" in drawing.svg
    assert "300 rows<" in drawing.svg


def test_what_is_not_there(database: Database) -> None:
    for draw, place in (
        (database.plot.timeline, "user"),
        (database.plot.fan_out, "order.kind"),
        (database.plot.causal, "orders"),
    ):
        with pytest.raises(UsageError, match="must be one "):
            draw(place)
