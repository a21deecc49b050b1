"""What statistical tests share: every tolerance comes from a false-alarm rate, none is picked.

A family of comparisons may raise a false alarm with probability `FALSE_ALARM` in all; each of its
n comparisons gets an n-th of that (Bonferroni).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

FALSE_ALARM = 1e-6


def z_limit(n_comparisons: int = 1, false_alarm: float = FALSE_ALARM) -> float:
    """Largest |z| that n comparisons together stay below but for the false-alarm rate.

    Examples
    --------
    >>> round(z_limit(1, 0.05), 2)
    1.96
    """
    return float(stats.norm.isf(false_alarm / (2 * n_comparisons)))


def p_limit(n_comparisons: int = 1, false_alarm: float = FALSE_ALARM) -> float:
    """Smallest p-value that passes."""
    return false_alarm / n_comparisons


def mean_z(sample: ArrayLike, mean: float, sd: float | None = None) -> float:
    """Distance of a sample's mean from the one expected, in standard errors.

    The standard deviation is the sample's own unless it is known.
    """
    values = np.asarray(sample, dtype=float)
    error = (values.std(ddof=1) if sd is None else sd) / math.sqrt(values.size)
    return _z(values.mean() - mean, error)


def two_sample_z(
    a: tuple[float, float, int],
    b: tuple[float, float, int],
) -> float:
    """Distance of two samples' means in standard errors; each is (mean, standard deviation, n)."""
    return _z(a[0] - b[0], math.hypot(a[1] / math.sqrt(a[2]), b[1] / math.sqrt(b[2])))


def _z(difference: float, error: float) -> float:
    """A constant has no sampling error: any difference is then infinitely far."""
    if error == 0.0:
        return 0.0 if difference == 0.0 else math.inf
    return float(difference / error)


def assert_mean(
    sample: ArrayLike, mean: float, sd: float | None = None, n_comparisons: int = 1
) -> None:
    """The sample's mean is the expected one within its sampling error."""
    z, limit = mean_z(sample, mean, sd), z_limit(n_comparisons)
    assert abs(z) < limit, f"mean {np.mean(sample)} is {z:.1f} errors from {mean}, over {limit:.1f}"


def _pooled(expected: Sequence[float], least: float = 5.0) -> list[list[int]]:
    """Cells in groups with an expectation of at least `least` each, small ones put together."""
    groups: list[list[int]] = [[]]
    total = 0.0
    for cell in sorted(range(len(expected)), key=lambda i: expected[i]):
        if total >= least:
            groups.append([])
            total = 0.0
        groups[-1].append(cell)
        total += expected[cell]
    if total < least and len(groups) > 1:
        groups[-2] += groups.pop()
    if len(groups) < 2:
        raise ValueError("fewer than two cells are left after pooling: nothing to compare")
    return groups


def chi_square_p(observed: ArrayLike, expected: ArrayLike) -> float:
    """Pearson's goodness of fit: p-value of counts, cells expected below 5 times pooled.

    `expected` is in any unit and scaled to the total observed; a count where none can be gives 0.

    Examples
    --------
    >>> chi_square_p([50, 50], [1, 1])
    1.0
    """
    counts = np.asarray(observed, dtype=float).ravel()
    means = np.asarray(expected, dtype=float).ravel()
    if counts.shape != means.shape:
        raise ValueError("observed and expected must have the same shape")
    means = means * (counts.sum() / means.sum())
    if counts[means == 0].any():
        return 0.0
    groups = _pooled(means.tolist())
    statistic = sum((counts[g].sum() - means[g].sum()) ** 2 / means[g].sum() for g in groups)
    return float(stats.chi2.sf(statistic, len(groups) - 1))


def counts_p(
    observed: Mapping[Hashable, int] | Sequence[Hashable], expected: Mapping[Hashable, float]
) -> float:
    """`chi_square_p` of outcomes, or counts by outcome, against probabilities by outcome."""
    counts = Counter(observed)
    if not counts.keys() <= expected.keys():
        return 0.0
    return chi_square_p([counts[key] for key in expected], list(expected.values()))


def two_sample_p(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Whether two samples of outcomes come from one distribution: chi-square, rare ones pooled.

    Examples
    --------
    >>> two_sample_p("xy" * 50, "xy" * 50)
    1.0
    """
    counts = Counter(a), Counter(b)
    keys = sorted(counts[0] | counts[1], key=repr)
    table = np.array([[c[key] for key in keys] for c in counts], dtype=float)
    least = min(len(a), len(b)) / (len(a) + len(b)) * table.sum(axis=0)
    groups = _pooled(least.tolist())
    pooled = np.array([[row[g].sum() for g in groups] for row in table])
    return float(stats.chi2_contingency(pooled, correction=False).pvalue)
