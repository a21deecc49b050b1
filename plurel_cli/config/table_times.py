"""Which explicit tables can have times: those that say so, and all that nothing keeps from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plurel_cli.config.model import Config


def may_have_times(
    config: Config, name: str, parents: Mapping[str, list[str]], referenced: set[str]
) -> bool:
    """Whether an explicit table can have times.

    Parameters
    ----------
    config
        The config.
    name
        The table.
    parents
        Of each table, those that it refers to.
    referenced
        Tables that others refer to.

    Returns
    -------
    bool
    """
    table, forms = config.table(name), config.for_table(name).schema.forms
    if table.timed is not None:
        return table.timed
    if (
        name not in referenced
        or table.events
        or max(forms.p_timed.bounds[1], forms.p_event.bounds[1])
    ):
        return True
    return any(
        may_have_times(config, parent, parents, referenced)
        for parent in parents[name]
        if parent != name
    )
