"""Version 1 of causal nodes named some kinds otherwise, and had the fields of all of them."""

from __future__ import annotations

from collections.abc import Iterator

from plurel_cli.schema.lifts.document import Document, records, without_nulls


def nodes(document: Document) -> Iterator[Document]:
    """All nodes of the causal graphs of a database."""
    for table in records(document, "tables"):
        if isinstance(graph := table.get("causal"), dict):
            yield from records(graph, "nodes")


def with_kinds(document: Document) -> None:
    """Name the kind of every source of time."""
    for node in nodes(document):
        if isinstance(time := node.get("time"), dict):
            fields = without_nulls(time)
            if "what" in fields:
                fields = {"kind": fields.pop("what"), **fields}
            node["time"] = fields
