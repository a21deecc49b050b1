"""What a config states of each column that is no key: a guess, taken to what is demanded of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from plurel_cli.intake.demands import Demand, chains, demands_of
from plurel_cli.intake.following import computed, copy_of, is_kept, type_words
from plurel_cli.intake.guesses import guess
from plurel_cli.intake.keys import HeldTable
from plurel_cli.intake.likeness.rows import TableLikeness
from plurel_cli.intake.likeness.stating import like
from plurel_cli.intake.numbers import number_of, split
from plurel_cli.intake.orders import share
from plurel_cli.intake.picture import (
    Absent,
    Note,
    Opaque,
    Ordered,
    Present,
    SourceColumn,
)
from plurel_cli.intake.texts import FittedText, text_of, unique_text
from plurel_cli.intake.times import HeldTimes, held_times

MOST_DAYS = 1500
"""Days that the window has at least, so that no two rows need to have the same."""

_LENGTHS = ("1 day", "2 days", "7 days", "30 days")
_MINUTES = 1440

NULLS = 0.1
"""Share of nulls of a column that may have some."""


@dataclass
class StatedColumn:
    """What is stated of a column.

    Attributes
    ----------
    statement
        As plain data; empty where the column is left out.
    comment
        What a reader should know.
    """

    statement: dict[str, Any]
    comment: str


@dataclass
class StatedTable:
    """A table's columns, and what else follows from them.

    Attributes
    ----------
    columns
        By name, in the order of the source.
    times
        Which column is the time of the row.
    most_rows
        As many rows as there can be, for unique values.
    """

    columns: dict[str, StatedColumn]
    times: HeldTimes
    most_rows: int | None = None

    def leave_times(self, column: SourceColumn) -> None:
        """Let rows have no times, but a column of times.

        Parameters
        ----------
        column
            The one that was the time of the row.
        """
        nulls = NULLS if column.nullable else False
        statement = {"lens": column.kind, "nulls": nulls}
        self.columns[column.name] = StatedColumn(statement, type_words(column))
        self.times.time_column = None


def stated_columns(
    table: HeldTable,
    dialect: str,
    *,
    has_timed_parent: bool,
    likeness: TableLikeness | None = None,
) -> tuple[StatedTable, list[Note]]:
    """What is stated of a table's columns.

    Parameters
    ----------
    table
        The table.
    dialect
        Of SQL, for what some types are written like.
    has_timed_parent
        Whether it refers to rows that have times.
    likeness
        What rows of the source are like.

    Returns
    -------
    tuple
        The columns, and what cannot be held.
    """
    return _Stating(table, dialect, has_timed_parent, likeness or TableLikeness()).done()


class _Stating:
    def __init__(
        self, table: HeldTable, dialect: str, has_timed_parent: bool, likeness: TableLikeness
    ) -> None:
        self._table, self._dialect, self._likeness = table, dialect, likeness
        self._demands, self._orders = demands_of(table.source)
        self._notes: list[Note] = []
        self._most: int | None = None
        self._parts: dict[str, tuple[int, int]] = {}
        self._own = [c for c in table.source.columns if self._is_own(c)]
        self._lose_conditions_of_keys()
        self._split_numbers()
        self._times = held_times(
            table,
            [*map(self._as_seen, self._own)],
            self._demands,
            self._time_chains(),
            has_timed_parent,
        )
        for name in self._times.unheld:
            self._lose(f"days of {name} are not held, as it follows another time")
        if table.daily is not None:
            self._bound(MOST_DAYS)

    def _is_own(self, column: SourceColumn) -> bool:
        """Whether a column is neither a key nor a part of one."""
        return column.name != self._table.primary_key and column.name not in {
            key.name for key in self._table.keys
        }

    def _as_seen(self, column: SourceColumn) -> SourceColumn:
        """A column that is never null, if no row of the source has a null there."""
        is_there = self._likeness.nulls.get(column.name) == 0
        return replace(column, nullable=False) if is_there else column

    def done(self) -> tuple[StatedTable, list[Note]]:
        columns = {}
        for column in self._own:
            if column.name != self._times.time_column:
                columns[column.name] = self._stated(column)
        return StatedTable(columns, self._times, self._most), self._notes

    def _lose_conditions_of_keys(self) -> None:
        """Name conditions of columns that are made elsewhere, or by the database."""
        free = {c.name for c in self._own if c.name not in self._table.copies and not c.computed}
        for check in self._table.source.checks:
            for condition in check.conditions:
                if isinstance(condition, Opaque | Ordered | Present | Absent):
                    continue
                name = condition.column
                if name in free or name == self._table.primary_key:
                    continue
                if not is_kept(condition, self._table):
                    self._lose(f"a condition of a column that is made elsewhere: {check.text}")

    def _split_numbers(self) -> None:
        """Let columns of which one lies above the other have ranges apart."""
        kinds = {c.name: c.kind for c in self._own}
        numbers = ("integer", "decimal", "float")
        orders = [
            o for o in self._orders if kinds.get(o.low) in numbers and kinds.get(o.high) in numbers
        ]
        rising = chains(orders)
        for chain, is_strict in rising or ():
            columns = [self._table.source.by_name[name] for name in chain]
            if not (
                share(columns, self._demands, self._table)
                or split(columns, self._demands, is_strict)
            ):
                self._lose(f"the order of {', '.join(chain)} is not held")
        times = ("date", "timestamp")
        clocks = [
            o for o in self._orders if kinds.get(o.low) == kinds.get(o.high) in ("time", "interval")
        ]
        for chain, _ in chains(clocks) or ():
            for k, name in enumerate(chain):
                self._parts[name] = (k, len(chain))
        for order in self._orders:
            both = (kinds.get(order.low), kinds.get(order.high))
            if {order.low, order.high} <= {*self._parts}:
                continue
            if not (order in orders or all(kind in times for kind in both)) or (
                rising is None and order in orders
            ):
                self._lose(f"{order.low} <= {order.high} is not held")

    def _time_chains(self) -> list[tuple[list[str], bool]]:
        times = {c.name for c in self._own if c.kind in ("date", "timestamp")}
        orders = [o for o in self._orders if {o.low, o.high} <= times]
        rising = chains(orders)
        if rising is None:
            self._lose("times that must each come after the other are not held")
        return rising or []

    def _lose(self, text: str) -> None:
        source = self._table.source
        self._notes.append(Note(source.line, f"{source.name}: {text}", is_lost=True))

    def _stated(self, column: SourceColumn) -> StatedColumn:
        demand = self._demands[column.name]
        comment = [type_words(column), column.comment] if column.comment else [type_words(column)]
        if (formula := column.computed or demand.formula) is not None:
            statement: dict[str, Any] = computed(column, formula)
            comment.append(
                f"= {formula.text}"
                if statement
                else f"left out: the database computes {formula.text}"
            )
            return StatedColumn(statement, "; ".join(comment))
        if column.name in self._table.copies:
            key, target = self._table.copies[column.name]
            copied = copy_of(column, f"{key.name}.{target}")
            if copied["lens"] == "text" and key.nullable:
                copied["when"] = f"not is_null({key.name})"
            return StatedColumn(copied, "; ".join(comment))
        reason = self._table.empty.get(column.name) or (
            "a condition says so" if demand.is_absent else ""
        )
        statement = self._content(column, demand)
        if column.name in self._likeness.statements and statement:
            statement = like(statement, self._likeness.statements[column.name])
        if not statement and not reason:
            reason = f"plurel has no lens for {column.type or 'it'}"
            if not column.nullable:
                self._lose(
                    f"{column.name} may not be null, but plurel has no lens for {column.type}"
                )
        if reason:
            comment.append(f"null in every row: {reason}")
            statement = {"lens": "integer"} if column.kind == "integer" else {"lens": "code"}
            return StatedColumn({**statement, "nulls": 1.0}, "; ".join(comment))
        is_present = demand.is_present or column.name in self._table.present
        if column.name in self._times.present or not column.nullable or is_present:
            statement["nulls"] = False
        elif statement["lens"] != "sequence":
            share = self._likeness.nulls.get(column.name, NULLS)
            statement["nulls"] = share or False
        return StatedColumn(statement, "; ".join(comment))

    def _content(self, column: SourceColumn, demand: Demand) -> dict[str, Any]:
        """Its lens; nothing where there is none."""
        if (key := self._table.sequences.get(column.name)) is not None:
            if demand.high is not None and demand.high < 1000:
                self._lose(
                    f"{column.name} counts the rows of a parent, and may pass {demand.high:g}"
                )
            start = int(demand.low or 0) + demand.low_is_out if demand.low is not None else 1
            return {"lens": "sequence", "of": key.name, "start": start}
        is_unique = column.name in self._table.unique
        if column.kind in ("integer", "decimal", "float") and is_unique:
            start = max(1, int(demand.low or 0) + demand.low_is_out)
            self._bound(2 ** ((column.bits or 64) - 1) - 2)
            if demand.high is not None:
                self._bound(max(1, int(demand.high) - demand.high_is_out - start + 1))
            return {"lens": "serial", "start": start}
        self._lose_unheld(column, demand)
        if demand.values is not None:
            return self._labelled(column, demand)
        if column.name in self._times.statements:
            return dict(self._times.statements[column.name])
        if demand.is_json:
            return {"lens": "json", "of": [self._table.primary_key]}
        guessed, _ = guess(column, self._table.source)
        if column.name in self._likeness.statements and column.kind in (
            "integer",
            "decimal",
            "float",
        ):
            guessed = {"lens": "integer" if column.kind == "integer" else "number"}
        match column.kind:
            case "integer" | "decimal" | "float":
                return number_of(column, guessed, demand)
            case "json":
                return {"lens": "json", "of": [self._table.primary_key]}
            case "array":
                return (
                    {}
                    if column.nullable
                    else {"lens": "code", "pattern": "{}" if self._dialect == "postgres" else "[]"}
                )
            case "binary":
                binary = {"lens": "code", "pattern": "*" * min(column.length or 16, 16)}
                return (
                    self._fitted(unique_text(binary, None, is_given=True)) if is_unique else binary
                )
            case "interval":
                k, n = self._parts.get(column.name, (0, 1))
                lengths = _LENGTHS[k * len(_LENGTHS) // n : (k + 1) * len(_LENGTHS) // n]
                if not lengths:
                    self._lose(f"the order of {column.name} is not held")
                return {"lens": "category", "values": [*lengths] or [_LENGTHS[0]]}
            case "time" if column.name in self._parts:
                k, n = self._parts[column.name]
                step = _MINUTES // n // 5 * 5
                return {"lens": "time_of_day", "min": k * step, "max": (k + 1) * step - 5}
            case "other":
                return {}
            case "text" if demand.most == 0:
                return {}
            case "text":
                return self._fitted(text_of(column, guessed, demand, is_unique=is_unique))
            case "uuid":
                return {"lens": "uuid"} | ({"unique": True} if is_unique else {})
            case "mac":
                n = 8 if column.type.endswith("8") else 6
                address = {"lens": "code", "pattern": ":".join(["**"] * n)}
                return (
                    self._fitted(unique_text(address, None, is_given=True))
                    if is_unique
                    else address
                )
        if is_unique:
            self._lose(f"{column.name} is to be unique, which a {column.kind} cannot be")
        return dict(guessed)

    def _lose_unheld(self, column: SourceColumn, demand: Demand) -> None:
        """Name what is demanded of a column that no column of its kind keeps."""
        is_number = column.kind in ("integer", "decimal", "float")
        is_text = column.kind == "text"
        unheld = {
            "bounds": not is_number and (demand.low, demand.high) != (None, None),
            "days": column.kind not in ("date", "timestamp") and bool(demand.first or demand.last),
            "a pattern": not is_text and bool(demand.patterns or demand.unmatched),
            "a length": not is_text and (bool(demand.least) or demand.most != column.length),
            "multiples": column.kind != "integer" and demand.multiple > 1,
            "another value": not (is_number or is_text) and bool(demand.unlike),
        }
        if column.kind in ("boolean", "text", "other") and demand.values is not None:
            unheld["bounds"] = unheld["another value"] = unheld["a pattern"] = False
        for what, is_unheld in unheld.items():
            if is_unheld:
                self._lose(f"{what} of {column.name} cannot be held, as it is {column.kind}")

    def _fitted(self, text: FittedText) -> dict[str, Any]:
        for problem in text.problems:
            self._lose(problem)
        if text.most_rows is not None:
            self._bound(text.most_rows)
        return text.statement

    def _bound(self, rows: int) -> None:
        self._most = rows if self._most is None else min(self._most, rows)

    def _labelled(self, column: SourceColumn, demand: Demand) -> dict[str, Any]:
        """One of the values that it may have."""
        values = [v for v in demand.values or () if demand.allows(v)]
        if not values:
            self._lose(f"no value of {column.name} fulfils all conditions")
            values = [*(demand.values or ())]
        match column.kind:
            case "boolean":
                truths = {
                    bool(int(v)) if str(v).isdigit() else v in (True, "true", "t") for v in values
                }
                if len(truths) == 1:
                    return {"lens": "formula", "of": "1 = 1" if True in truths else "1 = 0"}
                return {"lens": "flag"}
            case "integer":
                return {
                    "lens": "category",
                    "values": [
                        int(v)
                        for v in values
                        if str(v).lstrip("-").isdigit() or isinstance(v, bool)
                    ],
                }
            case "decimal" | "float":
                return {"lens": "number", "numbers": {float(v): 1 for v in values}}
            case "text" | "other":
                return {"lens": "category", "values": [str(v) for v in values]}
        self._lose(f"{column.name} has values that no lens of a {column.kind} has")
        return {"lens": "category", "values": [str(v) for v in values]}
