"""How the labels of a database are written: `wrong_size`, `wrong size`, `Wrong size`, `WRONG_SIZE`.

Themes write labels in lower case with underscores. A database has one style for all that nothing
else quotes: a label that a text or a formula names stays as the theme has it, with all its column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plurel_cli.themes.plain import Statement

LABEL_STYLES: Mapping[str, Callable[[str], str]] = {
    "snake": str,
    "spaced": lambda label: label.replace("_", " "),
    "sentence": lambda label: label[:1].upper() + label[1:].replace("_", " "),
    "upper": str.upper,
}

_LABEL = re.compile("[a-z][a-z0-9_]{2,}")
_WORD = re.compile(r"\w+")


def written_labels(
    statements: Mapping[str, Mapping[str, Statement]], style: str
) -> dict[str, dict[str, Statement]]:
    """Statements with their labels in the style of a database.

    Parameters
    ----------
    statements
        What is stated of each column, by table and name.
    style
        One of `LABEL_STYLES`.

    Returns
    -------
    dict
        The same, with other labels where nothing names them.
    """
    write = LABEL_STYLES[style]
    every = [one for several in statements.values() for one in several.values()]
    quoted = {word for one in every for text in _texts(one) for word in _WORD.findall(text)}
    return {
        table: {
            name: {**one, "values": {write(label): n for label, n in one["values"].items()}}
            if _is_free(name, one, several, quoted)
            else one
            for name, one in several.items()
        }
        for table, several in statements.items()
    }


def _texts(statement: object) -> Iterator[str]:
    """All text of a statement but its labels."""
    if isinstance(statement, str):
        yield statement
    elif isinstance(statement, Mapping):
        for name, value in statement.items():
            if name not in ("values", "lens"):
                yield from _texts(value)
    elif isinstance(statement, list | tuple):
        for value in statement:
            yield from _texts(value)


def _is_free(
    name: str, statement: Statement, beside: Mapping[str, Statement], quoted: set[str]
) -> bool:
    """Whether the labels of a column may be written otherwise."""
    values: Any = statement.get("values")
    if statement["lens"] != "category" or not isinstance(values, Mapping) or "under" in statement:
        return False
    if any(other.get("under") == name for other in beside.values()):
        return False
    # What is no word, as `ml` or `fr`, has a form of its own.
    labels = [label for label in values if isinstance(label, str) and _LABEL.fullmatch(label)]
    return len(labels) == len(values) and quoted.isdisjoint(labels)
