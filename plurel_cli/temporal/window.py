"""The window of time of a database, and where it is split.

All activity tables share one window, two different days of the configured range. The validation
and test periods begin at days that cut off given shares of the window, both of its ends counted.
"""

from __future__ import annotations

import datetime as dt

from plurel_cli.config.time import TimeConfig
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Window


def sample_window(config: TimeConfig, stream: Stream) -> Window:
    """Draw the window: two different days of [start, end), in order.

    Parameters
    ----------
    config
        The range, the fewest days and the splits.
    stream
        Randomness of the window alone.

    Returns
    -------
    Window
        Of at least `config.min_days` days, every such pair of days equally likely; with D days,
        its splits are the days ⌊val D⌋ and ⌊test D⌋ after the first.

    Examples
    --------
    >>> window = sample_window(TimeConfig(), Stream(1))
    >>> window.start < window.val_timestamp < window.test_timestamp < window.end
    True
    """
    draws = stream.draws()
    n_days = (config.end - config.start).days
    while True:
        first, last = sorted((draws.below(n_days), draws.below(n_days)))
        days = last - first + 1
        if days >= config.min_days:
            break
    start = config.start + dt.timedelta(days=first)
    return Window(
        start=start,
        end=start + dt.timedelta(days=days - 1),
        val_timestamp=start + dt.timedelta(days=floor_share(config.split.val, days)),
        test_timestamp=start + dt.timedelta(days=floor_share(config.split.test, days)),
    )
