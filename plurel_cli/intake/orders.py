"""Numbers that must not lie above others, as a cost above a price: each a share of the next.

Ranges apart would hold as well, but no shop has all its costs below a hundred and all its prices
above. So the highest is as it would be, and each number below is a half to four fifths of the next,
by a formula that hangs on the row. Where something else is demanded of them, ranges are kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plurel_cli.formulas.parse import parsed
from plurel_cli.formulas.tree import ColumnLeaf
from plurel_cli.intake.demands import Demand
from plurel_cli.intake.guesses import guess, snake
from plurel_cli.intake.keys import HeldTable
from plurel_cli.intake.picture import Expression, SourceColumn

_LEAST, _HUNDREDTHS, _TURN = 0.5, 31, 7
"""The least share, how many hundredths it rises by from row to row, and by what turns."""

_ROOM = 8
"""Steps of the column that lie between a number and the next, at the least."""

_YEARS = 12
"""Most years between two."""

_ANY = ("money", "number", "integer")


def share(columns: Sequence[SourceColumn], demands: Mapping[str, Demand], table: HeldTable) -> bool:
    """State each number but the highest as a share of the next.

    Parameters
    ----------
    columns
        From the lowest on.
    demands
        By column; formulas are added, and a least value of the highest.
    table
        The table.

    Returns
    -------
    bool
        False where it cannot be so, and nothing is changed.
    """
    *lower, top = columns
    lows = {demands[c.name].low or 0.0 for c in lower if not c.is_unsigned or demands[c.name].low}
    low = max(lows, default=0.0)
    names = [*(c.name for c in columns), table.primary_key]
    if (
        len({c.kind == "integer" for c in columns}) > 1
        or not all(map(_can_be_named, names))
        or not all(_is_free(c, demands[c.name], table) for c in lower)
        or not (all(_is_any(c, table) for c in columns) or all(map(_is_year, columns)))
        or demands[top.name].values is not None
        or top.computed is not None
        or demands[top.name].formula is not None
        or len(lows) > 1
        or low < 0
    ):
        return False
    for column, above in zip(lower, columns[1:], strict=True):
        if (above.nullable and not column.nullable) or not _holds(column, above):
            return False
    are_years = all(map(_is_year, columns))
    step = max(_step(c) for c in columns)
    least = low + (_YEARS * len(lower) if are_years else _ROOM * step * 2.0 ** len(lower))
    high = demands[top.name].high
    if high is not None and high < low + 4 * (least - low):
        return False
    if low or not are_years:
        demands[top.name].at_least(least)
    for place, (column, above) in enumerate(zip(lower, columns[1:], strict=True)):
        row = f"({table.primary_key} + {place})" if place else table.primary_key
        if are_years:
            formula = f"{above.name} - 1 - {row} * {_TURN} % {_YEARS}"
            text = f"some years before {above.name}"
        else:
            formula = _share_of(
                above.name, f"{_LEAST} + {row} * {_TURN} % {_HUNDREDTHS} / 100", low
            )
            formula = f"floor({formula})" if column.kind == "integer" else formula
            text = f"a share of {above.name}, which it must not pass"
        demands[column.name].formula = Expression(formula, text=text)
    return True


def _share_of(name: str, part: str, low: float) -> str:
    if not low:
        return f"{name} * ({part})"
    return f"{low:g} + ({name} - {low:g}) * ({part})"


def _can_be_named(name: str) -> bool:
    """Whether a formula can name a column."""
    try:
        return parsed(name) == ColumnLeaf(name)
    except ValueError:
        return False


def _is_free(column: SourceColumn, demand: Demand, table: HeldTable) -> bool:
    """Whether nothing but a least value is demanded of a column, which nothing else makes."""
    return (
        demand.values is None
        and demand.high is None
        and demand.formula is None
        and not demand.unlike
        and not demand.is_absent
        and column.computed is None
        and column.name not in table.unique
        and column.name not in table.copies
        and column.name not in table.copied
        and column.name not in table.sequences
        and column.name not in table.empty
    )


def _is_any(column: SourceColumn, table: HeldTable) -> bool:
    """Whether a column is by its name an amount or a number, and no year, age or angle."""
    statement, _ = guess(column, table.source)
    is_any = statement["lens"] in _ANY and not {"uniform", "normal", "triangular"} & {*statement}
    return is_any and not {"year", "yr", "month", "day", "lat", "lon", "lng"} & {
        *snake(column.name).split("_")
    }


def _is_year(column: SourceColumn) -> bool:
    return column.kind == "integer" and not {"year", "yr"}.isdisjoint(snake(column.name).split("_"))


def _holds(column: SourceColumn, above: SourceColumn) -> bool:
    """Whether a column has room for what lies below another."""
    if column.kind == "integer":
        return (column.bits or 64) >= (above.bits or 64) or (column.bits or 64) >= 32
    return _whole(column) >= _whole(above)


def _whole(column: SourceColumn) -> int:
    return 99 if column.precision is None else column.precision - (column.scale or 0)


def _step(column: SourceColumn) -> float:
    if column.kind == "integer":
        return 0.25
    return 10.0 ** -min(3 if column.scale is None else column.scale, 3)
