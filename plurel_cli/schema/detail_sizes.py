"""What shapes the details of a table, and so how many rows it has."""

from __future__ import annotations

from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity.counts import LARGEST_MEAN, counts
from plurel_cli.connectivity.detail_counts import DetailCounts, cumulated, settled_least
from plurel_cli.connectivity.lags import NO_LAG, lags
from plurel_cli.connectivity.one_to_one import leading_stream
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.numerics.stream import SharedStream
from plurel_cli.schema.forms.detail import DetailHabits


def sample_details(
    settings: ConnectivityConfig, stream: SharedStream, n_parents: int, rows: int, *, stated: bool
) -> DetailHabits:
    """Draw how many details parents have, and how long after them these come.

    Parameters
    ----------
    settings
        What to draw from.
    stream
        Randomness of these habits.
    n_parents
        Rows of the parent.
    rows
        How many details there are, or about how many where no mean is set.
    stated
        Whether there are to be exactly as many.

    Returns
    -------
    DetailHabits
    """
    detail = settings.detail
    count = detail.count.draw(stream.child("count").draws())
    mean = min(rows / n_parents, LARGEST_MEAN)
    if detail.mean is not None and not stated:
        mean = detail.mean.draw(stream.child("mean").draws())
    none = detail.none.draw(stream.child("none").draws())
    lag = detail.lag.draw(stream.child("lag").draws())
    has_lag = lag != NO_LAG
    of_lag = stream.child("lags", lag)
    return DetailHabits(
        count=count,
        parameters=counts[count].draw(detail.counts.get(count, {}), stream.child("counts", count)),
        mean=mean,
        least=settled_least(mean, detail.least.draw(stream.child("least").draws()), none),
        none=none,
        total=rows if stated else None,
        latent=settings.latent.draw(stream.child("latent").draws()),
        lag=lag if has_lag else None,
        lag_parameters=lags[lag].draw(detail.lags.get(lag, {}), of_lag) if has_lag else {},
    )


def drawn_numbers(
    habits: DetailHabits, seed: int, child_id: str, parent_id: str, n_parents: int
) -> DetailCounts:
    """What gives the number of details of each parent, as it draws it.

    Parameters
    ----------
    habits
        What they are drawn from.
    seed
        Seed of the database.
    child_id, parent_id
        Identities of the two tables.
    n_parents
        Rows of the parent.

    Returns
    -------
    DetailCounts
    """
    rising = cumulated(habits.count, habits.mean, habits.least, habits.none, habits.parameters)
    return DetailCounts(
        rising,
        n_parents,
        habits.latent,
        Trait(seed, parent_id, n_parents),
        leading_stream(seed, child_id, parent_id, "detail").child("numbers"),
    )
