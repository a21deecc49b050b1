"""Pairs of columns of which one lies above the other, as their names say: a start and an end.

No source demands it, but nobody would believe an end before the start. A pair is known by two
columns whose names are the same but for a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plurel_cli.intake.guesses import snake
from plurel_cli.intake.picture import SourceColumn

_ANYWHERE = (
    *(("start", "end"), ("start", "finish"), ("start", "stop"), ("start", "complete")),
    *(("begin", "end"), ("began", "ended"), ("begun", "ended"), ("opened", "closed")),
    *(("open", "close"), ("departure", "arrival"), ("pickup", "dropoff"), ("from", "until")),
    *(("check_in", "check_out"), ("checkin", "checkout"), ("clock_in", "clock_out")),
    *(("admit", "disch"), ("admission", "discharge"), ("issued", "expires"), ("issue", "expiry")),
    *(("effective", "expiration"), ("first", "last"), ("hire", "termination")),
)
"""Words as they may stand anywhere in a name, as in `started_at` and `startdate`."""

_WHOLE = (
    *(("from", "to"), ("from", "thru"), ("in", "out"), ("intime", "outtime"), ("min", "max")),
    *(("minimum", "maximum"), ("low", "high"), ("lower", "upper"), ("lo", "hi"), ("in", "off")),
)
"""Words that stand alone in a name."""


def pairs(columns: Sequence[SourceColumn]) -> Iterator[tuple[SourceColumn, SourceColumn]]:
    """Columns of one kind, the second of which lies above the first.

    Parameters
    ----------
    columns
        Columns of a table; each is in one pair at most.

    Yields
    ------
    tuple
        The lower and the upper one.

    Examples
    --------
    >>> several = [SourceColumn(name, "date", "date") for name in ("started_at", "ended_at", "x")]
    >>> [(low.name, high.name) for low, high in pairs(several)]
    [('started_at', 'ended_at')]
    """
    by_name = {snake(column.name): column for column in columns}
    paired: set[str] = set()
    for name, column in by_name.items():
        for other in _partners(name):
            upper = by_name.get(other)
            if other == name or upper is None or upper.kind != column.kind:
                continue
            if not paired & {name, other}:
                paired |= {name, other}
                yield column, upper


def _partners(name: str) -> Iterator[str]:
    for low, high in _WHOLE:
        yield re.sub(rf"(?:(?<=_)|^){low}(?=_|$)", high, name)
    for low, high in _ANYWHERE:
        yield name.replace(low, high)
