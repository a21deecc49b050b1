"""Types that a file of SQL defines: enumerations, domains and aliases, read before all tables.

A script may use a type before it says what that is, as far as its reader is concerned. So all of
them are read first.
"""

from __future__ import annotations

import re

from plurel_cli.intake.building import Builder
from plurel_cli.intake.definitions import definition_of
from plurel_cli.intake.pieces import Pieces, elements, string_of, unquoted

_VALUE_ADDED = re.compile(
    r"(\S+)\s+ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')"
    r"(?:\s+(BEFORE|AFTER)\s+('(?:[^']|'')*'))?",
    re.IGNORECASE,
)
_VALUE_RENAMED = re.compile(
    r"(\S+)\s+RENAME\s+VALUE\s+('(?:[^']|'')*')\s+TO\s+('(?:[^']|'')*')", re.IGNORECASE
)


def read_type(builder: Builder, pieces: Pieces) -> None:
    """Read a statement, if it says what a type is.

    Parameters
    ----------
    builder
        What it is added to.
    pieces
        The statement.
    """
    if pieces.takes("CREATE"):
        if pieces.takes("OR"):
            pieces.takes_any("REPLACE", "ALTER")
        if pieces.takes("TYPE"):
            _created(builder, pieces)
        elif pieces.takes("DOMAIN"):
            name = pieces.full_name()
            pieces.takes("AS")
            builder.domains[name[1].lower()] = definition_of(f"VALUE {pieces.rest}")
    elif pieces.takes("ALTER", "TYPE"):
        _changed(builder, pieces.rest)
    elif pieces.takes_any("EXEC", "EXECUTE"):
        _alias(builder, pieces)


def _created(builder: Builder, pieces: Pieces) -> None:
    if pieces.takes("IF"):
        pieces.takes("NOT", "EXISTS")
    name = pieces.full_name()[1].lower()
    if pieces.takes("FROM"):  # an alias of T-SQL
        builder.domains[name] = definition_of(f"VALUE {pieces.rest}")
    elif pieces.takes("AS") and pieces.takes("ENUM"):
        labels = [string_of(label) for _, label in elements(pieces.brackets() or "")]
        builder.enums[name] = tuple(labels)
    elif builder.dialect == "duckdb" and pieces.peek() != "(":  # any type may have another name
        builder.domains[name] = definition_of(f"VALUE {pieces.rest}")


def _changed(builder: Builder, text: str) -> None:
    if match := _VALUE_ADDED.search(text):
        key = unquoted(match[1].rpartition(".")[2]).lower()
        labels = [*builder.enums.get(key, ())]
        at = len(labels)
        if match[4] and string_of(match[4]) in labels:
            at = labels.index(string_of(match[4])) + (match[3].upper() == "AFTER")
        if string_of(match[2]) not in labels:
            labels.insert(at, string_of(match[2]))
        builder.enums[key] = tuple(labels)
    elif match := _VALUE_RENAMED.search(text):
        key = unquoted(match[1].rpartition(".")[2]).lower()
        before, after = string_of(match[2]), string_of(match[3])
        builder.enums[key] = tuple(
            after if label == before else label for label in builder.enums.get(key, ())
        )


def _alias(builder: Builder, pieces: Pieces) -> None:
    """An alias of a type, as older versions of SQL Server define it."""
    if pieces.full_name()[1].lower() != "sp_addtype":
        return
    words = [re.sub(r"\A@\w+\s*=\s*", "", text) for _, text in elements(pieces.rest)]
    if len(words) > 1:
        said = " ".join(string_of(word) for word in words[1:3])
        builder.domains[string_of(words[0]).lower()] = definition_of(f"VALUE {said}")
