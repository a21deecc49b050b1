"""One variable of a database: a node of one table's causal graph."""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """One node of one table's graph."""

    table: str
    node: int
