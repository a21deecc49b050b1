"""A parsed `schema.json` of any version, as far as it has the shape that it should have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]

Lift = Callable[[Document], None]


def records(parent: Document, name: str) -> Iterator[Document]:
    """The records of a list within a record.

    Parameters
    ----------
    parent
        The record.
    name
        Field that holds the list.

    Yields
    ------
    dict
        Those that are records; what else is there, or a field that is no list, is passed over.
    """
    several = parent.get(name)
    for record in several if isinstance(several, list) else ():
        if isinstance(record, dict):
            yield record


def without_nulls(record: Document) -> Document:
    """The fields of a record that are not null, which may as well be left out."""
    return {name: value for name, value in record.items() if value is not None}
