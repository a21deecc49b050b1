"""Columns with a lens that others determine, or that determine others.

Only what a theme drew is free for that: what is stated of a column holds, and what is a cause must
stay a variable. A category or a flag follows a number by its bands, of which each has the share of
its label, or another category; a whole number that is a code follows a category. Neither tells
of the future, nor hangs on another column or a condition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses import HangingLens
from plurel_cli.lenses.integer import Integer
from plurel_cli.lenses.labels import CategoryLens, cut_before
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.marginals.values import OfValues
from plurel_cli.numerics.generator import Generator
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema

Doubles = NDArray[np.float64]


def may_lead(column: Feature) -> bool:
    """Whether a column with a lens may determine others."""
    is_plain = isinstance(column.lens, CategoryLens | NumberLens)
    is_alone = not isinstance(column.lens, HangingLens) and column.when is None
    return is_plain and is_alone and not column.null_share and not column.tells_future


def may_follow(column: Feature) -> bool:
    """Whether others may determine a column with a lens, if nothing is stated of it."""
    has_values = column.categories is not None or bool(_codes(column))
    return may_lead(column) and column.model is None and has_values


def _codes(column: Feature) -> tuple[float, ...]:
    """The codes that a column has, if it is a whole number that has some."""
    marginal = column.lens.marginal if isinstance(column.lens, Integer) else None
    return marginal.numbers if isinstance(marginal, OfValues) else ()


def drawn_codes(column: Feature, n: int, generator: Generator) -> Doubles:
    """Draw the code that each of n categories has, no two alike where there are so many.

    Parameters
    ----------
    column
        A whole number with codes.
    n
        Categories.
    generator
        Randomness of this choice alone.

    Returns
    -------
    ndarray
        float64, shape (n,).
    """
    codes = np.array(_codes(column))
    generator.shuffle(codes)
    return np.resize(codes, n)


def causes_of_any(schema: Schema) -> frozenset[str]:
    """Names of columns that are named as causes anywhere."""
    return frozenset(_causes(schema))


def _causes(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        models = [column.model for column in table.features if column.model is not None]
        for model in (*models, *(hidden.model for hidden in table.hidden)):
            for cause in model.causes:
                yield cause.path.rpartition(".")[2].rstrip(")")


def bands_of(column: Feature, numbers: Doubles) -> Doubles | None:
    """Where numbers are cut so that each label of a column has about its share of them.

    Parameters
    ----------
    column
        The column.
    numbers
        Numbers of a sample, rising.

    Returns
    -------
    ndarray or None
        float64, rising; none where the column says nothing of shares.
    """
    shares = column.lens.shares if isinstance(column.lens, CategoryLens) else None
    if shares is None:
        return None
    sums = np.cumsum(np.array(shares))
    at = np.rint(sums[:-1] / sums[-1] * len(numbers)).astype(np.int64)
    return cut_before(numbers, at)


def free_names(columns: Collection[Feature], causes: Collection[str]) -> set[str]:
    """Names of columns with a lens that others may determine.

    Parameters
    ----------
    columns
        Columns of which nothing is stated.
    causes
        Names of those that are causes.

    Returns
    -------
    set of str
    """
    return {c.name for c in columns if may_follow(c) and c.name not in causes}
