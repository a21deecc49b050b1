"""Codes of a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from plurel_cli.errors import ConfigError, Problem
from plurel_cli.lenses import ColumnSite, lenses
from plurel_cli.lenses.patterns import DIGITS, LETTERS, Patterns
from plurel_cli.lenses.rows import Identity, RowLens, row_numbers
from plurel_cli.numerics.permutation import Permutation
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import listed, quoted
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

ALPHABETS = {"#": DIGITS, "@": LETTERS, "*": "0123456789abcdef"}

_MOST_NUMBERS = 1 << 62


@lenses.kind
class Code(RowLens):
    """Codes of a pattern, such as AB-1234."""

    kind: Literal["code"] = Field(default="code", description="Which lens.")
    pattern: str = Field(
        default="@@-####",
        min_length=1,
        max_length=200,
        description="`#` is a digit, `@` a capital letter, `*` a hexadecimal digit; what follows a "
        "backslash, and all else, stands for itself.",
    )

    can_be_unique: ClassVar[bool] = True

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.pattern.isprintable():
            raise ValueError("must have printable characters alone")
        _ = self._patterns
        return self

    @remembered
    def _patterns(self) -> Patterns:
        return Patterns([self.pattern], ALPHABETS)

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """The lens, refused where the table has more rows than there are codes."""
        capacity = self._patterns.capacity()
        if self.unique and place.rows > capacity:
            where = f"tables.{place.table}.columns.{place.column}.pattern"
            rule = f"must have a code for each of {place.rows} rows, but has {capacity}"
            remedy = "add a sign that stands for several characters, or leave out unique"
            raise ConfigError([Problem(where, rule, self.pattern, remedy)])
        return self

    def block(self, identity: Identity, index: int) -> pl.Series:
        """Random codes, or those of the permuted numbers of rows."""
        rows = row_numbers(identity, index)
        generator = identity.stream.generator(index)
        if not self.unique:
            return self._patterns.random(np.zeros(len(rows), dtype=np.int64), generator)
        n = min(self._patterns.capacity(), _MOST_NUMBERS)
        numbers = Permutation(n, identity.stream.child("order")).of(rows)
        return self._patterns.numbered(numbers, generator)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The pattern."""
        yield f"must have the pattern {self.pattern}", ~value.str.contains(self._patterns.regex())

    @property
    def phrase(self) -> str:
        """The pattern, and what its signs stand for."""
        plain = re.sub(r"\\.", "", self.pattern)
        legend = listed(
            f"{sign} is {what}"
            for sign, what in (
                ("#", "a digit"),
                ("@", "a capital letter"),
                ("*", "a hexadecimal digit"),
            )
            if sign in plain
        )
        return f"codes of the pattern {quoted(self.pattern)}{f' ({legend})' * bool(legend)}"
