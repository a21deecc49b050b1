"""Rows of any table: references that form a circle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import generate, generate_to, parse_config, validate
from plurel_cli.errors import ConfigError
from tests.storage.samples import rewrite


def raw(**link: Any) -> dict[str, Any]:
    return {
        "schema": {"layout": "explicit", "naming": "natural"},
        "features": {"model": "scm"},
        "tables": {
            "department": {
                "rows": 300,
                "columns": {"head_id": {"lens": "link", "to": "employee", **link}},
            },
            "employee": {"rows": 70_000, "parents": ["department"], "columns": 0},
        },
    }


def test_rows_of_a_later_table_are_referred_to() -> None:
    database = generate(parse_config(raw(nulls=0.2)), 1)
    heads, rows = database.tables["department"]["head_id"], 70_000
    assert heads.dtype == pl.Int64
    assert 30 <= heads.null_count() <= 90
    known = heads.drop_nulls()
    assert known.min() >= 0
    assert known.max() < rows
    assert known.mean() == pytest.approx(rows / 2, abs=4 * rows / (12 * len(known)) ** 0.5)


def test_no_row_twice_where_unique() -> None:
    heads = generate(parse_config(raw(unique=True)), 1).tables["department"]["head_id"]
    assert heads.n_unique() == 300
    assert not heads.is_sorted()


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"to": "employe"}, "must name a table, got 'employe'; did you mean employee?"),
        ({"to": "department", "unique": True}, ""),
    ],
)
def test_what_cannot_be_is_told(link: dict[str, Any], message: str) -> None:
    if message:
        with pytest.raises(ConfigError, match=message):
            parse_config(raw(**link))
    else:
        parse_config(raw(**link))


def test_a_table_must_have_enough_rows_to_be_unique() -> None:
    config = raw(unique=True)
    config["tables"]["employee"]["rows"] = 299
    with pytest.raises(ConfigError, match="a row for each of 300 rows, but employee has 299"):
        parse_config(config)


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        (70_000, "must be less than 70000, the rows of employee; 1 row breaks it"),
        (0, "must be the row that is drawn for it; 1 row breaks it"),
    ],
)
def test_validate_finds_another_row(tmp_path: Path, head: int, rule: str) -> None:
    generate_to(tmp_path / "db", parse_config(raw()), 1)
    assert validate(tmp_path / "db") == []

    def planted(frame: pl.DataFrame) -> pl.DataFrame:
        at = pl.int_range(pl.len()) == 5
        return frame.with_columns(head_id=pl.when(at).then(head).otherwise("head_id"))

    rewrite(tmp_path / "db", "department", planted)
    assert rule in [problem.rule for problem in validate(tmp_path / "db")]
