"""What children give, what memory goes by, what tells nulls: what a reader of the tables sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.budgets import budget_of, node_of
from tests.features.test_budget import FIXED, columns_of, config_of, only, schemas


@pytest.mark.parametrize(("p_categorical", "is_number"), [(0.5, True), (1.0, False)])
def test_numbers_of_children_are_gathered_if_there_are_some(
    p_categorical: float, is_number: bool
) -> None:
    tables = {"users": {"rows": 30}, "orders": {"rows": 90, "columns": 8, "parents": ["users"]}}
    config = config_of(only(children=0.6, noise=0.4), tables, p_categorical=p_categorical)
    n_gathered = 0
    for schema in schemas(config, 12):
        users, orders = schema.by_name["users"], schema.by_name["orders"]
        nodes = dict(columns_of(orders))
        if is_number and all(node.kind == "categorical" for node in nodes.values()):
            continue
        for _, node in columns_of(users):
            gathered = budget_of(node).children
            if gathered is not None and (of := node_of(gathered.gathered)) is not None:
                assert nodes[of].kind == ("numerical" if is_number else "categorical")
                n_gathered += 1
    assert n_gathered > 10


@pytest.mark.parametrize("lag", [None, "exponential"])
def test_memory_goes_by_a_key_whose_rows_have_times_of_their_own(lag: str | None) -> None:
    order: dict[str, Any] = {"table": "orders", "form": "detail"}
    tables: dict[str, Any] = {
        "products": {"rows": 40},
        "orders": {"rows": 80, "timed": True},
        "lines": {"parents": [order, "products"], "columns": 8},
        "notes": {"parents": [order], "columns": 4},
    }
    detail = {"detail": {"lag": lag or "none"}}
    config = config_of(only(memory=0.6, noise=0.4), tables, connectivity=detail, **FIXED)
    followed: dict[str, set[str]] = {"lines": set(), "notes": set()}
    for schema in schemas(config, 6):
        for table, parents in followed.items():
            of = {key.name: key.references for key in schema.by_name[table].foreign_keys}
            for _, node in columns_of(schema.by_name[table]):
                parents.add(of[budget_of(node).memory.foreign_key])
    assert followed["notes"] == {"orders"}
    assert followed["lines"] == ({"products"} if lag is None else {"products", "orders"})


def test_numbers_tell_nulls_if_there_are_some() -> None:
    missing = {"p_column": 0.5, "told": 1.0}
    config = config_of(only(noise=1.0), columns=8, p_categorical=0.7, scm={"missing": missing})
    n_told = {"numerical": 0, "categorical": 0}
    for schema in schemas(config, 12):
        for table in schema.tables:
            nodes = table.causal.nodes
            whole = [node.kind for _, node in columns_of(table) if node.null is None]
            for _, node in columns_of(table):
                if node.null is None or not whole:
                    continue
                kind = nodes[node.null.cause].kind
                assert kind == ("numerical" if "numerical" in whole else "categorical")
                n_told[kind] += 1
    assert min(n_told.values()) > 3
