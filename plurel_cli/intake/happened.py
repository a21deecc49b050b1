"""Times that a status says have come: `shipped_at` where it is shipped, or what follows that.

Labels stand in the order in which things happen, as people write them, so what comes after a label
has been through it; unless it is an end that cuts the way short, such as being cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from plurel_cli.intake.columns import StatedColumn, StatedTable
from plurel_cli.intake.guesses import snake
from plurel_cli.intake.keys import HeldTable

_STATUS = re.compile(r"(?:^|_)(?:status|state|stage|phase)$")
_TIME = re.compile(r"(.+)_(?:at|on|date|time|datetime|ts)$")
_CUT_SHORT = re.compile(
    r"^(?:cancel|reject|fail|refund|return|abandon|expire|lost|lose|decline|deny|denied|void|abort"
    r"|withdraw|error|dead|delete|archive)"
)
_LEAST_LETTERS = 4


def tell_by_status(held: Mapping[str, HeldTable], stated: Mapping[str, StatedTable]) -> None:
    """State that times are there exactly where a status says so.

    Parameters
    ----------
    held
        Tables by name.
    stated
        What is stated of their columns, which is changed.
    """
    for name, table in held.items():
        columns = stated[name].columns
        several = [
            (column, labels)
            for column, one in columns.items()
            if _STATUS.search(snake(column)) and column.isidentifier() and (labels := _labels(one))
        ]
        if len(several) != 1:
            continue
        ((status, labels),) = several
        for column in table.source.columns:
            match = _TIME.match(snake(column.name))
            one = columns.get(column.name)
            if match is None or one is None or not one.statement.get("nulls"):
                continue
            reached = _reached(match[1], labels)
            if column.kind in ("date", "timestamp") and reached:
                is_there = " or ".join(f"{status} = '{label}'" for label in reached)
                statement = {**one.statement, "nulls": False, "when": is_there}
                if "min" not in statement.get("lag", {"min": 0}):
                    statement["until"] = "window"  # it has happened
                columns[column.name] = StatedColumn(statement, one.comment)


def _labels(stated: StatedColumn) -> list[str]:
    """The labels of a status that has one in every row."""
    values = stated.statement.get("values", [])
    is_label = stated.statement.get("lens") == "category" and stated.statement["nulls"] is False
    labels = [*values] if is_label else []
    return labels if all(isinstance(label, str) and "'" not in label for label in labels) else []


def _reached(stem: str, labels: list[str]) -> list[str]:
    """Labels of what has been through what a time is called by."""
    at = [k for k, label in enumerate(labels) if _is_alike(snake(label), stem)]
    if len(at) != 1:
        return []
    (first,) = at
    if _CUT_SHORT.match(snake(labels[first])):
        return [labels[first]]
    return [label for label in labels[first:] if not _CUT_SHORT.match(snake(label))]


def _is_alike(label: str, stem: str) -> bool:
    """Whether a time is called by a label, whatever the ending: `ship_date`, `shipped`."""
    last = stem.split("_")[-1]
    n = max(_LEAST_LETTERS, min(len(label), len(last)) - 2)
    return min(len(label), len(last)) >= _LEAST_LETTERS and label[:n] == last[:n]
