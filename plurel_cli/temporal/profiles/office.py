"""An office: working days from eight to six with a dip at noon, little else."""

from __future__ import annotations

from typing import Any

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.shapes import Shapes, drawn_profile, shape_settings

_SHAPES = Shapes(
    weekdays=(0.95, 1.0, 1.0, 0.97, 0.9, 0.1, 0.0),
    working_hours=(
        0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.5, 0.85, 0.95, 1.0, 1.0,
        0.85, 0.9, 1.0, 1.0, 0.95, 0.85, 0.6, 0.4, 0.3, 0.25, 0.2, 0.1,
    ),
    weekend_hours=(
        0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0,
        0.9, 0.9, 1.0, 0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2,
    ),
)  # fmt: skip


@profiles(
    **shape_settings(
        {"min": 3, "max": 30},
        {"min": 20, "max": 400},
        {"min": 1, "max": 1.5},
        {"min": 1, "max": 12},
    )
)
def office(stream: Stream, **settings: Any) -> Profile:
    """Working days from eight to six, with a dip at noon.

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
    return drawn_profile("office", _SHAPES, stream, **settings)
