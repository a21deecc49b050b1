"""Distributions that a column of numbers may have, by name, a class and file each.

A class is the record of one distribution with its parameters, as a config states it and as
`schema.json` has it. It gives quantiles, by which the ranks of a column's values become what is
written, and probabilities, by which it is cut at bounds and tested.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import ConfigDict

from plurel_cli.prose import settings, spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from plurel_cli.numerics.stream import Draws

    Doubles = NDArray[np.float64]

LARGEST = 1e12
"""Parameters lie between minus and plus this."""


class Marginal(Record):
    """The base of every distribution on the line."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    kind: str

    is_whole: ClassVar[bool] = False
    """Whether all its values are whole numbers."""

    @classmethod
    @abstractmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """One with parameters such as columns of real databases have.

        Parameters
        ----------
        draws
            Randomness of this column alone.
        whole
            Whether its values are to be rounded to whole numbers.

        Returns
        -------
        Marginal
            Of this kind.
        """

    @abstractmethod
    def quantile(self, share: Doubles) -> Doubles:
        """Quantiles of rising shares in (0, 1), float64, which it may overwrite."""

    @abstractmethod
    def below(self, value: float) -> float:
        """The probability of less than a value."""

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        return self.below(value)

    def share(self, value: float) -> float:
        """A share whose quantile is the value, or as near to it as there is."""
        return 0.5 * (self.below(value) + self.upto(value))

    @property
    def phrase(self) -> str:
        """What it is in a sentence, with its parameters."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        numbers = [(name, value) for name, value in values if isinstance(value, float | int)]
        return f"{spaced(self.kind)} with {settings(numbers)}"


marginals: OpenUnion[Marginal] = OpenUnion(
    Marginal,  # type: ignore[type-abstract]
    "marginal",
    __name__,
)

AnyMarginal = Annotated[Marginal, marginals]
"""A distribution of any kind."""


def stated(raw: dict[str, Any]) -> dict[str, Any]:
    """Plain data of a lens with its distribution, which a config writes as an entry of its name.

    Examples
    --------
    >>> stated({"min": 0, "normal": {"mean": 41, "sd": 14}})
    {'min': 0, 'marginal': {'kind': 'normal', 'mean': 41, 'sd': 14}}

    Raises
    ------
    ValueError
        If more than one is named, or what is below a name is no map.
    """
    names = [name for name in raw if name in marginals.names()]
    if not names:
        return raw
    if len(names) > 1:
        raise ValueError(f"must have one distribution, not {' and '.join(names)}")
    (name,) = names
    if not isinstance(raw[name], dict):
        raise ValueError(f"{name} must be a map of its parameters, got {raw[name]!r}")
    rest = {key: value for key, value in raw.items() if key != name}
    if "kind" in raw[name]:
        raise ValueError(f"{name}.kind is not a known setting")
    return {**rest, "marginal": {"kind": name, **raw[name]}}
