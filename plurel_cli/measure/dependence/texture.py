"""The texture of columns: repeated values, zeros, correlations, repeated rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.dependence.variables import MeasuredVariable, ranks

Doubles = NDArray[np.float64]

_LEAST_ROWS = 20


def spearman_matrix(variables: Sequence[MeasuredVariable]) -> Doubles:
    """Spearman's correlations of every two columns; a null counts as a middle rank.

    Parameters
    ----------
    variables
        At least one, of one table, each varied.
    """
    columns = [ranks(variable.values) for variable in variables]
    centred = np.stack([np.nan_to_num(column - np.nanmean(column)) for column in columns], axis=1)
    scaled = centred / np.sqrt((centred**2).sum(axis=0))
    return np.asarray(scaled.T @ scaled)


def effective_rank(matrix: Doubles) -> float:
    """exp of the entropy of a correlation matrix's eigenvalues.

    Examples
    --------
    >>> round(effective_rank(np.eye(3)), 6), round(effective_rank(np.ones((3, 3))), 6)
    (3.0, 1.0)
    """
    values = np.linalg.eigvalsh(matrix)
    shares = values[values > 0] / values[values > 0].sum()
    return math.exp(-float(shares @ np.log(shares)))


def repeated_rows(variables: Sequence[MeasuredVariable]) -> float:
    """Share of rows that equal an earlier one in all columns.

    Parameters
    ----------
    variables
        At least one, of one table.
    """
    groups = np.zeros(variables[0].values.size, np.int64)
    for variable in variables:
        _, codes = np.unique(variable.values, return_inverse=True)  # nulls are one value
        _, groups = np.unique(groups * (int(codes.max()) + 1) + codes, return_inverse=True)
    return 1 - (int(groups.max()) + 1) / groups.size


def has_enough(variable: MeasuredVariable) -> bool:
    """Whether a column has values enough to speak of."""
    return int((~variable.is_null).sum()) >= _LEAST_ROWS
