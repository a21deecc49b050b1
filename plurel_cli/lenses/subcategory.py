"""Labels of which each label of another column allows some: kinds of a kind, states of a country.

The variable is cut where the shares of some label's own labels begin, so finely that the cell and
the label of the other column together say which label a row has. Unless causes are stated of it,
the variable is chance, so that each label has its share of the rows with the label above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import ColumnSite, HangingLens, Lens, LensType, lenses
from plurel_cli.lenses.labels import (
    CategoryLens,
    checked_labels,
    checked_weights,
    label_codes,
    label_texts,
    sql_labels,
)
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.prose import listed, quoted
from plurel_cli.schema.record import Record, remembered

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

REST = "*"
"""What stands for all labels above that are not named."""

_MOST_ABOVE = 1_000
"""Labels above that may be named."""


class Allowed(Record):
    """The labels that a label of the other column allows."""

    label: str = Field(
        description="Label of the other column; `*` is any that is not named, and null."
    )
    labels: tuple[str | int, ...] = Field(strict=False, min_length=1, description="What it allows.")
    weights: tuple[float, ...] | None = Field(
        default=None, strict=False, description="Weight of each; all alike where left out."
    )

    @property
    def sums(self) -> Doubles:
        """Shares of all labels up to each."""
        sums = np.cumsum(self.weights or [1.0] * len(self.labels))
        shares: Doubles = np.round(sums / sums[-1], 9)  # so that equal shares are equal numbers
        return shares

    def shuffled(self, draws: Draws) -> Self:
        """The same labels in another order, each with its weight."""
        order = list(range(len(self.labels)))
        draws.shuffle(order)
        weights = None if self.weights is None else tuple(self.weights[k] for k in order)
        return self.but(labels=tuple(self.labels[k] for k in order), weights=weights)


@lenses.kind
class Subcategory(CategoryLens, HangingLens):
    """One of the labels that the label of another column allows, such as a kind of some kind."""

    kind: Literal["subcategory"] = Field(default="subcategory", description="Which lens.")
    under: str = Field(
        description="The category or flag that it is nested under: a column of the row, or of a "
        "row that it refers to."
    )
    allowed: tuple[Allowed, ...] = Field(
        strict=False,
        min_length=1,
        max_length=_MOST_ABOVE,
        description="What each label of that column allows.",
    )
    ordered: bool = Field(
        default=False, description="Whether labels rise with the variable, in the order given."
    )

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """What each label allows is a list, or a map to weights, below `values`."""
        raw = dict(raw)
        values = raw.pop("values", None)
        if values is None:
            return raw
        if not isinstance(values, Mapping):
            raise ValueError("values must say which labels each label of the other column allows")
        allowed = []
        for label, several in values.items():
            text = str(label).lower() if isinstance(label, bool) else str(label)
            if isinstance(several, Mapping):
                weights = tuple(several.values())
                allowed.append({"label": text, "labels": tuple(several), "weights": weights})
            else:
                labels = several if isinstance(several, list | tuple) else (several,)
                allowed.append({"label": text, "labels": tuple(labels)})
        return {**raw, "allowed": tuple(allowed)}

    @model_validator(mode="after")
    def _possible(self) -> Self:
        above = [one.label for one in self.allowed]
        if len(set(above)) < len(above):
            raise ValueError("must have each label of the other column once")
        for one in self.allowed:
            checked_labels(one.labels)
            if one.weights is not None:
                checked_weights(one.weights, len(one.labels))
        checked_labels(self.labels)
        return self

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """The lens, with labels in a drawn order where they do not rise with the variable."""
        if self.ordered:
            return self
        draws = stream.child("order").draws()
        return self.but(allowed=tuple(one.shuffled(draws) for one in self.allowed))

    @property
    def type(self) -> LensType:
        """Texts, or 64-bit integers where labels are numbers."""
        return "int64" if isinstance(self.labels[0], int) else "string"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column that it is nested under."""
        return (self.under,)

    @remembered
    def labels(self) -> tuple[str | int, ...]:
        """All labels that there are, each once."""
        return tuple(dict.fromkeys(label for one in self.allowed for label in one.labels))

    @property
    def categories(self) -> int | None:
        """One for each label."""
        return len(self.labels)

    @property
    def rises(self) -> bool:
        """Whether labels rise with the variable."""
        return True

    @remembered
    def _ends(self) -> Doubles:
        """Shares at which cells end."""
        ends = np.unique(np.concatenate([one.sums for one in self.allowed]))
        return ends[ends > 0.0]

    @property
    def shares(self) -> Sequence[float] | None:
        """Share of each cell of the variable."""
        shares: list[float] = np.diff(self._ends, prepend=0.0).tolist()
        return shares

    @property
    def cells(self) -> int | None:
        """As many as there are shares."""
        return len(self._ends)

    def allows(self, above: Lens | None) -> NDArray[np.int64]:
        """For each category of the other column, and last for null, the number of what it allows;
        below 0 where that is nothing.

        Parameters
        ----------
        above
            Its lens.

        Returns
        -------
        ndarray
            int64.
        """
        at = {one.label: k for k, one in enumerate(self.allowed)}
        others = at.get(REST, -1)
        assert isinstance(above, CategoryLens)  # noqa: S101 (checked where it is stated)
        texts = label_texts(above)
        return np.array([*(at.get(text, others) for text in texts), others], dtype=np.int64)

    def beside(self, other: Doubles, values: NDArray[Any], lens: Lens | None) -> Doubles:
        """The label of each row by its cell and by the category of the other column."""
        row = self.allows(lens).take(_with_null_last(other))
        empty = (values < 0) | (row < 0)
        middles = self._ends - 0.5 * np.diff(self._ends, prepend=0.0)
        shares = middles.take(np.where(empty, 0, values).astype(np.int64)) + np.maximum(row, 0)
        at = self._table[0].searchsorted(shares, "right")
        codes = self._table[1].take(np.minimum(at, len(self._table[1]) - 1))
        return np.where(empty, np.nan, codes.astype(np.float64))

    @remembered
    def _table(self) -> tuple[Doubles, NDArray[np.int64]]:
        """Where the labels of each label above end, one label above after another; and these."""
        number = {label: k for k, label in enumerate(self.labels)}
        ends = np.concatenate([one.sums + k for k, one in enumerate(self.allowed)])
        codes = [number[label] for one in self.allowed for label in one.labels]
        return ends, np.array(codes, dtype=np.int64)

    def are_allowed(self, other: Doubles, codes: Doubles, lens: Lens | None) -> NDArray[np.bool_]:
        """Whether each row has a label that the category of the other column allows.

        Parameters
        ----------
        other
            Categories of the other column, NaN for null.
        codes
            Numbers of labels, NaN for null.
        lens
            The lens of the other column.

        Returns
        -------
        ndarray
            bool; a null is allowed.
        """
        pairs = {
            (row, self.labels.index(label))
            for row, one in enumerate(self.allowed)
            for label in one.labels
        }
        known = np.array(sorted(row * len(self.labels) + code for row, code in pairs))
        empty = np.isnan(codes)
        rows = self.allows(lens).take(_with_null_last(other))
        asked = rows * len(self.labels) + np.where(empty, 0.0, codes).astype(np.int64)
        allowed: NDArray[np.bool_] = np.isin(asked, known) & (rows >= 0)
        return allowed | empty

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """The labels."""
        import polars as pl

        empty = ~(values >= 0)
        codes = pl.Series(name, np.where(empty, 0, values).astype(np.int64))
        codes = codes.set(pl.Series(empty), None) if empty.any() else codes
        return pl.Series(name, self.labels).gather(codes).alias(name)

    def numbers(self, written: pl.Series) -> Doubles:
        """Numbers of the labels."""
        return label_codes(self.labels, written)

    def sql_check(self, column: str) -> str | None:
        """One of the labels, where these are not many."""
        return sql_labels(self.labels, column)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """One of the labels; which the other column allows is checked where that is."""
        yield "must be one of its labels", ~value.is_in(list(self.labels))

    def held(self, value: float | str | bool) -> float | None:
        """The number of a label."""
        if isinstance(value, bool) or value not in self.labels:
            return None
        return float(self.labels.index(value))

    @property
    def phrase(self) -> str:
        """What its labels hang on."""
        return f"a label among those that {quoted(self.under)} allows"

    def clauses(self) -> Iterator[str]:
        """What some labels of the other column allow."""
        first = self.allowed[0]
        yield f"such as {listed(map(str, first.labels), 4)} for {first.label}"


def _with_null_last(categories: Doubles) -> NDArray[np.int64]:
    """Categories as numbers of entries of which the last is for null."""
    return np.where(np.isnan(categories), -1.0, categories).astype(np.int64)
