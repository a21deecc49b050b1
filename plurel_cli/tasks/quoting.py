"""Names and values as DuckDB's SQL has them."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)

_WORDS = """
all analyse analyze and any anti array as asc asof asymmetric between both by case cast check
coalesce collate column columns constraint create cross date default deferrable desc describe
distinct do else end except exists extract false fetch for foreign from full glob group grouping
having ilike in initially inner intersect interval into is isnull join lambda lateral leading left
like limit map natural not notnull null offset on only or order outer overlaps pivot pivot_longer
pivot_wider placing position positional primary qualify references returning right select semi
show similar some struct substring summarize symmetric table tablesample then to trailing treat
trim true try_cast tuple union unique unpack unpivot using values variadic when where window with
"""

RESERVED = frozenset(_WORDS.split())
"""Words that stand for something else where they are not in quotes."""


def quoted(name: str) -> str:
    """A name as SQL has it, in quotes only where it needs them.

    Examples
    --------
    >>> quoted("orders"), quoted("order")
    ('orders', '"order"')
    """
    if _PLAIN.fullmatch(name) and name.lower() not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as SQL has it.

    Examples
    --------
    >>> literal("it's"), literal(True), literal(0.5)
    ("'it''s'", 'TRUE', '0.5')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"
