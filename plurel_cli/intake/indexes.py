"""Unique indexes, and what else forbids two rows to have the same: read as sets of columns.

No two rows have the same of a set if they never have the same of a part of it. So what cannot be
read of an index, such as an expression, is left out, as long as a column remains; and an exclusion
is kept where no two rows have the same of the columns that it compares by `=`.
"""

from __future__ import annotations

import re

from plurel_cli.intake.building import Builder
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.pieces import Pieces, elements, head_of

_KEEPS_APART = re.compile(
    r"\s*\(*\s*(?:lower|upper|md5|sha1|trim|btrim|(?P<nulls>coalesce|ifnull|nvl|isnull))\s*\((.*)\)",
    re.IGNORECASE | re.DOTALL,
)
"""Functions of which the values of codes, mails and the like stay different."""

_EQUAL = re.compile(r"(.*?)\s+WITH\s+(\S+)\s*\Z", re.IGNORECASE | re.DOTALL)


def unique_index(builder: Builder, pieces: Pieces, line: int) -> None:
    """Read what follows `CREATE UNIQUE INDEX`.

    Parameters
    ----------
    builder
        What it is added to.
    pieces
        The statement, after its first words.
    line
        Where it is.
    """
    if match := re.search(r"\bON\s+(?:ONLY\s+)?", pieces.text, re.IGNORECASE):
        pieces.at = match.end()
    table = builder.find(pieces.full_name())
    while pieces.peek() and pieces.peek() != "(":
        pieces.next()
    inner = pieces.brackets() or ""
    if table is None:
        builder.note(line, f"not read: an index of no table: {head_of(pieces.text)}")
        return
    is_strict = re.match(r"\s*NULLS\s+NOT\s+DISTINCT\b", pieces.rest, re.IGNORECASE) is not None
    add_unique(builder, table, inner, line, is_strict=is_strict)


def add_unique(
    builder: Builder, table: OpenTable, inner: str, line: int, *, is_strict: bool = False
) -> None:
    """Add a unique set to a table.

    Parameters
    ----------
    builder
        Told what cannot be held.
    table
        The table.
    inner
        What stands between the brackets of the index.
    line
        Where it is.
    is_strict
        Whether nulls are the same, too.
    """
    known = {column.name.lower() for column in table.columns}
    every = [_column(element, known) for _, element in elements(inner)]
    plain = [name for name, is_whole in every if name and is_whole]
    names = plain or [name for name, _ in every if name]
    if not names:
        builder.lose(line, f"a unique index of expressions is not held: {head_of(inner)}")
        return
    table.unique.append(tuple(dict.fromkeys(names)))
    if is_strict or not plain:
        for name in names:
            table.checks.append((f'"{name}" IS NOT NULL', line))
    if len(plain) < len(every):
        held = ", ".join(names)
        builder.note(
            line,
            f"a unique index is held by more than it demands, unique ({held}): {head_of(inner)}",
        )


def _column(element: str, known: set[str]) -> tuple[str, bool]:
    """The column that an element of an index is of, and whether its nulls count as ever."""
    pieces = Pieces(element)
    name = pieces.name()
    if name.lower() in known and pieces.peek() not in ("(", ".", "-", "::"):
        return name, True
    match = _KEEPS_APART.match(element)
    if match is None:
        return "", False
    inner = next((text for _, text in elements(match[2])), "")
    name, is_whole = _column(inner.strip("() \n").partition("::")[0].strip("() "), known)
    return name, is_whole and match["nulls"] is None


def exclusion(builder: Builder, table: OpenTable, pieces: Pieces, line: int) -> None:
    """Read an exclusion, after that word.

    Parameters
    ----------
    builder
        Told what cannot be held.
    table
        The table.
    pieces
        The rest of the exclusion.
    line
        Where it is.
    """
    while pieces.peek() and pieces.peek() != "(":
        pieces.next()
    known = {column.name.lower() for column in table.columns}
    names = []
    for _, element in elements(pieces.brackets() or ""):
        match = _EQUAL.match(element)
        if match is not None and match[2] == "=":
            name, is_whole = _column(match[1], known)
            names += [name] if is_whole else []
    if not names:
        builder.lose(line, f"an exclusion in {table.name} is not held")
        return
    table.unique.append(tuple(names))
    text = f"an exclusion in {table.name} is held by more than it demands"
    builder.note(line, f"{text}, unique ({', '.join(names)})")
