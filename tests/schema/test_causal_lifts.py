"""Causal graphs that version 1 of `schema.json` has recorded are read as what they are today."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.children import ChildrenShare
from plurel_cli.features.budget.drift import DriftShare
from plurel_cli.features.drifts import drifts
from plurel_cli.features.roles import roles
from plurel_cli.features.roles.determined import DeterminedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.roles.time import TimeNode
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.lifts.causal import name_kinds

OLD = json.loads((Path(__file__).parents[1] / "data" / "causal_version_1.json").read_text())


def lifted(table: str) -> dict[str, Any]:
    raw: dict[str, Any] = copy.deepcopy(OLD["graphs"][table])
    name_kinds(raw)
    return raw


def shares_of(old: dict[str, Any]) -> dict[str, float]:
    """What version 1 said of a budget, by the kinds of today."""
    names = {"trait": "traits", "parent": "parents", "block": "blocks"}
    shares = {
        names.get(name, name): part if isinstance(part, float) else part["share"]
        for name, part in old.items()
        if name != "strength"
    }
    return {name: share for name, share in shares.items() if share}


_SOURCES = ("children", "time", "budget")
"""What version 1 named as sources and has roles of its own now."""


def assert_same_drift(new: dict[str, Any], old: dict[str, Any]) -> None:
    drift = new["drift"]
    assert (new["share"], new["sign"], drift["kind"]) == (old["share"], old["sign"], old["kind"])
    assert drift.get("at", 0.0) == old["at"]
    assert drift.get("width", drift.get("persistence", 0.0)) == old["width"]


def as_old(gathered: dict[str, Any]) -> dict[str, Any]:
    return {"aggregate": gathered["kind"]} | {k: v for k, v in gathered.items() if k != "kind"}


def assert_same_budget(new: list[dict[str, Any]], old: dict[str, Any]) -> None:
    of = {share["kind"]: share for share in new}
    assert {kind: share["share"] for kind, share in of.items()} == shares_of(old)
    for kind, name in (("traits", "trait"), ("parents", "parent"), ("blocks", "block")):
        if kind in of:
            assert of[kind] == {"kind": kind, **old[name]}
    if "memory" in of:
        chain = of["memory"].pop("chain")
        numbers = {"chain": chain.pop("number"), **chain}
        assert {**of["memory"], **numbers} == old["memory"]
    if "children" in of:
        gathered = as_old(of["children"]["gathered"])
        assert {**of["children"], "gathered": gathered} == {"kind": "children", **old["children"]}
    if "drift" in of:
        assert_same_drift(of["drift"], old["drift"])
    assert ("strength" in of.get("causes", {})) == ("strength" in old)
    if "strength" in old:
        assert_same_drift(of["causes"]["strength"], old["strength"])


@pytest.mark.parametrize("table", OLD["graphs"])
def test_an_old_graph_says_what_it_said(table: str) -> None:
    raw, graph = OLD["graphs"][table], CausalGraph.model_validate(lifted(table))
    assert len(graph.nodes) == len(raw["nodes"])
    for j, (node, old) in enumerate(zip(graph.nodes, raw["nodes"], strict=True)):
        new = node.model_dump(mode="json", exclude_none=True)
        if isinstance(node, TimeNode):
            kind = new["time"].pop("kind")
            assert {**new.pop("time"), "what": kind} == old["time"]
        if node.null is not None:
            kind = new["null"].pop("kind")
            assert new.pop("null") == old["null"]
            cause = old["null"].get("cause")
            assert (kind == "begins") == ("first" in old["null"])
            assert (kind == "itself") == (cause == j)
            assert (kind == "random") == (cause is None and "first" not in old["null"])
        if isinstance(node, GatheringNode):
            assert as_old(new.pop("gathered")) == old["gathered"]
        if node.budget is not None:
            assert_same_budget(new.pop("budget"), old["budget"])
        assert new.pop("role") in roles.names()
        for name, value in new.items():
            assert old.get(name, value) == value
        left_out = {name for name, value in old.items() if not value} | {"source"}
        assert {*old} - left_out - {"time", "null", "budget", "gathered"} <= {*new}
        assert old.get("source") in (*_SOURCES, getattr(node, "source", None))


def test_all_kinds_are_there() -> None:
    graphs = [CausalGraph.model_validate(lifted(table)) for table in OLD["graphs"]]
    nodes = [node for graph in graphs for node in graph.nodes]
    kinds = {node.null.kind for node in nodes if node.null is not None}
    assert kinds >= {"random", "told", "begins"}
    assert len({node.time.kind for node in nodes if isinstance(node, TimeNode)}) > 3
    assert len({node.determined.kind for node in nodes if isinstance(node, DeterminedNode)}) > 3
    shares = [share for node in nodes for share in node.budget or ()]
    assert {share.kind for share in shares} == {
        name
        for name in budget_shares.names()
        if name != "batches" and not budget_shares.record(name).is_stated
    }
    gathered = [node.gathered for node in nodes if isinstance(node, GatheringNode)]
    gathered += [share.gathered for share in shares if isinstance(share, ChildrenShare)]
    assert len({one.kind for one in gathered}) > 3
    assert {share.drift.kind for share in shares if isinstance(share, DriftShare)} == {
        *drifts.names()
    }


def test_an_unknown_role_is_refused_with_those_known() -> None:
    raw = {**lifted("posts"), "nodes": [{"role": "brand_new", "kind": "numerical"}]}
    with pytest.raises(ValidationError, match="'brand_new' is no kind of role of a node here"):
        CausalGraph.model_validate(raw)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("time", {"kind": "brand_new"}, "source of time"),
        ("null", {"kind": "brand_new"}, "reason of nulls"),
        ("gathered", {"kind": "brand_new"}, "aggregate of children"),
        ("budget", [{"kind": "brand_new"}], "budget share"),
    ],
)
def test_an_unknown_kind_is_refused_with_those_known(name: str, value: object, what: str) -> None:
    role = {"time": "time", "gathered": "gathering"}.get(name, "budget")
    node = {"role": role, "kind": "numerical", name: value}
    raw = {**lifted("posts"), "nodes": [node]}
    with pytest.raises(ValidationError, match=f"'brand_new' is no kind of {what} here; known are"):
        CausalGraph.model_validate(raw)
