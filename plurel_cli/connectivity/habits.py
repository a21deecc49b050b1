"""Draw what shapes a foreign key besides its block model."""

from __future__ import annotations

from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity.popularities import popularities
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.habits import Habits

_NONE = Habits()


def sample_habits(
    config: ConnectivityConfig,
    stream: Stream,
    coupling: float,
    *,
    both_timed: bool,
    to_events: bool = False,
) -> Habits | None:
    """Draw the habits of one foreign key to many.

    Parameters
    ----------
    config
        What to draw from.
    stream
        Randomness of this foreign key alone.
    coupling
        Share of the child's rows in which its foreign keys go together.
    both_timed
        Whether parent and child have times.
    to_events
        Whether the parent holds events.

    Returns
    -------
    Habits or None
        None where the block model is all there is to it.
    """

    def share(name: str) -> float:
        return float(getattr(config, name).draw(stream.child(name).draws()))

    in_order = config.time_order and both_timed
    name = config.popularity.draw(stream.child("popularity").draws())
    settings = config.popularities.get(name, {})
    hubs = share("hubs")
    newest = config.events if to_events else config
    following = newest.following.draw(stream.child("following").draws()) if in_order else 0.0
    of_nulls = stream.child("p_nullable")
    p_nullable = config.p_nullable.draw(of_nulls.child("choice").draws())
    is_nullable = of_nulls.draws().chance(p_nullable)
    pairing = config.pairing.draw(stream.child("pairing").draws())
    returning = 0.0 if to_events else share("returning")
    habits = Habits(
        softness=share("softness"),
        returning=returning,
        founders=share("founders") if returning > 0 and not in_order else 1.0,
        following=following,
        lag=newest.lag.draw(stream.child("lag").draws()) if following > 0 else None,
        popularity=None if name == "even" else name,
        parameters=popularities[name].draw(settings, stream.child("popularities", name)),
        childless=share("childless"),
        hubs=hubs,
        hub_weight=share("hub_weight") if hubs > 0 else None,
        latent=share("latent") if name != "even" else 0.0,
        run=share("run"),
        coupling=coupling,
        pairing=pairing if coupling > 0 and pairing != "direct" else None,
        null_rate=share("null_rate") if is_nullable else 0.0,
        null_latent=share("null_latent") if is_nullable else 0.0,
        time_order=in_order,
    )
    return None if habits == _NONE else habits
