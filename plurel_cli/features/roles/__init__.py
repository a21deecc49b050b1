"""Roles that a node of a causal graph may play, a class and file each.

A class is the record of one such node in `schema.json`, and holds all that there is to it: what it
depends on (`reads`), what draws its model (`model`) or, where others determine it, makes what is
written (`written`), and how it is put in words. Their bases are in `node`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import Field

from plurel_cli.features.budget import Budget
from plurel_cli.features.nulls import AnyNulls
from plurel_cli.prose import article, spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion
from plurel_cli.schema.variable import Naming, Variable

R = TypeVar("R", bound="CausalNode")


class Embedding(NamedTuple):
    """How a node takes up what others give it.

    Attributes
    ----------
    aggregation
        How their encodings are put together.
    width
        Dimensions of its embedding.
    weights
        Weight of each cause of the same row.
    mechanisms
        Family of the mechanism of each cause of the same row, then of the decoder.
    """

    aggregation: str
    width: int
    weights: tuple[float, ...]
    mechanisms: tuple[str, ...]


class CausalNode(Record):
    """One variable of a table's rows."""

    is_variable: ClassVar[bool] = True
    """Whether it has values of its own that others may depend on."""

    is_replaceable: ClassVar[bool] = False
    """Whether something else may be drawn in its place before anything is fitted."""

    is_linked: ClassVar[bool] = True
    """Whether other nodes, other rows or time have a part in it, its budget apart."""

    origin: ClassVar[str] = "source"
    """What a budget calls the share that the causal graph gives."""

    role: str = Field(default="", description="What it is.")
    kind: Literal["categorical", "numerical"] = Field(description="Kind of variable.")
    categories: int | None = Field(default=None, description="Categories of a categorical one.")
    column: str | None = Field(default=None, description="Column it is; none for a latent one.")
    name: str | None = Field(default=None, description="Name of a hidden variable that is stated.")
    is_used: bool = Field(
        default=True, description="Whether a column depends on it; others are never computed."
    )
    attempt: int = Field(default=0, description="How often it was drawn anew for being degenerate.")
    transform: str | None = Field(
        default=None, description="Numerical columns: what was done before writing."
    )
    boundaries: tuple[float, ...] | None = Field(
        default=None, description="Categorical columns of a lazy table: where the number is cut."
    )
    budget: Budget | None = Field(
        default=None,
        description="Columns that are a mixture: what shares of the variance come from where, "
        "before cut and transform, in the order in which they are added.",
    )
    null: AnyNulls | None = Field(
        default=None, description="Columns that have nulls for a reason: which rows."
    )

    @property
    def of_row(self) -> tuple[int, ...]:
        """Nodes of the same row that it is computed from."""
        return ()

    @property
    def of_budget(self) -> tuple[int, ...]:
        """Nodes of the same row that its budget is made of."""
        return tuple(node for share in self.budget or () for node in share.of_row)

    @property
    def acting(self) -> tuple[int, ...]:
        """Those of them that act, as far as the fit has seen."""
        return self.of_row

    @property
    def embedding(self) -> Embedding | None:
        """How it takes up what others give it, the rows that it refers to included, if it does."""
        return None

    @property
    def is_independent(self) -> bool:
        """Whether it is drawn from a distribution of its own, and nothing else has a part in it.

        Its budget, if it has one, may consist of that and of noise.
        """
        return not (self.is_linked or any(share.is_link for share in self.budget or ()))

    @property
    def draw(self) -> str:
        """What its values come from, by a name among all that values may come from."""
        return self.role

    def reads(self, table: str) -> tuple[Variable, ...]:
        """Variables that it depends on in a row of a table, but for those over foreign keys."""
        of_row = [Variable(table, node) for node in self.of_row]
        if self.budget is None:
            return tuple(of_row)
        shares = (variable for share in self.budget for variable in share.reads())
        return (*of_row, *(Variable(table, node) for node in self.of_budget), *shares)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What makes it, in words.

        Parameters
        ----------
        table
            The table it is a variable of.
        name
            Gives the name of a variable.

        Returns
        -------
        str
        """
        return self.role

    def told(self, words: str, causes: Sequence[str]) -> str:
        """What makes it, as a list of columns has it.

        Parameters
        ----------
        words
            What makes it, in words.
        causes
            What causes it, in words.

        Returns
        -------
        str
        """
        return words

    def becoming(self, role: type[R], **fields: object) -> R:
        """The node in another role.

        Parameters
        ----------
        role
            Its class.
        fields
            The fields of that role, and others that change.

        Returns
        -------
        CausalNode
            What all nodes have stays.
        """
        common = {field: getattr(self, field) for field in CausalNode.model_fields}
        return role.of_values(**common | {"role": role.model_fields["role"].default} | fields)

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What makes it, in a sentence, its budget apart.

        Parameters
        ----------
        table
            The table it is a variable of.
        names
            What variables are called.
        causes
            What acts on it, in words.

        Returns
        -------
        str
            As in "`a` and `b` (a sum of linear functions)".
        """
        return article(spaced(self.role))


roles: OpenUnion[CausalNode] = OpenUnion(
    CausalNode,
    "role of a node",
    __name__,
    ("source", "computed", "gathering", "time", "budget", "determined"),
    tag="role",
)

AnyNode = Annotated[CausalNode, roles]
"""A record of any of them."""
