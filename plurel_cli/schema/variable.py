"""One variable of a database: a node of one table's causal graph; and what it is called."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Variable(NamedTuple):
    """One node of one table's graph."""

    table: str
    node: int


class Naming(Protocol):
    """What the variables of a database are called, for those who put them in sentences."""

    def name(self, variable: Variable) -> str:
        """What a variable is called, as it stands in a sentence."""
        ...

    def is_category(self, variable: Variable) -> bool:
        """Whether a variable is a category, and no number."""
        ...
