"""A peak: one weekday and one hour are the busiest, and the further from them, the quieter."""

from __future__ import annotations

from typing import Any

from plurel_cli.choices.kinds import Integers
from plurel_cli.choices.registry import parameter
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.shapes import Shapes, drawn_profile, shape_settings


@profiles(
    **shape_settings(
        {"min": 1.5, "max": 10},
        {"min": 4, "max": 80},
        {"min": 1, "max": 2},
        {"min": 1, "max": 12},
    ),
    peak_weekday=parameter(
        Integers(ge=1, le=7), {"min": 1, "max": 7}, "The busiest weekday, 1 (Monday) to 7."
    ),
    peak_hour=parameter(
        Integers(ge=0, le=23), {"min": 8, "max": 20}, "The busiest hour of the day, 0 to 23."
    ),
)
def peak(stream: Stream, *, peak_weekday: int, peak_hour: int, **settings: Any) -> Profile:
    """One busiest weekday and hour, like a market or a race; the further from it, the quieter.

    Parameters
    ----------
    stream
        Randomness of this profile alone.
    peak_weekday
        The busiest weekday, 1 (Monday) to 7.
    peak_hour
        The busiest hour of the day, 0 to 23.
    **settings
        Those of `shape_settings`.

    Returns
    -------
    Profile
    """
    hours = _about(peak_hour, 24)
    shapes = Shapes(_about(peak_weekday - 1, 7), hours, hours)
    return drawn_profile("peak", shapes, stream, **settings)


def _about(place: int, n: int) -> tuple[float, ...]:
    """1 at a place of a circle of n, 0 at the place opposite, and straight between them."""
    return tuple(1.0 - min((k - place) % n, (place - k) % n) / (n // 2) for k in range(n))
