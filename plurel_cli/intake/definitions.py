"""One column's definition, read from left to right: its name, its type, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from plurel_cli.intake.counters import KeyCounter, counter_of
from plurel_cli.intake.pieces import Pieces, names_in, string_of

_STOPS = frozenset(
    {
        *("NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES"),
        *("CONSTRAINT", "GENERATED", "AS", "IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT"),
        *("COMMENT", "COLLATE", "ON", "KEY", "ENABLE", "DISABLE", "OPTIONS", "SPARSE"),
        *("ROWGUIDCOL", "STORED", "VIRTUAL", "PERSISTED", "INVISIBLE", "VISIBLE", "ENCODE"),
        *("MASKED", "CHARSET", "USING", "DEFERRABLE", "INITIALLY", "MATCH", "NOTNULL"),
        *("TAG", "FOREIGN", "STORAGE", "COMPRESSION", "HIDDEN"),
    }
)


@dataclass
class Definition:
    """What a column's definition says.

    Attributes
    ----------
    type
        The words of its type.
    checks
        Conditions, as they are written.
    references
        Tables that it refers to, with the columns there.
    computed
        What the database computes it by.
    counter
        Where the numbers begin that the database counts, where that is said.
    """

    name: str
    type: str = ""
    nullable: bool = True
    default: str | None = None
    computed: str | None = None
    comment: str = ""
    is_primary: bool = False
    is_unique: bool = False
    is_identity: bool = False
    counter: KeyCounter | None = None
    checks: list[str] = field(default_factory=list)
    references: list[tuple[tuple[str, str], tuple[str, ...]]] = field(default_factory=list)


def definition_of(text: str) -> Definition:
    """What the definition of a column says.

    Parameters
    ----------
    text
        It, without comments.

    Returns
    -------
    Definition

    Examples
    --------
    >>> column = definition_of("price numeric(10, 2) DEFAULT 0 NOT NULL CHECK (price >= 0)")
    >>> column.type, column.nullable, column.default, column.checks
    ('numeric(10, 2)', False, '0', ['price >= 0'])
    """
    pieces = Pieces(text)
    column = Definition(pieces.name())
    column.type = _type(pieces)
    while pieces.peek():
        _read(pieces, column)
    return column


def _type(pieces: Pieces) -> str:
    pieces.peek()
    begin = pieces.at
    while piece := pieces.peek():
        word = piece.upper()
        if word in _STOPS and not (word == "KEY" and pieces.at == begin):
            break
        before = pieces.at
        if word in ("CHARACTER", "CHAR") and pieces.at > begin:
            pieces.next()
            if pieces.peek().upper() == "SET":
                pieces.at = before
                break
            continue
        if word == "WITH" and not re.match(
            r"\s*WITH\s+(?:LOCAL\s+)?TIME\b", pieces.rest, re.IGNORECASE
        ):
            break
        if piece == "(":
            pieces.brackets()
        elif piece == "<":
            _generic(pieces)
        else:
            pieces.next()
    return pieces.text[begin : pieces.at].strip()


def _generic(pieces: Pieces) -> None:
    depth = 0
    while piece := pieces.next():
        depth += piece.count("<") - piece.count(">")
        if depth <= 0:
            break


def _expression(pieces: Pieces) -> str:
    """An expression, up to what else is said of the column."""
    pieces.peek()
    begin = pieces.at
    while piece := pieces.peek():
        if pieces.at > begin and piece.upper() in _STOPS:
            break
        if piece == "(":
            pieces.brackets()
        else:
            pieces.next()
    return pieces.text[begin : pieces.at].strip()


def _read(pieces: Pieces, column: Definition) -> None:
    """One thing that is said of the column."""
    word = pieces.next().upper()
    reader = _READERS.get(word)
    if reader is not None:
        reader(pieces, column)
    elif pieces.peek() == "(":
        pieces.brackets()


def _not(pieces: Pieces, column: Definition) -> None:
    if pieces.takes("NULL"):
        column.nullable = False


def _notnull(_: Pieces, column: Definition) -> None:
    column.nullable = False


def _default(pieces: Pieces, column: Definition) -> None:
    column.default = _expression(pieces)


def _primary(pieces: Pieces, column: Definition) -> None:
    pieces.takes("KEY")
    column.is_primary, column.nullable = True, False


def _unique(pieces: Pieces, column: Definition) -> None:
    pieces.takes("KEY")
    column.is_unique = True


def _check(pieces: Pieces, column: Definition) -> None:
    if (inner := pieces.brackets()) is not None:
        column.checks.append(inner.strip())


def _references(pieces: Pieces, column: Definition) -> None:
    table = pieces.full_name()
    inner = pieces.brackets() if pieces.peek() == "(" else None
    column.references.append((table, names_in(inner) if inner else ()))


def _generated(pieces: Pieces, column: Definition) -> None:
    pieces.takes_any("ALWAYS")
    if pieces.takes("BY"):
        pieces.takes("DEFAULT")
        if pieces.takes("ON"):
            pieces.takes("NULL")
    if pieces.takes("AS"):
        _as(pieces, column)


def _as(pieces: Pieces, column: Definition) -> None:
    if pieces.takes("IDENTITY"):
        _identity(pieces, column)
    elif pieces.peek() == "(":
        column.computed = (pieces.brackets() or "").strip()
    else:
        pieces.takes("ROW")
        pieces.next()


def _identity(pieces: Pieces, column: Definition) -> None:
    column.is_identity = True
    if pieces.peek() == "(":
        column.counter = counter_of(pieces.brackets() or "")


def _comment(pieces: Pieces, column: Definition) -> None:
    if "'" in pieces.peek():
        column.comment = string_of(pieces.next())


def _options(pieces: Pieces, column: Definition) -> None:
    inner = pieces.brackets() or ""
    if match := re.search(r"description\s*=\s*(\"[^\"]*\"|'[^']*')", inner, re.IGNORECASE):
        column.comment = match[1][1:-1]


def _named(pieces: Pieces, _: Definition) -> None:
    pieces.name()


def _on(pieces: Pieces, _: Definition) -> None:
    pieces.next()
    if not pieces.takes("SET") and not pieces.takes("NO"):
        pieces.next()
        if pieces.peek() == "(":
            pieces.brackets()
        return
    pieces.next()


def _foreign(pieces: Pieces, _: Definition) -> None:
    pieces.takes("KEY")


_READERS: dict[str, Callable[[Pieces, Definition], None]] = {
    "NOT": _not,
    "NOTNULL": _notnull,
    "DEFAULT": _default,
    "PRIMARY": _primary,
    "UNIQUE": _unique,
    "CHECK": _check,
    "REFERENCES": _references,
    "GENERATED": _generated,
    "AS": _as,
    "IDENTITY": _identity,
    "AUTO_INCREMENT": _identity,
    "AUTOINCREMENT": _identity,
    "COMMENT": _comment,
    "OPTIONS": _options,
    "CONSTRAINT": _named,
    "COLLATE": _named,
    "ON": _on,
    "FOREIGN": _foreign,
}
