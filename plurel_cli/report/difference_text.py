"""How two databases differ, as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plurel_cli.errors import one_line
from plurel_cli.prose import counted, percent
from plurel_cli.report.difference import Differences

_LONGEST = 60


def render(differences: Differences) -> str:
    """A section for what is compared, a line for what differs.

    Parameters
    ----------
    differences
        What to print.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    pair = f"{differences.first} and {differences.second}"
    if differences.is_none:
        return f"{one_line(pair)}: equal\n"
    return "".join(f"{one_line(line)}\n" for line in (pair, *_lines(differences)))


def _lines(differences: Differences) -> Iterator[str]:
    for title in ("schema", "settings", "statistics"):
        several = getattr(differences, title)
        if several:
            yield f"{title}: {counted(len(several), 'difference')}"
        width = max((len(each.place) for each in several), default=0)
        for each in several:
            yield f"  {each.place:{width}}  {_shown(each.first)} → {_shown(each.second)}"
    values = differences.values
    if values:
        yield f"values: {counted(len(values), 'column')}"
    width = max((len(each.place) for each in values), default=0)
    for change in values:
        rows = counted(change.rows, "row")
        yield f"  {change.place:{width}}  {rows} ({percent(change.share)})"


def _shown(value: Any) -> str:
    """A value in short; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.6g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
