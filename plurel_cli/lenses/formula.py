"""Numbers that a formula gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from plurel_cli.formulas.evaluate import label_problem
from plurel_cli.formulas.functions import TRUTHS, rounded
from plurel_cli.formulas.parse import parsed
from plurel_cli.formulas.tree import ColumnLeaf, Node, Operation, leaves
from plurel_cli.lenses import LensType, Shows, ValueLens, lenses
from plurel_cli.lenses.integer import whole_series
from plurel_cli.prose import counted, quoted
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]


@lenses.kind
class FormulaLens(ValueLens):
    """What a formula gives, of other columns of the row, of parents and of children."""

    kind: Literal["formula"] = Field(default="formula", description="Which lens.")
    of: str = Field(description="The formula, as in `quantity * unit_price`.")
    digits: int | None = Field(
        default=None, ge=0, le=12, description="Decimals that it is rounded to."
    )

    shows: ClassVar[Shows] = "formula"

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a config states."""
        return raw

    @field_validator("of")
    @classmethod
    def _is_formula(cls, of: str) -> str:
        if (problem := label_problem(parsed(of))) is not None:
            raise ValueError(problem)
        return of

    @remembered
    def tree(self) -> Node:
        """The formula's tree."""
        return parsed(self.of)

    @property
    def is_truth(self) -> bool:
        """Whether it says true or false."""
        return isinstance(self.tree, Operation) and self.tree.name in TRUTHS

    @property
    def type(self) -> LensType:
        """Booleans for comparisons, whole numbers where it is rounded to them, else floats."""
        if self.is_truth:
            return "boolean"
        return "int64" if self.digits == 0 else "float64"

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the same row."""
        names = (leaf for leaf in leaves(self.tree) if isinstance(leaf, ColumnLeaf))
        return tuple(dict.fromkeys(leaf.name for leaf in names if leaf.key is None))

    @property
    def exact_step(self) -> Fraction | None:
        """What its values are multiples of, where it is rounded."""
        return None if self.is_truth or self.digits is None else Fraction(1, 10**self.digits)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Finite; what the formula gives is checked where its columns are."""
        if self.type == "float64":
            yield "must be finite", ~value.is_finite()

    def rounded(self, values: Doubles) -> Doubles:
        """Values as they are written, NaN for null."""
        if self.is_truth or self.digits is None:
            return values
        whole = rounded(values, float(10**self.digits))
        if self.digits == 0:
            return np.where(np.abs(whole) < 2.0**53, whole, np.nan)
        return whole

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As booleans, integers or floats."""
        import polars as pl

        if self.type == "int64":
            return whole_series(name, values)
        if self.type == "boolean":
            return whole_series(name, values).cast(pl.Boolean)
        return pl.Series(name, values, nan_to_null=True)

    @property
    def phrase(self) -> str:
        """The formula."""
        return f"exactly {quoted(self.of)}"

    def clauses(self) -> Iterator[str]:
        """What it is rounded to."""
        if self.digits is not None:
            what = counted(self.digits, "decimal") if self.digits else "whole numbers"
            yield f"rounded to {what}"
