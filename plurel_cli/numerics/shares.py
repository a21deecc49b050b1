"""Shares of a whole, as a person would count them.

0.07 × 100 is 7.000000000000001 in binary and 0.29 × 100 is 28.999999999999996; a share written in
a config means its decimal digits, so they are multiplied as decimals.
"""

from __future__ import annotations

import math
from decimal import Decimal


def floor_share(share: float, whole: int) -> int:
    """⌊share × whole⌋.

    Parameters
    ----------
    share
        The share, as it is written in decimals.
    whole
        What it is of.

    Returns
    -------
    int

    Examples
    --------
    >>> floor_share(0.29, 100)
    29
    """
    return math.floor(Decimal(repr(share)) * whole)


def ceil_share(share: float, whole: int) -> int:
    """⌈share × whole⌉.

    Parameters
    ----------
    share
        The share, as it is written in decimals.
    whole
        What it is of.

    Returns
    -------
    int

    Examples
    --------
    >>> ceil_share(0.7, 10)
    7
    """
    return math.ceil(Decimal(repr(share)) * whole)
