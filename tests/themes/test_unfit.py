"""What would read oddly in a table is not among its columns."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import generate, parse_config
from plurel_cli.themes.model import theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.plain import TableSite
from plurel_cli.themes.unfit import null_together, unfit

COLUMNS: dict[str, dict[str, Any]] = {
    "name": {"lens": "country"},
    "city": {"lens": "city"},
    "currency": {"lens": "category", "home": "currency", "values": {"EUR": 1}},
    "rank": {"lens": "integer"},
}


def test_long_lists_name_no_countries() -> None:
    for rows, names in ((12, set()), (13, {"name"})):
        assert unfit(COLUMNS, TableSite("category", rows, False), ("IT",)) == names
    assert unfit({"name": {"lens": "country"}}, TableSite("category", 99, False), ("IT",)) == set()


def test_what_is_usual_in_one_country_is_not_beside_places_of_several() -> None:
    site = TableSite("place", 5, False)
    assert unfit(COLUMNS, site, ("IT", "DE")) == {"currency"}
    assert unfit(COLUMNS, site, ("europe",)) == {"currency"}
    assert unfit(COLUMNS, site, ("IT",)) == set()
    alone = {name: COLUMNS[name] for name in ("currency", "rank")}
    assert unfit(alone, site, ()) == set()


@pytest.mark.parametrize("name", theme_names())
def test_archetypes_keep_most_of_their_columns(name: str) -> None:
    for table in theme(name).tables.values():
        without = unfit(table.columns, TableSite(table.role, 10**6, True), ())
        assert len(without) <= len(table.columns) / 2, table.name


def test_coordinates_are_null_together() -> None:
    both = {"latitude": {"lens": "latitude", "nulls": 0.5}, "longitude": {"lens": "longitude"}}
    together = null_together({**both, "rank": {"lens": "integer"}})
    assert together["longitude"] == {"lens": "longitude", "when": "not is_null(latitude)"}
    assert null_together({"longitude": both["longitude"]}) == {"longitude": both["longitude"]}
    rows = {"entity": 60, "event": 90, "activity": 120}
    schema = {"themes": "social_network", "tables": 6, "columns": 12, "rows": rows}
    n = 0
    for seed in range(39, 45):
        database = generate(parse_config({"extends": "realistic", "schema": schema}), seed)
        for frame in database.tables.values():
            if {"latitude", "longitude"} <= {*frame.columns}:
                assert (frame["latitude"].is_null() == frame["longitude"].is_null()).all()
                n += frame["latitude"].null_count()
    assert n > 0
