"""Settle what a theme's columns leave to the database: when times come, and how rare flags are.

A time that says not when it comes is placed after its row. What tells of something that happens is
null where it would lie past the window, but a plan is known before. A flag has so many rows of its
rarer value that there is something to learn of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.plain import TIME, Statement

_LATER = re.compile("last_|.*(?:updated|changed|modified|uploaded)_(?:on|at)")
"""Words of times that come after a row is there."""

_PLANS = re.compile(
    ".*(?:until|due|expir|expected|planned|promised|scheduled|deadline|ends_|closes_|valid_(?!since)|renews)"
    "|(?:next_|new_|starts_|runs_|requested_for|can_start|effective|reassess|requalify|ceremony|value_date"
    "|final_exam|seating|first_debit|supply_starts|return_|follow_up|revisit|hearing|go_live"
    "|best_before|deliver_by|stay_date|arrival_on|departure_on|safe_harvest|from_date|surgery)"
)
"""Words of times that are known before they come."""

_LAGS: Mapping[bool, Statement] = {
    True: {"exponential": {"mean": 150}, "per": "days"},
    False: {"exponential": {"mean": 20}, "per": "days"},
}
"""How long after its row a time comes, by whether its words say that it comes later."""

_RAREST = 0.015
"""Least share of the rarer value of a flag."""

_FEWEST = 4.0
"""Least rows that have it."""


def placed(name: str, statement: Statement, *, is_timed: bool) -> Statement:
    """A statement whose time comes when it can.

    Parameters
    ----------
    name, statement
        The column, by its words.
    is_timed
        Whether its rows have times.

    Returns
    -------
    Statement
        After the time of the row, where it says not when; null past the window, if it is no plan.
    """
    if statement["lens"] not in ("date", "timestamp"):
        return statement
    is_open = not {"after", "before", "first", "last"} & {*statement}
    if is_open and is_timed:
        is_later = _LATER.match(name) is not None
        statement = {**statement, "after": TIME, "lag": _LAGS[is_later]}
        if is_later:
            statement = {**statement, "tells_future": True}
    if "before" in statement or _PLANS.match(name) is not None:
        return statement
    return {"until": "window", **statement}


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
