"""One of some labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import LensType, Place, lenses
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.numerics.elementary import powers
from plurel_cli.numerics.stream import Stream

if TYPE_CHECKING:
    import polars as pl

MOST = 10_000
"""Labels that there may be."""

_MOST_CHECKED = 100
"""Labels that a statement of SQL lists."""


@lenses.kind
class Category(CategoryLens):
    """One of some labels: a status, a kind, a country."""

    kind: Literal["category"] = Field(default="category", description="Which lens.")
    labels: tuple[str | int, ...] = Field(
        default=(), strict=False, description="The labels; all of them texts, or whole numbers."
    )
    weights: tuple[float, ...] | None = Field(
        default=None, strict=False, description="Weight of each label."
    )
    number: int | None = Field(
        default=None, ge=1, le=MOST, description="How many labels, where none are given."
    )
    zipf: float | None = Field(
        default=None,
        ge=0,
        le=10,
        description="In the place of weights: that of the k-th label is 1 / k to this power.",
    )
    ordered: bool = Field(
        default=False, description="Whether labels rise with the variable, in the order given."
    )

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Labels are a list, or a map to weights, below `values`."""
        raw = dict(raw)
        if isinstance(values := raw.pop("values", None), Mapping):
            return {**raw, "labels": tuple(values), "weights": tuple(values.values())}
        return raw if values is None else {**raw, "labels": values}

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.labels) > MOST:
            raise ValueError(f"must have at most {MOST} labels, got {len(self.labels)}")
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("must have each label once")
        if any(isinstance(label, bool) for label in self.labels):
            raise ValueError("labels are texts or whole numbers; write true and false in quotes")
        if len({type(label) for label in self.labels}) > 1:
            raise ValueError("labels must be all texts or all whole numbers")
        if self.labels and self.number not in (None, len(self.labels)):
            raise ValueError(f"number is {self.number}, but {len(self.labels)} labels are given")
        if self.weights is not None:
            if len(self.weights) != len(self.labels):
                raise ValueError("must have a weight for each label")
            if not all(0.0 <= w <= 1e12 for w in self.weights) or not any(self.weights):
                raise ValueError("weights must be from 0 to 1e12, and one above 0")
            if self.zipf is not None:
                raise ValueError("must have weights or zipf, not both")
        return self

    def completed(self, place: Place, stream: Stream) -> Self:
        """Labels c0, c1, … where none are given."""
        if self.labels:
            return self
        number = self.number or 2 + stream.child("number").draws().below(11)
        return self.but(labels=tuple(f"c{k}" for k in range(number)), number=None)

    @property
    def type(self) -> LensType:
        """Texts, or 64-bit integers where labels are numbers."""
        return "int64" if self.labels and isinstance(self.labels[0], int) else "string"

    @property
    def categories(self) -> int | None:
        """One for each label."""
        return len(self.labels) or self.number

    @property
    def rises(self) -> bool:
        """Whether labels rise with the variable."""
        return self.ordered

    @property
    def shares(self) -> Sequence[float] | None:
        """The weights."""
        if self.weights is not None or self.zipf is None:
            return self.weights
        ranks = np.arange(1.0, len(self.labels) + 1.0)
        shares: list[float] = powers(ranks, -self.zipf).tolist()
        return shares

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """The labels."""
        import polars as pl

        codes = pl.Series(name, values)
        empty = values < 0
        codes = codes.set(pl.Series(empty), None) if empty.any() else codes
        return pl.Series(name, self.labels).gather(codes).alias(name)

    def sql_check(self, column: str) -> str | None:
        """One of the labels, where these are not many."""
        if len(self.labels) > _MOST_CHECKED:
            return None
        return f"{column} IN ({', '.join(map(_sql_value, self.labels))})"

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """One of the labels."""
        yield "must be one of its labels", ~value.is_in(list(self.labels))

    @property
    def held_values(self) -> str:
        """Its labels."""
        names = ", ".join(map(str, self.labels[:20]))
        return f"one of its labels: {names}" + ", …" * (len(self.labels) > 20)

    def held(self, value: float | str | bool) -> float | None:
        """The number of a label."""
        if isinstance(value, bool) or value not in self.labels:
            return None
        return float(self.labels.index(value))


def _sql_value(label: str | int) -> str:
    """A label as SQL writes it."""
    return str(label) if isinstance(label, int) else "'" + label.replace("'", "''") + "'"
