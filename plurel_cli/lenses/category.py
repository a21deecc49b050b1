"""One of some labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import fsum
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import ColumnSite, LensType, lenses
from plurel_cli.lenses.labels import (
    MOST,
    CategoryLens,
    checked_labels,
    checked_weights,
    label_codes,
    sql_labels,
)
from plurel_cli.lenses.subcategory import Subcategory
from plurel_cli.numerics.elementary import powers
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import counted, listed, percent

if TYPE_CHECKING:
    import polars as pl


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
        """Labels are a list, or a map to weights, below `values`; with `under` it is nested."""
        if "under" in raw:
            return {**Subcategory.stated(raw), "kind": "subcategory"}
        raw = dict(raw)
        if isinstance(values := raw.pop("values", None), Mapping):
            return {**raw, "labels": tuple(values), "weights": tuple(values.values())}
        return raw if values is None else {**raw, "labels": values}

    @model_validator(mode="after")
    def _possible(self) -> Self:
        checked_labels(self.labels)
        if self.labels and self.number not in (None, len(self.labels)):
            raise ValueError(f"number is {self.number}, but {len(self.labels)} labels are given")
        if self.weights is not None:
            checked_weights(self.weights, len(self.labels))
            if self.zipf is not None:
                raise ValueError("must have weights or zipf, not both")
        return self

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
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
        return _zipf(len(self.labels), self.zipf)

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """The labels."""
        import polars as pl

        codes = pl.Series(name, values)
        empty = values < 0
        codes = codes.set(pl.Series(empty), None) if empty.any() else codes
        return pl.Series(name, self.labels).gather(codes).alias(name)

    def numbers(self, written: pl.Series) -> NDArray[np.float64]:
        """Numbers of the labels."""
        return label_codes(self.labels, written)

    def sql_check(self, column: str) -> str | None:
        """One of the labels, where these are not many."""
        return sql_labels(self.labels, column)

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

    def without_shape(self) -> Self:
        """The lens without weights."""
        return self.but(weights=None, zipf=None)

    @property
    def phrase(self) -> str:
        """Its labels, the first of many, with their weights where these are set."""
        if not self.labels:
            return "one of some labels"
        labels = list(map(str, self.labels))
        if self.shares is not None:
            whole = fsum(self.shares)
            labels = [
                f"{label} ({percent(share / whole)})"
                for label, share in zip(labels, self.shares, strict=True)
            ]
        weighted = " by weight" * (self.shares is not None)
        return f"one of {counted(len(labels), 'label')}{weighted}: {listed(labels, 8)}"

    def clauses(self) -> Iterator[str]:
        """Whether the labels have an order."""
        if self.ordered:
            yield "in rising order"


@lru_cache(1 << 10)
def _zipf(n: int, exponent: float) -> tuple[float, ...]:
    """Weights of n labels by Zipf's law; most come many times."""
    weights: list[float] = powers(np.arange(1.0, n + 1.0), -exponent).tolist()
    return tuple(weights)
