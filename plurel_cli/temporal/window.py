"""The window of time of a database, and where it is split.

All activity tables share one window, two different days of the configured range. The validation
and test periods begin at days that cut off given shares of the window, both of its ends counted.
"""

from __future__ import annotations

import datetime as dt
import math

from plurel_cli.config.time import TimeConfig
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.window import Window

_ATTEMPTS = 64


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
    n_days = (config.end - config.start).days
    first, last = _days(n_days, config.min_days, stream.draws())
    days = last - first + 1
    start = config.start + dt.timedelta(days=first)
    return Window(
        start=start,
        end=start + dt.timedelta(days=days - 1),
        val_timestamp=start + dt.timedelta(days=floor_share(config.split.val, days)),
        test_timestamp=start + dt.timedelta(days=floor_share(config.split.test, days)),
    )


def _days(n_days: int, min_days: int, draws: Draws) -> tuple[int, int]:
    """First and last of at least so many of some days, every such pair equally likely.

    Any two days are drawn a few times, which mostly does; then one of the pairs by its number: as
    many begin at a day as there are days from its earliest end to the last.
    """
    for _ in range(_ATTEMPTS):
        first, last = sorted((draws.below(n_days), draws.below(n_days)))
        if last - first + 1 >= min_days:
            return first, last
    n_starts = n_days - min_days + 1
    number = draws.below(n_starts * (n_starts + 1) // 2)  # counted from the latest start on
    ends = (math.isqrt(8 * number + 1) - 1) // 2
    first = n_starts - 1 - ends
    return first, first + min_days - 1 + number - ends * (ends + 1) // 2
