"""What a column of a source depends on, by shares of the variance of its ranks.

Causes are earlier columns of the row and columns of the rows that it refers to, taken one after the
other, each the one that adds most to a linear regression of normal scores. What rows of one parent
have in common beyond that is the parents' share, and what neighbours among them have in common
beyond that is memory. The time of the row can be a cause, and so can numbers of children.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plurel_cli.intake.likeness.figures import LEAST, Doubles, normal_scores, rounded

_FEWEST = 10 * LEAST
"""Rows of which a dependence is told, at least."""

_LEAST_SHARE, _MOST_SHARE = 0.02, 0.95
_MOST_CAUSES = 4
_MOST_ROWS = 20_000
TIME = "time"


@dataclass(frozen=True)
class RowVariable:
    """A column of a table's rows, or of those that they refer to, that others can depend on.

    Attributes
    ----------
    values
        Shape (n,): numbers, or numbers of labels; NaN where it is null.
    is_number
        Whether these are numbers.
    is_count
        Whether they are numbers of children, which act as they are, rather than by their ranks.
    """

    values: Doubles
    is_number: bool
    is_count: bool = False


@dataclass
class Dependence:
    """What a column depends on.

    Attributes
    ----------
    causes
        Share of the variance by cause, below 0 where more of a number means less; `time` is that of
        the row.
    parents, memory
        Shares of what rows of a parent have in common, and of what neighbours among them have
        besides.
    """

    causes: dict[str, float] = field(default_factory=dict)
    parents: float = 0.0
    memory: float = 0.0

    @property
    def is_any(self) -> bool:
        """Whether it depends on anything."""
        return bool(self.causes) or max(self.parents, self.memory) > 0


def dependence_of(
    target: RowVariable,
    candidates: Mapping[str, RowVariable],
    keys: Sequence[NDArray[np.int64]],
    at: Doubles | None,
) -> Dependence:
    """What a column depends on.

    Parameters
    ----------
    target
        The column.
    candidates
        What it may depend on, by name.
    keys
        Of each foreign key the parent of each row, −1 where there is none.
    at
        Times of the rows; none where they have none.

    Returns
    -------
    Dependence
    """
    known = np.flatnonzero(~np.isnan(target.values))
    if len(known) < _FEWEST:
        return Dependence()
    known = known[:: max(1, len(known) // _MOST_ROWS)]
    values = target.values[known]
    if values.min() == values.max():
        return Dependence()
    y = normal_scores(values if target.is_number else _by_frequency(values))
    columns = {name: _scores(one, known, y) for name, one in candidates.items()}
    if at is not None:
        moments = np.where(np.isnan(at[known]), np.nanmedian(at), at[known])
        if moments.std() > 0:
            columns[TIME] = (moments - moments.mean()) / moments.std()
    causes, residual = _selected(y, {n: x for n, x in columns.items() if x is not None})
    if not target.is_number:
        causes = {name: abs(share) for name, share in causes.items()}
    one = Dependence(causes=causes)
    left = float(residual.var())
    for parents in keys if left > 1e-9 else ():
        common, near = _common(residual, parents[known], at is not None)
        one.parents += rounded(common * left) if common * left >= _LEAST_SHARE else 0.0
        one.memory = max(one.memory, rounded(near * left) if near * left >= _LEAST_SHARE else 0.0)
    return _within(one)


def _by_frequency(codes: Doubles) -> Doubles:
    """Labels in the order of how frequent they are, so that the most frequent is the least."""
    _, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    return np.argsort(np.argsort(-counts, kind="stable"), kind="stable")[places].astype(float)


def _scores(one: RowVariable, known: NDArray[np.int64], y: Doubles) -> Doubles | None:
    """A cause as a number of variance 1, nulls at its middle; none where nearly all are null."""
    values = one.values[known]
    there = ~np.isnan(values)
    if there.sum() < _FEWEST or values[there].min() == values[there].max():
        return None
    scores = np.zeros(len(values))
    if one.is_count:
        centred: Doubles = values - values.mean()
        deviations: Doubles = centred / centred.std()
        return deviations
    if one.is_number:
        scores[there] = normal_scores(values[there])
        return scores
    _, places, counts = np.unique(values[there], return_inverse=True, return_counts=True)
    if len(counts) * LEAST > there.sum():
        return None
    means = np.bincount(places, y[there]) / counts
    chance = (len(counts) - 1) / len(known)
    spread = float((counts / len(known) * means**2).sum())
    if spread <= 3 * chance:
        return None
    scores[there] = means[places] * (1 - chance / spread) ** 0.5
    deviation = scores.std()
    return scores / deviation if deviation > 0 else None


def _selected(y: Doubles, columns: Mapping[str, Doubles]) -> tuple[dict[str, float], Doubles]:
    """Causes with signed shares, the strongest first, and what is left."""
    causes: dict[str, float] = {}
    residual, basis = y.copy(), np.ones((len(y), 1))
    while len(causes) < _MOST_CAUSES and columns:
        gains = {
            name: _gain(residual, basis, x) for name, x in columns.items() if name not in causes
        }
        name = max(gains, key=lambda n: abs(gains[n]), default="")
        if not name or abs(gains[name]) < max(_LEAST_SHARE, 12 / len(y)):
            break
        causes[name] = rounded(gains[name])
        basis = np.column_stack([basis, columns[name]])
        residual = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    return causes, residual


def _gain(residual: Doubles, basis: Doubles, x: Doubles) -> float:
    """Share of the variance that one more cause explains, with the sign of its slope."""
    rest = x - basis @ np.linalg.lstsq(basis, x, rcond=None)[0]
    spread = float(rest @ rest)
    if spread < 1e-4 * len(x):
        return 0.0
    slope = float(residual @ rest)
    return float(np.sign(slope)) * slope**2 / spread / len(x)


def _common(residual: Doubles, parents: NDArray[np.int64], is_timed: bool) -> tuple[float, float]:
    """Correlation of any two rows of one parent, and that of neighbours beyond it."""
    there = parents >= 0
    r, p = residual[there], parents[there]
    counts = np.bincount(p)
    k = int((counts > 0).sum())
    n = len(r)
    if n < _FEWEST or k < LEAST or n - k < _FEWEST:
        return 0.0, 0.0
    r = (r - r.mean()) / (r.std() or 1.0)
    sums = np.bincount(p, r)
    between = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum()) / (k - 1)
    within = (float((r**2).sum()) - between * (k - 1)) / (n - k)
    size = (n - float((counts.astype(float) ** 2).sum()) / n) / (k - 1)
    common = max((between - within) / (between + (size - 1) * within), 0.0) if size > 1 else 0.0
    if not is_timed:
        return common, 0.0
    order = np.argsort(p, kind="stable")
    follows = p[order][1:] == p[order][:-1]
    if follows.sum() < _FEWEST:
        return common, 0.0
    near = float((r[order][1:] * r[order][:-1])[follows].mean())
    return common, max(min(near, 1.0) - common, 0.0)


def _within(one: Dependence) -> Dependence:
    """Shares whose sum is at most nearly all of the variance."""
    total = sum(map(abs, one.causes.values())) + one.parents + one.memory
    if total <= _MOST_SHARE:
        return one
    k = _MOST_SHARE / total
    return Dependence(
        {name: rounded(k * share) for name, share in one.causes.items()},
        *(rounded(k * share) for share in (one.parents, one.memory)),
    )
