"""Version 1 of causal nodes had one record for all roles and all kinds of a thing, and named some
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from plurel_cli.schema.lifts.budgets import budget_of, gathered_of
from plurel_cli.schema.lifts.document import Document, records, without_nulls


def graphs(document: Document) -> Iterator[Document]:
    """All causal graphs of a database."""
    for table in records(document, "tables"):
        if isinstance(graph := table.get("causal"), dict):
            yield graph


def with_kinds(document: Document) -> None:
    """Name the kind of all that now has one."""
    for graph in graphs(document):
        name_kinds(graph)


def name_kinds(graph: Document) -> None:
    """Name the kind of all within a graph that has one now."""
    for j, node in enumerate(records(graph, "nodes")):
        if isinstance(time := node.get("time"), dict):
            fields = without_nulls(time)
            if "what" in fields:
                fields = {"kind": fields.pop("what"), **fields}
            node["time"] = fields
        if isinstance(null := node.get("null"), dict):
            fields = without_nulls(null)
            node["null"] = {"kind": _reason(fields, j), **fields}
        if isinstance(gathered := node.get("gathered"), dict):
            node["gathered"] = gathered_of(gathered)
        if isinstance(budget := node.get("budget"), dict):
            node["budget"] = budget_of(budget)
        _play(node)


_FIELDS = {
    "source": ("source",),
    "computed": ("causes", "weights", "mechanisms", "aggregation", "width"),
    "gathering": ("gathered",),
    "time": ("time",),
    "budget": (),
    "determined": ("determined",),
}
"""The fields of each role, beside those of all nodes."""

_NAMED = {"children": "gathering", "time": "time", "budget": "budget"}
"""Roles that version 1 named as sources."""


def _play(node: Document) -> None:
    """Name the role of a node, and leave out the fields of all others."""
    source = node.get("source")
    role = _NAMED.get(source, "source") if isinstance(source, str) else "source"
    if node.get("determined") is not None:
        role = "determined"
    elif node.get("causes"):
        role = "computed"
    for field in {field for fields in _FIELDS.values() for field in fields} - {*_FIELDS[role]}:
        node.pop(field, None)
    node["role"] = role


def _reason(null: Document, j: int) -> str:
    if "first" in null:
        return "begins"
    if "cause" not in null:
        return "random"
    return "itself" if null["cause"] == j else "told"
