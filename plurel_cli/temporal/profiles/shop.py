"""A shop: busy at noon, in the evening and before the weekend, most of all before the holidays."""

from __future__ import annotations

from typing import Any

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.shapes import Shapes, drawn_profile, shape_settings

_SHAPES = Shapes(
    weekdays=(0.3, 0.1, 0.2, 0.4, 0.8, 1.0, 0.0),
    working_hours=(
        0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95,
        1.0, 0.95, 0.85, 0.85, 0.9, 0.95, 1.0, 0.95, 0.8, 0.6, 0.4, 0.2,
    ),
    weekend_hours=(
        0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0,
        1.0, 1.0, 1.0, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3,
    ),
)  # fmt: skip


@profiles(**shape_settings({"min": 1.5, "max": 3}, {"min": 8, "max": 80}, {"min": 1, "max": 2}, 12))
def shop(stream: Stream, **settings: Any) -> Profile:
    """Noon, evening and Saturday busy, nights quiet; the busiest month is December.

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
    return drawn_profile("shop", _SHAPES, stream, **settings)
