"""Amounts that follow from others: a line's price from its product, an order's total from lines.

What a name says of an amount is not all that it says: a line that refers to a product with a price
has that price, the amount of a line is the quantity times that, where an order has lines with
amounts, its total is their sum, and what costs more has a higher price. Only amounts of which the
source demands nothing are stated so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from plurel_cli.intake.columns import StatedColumn, StatedTable
from plurel_cli.intake.guesses import snake
from plurel_cli.intake.keys import HeldKey, HeldTable
from plurel_cli.intake.picture import Bounded, ColumnKind, SourceColumn

_PRICE = re.compile(r"(?:^|_)(?:unit_?price|price|list_?price|unit_?cost)$")
_AMOUNT = re.compile(r"(?:^|_)(?:amount|line_?total|total|extended_?price|subtotal)$")
_MORE_DIGITS, _ENOUGH_DIGITS = 3, 9
"""Digits before the point by which a sum exceeds what is added, and that hold any amount."""

_NUMBERS = ("integer", "decimal", "float")
_COST = re.compile(r"(?:^|_)(?:unit_?cost|cost|cost_?price|purchase_?price|wholesale_?price)$")
_MARGIN, _LIKE_PRICE = 0.6, 0.98
"""Of what costs are at the median, and how much of their variance the price has."""

_TOTAL = re.compile(r"(?:^|_)(?:total|total_?amount|order_?total|grand_?total|amount)$")


def relate_amounts(held: Mapping[str, HeldTable], stated: Mapping[str, StatedTable]) -> None:
    """State prices by those of rows referred to, and totals by the amounts of details.

    Parameters
    ----------
    held
        Tables by name.
    stated
        What is stated of their columns, which is changed.
    """
    for name, table in held.items():
        _keep_below(table, stated[name])
        for key in table.parents:
            if key.parent in held and key.parent != name:
                _copy_price(table, stated[name], key, held[key.parent], stated[key.parent])
    for name, table in held.items():
        _multiply(table, stated[name])
    for name, table in held.items():
        for key in table.parents:
            if key.parent in held and table.is_detail_of(key):
                _add_up(held[key.parent], stated[key.parent], table, stated[name])


def _keep_below(table: HeldTable, stated: StatedTable) -> None:
    """State what a thing costs by its price, and lower."""
    both: tuple[ColumnKind, ...] = ("decimal", "float")
    prices = [c for c in table.source.columns if _is_amount(c, stated, table, _PRICE, both)]
    costs = [c for c in table.source.columns if _is_amount(c, stated, table, _COST, both)]
    prices = [c for c in prices if c not in costs]
    if len(prices) != 1 or len(costs) != 1 or not prices[0].name.isidentifier():
        return
    (price,), (cost,) = prices, costs
    statement = stated.columns[cost.name].statement
    if (spread := statement.get("prices")) and stated.columns[price.name].statement.get("prices"):
        below = {**spread, "median": round(spread["median"] * _MARGIN)}
        statement |= {"prices": below, "causes": {price.name: _LIKE_PRICE}}


def _copy_price(
    table: HeldTable, stated: StatedTable, key: HeldKey, parent: HeldTable, of_parent: StatedTable
) -> None:
    prices = [c for c in parent.source.columns if _is_amount(c, of_parent, parent, _PRICE)]
    mine = [c for c in table.source.columns if _is_amount(c, stated, table, _PRICE)]
    if len(prices) != 1 or len(mine) != 1:
        return
    (price,), (column,) = prices, mine
    if not (key.name.isidentifier() and price.name.isidentifier()):
        return
    is_there = not price.nullable and not key.nullable
    if _holds(column, price, 0) and (column.nullable or is_there):
        _state(stated, column, f"{key.name}.{price.name}")


def _multiply(table: HeldTable, stated: StatedTable) -> None:
    """State the amount of a line as its quantity times its price, less a discount."""
    by_name = {snake(name): name for name in stated.columns if name.isidentifier()}
    quantity = next((by_name[q] for q in ("quantity", "qty") if q in by_name), None)
    prices = [c for c in table.source.columns if _PRICE.search(snake(c.name))]
    amounts = [c for c in table.source.columns if _is_amount(c, stated, table, _AMOUNT)]
    if (
        quantity is None
        or table.source.by_name[quantity].kind not in _NUMBERS
        or len(prices) != 1
        or len(amounts) != 1
    ):
        return
    (price,), (amount,) = prices, amounts
    factors = [table.source.by_name[quantity], price]
    formula = f"{quantity} * {price.name}"
    if (discount := by_name.get("discount")) is not None:
        if stated.columns[discount].statement.get("uniform", {}).get("high", 2) > 1:
            return
        formula += f" * (1 - coalesce({discount}, 0))"
    is_there = amount.nullable or not any(c.nullable for c in factors)
    if (
        is_there
        and price.name.isidentifier()
        and price.name in stated.columns
        and _holds(amount, price, _MORE_DIGITS - 1)
    ):
        _state(stated, amount, formula)


def _add_up(
    parent: HeldTable, of_parent: StatedTable, detail: HeldTable, stated: StatedTable
) -> None:
    totals = [c for c in parent.source.columns if _is_amount(c, of_parent, parent, _TOTAL)]
    amounts = [
        c
        for c in detail.source.columns
        if c.name in stated.columns
        and c.kind == "decimal"
        and _AMOUNT.search(snake(c.name))
        and stated.columns[c.name].statement
    ]
    if len(totals) != 1 or len(amounts) != 1:
        return
    (total,), (amount,) = totals, amounts
    if not (detail.source.name.isidentifier() and amount.name.isidentifier()):
        return
    if _holds(total, amount, _MORE_DIGITS):
        _state(of_parent, total, f"coalesce(sum({detail.source.name}.{amount.name}), 0)")


def _is_amount(
    column: SourceColumn,
    stated: StatedTable,
    table: HeldTable,
    name: re.Pattern[str],
    kinds: tuple[ColumnKind, ...] = ("decimal",),
) -> bool:
    """Whether a column is an amount by its name, and free to be any from 0."""
    one = stated.columns.get(column.name)
    checks = [c for check in table.source.checks for c in check.conditions]
    about = [c for c in checks if column.name in vars(c).values()]
    is_free = all(isinstance(c, Bounded) and c.high is None and c.low in (None, 0) for c in about)
    return (
        one is not None
        and column.kind in kinds
        and one.statement.get("lens") in ("money", "number")
        and name.search(snake(column.name)) is not None
        and is_free
    )


def _holds(column: SourceColumn, other: SourceColumn, more: int) -> bool:
    """Whether a column has room for another's numbers, or those with some digits more."""
    whole, needed = _whole_digits(column), min(_whole_digits(other) + more, _ENOUGH_DIGITS)
    return (other.scale or 0) <= (column.scale or 0) and needed <= whole


def _whole_digits(column: SourceColumn) -> int:
    """Digits before the point that a column has room for."""
    return _ENOUGH_DIGITS if column.precision is None else column.precision - (column.scale or 0)


def _state(stated: StatedTable, column: SourceColumn, formula: str) -> None:
    digits = {} if column.scale is None else {"digits": column.scale}
    comment = stated.columns[column.name].comment
    statement = {"lens": "formula", "of": formula, **digits}
    stated.columns[column.name] = StatedColumn(statement, comment)
