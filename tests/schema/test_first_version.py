"""Causal graphs that version 1 of `schema.json` has recorded are read as what they are today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.first_version import lifted_nodes

OLD = json.loads((Path(__file__).parents[1] / "data" / "causal_version_1.json").read_text())


@pytest.mark.parametrize("table", OLD["graphs"])
def test_an_old_graph_says_what_it_said(table: str) -> None:
    raw = OLD["graphs"][table]
    graph = CausalGraph.model_validate(raw)
    assert len(graph.nodes) == len(raw["nodes"])
    for j, (node, old) in enumerate(zip(graph.nodes, raw["nodes"], strict=True)):
        new = node.model_dump(mode="json", exclude_none=True)
        if node.time is not None:
            kind = new["time"].pop("kind")
            assert {**new.pop("time"), "what": kind} == old["time"]
        if node.null is not None:
            kind = new["null"].pop("kind")
            assert new.pop("null") == old["null"]
            cause = old["null"].get("cause")
            assert (kind == "begins") == ("first" in old["null"])
            assert (kind == "itself") == (cause == j)
            assert (kind == "random") == (cause is None and "first" not in old["null"])
        for name, value in new.items():
            assert old.get(name, value) == value
        assert {*old} - {"time", "null"} <= {*new}


def test_all_kinds_are_there() -> None:
    nodes = [
        node for raw in OLD["graphs"].values() for node in CausalGraph.model_validate(raw).nodes
    ]
    kinds = {node.null.kind for node in nodes if node.null is not None}
    assert kinds >= {"random", "told", "begins"}
    assert len({node.time.kind for node in nodes if node.time is not None}) > 3
    assert len({node.determined.kind for node in nodes if node.determined is not None}) > 3


def test_a_graph_of_today_stays_as_it_is() -> None:
    lifted = lifted_nodes(OLD["graphs"]["posts"]["nodes"])
    assert lifted_nodes(lifted) == lifted


@pytest.mark.parametrize(
    ("name", "what"), [("time", "source of time"), ("null", "reason of nulls")]
)
def test_an_unknown_kind_is_refused_with_those_known(name: str, what: str) -> None:
    node = {"kind": "numerical", name: {"kind": "brand_new"}}
    raw = {**OLD["graphs"]["posts"], "nodes": [node]}
    with pytest.raises(ValidationError, match=f"'brand_new' is no kind of {what} here; known are"):
        CausalGraph.model_validate(raw)
