"""A site: every day, evenings most, never quite asleep."""

from __future__ import annotations

from typing import Any

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.shapes import Shapes, drawn_profile, shape_settings

_SHAPES = Shapes(
    weekdays=(0.9, 1.0, 1.0, 0.9, 0.6, 0.0, 0.2),
    working_hours=(
        0.4, 0.25, 0.1, 0.05, 0.0, 0.0, 0.1, 0.3, 0.5, 0.65, 0.7, 0.75,
        0.75, 0.75, 0.8, 0.8, 0.8, 0.85, 0.85, 0.9, 1.0, 1.0, 0.9, 0.65,
    ),
    weekend_hours=(
        0.5, 0.4, 0.25, 0.1, 0.05, 0.0, 0.0, 0.15, 0.3, 0.5, 0.65, 0.75,
        0.8, 0.85, 0.85, 0.9, 0.9, 0.9, 0.9, 0.95, 1.0, 1.0, 0.9, 0.7,
    ),
)  # fmt: skip


@profiles(
    **shape_settings(
        {"min": 1.2, "max": 2.5},
        {"min": 4, "max": 20},
        {"min": 1, "max": 1.5},
        {"min": 1, "max": 12},
    )
)
def site(stream: Stream, **settings: Any) -> Profile:
    """Evenings busiest, nights quieter, every day of the week.

    Parameters
    ----------
    stream
        Randomness of this profile alone.
    **settings
        Those of `shape_settings`.

    Returns
    -------
    Profile
    """
    return drawn_profile("site", _SHAPES, stream, **settings)
