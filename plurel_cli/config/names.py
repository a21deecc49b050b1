"""Names that are safe in a path, in SQL and in Python."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def is_table_name(name: str) -> bool:
    """Whether a table may have this name.

    Examples
    --------
    >>> is_table_name("table_0"), is_table_name("../x")
    (True, False)
    """
    return _TABLE_NAME.fullmatch(name) is not None


NATURAL_TIME = "created_at"
"""What a time column is called where names are natural."""


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
    for parent in parents:
        word = f"parent_{table}" if parent == table else parent
        n = len([key for key in keys if key == f"{word}_id" or key.startswith(f"{word}_id_")])
        keys.append(f"{word}_id" if n == 0 else f"{word}_id_{n + 1}")
    return tuple(keys)
