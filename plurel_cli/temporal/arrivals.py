"""What is drawn of a table's arrivals, each part from a stream of its own."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from plurel_cli.config.time import FLAT, ArrivalsConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals, Profile
from plurel_cli.schema.window import Window
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.spacings import spacings


def sample_profile(config: ArrivalsConfig, stream: Stream) -> Profile | None:
    """Draw a database's profile.

    Parameters
    ----------
    config
        What to draw from.
    stream
        Randomness of the profile alone.

    Returns
    -------
    Profile or None
        None where it is flat.

    Examples
    --------
    >>> sample_profile(ArrivalsConfig(), Stream(1)) is None
    True
    """
    name = config.profile.draw(stream.child("name").draws())
    if name == FLAT:
        return None
    entry, of_profile = profiles[name], stream.child("profile", name)
    settings = entry.draw(config.profiles.get(name, {}), of_profile.child("settings"))
    profile = entry.function(of_profile.child("weights"), **settings)
    assert isinstance(profile, Profile)  # noqa: S101 (a registry cannot name the type)
    return profile


def sample_arrivals(
    config: ArrivalsConfig, kind: Literal["entity", "activity"], window: Window, stream: Stream
) -> Arrivals:
    """Draw what shapes the times of a table.

    Parameters
    ----------
    config
        What to draw from.
    kind
        Kind of the table.
    window
        The database's window.
    stream
        Randomness of this table's arrivals alone.

    Returns
    -------
    Arrivals
        Equal to ``Arrivals()`` where rows come evenly, to the nanosecond.
    """
    spacing = config.spacing.draw(stream.child("spacing").draws())
    parameters = spacings[spacing].draw(
        config.spacings.get(spacing, {}), stream.child("parameters", spacing)
    )
    growth = config.growth if kind == "activity" else config.entity_growth
    n_flashes = config.flashes.draw(stream.child("flashes").draws())
    n_days = (window.end - window.start).days
    days = stream.child("flash_days").draws()
    size = config.flash_size.draw(stream.child("flash_size").draws())
    hours = config.flash_hours.draw(stream.child("flash_hours").draws())
    return Arrivals(
        spacing=spacing,
        parameters=parameters,
        growth=growth.draw(stream.child("growth").draws()),
        wander=config.wander.draw(stream.child("wander").draws()),
        flashes=tuple(
            sorted(window.start + dt.timedelta(days=days.below(n_days)) for _ in range(n_flashes))
        ),
        flash_size=size if n_flashes else None,
        flash_hours=hours if n_flashes else None,
        granularity=config.granularity.draw(stream.child("granularity").draws()),
    )
