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

    def ends(self, variable: Variable) -> tuple[str, str]:
        """What its least and its largest values are called: `lowest` and `highest` of numbers."""
        ...
