"""Names that are safe in a path, in SQL and in Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LONGEST = 63
"""Letters of a name, which is what PostgreSQL keeps of one."""

_TABLE_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST - 1}}}")


def is_table_name(name: str) -> bool:
    """Whether a table may have this name.

    Examples
    --------
    >>> is_table_name("table_0"), is_table_name("../x")
    (True, False)
    """
    return _TABLE_NAME.fullmatch(name) is not None


def unprintable(raw: object, place: str) -> Iterator[tuple[str, str]]:
    """Texts that must not reach a terminal, nor a line of a report.

    Parameters
    ----------
    raw
        Plain data.
    place
        Where it is.

    Yields
    ------
    tuple
        The place of such a text, and the text.
    """
    if isinstance(raw, str):
        if not raw.isprintable():
            yield place, raw
    elif isinstance(raw, dict):
        for key, value in raw.items():
            name = key if key.isprintable() else repr(key)
            yield from unprintable(value, f"{place}.{name}" if place else name)
    elif isinstance(raw, list):
        for number, value in enumerate(raw):
            yield from unprintable(value, f"{place}[{number}]")


NATURAL_TIME = "created_at"
"""What a time column is called where names are natural."""


def natural_key(table: str, ending: str = "_id") -> str:
    """The name of a key that says which table it is of, cut where it would be too long.

    Parameters
    ----------
    table
        The table.
    ending
        What follows.

    Returns
    -------
    str

    Examples
    --------
    >>> natural_key("order"), len(natural_key(63 * "a"))
    ('order_id', 63)
    """
    return f"{table[: LONGEST - len(ending)]}{ending}"


def natural_keys(table: str, parents: Sequence[str]) -> tuple[str, ...]:
    """Names of foreign keys that say what they refer to.

    Parameters
    ----------
    table
        The table.
    parents
        What each key refers to.

    Returns
    -------
    tuple of str
        In the same order, each once.

    Examples
    --------
    >>> natural_keys("order", ["customer", "address", "address"])
    ('customer_id', 'address_id', 'address_id_2')
    """
    keys: list[str] = []
    taken = {natural_key(table).lower()}
    for parent in parents:
        word = f"parent_{table}" if parent == table else parent
        n = len([key for key in keys if key == f"{word}_id" or key.startswith(f"{word}_id_")])
        name = natural_key(word, f"_id_{n + 1}" if n else "_id")
        while name.lower() in taken:  # as only names that were cut can be
            n += 1
            name = natural_key(word, f"_id_{n + 1}")
        taken.add(name.lower())
        keys.append(name)
    return tuple(keys)
