"""Themes in files of users: drawn as those of the package, and refused with all that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plurel_cli import PlurelError, load_config, parse_config
from plurel_cli.choices.choice import OneOf
from plurel_cli.errors import ConfigError
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.theme_choice import chosen_theme, column_problems
from plurel_cli.themes.files import theme_problems
from plurel_cli.themes.model import read_raw, theme
from plurel_cli.themes.names import ROOT, theme_names

BAKERY: dict[str, Any] = {
    "about": "A bakery.",
    "tables": {
        "bread": {
            "role": "product",
            "columns": {
                "sort": {"lens": "category", "values": {"rye": 3, "wheat": 5}},
                "price": {"lens": "money", "prices": {"median": 4, "sigma": 0.4}},
            },
        },
        "sale": {
            "role": "event",
            "time": "sold_at",
            "parents": {"bread": []},
            "columns": {"pieces": {"lens": "integer"}},
        },
    },
}


def _file(folder: Path, raw: object) -> str:
    path = folder / "bakery.yaml"
    path.write_text(yaml.safe_dump(raw))
    return str(path)


def _changed(place: str, value: object) -> dict[str, Any]:
    """The bakery with another value at a place."""
    raw: dict[str, Any] = yaml.safe_load(yaml.safe_dump(BAKERY))
    *path, last = place.split("/")
    inner = raw
    for name in path:
        inner = inner[name]
    inner[last] = value
    return raw


@pytest.mark.parametrize("name", theme_names())
def test_themes_of_the_package_are_without_fault(name: str) -> None:
    assert [*theme_problems(read_raw(ROOT / f"{name}.yaml"))] == []
    assert column_problems(theme(name)) == []


def test_a_database_is_named_by_a_theme_of_a_file(tmp_path: Path) -> None:
    themes = _file(tmp_path, BAKERY)
    schema = {"naming": "themed", "themes": themes, "tables": 2, "layout": "random_tree"}
    config = parse_config({"schema": schema})
    names = {
        table.name.lower() for seed in range(8) for table in sample_schema(config, seed).tables
    }
    columns = {
        column.name.lower()
        for seed in range(8)
        for table in sample_schema(config, seed).tables
        for column in table.columns
    }
    assert any("bread" in name for name in names)
    assert any("sale" in name for name in names)
    assert {"sort", "price", "pieces"} <= columns


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("about", 3, "about: must be a sentence that says what it is, got 3"),
        ("table", {}, "must have no fields but about, places, tables"),
        ("tables", {}, "tables: must be a map of tables by name"),
        ("tables/Bread", {"role": "product"}, "must have a name of small letters"),
        ("tables/bread/role", "loaf", "tables.bread.role: must be one of person,"),
        ("tables/bread/row", 3, "tables.bread: must have no fields but role,"),
        ("tables/sale/parents", {"loaf": []}, "tables.sale.parents: must be tables of the theme"),
        ("tables/sale/parents", ["bread"], "tables.sale.parents: must be a map"),
        ("tables/sale/columns", 4, "tables.sale.columns: must be a map of columns by name"),
        ("tables/sale/columns/pieces", {}, "tables.sale.columns.pieces: must be a map with a lens"),
        ("tables/sale/like", "nothing", "like: names no archetype"),
        (
            "tables/sale/columns/pieces",
            {"lens": "whole"},
            "tables.sale.columns.pieces: lens: must be one of address,",
        ),
        (
            "tables/bread/columns/price/prices/median",
            -4,
            "tables.bread.columns.price: prices.median",
        ),
        (
            "tables/bread/columns/sort",
            {"lens": "category", "words": "no_such_list"},
            "tables.bread.columns.sort: there is no list of words",
        ),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, place: str, value: object, told: str) -> None:
    path = _file(tmp_path, _changed(place, value))
    with pytest.raises(ConfigError) as caught:
        chosen_theme(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


def test_all_faults_of_columns_are_told_at_once(tmp_path: Path) -> None:
    raw = _changed("tables/sale/columns/pieces", {"lens": "whole"})
    raw["tables"]["bread"]["columns"]["sort"] = {"lens": "kind"}
    with pytest.raises(ConfigError) as caught:
        chosen_theme(_file(tmp_path, raw))
    assert len(caught.value.problems) == 2


def test_what_is_no_theme_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("tables: [")
    for name in (tmp_path / "broken.yaml", tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(PlurelError):
            chosen_theme(f"{name}" if name.suffix else f"{name}/.yaml")
    with pytest.raises(ConfigError, match="or the path of a YAML file"):
        parse_config({"schema": {"themes": "no_such_theme"}})


def test_a_path_is_a_theme_of_a_config(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("schema: {naming: themed, themes: [bakery.yaml, hotel]}\n")
    themes = load_config(path).schema_.themes
    assert isinstance(themes, OneOf)
    assert themes.possible == ("bakery.yaml", "hotel")
