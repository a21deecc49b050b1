"""The share of a named variable of the row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NoReturn

from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import Floats, ShareComponent
from plurel_cli.features.budget.effects import (
    LINEAR,
    Effect,
    effect_of_category,
    effect_of_number,
    weight_of,
)
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows
from plurel_cli.features.nodes import Computed
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming, Variable


@budget_shares.kind
class OwnShare(BudgetShare):
    """A variable of the same row, as a config states it."""

    is_stated: ClassVar[bool] = True

    kind: Literal["own"] = Field(default="own", description="What it comes from.")
    node: int = Field(description="The node of that variable.")
    sign: Literal[-1, 1] = Field(default=1, description="Whether more of it is more or less.")
    mechanism: str = Field(default=LINEAR, description="How it acts.")

    @classmethod
    def drawn(cls, share: float, place: BudgetedTable, stream: Stream) -> NoReturn:
        """It is never drawn."""
        raise AssertionError("a share of a named variable is stated")

    @property
    def of_row(self) -> tuple[int, ...]:
        """The variable."""
        return (self.node,)

    def component(self, rows: ShareRows) -> ShareComponent:
        """What the variable does, standardised."""
        variable = Variable(rows.table.name, self.node)
        reference = rows.reference.values[self.node]
        return OwnComponent(self.node, effect_of(self, rows, variable, reference))

    def told(self, origin: str, table: str, name: Callable[[Variable], str]) -> str:
        """The variable, and how it acts."""
        return acting(name(Variable(table, self.node)), self.sign, self.mechanism)

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """The variable, and how it acts."""
        return acting_phrase(names.name(Variable(table, self.node)), self.sign, self.mechanism)


def acting(cause: str, sign: Literal[-1, 1], mechanism: str) -> str:
    """A stated cause in words: its name, whether it acts downwards, and by what.

    Parameters
    ----------
    cause
        Its name.
    sign
        Whether more of it is more or less.
    mechanism
        How it acts.

    Returns
    -------
    str

    Examples
    --------
    >>> acting("age", -1, "linear"), acting("age", 1, "mlp")
    ('less with age', 'age (mlp)')
    """
    name = cause if sign > 0 else f"less with {cause}"
    return name if mechanism == LINEAR else f"{name} ({mechanism})"


def acting_phrase(cause: str, sign: Literal[-1, 1], mechanism: str) -> str:
    """A stated cause in a sentence: what it is, whether it acts downwards, and by what.

    Parameters
    ----------
    cause
        What it is.
    sign
        Whether more of it is more or less.
    mechanism
        How it acts.

    Returns
    -------
    str

    Examples
    --------
    >>> acting_phrase("`age`", -1, "linear"), acting_phrase("`age`", 1, "mlp")
    ('`age` (the more, the less)', '`age` (by mlp)')
    """
    notes = (*("the more, the less",) * (sign < 0), *(f"by {mechanism}",) * (mechanism != LINEAR))
    return f"{cause} ({', '.join(notes)})" if notes else cause


def effect_of(
    share: OwnShare | Any, rows: ShareRows, variable: Variable, reference: NDArray[Any]
) -> Effect:
    """How a stated cause acts.

    Parameters
    ----------
    share
        The share: how large, of which sign, by which mechanism.
    rows
        The rows that it acts on.
    variable
        The cause.
    reference
        Its values at the reference rows.

    Returns
    -------
    Effect
    """
    name = f"{share.kind} {variable.table} {variable.node}"
    weight = weight_of(share.share, share.sign)
    stream = rows.stream.child("stated", variable.table, variable.node)

    def scale(what: str, values: Floats) -> Any:
        return rows.scale(f"{name} {what}", values)

    if (labelled := rows.labelled(variable)) is not None:
        return effect_of_category(reference, weight, labelled, stream, scale)
    return effect_of_number(reference, weight, share.mechanism, stream, scale)


@dataclass(frozen=True)
class OwnComponent(ShareComponent):
    """What a variable of the row does."""

    node: int
    effect: Effect

    @property
    def is_fine(self) -> bool:
        """Whether there is enough to standardise."""
        return self.effect.is_fine

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add that of some rows."""
        total += self.effect.of(computed.values[self.node])
