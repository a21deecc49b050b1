"""How alike the children of one parent are.

Numbers: the intraclass correlation of one-way random effects. Categories: the agreement of pairs
of siblings beyond that of any pair. Parents with two children or more count, each with at most 50.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.dependence.variables import MeasuredVariable
from plurel_cli.measure.view import NO_PARENT

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_PARENTS = 30
MOST_CHILDREN = 50


def _sizes(groups: Ints) -> tuple[Ints, Ints]:
    """Group of each row from 0, and size of each group."""
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return inverse, sizes


def families(keys: Ints, is_there: NDArray[np.bool_], generator: Generator) -> Ints:
    """Rows of parents with at least two of them, at most 50 a parent, drawn at random.

    Parameters
    ----------
    keys
        Parent of every row, `NO_PARENT` for none.
    is_there
        Whether a row counts.
    generator
        Draws them.

    Returns
    -------
    ndarray
        Row numbers, parent after parent.
    """
    rows = generator.permutation(np.flatnonzero(is_there & (keys != NO_PARENT)))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    groups, sizes = _sizes(keys[rows])
    starts = np.cumsum(sizes) - sizes
    place = np.arange(rows.size) - starts[groups]
    return np.asarray(rows[(sizes[groups] > 1) & (place < MOST_CHILDREN)])


def variances(scores: Doubles, groups: Ints) -> tuple[float, float]:
    """Variance between and within groups, by the analysis of variance of unequal groups.

    Parameters
    ----------
    scores
        Numbers.
    groups
        Group of each.

    Returns
    -------
    tuple
        (between, within); between may be negative.

    References
    ----------
    Searle, Casella and McCulloch, *Variance Components*, section 3.6.
    """
    inverse, sizes = _sizes(groups)
    n, k = scores.size, sizes.size
    means = np.bincount(inverse, scores) / sizes
    within = float(((scores - means[inverse]) ** 2).sum()) / max(n - k, 1)
    mean_square = float((sizes * (means - scores.mean()) ** 2).sum()) / max(k - 1, 1)
    typical = (n - float((sizes.astype(float) ** 2).sum()) / n) / max(k - 1, 1)
    return (mean_square - within) / typical, within


def intraclass(scores: Doubles, groups: Ints) -> float:
    """Intraclass correlation: the share of the variance that is between groups.

    Parameters
    ----------
    scores
        Numbers.
    groups
        Group of each.

    Returns
    -------
    float
        At most 1; NaN where all numbers are equal.

    Examples
    --------
    >>> intraclass(np.array([1.0, 1.0, 5.0, 5.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    between, within = variances(scores, groups)
    return between / (between + within) if between + within > 0 else math.nan


def excess_agreement(codes: Ints, groups: Ints) -> float:
    """(Agreement of pairs within a group − of any pair) / (1 − of any pair).

    Parameters
    ----------
    codes
        Categories, from 0.
    groups
        Group of each.

    Returns
    -------
    float
        At most 1, 0 by chance; NaN where all categories are equal.

    Examples
    --------
    >>> excess_agreement(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    1.0
    """
    inverse, sizes = _sizes(groups)
    n_codes = int(codes.max()) + 1
    _, counts = np.unique(inverse * n_codes + codes, return_counts=True)
    alike = float((counts * (counts - 1.0)).sum()) / float((sizes * (sizes - 1.0)).sum())
    shares = np.bincount(codes) / codes.size
    overall = float(shares @ shares)
    return (alike - overall) / (1 - overall) if overall < 1 else math.nan


def likeness(variable: MeasuredVariable, keys: Ints, generator: Generator) -> float:
    """Likeness of siblings in a column, NaN for fewer than 30 parents with two children.

    Parameters
    ----------
    variable
        Of the child.
    keys
        Parent of every row of the child.
    generator
        Draws which children count where a parent has more than 50.

    Returns
    -------
    float
        `intraclass` of a number, `excess_agreement` of a category.
    """
    rows = families(keys, ~variable.is_null, generator)
    groups = keys[rows]
    if np.unique(groups).size < LEAST_PARENTS:
        return math.nan
    if variable.is_number:
        return intraclass(variable.scores[rows], groups)
    return excess_agreement(variable.codes[rows], groups)


def net_likeness(variable: MeasuredVariable, keys: Ints, generator: Generator) -> float:
    """`likeness`, minus the same with the foreign key permuted.

    Parameters
    ----------
    variable
        Of the child.
    keys
        Parent of every row of the child.
    generator
        Draws the permutation, and the children that count.

    Returns
    -------
    float
        About 0 where siblings are no more alike than other rows.
    """
    observed = likeness(variable, keys, generator)
    return observed - likeness(variable, generator.permutation(keys), generator)


def explained(scores: Doubles, predictions: Doubles, groups: Ints) -> float:
    """Share of the variance between parents that predictions take away, from 0 to 1.

    Parameters
    ----------
    scores
        Numbers.
    predictions
        Of the numbers.
    groups
        Parent of each.

    Returns
    -------
    float
        NaN where nothing varies between parents.
    """
    whole, _ = variances(scores, groups)
    left, _ = variances(scores - predictions, groups)
    return min(max(1 - left / whole, 0.0), 1.0) if whole > 0 else math.nan
