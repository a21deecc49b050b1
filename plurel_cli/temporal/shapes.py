"""Weights from shapes: how a profile of a family becomes that of a database.

A shape says for each weekday, hour or month how busy it is, from 0 (quietest) to 1 (busiest); the
weights are exponential in it, so that the busiest is a drawn ratio above the quietest, and each is
then moved a little. The year's shape is a cosine about its busiest month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import Parameter, parameter
from plurel_cli.numerics.elementary import exps, logs
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile

_ROOT = 0.8660254037844386  # cos(π/6)
_COSINES = (1.0, _ROOT, 0.5, 0.0, -0.5, -_ROOT, -1.0, -_ROOT, -0.5, 0.0, 0.5, _ROOT)


def normals(stream: Stream, n: int) -> NDArray[np.float64]:
    """n nearly normal draws: sums of 12 uniforms less 6, of mean 0 and variance 1.

    Parameters
    ----------
    stream
        Randomness of these numbers alone.
    n
        How many.

    Returns
    -------
    ndarray
        Shape (n,), from −6 to 6.

    Notes
    -----
    Their uniforms are multiples of 2⁻⁴⁸, which integers add without rounding in any order.
    """
    words = (stream.bits().random_raw(12 * n) >> np.uint64(16)).view(np.int64)
    sums: NDArray[np.float64] = words.reshape(n, 12).sum(axis=1) * 2.0**-48
    sums -= 6.0
    return sums


@dataclass(frozen=True)
class Shapes:
    """How busy weekdays (Monday first), hours of working days and hours of weekends are."""

    weekdays: tuple[float, ...]
    working_hours: tuple[float, ...]
    weekend_hours: tuple[float, ...]


def shape_settings(
    weekday_ratio: object, hour_ratio: object, month_ratio: object, peak_month: object
) -> dict[str, Parameter]:
    """The settings that every profile has, with its defaults as a config writes them.

    Parameters
    ----------
    weekday_ratio, hour_ratio, month_ratio
        Defaults of the ratios between the busiest and the quietest rate, at least 1.
    peak_month
        Default of the busiest month, 1 to 12.

    Returns
    -------
    dict of Parameter
        By name.
    """
    ratio = Reals(ge=1, le=1e9)
    hours, spread = Integers(ge=-23, le=23), Reals(ge=0, le=3)
    return {
        "weekday_ratio": parameter(
            ratio, weekday_ratio, "Rate on the busiest weekday, divided by the quietest."
        ),
        "hour_ratio": parameter(
            ratio, hour_ratio, "Rate in the busiest hour of the day, divided by the quietest."
        ),
        "month_ratio": parameter(
            ratio, month_ratio, "Rate in the busiest month, divided by the quietest."
        ),
        "peak_month": parameter(Integers(ge=1, le=12), peak_month, "The busiest month, 1 to 12."),
        "shift": parameter(
            hours, {"min": -2, "max": 2}, "Hours by which the day is shifted, positive for later."
        ),
        "jitter": parameter(
            spread,
            0.1,
            "Standard deviation of the random variation of each weight, in its logarithm.",
        ),
    }


def _weights(
    shape: tuple[float, ...], ratio: float, jitter: float, stream: Stream
) -> NDArray[np.float64]:
    """ratio^shape, each times e^(jitter · normal), with a mean of 1."""
    logarithm = logs(np.array([ratio]))[0]
    weights = exps(np.array(shape) * logarithm + normals(stream, len(shape)) * jitter)
    total = 0.0
    for weight in weights.tolist():
        total += weight
    weights *= len(shape) / total
    return weights


def drawn_profile(
    name: str,
    shapes: Shapes,
    stream: Stream,
    *,
    weekday_ratio: float,
    hour_ratio: float,
    month_ratio: float,
    peak_month: int,
    shift: int,
    jitter: float,
) -> Profile:
    """A profile of a family.

    Parameters
    ----------
    name, shapes
        The family.
    stream
        Randomness of this profile alone.
    weekday_ratio, hour_ratio, month_ratio
        Busiest weekday, hour of a day and month over the quietest, but for jitter.
    peak_month
        Busiest month, 1 to 12.
    shift
        Hours by which the day is shifted, positive for later.
    jitter
        Standard deviation of the random variation of each weight, in its logarithm.

    Returns
    -------
    Profile
    """

    def weights(purpose: str, shape: tuple[float, ...], ratio: float) -> NDArray[np.float64]:
        return _weights(shape, ratio, jitter, stream.child(purpose))

    year = tuple((1.0 + _COSINES[(month - peak_month) % 12]) / 2.0 for month in range(1, 13))
    hours = (
        np.roll(weights(purpose, shape, hour_ratio), shift)
        for purpose, shape in (
            ("working_hours", shapes.working_hours),
            ("weekend_hours", shapes.weekend_hours),
        )
    )
    working, weekend = (tuple(weights_of.tolist()) for weights_of in hours)
    return Profile(
        name=name,
        weekdays=tuple(weights("weekdays", shapes.weekdays, weekday_ratio).tolist()),
        working_hours=working,
        weekend_hours=weekend,
        months=tuple(weights("months", year, month_ratio).tolist()),
    )
