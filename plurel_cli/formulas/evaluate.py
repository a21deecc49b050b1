"""From the tree of a formula and the numbers of its columns to its values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.formulas.functions import FUNCTIONS
from plurel_cli.formulas.tree import (
    AggregateLeaf,
    ColumnLeaf,
    Constant,
    Label,
    Leaf,
    Node,
    Operation,
)

Doubles = NDArray[np.float64]


def evaluated(
    node: Node, numbers: Callable[[Leaf], Doubles], code: Callable[[ColumnLeaf, str], float]
) -> Doubles:
    """Values of a formula, NaN for null.

    Parameters
    ----------
    node
        The formula.
    numbers
        Gives the numbers of a column or an aggregate, float64, NaN for null.
    code
        Gives the number of a category's label; NaN for a text that is none.

    Returns
    -------
    ndarray
        float64; of no dimension where the formula is of no column.
    """
    with np.errstate(all="ignore"):
        values = _value(node, numbers, code)
        return np.where(np.isfinite(values), values, np.nan)


def _value(
    node: Node, numbers: Callable[[Leaf], Doubles], code: Callable[[ColumnLeaf, str], float]
) -> Doubles:
    if isinstance(node, Constant):
        return np.float64(node.value)  # type: ignore[return-value]
    if isinstance(node, ColumnLeaf | AggregateLeaf):
        return numbers(node)
    if isinstance(node, Label):
        raise AssertionError("a text is compared with a category")
    several = [
        np.float64(code(_compared_with(node), inner.text))
        if isinstance(inner, Label)
        else _value(inner, numbers, code)
        for inner in node.of
    ]
    if node.name in ("eq", "ne") and any(isinstance(inner, Label) for inner in node.of):
        unknown = [bool(np.isnan(value)) for value in several if np.ndim(value) == 0]
        if any(unknown):  # no row has this label
            column = next(value for value in several if np.ndim(value))
            return np.where(np.isnan(column), np.nan, float(node.name == "ne"))
    return FUNCTIONS[node.name].of(*several)


def _compared_with(node: Operation) -> ColumnLeaf:
    return next(inner for inner in node.of if isinstance(inner, ColumnLeaf))


def label_problem(node: Node) -> str | None:
    """What is wrong with the texts of a formula: they may only be compared with a column."""
    if isinstance(node, Label):
        return f"the text '{node.text}' may only be compared, by = or !=, with a column"
    if isinstance(node, Operation):
        texts = [inner for inner in node.of if isinstance(inner, Label)]
        if texts and node.name in ("eq", "ne") and isinstance(node.of[0], ColumnLeaf):
            return None if isinstance(node.of[1], Label) else label_problem(node.of[1])
        return next(filter(None, map(label_problem, node.of)), None)
    return None
