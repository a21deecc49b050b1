"""Settle what a theme's columns leave to the database: when times come, and how rare flags are.

A time that says not when it comes is placed after its row. What tells of something that happens is
null where it would lie past the window, but a plan is known before. A flag has so many rows of its
rarer value that there is something to learn of it.
"""

from __future__ import annotations

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.plain import TIME, Statement

_LAG: Statement = {"exponential": {"mean": 20}, "per": "days"}
"""How long after its row a time comes whose statement does not say."""

_RAREST = 0.015
"""Least share of the rarer value of a flag."""

_FEWEST = 4.0
"""Least rows that have it."""


def placed(statement: Statement, *, is_timed: bool) -> Statement:
    """A statement whose time comes when it can.

    Parameters
    ----------
    statement
        What is stated of a column.
    is_timed
        Whether its rows have times.

    Returns
    -------
    Statement
        After the time of the row, where it says not when, by its lag, if it has one; null past
        the window, if it is no plan.
    """
    if statement["lens"] not in ("date", "timestamp"):
        return statement
    result = dict(statement)
    is_plan = bool(result.pop("plan", False))
    if not {"after", "before"} & {*result}:
        lag = result.pop("lag", _LAG)
        if is_timed and not {"first", "last"} & {*result}:
            result |= {"after": TIME, "lag": lag}
    return result if is_plan or "before" in result else {"until": "window", **result}


def varied(statement: Statement, rows: int, draws: Draws) -> Statement:
    """A statement whose flag, if it is one, has rows of either value.

    Parameters
    ----------
    statement
        What is stated of a column.
    rows
        Rows of its table.
    draws
        Randomness of the table's columns alone.

    Returns
    -------
    Statement
    """
    if statement["lens"] != "flag":
        return statement
    nulls = statement.get("nulls", 0.0)
    known = rows * (1.0 - nulls) if isinstance(nulls, float) else rows
    least = min(max(_RAREST, _FEWEST / max(known, 1.0)), 0.5)
    if (share := statement.get("true")) is None:
        rarer = log_between(draws, least, 0.5)
        share = rarer if draws.chance(_MOSTLY_NO) else 1.0 - rarer
    return {**statement, "true": min(max(float(share), least), 1.0 - least)}


_MOSTLY_NO = 0.75
"""How many of the flags of which nothing is stated are mostly no."""
