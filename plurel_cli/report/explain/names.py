"""What the variables of a database are called in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.prose import quoted
from plurel_cli.report.branches import name_of
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.variable import Variable


@dataclass(frozen=True)
class VariableNames:
    """Columns and hidden variables by their names; others by their number.

    Attributes
    ----------
    schema
        The database.
    """

    schema: Schema

    def name(self, variable: Variable) -> str:
        """What a variable is called."""
        name = name_of(self._node(variable))
        return f"latent variable {variable.node}" if name is None else quoted(name)

    def ends(self, variable: Variable) -> tuple[str, str]:
        """What its least and its largest values are called."""
        node = self._node(variable)
        column = self.schema.by_name[variable.table].by_column.get(node.column or "")
        if column is not None and column.type == "boolean":
            return "no", "yes"
        if column is not None and node.kind == "categorical":
            return "among the first of its labels", "among the last of its labels"
        return "lowest", "highest"

    def null(self, variable: Variable) -> bool:
        """Whether a rule makes some of its values null."""
        return self._node(variable).null is not None

    def _node(self, variable: Variable) -> CausalNode:
        graph = self.schema.by_name[variable.table].causal
        assert graph is not None  # noqa: S101 (all tables have one, or none)
        return graph.nodes[variable.node]
