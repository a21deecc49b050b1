"""Version 1 of causal nodes had one record for all kinds of a thing, and named some otherwise."""

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


def _reason(null: Document, j: int) -> str:
    if "first" in null:
        return "begins"
    if "cause" not in null:
        return "random"
    return "itself" if null["cause"] == j else "told"
