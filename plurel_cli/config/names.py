"""Names that are safe in a path, in SQL and in Python."""

from __future__ import annotations

import re

_TABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def is_table_name(name: str) -> bool:
    """Whether a table may have this name.

    Examples
    --------
    >>> is_table_name("table_0"), is_table_name("../x")
    (True, False)
    """
    return _TABLE_NAME.fullmatch(name) is not None
