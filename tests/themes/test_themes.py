"""Themes: every statement of every table is read, and drawn schemas come out named and sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plurel_cli import generate, generate_to, parse_config, validate
from plurel_cli.lenses import lenses
from plurel_cli.numerics.stream import Stream
from plurel_cli.themes.model import theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.paths import formula_paths
from plurel_cli.themes.statements import drawn_statement
from tests.storage.samples import same_values

OF_COLUMNS = {"lens", "causes", "noise", "nulls", "when", "tells_future", "hidden"}

SMALL = {"rows": {"entity": {"min": 20, "max": 60}, "activity": {"min": 60, "max": 120}}}


@pytest.mark.parametrize("name", theme_names())
def test_every_column_of_every_table_is_read_by_its_lens(name: str) -> None:
    draws = Stream(1).draws()
    for table in theme(name).tables.values():
        assert table.columns
        for column, raw in table.columns.items():
            statement = drawn_statement(raw, 100, draws)
            kind = statement["lens"]
            rest = {key: value for key, value in statement.items() if key not in OF_COLUMNS}
            lens = lenses.read({"kind": kind, **lenses.record(kind).stated(rest)})
            assert lens.kind == kind or (kind, lens.kind) in (
                ("title", "title_of"),
                ("category", "subcategory"),
            ), column


@pytest.mark.parametrize("name", theme_names())
def test_no_table_is_above_itself(name: str) -> None:
    of_theme = theme(name)
    for table in of_theme.tables:
        for above in of_theme.above[table]:
            assert table not in of_theme.above[above]


@pytest.mark.parametrize("k", range(0, len(theme_names()), 6))
def test_schemas_of_every_theme_are_sound_and_the_same_again(tmp_path: Path, k: int) -> None:
    name = theme_names()[k]
    config = parse_config(
        {
            "extends": "realistic",
            "schema": {"tables": 8, "naming": "themed", "themes": name} | SMALL,
        }
    )
    folder = tmp_path / "db"
    generate_to(folder, config, k)
    assert validate(folder) == []
    database = generate(config, k)
    names = [table.name.lower() for table in database.schema.tables]
    assert len(set(names)) == len(names)
    for table in database.schema.tables:
        columns = [column.name.lower() for column in table.columns]
        assert len(set(columns)) == len(columns)
    if k == 0:
        assert same_values(generate(config, k), database)


COMPARED = re.compile(r"(\w+) !?= '([^']*)'")


@pytest.mark.parametrize("name", theme_names())
def test_what_columns_hang_on_is_there_with_its_labels(name: str) -> None:
    for table in theme(name).tables.values():
        for column, raw in table.columns.items():
            formulas = [raw.get("when", "0"), raw["of"] if raw["lens"] == "formula" else "0"]
            for named in formula_paths(formulas[0]):
                assert named in table.columns, (table.name, column, named)
            for other, label in (pair for text in formulas for pair in COMPARED.findall(text)):
                assert label in table.columns[other]["values"], (table.name, column, label)
            if "under" in raw:
                above = table.columns[raw["under"]]
                several = above["values"].values() if "under" in above else [above["values"]]
                labels = {label for one in several for label in one}
                assert {*raw["values"]} - {"*"} == labels, (table.name, column)
                assert "*" in raw["values"] or "nulls" not in above, (table.name, column)


@pytest.mark.parametrize("name", theme_names())
def test_causes_are_variables(name: str) -> None:
    tables = theme(name).tables
    for table in tables.values():
        for column, raw in table.columns.items():
            for path in raw.get("causes", {}):
                head, _, other = path.rpartition(".")
                columns = tables[head.removesuffix("_id")].columns if head else table.columns
                if other != "time":
                    shows = lenses.record(columns[other]["lens"]).shows
                    assert shows in ("number", "category"), (table.name, column, path)
