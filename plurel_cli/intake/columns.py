"""What a config states of each column that is no key: a guess, taken to what is demanded of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from plurel_cli.intake.demands import Demand, chains, demands_of
from plurel_cli.intake.guesses import Statement, code_pattern, guess
from plurel_cli.intake.keys import HeldTable
from plurel_cli.intake.numbers import number_of, split
from plurel_cli.intake.patterns import capacity, pattern_of
from plurel_cli.intake.picture import Note, SourceColumn
from plurel_cli.intake.times import HeldTimes, held_times

NULLS = 0.1
"""Share of nulls of a column that may have some."""

EXAMPLES = {
    "email": ("diogo.araujo225851@postbox.example", "a.b@mail.co.example.net"),
    "url": ("https://www.mendes-engineering.example.net/news/10460", "https://a.example"),
    "phone": ("+55 555 3655 5769", "+1 212 555 0147"),
    "uuid": ("0b52ff0a-83b8-4d6f-9c4e-0d3f1f6e2a4c",),
    "country_code": ("DE", "US"),
    "username": ("diogoa225851", "mary.smith"),
    "person_name": ("Andrés Martín", "Mary O'Neil-Smith"),
    "ip": ("117.108.229.125",),
    "postcode": ("88271-133", "1010", "SW1A 1AA"),
}
"""What lenses write, for patterns to be tried on."""

UNIQUE = {"email", "url", "phone", "uuid", "username", "code", "title", "serial"}
"""Lenses that can be unique."""

AS_UNIQUE = {
    "email": "user######\\@mail.example",
    "phone": "+1 555 ######",
    "username": "user######",
}


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


def stated_columns(
    table: HeldTable, dialect: str, *, has_timed_parent: bool
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

    Returns
    -------
    tuple
        The columns, and what cannot be held.
    """
    return _Stating(table, dialect, has_timed_parent).done()


