"""Draw which columns others determine exactly, and how.

That comes before the causal graphs, of which these columns are no part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plurel_cli.choices.choice import restricted
from plurel_cli.config.scm import DeterminedConfig
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.model import SELF_FORMS, Column, Schema, Table


@dataclass(frozen=True)
class Plan:
    """How a column is to be determined.

    Attributes
    ----------
    kind
        One of the config's.
    of
        Names of the columns that determine it, of the same table or, where it is copied, of the
        one referred to.
    foreign_key
        What it goes by, if by one.
    """

    kind: str
    of: tuple[str, ...] = ()
    foreign_key: str | None = None


def draw_plans(
    schema: Schema, settings: Mapping[str, DeterminedConfig], stream_of: Callable[[Table], Stream]
) -> dict[str, dict[str, Plan]]:
    """Draw which columns others determine, and how.

    Parameters
    ----------
    schema
        A database's schema.
    settings
        Those of each table.
    stream_of
        Gives the randomness of these choices alone of a table.

    Returns
    -------
    dict
        By table and column. What determines a column is itself drawn freely.
    """
    chosen = {
        table.name: _chosen(table, settings[table.name], stream_of(table))
        for table in schema.tables
    }
    free = {
        table.name: [column for column in table.features if column.name not in chosen[table.name]]
        for table in schema.tables
    }
    return {
        table.name: {
            column.name: plan
            for column in table.features
            if column.name in chosen[table.name]
            and (
                plan := _plan(
                    table,
                    column,
                    free,
                    settings[table.name],
                    stream_of(table).child("column", column.name).draws(),
                )
            )
        }
        for table in schema.tables
    }


def _chosen(table: Table, settings: DeterminedConfig, stream: Stream) -> set[str]:
    if settings.p.bounds[1] == 0:
        return set()
    p, draws = settings.p.draw(stream.child("p").draws()), stream.child("columns").draws()
    return {column.name for column in table.features if draws.chance(p)}


def _plan(
    table: Table,
    column: Column,
    free: Mapping[str, Sequence[Column]],
    settings: DeterminedConfig,
    draws: Draws,
) -> Plan | None:
    """How a column is determined; none where nothing can determine it."""
    possible = _possible(table, column, free)
    kind = restricted(settings.kind, tuple(name for name, plans in possible.items() if plans))
    return None if kind is None else draws.item(possible[kind.draw(draws)])


def _possible(
    table: Table, column: Column, free: Mapping[str, Sequence[Column]]
) -> dict[str, list[Plan]]:
    own = free[table.name]
    numbers = [its.name for its in own if its.categories is None]
    if column.categories is None:
        pairs = [(a, b) for a in numbers for b in numbers if a < b]
        keys = [its.name for its in table.foreign_keys if its.form != "one_to_one"]
        found = {
            "sum": [Plan("sum", pair) for pair in pairs],
            "difference": [Plan("difference", (a, b)) for a in numbers for b in numbers if a != b],
            "product": [Plan("product", pair) for pair in pairs],
            "rounded": [Plan("rounded", (name,)) for name in numbers],
            "counter": [Plan("counter", (), key) for key in keys],
            "total": [Plan("total", (name,), key) for key in keys for name in numbers],
        }
    else:
        found = {"band": [Plan("band", (name,)) for name in numbers]}
    found["lookup"] = [
        Plan("lookup", (its.name,))
        for its in own
        if its.categories is not None and n_written(its) >= (column.categories or 2)
    ]
    found["copied"] = [
        Plan("copied", (its.name,), key.name)
        for key in table.foreign_keys
        if key.form not in SELF_FORMS
        for its in free[str(key.references)]
        if (its.categories is None) == (column.categories is None)
        and (column.categories is None or n_written(its) >= column.categories)
    ]
    return found


def n_written(column: Column) -> int:
    """How many values a categorical column is written with."""
    return 2 if column.type == "boolean" else column.categories or 0
