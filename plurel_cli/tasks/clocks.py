"""How fast the entities of a database live, by which horizons are drawn.

What counts is the usual time from one event of an entity to its next, before `val_timestamp`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from plurel_cli.tasks.asked import Events
from plurel_cli.tasks.engine import SqlEngine
from plurel_cli.tasks.quoting import quoted
from plurel_cli.tasks.splits import Period

LEAST_ENTITIES = 30
LEAST_DAYS = 0.04
"""Events that follow one another within the hour are one."""


def usual_gap(engine: SqlEngine, events: Events, period: Period) -> float | None:
    """Median days from an entity's event to a later one; none where too few entities have both.

    Parameters
    ----------
    engine
        The database.
    events
        The events, and how they lead to entities.
    period
        Only events before its `val` count.

    Returns
    -------
    float or None
    """
    table, time = quoted(events.table.name), quoted(str(events.table.time_column))
    join, entity = "", f"{table}.{quoted(events.key.name)}"
    if events.between is not None:
        near, far = quoted(events.between[0].name), events.between[1]
        join = f"JOIN {near} ON {near}.{quoted(events.between[0].primary_key)} = {entity}"
        entity = f"{near}.{quoted(far.name)}"
    ((n_entities, gap),) = engine.rows(
        f"""
        WITH gaps AS (
            SELECT {entity} AS entity,
                DATE_DIFF('second', LAG({table}.{time}) OVER (
                    PARTITION BY {entity} ORDER BY {table}.{time}
                ), {table}.{time}) / 86400.0 AS days
            FROM {table} {join}
            WHERE {table}.{time} < DATE '{period.val}' AND {entity} IS NOT NULL
        )
        SELECT COUNT(DISTINCT entity), MEDIAN(days) FROM gaps WHERE days > {LEAST_DAYS}
        """
    )
    return None if n_entities < LEAST_ENTITIES or gap is None else float(gap)


def nearest(days: float, horizons: Sequence[int]) -> int:
    """The horizon whose logarithm is nearest to that of some days.

    Parameters
    ----------
    days
        The days.
    horizons
        Horizons to choose from.

    Returns
    -------
    int

    Examples
    --------
    >>> nearest(80.0, [1, 7, 30, 90, 365])
    90
    """
    return min(horizons, key=lambda h: (abs(math.log(h / max(days, 1e-3))), h))
