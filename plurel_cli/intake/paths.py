"""Ways that references lead from one table to another."""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.intake.picture import SourceTable


def leads_to(name: str, sought: str, tables: Mapping[str, SourceTable]) -> bool:
    """Whether references lead from one table to another, in however many steps.

    Parameters
    ----------
    name
        Where they begin.
    sought
        Where they are to end.
    tables
        All tables by name.

    Returns
    -------
    bool
    """
    left, seen = [name], {name}
    while left:
        for reference in tables[left.pop()].references:
            if reference.table == sought:
                return True
            if reference.table not in seen:
                seen.add(reference.table)
                left.append(reference.table)
    return False