class _Stating:
    def __init__(self, table: HeldTable, dialect: str, has_timed_parent: bool) -> None:
        self._table, self._dialect = table, dialect
        self._demands, self._orders = demands_of(table.source)
        self._notes: list[Note] = []
        self._most: int | None = None
        self._own = [c for c in table.source.columns if self._is_own(c)]
        self._split_numbers()
        self._times = held_times(
            table, self._own, self._demands, self._time_chains(), has_timed_parent
        )

    def _is_own(self, column: SourceColumn) -> bool:
        """Whether a column is neither a key nor a part of one."""
        return column.name != self._table.primary_key and column.name not in {
            key.name for key in self._table.keys
        }

    def done(self) -> tuple[StatedTable, list[Note]]:
        columns = {}
        for column in self._own:
            if column.name != self._times.time_column:
                columns[column.name] = self._stated(column)
        return StatedTable(columns, self._times, self._most), self._notes

    def _split_numbers(self) -> None:
        """Let columns of which one lies above the other have ranges apart."""
        kinds = {c.name: c.kind for c in self._own}
        numbers = ("integer", "decimal", "float")
        orders = [
            o for o in self._orders if kinds.get(o.low) in numbers and kinds.get(o.high) in numbers
        ]
        rising = chains(orders)
        for chain, is_strict in rising or ():
            if not split([self._table.source.by_name[n] for n in chain], self._demands, is_strict):
                self._lose(f"the order of {', '.join(chain)} is not held")
        times = ("date", "timestamp")
        for order in self._orders:
            both = (kinds.get(order.low), kinds.get(order.high))
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
        comment = [_type(column), column.comment] if column.comment else [_type(column)]
        if (formula := column.computed or demand.formula) is not None:
            statement: dict[str, Any] = _computed(column, formula)
            comment.append(
                f"= {formula.text}"
                if statement
                else f"left out: the database computes {formula.text}"
            )
            return StatedColumn(statement, "; ".join(comment))
        if column.name in self._table.copies:
            key, target = self._table.copies[column.name]
            return StatedColumn(_copy(column, f"{key.name}.{target}"), "; ".join(comment))
        reason = self._table.empty.get(column.name) or (
            "a condition says so" if demand.is_absent else ""
        )
        statement = self._content(column, demand)
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
        if column.name in self._times.present or not column.nullable or demand.is_present:
            statement["nulls"] = False
        elif statement["lens"] not in ("sequence",):
            statement["nulls"] = NULLS
        return StatedColumn(statement, "; ".join(comment))

    def _content(self, column: SourceColumn, demand: Demand) -> dict[str, Any]:
        """Its lens; nothing where there is none."""
        if (key := self._table.sequences.get(column.name)) is not None:
            start = int(demand.low or 0) + demand.low_is_out if demand.low is not None else 1
            return {"lens": "sequence", "of": key.name, "start": start}
        is_unique = column.name in self._table.unique
        if column.kind in ("integer", "decimal", "float") and is_unique:
            self._bound(2 ** ((column.bits or 64) - 1) - 2)
            return {"lens": "serial", "start": max(1, int(demand.low or 0) + demand.low_is_out)}
        if demand.values is not None:
            return self._labelled(column, demand)
        if column.name in self._times.statements:
            return dict(self._times.statements[column.name])
        guessed, _ = guess(column, self._table.source)
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
                n = min(column.length or 16, 16)
                return {"lens": "code", "pattern": "*" * n}
            case "interval":
                return {"lens": "category", "values": ["1 day", "2 days", "7 days", "30 days"]}
            case "other":
                return {}
            case "text":
                return self._text(column, guessed, demand, is_unique=is_unique)
            case "uuid":
                return {"lens": "uuid"} | ({"unique": True} if is_unique else {})
        if is_unique:
            self._lose(f"{column.name} is to be unique, which a {column.kind} cannot be")
        return dict(guessed)

    def _bound(self, rows: int) -> None:
        self._most = rows if self._most is None else min(self._most, rows)

    def _labelled(self, column: SourceColumn, demand: Demand) -> dict[str, Any]:
        """One of the values that it may have."""
        values = [v for v in demand.values or () if v not in demand.unlike]
        match column.kind:
            case "boolean":
                truths = {
                    bool(int(v)) if str(v).isdigit() else v in (True, "true", "t") for v in values
                }
                return {
                    "lens": "flag",
                    **({"true": float(truths.pop())} if len(truths) == 1 else {}),
                }
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

    def _text(
        self, column: SourceColumn, guessed: Statement, demand: Demand, *, is_unique: bool
    ) -> dict[str, Any]:
        length = demand.most
        statement = dict(guessed)
        examples = EXAMPLES.get(str(statement["lens"]), ())
        fits = bool(examples) and all(_matches(p, e) for p in demand.patterns for e in examples)
        patterns = [] if fits else demand.patterns
        shortest = min(map(len, examples), default=9)
        if patterns:
            made = [pattern_of(pattern, length) for pattern in patterns]
            if None in made or len(made) > 1:
                self._lose(f"a pattern of {column.name} is not held: {' and '.join(patterns)}")
            statement = {"lens": "code", "pattern": next((p for p in made if p), "@@-####")}
        elif demand.least > 3 and (demand.least > shortest or demand.least == length):
            statement = {
                "lens": "code",
                "pattern": code_pattern(max(demand.least, 1), is_fixed=True),
            }
        if statement["lens"] == "category":
            statement = self._with_default(column, statement)
        if is_unique:
            statement = self._unique_text(statement, length, is_given=bool(patterns))
        return statement

    def _with_default(self, column: SourceColumn, statement: dict[str, Any]) -> dict[str, Any]:
        """Labels with the default, if it is a text, before the others."""
        match = re.match(r"[NnEe]?'([^']+)'", column.default or "")
        values = statement.get("values")
        if match is None or not isinstance(values, list) or match[1] in values:
            return statement
        return {**statement, "values": [match[1], *values]}

    def _unique_text(
        self, statement: dict[str, Any], length: int | None, *, is_given: bool
    ) -> dict[str, Any]:
        lens = str(statement["lens"])
        if lens == "code" and not is_given:
            n = len(str(statement["pattern"]))
            statement = {"lens": "code", "pattern": "@" * n if n <= 5 else statement["pattern"]}
        elif lens not in UNIQUE:
            if length is None or length >= 36:
                statement = {"lens": "title", "words": ["adjectives", "product_nouns"]}
            else:
                n = min(length, 9)
                statement = {"lens": "code", "pattern": "@" * n if n <= 5 else code_pattern(n)}
        if statement["lens"] == "code":
            self._bound(max(1, capacity(str(statement["pattern"])) // 2))
        return {**statement, "unique": True}


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _type(column: SourceColumn) -> str:
    words = [column.type or "no type"]
    if not column.nullable:
        words.append("not null")
    return " ".join(words)


def _computed(column: SourceColumn, formula: Any) -> dict[str, Any]:
    if formula.template:
        return {"lens": "text", "templates": [formula.template]}
    if formula.of and column.kind in ("integer", "decimal", "float", "boolean", "other"):
        digits = {"integer": 0, "decimal": column.scale}.get(column.kind)
        return {
            "lens": "formula",
            "of": formula.of,
            **({} if digits is None else {"digits": digits}),
        }
    return {}


def _copy(column: SourceColumn, path: str) -> dict[str, Any]:
    """A column that shows one of a row referred to."""
    match column.kind:
        case "integer":
            return {"lens": "formula", "of": path, "digits": 0}
        case "decimal" | "float" | "boolean":
            return {"lens": "formula", "of": path}
        case "date" | "timestamp":
            return {"lens": column.kind, "after": path, "lag": {"numbers": {0: 1}}}
    return {"lens": "text", "templates": [f"{{{path}}}"]}
