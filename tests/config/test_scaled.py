"""A config with the rows of all tables multiplied."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import PlurelError, generate, load_config, parse_config
from plurel_cli.choices.choice import Choice
from plurel_cli.config.scaled import scaled
from plurel_cli.schema.sample import sample_schema


@pytest.mark.parametrize(
    ("rows", "bounds"),
    [
        (7, (70, 70)),
        ([3, 5], (30, 50)),
        ({"min": 3, "max": 9}, (30, 90)),
        ({"min": 3, "max": 9, "p": "inverse"}, (30, 90)),
        ({"choices": {3: 1, 9: 2}}, (30, 90)),
    ],
)
def test_rows_of_every_form_are_multiplied(rows: Any, bounds: tuple[int, int]) -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "rows": {"entity": rows}},
            "tables": {"a": {"rows": rows}},
        }
    )
    more = scaled(config, 10)
    stated = more.tables["a"].rows
    assert isinstance(stated, Choice)
    assert stated.bounds == more.schema_.rows.entity.bounds == bounds
    assert scaled(more, 0.1) == config


def test_weights_of_numbers_that_become_one_are_added() -> None:
    config = parse_config({"schema": {"rows": {"entity": {"choices": {10: 1, 14: 2, 90: 4}}}}})
    fewer = scaled(config, 0.1).schema_.rows.entity
    assert fewer.dump() == {"choices": {1: 3.0, 9: 4.0}}


@pytest.mark.parametrize("name", ["small", "snowflake", "realistic_plain"])
def test_tables_stay_and_rows_are_multiplied(name: str) -> None:
    config = load_config(name)
    one, ten = (sample_schema(each, 3) for each in (config, scaled(config, 10)))
    assert [table.name for table in one.tables] == [table.name for table in ten.tables]
    ratio = sum(table.rows for table in ten.tables) / sum(table.rows for table in one.tables)
    assert 5 < ratio < 20


def test_every_table_keeps_a_row() -> None:
    tables = generate(scaled(load_config("small"), 1e-9), 0).tables
    assert [frame.height for frame in tables.values()] == [1] * len(tables)


def test_too_many_rows_are_refused_with_the_factor() -> None:
    config = parse_config({"schema": {"layout": "explicit"}, "tables": {"a": {"rows": 10**18}}})
    with pytest.raises(PlurelError, match=r"multiplied by 100.*scale by less"):
        scaled(config, 100)
