"""Which edges are said to act, against what interventions at five values change."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from plurel_cli import Database, do, generate, parse_config
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.variable import Variable
from tests.features.test_intervene import changed, features

SEEDS = (1, 4)
"""Of the first databases those in which most edges do not act."""


def database_of(seed: int, **scm: Any) -> Database:
    data = {
        "schema": {
            "tables": 2,
            "rows": {"entity": 40, "activity": 60},
            "columns": {"min": 4, "max": 7},
        },
        "features": {"scm": scm},
    }
    return generate(parse_config(data), seed)


def edges_of(schema: Schema, *, all_edges: bool) -> dict[Variable, set[Variable]]:
    """What each variable acts on, as the schema says; or what it could act on."""
    edges: defaultdict[Variable, set[Variable]] = defaultdict(set)
    for table in schema.tables:
        for j, node in enumerate(table.causal.nodes):
            effect = Variable(table.name, j)
            for cause in node.of_row if all_edges else node.acting:
                edges[Variable(table.name, cause)].add(effect)
            for parent in table.causal.parents if node.embedding is not None else ():
                for cause in parent.nodes if all_edges else parent.acting:
                    edges[Variable(parent.table, cause)].add(effect)
    return edges


def reached(edges: dict[Variable, set[Variable]], start: Variable) -> set[Variable]:
    seen, pending = {start}, [start]
    for variable in pending:
        new = edges.get(variable, set()) - seen
        seen |= new
        pending += new
    return seen


def five_values(database: Database, table: str, column: Feature) -> list[float]:
    if column.categories is not None:
        return [k * (column.categories - 1) // 4 for k in range(5)]
    values = sorted(database.tables[table][column.name].drop_nulls().to_list())
    return [values[k * (len(values) - 1) // 4] for k in range(5)]


def moved_by(database: Database, table: str, column: Feature, asked: set[str]) -> set[str]:
    """Those of some columns that change when this one is held at any of five values."""
    moved: set[str] = set()
    for value in {*five_values(database, table, column)}:
        if not asked <= moved:
            moved |= changed(database, do(database, table, column.name, value)) & asked
    return moved


def name_of(schema: Schema, variable: Variable) -> str:
    return f"{variable.table}.{schema.by_name[variable.table].causal.nodes[variable.node].column}"


def test_edges_that_act_are_those_that_interventions_show() -> None:
    """Nothing changes that no acting edges lead to; of the effects said, most change."""
    n_inert = n_wrong = n_acting = n_seen = 0
    for seed in SEEDS:
        database = database_of(seed)
        schema = database.schema
        acting, possible = (edges_of(schema, all_edges=its) for its in (False, True))
        columns = {Variable(t.name, j) for t, j, _ in features(schema)}
        for table, j, column in features(schema):
            start = Variable(table.name, j)
            inert = (reached(possible, start) - reached(acting, start)) & columns
            direct = acting.get(start, set()) & columns
            asked = {name_of(schema, v) for v in inert | direct}
            moved = moved_by(database, table.name, column, asked)
            n_inert += len(inert)
            n_wrong += sum(name_of(schema, v) in moved for v in inert)
            n_acting += len(direct)
            n_seen += sum(name_of(schema, v) in moved for v in direct)

    assert n_inert > 20
    assert n_wrong <= 0.01 * n_inert
    assert n_acting > 20
    assert n_seen > 0.5 * n_acting
