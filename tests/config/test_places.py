"""What is stated of a table, key or column acts there, and goes no further than influence does."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import generate
from plurel_cli.config import parse_config
from plurel_cli.config.layers import Layer
from plurel_cli.config.origins import with_origins
from plurel_cli.config.scopes import SCOPES, Scope
from plurel_cli.config.setting import set_over
from plurel_cli.database import Database
from plurel_cli.effort.drawn import gathered_of
from plurel_cli.errors import PlurelError
from plurel_cli.features.variables import WrittenVertex, influence, reachable
from plurel_cli.schema.variable import Variable
from tests.config.leaves import DEFAULTS

SHOP: dict[str, Any] = {
    "schema": {
        "layout": "explicit",
        "columns": 4,
        "rows": {"entity": 30, "activity": 60, "event": 40},
    },
    "connectivity": {"popularity": "power_law", "time_order": True, "p_nullable": 0.3},
    "features": {
        "scm": {
            "budget": {"p": 0.4},
            "determined": {"p": 0.2},
            "missing": {"p_column": 0.4},
            "time": {"p": 0.3},
        }
    },
    "tables": {
        "customer": {"timed": True},
        "product": {},
        "visit": {"parents": ["customer", "product"]},
        "sale": {"parents": ["customer", "product"]},
    },
}

OF_ALL_COLUMNS = ("schema.p_categorical", "schema.categories", "features.scm.determined")
"""What decides which columns a causal graph has, by which all nodes of its table are drawn."""


def _pairs(scope: Scope) -> list[tuple[str, Any]]:
    """Settings that can be stated of a thing, each with a value."""
    pairs = []
    for path, values in DEFAULTS.items():
        section = path
        while section and section not in SCOPES:
            section = section.rpartition(".")[0]
        assert section, f"{path} must say in SCOPES what it can be stated of"
        if scope in SCOPES[section]:
            pairs += [(path, value) for value in values[:2]]
    return pairs


def _with(raw: dict[str, Any], place: str, path: str, value: object) -> dict[str, Any]:
    whole = copy.deepcopy(raw)
    at: Any = whole
    *parts, last = f"{place}.{path}".strip(".").split(".")
    for part in parts:
        at = at.setdefault(part, {})
    at[last] = value
    return whole


@cache
def _shop(seed: int) -> Database:
    return generate(parse_config(SHOP), seed)


def _changed(one: Database, other: Database) -> set[tuple[str, str]]:
    return {
        (name, column)
        for name, frame in one.tables.items()
        for column in {*frame.columns, *other.tables[name].columns}
        if column not in frame.columns
        or column not in other.tables[name].columns
        or not frame[column].equals(other.tables[name][column])
    }


def _reached(database: Database, table: str, column: str) -> set[tuple[str, str]]:
    """Columns that what is written of a column depends on, or its variable."""
    graphs = {t.name: t.causal for t in database.schema.tables if t.causal is not None}
    nodes = {node.column: j for j, node in enumerate(graphs[table].nodes)}
    start = [Variable(table, nodes[column]), WrittenVertex(table, nodes[column])]
    return {
        (vertex.table, str(graphs[vertex.table].nodes[vertex.node].column))
        for vertex in reachable(influence(graphs), start)
        if isinstance(vertex, WrittenVertex)
    }


def _depending(*databases: Database) -> set[str]:
    """The table `visit`, and those that gather from it, or depend on what does."""
    tables = {"visit"}
    for database in databases:
        graphs = {t.name: t.causal for t in database.schema.tables if t.causal is not None}
        gathering = [
            Variable(name, j)
            for name, graph in graphs.items()
            for j, node in enumerate(graph.nodes)
            if any(gathered.table == "visit" for gathered in gathered_of([node]))
        ]
        reached = reachable(influence(graphs), gathering)
        tables |= {vertex.table for vertex in reached if isinstance(vertex, WrittenVertex)}
    return tables


def _made(raw: dict[str, Any], seed: int) -> Database | None:
    try:
        return generate(parse_config(raw), seed)
    except PlurelError:  # a value that does not go with the others
        return None


@settings(max_examples=25)
@given(st.sampled_from(_pairs(Scope.COLUMN)), st.integers(0, 2), st.integers(0, 3))
def test_a_column_changes_itself_and_what_depends_on_it(
    pair: tuple[str, Any], seed: int, number: int
) -> None:
    column = f"feature_{number}"
    other = _made(_with(SHOP, f"tables.visit.columns.{column}", *pair), seed)
    if other is None:
        return
    changed = _changed(_shop(seed), other)
    if pair[0].startswith(OF_ALL_COLUMNS):
        assert {table for table, _ in changed} <= {"visit"}
    else:
        reached = _reached(_shop(seed), "visit", column) | _reached(other, "visit", column)
        assert changed <= reached, (pair, changed - reached)


@settings(max_examples=25)
@given(st.sampled_from(_pairs(Scope.KEY)), st.integers(0, 2), st.sampled_from(["customer", "*"]))
def test_a_key_changes_no_other_table(pair: tuple[str, Any], seed: int, key: str) -> None:
    other = _made(_with(SHOP, f"tables.visit.keys.{key}", *pair), seed)
    if other is not None:
        changed = _changed(_shop(seed), other)
        assert {table for table, _ in changed} <= _depending(_shop(seed), other)
        if key != "*" and pair[0].startswith("connectivity"):
            assert ("visit", "foreign_row_1") not in changed


@settings(max_examples=25)
@given(st.sampled_from(_pairs(Scope.TABLE)), st.integers(0, 2))
def test_a_table_changes_no_other_that_does_not_refer_to_it(
    pair: tuple[str, Any], seed: int
) -> None:
    other = _made(_with(SHOP, "tables.visit", *pair), seed)
    if other is not None:
        changed = {table for table, _ in _changed(_shop(seed), other)}
        assert changed <= _depending(_shop(seed), other)


@settings(max_examples=25)
@given(st.sampled_from(_pairs(Scope.TABLE)), st.integers(0, 2))
def test_stated_of_every_table_is_stated_of_the_database(pair: tuple[str, Any], seed: int) -> None:
    whole = _made(_with(SHOP, "", *pair), seed)
    every = _made(_with(SHOP, "tables.*", *pair), seed)
    assert (whole is None) == (every is None)
    if whole is not None and every is not None:
        assert _changed(whole, every) == set()


@pytest.mark.parametrize("way", ["", ".keys.foreign_row_0", ".columns.feature_1"])
def test_the_origin_of_what_is_stated_of_a_thing_is_told(way: str) -> None:
    path = "connectivity.lag" if "keys" in way else "features.scm.noise"
    option = f"tables.table_1{way}.{path}=2.5"
    text = with_origins(set_over(Layer(), [option]))
    (line,) = (line for line in text.splitlines() if f"--set {option}" in line)
    assert line.split("#")[0].strip() == f"{path.rpartition('.')[2]}: 2.5"
