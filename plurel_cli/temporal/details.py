"""The keys of a table of details together with their times, since each hangs on the other."""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.connectivity.detail_counts import Numbers
from plurel_cli.connectivity.detail_rows import (
    DetailLags,
    InOrder,
    Later,
    RowOf,
    Scattered,
    TimesOfParents,
)
from plurel_cli.connectivity.lags import lags
from plurel_cli.connectivity.one_to_one import leading_stream
from plurel_cli.connectivity.shared_counts import SharedCounts
from plurel_cli.schema.detail_sizes import drawn_numbers
from plurel_cli.schema.forms.detail import DetailHabits
from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class Details:
    """The rows of a table of details.

    Attributes
    ----------
    keys
        The parent of each, by blocks.
    times
        When each comes; none where the parents have no times.
    """

    keys: BlockColumn
    times: BlockColumn | None


def details_of(
    seed: int, table: Table, parent: Table, times: BlockColumn | None, end: int, unit: int
) -> Details:
    """The rows of a table of details.

    Parameters
    ----------
    seed
        Seed of the database.
    table, parent
        The table, and the one whose rows make its rows.
    times
        Times of the parents, if they have some.
    end
        Nanoseconds since 1970 at which the window ends.
    unit
        Nanoseconds of which times are multiples.

    Returns
    -------
    Details
    """
    habits = table.foreign_keys[0].shape
    assert isinstance(habits, DetailHabits)  # noqa: S101 (drawn with the schema)
    stream = leading_stream(seed, table.id, parent.id, "detail")
    n_parents, n_rows = parent.rows, table.rows
    drawn = drawn_numbers(habits, seed, table.id, parent.id, n_parents)
    numbers: Numbers = drawn
    if habits.total is not None:
        numbers = SharedCounts(drawn, habits.least, n_rows, n_parents, stream.child("sharing"))
    if times is None and table.time_column is not None:
        return Details(Scattered(numbers, n_rows, stream.child("order")), None)
    if times is None or habits.lag is None:
        keys = InOrder(numbers, n_parents, n_rows)
        return Details(keys, times and TimesOfParents(keys, times))
    function, parameters = lags[habits.lag].function, habits.lag_parameters
    lag = DetailLags(
        lambda shares, parents: function(shares, parents, **parameters),
        end,
        unit,
        stream.child("lag"),
    )
    later = Later(numbers, n_parents, n_rows, times, lag)
    return Details(RowOf(later, 1), RowOf(later, 0))
