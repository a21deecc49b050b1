"""The family of distributions that is nearest to some numbers, with its parameters.

Each family is fitted by its moments or quantiles, and the one whose quantiles lie nearest to those
of the rows is told. Whole numbers on a short grid are told by how often each point of the grid
occurs. Bounds and steps are told where ten rows lie on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, exp, floor, log, log10
from typing import Any

import numpy as np

from plurel_cli.intake.likeness.figures import LEAST, SHARES, Doubles, placed, rounded
from plurel_cli.numerics.normal_quantile import normal_quantile

_STEPS = (1e6, 1e5, 1e4, 1e3, 500, 250, 100, 50, 25, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.01, 1e-3)
_MOST_POINTS = 24
_NORMAL = normal_quantile(SHARES)


def statement_of(values: Doubles, *, is_whole: bool) -> dict[str, Any]:
    """What is stated of a number: its distribution, and its bounds and step.

    Parameters
    ----------
    values
        Shape (n,), none of them NaN.
    is_whole
        Whether they are whole numbers.

    Returns
    -------
    dict
        Nothing where all values are the same.
    """
    if values.min() == values.max():
        return {}
    step = step_of(values)
    if (points := _points(values, step or (1.0 if is_whole else None))) is not None:
        return {"numbers": points}
    if (points := _points_below(values)) is not None:
        return {"numbers": points}
    if (prices := _prices(values)) is not None:
        return prices
    stated = family_of(values, is_whole=is_whole)
    if step is not None and (step != 1 or not is_whole):
        stated["step"] = int(step) if step >= 1 else step
    low, high = _bound(values, step, floor), _bound(values, step, ceil)
    if low is not None:
        stated["min"] = int(low) if is_whole else low
    elif is_whole and values.min() < 0:
        stated["min"] = -(10 ** ceil(log10(-float(values.min()) + 1)))
    if high is not None:
        stated["max"] = int(high) if is_whole else high
    return stated


def step_of(values: Doubles) -> float | None:
    """The largest step of which nearly all values are multiples; none where there is none.

    Examples
    --------
    >>> step_of(np.array([0.5, 4.0, 3.5] * 20))
    0.5
    """
    for step in _STEPS:
        quotients = values / step
        off = np.abs(quotients - np.round(quotients)) > 1e-6
        if off.sum() <= len(values) / 1000 and np.ptp(values) >= step:
            return float(step)
    return None


def _bound(values: Doubles, step: float | None, towards: Callable[[float], int]) -> float | None:
    """The least or the largest value, to two digits outwards, where ten rows have it."""
    end = float(values.min() if towards is floor else values.max())
    if end == 0:
        return 0.0 if towards is floor or (values == 0).sum() >= LEAST else None
    if (values == end).sum() < LEAST:
        return 0.0 if towards is floor and end > 0 else None
    place = 10.0 ** (floor(log10(abs(end))) - 1)
    return rounded(towards(round(end / place, 9)) * place, 3)


def _points(values: Doubles, step: float | None) -> dict[float | int, float] | None:
    """How often each point of a short grid occurs; none where there is no such grid.

    The grid goes from its least to its largest point in even steps, and each of these has two
    digits at most, so that it says no more than where the rows lie.
    """
    if step is None:
        return None
    low, high = float(values.min()), float(values.max())
    n = round((high - low) / step) + 1
    if n > _MOST_POINTS or len(values) < LEAST * n:
        return None
    points = [round(low + k * step, 9) for k in range(n)]
    if any(rounded(point) != point for point in points):
        return None
    counts = {point: int((np.abs(values - point) < step / 4).sum()) for point in points}
    if counts[points[0]] < LEAST or counts[points[-1]] < LEAST:
        return None
    if sum(counts.values()) < len(values):
        return None
    whole = step >= 1 and all(point == round(point) for point in points)
    return {
        int(point) if whole else point: rounded(count / len(values))
        for point, count in counts.items()
        if count >= LEAST
    }


def _points_below(values: Doubles) -> dict[float | int, float] | None:
    """How often each point of a short grid occurs whose points are all a cent below such ones."""
    above = values + 0.01
    if (np.abs(above - np.round(above)) > 1e-6).any():
        return None
    points = _points(np.round(above), step_of(np.round(above)))
    return points and {round(point - 0.01, 2): share for point, share in points.items()}


def _prices(values: Doubles) -> dict[str, Any] | None:
    """Amounts a cent below a whole unit, as prices are."""
    positive = values[values > 0]
    if len(positive) < 2 * LEAST or len(positive) < len(values):
        return None
    cents = np.round(positive * 100) % 100
    if (cents == 99).mean() < 0.4 or (
        np.abs(positive * 100 - np.round(positive * 100)) > 1e-6
    ).any():
        return None
    logs = np.log(positive)
    sigma = max(rounded(float(logs.std())), 0.01)
    shares = {"whole": float((cents == 0).mean()), "half": float((cents == 50).mean())}
    frequent = {
        name: rounded(share) if share * len(positive) >= LEAST else 0
        for name, share in shares.items()
    }
    return {"prices": {"median": rounded(exp(float(np.median(logs)))), "sigma": sigma, **frequent}}


def family_of(values: Doubles, *, is_whole: bool = False) -> dict[str, Any]:
    """The nearest family of distributions, with its parameters.

    Parameters
    ----------
    values
        Shape (n,), none of them NaN.
    is_whole
        Whether they are whole numbers.

    Returns
    -------
    dict
        A map from its name to its parameters; nothing where all values are the same.
    """
    if values.min() == values.max():
        return {}
    rest = values[values != 0]
    zeros = len(values) - len(rest)
    is_mixed = min(zeros, len(rest)) >= 2 * LEAST and 0.1 < zeros / len(values) < 0.98
    if is_mixed and (rest > 0).all() and not (is_whole and _is_geometric(values)):
        inner = family_of(rest)
        if inner and "normal" not in inner:
            return {"zero_inflated": {"zeros": rounded(zeros / len(values)), "rest": inner}}
    quantiles = np.quantile(values, SHARES)
    if quantiles[0] == quantiles[-1]:
        return _about(float(quantiles[0]), float(values.std()))
    statement, _ = min(
        _candidates(values, quantiles, is_whole),
        key=lambda one: float(np.abs(one[1] - quantiles).mean()),
    )
    return statement


def _is_geometric(values: Doubles) -> bool:
    mean = float(values.mean())
    return abs(float((values == 0).mean()) - 1 / (1 + mean)) < 0.05


def _about(middle: float, sd: float) -> dict[str, Any]:
    """What is nearly always the same value, which is not told but to two digits."""
    return {"normal": {"mean": rounded(middle), "sd": rounded(sd) or 1e-6}}


def _candidates(
    values: Doubles, quantiles: Doubles, is_whole: bool
) -> Iterator[tuple[dict[str, Any], Doubles]]:
    """Families with their parameters, and the quantiles that they then have."""
    mean, sd = float(values.mean()), float(values.std())
    common = float(np.unique(values, return_counts=True)[1].max()) / len(values)
    place = placed if common < 0.5 else lambda value, spread: rounded(value)
    width = float(quantiles[-1] - quantiles[0]) / 0.9
    low = float(quantiles[0]) - 0.05 * width
    bounds = {"low": place(low, width), "high": place(low + width, width)}
    if bounds["low"] < bounds["high"]:
        yield {"uniform": bounds}, low + width * SHARES
    yield {"normal": {"mean": place(mean, sd), "sd": rounded(sd)}}, mean + sd * _NORMAL
    if (values > 0).all():
        logs = np.log(values)
        middle, spread = float(np.median(logs)), float(logs.std())
        parameters = {"median": rounded(exp(middle)), "sigma": max(rounded(spread), 0.01)}
        yield {"lognormal": parameters}, np.exp(middle + spread * _NORMAL)
        hazards = np.log(-np.log(1 - SHARES))
        shape, base = np.polyfit(hazards, np.log(quantiles), 1) if quantiles[0] > 0 else (0.0, 0.0)
        if shape > 0.05:
            weibull = {"scale": place(exp(base), width), "shape": rounded(1 / shape)}
            yield {"weibull": weibull}, np.exp(base + shape * hazards)
    if (values >= 0).all() and mean > 0:
        if is_whole:
            ratio = mean / (1 + mean)
            yield (
                {"geometric": {"mean": rounded(mean)}},
                np.floor(np.log(1 - SHARES) / log(ratio)),
            )
        else:
            yield {"exponential": {"mean": rounded(mean)}}, -mean * np.log(1 - SHARES)
